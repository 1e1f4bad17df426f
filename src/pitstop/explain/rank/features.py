"""The figures of one line by which it is ranked: its own shape, its neighbours', its place, how rare it is, what tools say of it."""

from __future__ import annotations

from bisect import bisect_left
from math import log2
from typing import TYPE_CHECKING

from pitstop.explain.rank.classes import NAMES as SHAPES
from pitstop.explain.rank.classes import shapes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pitstop.core.finding import Failure
    from pitstop.explain.rank.place import Stretch
    from pitstop.explain.rank.survey import Survey

_AT = {name: at for at, name in enumerate(SHAPES)}
_ERROR = tuple(
    _AT[name] for name in ("exception first", "error first", "error word: ", "error in brackets", "test failed")
)
_SOFT = tuple(_AT[name] for name in ("exception", "expectation", "missing", "wrong", "failure", "crash"))
_BLANK = [0] * len(SHAPES)
# Shapes that are looked at in neighbours too.
_LOOKED = tuple(
    _AT[name]
    for name in (
        "exception first", "error first", "error word: ", "place first", "frame", "numbered", "test failed",
        "test passed", "count of failures", "expected first", "heading of failures", "rule", "title in rule",
        "wrapper", "command", "work", "caret", "source line", "diff", "warning", "failure", "expectation", "travis",
    )
)  # fmt: skip
_NEIGHBOURS = (-2, -1, 1, 2)

NAMES: tuple[str, ...] = (
    *SHAPES,
    *(f"{SHAPES[at]} at {step:+}" for step in _NEIGHBOURS for at in _LOOKED),
    "errors above", "errors below", "soft above", "soft below", "frames below", "frames above",
    "length", "words", "indent", "signs", "upper", "digits", "colon end", "stop end", "starts lower", "starts upper",
    "starts sign", "rare words", "rarest word", "mean rarity", "rare word pairs",
    "blank above", "blank below", "lines since blank", "lines to blank", "block", "indent over last", "indent of next",
    "count", "count of head", "same head above", "same head below", "progress above", "is first", "is last",
    "red", "bold", "other colour", "red above", "red below", "red in stretch", "share of red",
    "in stretch", "which stretch", "stretches", "from start", "to end", "size of stretch", "part of stretch",
    "before stretch", "log", "told", "code",
    "since wrapper", "to wrapper", "since count", "to count", "since heading", "since rule", "since command",
    "to error above", "to error below", "errors before", "errors after", "errors in all", "since work", "to work",
    "in tail", "to tail count", "repeats in stretch",
    "mark error", "mark warning",
    "failure first", "failure inside", "failure summary", "failures", "since failure", "failure order", "failure place", "failure test",
)  # fmt: skip


def _close(distance: float) -> float:
    return round(log2(1 + distance), 3) if distance < 5000 else 13.0


class Look:
    """The shapes of the lines of one log, each looked at once."""

    def __init__(self, found: Survey) -> None:
        self.found = found
        self._known: dict[int, list[int]] = {}

    def shapes(self, at: int) -> list[int]:
        """Return the shapes of the line at this position; of none where there is no such line."""
        known = self._known.get(at)
        if known is None:
            texts = self.found.texts
            if not 0 <= at < len(texts) or not texts[at]:
                return _BLANK
            known = self._known[at] = shapes_of(
                texts[at], [word.decode("utf-8", "replace") for word in self.found.words[at]]
            )
        return known


