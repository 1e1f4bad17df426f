"""Searching what all runs wrote: pieces, patterns, and an index that only ever says where to look."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitstop.cli.records.search import find_hits
from pitstop.core.errors import UsageError
from pitstop.core.events import SUCCESS, RunFinished, RunStarted, TaskOutput
from pitstop.records.folders import delete_run
from pitstop.records.pattern import literals, pattern_of
from pitstop.records.pieces import clean, pieces_of
from pitstop.records.recorder import Recorder
from pitstop.records.search import NAME, Index, trigrams

OUTPUTS = st.lists(st.tuples(st.sampled_from(["a:test", "b:test"]), st.binary(min_size=1, max_size=40_000)), max_size=6)


def record(folder: Path, run: str, *outputs: tuple[str, bytes], ended: bool = True) -> Recorder:
    recorder = Recorder(str(folder / "runs"))
    recorder(RunStarted(1.0, run, "/", (), "test"))
    for task, data in outputs:
        recorder(TaskOutput(2.0, task, data))
    recorder.flush()
    if ended:
        recorder(RunFinished(3.0, SUCCESS))
    return recorder


def found(folder: Path, text: str, *, regex: bool = False) -> list[tuple[str, str, int, str]]:
    with Index(str(folder)) as index:
        index.sync()
        return [hit[:4] for hit in find_hits(index, pattern_of(text, regex=regex))]


@settings(max_examples=40)
@given(OUTPUTS)
def test_the_pieces_of_a_task_are_what_it_wrote(outputs: list[tuple[str, bytes]]) -> None:
    with TemporaryDirectory() as folder:
        record(Path(folder), "20261122-010000-aaaa", *outputs)
        run = Path(folder, "runs", "20261122-010000-aaaa")
        log = (run / "output.bin").read_bytes() if outputs else b""
        written: dict[str, bytes] = {}
        lines: dict[str, int] = {}
        for task, line, spans, text in pieces_of(str(run)):
            data = b"".join(log[offset : offset + size] for offset, size in spans)
            assert text == clean(data)
            assert line == lines.get(task, 1)
            lines[task] = line + data.count(b"\n")
            written[task] = written.get(task, b"") + data
        for task in ("a:test", "b:test"):
            assert written.get(task, b"") == b"".join(data for name, data in outputs if name == task)


def test_a_text_is_found_in_every_run_the_newest_first(tmp_path: Path) -> None:
    record(tmp_path, "20261122-010000-aaaa", ("a:test", b"one\nan ERROR here\n"))
    record(tmp_path, "20261022-010000-bbbb", ("b:test", b"\x1b[31merr\x1b[0mor: old"))
    assert found(tmp_path, "error") == [
        ("20261122-010000-aaaa", "a:test", 2, "an ERROR here"),
        ("20261022-010000-bbbb", "b:test", 1, "error: old"),
    ]
    assert [hit[3] for hit in found(tmp_path, "ERROR")] == ["an ERROR here"]
    assert found(tmp_path, "nothing of it") == []
    assert [hit[2] for hit in found(tmp_path, r"^err\w+:", regex=True)] == [1]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.text("abcXYZ 01é\n", max_size=60), min_size=1, max_size=5),
    st.text("abcXYZ 01é", min_size=1, max_size=5),
)
def test_the_index_finds_exactly_what_reading_everything_finds(logs: list[str], wanted: str) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        expected = []
        for number, log in enumerate(logs):
            run = f"20261122-0100{number:02}-aaaa"
            record(folder, run, *([("t", log.encode())] if log else []))
            for line, text in enumerate(log.removesuffix("\n").split("\n"), 1):
                same = wanted in text if any(map(str.isupper, wanted)) else wanted in text.lower()
                expected += [(run, "t", line, text)] if same and log else []
        assert sorted(found(folder, wanted)) == sorted(expected)


def test_runs_that_are_gone_are_not_found(tmp_path: Path) -> None:
    record(tmp_path, "20261022-010000-bbbb", ("t", b"needle\n"))
    record(tmp_path, "20261122-010000-aaaa", ("t", b"needle\n"))
    assert len(found(tmp_path, "needle")) == 2
    assert delete_run(str(tmp_path / "runs"), "20261022-010000-bbbb")
    assert [hit[0] for hit in found(tmp_path, "needle")] == ["20261122-010000-aaaa"]


def test_a_run_in_progress_is_searched_too(tmp_path: Path) -> None:
    recorder = record(tmp_path, "20261122-010000-aaaa", ("t", b"needle\n"), ended=False)
    assert len(found(tmp_path, "needle")) == 1
    recorder(TaskOutput(4.0, "t", b"needle two\n"))
    recorder(RunFinished(5.0, SUCCESS))
    assert [hit[3] for hit in found(tmp_path, "needle")] == ["needle", "needle two"]


def test_a_damaged_index_is_made_again(tmp_path: Path) -> None:
    record(tmp_path, "20261122-010000-aaaa", ("t", b"needle\n"))
    assert len(found(tmp_path, "needle")) == 1
    (tmp_path / NAME).write_bytes(b"this is no database, and long enough to be seen as damaged" * 99)
    assert len(found(tmp_path, "needle")) == 1


@given(st.from_regex(r"[a-z]{0,4}(\.|\\d|x\*|y\?|z\{0,2\}|\\\.|[a-z]){0,6}", fullmatch=True), st.data())
def test_what_matches_an_expression_holds_its_literals(expression: str, data: st.DataObject) -> None:
    line = data.draw(st.from_regex(expression, fullmatch=True))
    assert re.search(expression, line)
    assert all(text in line for text in literals(expression))


def test_literals_of_expressions() -> None:
    assert literals(r"error: .* at \d+ in src/lib\.rs") == ["error: ", " at ", " in src/lib.rs"]
    assert literals("abcd?efg") == ["abc", "efg"]
    assert literals("abc|def") == []


@pytest.mark.parametrize("expression", ["(a+)+b", "(a|aa)*", "((ab)*c)*", "(", "[a"])
def test_expressions_that_may_never_end_or_are_none_are_refused(expression: str) -> None:
    with pytest.raises(UsageError):
        pattern_of(expression, regex=True)


def test_a_question_asks_for_a_bounded_number_of_terms() -> None:
    assert trigrams(["ab"]) == []
    assert trigrams(["abcd", "bcd"]) == ["abc", "bcd"]
    assert len(trigrams(["".join(map(chr, range(97, 500)))])) == 24
