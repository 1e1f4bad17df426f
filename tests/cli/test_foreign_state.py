"""A repository may come with a `.pitstop` that somebody else made: it is data, and never run."""

from __future__ import annotations

import os
import pickle
from typing import TYPE_CHECKING

import pytest
from tests.support.workspaces import go_module

from pitstop.pipeline import state

if TYPE_CHECKING:
    from tests.support.pit import Pit


class Touch:
    """Makes a file when it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (self.path,)


@pytest.mark.parametrize(
    "argv", [("run", "--dry-run"), ("run", "build", "--dry-run"), ("cache", "why-miss", "x:build")]
)
def test_a_plan_that_somebody_else_wrote_is_not_believed(pit: Pit, argv: tuple[str, ...]) -> None:
    go_module(pit, "x")
    before = pit("run", "--dry-run")
    plan = str(pit.root / ".pitstop/state/plan")
    names, reads, body, seal = state.load(plan)
    evil = pickle.dumps(Touch(str(pit.home / "owned")))
    for forged in (seal, b"", bytes(64)):
        assert state.save(plan, (names, reads, evil, forged))
        pit(*argv)
        assert not (pit.home / "owned").exists()
    assert pit("run", "--dry-run") == str(before)
    assert state.load(plan)[2] == body
