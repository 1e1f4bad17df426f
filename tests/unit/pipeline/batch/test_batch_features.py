"""Crates that compile only with features that others turn on, with the real cargo; nothing is downloaded."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from tests.unit.pipeline.batch.test_batch_real_tools import cargo, needs_cargo, outcomes

from pitstop.core.package import Package
from pitstop.pipeline.batch import Piece
from pitstop.pipeline.batch.cargo_wide import looks_missing

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow
S, F, K = "success", "failure", "skip"
TEST = "\n#[test]\nfn works() {\n    y();\n}\n"
FILES = {
    "base": ("[features]\nextra = []\n", '#[cfg(feature = "extra")]\npub fn x() {}\npub fn z() {}\n'),
    "user": ('[dependencies]\nbase = { path = "../base" }\n', "pub fn y() {\n    base::x()\n}\n" + TEST),
    "above": ('[dependencies]\nuser = { path = "../user" }\n', "pub fn y() {\n    user::y()\n}\n" + TEST),
    "wrong": ('[dependencies]\nbase = { path = "../base" }\n', "pub fn y() {\n    base::nowhere()\n}\n" + TEST),
    "giver": (
        '[dependencies]\nbase = { path = "../base", features = ["extra"] }\n',
        "pub fn y() {\n    base::x()\n}\n" + TEST,
    ),
}
NEEDS = {"user": ("base",), "above": ("user",), "wrong": ("base",), "giver": ("base",)}


@pytest.fixture
def crates(tmp_path: Path) -> dict[str, Package]:
    (tmp_path / "Cargo.toml").write_text('[workspace]\nresolver = "2"\nmembers = ["crates/*"]\n')
    for name, (manifest, text) in FILES.items():
        (tmp_path / "crates" / name / "src").mkdir(parents=True)
        head = f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n'
        (tmp_path / "crates" / name / "Cargo.toml").write_text(head + manifest)
        (tmp_path / "crates" / name / "src" / "lib.rs").write_text(text)
    return {
        name: Package(name, name, "cargo", f"crates/{name}", f"crates/{name}/Cargo.toml", needs=NEEDS.get(name, ()))
        for name in FILES
    }


def without(tmp_path: Path, crates: dict[str, Package], name: str) -> None:
    """Take a crate out of the workspace."""
    text = (tmp_path / "Cargo.toml").read_text()
    (tmp_path / "Cargo.toml").write_text(text + f'exclude = ["crates/{name}"]\n')
    del crates[name]


@needs_cargo
@pytest.mark.parametrize("adapter", ["cargo-build", "cargo-test"])
def test_what_compiles_in_its_workspace_passes_however_little_was_selected(
    tmp_path: Path, crates: dict[str, Package], adapter: str
) -> None:
    without(tmp_path, crates, "wrong")
    _, results, _ = cargo(tmp_path, crates, adapter, "user above base")
    assert outcomes(results) == {"user": S, "above": S, "base": S}
    assert results["user"].message == "compiles only with features that other packages of the workspace turn on"
    _, results, codes = cargo(tmp_path, crates, adapter, "user above base giver")
    assert outcomes(results) == {"user": S, "above": S, "base": S, "giver": S}
    assert codes == [0]  # all of them: nobody else is to be asked
    assert results["user"].message == ""


@needs_cargo
@pytest.mark.parametrize("kind", ["cargo-build", "cargo-test", "nextest"])
def test_what_needs_it_passes_too_also_when_it_is_not_asked_about_itself(
    tmp_path: Path, crates: dict[str, Package], kind: str
) -> None:
    without(tmp_path, crates, "wrong")
    tools = {}
    if kind == "nextest":
        if shutil.which("cargo-nextest") is None:
            pytest.skip("cargo-nextest is not installed")
        kind, tools = "cargo-test", {"cargo-nextest": "x"}
    _, results, _ = cargo(tmp_path, crates, kind, "above base", tools)
    assert outcomes(results) == {"above": S, "base": S}


@needs_cargo
def test_what_does_not_compile_in_its_workspace_either_keeps_its_own_error(
    tmp_path: Path, crates: dict[str, Package]
) -> None:
    for adapter in ("cargo-build", "cargo-test"):
        told, results, _ = cargo(tmp_path, crates, adapter, "wrong base")
        assert outcomes(results) == {"wrong": F, "base": S}
        assert results["wrong"].message.startswith("error[E0425]: cannot find function `nowhere`")
        own = b"".join(one.data for one in told if isinstance(one, Piece) and one.task == "wrong")
        assert own.count(b"nowhere") >= 1


@needs_cargo
def test_a_test_that_fails_there_fails(tmp_path: Path, crates: dict[str, Package]) -> None:
    without(tmp_path, crates, "wrong")
    (tmp_path / "crates/user/src/lib.rs").write_text(
        'pub fn y() {\n    base::x()\n}\n\n#[test]\nfn works() {\n    panic!("no")\n}\n'
    )
    _, results, _ = cargo(tmp_path, crates, "cargo-test", "user base")
    assert outcomes(results) == {"user": F, "base": S}
    assert results["user"].message == "1 test failed: `works`"


@needs_cargo
def test_the_workspace_is_not_asked_when_it_turns_on_no_more(tmp_path: Path, crates: dict[str, Package]) -> None:
    without(tmp_path, crates, "giver")
    _, results, codes = cargo(tmp_path, crates, "cargo-build", "wrong")
    assert outcomes(results) == {"wrong": F}
    assert codes == [101]


@pytest.mark.parametrize(
    ("why", "expected"),
    [
        ("error[E0432]: unresolved import `serde::Deserialize` (src/lib.rs:1)", True),
        ("error: cannot find derive macro `Serialize` in this scope (src/lib.rs:3)", True),
        ("error[E0277]: the trait bound `A: Serialize` is not satisfied (src/lib.rs:9)", True),
        ("error[E0308]: mismatched types (src/lib.rs:2)", False),
        ("error: expected one of `!` or `::`, found `x` (src/lib.rs:2)", False),
        ("error: failed to run custom build command for `a v0.1.0`", False),
    ],
)
def test_only_errors_about_what_is_not_there_may_come_from_a_feature(why: str, *, expected: bool) -> None:
    assert looks_missing(why) is expected
