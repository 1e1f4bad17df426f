"""The few lines of a log that say why a task failed: what common tools print, else error words, else the end."""

# ruff: noqa: RUF001  signs that test runners print

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.text import strip_ansi

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Sequence

    _Tools = tuple[int, re.Pattern[str], Sequence[re.Pattern[str] | None]]

_HEAD = 1 << 20  # bytes that are read at the beginning of a huge log
_TAIL = 3 << 20  # and at its end
_LINE = 2000  # characters of a line that are looked at
_MOST = 400  # candidates of one weight that are kept while reading

PROOF = 3
"""A tool's own word for what is wrong, with its place."""
ERROR = 2
"""A line that begins like an error."""
MENTION = 1
"""A line that speaks of one."""


class Evidence(NamedTuple):
    """One line of a log, without control codes; `number` counts from 1."""

    number: int
    text: str


class Place(NamedTuple):
    """Where a line of evidence points to, as its tool wrote the path; `column` 0: not told."""

    file: str
    line: int
    column: int = 0


# Weight, pattern, and which of the lines that follow belong to it ("": none). Sources are the tools' own output.
_TOOLS = (
    (PROOF, r"error(?:\[E\d+\])?: (?!aborting due to|could not compile|test failed)", r"\s*--> "),  # rustc, clippy
    (PROOF, r"\s*thread '.*' (?:\(\d+\) )?panicked at ", r"(?: {4})?(?!note:|stack backtrace)\S|\s+(?:left|right): "),
    (PROOF, r"\s*test .* \.\.\. FAILED$", ""),  # libtest, also inside nextest's frames
    (PROOF, r"\s+(?:FAIL|SIGABRT|SIGSEGV|TIMEOUT|LEAK-FAIL) \[\s*[\d.]+s\]", ""),  # nextest
    (PROOF, r"Diff in \S+:\d+|Diff in .* at line \d+", ""),  # rustfmt
    (PROOF, r"E   +\S", ""),  # pytest
    (PROOF, r"(?:FAILED|ERROR) \S+\.py(?:::|\b)", ""),
    (PROOF, r"(?:FAIL|ERROR): \w+ \(", ""),  # unittest
    (PROOF, r"would reformat |Would reformat: ", ""),  # ruff, black
    (PROOF, r"\s*--- FAIL: ", r"\s+\S+\.go:\d+: "),  # go test
    (PROOF, r"\s+\S+_test\.go:\d+: ", ""),
    (PROOF, r"panic: |fatal error: ", ""),
    (PROOF, r"\S+\(\d+,\d+\): error ", ""),  # tsc, msbuild
    (
        PROOF,
        r"\S*[\w)]:\d+(?::\d+)?:? (?:- )?(?:(?:fatal|internal compiler) )?error\b",
        r"\s*\|? *\^",
    ),  # gcc, mypy, tsc --pretty
    (PROOF, r"(?:\./)?[\w@./-]+\.go:\d+:\d+: ", ""),  # go build, go vet
    (PROOF, r"[\w@./-]+\.\w+:\d+:\d+: [A-Z]+\d+ ", ""),  # ruff, flake8
    (PROOF, r"[A-Z]+\d+ (?:\[\*\] )?\S.*", r" +--> "),  # ruff, full
    (PROOF, r"\s+\d+:\d+\s+error\s", ""),  # eslint
    (PROOF, r"\s*● .*(?: › |suite failed)", r"\s+(?:expect\(|Expected|Received|Cannot find|\w*Error\b)"),  # jest
    (PROOF, r"\s*(?:×|✗|✖|✕) \S|\s*not ok \d", ""),  # vitest, mocha, ava, tap
    (PROOF, r"\s*(?:Assertion|Type|Reference|Syntax|Range)Error\b.*: ", r"\s*❯ |\s+at (?!node:)"),
    (PROOF, r"(?:.*: )?undefined reference to |.*ld: (?:cannot|symbol)|ld\.lld: error", ""),
    (PROOF, r"\s*\[?ERR_PNPM_\w+", ""),
    (PROOF, r"npm (?:ERR!|error) (?!code |errno |syscall |path |A complete log|\s*at )\S", ""),
    (PROOF, r"\[ERROR\] .*(?:\.java:|\.kt:|:\[\d+,\d+\]|Tests run:|FAIL)", ""),  # maven
    (PROOF, r"\S+ > .* FAILED$", r"\s+\S*(?:Error|Exception)\b"),  # gradle
    (PROOF, r".*<<< (?:FAILURE|ERROR)!|\* What went wrong:|> Task .* FAILED", r"\S"),
    (PROOF, r"CMake Error", r"\s+\S"),
    (PROOF, r"Step \d+.*returned a non-zero code|.*: command not found$|.*not found: .*command", ""),
    (ERROR, r"(?:\w+\.)*[A-Z]\w*(?:Error|Exception|Failure)\b(?::| ?$)", ""),
    (
        ERROR,
        r"(?:\s*[\w./-]+: )?(?:fatal|FATAL|Fatal|error|Error|ERROR|panic|CRITICAL|failed|FAILED|Failure)\b[ :!\]]",
        "",
    ),
    (ERROR, r"\s*(?:\d+\) |[✗✘✖❌] )\S", ""),
    (
        ERROR,
        r".*\b(?:Segmentation fault|core dumped|Out of memory|out of memory|Killed$|No space left|timed out)\b",
        "",
    ),
    (
        ERROR,
        r".*\b(?:No such file or directory|Permission denied|Connection refused|Could not resolve|cannot find)\b",
        "",
    ),
    (ERROR, r".*\b[1-9]\d* (?:errors?|failed|failures?|failing|problems?)\b", ""),
    (MENTION, r".*(?:\b[Ee]rror\b|ERROR|\b[Ff]ail(?:s|ed|ure|ures)?\b|FAIL|\b[Ee]xception\b|\bassert|not found\b)", ""),
)
# A line with none of these (in lower case) and fewer than three colons is not looked at: that is what makes it fast.
_WORDS = (
    *("error", "fail", "panic", "fatal", "exception", "e   ", "not ok", "●", "×", "✗", "✖", "✕", "✘", "❌", "critical"),
    *("segmentation", "dumped", "memory", "killed", "space left", "timed out", "no such", "denied", "refused"),
    *("resolve", "find", "not found", "reformat", "diff in", "wrong", "undefined", ".go:", "problem", "assert"),
    *("non-zero", "err!", "err_pnpm", "ld: ", "sigabrt", "sigsegv", "timeout", "[*]"),
)
_NOISE = (
    r"(?i)\s+PASS \["  # nextest, of a test that is named after what fails
    r"|.*(\b(0|no) (errors?|fail(ed|ures?))\b|continue-on-error|error: process didn't exit|npm ERR! (A complete|code E|errno)"
    r"|\bfail-fast\b|ok$|warning: |^\s*at |^\s*(compiling|downloading|installing|get:|unpacking|selecting|\+\+? ) ?)"
    r"|.*(make(\[\d+\])?: \*\*\*|could not compile|aborting due to)"
)
_PLACES = (
    r"(?:-->|at|❯|in)? *\(?(?P<file>(?:[A-Za-z]:)?[\w@./\\+-]*\w\.\w+)[:(](?P<line>\d+)(?:[:,](?P<column>\d+))?",
    r'File "(?P<file>[^"]+)", line (?P<line>\d+)',
)


