"""What is searched for: a text or a regular expression, and the texts that any line which matches must hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.errors import UsageError

if TYPE_CHECKING:
    import re

_LONGEST = 4000
"""Characters of a line that a regular expression looks at."""
_META = frozenset(".^$*+?{}[]\\|()")


class Pattern(NamedTuple):
    """A text, or a regular expression; without a capital letter in it, capitals do not count."""

    text: str
    expression: re.Pattern[str] | None
    sensitive: bool
    terms: tuple[str, ...]
    """Texts that each line which matches holds, in any case."""

    def find(self, line: str) -> tuple[int, int] | None:
        """Return where `line` matches, from and up to which character; None where it does not."""
        if self.expression is not None:
            found = self.expression.search(line[:_LONGEST])
            return found.span() if found else None
        start = (line if self.sensitive else line.lower()).find(self.text)
        return (start, start + len(self.text)) if start >= 0 else None


def pattern_of(text: str, *, regex: bool = False) -> Pattern:
    """Return what `text` asks for. Raises `UsageError` for an expression that is none, or that may never end."""
    sensitive = any(char.isupper() for char in text)
    if not regex:
        return Pattern(text, None, sensitive, (text,))
    import re

    try:
        expression = re.compile(text, 0 if sensitive else re.IGNORECASE)
    except re.error as error:
        raise UsageError(f"`{text}` is no regular expression: {error}") from error
    if _may_never_end(text):
        raise UsageError(
            f"`{text}` repeats what repeats: it may take for ever",
            hint="leave out one of the two repetitions, or search without `--regex`",
        )
    return Pattern(text, expression, sensitive, tuple(literals(text)))


def literals(expression: str) -> list[str]:
    """Return texts that each match of a regular expression holds; none where that is not easily told."""
    if any(sign in expression for sign in ("|", "(", "[")):
        return []
    found, run, at = [], "", 0
    while at < len(expression):
        char = expression[at]
        if char == "\\":
            follows = expression[at + 1 : at + 2]
            if follows.isalnum():  # a class, a boundary, a number
                found.append(run)
                run = ""
                if follows not in "bBdDsSwWAZ":
                    return []
            else:
                run += follows
            at += 2
            continue
        if char in "*?{":  # what stood before may be missing
            found.append(run[:-1])
            run = ""
            if char == "{":
                end = expression.find("}", at)
                if end < 0:
                    return []
                at = end
        elif char in _META:
            found.append(run)
            run = ""
        else:
            run += char
        at += 1
    return [text for text in [*found, run] if len(text) >= 3]


def _may_never_end(expression: str) -> bool:
    """Return whether a group that repeats holds something that repeats or a choice: `(a+)+`, `(a|ab)*`."""
    repeats = [False]  # of each open group, the whole first
    at, in_class = 0, False
    while at < len(expression):
        char = expression[at]
        if char == "\\":
            at += 2
            continue
        if in_class:
            in_class = char != "]"
        elif char == "[":
            in_class = True
            at += expression[at + 1 : at + 2] == "]"
        elif char == "(":
            repeats.append(False)
        elif char == ")" and len(repeats) > 1:
            inner = repeats.pop()
            if inner and expression[at + 1 : at + 2] in {"*", "+", "{"}:
                return True
            repeats[-1] = repeats[-1] or inner
        elif char in "*+{|":
            repeats[-1] = True
        at += 1
    return False
