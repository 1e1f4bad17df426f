"""`pitstop run` where the machine or the files are not as one would wish: disks, rights, names, damaged state."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot
from tests.cli.scripted import endings, ran, run, tasks, workspace
from tests.support.pit import PROGRAM, Pit, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="tasks run on POSIX only")]

BUILD = """\
[tasks.build]
command = "mkdir -p dist && head -c {size} /dev/zero > dist/out.bin && cat in.txt"
outputs = ["dist/**"]
[tasks.check]
command = "cat in.txt"
"""


# Disks


@pytest.fixture
def mount() -> Iterator[Callable[[Path, str], None]]:
    """Mount a small file system, or the folder itself once more (`ro`, `rw`); skipped where that is not allowed."""
    mounted: list[str] = []

    def at(place: Path, options: str) -> None:
        place.mkdir(parents=True, exist_ok=True)
        calls: list[tuple[str, ...]]
        if options in {"ro", "rw"}:
            calls = [("--bind", str(place), str(place)), ("-o", f"remount,bind,{options}", str(place))]
        else:
            calls = [("-t", "tmpfs", "-o", options, "tmpfs", str(place))]
        for number, call in enumerate(calls):
            done = subprocess.run(("mount", *call), capture_output=True, text=True, check=False)
            if done.returncode:
                pytest.skip(f"mount is not allowed here: {done.stderr.strip()}")
            if not number:
                mounted.append(str(place))

    yield at
    for place in reversed(mounted):
        subprocess.run(("umount", "--lazy", place), check=True)


need_mount = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or shutil.which("mount") is None,
    reason="only root on Linux may mount a small disk to fill",
)


@need_mount
def test_a_full_disk_under_the_cache_is_said_once_and_the_run_goes_on(
    pit: Pit, mount: Callable[[Path, str], None]
) -> None:
    mount(pit.cache, "size=64k")
    tasks(pit, BUILD.format(size=200_000) + '[tasks.more]\ncommand = "echo more"\n').write("in.txt", "in\n")
    assert pit("run", "build", "check", "more", "-j", "1") == snapshot("""\
exit: 0
note    the cache at `[cache]/pitstop` cannot be written: No space left on device; results of this run are not kept
ok      //:build [time]
ok      //:check [time]
ok      //:more [time]
3 tasks: 0 cached, 3 ran, 0 failed in [time]
""")
    assert (pit.root / "dist/out.bin").stat().st_size == 200_000
    (pit.root / "dist/out.bin").unlink()
    assert run(pit, "build")["//:build"] == "run"  # what was not kept is made again


@need_mount
def test_a_read_only_cache_is_said_once_and_the_run_goes_on(pit: Pit, mount: Callable[[Path, str], None]) -> None:
    tasks(pit, BUILD.format(size=10)).write("in.txt", "in\n")
    mount(pit.cache, "ro")
    shown = pit("run", "build", "check", "-j", "1")
    assert shown == snapshot("""\
exit: 0
note    the cache at `[cache]/pitstop` cannot be written: Read-only file system; results of this run are not kept
ok      //:build [time]
ok      //:check [time]
2 tasks: 0 cached, 2 ran, 0 failed in [time]
""")


@need_mount
def test_a_read_only_cache_still_answers(pit: Pit, mount: Callable[[Path, str], None]) -> None:
    tasks(pit, BUILD.format(size=10)).write("in.txt", "in\n")
    ran(pit, "build", "check")
    shutil.rmtree(pit.root / "dist")
    shutil.rmtree(pit.root / ".pitstop")
    mount(pit.cache, "ro")
    assert run(pit, "build", "check") == {"//:build": "cache", "//:check": "cache"}


@need_mount
def test_a_read_only_checkout_runs_keeps_nothing_and_says_so(pit: Pit, mount: Callable[[Path, str], None]) -> None:
    tasks(pit, '[tasks.check]\ncommand = "cat in.txt"\n').write("in.txt", "in\n")
    mount(pit.root, "ro")
    assert pit("run", "check") == snapshot("""\