def features(found: Survey, failures: Sequence[Failure], marks: Sequence[str]) -> list[list[float]]:
    """Return for each chosen line the figures of `NAMES`."""
    look = Look(found)
    chosen = found.chosen
    shapes = {at: look.shapes(at) for at in chosen}
    total = len(found.texts)

    def having(*names: str) -> list[int]:
        kinds = [_AT[name] for name in names]
        return [at for at in chosen if any(shapes[at][kind] for kind in kinds)]

    wrappers = having("wrapper")
    counted = having("count of failures")
    headings = having("heading of failures")
    rules = having("rule", "title in rule")
    commands = having("command")
    works = having("work", "test passed")
    errors = [at for at in chosen if any(shapes[at][kind] for kind in _ERROR)]
    reds = [at for at in chosen if found.colours[at] & 4]
    firsts: dict[bytes, int] = {}
    lasts: dict[bytes, int] = {}
    for at in chosen:
        firsts.setdefault(found.masks[at], at)
        lasts[found.masks[at]] = at
    word_lines: dict[bytes, int] = {}
    for of_line in found.words:
        for word in set(of_line):
            word_lines[word] = word_lines.get(word, 0) + 1
    tell = _told(failures)
    tails = [_tail(found, stretch.end) for stretch in found.stretches]
    rows = []
    for at in chosen:
        own = shapes[at]
        text = found.texts[at]
        words = found.words[at]
        row: list[float] = list(own)
        for step in _NEIGHBOURS:
            other = look.shapes(at + step)
            row += [other[kind] for kind in _LOOKED]
        row += _around(look, at)
        row += _form(text, words)
        row += _rarity(words, word_lines, total)
        row += _block(found, at, total)
        row += _repeats(found, at, firsts, lasts, total)
        stretch, order = _stretch_of(found, at)
        colour = found.colours[at]
        in_red = bisect_left(reds, stretch.end) - bisect_left(reds, stretch.first)
        row += [
            colour >> 2 & 1, colour >> 1 & 1, colour & 1,
            found.colours[at - 1] >> 2 & 1 if at else 0,
            found.colours[at + 1] >> 2 & 1 if at + 1 < total else 0,
            _close(in_red), in_red / max(stretch.end - stretch.first, 1),
        ]  # fmt: skip
        inside = stretch.first <= at < stretch.end
        size = max(stretch.end - stretch.first, 1)
        row += [
            inside, order, len(found.stretches), _close(at - stretch.first) if at >= stretch.first else -1.0,
            _close(stretch.end - at) if at <= stretch.end else -1.0, _close(size),
            (at - stretch.first) / size if inside else -0.1, _close(stretch.first - at) if at < stretch.first else 0.0,
            _close(total), stretch.told, min(stretch.code, 255),
        ]  # fmt: skip
        row += [
            _since(wrappers, at),
            _to(wrappers, at, stretch.end),
            _since(counted, at),
            _to(counted, at, stretch.end),
        ]
        row += [
            _since(headings, at),
            _since(rules, at),
            _since(commands, at),
            _since(errors, at),
            _to(errors, at, stretch.end),
        ]
        before, after = bisect_left(errors, at), bisect_left(errors, stretch.end)
        low = bisect_left(errors, stretch.first)
        row += [_close(max(before - low, 0)), _close(max(after - before, 0)), _close(len(errors))]
        row += [_since(works, at), _to(works, at, stretch.end)]
        tail, tail_words = tails[order] if order < len(tails) else (total, frozenset())
        row += [
            len(tail_words.intersection(words)) / max(len(words), 1) if at < tail else -1.0,
            _close(len([word for word in set(words) if word in tail_words and word_lines[word] < 5])) if at < tail else -1.0,
            _close(found.counts[found.masks[at]]) if inside else 0.0,
        ]  # fmt: skip
        row += [marks[at] == "error", marks[at] == "warning"]
        row += tell(at + 1)
        rows.append([float(value) for value in row])
    return rows


def _around(look: Look, at: int) -> list[float]:
    above = [look.shapes(at - step) for step in range(1, 7)]
    below = [look.shapes(at + step) for step in range(1, 7)]
    frame = _AT["frame"]
    return [
        sum(any(one[kind] for kind in _ERROR) for one in above), sum(any(one[kind] for kind in _ERROR) for one in below),
        sum(any(one[kind] for kind in _SOFT) for one in above), sum(any(one[kind] for kind in _SOFT) for one in below),
        sum(one[frame] for one in below), sum(one[frame] for one in above),
    ]  # fmt: skip


