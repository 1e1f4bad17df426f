"""How processes end that nobody asked to: signals, memory, disks, time.

Formats: strsignal(3) as shells print it, 128 + n as exit codes, the kernel's OOM killer, errno's ENOSPC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import Failure
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, only_told, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_SHELL = r"(?:.*?: +)?(?:(?:line )?\d+: +)?(?:\d+ +)?"
_ROWS = (
    Row("space left", "o space left on device", r".*?(?P<message>[Nn]o space left on device.*)", "system", "disk"),
    Row("enospc", "ENOSPC", r".*?(?P<message>ENOSPC.*)", "system", "disk"),
    Row("quota", "Disk quota exceeded", r".*?(?P<message>Disk quota exceeded.*)", "system", "disk"),
    Row(
        "disk",
        "There is not enough space on the disk|You are running out of disk space",
        r".*?(?P<message>(?:There is not enough space on the disk|You are running out of disk space).*)",
        "system",
        "disk",
    ),
    Row(
        "oom",
        "Out of memory: Kill|oom-kill:|Memory cgroup out of memory",
        r".*?(?P<message>(?:Out of memory: Kill(?:ed)? process .+|oom-kill:.+|Memory cgroup out of memory.+))",
        "system",
        "memory",
    ),
    Row(
        "memory",
        "Out of memory: Kill|annot allocate memory|virtual memory exhausted|Memory cgroup out of memory|fatal error: runtime: out of memory|java.lang.OutOfMemoryError",
        r".*?(?P<message>(?:Out of memory: Kill(?:ed)? process .+|[Cc]annot allocate memory.*|virtual memory exhausted.*|Memory cgroup out of memory.+|fatal error: runtime: out of memory|java\.lang\.OutOfMemoryError.*))",
        "system",
        "memory",
    ),
    Row("oomkilled", "OOMKilled", r".*?(?P<message>OOMKilled.*)", "system", "memory"),
    Row("bad_alloc", "std::bad_alloc", r".*?(?P<message>std::bad_alloc.*)", "system", "memory"),
    Row(
        "signal",
        "terminated |killed by signal|received signal|(signal: ",
        r"(?P<message>.*(?:terminated (?:by|with) signal|killed by signal|received signal|\(signal: \d+, SIG\w+).*)",
        "system",
        "crash",
    ),
    Row("sigkill", "SIGKILL", r"(?P<message>.*signal:? \d*,? ?SIGKILL\b.*)", "system", "crash"),
    Row("sigsegv", "SIGSEGV", r"(?P<message>.*(?:signal:? ?\d*,? ?|: )SIGSEGV\b.*)", "system", "crash"),
    Row(
        "segmentation fault",
        "Segmentation fault",
        _SHELL + r"(?P<message>Segmentation fault\b.*)",
        "system",
        "crash",
        code="139",
    ),
    Row(
        "dumped",
        "core dumped",
        _SHELL
        + r"(?P<message>(?:Aborted|Illegal instruction|Bus error|Floating point exception|Trace/breakpoint trap|Segmentation fault)\b.*core dumped.*)",
        "system",
        "crash",
    ),
    Row("killed", "Killed", _SHELL + r"(?P<message>Killed(?:: 9)?(?: {2,}.*)?)$", "system", "memory", code="137"),
    Row("abort trap", "Abort trap: 6", _SHELL + r"(?P<message>Abort trap: 6.*)$", "system", "crash", code="134"),
    Row(
        "terminated",
        "Terminated",
        r"(?:\S+: (?:line )?\d+: *)?(?:\d+ )?(?P<message>Terminated(?:: 15)?(?: {2,}.*)?)$",
        "system",
        "cancel",
        code="143",
    ),
    Row(
        "illegal",
        "Illegal instruction",
        _SHELL + r"(?P<message>Illegal instruction(?::? \d+)?)",
        "system",
        "crash",
        code="132",
    ),
    Row("bus", "Bus error", _SHELL + r"(?P<message>Bus error(?:: 10)?)", "system", "crash", code="135"),
)
_SIGNALS = {
    "132": "illegal instruction", "134": "aborted", "135": "bus error", "136": "floating point exception",
    "137": "killed, often because memory ran out", "139": "segmentation fault", "141": "broken pipe",
    "143": "terminated", "-9": "killed, often because memory ran out", "-11": "segmentation fault", "-6": "aborted",
    "-1073741819": "access violation", "3221225477": "access violation", "-1073740791": "stack buffer overrun",
    "-1073741571": "stack overflow", "-1073741515": "a library was not found", "-1073740940": "heap corruption",
}  # fmt: skip
_CODE = r".*?(?:exit(?:ed)?(?:,| with)?(?: status| code| error code)*|returned|code|Error|status)[ :='\"]*(-?\d+)\b"


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield each process that a signal ended or that got no memory or disk."""
    yield from read(_ROWS, lines, at)
    for position in positions(at, *(code.lstrip("-") for code in _SIGNALS)):
        text = text_at(lines, position)
        found = compiled(_CODE).match(text)
        if (
            found
            and found[1] in _SIGNALS
            and not only_told(text)
            and compiled(r"(?i).*\bexit|.*\bcode\b|.*\*\*\* \[").match(text)
        ):
            said = _SIGNALS[found[1]]
            kind = "memory" if said.startswith("killed") else "cancel" if said == "terminated" else "crash"
            here = lines[position].number
            yield Failure("system", kind, sentence(f"{text.strip()} ({said})"), here, here, code=found[1])
