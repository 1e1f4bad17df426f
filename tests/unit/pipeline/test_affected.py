"""From changed files to packages, against a slow oracle, and lock files against real ones."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from pitstop.core.package import Package
from pitstop.pipeline.affected import (
    Affected,
    ChangedFile,
    DependsOn,
    LockedDependency,
    SharedFile,
    affected,
)
from pitstop.pipeline.detect import detect
from pitstop.pipeline.files import Files

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES = (
    Package("//", "//", "", ""),
    Package("app", "app", "cargo", "app", workspace="", needs=("core",), shared=("Cargo.toml",)),
    Package("core", "core", "cargo", "core", workspace="", dev_needs=("testing",), shared=("Cargo.toml",)),
    Package("inner", "inner", "node", "app/inner", workspace="app/inner"),
    Package("testing", "testing", "cargo", "testing", workspace="", shared=("Cargo.toml",)),
    Package("both", "both", "python", "core", workspace="core"),
)


def by(*changed: str) -> dict[str, object]:
    return {one.package: one.by for one in affected(PACKAGES, changed)}


def test_a_file_belongs_to_the_innermost_package_around_it() -> None:
    assert by("app/inner/x.ts") == {"inner": ChangedFile("app/inner/x.ts")}
    assert by("app/innermost.rs") == {"app": ChangedFile("app/innermost.rs")}


def test_packages_in_one_folder_are_affected_together_and_so_is_what_needs_them() -> None:
    assert by("core/src/lib.rs") == {
        "core": ChangedFile("core/src/lib.rs"),
        "both": ChangedFile("core/src/lib.rs"),
        "app": DependsOn("core"),
    }


def test_development_dependencies_count() -> None:
    assert by("testing/x.rs") == {
        "testing": ChangedFile("testing/x.rs"),
        "core": DependsOn("testing"),
        "app": DependsOn("core"),
    }


def test_a_file_outside_of_all_packages_affects_the_repository_alone() -> None:
    assert by("README.md", "coretta/x") == {"//": ChangedFile("README.md")}


def test_a_shared_file_affects_those_who_read_it() -> None:
    assert by("Cargo.toml") == {
        "//": ChangedFile("Cargo.toml"),
        "app": SharedFile("Cargo.toml"),
        "core": SharedFile("Cargo.toml"),
        "testing": SharedFile("Cargo.toml"),
    }


def test_a_changed_folder_stands_for_the_packages_in_it() -> None:
    assert by("app").keys() == {"app", "inner"}


def test_a_lock_file_that_cannot_be_compared_affects_its_whole_workspace() -> None:
    lock = LockedDependency("Cargo.lock")
    assert by("Cargo.lock") == {"//": ChangedFile("Cargo.lock"), "app": lock, "core": lock, "testing": lock}
    assert by("app/inner/yarn.lock").keys() == {"//", "inner"}
    assert by("other/Cargo.lock").keys() == {"//"}


def test_each_reason_is_a_sentence() -> None:
    assert [one.why for one in affected(PACKAGES, ["Cargo.toml", "Cargo.lock", "app/x", "core/y"])] == [
        "`Cargo.lock` changed",
        "`app/x` changed",
        "`core/y` changed",
        "`core/y` changed",
        "`Cargo.toml` changed, which it reads",
    ]
    assert Affected("a", DependsOn("b")).why == "it needs `b`"
    assert Affected("a", LockedDependency("uv.lock")).why == "its dependencies in `uv.lock` changed"
    assert [Affected("a", reason).direct for reason in (DependsOn("b"), ChangedFile("x"))] == [False, True]


LOCK = """version = 4

[[package]]
name = "one"
version = "0.1.0"
dependencies = ["left"]

[[package]]
name = "two"
version = "0.1.0"
dependencies = ["right"]

[[package]]
name = "left"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "aa"

[[package]]
name = "right"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "bb"
"""


def cargo_workspace(root: Path) -> list[Package]:
    (root / "Cargo.toml").write_text('[workspace]\nmembers = ["one", "two"]\n')
    for name in ("one", "two"):
        (root / name / "src").mkdir(parents=True)
        (root / name / "Cargo.toml").write_text(f'[package]\nname = "{name}"\nversion = "0.1.0"\n')
        (root / name / "src" / "lib.rs").write_text("")
    (root / "Cargo.lock").write_text(LOCK)
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    paths = sorted(
        str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and ".git" not in path.parts
    )
    return list(detect(Files(str(root), paths)).packages)


def test_a_lock_file_affects_the_packages_whose_dependencies_differ(tmp_path: Path) -> None:
    packages = cargo_workspace(tmp_path)
    before = LOCK.replace('"bb"', '"cc"').encode()
    found = affected(packages, ["Cargo.lock"], lambda path: before if path == "Cargo.lock" else None, str(tmp_path))
    assert [one.package for one in found if one.package != "//"] == ["two"]
    assert found[-1].by == LockedDependency("Cargo.lock")


def test_a_lock_file_that_says_the_same_affects_nobody(tmp_path: Path) -> None:
    packages = cargo_workspace(tmp_path)
    before = ("# a comment\n" + LOCK).encode()
    found = affected(packages, ["Cargo.lock"], lambda _: before, str(tmp_path))
    assert [one.package for one in found if one.package != "//"] == []


def test_a_lock_file_that_is_new_or_was_broken_affects_everybody(tmp_path: Path) -> None:
    packages = cargo_workspace(tmp_path)
    for before in (None, b"[[package"):
        found = affected(packages, ["Cargo.lock"], lambda _, before=before: before, str(tmp_path))  # type: ignore[misc]
        assert [one.package for one in found if one.package != "//"] == ["one", "two"]


FOLDERS = st.sampled_from(["", "a", "a/b", "a/b/c", "ab", "d"])


@given(
    st.lists(st.tuples(FOLDERS, st.sets(st.integers(0, 4), max_size=2)), max_size=5),
    st.sets(st.sampled_from(["x", "a/x", "a/b/x", "ab/x", "a/b", "d/e/x", "zz/x", "a"]), max_size=3),
)
def test_what_is_affected_is_what_the_slow_way_finds(specs: list[tuple[str, set[int]]], changed: set[str]) -> None:
    packages = [
        Package(str(number), str(number), "node", folder, needs=tuple(str(need) for need in sorted(needs)))
        for number, (folder, needs) in enumerate(specs)
    ]
    roots = {package.id: package.root for package in packages}

    def inside(path: str, folder: str) -> bool:
        return not folder or path == folder or path.startswith(folder + "/")

    direct = set()
    for path in changed:
        around = [folder for folder in roots.values() if inside(path, folder)]
        for one, folder in roots.items():
            deepest = bool(around) and folder == max(around, key=len)
            if deepest or (folder != path and inside(folder, path)):
                direct.add(one)
    expected = set(direct)
    for _ in packages:
        expected |= {package.id for package in packages if expected & set(package.needs)}
    found = affected(packages, changed)
    assert {one.package for one in found} == expected
    assert {one.package for one in found if one.direct} == direct
    for package, reason in found:
        if isinstance(reason, DependsOn):
            assert reason.package in packages[int(package)].needs
