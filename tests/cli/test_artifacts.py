"""`pitstop artifacts`: what tasks keep by name can be listed, and comes back where it was."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot
from tests.support.servers import free_port

from pitstop.cache.disk import DiskStore
from pitstop.cache.gc import prune
from pitstop.cache.trees.manifest import FILE, Entry, Manifest
from pitstop.cli.cache.unpacked import put_into
from pitstop.core import clock

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.pit import Pit

pytest.importorskip("pyfastcdc", reason="pip install 'pitstop[artifacts]'")

PIPELINE = """\
[tasks.build]
command = "mkdir -p out && echo app > out/app && chmod +x out/app && echo map > out/app.map && ln -sf app out/latest"
artifacts.app = ["out/app"]
artifacts.all = { paths = ["out/**", "!out/*.map"], keep = "7d" }
"""


@pytest.fixture
def built(pit: Pit) -> Pit:
    pit.git("remote", "add", "origin", "git@github.com:acme/app.git")
    pit.write("pitstop.toml", PIPELINE).commit()
    assert pit("run", "build").exit == 0
    return pit


def test_what_a_task_keeps_is_listed(built: Pit) -> None:
    assert built("artifacts", "list") == snapshot("""\
exit: 0
NAME  FILES  SIZE  TASK      COMMIT     MADE     KEPT          RUN
all       1 [size]  //:build  [hash] [time] ago  7 days more   [run]
app       1 [size]  //:build  [hash] [time] ago  30 days more  [run]
""")
    [newest, _] = built("artifacts", "list", "--json").json
    assert (newest["name"], newest["task"], newest["branch"], newest["size"]) == ("all", "//:build", "main", 4)
    assert built("artifacts", "list", "--run", "19991231").out == ""


def test_it_comes_back_where_it_was_with_all_that_it_was(built: Pit) -> None:
    shutil.rmtree(built.root / "out")
    assert built("artifacts", "get", "all") == snapshot("""\
exit: 0
all of [hash]: 1 file, [size] in place
""")
    assert sorted(os.listdir(built.root / "out")) == ["app", "latest"]
    assert os.access(built.root / "out/app", os.X_OK)
    assert os.readlink(built.root / "out/latest") == "app"


def test_it_can_be_put_beside_other_things(built: Pit) -> None:
    built.write("there/other", "mine").write("there/out/app", "old")
    assert built("artifacts", "get", "app", "--to", "there").exit == 0
    assert built.read("there/out/app") == "app\n"
    assert built.read("there/other") == "mine"
    assert sorted(os.listdir(built.root / "there")) == ["other", "out"]


@pytest.mark.parametrize(
    ("blocked", "said"),
    [
        ("mkdir -p to away && ln -s ../away to/out", "nothing is put through a link"),
        ("mkdir -p to && touch to/out", "a file is there"),
        ("mkdir -p to/out/app", "a folder is there"),
    ],
)
def test_what_is_in_the_way_is_named_and_nothing_is_touched(built: Pit, blocked: str, said: str) -> None:
    built("sh", "-c", f"{blocked}; mkdir -p to/out; touch to/out/latest", program=False)
    before = built("sh", "-c", "ls -lR --time-style=+ to away", program=False).out
    done = built("artifacts", "get", "all", "--to", "to")
    assert (done.exit, said in done.err, "to/out" in done.err) == (3, True, True), done
    assert built("sh", "-c", "ls -lR --time-style=+ to away", program=False).out == before


@pytest.mark.parametrize("path", [".git/hooks/post-checkout", "sub/.GIT/config"])
def test_nothing_from_another_machine_is_put_into_git(tmp_path: Path, path: str) -> None:
    with pytest.raises(PermissionError, match=r"\.git"):
        put_into(DiskStore(str(tmp_path / "store")), Manifest((Entry(FILE, path),), ()), str(tmp_path / "to"))
    assert os.listdir(tmp_path / "to") == []


def test_a_later_commit_finds_the_last_one_of_the_branch_and_an_older_one_by_its_name(built: Pit) -> None:
    first = built.git("rev-parse", "HEAD")
    built.write("pitstop.toml", PIPELINE.replace("echo app", "echo new")).commit("second")
    assert built("run", "build").exit == 0
    built.commit("third")
    built("artifacts", "get", "app", "--to", "newest")
    assert built.read("newest/out/app") == "new\n"
    built("artifacts", "get", "app", "--to", "older", "--commit", first)
    assert built.read("older/out/app") == "app\n"
    built("artifacts", "get", "app", "--to", "branch", "--branch", "main")
    assert built.read("branch/out/app") == "new\n"


def test_a_cached_task_keeps_its_artifact_for_the_new_commit_too(built: Pit) -> None:
    shutil.rmtree(built.root / "out")
    commit = built.commit("nothing else")
    assert "1 cached" in built("run", "build").out
    built("artifacts", "get", "app", "--to", "here", "--commit", commit)
    assert built.read("here/out/app") == "app\n"


def test_a_job_of_the_same_run_of_the_ci_service_finds_it(built: Pit) -> None:
    built.write("pitstop.toml", PIPELINE.replace("echo app", "echo seventh")).commit()
    assert built("run", "build", env={"GITHUB_RUN_ID": "7"}).exit == 0
    built.write("pitstop.toml", PIPELINE.replace("echo app", "echo eighth")).commit("moved on")
    assert built("run", "build", env={"GITHUB_RUN_ID": "8"}).exit == 0
    built("artifacts", "get", "app", "--to", "here", env={"GITHUB_RUN_ID": "7"})
    assert built.read("here/out/app") == "seventh\n"


def test_a_tier_that_is_not_there_is_told_once(built: Pit) -> None:
    env = {"PITSTOP_CACHE_TIERS": f"http://127.0.0.1:{free_port()}"}
    assert built("artifacts", "get", "nothing", env=env).err.count("note:") == 1


def test_an_artifact_that_is_not_there_is_told_with_the_nearest_name(built: Pit) -> None:
    assert built("artifacts", "get", "ap") == snapshot("""\
