"""The figures of one line by which it is ranked: its own shape, its neighbours', its place, how rare it is, what tools say."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from math import log2
from operator import itemgetter
from typing import TYPE_CHECKING

from pitstop.explain.rank.blocks import block, first_of_block, parent
from pitstop.explain.rank.classes import NAMES as SHAPES
from pitstop.explain.rank.classes import shapes_of
from pitstop.explain.rank.colour import BOLD, OTHER, RED
from pitstop.explain.rank.figures import close, form, since, to
from pitstop.explain.rank.told import NAMES as TOLD
from pitstop.explain.rank.told import telling

if TYPE_CHECKING:
    from collections.abc import Container, Sequence
    from collections.abc import Set as AbstractSet

    from pitstop.core.finding import Failure
    from pitstop.explain.rank.place import Stretch
    from pitstop.explain.rank.survey import Survey

_AT = {name: at for at, name in enumerate(SHAPES)}


def _kinds(names: str) -> tuple[int, ...]:
    return tuple(_AT[name] for name in names.split(", "))


_ERROR = _kinds("exception first, error first, error word: , error in brackets, test failed")
_SOFT = _kinds("exception, expectation, missing, wrong, failure, crash")
# Shapes that are looked at in the neighbours too.
_LOOKED = _kinds(
    "exception first, error first, error word: , place first, frame, numbered, test failed, test passed,"
    " count of failures, expected first, heading of failures, rule, title in rule, wrapper, command, work, caret,"
    " source line, diff, warning, failure, expectation, travis, skipped, hint words"
)
_PARENT = _kinds(
    "exception first, error first, error word: , numbered, test failed, heading of failures, place first, frame, command, wrapper"
)
_FRAME = _AT["frame"]
# What is looked at in lines that are no candidates themselves: in all of them, and in those right beside one.
_NEAR_ONE = frozenset((*_ERROR, *_SOFT, _FRAME))
_BESIDE = frozenset((*_NEAR_ONE, *_LOOKED, *_PARENT))
_errors, _softly, _looked = itemgetter(*_ERROR), itemgetter(*_SOFT), itemgetter(*_LOOKED)
_BLANK = (0,) * len(SHAPES)
_NEAR = 4  # lines on each side of which it is asked whether they speak of an error
_STEPS = (-2, -1, 1, 2)
_NAMED = {-2: "two above", -1: "above", 1: "below", 2: "two below"}

_PLACE = (
    "in the stretch", "which stretch", "stretches", "from its start", "to its end", "its size", "part of it",
    "before it", "lines of the log", "end is told", "exit code", "is the command",
)  # fmt: skip
_TIES = (
    "since wrapper", "to wrapper", "since count", "to count", "since heading", "since rule", "since command",
    "since error", "to error", "since work", "to work", "errors before", "errors after", "errors in all",
    "since frame", "to frame", "heading and below",
)  # fmt: skip
NAMES: tuple[str, ...] = (
    *SHAPES,
    *(f"{_NAMED[step]}: {SHAPES[at]}" for step in _STEPS for at in _LOOKED),
    *(f"parent: {SHAPES[at]}" for at in _PARENT), "parent's distance",
    *(f"block: {SHAPES[at]}" for at in _PARENT),
    "errors above", "errors below", "words of failure above", "words of failure below", "frames above", "frames below",
    "length", "words", "indent", "signs", "upper case", "digits", "ends with colon", "ends with stop", "lower first",
    "upper first", "sign first",
    "rare words", "rarest word", "mean rarity", "median rarity", "named again below", "named above",
    "first of block", "last of block", "since block", "to end of block", "size of block", "indent over above",
    "indent of below",
    "count", "count of head", "count outside", "count of head outside", "same head above", "same head below",
    "progress above", "is first", "is last",
    "red", "bold", "colour", "red above", "red below", "red in the stretch", "share of red", "red before", "red after",
    *_PLACE, *_TIES, "words in the tail", "rare words in the tail",
    "mark error", "mark warning", "mark command", "mark markup",
    *TOLD,
)  # fmt: skip
"""Of the figures, in their order; as `--why-this-line` shows them."""


class _Log:
    """One log while its lines are measured: what belongs to all of them, and each line's shapes looked at once."""

    def __init__(self, found: Survey) -> None:
        self.found = found
        self.solid = found.solid
        self.said: dict[int, tuple[bool, bool, bool]] = {}
        self.tops = {index: first_of_block(found.solid, index) for index in found.chosen}
        self.parents = {index: parent(found, index) for index in found.chosen}
        self.chosen = [found.solid[index] for index in found.chosen]
        self.shapes = self.looked(found.chosen, range(len(SHAPES)))
        self.known = dict(zip(found.chosen, self.shapes, strict=True))
        beside = {index + step for index in found.chosen for step in _STEPS}
        near = {index + step for index in found.chosen for step in range(-_NEAR, _NEAR + 1)}
        self.look(beside.union(self.tops.values(), self.parents.values()), _BESIDE)
        self.look(near, _NEAR_ONE)
        self.reds = [at for at, colour in enumerate(found.colours) if colour & RED]
        self.ends = [stretch.end for stretch in found.stretches]
        self.inside = [Counter(found.masks[each.first : each.end]) for each in found.stretches]
        self.heads = [Counter(found.heads[each.first : each.end]) for each in found.stretches]
        self.tails = [_tail(found, end) for end in self.ends]
        self.firsts: dict[bytes, int] = {}
        self.lasts: dict[bytes, int] = {}
        self.word_firsts: dict[bytes, int] = {}
        self.word_lasts: dict[bytes, int] = {}
        for at in self.chosen:
            self.firsts.setdefault(found.masks[at], at)
            self.lasts[found.masks[at]] = at
            for word in found.words[at]:
                self.word_firsts.setdefault(word, at)
                self.word_lasts[word] = at
        self.wrappers = self.having("wrapper")
        self.counted = self.having("count of failures")
        self.headings = self.having("heading of failures")
        self.rules = self.having("rule, title in rule")
        self.commands = self.having("command")
        self.works = self.having("work, test passed")
        self.frames = self.having("frame")
        self.errors = [at for at, own in zip(self.chosen, self.shapes, strict=True) if any(_errors(own))]

    def having(self, names: str) -> list[int]:
        kinds = _kinds(names)
        return [at for at, own in zip(self.chosen, self.shapes, strict=True) if any(own[kind] for kind in kinds)]

    def look(self, indices: AbstractSet[int], shapes: Container[int]) -> None:
        """Look at the shapes of lines that were not yet looked at."""
        new = [index for index in indices if 0 <= index < len(self.solid) and index not in self.known]
        self.known.update(zip(new, self.looked(new, shapes), strict=True))

    def looked(self, indices: Sequence[int], shapes: Container[int]) -> list[tuple[int, ...]]:
        """Return the shapes of lines by their indices among those that are not blank."""
        places = [self.solid[index] for index in indices]
        return shapes_of([self.found.texts[at] for at in places], [self.found.words[at] for at in places], shapes)

    def shape(self, index: int) -> tuple[int, ...]:
        """Return the shapes of a candidate, or of a line near one; of a line beyond the log those of a blank one."""
        return self.known.get(index, _BLANK)

    def says(self, index: int) -> tuple[bool, bool, bool]:
        """Return whether a line speaks of an error, whether softly, and whether it is a frame of a stack."""
        said = self.said.get(index)
        if said is None:
            own = self.shape(index)
            said = self.said[index] = (any(_errors(own)), any(_softly(own)), bool(own[_FRAME]))
        return said


