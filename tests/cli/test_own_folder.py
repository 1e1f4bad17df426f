"""What pitstop writes into a repository is no part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.support.workspaces import go_module

if TYPE_CHECKING:
    from tests.support.pit import Pit


@pytest.mark.parametrize("argv", [("graph",), ("run", "--dry-run"), ("config", "show")])
def test_git_does_not_see_what_a_command_leaves(pit: Pit, argv: tuple[str, ...]) -> None:
    go_module(pit, "example.org/tool").commit()
    pit(*argv)
    pit.write(".pitstop/graph.html").write(".pitstop/venv/root/bin/python")
    assert pit.git("status", "--short", "--untracked-files=all") == ""


def test_what_people_put_there_themselves_can_be_committed(pit: Pit) -> None:
    go_module(pit, "example.org/tool").commit()
    pit("graph")
    pit.write(".pitstop/knowledge/ours.toml")
    assert pit.git("status", "--short", "--untracked-files=all") == "?? .pitstop/knowledge/ours.toml"
