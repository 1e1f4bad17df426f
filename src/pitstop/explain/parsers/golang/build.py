"""go build, vet, mod and run, panics, golangci-lint, staticcheck, gofmt.

Formats: `go help build`, golangci-lint.run/usage/configuration (line-number), go.dev/doc/faq for panics and goroutines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, STYLE, Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, number, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_AT = r"(?:\.[/\\])?(?P<file>(?:[A-Za-z]:)?[^\s:]+\.go):(?P<line>\d+):(?P<column>\d+): "
_MORE = r"\t(?:have|want) |\t\S+\.go:\d+:\d+: |\t+(?:missing|needed|imports)"
_ROWS = (
    Row(
        "go",
        ":warning|:error",
        r"(?P<file>[^\s:]+\.go):(?P<line>\d+):(?P<column>\d*):(?:warning|error): (?P<message>.+) \((?P<code>[\w-]+)\)$",
        "gometalinter",
        STYLE,
    ),
    Row("go vet", "vet: ", r"vet: " + _AT + r"(?P<message>.+)", "go", COMPILE),
    Row(
        "go",
        ".go:",
        _AT + r"(?P<message>.+?) \((?P<code>[a-z][\w-]+|[A-Z]+\d{3,4})\)$",
        "golangci-lint",
        STYLE,
        more=r"\s*\t|\s+\^",
    ),
    Row(
        "go",
        ".go:",
        _AT
        + r"(?P<message>(?:exported .+ should (?:have|be)|comment on exported|don't use|should (?:not use|omit|replace|have|drop|be)|if block ends with|receiver name|error var|error strings?|package comment|don't |var |const |func |type |\".+\" is a misspelling).*)",
        "golint",
        STYLE,
    ),
    Row("go", ".go:", _AT + r"(?P<message>.+)", "go", COMPILE, more=_MORE),
    Row(
        "go",
        ": undefined|: undeclared|: imported and not used|: cannot |: syntax error|: not enough|: too many|: missing return|: multiple-value|: invalid | redeclared| declared | undefined (",
        r"(?:\.[/\\])?(?P<file>[^\s:]+\.go):(?P<line>\d+): (?P<message>(?:undefined|undeclared|imported and not used|cannot |syntax error|not enough|too many|missing return|multiple-value|invalid |.* redeclared|.* declared (?:and|but) not used|.* undefined \().*)",
        "go",
        COMPILE,
        more=_MORE,
    ),
    Row(
        "go",
        "go: ",
        r"go: (?P<message>(?!downloading|finding|found|extracting|upgraded|added|downgraded|removed|creating|to add|warning|module .* is deprecated|updates to go\.mod needed, disabled).+(?:error|unknown|not found|no such|invalid|mismatch|cannot|malformed|missing|requires|inconsistent|denied|disabled|unrecognized|timeout|no required|unreachable|failed|no matching).*)",
        "go",
        "package",
        more=r"\t",
    ),
    Row(
        "mismatch",
        ": checksum mismatch",
        r"(?:go: )?(?:\S+: )?(?P<message>verifying \S+: checksum mismatch)",
        "go",
        "package",
        more=r"\t",
    ),
    Row(
        "go",
        "go: updates to go.mod needed|go: inconsistent vendoring",
        r"go: (?P<message>updates to go\.mod needed.*|inconsistent vendoring.*)",
        "go",
        "package",
    ),
    Row(
        "provides required module",
        "no required module provides package ",
        r"(?:go: |.*: )?(?P<message>no required module provides package .+)",
        "go",
        "package",
    ),
    Row(
        "go found packages",
        "found packages ",
        r"(?P<message>found packages \w+ \(\S+\) and \w+ \(\S+\) in .+)",
        "go",
        COMPILE,
    ),
    Row(
        "package",
        "package ",
        r"package \S+: (?P<message>(?:unrecognized import path|cannot find package|build constraints exclude|import cycle|code in directory|exec:|no Go files).*)",
        "go",
        "package",
        more=r"\t",
    ),
    Row(
        "cannot",
        "can't load package: |cannot find package ",
        r"(?P<message>can't load package: .+|cannot find package .+ in any of:)",
        "go",
        "package",
        more=r"\t",
    ),
    Row("load package", "can't load package: ", r"(?P<message>can't load package: .+)", "go", "package"),
    Row(
        "diff",
        ".go.orig|.go gofmt/|.go b/",
        r"diff (?:-u )?(?:a/)?(?P<file>\S+?\.go)(?:\.orig| gofmt/| b/)",
        "gofmt",
        STYLE,
    ),
    Row(
        "go",
        ": running ",
        r"(?P<file>\S+\.go):(?P<line>\d+): (?P<message>running \".{1,300}\": exit status \d+)",
        "go",
        "build",
        summary=True,
    ),
    Row("imported used", "imported and not used: ", r"(?P<message>imported and not used: .+)", "go", COMPILE),
    Row("golangci level msg", 'level=error msg="', r"level=error msg=\"(?P<message>.+)\"", "golangci-lint", STYLE),
    Row(
        "level msg",
        'level=error msg="',
        r"level=error msg=\"(?P<message>(?:\[linters|Running error|Timeout exceeded|can't|Can't).+)\"",
        "golangci-lint",
        STYLE,
    ),
    Row("issues", " issues:", r"[1-9]\d* issues:$", "golangci-lint", STYLE, summary=True),
    Row(
        "dep gopkg lock",
        "Gopkg.lock was not up to date",
        r"(?P<message>Gopkg\.lock was not up to date)",
        "dep",
        "package",
    ),
)
_PANIC = r"(?:\s*)(?:panic|fatal error): (.+)"
_RACE = "WARNING: DATA RACE"
_FRAME = r"\s+(\S+\.go):(\d+)(?: \+0x[0-9a-f]+)?$"
_FOREIGN = (
    "/usr/local/go/",
    "/libexec/src/",
    "/go/src/runtime/",
    "/src/runtime/",
    "/src/testing/",
    "/pkg/mod/",
    "/hostedtoolcache/go/",
    "/vendor/",
)
_FAR = 80


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield each error of the compiler and the linters, and each panic."""
    for failure in read(_ROWS, lines, at):
        frame = failure.place is not None and failure.message.startswith("+0x")
        if not frame:
            yield failure
    for position in positions(at, "panic", "fatal"):
        if found := compiled(_PANIC).match(text_at(lines, position)):
            yield from _panic(lines, position, found[1])
    for position in at.get("race", []):
        if _RACE in text_at(lines, position):
            place = _frame(lines, position, position + 40)
            yield Failure("go", "test", "data race", lines[position].number, lines[position].number, place, "race")


def _panic(lines: Sequence[Line], position: int, message: str) -> Iterator[Failure]:
    """Yield the panic at `position`, if goroutines follow."""
    for below in range(position + 1, position + 12):
        text = text_at(lines, below)
        if text.startswith("goroutine ") or (text.lstrip().startswith("goroutine ") and text.rstrip().endswith("]:")):
            place = _frame(lines, below, min(below + _FAR, len(lines)))
            last = position
            while last + 1 < below and text_at(lines, last + 1).strip():
                last += 1
            said = compiled(r"(.+?)(?: \[recovered.*\])?$").match(message)
            kind = (
                "memory" if "out of memory" in message else "time" if "test timed out after" in message else "runtime"
            )
            first = lines[position].number
            yield Failure(
                "go", kind, "panic: " + sentence(said[1] if said else message), first, lines[last].number, place
            )
            return


def _frame(lines: Sequence[Line], start: int, end: int) -> Place | None:
    """Return the first own frame of the first stack with one, else the first frame."""
    first = None
    for position in range(start, end):
        if frame := compiled(_FRAME).match(text_at(lines, position)):
            place = Place(frame[1], number(frame[2]))
            if not any(part in frame[1] for part in _FOREIGN):
                return place
            first = first or place
    return first
