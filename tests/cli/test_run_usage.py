"""The program as it is called: help, mistakes on the command line, exit codes, and settings that change under it."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot
from tests.cli.scripted import ran, run, tasks, workspace
from tests.support.pit import PROGRAM

from pitstop.cli.table import COMMANDS

if TYPE_CHECKING:
    from tests.support.pit import Pit

pytestmark = pytest.mark.slow


def test_help_names_every_command_and_each_has_its_own(pit: Pit) -> None:
    shown = pit("--help")
    assert shown.exit == 0
    assert pit() == pit("help") == pit("-h") == str(shown)
    for name, (_, summary) in COMMANDS.items():
        assert f"  {name} " in shown.out
        assert summary in shown.out
        own = pit(name, "--help")
        assert own.exit == 0
        assert f"usage: pitstop {name}" in own.out
    assert pit("help", "run") == str(pit("run", "--help"))


def test_what_is_no_command_or_option_is_said_with_the_nearest(pit: Pit) -> None:
    assert pit("rnu") == snapshot("""\
exit: 2
----- stderr
error: there is no command `rnu`
hint: did you mean `pitstop run`?
""")
    assert pit("definitely") == snapshot("""\
exit: 2
----- stderr
error: there is no command `definitely`
hint: `pitstop --help` lists the commands
""")
    assert pit("run", "--forse").exit == 2
    assert pit("run", "-j", "0").exit == 2
    assert pit("run", "-j", "many").exit == 2


def test_a_task_that_there_is_not_is_said_with_the_nearest(pit: Pit) -> None:
    workspace(pit, {"api": [], "web": ["api"]})
    assert pit("run", "biuld") == snapshot("""\
exit: 2
----- stderr
error: there is no task `biuld`
hint: did you mean `build`?
""")
    assert pit("run", "apii:build") == snapshot("""\
exit: 2
----- stderr
error: there is no task `apii:build`
hint: did you mean `api:build` or `build` or `web:build`?
""")
    assert pit("run", "build", "-p", "wep") == snapshot("""\
exit: 2
----- stderr
error: no package is called `wep`
hint: did you mean `web`?
""")


def test_c_goes_to_a_folder_first(pit: Pit) -> None:
    workspace(pit, {"api": []})
    assert ran(pit) == ["api:build", "api:test"]
    home = pit.root
    pit.root = pit.home
    assert pit("-C", str(home), "run").exit == 0
    assert pit("-C", "nowhere", "run") == snapshot("""\
exit: 2
----- stderr
error: cannot go to `nowhere`: No such file or directory
""")
    assert pit("-C").exit == 2
    pit.root = home
    assert run(pit, cwd="packages/api/src") == {"api:build": "fresh", "api:test": "fresh"}


@pytest.mark.parametrize(
    ("file", "text", "code"),
    [
        ("pitstop.toml", "[tasks", 2),
        ("pitstop.toml", "[tasks.x]\ncommand = 3\n", 2),
        ("pitstop.toml", "\0", 2),
        ("package.json", "{", 2),
        ("package.json", '{"workspaces": 3}', 0),
        ("package.json", "\ufeff{}", 0),
        ("Cargo.toml", "[package", 2),
        ("pyproject.toml", "[project", 2),
        ("go.mod", "modul x", 2),
    ],
)
def test_a_broken_file_is_named_with_its_place(pit: Pit, file: str, text: str, code: int) -> None:
    pit.write(file, text)
    shown = pit("run")
    assert shown.exit in {code, 0 if file == "go.mod" else code}
    assert "Traceback" not in shown.err
    if shown.exit:
        assert file in shown.err


def test_tasks_in_a_circle_start_nothing(pit: Pit) -> None:
    tasks(
        pit,
        '[tasks.a]\ncommand = "touch ran"\ndepends_on = ["b"]\n[tasks.b]\ncommand = "touch ran"\ndepends_on = ["a"]\n',
    )
    assert pit("run", "a") == snapshot("""\
exit: 2
----- stderr
error: tasks wait for each other in a circle: `//:a` -> `//:b` -> `//:a`
hint: remove one of these from `depends_on`, or the dependency between their packages
""")
    assert not (pit.root / "ran").exists()


def test_changed_settings_change_the_plan(pit: Pit) -> None:
    tasks(pit, '[tasks.a]\ncommand = "echo one"\n')
    assert "one" in pit("run", "a", "--logs", "full").out
    tasks(pit, '[tasks.a]\ncommand = "echo two"\n')
    assert "two" in pit("run", "a", "--logs", "full").out
    tasks(pit, '[tasks.b]\ncommand = "echo three"\n')
    assert pit("run", "a").exit == 2
    assert "three" in pit("run", "b", "--logs", "full").out


def test_a_new_package_and_one_that_is_gone_are_seen(pit: Pit) -> None:
    workspace(pit, {"api": []})
    assert ran(pit, "build") == ["api:build"]
    workspace(pit, {"web": ["api"]})
    assert ran(pit, "build") == ["web:build"]
    for path in sorted((pit.root / "packages/web").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert run(pit, "build") == {"api:build": "fresh"}


def test_a_screen_that_breaks_does_not_break_the_run(pit: Pit) -> None:
    tasks(pit, f'[tasks.a]\ncommand = "echo done > {pit.home}/mark"\n')
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            (*PROGRAM, "run", "a"), cwd=pit.root, env=pit.env, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (pit.home / "mark").read_text() == "done\n"
    assert b"Traceback" not in done.stderr
    assert done.returncode == 0
    assert b"the screen broke" in done.stderr


def test_output_that_cannot_be_written_is_an_error(pit: Pit) -> None:
    workspace(pit, {"api": []})
    with open("/dev/full", "wb") as full:
        for argv in (("graph",), ("--help",), ("--version",), ("run", "--help"), ("run", "--dry-run")):
            done = subprocess.run(
                (*PROGRAM, *argv), cwd=pit.root, env=pit.env, stdout=full, stderr=subprocess.PIPE, check=False
            )
            assert (done.returncode, done.stderr) == (
                3,
                b"error: the output cannot be written: No space left on device\n",
            )


def test_a_closed_standard_output_is_no_crash(pit: Pit) -> None:
    workspace(pit, {"api": []})
    for argv in ("--help", "run", "run --dry-run", "runs"):
        shell = f"exec {' '.join(PROGRAM)} {argv} >&-"
        done = subprocess.run(("sh", "-c", shell), cwd=pit.root, env=pit.env, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")


def test_run_in_the_root_of_the_machine_or_in_a_folder_that_is_gone_is_no_crash(pit: Pit) -> None:
    gone = pit.home / "gone"
    gone.mkdir()
    script = f"cd {gone} && rmdir {gone} && exec {' '.join(PROGRAM)} run"
    done = subprocess.run(("sh", "-c", script), env=pit.env, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert done.returncode in {0, 2, 3}


def test_a_repository_that_belongs_to_somebody_else_is_explained(pit: Pit) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may give files away")
    workspace(pit, {"api": []}).commit()
    for path in (pit.root, *pit.root.rglob("*")):
        os.chown(path, 65534, 65534, follow_symlinks=False)
    shown = pit("run")
    assert "Traceback" not in shown.err
    assert shown.exit == 0 or "safe.directory" in shown.err
