"""What shells and the small tools of the system say: a command that is not there, a file, a permission, a syntax error.

Formats: bash, dash, zsh, env, PowerShell and cmd as they print them; strerror(3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import Failure, Place
from pitstop.explain.parsers.reading import sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, number, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

# `file: line 3: ` of bash, `file: 3: ` of dash, `sh: ` of both; zsh writes `zsh:1: `.
_SHELL = r"(?:\S*/)?(?:ba|z|da|k)?sh:(?:\d+:)? (?:-c: )?(?:(?:line )?\d+: )?"
_SCRIPT = r"(?P<file>(?:[./~]|[A-Za-z]:)?[^\s:]+): (?:line )?(?P<line>\d+): (?:eval: )?"
_WHO = f"(?:{_SHELL}|{_SCRIPT})"
_TEMPLATE = _WHO + r"(?P<message>"
_TOOL = r"(?:/usr)?(?:/bin/)?(?P<tool>cat|cp|mv|cd|mkdir|ln|touch|chmod|chown|tar|sed|install|make|env|sudo|tee|rmdir|stat|head|tail|source|exec|unzip|zip|xargs|python\d?|node|readlink|realpath|diff|patch|dirname|bash|sh): "
_ROWS = (
    Row(
        "option",
        "option",
        r"(?:(?P<tool>[\w./-]+): )?(?:error: )?(?P<message>(?:[Uu]nrecognized|[Uu]nknown|[Ii]nvalid|[Ii]llegal) (?:command[- ]line )?option\b.+)",
        "sh",
        "command",
    ),
    Row(
        "unrecognized arguments",
        ": error: unrecognized arguments: ",
        r"(?P<tool>[\w./-]+): error: (?P<message>unrecognized arguments: .+)",
        "sh",
        "command",
    ),
    Row(
        "unexpected argument",
        "error: unexpected argument '",
        r"error: (?P<message>unexpected argument '.+' found)",
        "sh",
        "command",
    ),
    Row(
        "flag provided defined",
        "flag provided but not defined: ",
        r"(?P<message>flag provided but not defined: .+)",
        "sh",
        "command",
    ),
    Row(
        "program currently installed",
        "' is currently not installed.",
        r"(?P<message>The program '.+' is currently not installed\..*)",
        "sh",
        "command",
    ),
    Row(
        "shared while loading",
        "error while loading shared libraries: ",
        r".*?(?P<message>error while loading shared libraries: .+)",
        "sh",
        "link",
    ),
    Row(
        "dyld",
        ": Library not loaded|: Symbol not found|: lazy symbol",
        r"dyld(?:\[\d+\])?: (?P<message>(?:Library not loaded|Symbol not found|lazy symbol).+)",
        "sh",
        "link",
    ),
    Row(
        "computed warning",
        " computed checksum",
        r"\S*sum: WARNING: (?P<message>\d+ computed checksums? did NOT match)",
        "sh",
        "file",
    ),
    Row("failed", ": FAILED", r"(?P<file>\S+): (?P<message>FAILED(?: open or read)?)$", "sh", "file", summary=True),
    Row("command", "command not found", _TEMPLATE + r"(?:\S+: )?command not found(?:: \S+)?)$", "sh", "command"),
    Row("found", "not found", _TEMPLATE + r"\S+: (?:\d+: )?not found)$", "sh", "command"),
    Row(
        "found",
        ": not found",
        r"(?P<file>(?:[./~]|[A-Za-z]:)?[^\s:]+): (?P<line>\d+): (?P<message>(?:exec: )?\S+: not found)$",
        "sh",
        "command",
    ),
    Row(
        "env",
        ": No such file or directory|: not found",
        r"(?:/usr/bin/)?env: (?P<message>.+: (?:No such file or directory|not found))",
        "sh",
        "command",
    ),
    Row(
        "recognized internal external",
        "' is not recognized as an internal or external command,",
        r"(?P<message>'.+' is not recognized as an internal or external command,)",
        "cmd",
        "command",
    ),
    Row(
        "recognized term",
        "' is not recognized ",
        r"(?:.* : )?(?P<message>The term '.+' is not recognized .+)",
        "powershell",
        "command",
    ),
    Row(
        "executable file found",
        '": executable file not found in $PATH',
        r".*?(?P<message>exec: \".+\": executable file not found in \$PATH.*)",
        "sh",
        "command",
    ),
    Row(
        "sudo",
        ": command not found|sudo: a password is required|sudo: a terminal is required ",
        r"sudo: (?P<message>\S+: command not found|a password is required|a terminal is required .+)",
        "sudo",
        "command",
    ),
    Row("xcrun", "xcrun: error: ", r"xcrun: error: (?P<message>.+)", "xcrun", "command"),
    Row("interpreter bad", ": bad interpreter: ", r"(?:.* )?(?P<message>\S+: bad interpreter: .+)", "sh", "command"),
    Row("cannot", ": cannot execute", _TEMPLATE + r"\S+: cannot execute(?: binary file)?: .+)", "sh", "command"),
    Row("execute", ": cannot execute", _TEMPLATE + r"\S+: cannot execute(?: binary file)?: .+)", "sh", "command"),
    Row("syntax", "yntax error", _TEMPLATE + r"(?:\S+: )?[Ss]yntax error.*)", "sh", "compile"),
    Row(
        "unexpected",
        "",
        _TEMPLATE + r"(?:unexpected EOF while looking for matching .+|unexpected (?:end of file|operator).*)|\[: .+)",
        "sh",
        "compile",
    ),
    Row("unbound variable", ": unbound variable", _TEMPLATE + r"\S+: unbound variable)$", "sh", "command"),
    Row("parameter", ": parameter n", _TEMPLATE + r"\S+: parameter (?:not set|null or not set).*)$", "sh", "command"),
    Row("permission denied", ": Permission denied", _TEMPLATE + r".+: Permission denied)$", "sh", "permission"),
    Row("permission denied", ": Permission denied", _TOOL + r"(?P<message>.+: Permission denied)$", "sh", "permission"),
    Row(
        "directory",
        ": No such file or directory|: Is a directory|: Not a directory",
        _TEMPLATE + r".+: (?:No such file or directory|Is a directory|Not a directory))$",
        "sh",
        "file",
    ),
    Row(
        "directory",
        ": No such file or directory|: Not a directory|: Directory not empty",
        _TOOL + r"(?P<message>.+: (?:No such file or directory|Not a directory|Directory not empty).*)$",
        "sh",
        "file",
    ),
    Row("exists file", ": File exists", _TOOL + r"(?P<message>.+: File exists)$", "sh", "file"),
    Row(
        "exec format",
        "exec format error",
        r".*?(?P<message>(?:exec (?:user process caused|/\S+): )?(?:\"?exec format error\"?))$",
        "sh",
        "command",
    ),
    Row("argument list too", ": Argument list too long", _TEMPLATE + r"\S+: Argument list too long)", "sh", "command"),
    Row("many open files", "Too many open files", r".*?(?P<message>Too many open files)\b", "sh", "environment"),
    Row(
        "tar",
        "tar: Error is not recoverable|tar: This does not look like a tar archive|tar: Unexpected EOF",
        r"(?:\S*/)?tar: (?P<message>(?:Error is not recoverable|This does not look like a tar archive|Unexpected EOF).*)",
        "tar",
        "file",
    ),
    Row(
        "gzip",
        ": not in gzip format|: unexpected end of file",
        r"gzip: (?P<message>.+: (?:not in gzip format|unexpected end of file))",
        "gzip",
        "file",
    ),
    Row(
        "archive central directory",
        "End-of-central-directory signature not found",
        r"(?:unzip: )?(?P<message>.*End-of-central-directory signature not found.*)",
        "unzip",
        "file",
    ),
)

_AT = r"At (\S.*?):(\d+) char:(\d+)$"


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield each command that a shell could not run and each file that it did not get."""
    yield from read(_ROWS, lines, at)
    for position in at.get("fullyqualifiederrorid", []):
        if "+ FullyQualifiedErrorId" in text_at(lines, position):
            yield from _powershell(lines, position)


def _powershell(lines: Sequence[Line], last: int) -> Iterator[Failure]:
    """Yield the error record of PowerShell that ends at `last`: above the code stands where, above that what."""
    for above in range(last - 1, max(last - 20, 0), -1):
        if not (found := compiled(_AT).match(text_at(lines, above))):
            continue
        first = above - 1
        while first > 0 and not text_at(lines, first).strip():
            first -= 1
        message = sentence(text_at(lines, first))
        if message:
            place = Place(found[1], number(found[2]), number(found[3])) if found[1] != "line" else None
            yield Failure("powershell", "runtime", message, lines[first].number, lines[last].number, place)
        return
