"""Crates, their workspaces and their edges, from the manifests alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.pipeline.detect.repository import found_in, needs_in, packages_in, tasks_of

from pitstop.core.errors import ConfigError, PlanError

if TYPE_CHECKING:
    from tests.unit.pipeline.detect.repository import Content


def crate(name: str, more: str = "") -> str:
    return f'[package]\nname = "{name}"\nversion = "1.0.0"\n{more}'


def test_members_are_found_by_glob_and_excluded_ones_left_out() -> None:
    packages = packages_in(
        {
            "Cargo.toml": '[workspace]\nmembers = ["crates/*", "tool"]\nexclude = ["crates/old"]\n',
            "crates/a/Cargo.toml": crate("a"),
            "crates/b/Cargo.toml": crate("b", '[dependencies]\na = { path = "../a" }\n'),
            "crates/old/Cargo.toml": crate("old"),
            "crates/no-manifest/readme.md": "",
            "tool/Cargo.toml": crate("tool", '[dev-dependencies]\nb = { path = "../crates/b" }\n'),
        }
    )
    assert needs_in(packages) == {"a": (), "b": ("a",), "tool": ()}
    assert packages["tool"].dev_needs == ("b",)
    assert {package.workspace for package in packages.values()} == {""}


def test_path_dependencies_inside_the_workspace_are_members_without_being_listed() -> None:
    packages = packages_in(
        {
            "Cargo.toml": crate("app", '[workspace]\n[dependencies]\nlib = { path = "lib" }\n'),
            "lib/Cargo.toml": crate("lib", '[dependencies]\ndeep = { path = "../vendored/deep" }\n'),
            "vendored/deep/Cargo.toml": crate("deep"),
            "other/Cargo.toml": crate("other"),
        }
    )
    assert needs_in(packages) == {"app": ("lib",), "deep": (), "lib": ("deep",)}


def test_inherited_renamed_patched_and_target_specific_dependencies_are_edges() -> None:
    workspace = """\
