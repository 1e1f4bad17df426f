"""Claims on tasks, between runs that do not know each other."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from pitstop.pipeline.execute.claims import Claims

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="starts another process by fork")


def test_a_task_is_claimed_by_one_run_at_a_time(tmp_path: Path) -> None:
    one, other = Claims(str(tmp_path)), Claims(str(tmp_path))
    assert one.take(["a", "b"])
    assert one.take(["a"])  # it has it already
    assert not other.take(["b"])
    assert other.take(["c"])
    one.drop(["b"])
    assert other.take(["b"])
    one.close()
    assert other.take(["a"])
    other.close()


def test_of_several_tasks_all_are_claimed_or_none(tmp_path: Path) -> None:
    one, other, third = (Claims(str(tmp_path)) for _ in range(3))
    assert one.take(["b"])
    assert not other.take(["a", "b", "c"])
    assert third.take(["a", "c"])
    third.close()
    one.close()
    assert other.take(["a", "b", "c"])


def test_claims_end_with_the_process_however_it_ends(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        os.write(writing, b"yes" if Claims(str(tmp_path)).take(["a"]) else b"no")
        signal.pause()
    assert os.read(reading, 3) == b"yes"
    mine = Claims(str(tmp_path))
    assert not mine.take(["a"])
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert mine.take(["a"])
    mine.close()
    for end in (reading, writing):
        os.close(end)


def test_where_nothing_can_be_written_every_claim_succeeds(tmp_path: Path) -> None:
    (tmp_path / ".pitstop").write_text("a file is in the way")
    one, other = Claims(str(tmp_path)), Claims(str(tmp_path))
    assert one.take(["a"])
    assert other.take(["a"])
    one.drop(["a"])
    one.close()


def test_names_of_any_kind_are_told_apart(tmp_path: Path) -> None:
    one, other = Claims(str(tmp_path)), Claims(str(tmp_path))
    names = ["", "a", "a:b", "a:b[os=linux]", "\udcff", "ü", "x" * 10_000]
    for name in names:
        assert one.take([name])
    for name in names:
        assert not other.take([name])
        assert other.take([name + "!"])
