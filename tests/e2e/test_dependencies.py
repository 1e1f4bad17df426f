"""What a repository needs from elsewhere is made once and found by other checkouts."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot
from tests.support.parts import require
from tests.support.pit import Pit

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("pyfastcdc", reason="pip install 'pitstop[artifacts]'")
pytestmark = pytest.mark.slow

CRATE = '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nitoa = "1"\n'
SOURCE = 'fn main() { println!("{}", itoa::Buffer::new().format(7)); }\n'


def crate(place: Path) -> Pit:
    """Return a repository with a crate that needs another one."""
    pit = Pit(place)
    pit.write("pitstop.toml", "[cache]\ndependencies = true\n").write(".gitignore", "target/\n")
    return pit.write("Cargo.toml", CRATE).write("src/main.rs", SOURCE)


def test_crates_are_built_once_for_all_checkouts(tmp_path: Path, redis_address: str) -> None:
    require("cargo")
    tier = {"PITSTOP_CACHE_TIERS": f"redis://{redis_address}/4", "CI": "true"}
    first = crate(tmp_path / "first")
    assert first("cargo", "generate-lockfile", program=False).exit == 0
    first.commit()
    done = first("run", "build", "--logs", "full", env=tier)
    assert done.exit == 0, done
    assert "Compiling itoa" in done.out
    second = crate(tmp_path / "second")
    shutil.copy(first.root / "Cargo.lock", second.root / "Cargo.lock")
    second.write("src/main.rs", SOURCE.replace("7", "8")).commit()
    done = second("run", "build", "--logs", "new-only", env=tier)
    assert done.exit == 0, done
    assert "1 cached (1 from other machines), 1 ran" in done.out
    assert "Compiling app" in done.out
    assert "Compiling itoa" not in done.out
    assert second("target/debug/app", program=False).out == "8\n"


def test_dependencies_are_built_by_a_command_of_its_own(tmp_path: Path) -> None:
    require("cargo")
    pit = crate(tmp_path)
    pit("cargo", "generate-lockfile", program=False)
    done = pit("dependencies")
    assert done.exit == 0, done
    assert "Compiling itoa" in done.err
    assert not (pit.root / "target/debug/app").exists()
    assert not (pit.root / ".pitstop/dependencies").exists()
    assert pit.read("src/main.rs") == SOURCE
    (pit.root / "inner").mkdir()
    assert pit("dependencies", "inner") == snapshot("""\
exit: 2
----- stderr
error: there is no Cargo.toml in `inner`
hint: name the folder of the workspace
""")
