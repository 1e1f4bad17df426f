"""What most recorded runs write is not shown as the reason why one of them failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.core.events import FAILURE, SUCCESS, RunFinished, RunStarted, TaskFinished, TaskOutput, TaskStarted
from pitstop.explain import seen as module
from pitstop.explain.compare import compare
from pitstop.explain.diagnose import explain
from pitstop.explain.lines import read_lines
from pitstop.explain.rank import explain_line, rank
from pitstop.explain.seen import NOTHING, Seen, add, seen_in
from pitstop.pipeline import state
from pitstop.records.recorder import Recorder

if TYPE_CHECKING:
    from pathlib import Path

USUAL = "ERROR: cannot reach the mirror at host-17, trying another"
NEW = "row-17 of the table of prices has no price, stopping here"
LOG = read_lines(
    "\n".join(["$ make test", *["compiling a part"] * 8, USUAL, *["compiling a part"] * 8, NEW, "made 3"]).encode()
)


def of_runs(passed: int, failed: int) -> Seen:
    usual = ["compiling a part", USUAL.replace("17", "23"), "made 3"]
    return add(NOTHING, [(usual, True)] * passed + [(usual, False)] * failed)


def test_a_line_of_every_green_and_red_run_is_ranked_below_one_never_seen() -> None:
    before = [one.text for one in rank(LOG)]
    assert before.index(USUAL) < before.index(NEW)
    after = [one.text for one in rank(LOG, seen=of_runs(20, 5))]
    assert after.index(NEW) < after.index(USUAL)
    assert next(one.text for one in explain(LOG, seen=of_runs(20, 5))[0].evidence) == NEW


def test_a_log_that_passed_says_more_of_a_line_than_many_that_failed() -> None:
    rising = [NOTHING, of_runs(0, 1), of_runs(0, 50), of_runs(1, 0), of_runs(2, 0), of_runs(20, 5)]
    usual = [seen.usual(USUAL) for seen in rising]
    assert usual == sorted(usual)
    assert len(set(usual)) == len(usual)


def test_the_reason_of_a_line_says_in_how_many_logs_it_was_seen() -> None:
    number = next(line.number for line in LOG if line.text == USUAL)
    plain, why = explain_line(LOG, number), explain_line(LOG, number, seen=of_runs(3, 1))
    assert plain
    assert why
    assert dict(why.why)["in 3 recorded logs that passed and 1 that failed"] == pytest.approx(why.score - plain.score)
    assert why.score < plain.score


def test_what_the_compared_log_happens_to_lack_but_others_hold_comes_later() -> None:
    good = read_lines(b"$ make test\ncompiling a part\nmade 3\n")
    lines = [line for line in LOG if "compiling" not in line.text]
    first, second = [one.text for one in compare(lines, good).evidence][:2]
    again = [one.text for one in compare(lines, good, seen=add(NOTHING, [([first], True)] * 9)).evidence]
    assert again.index(second) < again.index(first)


@given(st.lists(st.tuples(st.lists(st.sampled_from(["error one", "two 2", "three", ""])), st.booleans()), max_size=9))
def test_each_log_counts_once_for_each_of_its_templates(logs: list[tuple[list[str], bool]]) -> None:
    seen = NOTHING
    for log in logs:
        seen = add(seen, [log])
    assert seen == add(NOTHING, logs)
    for text in ("error one", "two 2", "three"):
        held = [passed for texts, passed in logs if text in texts]
        assert seen.logs_with(text) == (sum(held), len(held) - sum(held))
        assert 0 <= seen.usual(text) < 1
    assert seen.usual("") == 0


def test_numbers_and_hashes_make_no_other_line() -> None:
    seen = add(NOTHING, [(["took 17 ms for deadbeef1 in /tmp/a1b2/x"], True)])
    assert seen.logs_with("took 9 ms for 0123456789ab in /tmp/c3/y") == (1, 0)
    assert seen.logs_with("took long") == (0, 0)


def test_what_is_kept_stays_small_and_what_was_seen_once_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TEMPLATES", 10)
    often = add(NOTHING, [(["again and again"], True)] * 8)
    words = ["".join(chr(97 + int(digit)) for digit in str(number)) for number in range(40)]
    seen = add(often, [(words, True)])
    assert len(seen.hashes) <= 10
    assert seen.logs_with("again and again") == (4, 0)


def record(folder: Path, name: str, outputs: dict[str, tuple[str, str]], *, batch: str = "") -> None:
    recorder = Recorder(str(folder / "runs"))
    recorder(RunStarted(1.0, name, "/", (), "check"))
    for task, (outcome, text) in outputs.items():
        recorder(TaskStarted(2.0, task, batch=batch))
        recorder(TaskOutput(3.0, batch or task, text.encode()))
        recorder(TaskFinished(4.0, task, outcome))
    recorder(RunFinished(5.0, SUCCESS))


def test_the_logs_of_the_record_are_taken_in_once_each(tmp_path: Path) -> None:
    assert seen_in(str(tmp_path)) is None
    record(tmp_path, "20261122-010000-aaaa", {"a:test": (SUCCESS, "all is well\n"), "b:test": (FAILURE, "all broke\n")})
    for _ in range(2):
        seen = seen_in(str(tmp_path))
        assert seen
        assert (seen.logs_with("all is well"), seen.logs_with("all broke")) == ((1, 0), (0, 1))
    record(tmp_path, "20261122-020000-bbbb", {"a:test": (SUCCESS, "all is well\n")})
    again = seen_in(str(tmp_path))
    assert again
    assert again.logs_with("all is well") == (2, 0)
    (tmp_path / "state" / "lines").write_bytes(b"torn")
    assert seen_in(str(tmp_path)) == again


@pytest.mark.parametrize("kept", ["text", (), (b"abc", b"", ()), (1, 2, 3), (b"", b"", 4)])
def test_a_damaged_file_of_what_was_seen_is_made_anew(tmp_path: Path, kept: object) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "20260101-000000-0000").mkdir()
    state.save(str(tmp_path / "state/lines"), kept)
    assert seen_in(str(tmp_path)) is not None


def test_what_a_failed_batch_wrote_did_not_pass(tmp_path: Path) -> None:
    both = {"a:test": (SUCCESS, "a is done\n"), "b:test": (FAILURE, "b is not\n")}
    record(tmp_path, "20261122-010000-aaaa", both, batch="both")
    seen = seen_in(str(tmp_path))
    assert seen
    assert seen.logs_with("a is done") == (0, 1)


def test_a_long_record_is_taken_in_bit_by_bit_the_newest_runs_first(tmp_path: Path) -> None:
    for number in range(3):
        record(tmp_path, f"20261122-01000{number}-aaaa", {"a:test": (SUCCESS, f"run {'abc'[number]} went well\n")})
    for known in ("c", "bc", "abc"):
        seen = seen_in(str(tmp_path), 10)
        assert seen
        assert [name for name in "abc" if seen.logs_with(f"run {name} went well") == (1, 0)] == list(known)


def test_a_run_that_cannot_be_read_is_no_reason_to_stop(tmp_path: Path) -> None:
    record(tmp_path, "20261122-010000-aaaa", {"a:test": (SUCCESS, "all is well\n")})
    (tmp_path / "runs" / "20261122-020000-bbbb").mkdir()
    (tmp_path / "runs" / "20261122-020000-bbbb" / "events.jsonl").write_bytes(b'\xff{"event"\n')
    seen = seen_in(str(tmp_path))
    assert seen
    assert seen.logs_with("all is well") == (1, 0)