[workspace]
members = ["c/*"]
[workspace.package]
version = "2.0.0"
[workspace.dependencies]
a = { path = "c/a" }
short = { path = "c/b-long-name", package = "b-long-name" }
[patch.crates-io]
serde = { path = "c/serde" }
"""
    packages = packages_in(
        {
            "Cargo.toml": workspace,
            "c/a/Cargo.toml": crate("a"),
            "c/b-long-name/Cargo.toml": crate("b-long-name"),
            "c/serde/Cargo.toml": crate("serde"),
            "c/user/Cargo.toml": '[package]\nname = "user"\nversion.workspace = true\n'
            "[dependencies]\na.workspace = true\nserde = '1'\n"
            "[target.'cfg(unix)'.dependencies]\nshort = { workspace = true, optional = true }\n",
            "c/builds/Cargo.toml": crate("builds", "[build-dependencies]\na = { workspace = true }\n"),
        }
    )
    assert needs_in(packages)["user"] == ("a", "b-long-name", "serde")
    assert needs_in(packages)["builds"] == ("a",)


def test_several_workspaces_and_lone_crates_live_in_one_repository() -> None:
    packages = packages_in(
        {
            "one/Cargo.toml": '[workspace]\nmembers = ["x"]\n',
            "one/x/Cargo.toml": crate("x", '[dependencies]\nlone = { path = "../../lone" }\n'),
            "one/x/fuzz/Cargo.toml": crate("x-fuzz", '[workspace]\n[dependencies]\nx = { path = ".." }\n'),
            "two/Cargo.toml": '[workspace]\nmembers = ["x"]\n',
            "two/x/Cargo.toml": crate("x"),
            "lone/Cargo.toml": crate("lone"),
        }
    )
    assert {name: package.workspace for name, package in packages.items()} == {
        "lone": "lone",
        "x@one/x": "one",
        "x@two/x": "two",
        "x-fuzz": "one/x/fuzz",
    }
    assert packages["x@one/x"].needs == ("lone",)
    assert packages["x-fuzz"].needs == ("x@one/x",)


def test_a_crate_that_no_workspace_names_is_noted_and_not_planned() -> None:
    found = found_in(
        {
            "Cargo.toml": '[workspace]\nmembers = ["a"]\n',
            "a/Cargo.toml": crate("a"),
            "a/tests/fixtures/broken/Cargo.toml": "[[[",
            "stray/Cargo.toml": crate("stray"),
        }
    )
    assert [package.id for package in found.packages] == ["a"]
    assert [note.path for note in found.notes] == ["a/tests/fixtures/broken/Cargo.toml", "stray/Cargo.toml"]


def test_the_form_of_a_crate_is_looked_at_again_only_when_the_crate_itself_changes() -> None:
    found = tasks_of(packages_in({"Cargo.toml": crate("a")})["a"])
    assert found["format"].inputs == ("**/*.rs", "Cargo.toml")
    assert found["test"].inputs == ()


def test_fuzz_targets_are_left_to_cargo_fuzz_unless_they_are_members() -> None:
    fuzz = "[package.metadata]\ncargo-fuzz = true\n"
    found = found_in(
        {
            "Cargo.toml": '[workspace]\nmembers = ["a", "inner"]\n',
            "a/Cargo.toml": crate("a"),
            "a/fuzz/Cargo.toml": crate("a-fuzz", f"{fuzz}[workspace]\nmembers = ['.']\n"),
            "inner/Cargo.toml": crate("inner", fuzz),
        }
    )
    assert [package.id for package in found.packages] == ["a", "inner"]
    assert [note.path for note in found.notes] == ["a/fuzz/Cargo.toml"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"Cargo.toml": '[workspace]\nmembers = ["a"]\n'}, "workspace member `a` has no Cargo.toml"),
        ({"Cargo.toml": crate("a", '[dependencies]\na = { path = "." }\n')}, "`a` depends on itself"),
        (
            {
                "Cargo.toml": '[workspace]\nmembers = ["a", "b"]\n',
                "a/Cargo.toml": crate("x"),
                "b/Cargo.toml": crate("x"),
            },
            "called `x`: a/Cargo.toml and b/Cargo.toml",
        ),
        (
            {
                "Cargo.toml": '[workspace]\nmembers = ["a", "b"]\n',
                "a/Cargo.toml": crate("a", '[dependencies]\nb = { path = "../b" }\n'),
                "b/Cargo.toml": crate("b", '[build-dependencies]\na = { path = "../a" }\n'),
            },
            "a/Cargo.toml: `a` needs itself through b/Cargo.toml",
        ),
    ],
)
def test_what_cargo_refuses_is_refused(content: dict[str, Content], words: str) -> None:
    with pytest.raises(PlanError) as caught:
        found_in(content)
    assert words in caught.value.problem


def test_a_crate_may_need_itself_for_its_tests() -> None:
    assert packages_in({"Cargo.toml": crate("a", '[dev-dependencies]\na = { path = "." }\n')})["a"].dev_needs == ()


def test_a_broken_manifest_is_named_by_its_place() -> None:
    with pytest.raises(ConfigError) as caught:
        found_in({"Cargo.toml": '[workspace]\nmembers = ["a"]\n', "a/Cargo.toml": '[package]\nname = "a\n'})
    assert (caught.value.file, caught.value.line) == ("a/Cargo.toml", 2)
    with pytest.raises(ConfigError, match=r"package\.name"):
        found_in({"Cargo.toml": "[package]\nversion = '1'\n"})


def test_files_around_a_crate_that_its_tools_read_are_shared() -> None:
    packages = packages_in(
        {
            "Cargo.toml": '[workspace]\nmembers = ["c/a"]\n',
            "c/a/Cargo.toml": crate("a", 'readme = "../../README.md"\n[lib]\npath = "src/../../other/lib.rs"\n'),
            "README.md": "",
            "c/other/lib.rs": "",
            "rust-toolchain.toml": "",
            ".cargo/config.toml": "",
            "c/.rustfmt.toml": "",
            "c/a/clippy.toml": "",
            "unrelated.toml": "",
        }
    )
    assert set(packages["a"].shared) == {
        "Cargo.toml",
        "rust-toolchain.toml",
        ".cargo/config.toml",
        "c/.rustfmt.toml",
        "README.md",
        "c/other/lib.rs",
    }


@pytest.mark.parametrize(
    ("more", "lint"),
    [
        ({}, None),
        ({"clippy.toml": ""}, ("cargo", "clippy", "-p", "a", "--all-targets")),
        ({".github/workflows/ci.yml": "# cargo clippy\nrun: cargo test"}, None),
        ({".github/workflows/ci.yml": "run: cargo clippy"}, ("cargo", "clippy", "-p", "a", "--all-targets")),
        (
            {".github/workflows/ci.yml": "run: cargo clippy --all -- -D warnings"},
            ("cargo", "clippy", "-p", "a", "--all-targets", "--", "-D", "warnings"),
        ),
        (
            {
                ".github/workflows/ci.yml": """