def telling_lines(log: bytes, limit: int = 12) -> list[Evidence]:
    """Return at most `limit` lines of `log` that prove a failure, in their order.

    The log is any bytes; of one larger than 4 MiB only the beginning and the end are read. Lines that say the same but
    for digits are told once.
    """
    found: dict[int, list[list[Evidence]]] = {PROOF: [], ERROR: [], MENTION: []}
    last: list[Evidence] = []
    for weight, group in _candidates(_lines(log), last):
        if weight == PROOF or len(found[weight]) < _MOST:
            found[weight].append(group)
        else:  # what stands near the end says more than a mention at the beginning
            found[weight] = [*found[weight][_MOST // 2 :], group]
    told: dict[int, str] = {}
    said: set[str] = set()
    for weight in (PROOF, ERROR, MENTION):
        # Of proofs the first are the cause, of words the last are nearest to the end.
        for group in found[weight] if weight == PROOF else reversed(found[weight]):
            _take(group, told, said, limit)
        if len(told) >= min(limit, 3):
            break
    if not told and limit:
        told.update(last[-limit:])
    return [Evidence(number, text) for number, text in sorted(told.items())]


def _take(group: list[Evidence], told: dict[int, str], said: set[str], limit: int) -> None:
    key = "".join(char for char in group[0].text if not char.isdigit()).strip()
    if len(told) + len(group) > limit or key in said:
        return
    said.add(key)
    told.update(group)


def _candidates(lines: Iterator[Evidence], last: list[Evidence]) -> Iterator[tuple[int, list[Evidence]]]:
    """Give each line that tells something with those that belong to it; fill `last` with the latest lines."""
    import re

    noise = re.compile(_NOISE)
    tools = [
        (
            weight,
            re.compile("|".join(f"({text})" for each, text, _ in _TOOLS if each == weight)),
            [re.compile(more) if more else None for each, _, more in _TOOLS if each == weight],
        )
        for weight in (PROOF, ERROR, MENTION)
    ]
    weight, group, more = 0, list[Evidence](), None
    trace: Evidence | None = None
    for line in lines:
        text = line.text
        if more and len(group) < 5 and (more.match(text) or not text.strip()):
            if text.strip():
                group.append(line)
            continue
        if group:
            yield weight, group
            group, more = [], None
        if not text.strip():
            continue
        last.append(line)
        if len(last) > 100:
            del last[:50]
        if text.startswith("Traceback (most recent call last)"):
            trace = line
        elif trace and not text.startswith(" "):
            weight, group = PROOF, [last[at] for at in (-3, -1) if len(last) >= -at and last[at].number > trace.number]
            trace = None
        elif _speaks(text.lower()):
            weight, more = _weigh(text, tools, noise)
            group = [line] if weight else []
    if group:
        yield weight, group


def _speaks(small: str) -> bool:
    return small.count(":") >= 3 or any(word in small for word in _WORDS)


def _weigh(text: str, tools: Sequence[_Tools], noise: re.Pattern[str]) -> tuple[int, re.Pattern[str] | None]:
    for weight, pattern, more in tools:
        if found := pattern.match(text, 0, _LINE):
            if weight != PROOF and noise.match(text, 0, _LINE):
                return 0, None
            return weight, more[(found.lastindex or 1) - 1]
    return 0, None


def _lines(log: bytes) -> Iterator[Evidence]:
    """Give the lines of the parts of `log` that are read, with their numbers in the whole."""
    middle = b""
    if len(log) > _HEAD + _TAIL:
        log, middle, tail = log[:_HEAD], log[_HEAD:-_TAIL], log[-_TAIL:]
        yield from _numbered(log, 1)
        yield from _numbered(tail, 1 + log.count(b"\n") + middle.count(b"\n"))
    else:
        yield from _numbered(log, 1)


def _numbered(part: bytes, first: int) -> Iterator[Evidence]:
    for number, line in enumerate(strip_ansi(part).decode("utf-8", "replace").split("\n"), first):
        yield Evidence(number, line[:_LINE].rstrip())


def place_of(text: str) -> Place | None:
    """Return the first place that a line of evidence names: `src/lib.rs:3:5`, `a.ts(3,5)`, `File "x.py", line 3`."""
    import re

    for pattern in _PLACES:
        if (found := re.search(pattern, text)) and not found["file"].replace(".", "").isdigit():
            return Place(found["file"], int(found["line"]), int(found.groupdict().get("column") or 0))
    return None
