"""What changed since a commit, on real repositories in temporary folders."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pitstop.core.errors import SurroundingError, UsageError
from pitstop.links.changes import changed_files, default_base, file_at

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow  # git is started many times

ENV = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}


def run(folder: Path, *arguments: str) -> str:
    done = subprocess.run(("git", "-C", str(folder), *arguments), env=ENV, capture_output=True, check=True)
    return done.stdout.decode().strip()


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def commit(folder: Path, files: dict[str, str]) -> None:
    write(folder, files)
    run(folder, "add", "-A")
    run(folder, "commit", "-q", "--allow-empty", "-m", "x")


@pytest.fixture(autouse=True)
def _at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_BASE_REF", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "r"
    root.mkdir()
    run(root, "init", "-q", "-b", "main")
    commit(root, {"a": "1", "d/b": "1", "gone": "1", ".gitignore": "*.log\n"})
    return root


def test_changes_are_committed_staged_unstaged_and_new_files(repository: Path) -> None:
    run(repository, "checkout", "-q", "-b", "work")
    commit(repository, {"committed": "1"})
    run(repository, "mv", "d/b", "d/c")
    write(repository, {"staged": "1"})
    run(repository, "add", "staged")
    write(repository, {"a": "2", "new\n": "", "x.log": ""})
    (repository / "gone").unlink()
    changes = changed_files(str(repository), "main")
    assert changes.paths == ("a", "committed", "d/b", "d/c", "gone", "new\n", "staged")
    assert changes.base == run(repository, "rev-parse", "main")


def test_what_happened_on_the_main_branch_meanwhile_is_no_change(repository: Path) -> None:
    run(repository, "checkout", "-q", "-b", "work")
    commit(repository, {"mine": "1"})
    run(repository, "checkout", "-q", "main")
    commit(repository, {"theirs": "1"})
    run(repository, "checkout", "-q", "work")
    write(repository, {"new": ""})
    assert changed_files(str(repository), "main").paths == ("mine", "new")
    assert changed_files(str(repository), "main...work").paths == ("mine",)
    assert changed_files(str(repository), "work...main").paths == ("theirs",)


def test_paths_are_relative_to_a_root_inside_the_work_tree(repository: Path) -> None:
    commit(repository, {"d/b": "2", "a": "2"})
    write(repository, {"d/new": "", "new": ""})
    assert changed_files(str(repository / "d"), "HEAD~1").paths == ("b", "new")
    assert file_at(str(repository / "d"), "HEAD~1", "b") == b"1"
    assert file_at(str(repository / "d"), "HEAD~1", "none") is None


def test_a_changed_submodule_is_one_path(repository: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    run(library, "init", "-q")
    commit(library, {"l": ""})
    run(repository, "-c", "protocol.file.allow=always", "submodule", "-q", "add", str(library), "libs/one")
    commit(repository, {})
    write(repository, {"libs/one/l": "changed"})
    assert changed_files(str(repository), "HEAD").paths == ("libs/one",)


def test_an_unknown_name_is_an_error_that_says_what_to_fetch(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError) as caught:
        changed_files(str(repository), "nothing")
    assert caught.value.problem == "there is no commit or branch `nothing` here"
    assert caught.value.hint == "`git branch --all` lists the branches"
    clone = tmp_path / "clone"
    run(tmp_path, "clone", "-q", str(repository), str(clone))
    with pytest.raises(UsageError) as caught:
        changed_files(str(clone), "origin/release/1")
    assert caught.value.hint == "`git fetch origin +refs/heads/release/1:refs/remotes/origin/release/1` brings it"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    with pytest.raises(UsageError) as caught:
        changed_files(str(clone), "origin/release")
    assert caught.value.hint == "give `actions/checkout` the option `fetch-depth: 0`"


def test_a_shallow_clone_without_a_common_commit_says_what_to_fetch(repository: Path, tmp_path: Path) -> None:
    run(repository, "checkout", "-q", "-b", "work")
    commit(repository, {"w": ""})
    run(repository, "checkout", "-q", "main")
    commit(repository, {"m": ""})
    clone = tmp_path / "clone"
    run(tmp_path, "clone", "-q", "--depth=1", "--no-single-branch", f"file://{repository}", str(clone))
    run(clone, "checkout", "-q", "work")
    with pytest.raises(SurroundingError) as caught:
        changed_files(str(clone), "origin/main")
    assert "the history here is too short" in caught.value.problem
    assert caught.value.hint == "`git fetch --unshallow` brings the rest"
    run(clone, "fetch", "-q", "--unshallow")
    assert changed_files(str(clone), "origin/main").paths == ("w",)


def test_unrelated_histories_and_empty_repositories_are_errors(repository: Path, tmp_path: Path) -> None:
    run(repository, "checkout", "-q", "--orphan", "other")
    run(repository, "commit", "-q", "--allow-empty", "-m", "y")
    with pytest.raises(UsageError, match="`HEAD` shares no commit with `main`"):
        changed_files(str(repository), "main")
    run(repository, "checkout", "-q", "--orphan", "third")
    with pytest.raises(UsageError, match="nothing is committed here yet"):
        changed_files(str(repository), "main")
    (tmp_path / "plain").mkdir()
    with pytest.raises(UsageError, match="is in no git repository"):
        changed_files(str(tmp_path / "plain"), "main")


def test_an_option_is_no_name(repository: Path) -> None:
    with pytest.raises(UsageError, match="there is no commit or branch `--all`"):
        changed_files(str(repository), "--all")


def test_the_default_base_is_the_pull_requests_then_that_of_origin_then_main(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = tmp_path / "clone"
    run(repository, "branch", "-q", "-m", "trunk")
    run(tmp_path, "clone", "-q", str(repository), str(clone))
    assert default_base(str(clone)) == "origin/trunk"
    run(repository, "branch", "-q", "master")
    assert default_base(str(repository)) == "master"
    run(repository, "branch", "-q", "main")
    assert default_base(str(repository)) == "main"
    monkeypatch.setenv("GITHUB_BASE_REF", "release")
    assert default_base(str(clone)) == "origin/release"


def test_without_a_main_branch_somebody_has_to_say(repository: Path) -> None:
    run(repository, "branch", "-q", "-m", "trunk")
    with pytest.raises(UsageError, match="no branch to compare with"):
        default_base(str(repository))


def test_outside_of_git_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is in no git repository"):
        default_base(str(tmp_path))


NAMES = st.sampled_from(["a", "b", "d/a", "d/é", "e/x y"])
STATES = st.dictionaries(NAMES, st.sampled_from(["1", "2"]), max_size=5)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(STATES, STATES, STATES)
def test_a_path_is_a_change_when_it_differs_from_the_base(
    tmp_path_factory: pytest.TempPathFactory, before: dict[str, str], committed: dict[str, str], now: dict[str, str]
) -> None:
    root = tmp_path_factory.mktemp("r")
    run(root, "init", "-q", "-b", "main")
    for state in (before, committed):
        for path in [path for path in root.rglob("*") if path.is_file() and ".git" not in path.parts]:
            path.unlink()
        commit(root, state)
    for path in [path for path in root.rglob("*") if path.is_file() and ".git" not in path.parts]:
        path.unlink()
    write(root, now)
    differs = {name for name in before | now if before.get(name) != now.get(name)}
    restored = now.keys() - committed.keys()  # git calls it deleted, and new: nobody staged it
    assert differs <= set(changed_files(str(root), "HEAD~1").paths) <= differs | restored
