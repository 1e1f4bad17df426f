"""The form for GitHub Actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot
from tests.unit.cli.screen_runs import RUN, Sink, failing_run, play, start

from pitstop.cli.screen.terminal import make_screen
from pitstop.core import events
from pitstop.core.events import (
    CACHED,
    FAILURE,
    SUCCESS,
    Event,
    Notice,
    RunFinished,
    RunStarted,
    TaskFinished,
    TaskOutput,
    TaskStarted,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def shown(run: list[Event], logs: str = "errors-only", folder: Callable[[str], str] | None = None) -> str:
    out = Sink()
    play(make_screen("auto", out, tty=False, github=True, logs=logs, folder=folder), run)  # type: ignore[arg-type]
    return out.text


def test_the_whole_output_of_a_failure_is_in_a_group_and_its_reason_outside() -> None:
    text = shown(failing_run())
    group, _, rest = text.partition("::endgroup::\n")
    assert group.startswith(
        "ok      api:build  1.2 s\n::group::output of api:test  exit code 1 after 0.70 s\ncollecting\n"
    )
    assert rest == snapshot("""\
failed  api:test  exit code 1 after 0.70 s
  E       assert 3 == 4
::error title=api%3Atest%3A tests.test_x.test_y::assert 3 == 4

failed  api:test  exit code 1 after 0.70 s
  test tests.test_x.test_y  tests/test_x.py:12
       assert 3 == 4
  whose: test (sure): `pytest -q` failed
  again: pitstop run api:test
  one test: pytest tests/test_x.py::test_y

skipped (needs `api:test`, which did not pass): web:e2e
5 tasks: 2 cached, 1 ran, 1 failed, 1 skipped in 2.0 s
""")


def test_what_failed_is_appended_to_the_summary_of_the_step(tmp_path: Path) -> None:
    page = tmp_path / "summary.md"
    page.write_text("# before\n")
    play(make_screen("github", Sink(), tty=False, summary=str(page)), failing_run())  # type: ignore[arg-type]
    text = page.read_text()
    assert text.startswith("# before\n### ❌ assert 3 == 4\n\n**api:test** · test (sure): ")
    assert "\n```text\n42  E       assert 3 == 4\n```\n" in text
    assert text.endswith("- test tests.test\\_x.test\\_y failed: assert 3 == 4\n- Again: `pitstop run api:test`\n\n")
    play(make_screen("github", Sink(), tty=False, summary=str(page / "no")), failing_run())  # type: ignore[arg-type]


def test_output_that_is_asked_for_is_in_groups() -> None:
    run = [*failing_run()[:5], TaskOutput(3.0, "c:d", b"kept\n"), TaskFinished(3.0, "c:d", SUCCESS, CACHED)]
    assert shown(run, "full") == snapshot("""\
::group::ok      api:build  1.2 s
compiling
done
::endgroup::
::group::cached  c:d
kept
::endgroup::
""")
    assert "kept" not in shown(run, "new-only")


@pytest.mark.parametrize("written", ["src/lib.rs", "crates/till/src/lib.rs"])
def test_an_annotation_names_the_file_in_the_repository_that_the_tool_means(tmp_path: Path, written: str) -> None:
    source = tmp_path / "crates/till/src/lib.rs"
    source.parent.mkdir(parents=True)
    source.touch()
    run: list[Event] = [
        RunStarted(1.0, RUN, str(tmp_path)),
        TaskStarted(1.0, "till:build"),
        TaskOutput(1.0, "till:build", f"error: no, 100%\n --> {written}:3:5\n".encode()),
        TaskFinished(2.0, "till:build", FAILURE, exit_code=101),
    ]
    text = shown(run, folder=lambda task: "crates/" + task.partition(":")[0])
    assert text.splitlines()[-1] == (
        f"::error file=crates/till/src/lib.rs,line=3,title=till%3Abuild failed::error: no, 100%25%0A--> {written}:3:5"
    )


def test_a_file_outside_the_repository_is_not_named(tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.touch()
    (tmp_path / "r").mkdir()
    test = events.TestFinished(1.0, "a:b", "s", "t", FAILURE, message="no", file="../outside.py", line=3)
    run: list[Event] = [
        RunStarted(1.0, RUN, str(tmp_path / "r")),
        TaskStarted(1.0, "a:b"),
        test,
        TaskFinished(2.0, "a:b", FAILURE),
    ]
    assert shown(run).splitlines()[-1] == "::error title=a%3Ab%3A s.t::no"


def test_no_more_annotations_are_made_than_github_shows() -> None:
    run = [*start(1), TaskStarted(1.0, "a:b")]
    run += [events.TestFinished(1.0, "a:b", "s", f"t{number}", FAILURE) for number in range(30)]
    run += [TaskFinished(2.0, "a:b", FAILURE, exit_code=1), RunFinished(2.0, FAILURE)]
    assert shown(run).count("::error ") == 10


def test_a_note_cannot_break_out_of_its_command() -> None:
    assert shown([Notice(1.0, "50%\n::add-mask::x")]) == "::notice::50%25%0A::add-mask::x\n"


def test_nothing_is_coloured() -> None:
    run: list[Event] = [
        TaskStarted(1.0, "a:b"),
        TaskOutput(1.0, "a:b", b"\x1b[31mred\x1b[0m\n"),
        TaskFinished(2.0, "a:b", FAILURE),
    ]
    assert "\x1b" not in shown(run)
