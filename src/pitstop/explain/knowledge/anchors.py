"""What every line has that a pattern matches: the words by which the line is found, and the texts it contains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pitstop.explain.knowledge.characters import WORD, set_of
from pitstop.explain.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pitstop.explain.knowledge.bounded import Bounded

_NEEDLES = 2  # of a pattern that are kept
_SHORTEST = 3  # characters of a needle
_LONGEST = 12  # characters beyond which a word is no rarer

_FULL_OF = """
a an the to of in on at by is be as or and if it no not for from with was were has have that this you your can could
cannot couldn t don did does error errors err failed fail failure fails fatal warning warn exception caused cause
found find file files line lines module package packages version command process exit exited code status test tests
build building run running task step job make npm java org com net io src main lib usr bin home open read write name
type value function class use used using unable missing invalid unexpected unknown expected because required requires
needs select selected warnings config target release result custom updated update waiting feature features call called
method argument arguments address server client host user variable option key create created makefile end start
started begin first last output input during after before got actual install installed installing download downloading
data path directory system out set get add new old one two more than github work runner https http www true false null
none ok info debug notice 0 1 2 3 4 5
"""
COMMON = frozenset(_FULL_OF.split())
"""Words of which logs are full: a pattern is not found by them if it has another."""


_BLANK = "(IN, [(CATEGORY, CATEGORY_SPACE)])"
"""`\\s`, which would be a part of a word only where it is a blank beyond ASCII."""

_CLOSED, _EDGE, _OPEN = range(3)
"""What stands beside a text: nothing that makes a word longer; the end of the pattern, or `.*`; something that may."""


class Anchors(NamedTuple):
    """What every line has that a pattern matches."""

    words: tuple[str, ...]
    """It contains one of these words; empty: nothing is known."""
    needles: tuple[str, ...]
    """It contains each of these texts."""


class _Found(NamedTuple):
    """Words of which one must occur, and how good they are to find a line by."""

    rarity: float
    words: tuple[str, ...]


def anchors(pattern: Bounded) -> Anchors:
    """Return what every line has that `pattern` matches.

    A pattern that begins or ends with a letter is taken to begin or end with a whole word, and so is what stands beside
    a `.*`.
    """
    words: list[_Found] = []
    needles: list[str] = []
    for part in pattern.parts:
        for run in _runs(part.tree, _EDGE, _EDGE):
            if isinstance(run, _Found):
                words.append(run)
            else:
                needles.append(run.text)
                words += _words(run)
    texts = [] if pattern.any_case else sorted((text for text in needles if len(text) >= _SHORTEST), key=len)
    return Anchors(max(words, default=_Found(0, ())).words, tuple(dict.fromkeys(texts[: -_NEEDLES - 1 : -1])))


def rarity(word: str) -> float:
    """Return how rare a word is likely to be in a log; above 0 where it is not one that logs are full of."""
    if word in COMMON or len(word) < _SHORTEST:
        return min(len(word), _LONGEST) - 2 * _LONGEST
    # Letters with a digit among them are the number of an error.
    return min(len(word), _LONGEST) + (6 if word[0].isalpha() and not word.isalpha() else 0)


class _Run(NamedTuple):
    """Text that must occur, and what stands beside it."""

    text: str
    left: int
    right: int


def _runs(tree: Sequence[Any], left: int, right: int) -> Iterator[_Run | _Found]:
    """Give the texts that must occur in what `tree` matches, and sets of words of which one must."""
    nodes = [*_flat(tree), ("END", None)]
    text, begin, before = "", left, left
    for at, (name, node) in enumerate(nodes):
        if name == "LITERAL":
            if not text:
                begin = before
            text += chr(node[1])
            continue
        here = right if name == "END" else _side(name, node)
        if text:
            yield _Run(text, begin, here)
            text = ""
        if name == "BRANCH":
            # Parsing takes what all branches begin with in front of them: their words begin there.
            prefix = _ending(nodes[:at])
            before = _CLOSED if prefix[1] else before
            name, following = nodes[at + 1]
            after = right if name == "END" else _side(name, following)
            yield from _one_of([[*prefix[0], *branch] for branch in node], before, after)
        before = here


def _ending(nodes: Sequence[tuple[str, Any]]) -> tuple[list[Any], bool]:
    """Return the literals of a word with which `nodes` end, and whether something stands before it that is none."""
    found: list[Any] = []
    for name, node in reversed(nodes):
        if name != "LITERAL":
            return found, _side(name, node) == _CLOSED
        if not _is_word(chr(node[1])):
            return found, True
        found.insert(0, node)
    return found, False


def _side(name: str, node: Any) -> int:
    """Return what a node is to a text beside it."""
    if name == "BOUND":
        return _CLOSED
    if name == "LITERAL":
        return _OPEN if _is_word(chr(node[1])) else _CLOSED
    if name != "CLASS":
        return _OPEN
    return _OPEN if set_of(node) & WORD and str(node) != _BLANK else _CLOSED


def _flat(tree: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """Give the nodes of `tree` in order, groups that must occur as what is in them."""
    for node in tree:
        name, value = str(node[0]), node[1]
        if name == "SUBPATTERN":
            yield from _flat(value[3])
        elif name == "ATOMIC_GROUP":
            yield from _flat(value)
        elif name in {"NOT_LITERAL", "IN"}:
            yield "CLASS", node
        elif name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"} and value[0] and len(value[2]) == 1:
            one = str(value[2][0][0]) in {"NOT_LITERAL", "IN", "LITERAL"}
            yield "CLASS" if one else "OPEN", value[2][0]
        elif name == "AT":
            yield "BOUND", node
        elif name == "BRANCH":
            yield "BRANCH", value[1]
        else:
            yield ("LITERAL" if name == "LITERAL" else "OPEN"), node


def _one_of(branches: Sequence[Sequence[Any]], left: int, right: int) -> Iterator[_Found]:
    """Give the words of which one must occur where one of `branches` matches: the best of each."""
    found: list[_Found] = []
    for branch in branches:
        words = [word for run in _runs(branch, left, right) if isinstance(run, _Run) for word in _words(run)]
        if not words:
            return
        found.append(max(words))
    worst = min(word.rarity for word in found)
    yield _Found(worst - len(found), tuple(dict.fromkeys(text for word in found for text in word.words)))


def _words(run: _Run) -> list[_Found]:
    words = words_of(run.text)
    sides = [_CLOSED] * len(words)
    if words and _is_word(run.text[0]):
        sides[0] = run.left
    if words and _is_word(run.text[-1]):
        sides[-1] = max(sides[-1], run.right)
    return [_Found(rarity(word) - 3 * side, (word,)) for word, side in zip(words, sides, strict=True) if side != _OPEN]


def _is_word(char: str) -> bool:
    return bool(words_of(char))