exit: 1
----- stderr
error: there is no artifact `ap` of this commit or branch
hint: did you mean `app`?
""")
    assert built("artifacts", "get", "app", "--commit", "nowhere").exit == 2


def test_files_are_put_by_hand(built: Pit) -> None:
    assert built("artifacts", "put", "notes", "pitstop.toml", "out", "--keep", "12h") == snapshot("""\
exit: 0
notes: 3 files, [size], kept for 12 h
""")
    built("artifacts", "get", "notes", "--to", "copy")
    assert built.read("copy/pitstop.toml") == PIPELINE
    assert built.read("copy/out/app.map") == "map\n"
    (built.root / "out/empty").mkdir()
    assert built("artifacts", "put", "everything", ".").exit == 0
    assert built("artifacts", "get", "everything", "--to", "second").exit == 0
    assert (built.root / "second/out/empty").is_dir()
    assert not (built.root / "second/.git").exists()


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        (("put", "a/b", "out"), "`a/b` is no name of an artifact"),
        (("put", "..", "out"), "`..` is no name of an artifact"),
        (("put", "app", "nothing"), "`nothing` is not there"),
        (("put", "app", "/etc/hostname"), "lies outside of the repository"),
        (("put", "app", "out", "--keep", "long"), "`long` is no duration"),
    ],
)
def test_what_cannot_be_put_is_refused(built: Pit, argv: tuple[str, ...], problem: str) -> None:
    done = built("artifacts", *argv)
    assert done.exit == 2
    assert problem in done.err


def test_an_artifact_without_files_is_a_notice_and_no_failure(pit: Pit) -> None:
    pit.write("pitstop.toml", '[tasks.build]\ncommand = "true"\nartifacts.app = ["out/*"]\n').commit()
    done = pit("run", "build")
    assert done.exit == 0
    assert "the artifact `app` of `//:build` is empty: nothing matches `out/*`" in done.out


def test_a_name_that_is_none_is_an_error_of_the_file(pit: Pit) -> None:
    pit.write("pitstop.toml", '[tasks.build]\ncommand = "true"\nartifacts."../app" = ["out/*"]\n').commit()
    assert pit("run", "build") == snapshot("""\
exit: 2
----- stderr
error: pitstop.toml:3:11: `../app` is no name of an artifact
hint: a name has up to 100 letters, digits, `.`, `_` and `-`, and starts with a letter or a digit
""")


def test_pruning_takes_an_artifact_only_when_it_has_expired(built: Pit) -> None:
    store = DiskStore(str(built.cache / "pitstop"))
    prune(store.root, 0, clock.now())
    assert built("artifacts", "get", "app", "--to", "still").exit == 0
    assert built.read("still/out/app") == "app\n"
    prune(store.root, 0, clock.now() + 31 * 86_400)
    assert built("artifacts", "list").out == ""
    assert built("artifacts", "get", "app", "--to", "gone").exit == 1
