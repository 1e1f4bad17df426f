"""`pitstop run` where git has no lock file: it is made before the plan, so the second run has nothing to do."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot

if TYPE_CHECKING:
    from tests.support.pit import Pit

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("cargo") is None, reason="cargo is not installed"),
]


def library(pit: Pit) -> None:
    pit.write("Cargo.toml", '[package]\nname = "few"\nversion = "1.0.0"\nedition = "2021"\n')
    pit.write("src/lib.rs", "pub fn few() -> u8 {\n    3\n}\n").write(".gitignore", "target\nCargo.lock\n").commit()


def test_a_library_that_keeps_its_lock_file_out_of_git_is_not_built_twice(pit: Pit) -> None:
    library(pit)
    assert pit("run", "build") == snapshot("""\
exit: 0
ok      few:build [time]
1 task: 0 cached, 1 ran, 0 failed in [time]
----- stderr
note    Cargo.lock is missing: `cargo generate-lockfile` makes it first
""")
    assert pit("run", "build") == snapshot("""\
exit: 0
1 task: 1 cached, 0 ran, 0 failed in [time]
""")


def test_formatting_and_dry_runs_make_no_lock_file(pit: Pit) -> None:
    library(pit)
    assert pit("run", "format").err == ""
    assert pit("run", "build", "--dry-run").err == ""
    assert not (pit.root / "Cargo.lock").exists()
