"""What is remembered of the output of running tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pitstop.cli.screen.report import HEAD, TAIL, Kept, Reporter
from pitstop.cli.screen.style import Style
from pitstop.cli.screen.tally import Tally
from pitstop.core.events import FAILURE, SUCCESS, RunFinished, RunStarted, TaskFinished, TaskOutput, TaskStarted
from pitstop.explain.diagnose import explain
from pitstop.explain.ending import FAILED, Ending
from pitstop.explain.lines import read_lines
from pitstop.explain.seen import seen_in
from pitstop.records.recorder import Recorder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("chunk", [1000, 65536, HEAD, HEAD + TAIL, 5 * TAIL])
def test_the_ends_of_a_long_output_are_remembered_and_no_more(chunk: int) -> None:
    output = b"".join(b"%07d\n" % number for number in range(5 * TAIL // 8))
    kept = Kept()
    for at in range(0, len(output), chunk):
        kept.add(output[at : at + chunk])
    told = kept.bytes()
    assert kept.size == len(output)
    if chunk == 5 * TAIL:  # one piece is never cut
        assert kept.whole
        assert told == output
        return
    head, mark, tail = told.partition(b"\n... ")
    _, mark, tail = tail.partition(b" bytes left out ...\n")
    assert mark
    assert head == output[:HEAD]
    assert output.endswith(tail)
    assert TAIL <= len(tail) < TAIL + chunk


def test_a_short_output_is_remembered_whole() -> None:
    kept = Kept()
    kept.add(b"a" * HEAD)
    kept.add(b"b")
    assert kept.whole
    assert kept.bytes() == b"a" * HEAD + b"b"


def test_the_verdict_of_a_run_knows_what_the_repository_knows(tmp_path: Path) -> None:
    usual = "ERROR: cannot reach the mirror at host-17, trying another"
    new = "row-17 of the table of prices has no price, stopping here"
    record = Recorder(str(tmp_path / ".pitstop" / "runs"))
    record(RunStarted(1.0, "20261122-010000-aaaa", str(tmp_path), (), "check"))
    for number in range(3):
        record(TaskOutput(2.0, f"{number}:test", f"compiling a part\n{usual}\n".encode()))
        record(TaskFinished(3.0, f"{number}:test", SUCCESS))
    record(RunFinished(4.0, SUCCESS))
    output = "\n".join([*["compiling a part"] * 8, usual, *["compiling a part"] * 8, new, "made 3", ""])
    first = {}
    for root in ("", str(tmp_path)):
        tally = Tally()
        tally(RunStarted(5.0, "20261122-020000-bbbb", root, (), "check"))
        reporter = Reporter(tally, Style())
        reporter.output(TaskOutput(6.0, "a:test", output.encode()))
        reporter.finished(TaskFinished(7.0, "a:test", FAILURE, exit_code=1))
        finding = reporter.failures[0].finding
        assert finding
        first[root] = finding.evidence[0].text
    lines = read_lines(output.encode())
    end = Ending(FAILED, 0, 1, whole=True)
    seen = seen_in(str(tmp_path / ".pitstop"))
    assert first == {"": usual, str(tmp_path): new}
    assert explain(lines, end=end, seen=seen)[0].evidence[0].text == new


def test_the_output_of_a_process_is_forgotten_with_the_last_of_its_tasks() -> None:
    reporter = Reporter(Tally(), Style())
    for task in ("a:test", "b:test"):
        reporter.started(TaskStarted(1.0, task, batch="cargo 1"))
    reporter.output(TaskOutput(1.0, "cargo 1", b"x"))
    reporter.finished(TaskFinished(2.0, "a:test", SUCCESS))
    assert reporter.log_of("b:test") == b"x"
    reporter.finished(TaskFinished(2.0, "b:test", SUCCESS))
    assert reporter.log_of("b:test") == reporter.log_of("cargo 1") == b""
