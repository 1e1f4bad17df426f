"""What tiers were given of a checkout is known to the next run, and what cannot be read is as if nothing had been."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pitstop.core.task import TaskId
from pitstop.pipeline import state
from pitstop.pipeline.execute.offered import Offered

if TYPE_CHECKING:
    from pathlib import Path

TASK, ACTION = TaskId("p:test"), "ab" * 32


def test_a_tier_lacks_what_it_was_not_given_with_this_action(tmp_path: Path) -> None:
    first = Offered(str(tmp_path), ["one", "two"])
    assert first.lacking(TASK, ACTION) == ["one", "two"]
    first.note(TASK, ACTION, ["two"])
    first.save()
    later = Offered(str(tmp_path), ["one", "two", "three"])
    assert later.lacking(TASK, ACTION) == ["one", "three"]
    assert later.lacking(TASK, "cd" * 32) == ["one", "two", "three"]


def test_tiers_of_other_runs_are_remembered_and_in_the_end_forgotten(tmp_path: Path) -> None:
    for number in range(10):
        one = Offered(str(tmp_path), [f"tier{number}"])
        one.note(TASK, ACTION)
        one.save()
    known = Offered(str(tmp_path), [f"tier{number}" for number in range(10)])
    assert known.lacking(TASK, ACTION) == ["tier0", "tier1"]


@pytest.mark.parametrize("value", [None, "a text", ["a list"], {"one": "no table"}])
def test_what_makes_no_sense_is_nothing(tmp_path: Path, value: object) -> None:
    state.save(f"{tmp_path}/.pitstop/state/offered", value)
    assert Offered(str(tmp_path), ["one"]).lacking(TASK, ACTION) == ["one"]


def test_nothing_is_written_when_nothing_is_new(tmp_path: Path) -> None:
    Offered(str(tmp_path), ["one"]).save()
    assert not (tmp_path / ".pitstop").exists()
