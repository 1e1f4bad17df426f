"""git on the hot path, against the git program itself, on real repositories in temporary folders."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pitstop.core.errors import SurroundingError, UsageError
from pitstop.links import git

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


def run(folder: Path | str, *arguments: str) -> str:
    done = subprocess.run(
        ("git", "-C", str(folder), "-c", "protocol.file.allow=always", *arguments),
        env=ENV,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().strip()


def repository(folder: Path, files: dict[str, str], branch: str = "main") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    run(folder, "init", "-q", "-b", branch)
    write(folder, files)
    run(folder, "add", "-A")
    run(folder, "commit", "-q", "-m", "first")
    return folder


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def listed(root: Path | str) -> list[str]:
    data = git.finish_listing(git.start_listing(str(root)))
    assert data == b"" or data.endswith(b"\0")
    return sorted(os.fsdecode(path) for path in data.split(b"\0")[:-1])


def real_head(root: Path) -> tuple[str, str]:
    """The same answer from git itself."""

    def ask(*arguments: str) -> str:
        done = subprocess.run(("git", "-C", str(root), *arguments), env=ENV, capture_output=True, check=False)
        return done.stdout.decode().strip() if done.returncode == 0 else ""

    return ask("rev-parse", "--verify", "--quiet", "HEAD"), ask("symbolic-ref", "--short", "HEAD")


def test_the_root_is_the_top_of_the_work_tree_wherever_one_starts(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {"a/b/c.txt": "", "a/pitstop.toml": ""})
    assert git.find_root(str(root / "a" / "b")) == str(root) == run(root / "a", "rev-parse", "--show-toplevel")


def test_a_git_folder_without_a_head_is_no_repository(tmp_path: Path) -> None:
    (tmp_path / "r" / "a" / ".git").mkdir(parents=True)
    root = repository(tmp_path / "r", {"x": ""})
    assert git.find_root(str(root / "a")) == str(root) == run(root / "a", "rev-parse", "--show-toplevel")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pitstop.toml", ""),
        ("Cargo.toml", '[workspace]\nmembers = ["x"]\n'),
        ("package.json", '{"workspaces": ["x"]}'),
        ("pnpm-workspace.yaml", "packages: []"),
        ("go.work", "go 1.22\n"),
        ("pyproject.toml", "[tool.uv.workspace]\n"),
    ],
)
def test_outside_of_git_the_nearest_workspace_is_the_root(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path, {name: text, "x/Cargo.toml": "[package]\n", "x/package.json": "{}", "x/src/a": ""})
    assert git.find_root(str(tmp_path / "x" / "src")) == str(tmp_path)


@pytest.mark.parametrize(
    ("text", "own"),
    [("root = true\n", True), ("# an example\nroot=true # yes\n\n[run]\n", True), ("[tasks.x]\nroot = true\n", False)],
)
def test_a_folder_in_a_repository_may_be_a_root_of_its_own(tmp_path: Path, text: str, own: bool) -> None:
    root = repository(tmp_path / "outer", {"examples/pitstop.toml": text, "examples/a/b.txt": ""})
    assert git.find_root(str(root / "examples" / "a")) == str(root / "examples" if own else root)


def test_outside_of_everything_the_root_is_where_one_starts(tmp_path: Path) -> None:
    write(tmp_path, {"x/Cargo.toml": "[package]\n"})
    assert git.find_root(str(tmp_path / "x")) == str(tmp_path / "x")


def test_listing_names_what_git_does_not_ignore(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {".gitignore": "*.log\nout/\n", "a.txt": "", "d/b c\n.txt": ""})
    write(root, {"new.txt": "", "x.log": "", "out/y": "", "d/z.log": ""})
    assert listed(root) == [".gitignore", "a.txt", "d/b c\n.txt", "new.txt"]


def test_listing_a_folder_of_a_repository_is_relative_to_that_folder(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {"a/x": "", "b/y": ""})
    assert listed(root / "a") == ["x"]


def test_listing_names_each_path_once_while_a_merge_waits_for_a_person(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {"a": "1"})
    run(root, "checkout", "-q", "-b", "other")
    write(root, {"a": "2"})
    run(root, "commit", "-qam", "2")
    run(root, "checkout", "-q", "main")
    write(root, {"a": "3"})
    run(root, "commit", "-qam", "3")
    with pytest.raises(subprocess.CalledProcessError):
        run(root, "merge", "other")
    assert listed(root) == ["a"]


def test_listing_takes_submodules_and_inner_repositories_as_folders(tmp_path: Path) -> None:
    library = repository(tmp_path / "library", {"lib.c": "", ".gitignore": "*.o"})
    root = repository(tmp_path / "r", {"a": ""})
    run(root, "submodule", "-q", "add", str(library), "libs/one")
    run(root, "submodule", "-q", "add", str(library), "libs/two")
    run(root, "commit", "-qam", "modules")
    run(root, "submodule", "-q", "deinit", "libs/two")
    repository(root / "inner", {"i": ""})
    write(root, {"libs/one/new.c": "", "libs/one/new.o": ""})
    assert listed(root) == [
        ".gitmodules",
        "a",
        "inner/i",
        "libs/one/.gitignore",
        "libs/one/lib.c",
        "libs/one/new.c",
    ]
    assert git.find_root(str(root / "libs" / "one")) == str(root / "libs" / "one")
    assert git.head(str(root / "libs" / "one")) == real_head(root / "libs" / "one")


@pytest.mark.parametrize("place", ["home", "/"])
def test_all_files_of_a_person_or_a_machine_are_no_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    write(tmp_path, {"home/a": ""})
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    root = str(tmp_path / "home") if place == "home" else place
    with pytest.raises(UsageError, match="is no repository"):
        git.finish_listing(git.Listing(root))
    write(tmp_path, {"home/pitstop.toml": ""})
    assert listed(tmp_path / "home") == ["a", "pitstop.toml"]


def test_another_work_tree_of_the_repository_is_no_part_of_it(tmp_path: Path) -> None:
    other = repository(tmp_path / "other", {"o": ""})
    root = repository(tmp_path / "r", {"a": "", "b": ""})
    inside = root / ".worktrees" / "feature"
    run(root, "worktree", "add", "-q", "-b", "feature", str(inside))
    run(other, "worktree", "add", "-q", "-b", "feature", str(root / "theirs"))
    assert listed(root) == ["a", "b", "theirs/o"]
    assert listed(inside) == ["a", "b"]
    run(inside, "worktree", "add", "-q", "-b", "third", str(inside / "deeper"))
    assert listed(inside) == ["a", "b"]


def test_a_submodule_that_is_a_link_out_of_the_repository_is_not_followed(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {"a": "", ".gitmodules": '[submodule "x"]\n\tpath = loop\n[s]\n\tpath = ..\n'})
    (root / "loop").symlink_to(root)
    assert listed(root) == [".gitmodules", "a"]


def test_listing_ignores_where_the_git_of_a_hook_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository(tmp_path / "r", {"a": ""})
    other = repository(tmp_path / "other", {"b": ""})
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    assert listed(root) == ["a"]


def test_a_broken_index_is_an_error_that_names_the_folder(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {"a": ""})
    (root / ".git" / "index").write_bytes(b"DIRC nonsense")
    with pytest.raises(SurroundingError, match="git cannot list the files of"):
        listed(root)


@pytest.mark.parametrize("has_git", [True, False])
def test_without_git_the_folders_are_walked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_git: bool) -> None:
    root = tmp_path / "r"
    if not has_git:
        repository(root, {"a": ""})
        monkeypatch.setenv("PATH", str(tmp_path))
    write(
        root,
        {
            "a": "",
            "src/b": "",
            "node_modules/x/index.js": "",
            "rust/Cargo.toml": "",
            "rust/target/debug/x": "",
            "src/target/kept": "",
            "cache/CACHEDIR.TAG": "",
            "cache/y": "",
            "env/pyvenv.cfg": "",
            ".pitstop/runs/x": "",
            "src/.git": "gitdir: x",
        },
    )
    (root / "src" / "loop").symlink_to(root)
    (root / "src" / "gone").symlink_to("nowhere")
    os.mkfifo(root / "pipe")
    assert listed(root) == ["a", "rust/Cargo.toml", "src/b", "src/gone", "src/loop", "src/target/kept"]


def test_head_of_a_branch_without_a_commit_has_no_revision(tmp_path: Path) -> None:
    run(tmp_path, "init", "-q", "-b", "trunk")
    assert git.head(str(tmp_path)) == ("", "trunk") == real_head(tmp_path)


def test_head_reads_loose_packed_detached_and_linked_references(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {"a": ""}, branch="team/work")
    seen = [git.head(str(root))]
    expected = [real_head(root)]
    run(root, "branch", "eam/work")  # a name that ends alike
    run(root, "commit", "-q", "--allow-empty", "-m", "second")
    run(root, "pack-refs", "--all")
    assert not (root / ".git" / "refs" / "heads" / "team").exists()
    seen.append(git.head(str(root)))
    expected.append(real_head(root))
    run(root, "commit", "-q", "--allow-empty", "-m", "third")  # loose again: wins over packed
    seen.append(git.head(str(root)))
    expected.append(real_head(root))
    run(root, "worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    run(tmp_path / "linked", "commit", "-q", "--allow-empty", "-m", "side")
    seen.append(git.head(str(tmp_path / "linked")))
    expected.append(real_head(tmp_path / "linked"))
    assert git.find_root(str(tmp_path / "linked")) == str(tmp_path / "linked")
    run(root, "checkout", "-q", "--detach")
    seen.append(git.head(str(root)))
    expected.append(real_head(root))
    assert seen == expected
    assert len({revision for revision, _ in seen}) == 4
    assert [branch for _, branch in seen] == ["team/work", "team/work", "team/work", "side", ""]


def test_head_of_a_format_we_do_not_read_is_asked_of_git(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {"a": ""})
    (root / ".git" / "reftable").mkdir()
    assert git.head(str(root)) == real_head(root)


def test_head_without_git_is_empty(tmp_path: Path) -> None:
    assert git.head(str(tmp_path)) == ("", "")


NAMES = (
    st.binary(min_size=1, max_size=12)
    .map(lambda name: name.replace(b"\0", b"").replace(b"/", b"\n"))
    .filter(
        lambda name: name not in {b"", b".", b".."} and name.lower() not in {b".git", b".gitignore", b".gitmodules"}
    )
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sets(NAMES, max_size=8), st.sets(NAMES, max_size=8))
def test_names_in_any_encoding_come_back_as_they_are(
    tmp_path_factory: pytest.TempPathFactory, staged: set[bytes], new: set[bytes]
) -> None:
    root = tmp_path_factory.mktemp("names")
    run(root, "init", "-q")
    for name in staged:
        Path(os.fsdecode(os.fsencode(root) + b"/" + name)).write_bytes(b"")
    run(root, "add", "-A")
    for name in new:
        Path(os.fsdecode(os.fsencode(root) + b"/" + name)).write_bytes(b"")
    data = git.finish_listing(git.start_listing(str(root)))
    assert sorted(data.split(b"\0")[:-1]) == sorted(staged | new)