env: { RUSTFLAGS: "-D warnings" }
run: cargo clippy -p other -- -D clippy::unwrap_used -D clippy::panic -D clippy::todo
run: cargo clippy --tests -- -Wclippy::pedantic
run: "cargo clippy --all-targets -- -D clippy::todo --allow=clippy::needless_return"
""",
                "justfile": "strict:\n  cargo clippy -- -D clippy::nursery -D clippy::pedantic -D clippy::cargo\n",
            },
            (
                *("cargo", "clippy", "-p", "a", "--all-targets", "--", "-D", "warnings"),
                *("-D", "clippy::todo", "-A", "clippy::needless_return"),
            ),
        ),
        ({"Cargo.toml": crate("a", '[lints.clippy]\nall = "warn"\n')}, ("cargo", "clippy", "-p", "a", "--all-targets")),
        (
            {
                "Cargo.toml": '[workspace]\nmembers = ["a"]\n[workspace.lints.clippy]\nall = "warn"\n',
                "a/Cargo.toml": crate("a", "[lints]\nworkspace = true\n"),
            },
            ("cargo", "clippy", "-p", "a", "--all-targets"),
        ),
    ],
)
def test_clippy_is_offered_where_the_repository_shows_that_it_uses_it(
    more: dict[str, Content], lint: tuple[str, ...] | None
) -> None:
    tasks = tasks_of(packages_in({"Cargo.toml": crate("a"), **more})["a"])
    assert (tasks["lint"].command if "lint" in tasks else None) == lint
    assert {spec.batch for spec in tasks.values()} >= {"cargo-fmt", "cargo-build", "cargo-test", "cargo-doc"}


# --- generated workspaces -------------------------------------------------------------------------------------------

NAMES = "abcdefg"
FORMS = ("path", "inherited", "renamed", "build", "target", "dev", "registry")
EDGES = st.dictionaries(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda edge: edge[0] > edge[1]),
    st.sampled_from(FORMS),
    max_size=12,
)


def workspace_of(edges: dict[tuple[str, str], str]) -> dict[str, Content]:
    content: dict[str, Content] = {
        "Cargo.toml": '[workspace]\nmembers = ["c/*"]\n[workspace.dependencies]\n'
        + "".join(f'{name} = {{ path = "c/{name}" }}\n' for name in NAMES)
    }
    for name in NAMES:
        lines = {"dependencies": "", "build-dependencies": "", "dev-dependencies": "", 'target."x".dependencies': ""}
        for (user, need), form in edges.items():
            if user == name:
                table, value = {
                    "path": ("dependencies", f'{need} = {{ path = "../{need}" }}'),
                    "inherited": ("dependencies", f"{need}.workspace = true"),
                    "renamed": ("dependencies", f'x{need} = {{ path = "../{need}", package = "{need}" }}'),
                    "build": ("build-dependencies", f'{need} = {{ path = "../{need}" }}'),
                    "target": ('target."x".dependencies', f'{need} = {{ path = "../{need}" }}'),
                    "dev": ("dev-dependencies", f'{need} = {{ path = "../{need}" }}'),
                    "registry": ("dependencies", f'{need} = "1"'),
                }[form]
                lines[table] += value + "\n"
        content[f"c/{name}/Cargo.toml"] = crate(name, "".join(f"[{key}]\n{text}" for key, text in lines.items()))
    return content


@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(EDGES)
def test_each_way_to_write_a_dependency_is_the_edge_that_it_means(edges: dict[tuple[str, str], str]) -> None:
    packages = packages_in(workspace_of(edges))
    for name in NAMES:
        needs = {need for (user, need), form in edges.items() if user == name and form not in {"dev", "registry"}}
        dev = {need for (user, need), form in edges.items() if user == name and form == "dev"}
        assert set(packages[name].needs) == needs
        assert set(packages[name].dev_needs) == dev


LOCKS = st.tuples(
    st.dictionaries(
        st.sampled_from("pqrstuv"), st.sets(st.sampled_from("pqrstuv"), max_size=3), min_size=7, max_size=7
    ),
    st.dictionaries(st.sampled_from(NAMES), st.sets(st.sampled_from("pqrstuv" + NAMES), max_size=3), max_size=7),
    st.sampled_from([1, 3, 4]),
    st.sampled_from("pqrstuv"),
)


def lock_of(foreign: dict[str, set[str]], local: dict[str, set[str]], version: int, bumped: str) -> str:
    source = "registry+https://example.org/index"
    text = "" if version == 1 else f"version = {version}\n"
    sums = "[metadata]\n"
    for name, needs in sorted({**{name: set() for name in NAMES}, **foreign, **local}.items()):
        text += f'[[package]]\nname = "{name}"\nversion = "1.0.0"\n'
        digest = f"{name}{'!' * (name == bumped)}"
        if name in foreign:
            text += f'source = "{source}"\n'
            sums += f'"checksum {name} 1.0.0 ({source})" = "{digest}"\n'
            text += f'checksum = "{digest}"\n' if version > 1 else ""
        listed = [f"{need} 1.0.0 ({source})" if version == 1 and need in foreign else need for need in sorted(needs)]
        text += f"dependencies = {listed!r}\n" if listed else ""
    return text + (sums if version == 1 else "")


@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(LOCKS)
def test_a_bumped_entry_changes_the_lock_of_exactly_the_crates_that_reach_it(
    case: tuple[dict[str, set[str]], dict[str, set[str]], int, str],
) -> None:
    foreign, local, version, bumped = case
    graph = {**foreign, **local}

    def reaches(start: str) -> bool:
        seen: set[str] = set()
        queue = [start]
        while queue:
            name = queue.pop()
            if name not in seen:
                seen.add(name)
                queue += graph.get(name, set())
        return bumped in seen

    before = packages_in({**workspace_of({}), "Cargo.lock": lock_of(foreign, local, version, "")})
    after = packages_in({**workspace_of({}), "Cargo.lock": lock_of(foreign, local, version, bumped)})
    changed = {name for name in NAMES if before[name].lock != after[name].lock}
    assert changed == {name for name in NAMES if reaches(name)}


def test_two_versions_of_one_crate_in_the_lock_are_told_apart() -> None:
    def lock(old: str) -> str:
        return (
            'version = 3\n[[package]]\nname = "a"\nversion = "1.0.0"\ndependencies = ["rand 0.8.0"]\n'
            '[[package]]\nname = "b"\nversion = "1.0.0"\ndependencies = ["rand 0.7.0"]\n'
            f'[[package]]\nname = "rand"\nversion = "0.7.0"\nsource = "r"\nchecksum = "{old}"\n'
            '[[package]]\nname = "rand"\nversion = "0.8.0"\nsource = "r"\nchecksum = "new"\n'
        )

    content: dict[str, Content] = {
        "Cargo.toml": '[workspace]\nmembers = ["a", "b"]\n',
        "a/Cargo.toml": crate("a"),
        "b/Cargo.toml": crate("b"),
    }
    before = packages_in({**content, "Cargo.lock": lock("old")})
    after = packages_in({**content, "Cargo.lock": lock("older")})
    assert before["a"].lock == after["a"].lock != ""
    assert before["b"].lock != after["b"].lock
