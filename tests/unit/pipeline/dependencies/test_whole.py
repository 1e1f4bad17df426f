"""Which tasks keep what they install, and what a workspace without its code is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pitstop.core.errors import PlanError
from pitstop.pipeline.dependencies import skeleton
from pitstop.pipeline.dependencies.whole import keep_whole
from pitstop.pipeline.detect import detect
from pitstop.pipeline.files import Files

if TYPE_CHECKING:
    from pathlib import Path

    from pitstop.core.task import TaskSpec

LOCK = '[[package]]\nname = "serde"\nversion = "1.0.0"\nsource = "registry+https://example.org"\n'
CRATE = '[package]\nname = "{}"\nversion = "0.1.0"\nedition = "2021"\n'


def tasks(root: Path, content: dict[str, str]) -> dict[str, TaskSpec]:
    """Return the tasks of a repository with these files, by id, when dependencies are kept."""
    for path, text in content.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    files = Files(str(root), sorted(content))
    packages = keep_whole(detect(files).packages, files)
    return {f"{package.id}:{spec.name}": spec for package in packages for spec in package.tasks}


def test_an_installation_keeps_the_folders_of_every_package(tmp_path: Path) -> None:
    found = tasks(
        tmp_path,
        {
            "package.json": '{"name": "top", "workspaces": ["packages/*"], "devDependencies": {"x": "1"}}',
            "package-lock.json": '{"lockfileVersion": 3, "packages": {}}',
            "packages/a/package.json": '{"name": "a", "scripts": {"build": "true"}}',
        },
    )
    assert found["//:install"].tree == ("node_modules", "packages/a/node_modules")
    assert not any(spec.tree for name, spec in found.items() if name != "//:install")


def test_crates_wait_for_what_they_need(tmp_path: Path) -> None:
    found = tasks(
        tmp_path,
        {
            "Cargo.toml": '[workspace]\nmembers = ["a"]\n',
            "Cargo.lock": LOCK,
            "rust-toolchain.toml": "",
            "a/Cargo.toml": CRATE.format("a"),
            "a/src/lib.rs": "",
        },
    )
    spec = found["//:dependencies"]
    assert spec.tree == ("target",)
    assert spec.inputs == ("//Cargo.lock", "//Cargo.toml", "//a/Cargo.toml", "//rust-toolchain.toml")
    assert "//:dependencies" in found["a:build"].depends_on
    assert "//:dependencies" in found["a:test"].depends_on
    assert "//:dependencies" not in found["a:format"].depends_on


@pytest.mark.parametrize(
    "changed",
    [
        {"Cargo.lock": '[[package]]\nname = "a"\nversion = "0.1.0"\n'},
        {".cargo/config.toml": '[build]\ntarget-dir = "/elsewhere"\n'},
    ],
)
def test_crates_that_need_nothing_or_build_elsewhere_wait_for_nothing(tmp_path: Path, changed: dict[str, str]) -> None:
    content = {"Cargo.toml": CRATE.format("a"), "Cargo.lock": LOCK, "src/lib.rs": ""}
    assert not any("dependencies" in name for name in tasks(tmp_path, content | changed))


def metadata(root: Path) -> dict[str, Any]:
    """Return what cargo would say of one crate with a library, a build script and a test."""
    kinds = {"src/lib.rs": ["lib"], "build.rs": ["custom-build"], "tests/all.rs": ["test"]}
    own = {
        "id": "a 0.1.0",
        "name": "a",
        "source": None,
        "manifest_path": f"{root}/a/Cargo.toml",
        "targets": [{"kind": kind, "src_path": f"{root}/a/{path}"} for path, kind in kinds.items()],
    }
    foreign = {**own, "id": "serde 1.0.0", "name": "serde", "source": "registry+https://example.org"}
    return {
        "packages": [own, foreign],
        "workspace_members": ["a 0.1.0"],
        "workspace_root": str(root),
        "target_directory": f"{root}/target",
    }


def test_a_workspace_without_its_code_has_every_source_and_nothing_in_it(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    (root / "a/src").mkdir(parents=True)
    (root / "a/src/lib.rs").write_text("compile_error!()")
    (root / "a/Cargo.toml").write_text(CRATE.format("a"))
    (root / "Cargo.toml").write_text('[workspace]\nmembers = ["a"]\n')
    (root / "Cargo.lock").write_text(LOCK)
    (root / ".cargo").mkdir()
    (root / ".cargo/config.toml").write_text("[build]\n")
    crates = skeleton.read(metadata(root))
    assert crates.members == ("a",)
    top = skeleton.lay_out(crates, str(root), str(tmp_path / "bare"))
    bare = tmp_path / "bare"
    assert top == str(bare)
    made = {str(path.relative_to(bare)): path.read_text() for path in bare.rglob("*") if path.is_file()}
    assert made == {
        "Cargo.toml": '[workspace]\nmembers = ["a"]\n',
        "Cargo.lock": LOCK,
        ".cargo/config.toml": "[build]\n",
        "a/Cargo.toml": CRATE.format("a"),
        "a/src/lib.rs": "",
        "a/build.rs": "fn main() {}\n",
        "a/tests/all.rs": "fn main() {}\n",
    }


def test_a_crate_outside_of_the_repository_is_refused(tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    with pytest.raises(PlanError, match="lies outside"):
        skeleton.lay_out(skeleton.read(metadata(tmp_path)), str(tmp_path / "repo"), str(tmp_path / "bare"))


def test_what_is_called_like_a_crate_goes_only_when_the_folder_was_empty() -> None:
    assert skeleton.commands(("a",), lint=True, clean=False) == [
        ("cargo", "build", "--workspace", "--all-targets", "--locked"),
        ("cargo", "clippy", "--workspace", "--all-targets", "--locked"),
    ]
    assert skeleton.commands(("a",), lint=False, clean=True)[-1] == ("cargo", "clean", "--locked", "-p", "a")
