"""Regular expressions that cannot take long: how one is rewritten so that it goes forward only, and what is refused.

Python's engine goes back and tries again, and a pattern such as `(a+)+b` does that for ever. Who writes a pattern may be
anybody, and so may be who writes the log. So

- a line is cut to `LONGEST` characters;
- a `.*` outside brackets takes the first fit and is never tried again: what follows it is an atomic group. Since a later
  `.*` takes whatever comes, a later fit of what is before it could not do better. The same holds for where a pattern
  begins if there is a `.*` in it;
- of what is left, the number of steps in the worst case is counted: one repetition whose end is not plain from the next
  character costs a step for each place where it may end, and whatever follows is tried at each of them. A pattern that
  may take more than `MOST` steps is refused, and so is what cannot be counted: repeated groups, back references.
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pitstop.explain.knowledge.characters import EVERY, bit, set_of

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

LONGEST = 2000
"""Characters of a line that are looked at."""
MOST = 20_000_000
"""Steps that one pattern may take on one line, about 0.2 s; the patterns people write take a thousandth of it."""

_LENGTH = 1000  # characters of a pattern


class Refused(ValueError):
    """A pattern is no regular expression, or one that may take too long."""


class Part(NamedTuple):
    """A sequence of the pattern that lies between two `.*`, as parsed."""

    tree: Sequence[Any]
    text: str
    gap: str
    """What leads to it: `.*?`, `.+?`, or nothing at the beginning of the line."""


class Bounded(NamedTuple):
    """A pattern that cannot take long."""

    text: str
    anchored: bool
    steps: int
    parts: tuple[Part, ...]
    any_case: bool


@cache
def parser() -> Any:
    """Return the parser of regular expressions that Python itself uses; it has no public name."""
    from importlib import import_module

    return import_module("re._parser")


def bounded(pattern: str) -> Bounded:
    """Return `pattern` rewritten so that it takes at most `steps` steps on a line. Raises `Refused`."""
    if len(pattern) > _LENGTH:
        raise Refused(f"it is longer than {_LENGTH} characters")
    flags, rest = _flags(pattern)
    texts = _split(rest)
    with warnings.catch_warnings():
        warnings.simplefilter("error", FutureWarning)  # of what is to mean something else one day
        try:
            if len(texts) > 1:
                parser().parse(pattern)  # a name that is there twice is seen in the whole only
            parts = [Part(list(parser().parse(flags + text)), text, gap) for gap, text in texts]
        except (parser().error, RecursionError, OverflowError, FutureWarning) as error:
            raise Refused(f"it is no regular expression: {error}") from error
    any_case = "i" in flags
    costs = [_cost(part.tree, 0, any_case=any_case) for part in parts]
    if all(cost.empty and part.gap != ".+?" for part, cost in zip(parts, costs, strict=True)):
        raise Refused("it matches every line")
    steps = sum(_steps(part, cost) for part, cost in zip(parts, costs, strict=True))
    if steps > MOST:
        raise Refused(
            "it may take too long on a long line; put `.*` outside brackets, and what says where a repetition ends "
            'behind it: `"[^"]+"` instead of `".+"`'
        )
    if len(parts) == 1 and parts[0].gap != ".+?":
        return Bounded(flags + parts[0].text, parts[0].gap == "", steps, tuple(parts), any_case)
    text = flags + "".join(f"(?>{part.gap}{part.text})" for part in parts)
    return Bounded(text, anchored=True, steps=steps, parts=tuple(parts), any_case=any_case)


def compiled(text: str) -> re.Pattern[str]:
    """Return the pattern of a `Bounded.text`."""
    import re

    return re.compile(text)


def _flags(pattern: str) -> tuple[str, str]:
    for flags in ("(?i)",):
        if pattern.startswith(flags):
            return flags, pattern[len(flags) :]
    if pattern.startswith("(?") and pattern[2:3].isalpha() and pattern[2] != "P":
        raise Refused("of flags only `(?i)` may stand in front")
    return "", pattern


def _split(pattern: str) -> list[tuple[str, str]]:
    """Return the texts between the `.*` and `.+` outside brackets, each with what leads to it."""
    pieces: list[tuple[str, str]] = []
    gap = ".*?"
    start = at = depth = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 2
            continue
        if char == "[":
            at = _class_end(pattern, at)
            continue
        depth += (char == "(") - (char == ")")
        if char == "|" and not depth:
            raise Refused("`|` outside brackets: write two patterns")
        if not depth and char == "." and pattern[at + 1 : at + 2] in {"*", "+"}:
            pieces.append((gap, pattern[start:at]))
            more = ".+?" if pattern[at + 1] == "+" else ".*?"
            at += 3 if pattern[at + 2 : at + 3] in {"?", "+"} else 2
            start, gap = at, more
            continue
        at += 1
    pieces.append((gap, pattern[start:]))
    if pieces[0][1].startswith("^"):
        pieces[0] = ("", pieces[0][1])
    while len(pieces) > 1 and pieces[-1] == (".*?", ""):
        pieces.pop()  # `.*` at the end says nothing
    if len(pieces) > 1 and not pieces[0][1]:
        pieces.pop(0)  # nor does one at the beginning
    return pieces


def _class_end(pattern: str, at: int) -> int:
    """Return the place behind the class that begins at `at`."""
    at += 1
    if pattern[at : at + 1] == "^":
        at += 1
    if pattern[at : at + 1] == "]":
        at += 1
    while at < len(pattern) and pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at + 1


class _Cost(NamedTuple):
    """Of a sequence in the worst case: what it may begin with, whether it may be empty, in how many ways it may end."""

    first: int
    empty: bool
    ways: int
    steps: int


def _steps(part: Part, cost: _Cost) -> int:
    return LONGEST + _ends(LONGEST, part.tree) * cost.steps if part.gap else cost.steps


def _cost(tree: Sequence[Any], follow: int, *, any_case: bool) -> _Cost:
    """Count a sequence; `follow` is the set of characters that may come behind it."""
    costs: list[_Cost] = []
    first, empty = follow, True
    for node in reversed(tree):
        cost = _node(node, first, any_case=any_case)
        costs.append(cost)
        first = cost.first | (first if cost.empty else 0)
        empty = empty and cost.empty
    ways, steps = 1, 1
    for at, cost in enumerate(reversed(costs)):
        steps += ways * cost.steps
        chars = _repeated(tree[at], any_case=any_case)
        ways *= _ends(cost.ways, tree[at + 1 :], chars) if chars else cost.ways
        ways = min(ways, MOST)
    return _Cost(first, empty, ways, min(steps, MOST + 1))


def _ends(ways: int, rest: Sequence[Any], chars: int = EVERY) -> int:
    """Return at how many of so many places `rest` can go on beyond the text with which it begins.

    The places lie behind a repetition of `chars`: if the text has another character, that one must be the first that
    is none of `chars`, and there is one such place. Else the text itself has a length.
    """
    text = ""
    for node in rest:
        if str(node[0]) != "LITERAL":
            break
        if not bit(node[1]) & chars:
            return 1
        text += chr(node[1]).lower()
    return min(ways, LONGEST // _period(text) + 1) if text else ways


def _period(text: str) -> int:
    """Return how far apart two places are at least in which `text` stands."""
    return next(shift for shift in range(1, len(text) + 1) if text.startswith(text[shift:]))


def _repeated(node: Any, *, any_case: bool) -> int:
    """Return the characters of which a node is one repetition, in a group or not; 0 where it is none."""
    while str(node[0]) == "SUBPATTERN" and len(node[1][3]) == 1:
        node = node[1][3][0]
    if str(node[0]) not in {"MAX_REPEAT", "MIN_REPEAT"} or len(node[1][2]) != 1:
        return 0
    body = node[1][2][0]
    return set_of(body, any_case=any_case) if str(body[0]) in {"LITERAL", "NOT_LITERAL", "ANY", "IN"} else 0


def _node(node: Any, follow: int, *, any_case: bool) -> _Cost:
    name, value = str(node[0]), node[1]
    if name in {"LITERAL", "NOT_LITERAL", "ANY", "IN"}:
        return _Cost(set_of(node, any_case=any_case), empty=False, ways=1, steps=0 if name == "LITERAL" else 1)
    if name == "AT":
        return _Cost(0, empty=True, ways=1, steps=1)
    if name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        return _repeat(name, *value, follow=follow, any_case=any_case)
    if name == "SUBPATTERN":
        return _cost(value[3], follow, any_case=any_case)
    if name == "ATOMIC_GROUP":
        return _cost(value, follow, any_case=any_case)._replace(ways=1)
    if name == "BRANCH":
        return _branch([_cost(branch, follow, any_case=any_case) for branch in value[1]])
    if name in {"ASSERT", "ASSERT_NOT"}:
        return _cost(value[1], EVERY, any_case=any_case)._replace(first=0, empty=True, ways=1)
    raise Refused("it has a back reference or a condition, which may take for ever")


def _repeat(name: str, least: int, most: Any, body: Sequence[Any], *, follow: int, any_case: bool) -> _Cost:
    most = min(int(most), LONGEST)
    if most <= 1:
        inner = _cost(body, follow, any_case=any_case)
        unclear = bool(inner.first & follow) or inner.empty
        return _Cost(inner.first, empty=not least or inner.empty, ways=inner.ways + unclear, steps=inner.steps + 1)
    body = list(body)
    while len(body) == 1 and str(body[0][0]) == "SUBPATTERN":
        body = list(body[0][1][3])
    if len(body) != 1 or str(body[0][0]) not in {"LITERAL", "NOT_LITERAL", "ANY", "IN"}:
        raise Refused("it repeats a group, which may take for ever; repeat a class of characters: `[\\w.]+`")
    chars = set_of(body[0], any_case=any_case)
    clear = not chars & follow or name == "POSSESSIVE_REPEAT"
    return _Cost(chars, empty=not least, ways=1 if clear else max(most - least, 0) + 1, steps=most)


def _branch(branches: list[_Cost]) -> _Cost:
    seen, apart = 0, True
    for branch in branches:
        apart = apart and not seen & branch.first and not branch.empty
        seen |= branch.first
    ways = [branch.ways for branch in branches]
    steps = sum(branch.steps for branch in branches) + len(branches)
    return _Cost(seen, any(branch.empty for branch in branches), max(ways) if apart else sum(ways), steps)