def _form(text: str, words: list[bytes]) -> list[float]:
    bare = text.strip()
    size = len(bare) or 1
    letters = sum(map(len, words))
    digits = sum(map(bare.count, "0123456789"))
    upper = sum(1 for char in bare[:200] if char.isupper())
    first = bare[:1]
    return [
        _close(size), _close(len(words)), min(len(text) - len(text.lstrip()), 20), (size - letters - digits) / size,
        upper / min(size, 200), digits / size, bare[-1:] == ":", bare[-1:] == ".", first.islower(), first.isupper(),
        not first.isalnum(),
    ]  # fmt: skip


def _rarity(words: list[bytes], word_lines: dict[bytes, int], total: int) -> list[float]:
    if not words:
        return [0.0, 0.0, 0.0, 0.0]
    counts = sorted(word_lines.get(word, 1) for word in words)
    rare = sum(1 for count in counts if count <= 2)
    return [
        _close(rare), _close(counts[0]), round(sum(log2(total / count) for count in counts) / len(counts), 2),
        _close(counts[len(counts) // 2]),
    ]  # fmt: skip


def _block(found: Survey, at: int, total: int) -> list[float]:
    texts = found.texts
    up = at
    while up > 0 and at - up < 40 and texts[up - 1].strip():
        up -= 1
    down = at
    while down + 1 < total and down - at < 40 and texts[down + 1].strip():
        down += 1
    text = texts[at]
    indent = len(text) - len(text.lstrip())
    last = texts[at - 1] if at else ""
    after = texts[at + 1] if at + 1 < total else ""
    return [
        up == at, down == at, _close(at - up), _close(down - at), _close(down - up),
        max(-20, min(indent - (len(last) - len(last.lstrip())), 20)) if last.strip() else 0,
        max(-20, min(len(after) - len(after.lstrip()) - indent, 20)) if after.strip() else 0,
    ]  # fmt: skip


def _repeats(found: Survey, at: int, firsts: dict[bytes, int], lasts: dict[bytes, int], total: int) -> list[float]:
    mask, head = found.masks[at], found.heads[at]
    heads = found.heads
    above = sum(heads[other] == head for other in range(max(at - 20, 0), at))
    below = sum(heads[other] == head for other in range(at + 1, min(at + 21, total)))
    near: dict[bytes, int] = {}
    for other in range(max(at - 20, 0), at):
        if heads[other]:
            near[heads[other][:6]] = near.get(heads[other][:6], 0) + 1
    progress = max(near.values(), default=0)
    return [
        _close(found.counts[mask]), _close(found.head_counts[head]), above, below, progress,
        firsts[mask] == at, lasts[mask] == at,
    ]  # fmt: skip


def _stretch_of(found: Survey, at: int) -> tuple[Stretch, int]:
    for order, stretch in enumerate(found.stretches):
        if at <= stretch.end:
            return stretch, min(order, 6)
    return found.stretches[-1], min(len(found.stretches) - 1, 6)


def _since(positions: list[int], at: int) -> float:
    here = bisect_left(positions, at)
    return _close(at - positions[here - 1]) if here else 14.0


def _to(positions: list[int], at: int, end: int) -> float:
    here = bisect_left(positions, at + 1)
    return _close(positions[here] - at) if here < len(positions) and positions[here] <= end else 14.0


def _tail(found: Survey, end: int) -> tuple[int, frozenset[bytes]]:
    first = max(end - 25, 0)
    return first, frozenset(word for words in found.words[first:end] for word in words if len(word) > 3)


def _told(failures: Sequence[Failure]) -> Callable[[int], list[float]]:
    firsts = {failure.first: (order, failure) for order, failure in reversed(list(enumerate(failures)))}
    starts = sorted(firsts)
    inside = {
        number: failure
        for failure in failures
        for number in range(failure.first, min(failure.last, failure.first + 200) + 1)
    }
    real = sum(not failure.summary for failure in failures)

    def tell(number: int) -> list[float]:
        order, first = firsts.get(number, (99, None))
        within = inside.get(number)
        return [
            bool(first and not first.summary), bool(within and not within.summary), bool(within and within.summary),
            _close(real), _since(starts, number), min(order, 99), bool(first and first.place), bool(first and first.test),
        ]  # fmt: skip

    return tell
