"""What is remembered of the output of running tasks."""

from __future__ import annotations

import pytest

from pitstop.cli.screen.report import HEAD, TAIL, Kept, Reporter
from pitstop.cli.screen.style import Style
from pitstop.cli.screen.tally import Tally
from pitstop.core.events import SUCCESS, TaskFinished, TaskOutput, TaskStarted


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


def test_the_output_of_a_process_is_forgotten_with_the_last_of_its_tasks() -> None:
    reporter = Reporter(Tally(), Style())
    for task in ("a:test", "b:test"):
        reporter.started(TaskStarted(1.0, task, batch="cargo 1"))
    reporter.output(TaskOutput(1.0, "cargo 1", b"x"))
    reporter.finished(TaskFinished(2.0, "a:test", SUCCESS))
    assert reporter.log_of("b:test") == b"x"
    reporter.finished(TaskFinished(2.0, "b:test", SUCCESS))
    assert reporter.log_of("b:test") == reporter.log_of("cargo 1") == b""