def features(found: Survey, failures: Sequence[Failure]) -> list[list[float]]:
    """Return for each chosen line the figures of `NAMES`."""
    log = _Log(found)
    tell = telling(failures)
    rows = []
    for index, at, own in zip(found.chosen, log.chosen, log.shapes, strict=True):
        text = found.texts[at]
        order = min(bisect_left(log.ends, at), len(log.ends) - 1)
        stretch = found.stretches[order]
        row: list[float] = list(own)
        for step in _STEPS:
            row += _looked(log.shape(index + step))
        row += _family(log, index)
        row += _around(log, index)
        row += form(text, found.words[at])
        row += _rarity(log, at)
        row += block(found, index, log.tops[index])
        row += _repeats(log, index, order)
        row += _colour(log, at, stretch)
        row += _place(found, at, stretch, order)
        row += _ties(log, at, stretch)
        row += _tied_to_tail(log, at, order)
        mark = found.marks[at]
        row += [mark == "error", mark == "warning", mark == "command", mark in {"debug", "group", "endgroup"}]
        row += tell(found.numbers[at])
        rows.append(row)
    return rows


def _family(log: _Log, index: int) -> list[float]:
    """Look at the line that this one is indented under, and at the first of its block."""
    over, first = log.parents[index], log.tops[index]
    own = log.shape(over) if over != index else _BLANK
    top = log.shape(first) if first != index else _BLANK
    return [*(own[kind] for kind in _PARENT), close(index - over), *(top[kind] for kind in _PARENT)]


