"""Batches with the real cargo and go, on workspaces made here; nothing is downloaded."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from pitstop.core.package import Package
from pitstop.core.task import TaskId, TaskSpec
from pitstop.pipeline.batch import Member, MemberResult, Piece, Told, group, start, values
from pitstop.pipeline.batch.cargo import can_keep_going

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

needs_cargo = pytest.mark.skipif(shutil.which("cargo") is None, reason="cargo is not installed")
needs_go = pytest.mark.skipif(shutil.which("go") is None, reason="go is not installed")

RUST = {
    "sound": """/// Adds.
///
/// ```
/// assert_eq!(sound::add(1, 2), 3);
/// ```
pub fn add(a: i64, b: i64) -> i64 {
    a + b
}

#[cfg(test)]
mod tests {
    #[test]
    fn adds() {
        assert_eq!(super::add(1, 2), 3);
    }
}
""",
    "failing": """#[cfg(test)]
mod tests {
    #[test]
    fn passes() {}

    #[test]
    fn fails() {
        assert_eq!(1 + 1, 3, "sums differ");
    }
}
""",
    "broken": 'pub fn x() -> u32 {\n    "no"\n}\n',
    "above": "pub fn y() -> u32 {\n    broken::x()\n}\n",
    "ugly": "pub   fn z() {}\n",
}
NEEDS = {"above": ("broken",), "app": ("sound",)}
COMMANDS = {
    "cargo-fmt": "cargo fmt -p NAME --check",
    "cargo-clippy": "cargo clippy -p NAME --all-targets -- -D warnings",
    "cargo-build": "cargo build -p NAME",
    "cargo-doc": "cargo doc --no-deps -p NAME",
    "cargo-test": "cargo test -p NAME",
}
S, F, K, E = "success", "failure", "skip", "error"


@pytest.fixture
def crates(tmp_path: Path) -> dict[str, Package]:
    (tmp_path / "Cargo.toml").write_text('[workspace]\nresolver = "2"\nmembers = ["crates/*"]\n')
    for name, text in (*RUST.items(), ("app", 'fn main() {\n    println!("{}", sound::add(1, 2));\n}\n')):
        folder = tmp_path / "crates" / name
        (folder / "src").mkdir(parents=True)
        needs = "".join(f'{need} = {{ path = "../{need}" }}\n' for need in NEEDS.get(name, ()))
        (folder / "Cargo.toml").write_text(
            f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n{needs}'
        )
        (folder / "src" / ("main.rs" if name == "app" else "lib.rs")).write_text(text)
    return {
        name: Package(name, name, "cargo", f"crates/{name}", f"crates/{name}/Cargo.toml", needs=NEEDS.get(name, ()))
        for name in (*RUST, "app")
    }


@functools.cache
def versions() -> dict[str, str]:
    """Return what cargo says of its version: the oldest that is still packaged knows less than the newest."""
    if (path := shutil.which("cargo")) is None:
        return {}
    return {"cargo": subprocess.run([path, "-V"], check=True, capture_output=True, text=True).stdout.strip()}


def keeps_going() -> bool:
    return can_keep_going(versions())


def run(
    root: Path, members: list[Member], packages: list[Package], tools: dict[str, str] | None = None
) -> tuple[list[Told], dict[str, MemberResult], list[int]]:
    (together,) = group(members)
    batch = start(together, str(root), packages=packages, tools={**versions(), **(tools or {})})
    env = {**os.environ, **batch.env, "CARGO_TARGET_DIR": str(root / "target"), "CARGO_NET_OFFLINE": "true"}
    env |= {"GOPROXY": "off", "RUST_BACKTRACE": "0"}
    told: list[Told] = []
    codes = []
    command = batch.next_command()
    while command is not None:
        with subprocess.Popen(
            command, cwd=root / batch.cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process:
            assert process.stdout is not None
            while data := os.read(process.stdout.fileno(), 1 << 16):
                told += batch.feed(data)
            told += batch.feed(b"")
        codes.append(process.returncode)
        command = batch.next_command(process.returncode)
    told += batch.feed(b"")
    return told, {result.task: result for result in batch.finish()}, codes


def cargo(
    root: Path, crates: dict[str, Package], adapter: str, names: str, tools: dict[str, str] | None = None
) -> tuple[list[Told], dict[str, MemberResult], list[int]]:
    members = [
        Member(
            TaskId(name),
            crates[name],
            TaskSpec("t", tuple(COMMANDS[adapter].replace("NAME", name).split()), "", batch=adapter),
        )
        for name in names.split()
    ]
    return run(root, members, list(crates.values()), tools)


def outcomes(results: dict[str, MemberResult]) -> dict[str, str]:
    return {task: result.outcome for task, result in results.items()}


def cases(told: list[Told]) -> dict[tuple[str, str], str]:
    return {(one.case.suite, one.case.name): one.case.outcome for one in told if isinstance(one, values.Tested)}


@needs_cargo
def test_cargo_builds_what_can_be_built(tmp_path: Path, crates: dict[str, Package]) -> None:
    _, results, codes = cargo(tmp_path, crates, "cargo-build", "sound broken above app")
    assert outcomes(results) == {"sound": S, "broken": F, "above": K, "app": S}
    assert results["app"].outputs == ("target/debug/app",)
    why = results["above"].message
    assert why.startswith("it needs `broken`: error[E0308]: mismatched types (crates/broken/src/lib.rs:2)")
    assert codes == ([101] if keeps_going() else [101, 0])
    _, results, codes = cargo(tmp_path, crates, "cargo-build", "sound app")
    assert outcomes(results) == {"sound": S, "app": S}
    assert results["app"].outputs == ("target/debug/app",)  # nothing to do, and still reported
    assert codes == [0]


@needs_cargo
def test_an_error_in_a_dependency_that_is_no_member_skips_what_needs_it(
    tmp_path: Path, crates: dict[str, Package]
) -> None:
    for adapter in ("cargo-build", "cargo-clippy", "cargo-test"):
        _, results, _ = cargo(tmp_path, crates, adapter, "sound above")
        assert outcomes(results) == {"sound": S, "above": K}


@needs_cargo
def test_cargo_fmt_says_which_packages_are_not_formatted(tmp_path: Path, crates: dict[str, Package]) -> None:
    _, results, codes = cargo(tmp_path, crates, "cargo-fmt", "sound ugly broken")
    assert outcomes(results) == {"sound": S, "ugly": F, "broken": S}
    assert results["ugly"].message == "not formatted: `crates/ugly/src/lib.rs`"
    assert codes == [1, 0]
    (tmp_path / "crates/broken/src/lib.rs").write_text("fn (\n")
    _, results, codes = cargo(tmp_path, crates, "cargo-fmt", "sound ugly broken")
    assert outcomes(results) == {"sound": S, "ugly": F, "broken": F}
    assert results["broken"].message == "error: this file contains an unclosed delimiter"


@needs_cargo
def test_clippy_and_doc_have_a_result_for_each_package(tmp_path: Path, crates: dict[str, Package]) -> None:
    (tmp_path / "crates/ugly/src/lib.rs").write_text("pub fn z() -> i32 {\n    return 1;\n}\n")
    told, results, _ = cargo(tmp_path, crates, "cargo-clippy", "sound ugly above")
    assert outcomes(results) == {"sound": S, "ugly": F, "above": K}
    assert results["ugly"].message.startswith("error: unneeded `return` statement")
    assert any(isinstance(one, Piece) and one.task == "ugly" and b"return 1;" in one.data for one in told)
    _, results, _ = cargo(tmp_path, crates, "cargo-doc", "sound ugly above")
    assert outcomes(results) == {"sound": S, "ugly": S, "above": K}


@needs_cargo
@pytest.mark.parametrize("nextest", [False, True])
def test_tests_of_the_others_run_when_a_package_does_not_compile(
    tmp_path: Path, crates: dict[str, Package], *, nextest: bool
) -> None:
    if nextest and shutil.which("cargo-nextest") is None:
        pytest.skip("cargo-nextest is not installed")
    tools = {"cargo-nextest": "x"} if nextest else {}
    told, results, _ = cargo(tmp_path, crates, "cargo-test", "sound failing broken above app", tools)
    assert outcomes(results) == {"sound": S, "failing": F, "broken": F, "above": K, "app": S}
    assert results["failing"].message == "1 test failed: `tests::fails`"
    place = "crates/sound/src/lib.rs"
    found = cases(told)
    assert {(suite, name.replace(place, "src/lib.rs")): outcome for (suite, name), outcome in found.items()} == {
        ("sound", "tests::adds"): S,
        ("failing", "tests::passes"): S,
        ("failing", "tests::fails"): F,
        ("sound::doc", "src/lib.rs - add (line 3)"): S,
    }
    assert {one.case.file for one in told if isinstance(one, values.Tested) and one.case.suite == "sound::doc"} == {
        place
    }


@needs_cargo
def test_a_cargo_that_is_older_than_it_seems_is_asked_again_without_what_it_does_not_know(
    tmp_path: Path, crates: dict[str, Package]
) -> None:
    for adapter in ("cargo-build", "cargo-test"):
        _, results, codes = cargo(tmp_path, crates, adapter, "sound broken above", {"cargo": "cargo 1.95.0"})
        assert outcomes(results) == {"sound": S, "broken": F, "above": K}
        assert codes[0] == 101


@needs_cargo
def test_the_probe_builds_nothing_that_the_tests_do_not_use(tmp_path: Path, crates: dict[str, Package]) -> None:
    told, _, codes = cargo(tmp_path, crates, "cargo-test", "sound broken")
    assert codes == ([101, 0, 0] if keeps_going() else [101, 0])  # no probe without `--keep-going`
    text = b"".join(one.data for one in told if isinstance(one, Piece)).decode()
    built, _, tested = text.partition("Finished ")
    assert "Compiling sound" in built
    assert "Compiling" not in tested


@needs_cargo
def test_a_package_that_cargo_does_not_know_fails_alone(tmp_path: Path, crates: dict[str, Package]) -> None:
    crates["gone"] = Package("gone", "gone", "cargo", "crates/gone", "crates/gone/Cargo.toml")
    for adapter in ("cargo-fmt", "cargo-build", "cargo-test"):
        _, results, _ = cargo(tmp_path, crates, adapter, "sound gone")
        assert outcomes(results) == {"sound": S, "gone": F}
        assert "gone" in results["gone"].message


@needs_cargo
def test_when_cargo_is_killed_nobody_passes(tmp_path: Path, crates: dict[str, Package]) -> None:
    (tmp_path / "crates/app/build.rs").write_text(
        'fn main() {\n    std::process::Command::new("sh").args(["-c", "kill -9 $(ps -o ppid= -p $PPID)"]).status().unwrap();\n'
        "    std::thread::sleep(std::time::Duration::from_secs(5));\n}\n"
    )
    _, results, codes = cargo(tmp_path, crates, "cargo-build", "sound app")
    assert codes == [-9]
    assert outcomes(results) == {"sound": E, "app": E}
    assert results["app"].message == "`cargo` was killed by signal 9"


@needs_cargo
def test_a_broken_manifest_is_what_everybody_hears(tmp_path: Path, crates: dict[str, Package]) -> None:
    (tmp_path / "crates/ugly/Cargo.toml").write_text("[package\n")
    _, results, _ = cargo(tmp_path, crates, "cargo-build", "sound app")
    assert outcomes(results) == {"sound": F, "app": F}
    assert all(result.message.startswith("error: ") for result in results.values())


@needs_cargo
def test_a_build_script_that_fails_is_the_failure_of_its_package(tmp_path: Path, crates: dict[str, Package]) -> None:
    (tmp_path / "crates/sound/build.rs").write_text('fn main() {\n    panic!("no compiler for you");\n}\n')
    told, results, _ = cargo(tmp_path, crates, "cargo-build", "sound failing app")
    assert outcomes(results) == {"sound": F, "failing": S, "app": K}
    assert results["sound"].message.startswith("error: failed to run custom build command for `sound v0.1.0")
    text = b"".join(one.data for one in told if isinstance(one, Piece) and one.task == "sound").decode()
    assert "no compiler for you" in text


@needs_cargo
def test_a_test_that_aborts_fails_its_package_alone(tmp_path: Path, crates: dict[str, Package]) -> None:
    (tmp_path / "crates/failing/src/lib.rs").write_text("#[test]\nfn aborts() {\n    std::process::abort()\n}\n")
    told, results, _ = cargo(tmp_path, crates, "cargo-test", "failing sound")
    assert outcomes(results) == {"failing": F, "sound": S}
    assert "signal: 6" in results["failing"].message
    assert ("sound", "tests::adds") in cases(told)


@pytest.fixture
def modules(tmp_path: Path) -> list[Package]:
    files = {
        "go.work": "go 1.22\n\nuse (\n\t./a\n\t./b\n\t./c\n)\n",
        "a/a.go": "package a\n\nfunc Add(x, y int) int { return x + y }\n",
        "a/sub/a_test.go": 'package sub\n\nimport "testing"\n\nfunc TestFine(t *testing.T) {}\n',
        "b/b.go": 'package b\n\nimport "fmt"\n\nfunc B() { fmt.Printf("%d", "x") }\n',
        "b/b_test.go": 'package b\n\nimport "testing"\n\nfunc TestBad(t *testing.T) { t.Fatal("no") }\n',
        "c/cmd/main.go": "package main\n\nfunc main() { missing() }\n",
        "c/cmd/main_test.go": "package main\n",
    }
    for one in "abc":
        files[f"{one}/go.mod"] = f"module example.org/{one}\n\ngo 1.22\n"
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return [Package(f"example.org/{one}", f"example.org/{one}", "go", one, f"{one}/go.mod") for one in "abc"]


@needs_go
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("build", {"a": S, "b": S, "c": F}),
        ("vet", {"a": S, "b": F, "c": F}),
        ("test", {"a": S, "b": F, "c": F}),
    ],
)
def test_go_has_a_result_for_each_module(
    tmp_path: Path, modules: list[Package], kind: str, expected: dict[str, str]
) -> None:
    flags = ("-vet=off",) if kind == "test" else ()
    members = [
        Member(TaskId(one.root), one, TaskSpec(kind, ("go", kind, *flags, "./..."), batch=f"go-{kind}"))
        for one in modules
    ]
    told, results, _ = run(tmp_path, members, modules)
    assert outcomes(results) == expected
    assert re.search("undefined: missing|undeclared name: missing", results["c"].message)  # vet of 1.19 said the second
    if kind == "test":
        assert cases(told) == {("example.org/a/sub", "TestFine"): S, ("example.org/b", "TestBad"): F}
        assert results["b"].message == "1 test failed: `TestBad`"
    assert not (tmp_path / "c" / "cmd" / "cmd").exists()
