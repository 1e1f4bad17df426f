"""`[cache] dependencies`: what an installation makes is put back where there is none, and kept where there was none."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.pit import Pit

pytest.importorskip("pyfastcdc", reason="pip install 'pitstop[artifacts]'")

LOCK = '{"lockfileVersion": 3, "packages": {"node_modules/x": {"version": "%s"}}}'


@pytest.fixture
def installed(pit: Pit) -> Pit:
    """A repository whose dependencies were installed by something like npm."""
    pit.tool("node", "echo v20.0.0")
    pit.tool("npm", '[ "$1" = ci ] || { echo 10.0.0; exit; }\nmkdir -p node_modules && date +%s%N > node_modules/made')
    pit.write("pitstop.toml", "[cache]\ndependencies = true\n").write(".gitignore", "node_modules/\n")
    pit.write("package.json", '{"name": "a", "devDependencies": {"x": "1"}}').write("package-lock.json", LOCK % "1")
    pit.commit()
    assert "1 ran" in pit("run", "install").out
    return pit


def fresh(pit: Pit, *, bare: bool) -> None:
    """Forget what this checkout knows, with `bare` also what was installed."""
    shutil.rmtree(pit.root / ".pitstop")
    if bare:
        shutil.rmtree(pit.root / "node_modules")


def test_a_checkout_without_it_gets_it_back(installed: Pit) -> None:
    made = installed.read("node_modules/made")
    fresh(installed, bare=True)
    assert "1 cached, 0 ran" in installed("run", "install").out
    assert installed.read("node_modules/made") == made


def test_what_is_there_is_left_to_its_own_tool(installed: Pit) -> None:
    installed.write("node_modules/mine", "")
    fresh(installed, bare=False)
    assert "1 ran" in installed("run", "install").out
    assert (installed.root / "node_modules/mine").exists()


def test_what_was_made_upon_something_older_is_not_kept_for_others(installed: Pit) -> None:
    installed.write("package-lock.json", LOCK % "2")
    assert "1 ran" in installed("run", "install").out
    fresh(installed, bare=True)
    assert "1 ran" in installed("run", "install").out
    fresh(installed, bare=True)
    assert "1 cached" in installed("run", "install").out