def _around(log: _Log, index: int) -> list[float]:
    steps = range(1, _NEAR + 1)
    errors, softly, frames = zip(*[log.says(index - step) for step in steps], strict=True)
    errors_below, softly_below, frames_below = zip(*[log.says(index + step) for step in steps], strict=True)
    return [sum(errors), sum(errors_below), sum(softly), sum(softly_below), sum(frames), sum(frames_below)]


def _rarity(log: _Log, at: int) -> list[float]:
    words = log.found.words[at]
    if not words:
        return [0.0] * 6
    total, lines_of = len(log.found.texts), log.found.word_counts
    counts = sorted(lines_of[word] for word in words)
    rare = sum(count <= 2 for count in counts)
    again = before = 0
    for word in set(words):
        if 1 < lines_of[word] < 8 and len(word) > 3:
            again += log.word_lasts[word] > at + 8
            before += log.word_firsts[word] < at - 8
    return [
        close(rare), close(counts[0]), sum(log2(1 + total / count) for count in counts) / len(counts),
        close(counts[len(counts) // 2]), again, before,
    ]  # fmt: skip


def _repeats(log: _Log, index: int, order: int) -> list[float]:
    found, solid = log.found, log.solid
    at = solid[index]
    mask, head, heads = found.masks[at], found.heads[at], found.heads
    above = [heads[solid[other]] for other in range(max(index - 20, 0), index)]
    below = [heads[solid[other]] for other in range(index + 1, min(index + 21, len(solid)))]
    near = Counter(each[:6] for each in above if each)
    return [
        close(found.counts[mask]), close(found.head_counts[head]),
        close(found.counts[mask] - log.inside[order][mask]), close(found.head_counts[head] - log.heads[order][head]),
        above.count(head), below.count(head), max(near.values(), default=0),
        log.firsts[mask] == at, log.lasts[mask] == at,
    ]  # fmt: skip


def _colour(log: _Log, at: int, stretch: Stretch) -> list[float]:
    colours, reds = log.found.colours, log.reds
    first, last, here = bisect_left(reds, stretch.first), bisect_left(reds, stretch.end), bisect_left(reds, at)
    colour = colours[at]
    return [
        bool(colour & RED), bool(colour & BOLD), bool(colour & OTHER),
        bool(at and colours[at - 1] & RED), bool(at + 1 < len(colours) and colours[at + 1] & RED),
        close(last - first), (last - first) / max(stretch.end - stretch.first, 1),
        close(max(here - first, 0)), close(max(last - here, 0)),
    ]  # fmt: skip


def _place(found: Survey, at: int, stretch: Stretch, order: int) -> list[float]:
    inside = stretch.first <= at < stretch.end
    size = max(stretch.end - stretch.first, 1)
    return [
        inside, min(order, 6), min(len(found.stretches), 8), close(at - stretch.first) if at >= stretch.first else -1.0,
        close(stretch.end - at) if at <= stretch.end else -1.0, close(size),
        (at - stretch.first) / size if inside else -0.1, close(stretch.first - at) if at < stretch.first else 0.0,
        close(len(found.texts)), stretch.told, min(stretch.code, 255), found.texts[at].strip() in stretch.echo,
    ]  # fmt: skip


def _ties(log: _Log, at: int, stretch: Stretch) -> list[float]:
    errors, end = log.errors, stretch.end
    first, here, last = bisect_left(errors, stretch.first), bisect_left(errors, at), bisect_left(errors, end)
    heading = since(log.headings, at)
    return [
        since(log.wrappers, at), to(log.wrappers, at, end), since(log.counted, at), to(log.counted, at, end),
        heading, since(log.rules, at), since(log.commands, at), since(errors, at), to(errors, at, end),
        since(log.works, at), to(log.works, at, end),
        close(max(here - first, 0)), close(max(last - here, 0)), close(len(errors)),
        since(log.frames, at), to(log.frames, at, end), heading < since(log.works, at),
    ]  # fmt: skip


def _tail(found: Survey, end: int) -> tuple[int, frozenset[bytes]]:
    first = max(end - 25, 0)
    return first, frozenset(word for words in found.words[first:end] for word in words if len(word) > 3)


def _tied_to_tail(log: _Log, at: int, order: int) -> list[float]:
    first, tail = log.tails[order]
    if at >= first:
        return [-1.0, -1.0]
    words = log.found.words[at]
    rare = sum(word in tail and log.found.word_counts[word] < 5 for word in set(words))
    return [len(tail.intersection(words)) / max(len(words), 1), close(rare)]
