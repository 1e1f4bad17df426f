"""With which features crates are built, and what counts of those that other crates turn on."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.pipeline.detect.repository import packages_in, tasks_of

from pitstop.pipeline.detect.cargo.features import said

CRATE = '[package]\nname = "{}"\nversion = "1.0.0"\n{}'


def crate(name: str, more: str = "") -> str:
    return CRATE.format(name, more)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("run: cargo test --workspace --all-features", {"test": ("--all-features",)}),
        ("cargo nextest run --all-features --profile ci\ncargo test --doc", {"test": ("--all-features",)}),
        ("cargo test --all-features\ncargo test", {"test": ("--all-features",)}),
        ("cargo test --features a\ncargo test", {"test": ()}),
        ("cargo test --no-default-features\ncargo test", {"test": ()}),
        ("cargo check --no-default-features --features 'a b'", {"build": ("--no-default-features", "--features=a,b")}),
        ("cargo clippy \\\n  --all-targets \\\n  --all-features -- -D warnings", {"lint": ("--all-features",)}),
        ("cargo --locked llvm-cov --all-features --lcov", {"test": ("--all-features",)}),
        ("cargo doc --no-deps -F x,y && cargo test", {"doc": ("--features=x,y",), "test": ()}),
        ("cargo +${{ matrix.rust }} test --all-features", {"test": ("--all-features",)}),
        ("cargo +nightly test --all-features", {}),  # of another compiler
        ("cargo test -p one --all-features", {}),
        ("cargo build --manifest-path=x/Cargo.toml --features y", {}),
        ("cargo build --target wasm32-unknown-unknown --all-features", {}),
        ("cargo test ${{ matrix.features }}", {"test": ()}),
        ("cargo test --features ${{ matrix.features }}", {"test": ()}),
        ("cargo test-all --all-features", {}),
        ("cargo bench --all-features", {}),
    ],
)
def test_the_features_are_those_that_ci_builds_the_workspace_with(text: str, expected: dict[str, object]) -> None:
    assert said(text) == expected


@given(st.lists(st.sampled_from(["cargo", "-p", "-x", "--a=b", "+", "${{", "test", "'", '"', "\\\n", "\n", " ", "-F"])))
def test_any_text_is_read(words: list[str]) -> None:
    assert said(" ".join(words)).keys() <= {"test", "build", "doc", "lint"}


def test_a_crate_is_given_only_the_features_that_it_has() -> None:
    packages = packages_in(
        {
            "Cargo.toml": '[workspace]\nmembers = ["a", "b", "c"]\n',
            "a/Cargo.toml": crate(
                "a", "[features]\nfast = []\n[dependencies]\nserde = { version = '1', optional = true }"
            ),
            "b/Cargo.toml": crate("b", "[dependencies]\nserde = '1'\n"),
            "c/Cargo.toml": crate("c"),
            ".github/workflows/ci.yml": "run: cargo test --features fast,serde,a/fast,serde/derive\n",
        }
    )
    commands = {name: " ".join(tasks_of(packages[name])["test"].command) for name in "abc"}
    assert commands == {
        "a": "cargo test -p a --features=fast,serde,serde/derive",
        "b": "cargo test -p b --features=serde/derive",
        "c": "cargo test -p c",
    }


LOCK = """version = 4
[[package]]
name = "a"
version = "1.0.0"
dependencies = ["d", "serde"]
[[package]]
name = "b"
version = "1.0.0"
dependencies = ["d", "serde"]
[[package]]
name = "c"
version = "1.0.0"
dependencies = ["other"]
[[package]]
name = "d"
version = "1.0.0"
[[package]]
name = "other"
version = "1.0.0"
source = "registry"
[[package]]
name = "serde"
version = "1.0.0"
source = "registry"
"""


def locks(of_b: str, workspace: str = "") -> dict[str, str]:
    packages = packages_in(
        {
            "Cargo.toml": f'[workspace]\nmembers = ["a", "b", "c", "d"]\n{workspace}',
            "Cargo.lock": LOCK,
            "a/Cargo.toml": crate("a", '[dependencies]\nserde = "1"\nd = { path = "../d" }\n'),
            "b/Cargo.toml": crate("b", of_b),
            "c/Cargo.toml": crate("c", '[dependencies]\nother = "1"\n'),
            "d/Cargo.toml": crate("d", "[features]\nextra = []\n"),
        }
    )
    return {name: packages[name].lock for name in "abcd"}


PLAIN = '[dependencies]\nserde = "1"\nd = { path = "../d" }\n'


@pytest.mark.parametrize(
    ("of_b", "changed"),
    [
        ('[dependencies]\nserde = { version = "1", features = ["derive"] }\nd = { path = "../d" }\n', {"a", "b"}),
        ('[dependencies]\nserde = "1"\nd = { path = "../d", features = ["extra"] }\n', {"a", "b", "d"}),
        ('[features]\nx = ["serde/derive"]\n' + PLAIN, {"a", "b"}),
        ('[features]\nx = ["s?/derive"]\n' + PLAIN + 's = { package = "serde", version = "1", optional = true }\n', {"a", "b"}),
        (PLAIN + '[dev-dependencies.serde]\nversion = "1"\nfeatures = ["rc"]\n', {"a", "b"}),
        ('[dependencies]\nserde = { version = "1", default-features = false }\nd = { path = "../d" }\n', set()),
        ("[features]\nx = []\n" + PLAIN, set()),
    ],
)  # fmt: skip
def test_a_feature_that_one_crate_turns_on_counts_for_all_that_reach_what_has_it(of_b: str, changed: set[str]) -> None:
    before, after = locks(PLAIN), locks(of_b)
    assert {name for name in "abcd" if before[name] != after[name]} == changed


def test_an_inherited_dependency_has_the_features_of_both_places() -> None:
    workspace = '[workspace.dependencies]\nserde = {{ version = "1", features = [{}] }}\n'
    own = '[dependencies]\nserde = {{ workspace = true, features = [{}] }}\nd = {{ path = "../d" }}\n'
    apart = locks(own.format('"derive"'), workspace.format('"rc"'))
    assert apart == locks(own.format(""), workspace.format('"derive", "rc"'))
    assert apart["a"] != locks(own.format(""), workspace.format('"rc"'))["a"]


FEATURES = st.sets(st.sampled_from(["derive", "rc", "std"]))


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(FEATURES, FEATURES, FEATURES)
def test_what_counts_is_what_the_workspace_asks_for_together(of_a: set[str], first: set[str], second: set[str]) -> None:
    def lock(of_b: set[str]) -> str:
        asked = {"a": of_a, "b": of_b}
        files = {
            f"{name}/Cargo.toml": crate(
                name, f'[dependencies]\nserde = {{ version = "1", features = {sorted(asked[name])} }}\n'
            )
            for name in asked
        }
        return packages_in({"Cargo.toml": '[workspace]\nmembers = ["a", "b"]\n', "Cargo.lock": LOCK, **files})["a"].lock  # fmt: skip

    assert (lock(first) == lock(second)) == (of_a | first == of_a | second)
