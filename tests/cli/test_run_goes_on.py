"""Failures that do not end a run: those that are tried again in a batch, and those that a task or a stage allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot
from tests.support.parts import require

if TYPE_CHECKING:
    from tests.support.pit import Pit

pytestmark = pytest.mark.slow

FLAKY = """\
#[test]
fn works() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tries-NAME");
    let before = std::fs::read_to_string(path).unwrap_or_default();
    std::fs::write(path, format!("{before}x")).unwrap();
    assert!(before.len() >= TIMES, "not yet");
}
"""


def crates(pit: Pit, settings: str, **times: int) -> None:
    """Write a crate for each of `times`, whose test passes when it has failed so often."""
    names = ", ".join(f'"{name}"' for name in times)
    pit.write("Cargo.toml", f'[workspace]\nresolver = "2"\nmembers = [{names}]\n')
    pit.write(".gitignore", "target\ntries-*\n")
    pit.write("pitstop.toml", settings)
    for name, count in times.items():
        pit.write(f"{name}/Cargo.toml", f'[package]\nname = "{name}"\nversion = "1.0.0"\nedition = "2021"\n')
        pit.write(f"{name}/src/lib.rs", FLAKY.replace("NAME", name).replace("TIMES", str(count)))
    pit.commit()


def tries(pit: Pit, name: str) -> int:
    return len(pit.read(f"tries-{name}"))


def ended(pit: Pit, *argv: str) -> dict[str, tuple[str, int]]:
    """Return how each task ended and in which attempt."""
    events = pit("run", *argv, "--output", "json").events
    done = [event for event in events if event["event"] == "TaskFinished"]
    return {event["task"]: (event["outcome"], event.get("attempts", 1)) for event in done}


def test_of_a_batch_just_what_failed_is_tried_again(pit: Pit) -> None:
    require("cargo")
    crates(pit, "[tasks.test]\nretry = 2\n", sound=0, flaky=2, broken=9)
    assert ended(pit, "test") == {
        "sound:test": ("success", 1),
        "flaky:test": ("success", 3),
        "broken:test": ("failure", 3),
    }
    assert [tries(pit, name) for name in ("sound", "flaky", "broken")] == [1, 3, 3]
    assert ended(pit, "test")["broken:test"] == ("failure", 3)
    assert [tries(pit, name) for name in ("sound", "flaky", "broken")] == [1, 3, 6]  # the others are cached


def test_a_batch_is_tried_again_only_for_the_named_exit_codes_and_not_after_fail_fast(pit: Pit) -> None:
    require("cargo")
    crates(pit, "[tasks.test]\nretry = { count = 2, exit_codes = [7] }\n", flaky=1)
    assert ended(pit, "test") == {"flaky:test": ("failure", 1)}
    pit.write("pitstop.toml", "[tasks.test]\nretry = 2\n")
    assert ended(pit, "test", "--fail-fast") == {"flaky:test": ("success", 1)}


def test_what_could_not_be_built_because_of_a_failure_is_tried_again_with_it(pit: Pit) -> None:
    require("cargo")
    crates(pit, "[tasks.build]\nretry = 1\n", low=0)
    pit.write("Cargo.toml", '[workspace]\nresolver = "2"\nmembers = ["low", "high"]\n')
    pit.write(
        "high/Cargo.toml", '[package]\nname = "high"\nversion = "1.0.0"\n[dependencies]\nlow = { path = "../low" }\n'
    )
    pit.write("high/src/lib.rs", "extern crate low;\n")
    pit.write(
        "low/build.rs",
        'fn main() {\n    let path = "../tries-low";\n    if !std::path::Path::new(path).exists() {\n'
        '        std::fs::write(path, "x").unwrap();\n        panic!("not yet");\n    }\n}\n',
    )
    pit.commit()
    assert ended(pit, "build") == {"low:build": ("success", 2), "high:build": ("success", 2)}


ALLOWED = """\
[tasks.scan]
command = "echo looked; exit 3"
continue_on_error = true

[tasks.pack]
command = "echo packed"
depends_on = ["scan"]
"""


def test_a_failure_that_is_allowed_fails_neither_the_run_nor_what_waits_for_it(pit: Pit) -> None:
    pit.write("pitstop.toml", ALLOWED)
    pit.commit()
    said = pit("run", "pack")
    assert said.exit == 0
    assert said.out.startswith(
        "failed  //:scan  exit code 3 after [time]\n  the run goes on (`continue_on_error`)\n  │ looked\nok      //:pack"
    )
    assert said.out.endswith("2 tasks: 0 cached, 1 ran, 1 failed in [time]\n")
    again = ended(pit, "pack")  # and it is not forgotten: there is no result to be kept
    assert again == {"//:scan": ("failure", 1), "//:pack": ("success", 1)}
    pit.write("pitstop.toml", ALLOWED.replace("continue_on_error = true\n", ""))
    assert ended(pit, "pack") == {"//:scan": ("failure", 1), "//:pack": ("skip", 1)}


def test_what_is_allowed_to_fail_is_kept_once_it_passes(pit: Pit) -> None:
    pit.write("pitstop.toml", ALLOWED.replace("exit 3", f"test -e {pit.home}/there"))
    pit.commit()
    assert ended(pit, "pack")["//:scan"] == ("failure", 1)
    (pit.home / "there").touch()
    assert ended(pit, "pack")["//:scan"] == ("success", 1)
    assert pit("run", "pack").out == snapshot("2 tasks: 2 cached, 0 ran, 0 failed in [time]\n")


STAGES = """\
[tasks.scan]
command = "exit 3"

[tasks.pack]
command = "echo packed"

[[pipelines.release.stages]]
name = "scan"
continue_on_error = WORD

[[pipelines.release.stages]]
name = "pack"
"""


def test_a_stage_that_may_fail_lets_the_next_one_start(pit: Pit) -> None:
    pit.write("pitstop.toml", STAGES.replace("WORD", "true"))
    pit.commit()
    assert ended(pit, "release") == {"//:scan": ("failure", 1), "//:pack": ("success", 1)}
    assert pit("run", "release").exit == 0
    pit.write("pitstop.toml", STAGES.replace("WORD", "false"))
    assert ended(pit, "release") == {"//:scan": ("failure", 1), "//:pack": ("skip", 1)}
    assert pit("run", "release").exit == 1


def test_a_stage_overrules_its_tasks_also_in_python(pit: Pit) -> None:
    pit.write("pitstop.toml", ALLOWED)
    pit.write(
        "pitstop_pipeline.py",
        "from pitstop import Pipeline\n\n"
        'Pipeline("strict").stage("scan", continue_on_error=False)\nPipeline("mild").stage("pack", continue_on_error=True)\n',
    )
    pit.commit()
    assert pit("run", "strict").exit == 1
    assert pit("run", "mild").exit == 0