exit: 0
note    this checkout is read-only: nothing is kept in it
ok      //:check [time]
1 task: 0 cached, 1 ran, 0 failed in [time]
----- stderr
warning: the record of this run is incomplete: [Errno 30] Read-only file system: '[root]/.pitstop'
""")
    assert not (pit.root / ".pitstop").exists()
    assert pit("run", "check", "--dry-run").exit == 0
    assert pit("graph").exit == 0
    assert pit("runs").exit == 0


@need_mount
def test_a_read_only_checkout_whose_task_fails_says_why(pit: Pit, mount: Callable[[Path, str], None]) -> None:
    tasks(pit, BUILD.format(size=10)).write("in.txt", "in\n")
    mount(pit.root, "ro")
    shown = pit("run", "build")
    assert shown.exit == 1
    assert "Read-only file system" in shown.out


@need_mount
def test_a_result_that_cannot_be_put_back_is_said_once_and_made_anew(
    pit: Pit, mount: Callable[[Path, str], None]
) -> None:
    tasks(pit, BUILD.format(size=10)).write("in.txt", "in\n").write("dist/.keep", "")
    run(pit, "build")
    (pit.root / "dist/out.bin").unlink()
    shutil.rmtree(pit.root / ".pitstop")
    mount(pit.root / "dist", "ro")
    shown = pit("run", "build", "--output", "plain")
    assert shown.exit == 1
    assert shown.out.count("are not restored: Read-only file system: `dist`") == 1
    assert "0 cached, 0 ran, 1 failed" in shown.out


@need_mount
def test_outputs_on_another_mount_of_the_same_disk_are_put_back(pit: Pit, mount: Callable[[Path, str], None]) -> None:
    tasks(pit, BUILD.format(size=300_000)).write("in.txt", "in\n").write("dist/.keep", "")
    mount(pit.root / "dist", "rw")
    run(pit, "build")
    (pit.root / "dist/out.bin").unlink()
    assert run(pit, "build") == {"//:build": "cache"}
    assert (pit.root / "dist/out.bin").stat().st_size == 300_000


@need_mount
def test_a_full_disk_under_the_checkout_is_said_once_and_the_run_goes_on(
    pit: Pit, mount: Callable[[Path, str], None], tmp_path: Path
) -> None:
    shutil.rmtree(pit.root)
    mount(pit.root, "size=400k")
    tasks(pit, '[tasks.a]\ncommand = "cat in.txt; seq 1000"\n[tasks.b]\ncommand = "cat in.txt; seq 2000"\n').write(
        "in.txt", "in\n"
    )
    filler = pit.root / ".git-fill"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass
    shown = pit("run", "a", "b", "-j", "1")
    assert shown.exit == 0
    assert "2 ran, 0 failed" in shown.out
    assert shown.err.count("record of this run is incomplete") + shown.out.count("disk") >= 1
    assert (shown.err + shown.out).count("No space left") <= 1
    filler.unlink()
    assert run(pit, "a", "b") != {}
    assert pit("runs").exit == 0


@need_mount
def test_a_cache_on_another_file_system_restores_all_the_same(pit: Pit, mount: Callable[[Path, str], None]) -> None:
    mount(pit.cache, "size=8m")
    tasks(pit, BUILD.format(size=1_000_000)).write("in.txt", "in\n")
    ran(pit, "build")
    shutil.rmtree(pit.root / "dist")
    assert run(pit, "build") == {"//:build": "cache"}
    assert (pit.root / "dist/out.bin").read_bytes() == bytes(1_000_000)


def as_nobody(pit: Pit, *argv: str) -> Result:
    """Run pitstop as a user without rights."""
    if os.geteuid() != 0:
        return pit(*argv)
    if shutil.which("setpriv") is None:
        pytest.skip("root may read everything, and setpriv is not there to be somebody else")
    who = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--")
    for folder in (*reversed(pit.root.parents), pit.root):
        if not folder.stat().st_mode & 0o005:
            folder.chmod(folder.stat().st_mode | 0o055)
    own(pit)
    probe = subprocess.run((*who, *PROGRAM, "--version"), cwd=pit.root, env=pit.env, capture_output=True, check=False)
    if probe.returncode:
        pytest.skip("the interpreter of the tests cannot be started by another user")
    return pit(*who, *PROGRAM, *argv, program=False)


def own(pit: Pit) -> None:
    for folder in (pit.root, pit.home):
        for path in (folder, *folder.rglob("*")):
            os.chown(path, 65534, 65534, follow_symlinks=False)


def test_an_unreadable_file_is_named_and_its_tasks_run_without_being_kept(pit: Pit) -> None:
    tasks(pit, '[tasks.check]\ncommand = "ls"\n[tasks.other]\ncommand = "ls"\ninputs = ["in.txt"]\n').write(
        "in.txt", "in\n"
    )
    pit.write("closed.txt", "no")
    (pit.root / "closed.txt").chmod(0)
    for _ in range(2):
        result = as_nobody(pit, "run", "check", "other", "--output", "json")
        started = [
            event["reason"]
            for event in result.events
            if event["event"] == "TaskStarted" and event["task"] == "//:check"
        ]
        assert endings(result)["//:check"] == "run"
        assert started == ["`closed.txt` cannot be read"]
    assert endings(result)["//:other"] == "fresh"
    (pit.root / "closed.txt").chmod(0o644)
    assert endings(as_nobody(pit, "run", "check", "other", "--output", "json")) == {
        "//:check": "run",
        "//:other": "fresh",
    }
    assert endings(as_nobody(pit, "run", "check", "other", "--output", "json")) == {
        "//:check": "fresh",
        "//:other": "fresh",
    }


def test_an_unreadable_folder_and_manifest_are_no_crash(pit: Pit) -> None:
    workspace(pit, {"api": [], "web": []})
    (pit.root / "packages/web/package.json").chmod(0)
    (pit.root / "packages/api/src").chmod(0)
    result = as_nobody(pit, "run")
    assert result.exit in {1, 2}
    assert "Traceback" not in result.err


# Files


def test_a_folder_without_git_is_run_cached_and_watched_all_the_same(pit: Pit) -> None:
    shutil.rmtree(pit.root / ".git")
    workspace(pit, {"api": [], "web": ["api"]}, '[tasks.build]\noutputs = ["dist/**"]\n')
    assert len(ran(pit)) == 4
    assert ran(pit) == []
    pit.write("packages/web/src/web.txt", "web is good again\n")
    assert ran(pit) == ["web:build", "web:test"]
    (pit.root / "packages/web/src/web.txt").unlink()
    pit.write("packages/web/src/good.txt", "good")
    assert ran(pit) == ["web:build", "web:test"]


ODD = (
    "with space.txt",
    "new\nline.txt",
    "quo'te\".txt",
    "-dash.txt",
    "tab\t.txt",
    "ünï.txt",
    b"bytes-\xff\xfe.txt",
    "*.txt",
    "$(x).txt",
)


@pytest.mark.parametrize("with_git", [True, False])
def test_every_name_that_a_file_can_have_is_an_input_and_an_output(pit: Pit, with_git: bool) -> None:
    if not with_git:
        shutil.rmtree(pit.root / ".git")
    copy = "mkdir -p dist && cp -- src/* dist/"
    tasks(pit, f'[tasks.copy]\ncommand = "{copy}"\noutputs = ["dist/**"]\n')
    folder = os.fsencode(pit.root / "src")
    os.mkdir(folder)
    for name in ODD:
        with open(os.path.join(folder, os.fsencode(name)), "wb") as file:
            file.write(os.fsencode(name))
    assert ran(pit, "copy") == ["//:copy"]
    assert ran(pit, "copy") == []
    made = os.fsencode(pit.root / "dist")
    for name in ODD:
        with open(os.path.join(made, os.fsencode(name)), "rb") as file:
            assert file.read() == os.fsencode(name)
    shutil.rmtree(made)
    assert run(pit, "copy") == {"//:copy": "cache"}
    assert sorted(os.listdir(made)) == sorted(os.fsencode(name) for name in ODD)
    for name in ODD:
        with open(os.path.join(folder, os.fsencode(name)), "ab") as file:
            file.write(b"!")
        assert ran(pit, "copy") == ["//:copy"], name
    assert pit("show").exit == pit("runs").exit == pit("logs").exit == 0


def test_folders_with_odd_names_hold_packages(pit: Pit) -> None:
    workspace(pit, {"api": []})
    (pit.root / "packages/api").rename(pit.root / "packages/a p'i")
    assert ran(pit) == ["api:build", "api:test"]
    assert ran(pit) == []


def test_links_in_a_circle_and_into_nothing_are_inputs_like_others(pit: Pit) -> None:
    workspace(pit, {"api": []})
    (pit.root / "packages/api/one").symlink_to("two")
    (pit.root / "packages/api/two").symlink_to("one")
    (pit.root / "packages/api/self").symlink_to(".")
    (pit.root / "packages/api/up").symlink_to("../..")
    (pit.root / "packages/api/nowhere").symlink_to("/no/such/file")
    assert ran(pit) == ["api:build", "api:test"]
    assert ran(pit) == []
    (pit.root / "packages/api/nowhere").unlink()
    (pit.root / "packages/api/nowhere").symlink_to("/no/such/other")
    assert ran(pit) == ["api:build", "api:test"]


def test_pipes_and_sockets_are_neither_read_nor_waited_for(pit: Pit) -> None:
    tasks(
        pit,
        '[tasks.make]\ncommand = "mkdir -p dist; rm -f dist/pipe; mkfifo dist/pipe; cat in.txt > dist/out"\noutputs = ["dist/**"]\n',
    )
    pit.write("in.txt", "in\n")
    os.mkfifo(pit.root / "pipe")
    assert ran(pit, "make") == ["//:make"]
    assert ran(pit, "make") == []


def test_an_empty_repository_says_what_to_do(pit: Pit) -> None:
    assert pit("run") == snapshot("""\
