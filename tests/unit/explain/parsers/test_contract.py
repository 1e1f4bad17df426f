"""What all parsers promise: nothing raises, numbers stay in range, no claim overlaps, each gives what its examples say."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitstop.core.finding import Failure
from pitstop.explain.lines import Line, read_lines
from pitstop.explain.parsers import find_failures, words
from pitstop.explain.parsers.anchors import ANCHORS
from pitstop.explain.words import find_words, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

Example = tuple[str, list[Failure]]


@cache
def examples(module: str) -> tuple[list[Example], list[str]]:
    """Return the logs of a parser with what they must give, and green logs of the same tools."""
    known = import_module(f"tests.unit.explain.parsers.examples.{module}")
    return known.EXAMPLES, known.GREEN


def told_by(module: str, lines: Sequence[Line]) -> list[Failure]:
    at = find_words((line.text for line in lines), words())
    return list(import_module(f"pitstop.explain.parsers.{module}").failures(lines, at))


def check(failures: Sequence[Failure], lines: Sequence[Line]) -> None:
    for failure in failures:
        assert 1 <= failure.first <= failure.last <= len(lines), failure
        assert failure.tool
        assert failure.kind
        assert failure.message.strip() == failure.message
        assert failure.message
        assert "\n" not in failure.message
        if failure.place:
            assert failure.place.file
            assert min(failure.place.line, failure.place.column) >= 0


@pytest.mark.parametrize("module", ANCHORS)
def test_each_example_gives_exactly_what_stands_beside_it(module: str) -> None:
    known, _ = examples(module)
    assert len(known) >= 2
    for log, expected in known:
        assert find_failures(read_lines(log.encode())) == expected


@pytest.mark.parametrize("module", ANCHORS)
def test_a_green_log_gives_nothing(module: str) -> None:
    _, green = examples(module)
    assert green
    for log in green:
        assert find_failures(read_lines(log.encode())) == []


@pytest.mark.parametrize("module", ANCHORS)
def test_a_module_is_loaded_for_each_of_its_examples(module: str) -> None:
    needed = set(ANCHORS[module][0].split())
    for log, expected in examples(module)[0]:
        assert not expected or needed.intersection(words_of(log))


@pytest.mark.parametrize("module", ANCHORS)
def test_a_module_has_a_green_log_that_it_reads(module: str) -> None:
    needed = set(ANCHORS[module][0].split())
    assert any(needed.intersection(words_of(log)) for log in examples(module)[1])


def test_anchors_are_words_as_they_are_cut() -> None:
    for word in words():
        assert words_of(word) == [word]


@pytest.mark.slow
@pytest.mark.parametrize("module", ANCHORS)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_torn_and_shuffled_logs_of_its_tools_never_raise(module: str, data: st.DataObject) -> None:
    known, green = examples(module)
    pool = [line for log in [*(log for log, _ in known), *green] for line in log.splitlines()]
    piece = st.tuples(
        st.sampled_from(pool),
        st.integers(0, 120),
        st.sampled_from(["", "", "", "\t", "(", "99999999999999999999", "\u2028é"]),
    )
    picked = data.draw(st.lists(piece, max_size=40))
    text = "\n".join(line[:cut] + tail + line[cut:] if cut % 2 else line for line, cut, tail in picked)
    lines = read_lines(text.encode("utf-8", "surrogatepass"))
    check(told_by(module, lines), lines)
    check(find_failures(lines), lines)


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.one_of(st.binary(max_size=40), st.sampled_from([word.encode() for word in sorted(words())])), max_size=40
    )
)
def test_any_bytes_never_raise(pieces: list[bytes]) -> None:
    lines = read_lines(b"".join(pieces))
    for module in ANCHORS:
        check(told_by(module, lines), lines)


@pytest.mark.parametrize("module", ANCHORS)
def test_every_single_line_of_an_example_alone_is_read_as_well(module: str) -> None:
    known, green = examples(module)
    for log in [*(log for log, _ in known), *green]:
        for line in log.splitlines():
            lines = read_lines(line.encode())
            check(told_by(module, lines), lines)


@pytest.mark.slow
@pytest.mark.parametrize("module", ANCHORS)
def test_long_lines_of_one_sign_come_to_an_end(module: str) -> None:
    # A pattern whose time grows with the cube of the line's length takes minutes here.
    heads = ("", "   ", "error: ", "[error] ", "[ERROR] ", "  1) ")
    texts = [head + sign * 2000 for head in heads for sign in (" ", "\t", "a", "1", ":", "/", "(", "a:", "1:", "a.b.")]
    lines = [Line(number, text, text) for number, text in enumerate(texts, 1)]
    at = {word: list(range(len(lines))) for word in " ".join(ANCHORS[module]).split()}
    for failure in import_module(f"pitstop.explain.parsers.{module}").failures(lines, at):
        assert 1 <= failure.first <= failure.last <= len(lines)


@pytest.mark.parametrize("module", ANCHORS)
def test_no_failure_reaches_into_another(module: str) -> None:
    for log, _ in examples(module)[0]:
        found = find_failures(read_lines(log.encode()))
        assert all(before.last < after.first for before, after in pairwise(found))
