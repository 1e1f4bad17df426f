"""What a start of the program may load: every module costs each user at each call."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.support.modules import loaded
from tests.support.workspaces import node_workspace

if TYPE_CHECKING:
    from tests.support.pit import Pit

ALLOWED = Path(__file__).with_name("noop_modules.txt")


def allowed() -> set[str]:
    """Return the names in the list, its comments left out."""
    lines = (line.partition("#")[0].strip() for line in ALLOWED.read_text().splitlines())
    return {line for line in lines if line}


@pytest.mark.slow
def test_a_run_with_nothing_to_do_loads_no_module_that_is_not_on_the_list(pit: Pit) -> None:
    node_workspace(pit, {"core": [], "web": ["core"]})
    pit.write("pitstop.toml", '[tasks.build]\ncommand = "true"\npackages = ["*"]\n').commit()
    assert pit("run", "build").exit == 0
    assert pit("run", "build").exit == 0  # the first may have written what the second had to read again
    extra = loaded(pit, "run", "build") - allowed()
    assert extra == set(), f"import these where they are needed, or defend them in {ALLOWED.name}"


@pytest.mark.slow
@pytest.mark.parametrize("argv", [("--version",), ("--help",)])
def test_saying_what_this_is_loads_next_to_nothing(pit: Pit, argv: tuple[str, ...]) -> None:
    ours = {name for name in loaded(pit, *argv) if name.startswith("pitstop")}
    assert ours <= {"pitstop", "pitstop.__main__", "pitstop.cli", "pitstop.cli.main", "pitstop.cli.table"} | {
        "pitstop.core",
        "pitstop.core.errors",
        "pitstop.core.environ",
    }