exit: 0
----- stderr
nothing to run: no Cargo, npm, Python or Go package was found here
hint: `[tasks.NAME] command = "..."` in pitstop.toml adds a task of your own
""")
    assert pit("run", "build").exit == 2


# State


def test_state_that_is_damaged_in_any_way_never_gives_a_wrong_answer(pit: Pit) -> None:
    workspace(pit, {"api": [], "web": ["api"]})
    ran(pit)
    state = pit.root / ".pitstop/state"
    files = sorted(path for path in state.iterdir() if path.is_file() and path.stat().st_size)
    assert {"index", "tasks", "plan", "keys"} <= {path.name for path in files}
    rng = random.Random(3)
    whole = {path: path.read_bytes() for path in files}
    for turn in range(12):
        for path in files:
            data = bytearray(whole[path])
            if turn % 3 == 0:
                data = data[: rng.randrange(len(data))]
            elif turn % 3 == 1:
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            else:
                data = bytearray(rng.randbytes(len(data)))
            path.write_bytes(data)
        word = f"api is good in turn {turn}\n"
        pit.write("packages/api/src/api.txt", word)
        result = pit("run", "--output", "json")
        assert (result.exit, result.err) == (0, "")
        assert pit.read("packages/web/dist/out.txt") == f"web is good\n{word}"
    for path in files:
        path.unlink()
        path.mkdir()
    pit.write("packages/api/src/api.txt", "api is good without a memory\n")
    assert pit("run").exit == 0
    assert pit.read("packages/web/dist/out.txt") == "web is good\napi is good without a memory\n"


def test_state_of_one_checkout_copied_into_another_gives_no_wrong_answer(pit: Pit) -> None:
    workspace(pit, {"api": [], "web": ["api"]})
    ran(pit)
    elsewhere = pit.home / "copy"
    shutil.copytree(pit.root, elsewhere, symlinks=True)
    (elsewhere / "packages/api/src/api.txt").write_text("api is GOOD and good\n")
    pit.root = elsewhere
    assert "api:build" in ran(pit)
    assert pit.read("packages/web/dist/out.txt") == "web is good\napi is GOOD and good\n"


def test_a_state_folder_that_is_a_file_is_no_obstacle(pit: Pit) -> None:
    workspace(pit, {"api": []}).write(".pitstop", "a file")
    result = pit("run")
    assert result.exit == 0
    assert "Traceback" not in result.err
    assert pit.read("packages/api/dist/out.txt") == "api is good\n"


def test_nothing_but_what_is_named_is_written(pit: Pit) -> None:
    workspace(pit, {"api": []})
    before = set(pit.home.rglob("*"))
    ran(pit)
    made = {path.relative_to(pit.home).parts[:2] for path in set(pit.home.rglob("*")) - before}
    assert made == {(".cache", "pitstop")}
    assert {path.name for path in pit.root.iterdir()} == {".git", ".gitignore", ".pitstop", "package.json", "packages"}
    assert pit.git("status", "--porcelain", "--ignored", ".pitstop") == "!! .pitstop/"
