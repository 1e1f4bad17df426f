"""What a line looks like by itself: an error, a stack frame, help, a rule, a mere outcome, or nothing of the kind."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import re

    from pitstop.explain.lines import Line

FRAME = "frame"
"""One call of a stack trace."""
HELP = "help"
"""What a tool says after every failure: where to read more, how to run it again."""
RULE = "rule"
"""Nothing but signs."""
OUTCOME = "outcome"
"""That it failed, without why: `BUILD FAILURE`, `Process completed with exit code 1`."""
NEWS = "news"
"""What the CI system does about it: whom it tells, what it keeps."""
QUIET = "quiet"
"""Of a level below warning."""
WARNING = "warning"
ERROR = "error"
PLAIN = "plain"


class Sign(NamedTuple):
    """How much a line by itself looks like the reason of a failure."""

    kind: str
    strength: float
    """0 to 1."""


_FRAME = (
    r"\s*at [\w.$<>/@\[\] ]+ ?\(.*\)(?: ~?\[.*\])?\s*$"  # Java, Node
    r"|\s*(?:from )?\S+:\d+:in [`']"  # Ruby
    r"|\s*\.{3} \d+ (?:more|common frames omitted)"
    r"|\s+File \".*\", line \d+, in "  # Python
    r"|\s*\d+: +(?:0x[0-9a-f]+ - )?[\w<].*::"  # Rust
    r"|\s+at \S+:\d+(?::\d+)?$"
    r"|\s*#\d+ +(?:0x[0-9a-f]+|\S+\(\d+\):)"  # gdb, PHP
    r"|\t\S+\.go:\d+ \+0x"
)
_HELP = (
    r"\W*(?:To see the full stack trace|Re-run Maven|For more information about|After correcting the problems"
    r"|mvn <(?:goals|args)>|-> \[Help|\[Help \d+\]"
    r"|Run with --|> Run with --|> Get more help|\* Get more help|> See https?:|Consult the following"
    r"|A complete log of this run|For verbose messages|note: run with `RUST_BACKTRACE|Deprecated Gradle features"
    r"|You can use '--warning-mode|See (?:the )?(?:docs|documentation|https?:)|Use --\S+ to|Try `.*--help"
    r"|Run `.*` for (?:more|details))"
)
_NEWS = (
    r"Sending e-mails? to|Email was triggered|Notifying |GitHub Issue Notifier|Setting (?:commit )?status|Archiving "
    r"|Recording |Skipped archiving|No emails were triggered|Triggering a new build|Terminate orphan process"
    r"|Started by (?:timer|user|upstream project|an SCM change)\b|Running on \S+ in /|Building remotely on |Commit message: \""
    r"|HEAD is now at [0-9a-f]{7}|Checking out Revision [0-9a-f]{7}"
)
_OUTCOME = (
    r"\W*(?:BUILD (?:FAILURE|FAILED|ERROR)\b|Finished: |COMPILATION (?:ERROR|WARNING)|BUILD FAILED in"
    r"|\d+ (?:errors?|warnings?|problems?)\W*$|\d+ (?:failed|failing|passed|passing)\b"
    r"|\*\* [A-Z ]*FAILED \*\*|Result: FAIL$|Test suite \S+: FAIL$|ERROR: \".*\" exited with|✖ \d+ problems?\b"
    r"|npm (?:ERR!|error) (?:\S+@\S+ \S+: `|This is probably not)|.*recipe for target '.*' failed"
    r"|Tests run: ?[^<]*$|Process completed with exit code|(?:ERROR: )?script returned exit code|The command \".*\" (?:exited with|failed)|Done\. Your build exited"
    r"|Build step .* marked build|Build .*did not succeed|The process .* failed with exit code"
    r"|make(?:\[\d+\])?: \*\*\*|error: could not compile|aborting due to|Command failed with exit code"
    r"|npm (?:ERR!|error) (?:code|errno|Exit status|Failed at)|[Ee]xit(?:ed)?(?: with)?(?: code| status)?:? \d+\W*$"
    r"|FAILED \(.*=\d+.*\)|[=_-]{2,} .*\b\d+ (?:failed|passed|errors?)\b.* [=_-]{2,}$|(?:SOME )?TESTS FAILED\W*$"
    r"|Traceback \(most recent call last\):|Results\s*:|FAILURES!?\W*$|.{3,} (?:FAILURE|SUCCESS|SKIPPED) \[ *[\d.:]+ (?:s|min|h)\])"
)
_LEVEL = (
    r"(?P<command>[>$] (?![A-Z][a-z]+ [a-z])|\++ ?(?=[A-Za-z./'\[]))|(?:npm )?[^A-Za-z]{0,30}(?:(?P<quiet>INFO|DEBUG|TRACE|NOTE|NOTICE|FINE|VERBOSE|(?<=\[)(?:info|debug))"
    r"|(?P<warning>WARN|WARNING|[Ww]arning|(?<=\[)warn)|(?P<error>ERROR|FATAL|SEVERE|CRITICAL|ERR!|(?<=\[)error))"
    r"(?=[\]:| ])"
)
_STRONG = (
    r"\b(?:fatal|panic|panicked|segmentation fault|core dumped|out of memory|no space left)\b"
    r"|\b(?:error|exception)(?:\[\w+\]| [a-z]{1,5}\d+)? ?:"
    r"|(?-i:(?:^|[\s.'\"(:])(?:[A-Z]\w*)?(?:Error|Exception|Failure)\b(?=$|[:(\]]| ?$| at | in ))"
    r"|(?-i:<<< (?:FAILURE|ERROR)!|\bFAILED\b|--- FAIL|\bFAIL\b)"
    r"|(?-i:^E   |^[EF]: |^! )|^\W*(?:caused by|suppressed|reason):|✗|✕|✖|❌|⛔|^\s*not ok\b|: error\b|\berr!"
    r"|^\s+File \".*\", line \d+$|^\s+\d+:\d+\s+error\s"
)
_WORDS = (
    r"\b(?:errors?|fail(?:s|ed|ing|ure|ures)?|cannot|can't|could ?n[o']t|couldn't|unable|not found|no such|undefined|denied"
    r"|refused|forbidden|timed ?out|timeout(?!s? ?[=:])|missing|invalid|unexpected|unknown|abort(?:ed|ing)?|killed|illegal"
    r"|does(?: not|n't)|do not|did not|didn't|wrong|unsafe|incompatible|unresolved|mismatch|conflicts?|expected"
    r"|violations?|unsupported|not (?:\w+ )?(?:\w+ed|found|exist|available|a|up to date|equal)|forgot|too (?:many|few|long|large)|crash(?:ed)?|corrupt(?:ed)?|broken"
    r"|exceed(?:s|ed)|rejected|unreachable|unavailable|bad|assert(?:ion)?|traceback|unsuccessful|problems?)\b"
)
_PLACE = (
    r"\s*(?:[A-Za-z]:)?[\w@./\\+-]*\w\.[A-Za-z]\w{0,9}(?::\d+|\(\d+|:\[\d+)[^\s]*[:)\]-]? *\w"  # src/a.py:3:1: E501 …
)
_ITEM = r"\s+\d{1,3}\) \S|\s*[●■] \S"  # the failures of mocha, RSpec, PHPUnit and jest
_WARNS = r"\b[Ww]arn(?:ing)?\b|Warning\b|\b(?:note|info|remark):"
_PASSED = (
    r"\s*(?:[✓✔√]|ok \d+|PASS\b|\[ +OK +\]|test .* \.\.\. ok$)"
    r"|.*(?:\.\.|:|ms|\s\s)\s*(?:ok|OK|PASS|PASSED|SUCCESS)(?: *[\[(].*)?$|.*\b(?:PASSED|SUCCESS)\b *(?:[\[(].*)?$"
)
_CALM = (
    r"\b(?:0|no|without) (?:errors?|failures?|failed|problems?|violations?)\b|\b(?:errors?|failures?|failed)[:=] ?0\b"
    r"|--\S*(?:error|fail)|continue-on-error|fail-fast"
)


@cache
def _compiled(text: str, *, any_case: bool = False) -> re.Pattern[str]:
    import re

    return re.compile(text, re.IGNORECASE if any_case else 0)


_TRIGGERS = frozenset(
    b"fatal panic panicked segmentation dumped memory space caused suppressed reason ok e err cannot can couldn could"
    b" unable not no undefined denied refused forbidden timed timeout missing invalid unexpected unknown abort aborted"
    b" aborting killed illegal does doesn don do did didn wrong unsafe incompatible unresolved mismatch conflict"
    b" conflicts expected violation violations unsupported forgot too crash crashed corrupt corrupted broken exceed"
    b" exceeds exceeded rejected unreachable unavailable bad assert assertion traceback unsuccessful problem problems"
    b" file critical severe command process finished tests done build make exit exited results suite".split()
)
_PARTS = (
    b"error",
    b"fail",
    b"xception",
    "✗".encode(),
    "✕".encode(),
    "✖".encode(),
    "●".encode(),
    "•".encode(),
    "■".encode(),
)


def may_tell(line: Line, mask: bytes) -> bool:
    """Return whether `sign_of` may find something in `line`, whose template is `mask`; a tenth of its cost."""
    return (
        not _TRIGGERS.isdisjoint(mask.split())
        or any(part in mask for part in _PARTS)
        or line.mark in {"error", "warning"}
        or _compiled(_PLACE).match(line.text[:500]) is not None
        or _compiled(_ITEM).match(line.text) is not None
    )


def sign_of(line: Line) -> Sign:
    """Return what `line` looks like by itself; costs some microseconds, so ask for candidates only."""
    text = line.text[:2000]
    bare = _bare(text)
    if not any(map(str.isalpha, bare)):
        return Sign(RULE, 0.0)
    for kind, pattern in ((FRAME, _FRAME), (HELP, _HELP), (NEWS, _NEWS), (OUTCOME, _OUTCOME)):
        if _compiled(pattern).match(text) or (bare != text and _compiled(pattern).match(bare)):
            return Sign(kind, 0.0)
    if _compiled(_PASSED).match(text):
        return Sign(QUIET, 0.0)
    kind = level_of(line)
    if _compiled(_STRONG, any_case=True).search(text) or kind == ERROR:
        strength = 0.9
    elif _compiled(_PLACE).match(text):
        strength = 0.85
        kind = WARNING if kind == PLAIN and _compiled(_WARNS).search(text) else kind
    elif _compiled(_ITEM).match(text):
        strength = 0.6
    elif _compiled(_WORDS, any_case=True).search(text):
        strength = 0.5
    else:
        strength = 0.0
    if strength and kind != ERROR and _compiled(_CALM, any_case=True).search(text):
        strength *= 0.3
    if kind == QUIET:
        strength *= 0.3
    elif kind == WARNING:
        strength *= 0.4
    return Sign(ERROR if kind == PLAIN and strength >= 0.8 else kind, strength)


def level_of(line: Line) -> str:
    """Return the level that a line gives itself or that the CI system's markup gives it, else `PLAIN`."""
    if line.mark in {"error", "warning"}:
        return line.mark
    if line.mark in {"debug", "notice", "command", "group", "endgroup"}:
        return QUIET
    found = _compiled(_LEVEL).match(line.text)
    if not found:
        return PLAIN
    return QUIET if found.lastgroup == "command" else found.lastgroup or PLAIN


def _bare(text: str) -> str:
    """Return `text` without its level."""
    found = _compiled(_LEVEL).match(text)
    return text[found.end() :].lstrip("]:| ") if found else text
