"""The shop in `examples/`, as somebody meets it who has nothing but Python and git."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot
from tests.docs.console import prepare
from tests.support.parts import require

if TYPE_CHECKING:
    from tests.support.pit import Pit

pytestmark = pytest.mark.slow


def bare(pit: Pit) -> Pit:
    """Leave only what every machine has on PATH."""
    folder = pit.home / "bin"
    folder.mkdir()
    for tool in ("git", "sh"):
        (folder / tool).symlink_to(shutil.which(tool) or "")
    (folder / "python3").symlink_to(os.path.realpath(sys.executable))
    pit.env["PATH"] = str(folder)
    return prepare(pit, "examples")


def test_without_cargo_node_and_go_the_python_part_runs_and_the_rest_is_named(pit: Pit) -> None:
    assert bare(pit)("run", "--jobs", "1") == snapshot("""\
exit: 0
note    `node` is not installed: 4 tasks left out (@shop/words:build, ...)
note    `gofmt` is not installed: 1 task left out (example.org/shop/courier:format)
note    `go` is not installed: 3 tasks left out (example.org/shop/courier:lint, ...)
note    `cargo` is not installed: 8 tasks left out (money:format, ...)
ok      //:prices [time]
ok      pricing:test [time]
ok      orders:test [time]

skipped (needs `node`, which is not installed): @shop/words:build
skipped (needs `@shop/words:build`, which was left out): @shop/site:build, @shop/site:test, @shop/words:test
skipped (needs `gofmt`, which is not installed): example.org/shop/courier:format
skipped (needs `go`, which is not installed): example.org/shop/courier:lint, example.org/shop/courier:build, example.org/shop/courier:test
skipped (needs `cargo`, which is not installed): money:format, money:lint, money:build, money:test, till:format and 3 more
19 tasks: 0 cached, 3 ran, 0 failed, 16 skipped in [time]
""")


def test_the_failing_test_fails_on_demand_and_only_then(pit: Pit) -> None:
    bare(pit)
    assert pit("run", "-p", "orders", "test").exit == 0
    assert pit("run", "-p", "orders", "test", env={"PITSTOP_EXAMPLE_FAIL": "1"}).exit == 1
    assert pit("run", "-p", "orders", "test") == snapshot("""\
exit: 0
2 tasks: 2 cached, 0 ran, 0 failed in [time]
""")


def test_with_every_tool_everything_passes_and_is_then_from_the_cache(pit: Pit) -> None:
    require("cargo", "cargo-clippy", "rustfmt", "node", "go")
    prepare(pit, "examples")
    first = pit("run")
    assert first.exit == 0, first
    assert "skipped" not in first.out
    second = pit("run")
    assert (second.exit, second.out.count("\n")) == (0, 1), second


def test_every_pipeline_of_the_shop_can_be_planned(pit: Pit) -> None:
    prepare(pit, "examples")
    assert pit("config", "check") == snapshot("""\
exit: 0
pitstop.toml: no mistakes (4 rules for tasks, 5 pipelines; 21 tasks in the repository)
""")
    for name in ("release", "nightly", "rust", "web", "python"):
        assert pit("run", name, "--dry-run").exit == 0, name


def test_the_release_waits_for_a_person_and_goes_on_when_one_approves(pit: Pit) -> None:
    require("cargo", "cargo-clippy", "rustfmt", "node", "go")
    prepare(pit, "examples")
    running = pit.start("run", "release")
    running.wait_for("waits for approval")
    assert pit("approve", "latest").exit == 0
    done = running.wait()
    assert done.exit == 0, done
    assert "//:open" in done.out
