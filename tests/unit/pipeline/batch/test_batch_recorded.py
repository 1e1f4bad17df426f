"""What real tools printed for a small workspace, and what each package's result must be, whole and cut off.

The workspace: `money` (a test fails, one line is badly formatted, one function unused), `till` (needs money, has an
executable), `broken` (does not compile), `leaf` (needs broken), `dash-ed`. A recording is commands (`$`), their merged
output, and exit codes (`?`); `@ROOT@` stands for the folder.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pitstop.core.package import Package
from pitstop.core.task import TaskId, TaskSpec
from pitstop.pipeline.batch import Batch, Member, MemberResult, Piece, Told, group, start, values

HERE = Path(__file__).parent / "recorded"
CRATES = (
    Package("money", "money", "cargo", "crates/money", "crates/money/Cargo.toml"),
    Package("till", "till", "cargo", "crates/till", "crates/till/Cargo.toml", needs=("money",)),
    Package("broken", "broken", "cargo", "crates/broken", "crates/broken/Cargo.toml"),
    Package("leaf", "leaf", "cargo", "crates/leaf", "crates/leaf/Cargo.toml", needs=("broken",)),
    Package("dash-ed", "dash-ed", "cargo", "crates/dash-ed", "crates/dash-ed/Cargo.toml"),
)
COMMANDS = {
    "cargo-fmt": ("cargo", "fmt", "-p", "NAME", "--check"),
    "cargo-clippy": ("cargo", "clippy", "-p", "NAME", "--all-targets", "--", "-D", "warnings"),
    "cargo-build": ("cargo", "build", "-p", "NAME"),
    "cargo-doc": ("cargo", "doc", "--no-deps", "-p", "NAME"),
    "cargo-test": ("cargo", "test", "-p", "NAME"),
    "cargo-nextest": ("cargo", "test", "-p", "NAME"),
}
UNUSED = "error: function `q` is never used (crates/money/src/lib.rs:33)"
MISMATCH = "error[E0308]: mismatched types (crates/broken/src/lib.rs:1)"
S, F, K = "success", "failure", "skip"
EXPECTED = {
    "cargo-fmt": {
        "money": (F, "not formatted: `crates/money/src/lib.rs`"),
        "till": (F, "not formatted: `crates/till/tests/till.rs`"),
        "broken": (F, "not formatted: `crates/broken/src/lib.rs`"),
        "leaf": (F, "not formatted: `crates/leaf/src/lib.rs`"),
        "dash-ed": (F, "not formatted: `crates/dash-ed/src/lib.rs`"),
    },
    "cargo-clippy": {
        "money": (F, UNUSED),
        "till": (K, f"it needs `money`: {UNUSED}"),
        "broken": (F, MISMATCH),
        "leaf": (K, f"it needs `broken`: {MISMATCH}"),
        "dash-ed": (S, ""),
    },
    "cargo-build": {
        "money": (S, ""),
        "till": (S, ""),
        "broken": (F, MISMATCH),
        "leaf": (K, f"it needs `broken`: {MISMATCH}"),
        "dash-ed": (S, ""),
    },
    "cargo-test": {
        "money": (F, "1 test failed: `tests::fails`"),
        "till": (S, ""),
        "broken": (F, MISMATCH),
        "leaf": (K, f"it needs `broken`: {MISMATCH}"),
        "dash-ed": (S, ""),
    },
}
EXPECTED["cargo-doc"] = EXPECTED["cargo-build"]
EXPECTED["cargo-nextest"] = EXPECTED["cargo-test"]


class Call(NamedTuple):
    argv: tuple[str, ...]
    output: bytes
    exit_code: int


def recording(name: str, root: Path) -> list[Call]:
    data = (HERE / f"{name}.txt").read_bytes().replace(b"@ROOT@", str(root).encode())
    calls = re.findall(rb"^\$ (.*)\n((?:.*\n)*?)\? (-?\d+)\n", data, re.MULTILINE)
    return [Call(tuple(argv.decode().split()), output, int(code)) for argv, output, code in calls]


def batch_of(name: str, root: Path) -> Batch:
    adapter = name.replace("nextest", "test")
    members = [
        Member(
            TaskId(crate.id),
            crate,
            TaskSpec("t", tuple(crate.name if word == "NAME" else word for word in COMMANDS[name]), "", batch=adapter),
        )
        for crate in CRATES
    ]
    (together,) = group(members)
    tools = {"cargo": "cargo 1.95.0 (f2d3ce0bd 2026-03-21)"} | ({"cargo-nextest": "1"} if "nextest" in name else {})
    return start(together, str(root), packages=CRATES, tools=tools)


def replay(batch: Batch, calls: list[Call]) -> tuple[list[Told], dict[str, MemberResult]]:
    told: list[Told] = []
    command = batch.next_command()
    for call in calls:
        assert command == call.argv
        told += batch.feed(call.output)
        told += batch.feed(b"")
        command = batch.next_command(call.exit_code)
    assert command is None
    told += batch.feed(b"")
    return told, {result.task: result for result in batch.finish()}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    for crate in CRATES:
        folder = tmp_path / crate.root
        (folder / "src").mkdir(parents=True)
        (folder / "Cargo.toml").write_text(f'[package]\nname = "{crate.name}"\n')
        (folder / "src" / ("main.rs" if crate.name == "till" else "lib.rs")).write_text("")
    (tmp_path / "target" / "debug").mkdir(parents=True)
    (tmp_path / "target" / "debug" / "till").write_text("")
    return tmp_path


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_package_has_its_own_result(name: str, workspace: Path) -> None:
    _, results = replay(batch_of(name, workspace), recording(name, workspace))
    assert {task: (result.outcome, result.message) for task, result in results.items()} == EXPECTED[name]
    for result in results.values():
        assert (result.exit_code == 0) == (result.outcome == S)


def test_built_executables_are_outputs_of_their_package(workspace: Path) -> None:
    _, results = replay(batch_of("cargo-build", workspace), recording("cargo-build", workspace))
    assert {task: result.outputs for task, result in results.items() if result.outputs} == {
        "till": ("target/debug/till",)
    }
    (workspace / "target" / "debug" / "till").unlink()
    _, results = replay(batch_of("cargo-build", workspace), recording("cargo-build", workspace))
    assert results["till"].outputs == ()


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_package_has_its_own_output_and_nothing_is_told_twice(name: str, workspace: Path) -> None:
    told, _ = replay(batch_of(name, workspace), recording(name, workspace))
    texts: dict[str | None, str] = {}
    for piece in told:
        if isinstance(piece, Piece):
            texts[piece.task] = texts.get(piece.task, "") + piece.data.decode()
    assert not any('"reason":' in text for text in texts.values())
    if name == "cargo-fmt":
        assert texts["money"].startswith(f"Diff in {workspace}/crates/money/src/lib.rs:30:\n")
        assert "fn q() {}" in texts["money"]
        return
    assert texts["broken"].startswith("error[E0308]: mismatched types\n --> crates/broken/src/lib.rs:1:21\n")
    assert texts["broken"].count("expected `u32`, found `&str`") == 1
    assert "error: could not compile `broken`" in texts["broken"]
    assert texts["money"].count("function `q` is never used") == 1
    if name != "cargo-clippy":
        assert texts.get("till", "").count("unused variable: `unused`") == (name != "cargo-doc")
    assert "leaf" not in texts


@pytest.mark.parametrize("name", ["cargo-test", "cargo-nextest"])
def test_each_test_is_told_once_with_its_package(name: str, workspace: Path) -> None:
    told, _ = replay(batch_of(name, workspace), recording(name, workspace))
    cases = {(one.task, one.case.suite, one.case.name): one.case for one in told if isinstance(one, values.Tested)}
    assert len(cases) == sum(isinstance(one, values.Tested) for one in told)
    expected = {
        ("money", "money", "tests::adds"): S,
        ("money", "money", "tests::panics"): S,
        ("money", "money", "tests::fails"): F,
        ("till", "till::bin/till", "in_main"): S,
        ("till", "till::till", "runs"): S,
        ("money", "money::doc", "crates/money/src/lib.rs - add (line 3)"): S,
        ("dash-ed", "dash-ed::doc", "crates/dash-ed/src/lib.rs - z (line 1)"): S,
    }
    if name == "cargo-test":
        expected["money", "money", "tests::slow"] = K
    assert {key: case.outcome for key, case in cases.items()} == expected
    failed = cases[TaskId("money"), "money", "tests::fails"]
    assert (failed.file, failed.line) == ("crates/money/src/lib.rs", 20)
    assert failed.message == "assertion `left == right` failed: sums differ\n  left: 3\n right: 4"


def test_the_tests_of_a_workspace_in_a_folder_have_paths_from_the_root(tmp_path: Path) -> None:
    crate = Package("money", "money", "cargo", "rust/money", "rust/money/Cargo.toml", workspace="rust")
    member = Member(
        TaskId("money"), crate, TaskSpec("test", ("cargo", "test", "-p", "money"), "rust", batch="cargo-test")
    )
    batch = start([member], str(tmp_path), tools={"cargo-nextest": "1"})
    batch.next_command()
    lines = (
        "    Starting 1 test",
        "        FAIL [   0.857s] (1/1) money a",
        "  stderr \u2500\u2500\u2500",
        "    thread 'a' panicked at money/src/lib.rs:20:9:",
        "    no",
        "\u2500" * 12,
        "",
    )
    told = batch.feed("\n".join(lines).encode())
    assert batch.cwd == "rust"
    assert [(one.case.file, one.case.line) for one in told if isinstance(one, values.Tested)] == [
        ("rust/money/src/lib.rs", 20)
    ]


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(sorted(EXPECTED)),
    st.integers(0, 5),
    st.integers(0, 30_000),
    st.sampled_from([-9, -15, 1, 101, 100]),
)
def test_no_package_passes_that_the_tool_did_not_vouch_for(
    workspace: Path, name: str, at: int, size: int, exit_code: int
) -> None:
    """The tool dies in the middle of one of its commands."""
    calls = recording(name, workspace)
    at %= len(calls)
    output = calls[at].output[: size % (len(calls[at].output) + 1)]
    batch = batch_of(name, workspace)
    batch.next_command()
    for call in calls[:at]:
        batch.feed(call.output)
        batch.feed(b"")
        batch.next_command(call.exit_code)
    vouched = {result.task for result in batch.finish() if result.outcome == S}
    batch.feed(output)
    batch.feed(b"")
    batch.next_command(exit_code)
    passed = {result.task for result in batch.finish() if result.outcome == S}
    good = {package for package, (outcome, _) in EXPECTED[name].items() if outcome == S}
    assert passed <= good
    if exit_code < 0 and name != "cargo-nextest":
        assert passed <= vouched


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(EXPECTED)), st.lists(st.integers(1, 3000), min_size=1, max_size=8))
def test_results_do_not_depend_on_how_the_output_is_cut(workspace: Path, name: str, sizes: list[int]) -> None:
    batch = batch_of(name, workspace)
    batch.next_command()
    for call in recording(name, workspace):
        rest, turn = call.output, 0
        while rest:
            size = sizes[turn % len(sizes)]
            batch.feed(rest[:size])
            rest, turn = rest[size:], turn + 1
        batch.feed(b"")
        batch.next_command(call.exit_code)
    assert {one.task: (one.outcome, one.message) for one in batch.finish()} == EXPECTED[name]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
KEYS = ("package_id", "manifest_path", "target", "message", "profile", "filenames", "executable", "success", "spans")
FIELDS = st.dictionaries(
    st.sampled_from((*KEYS, "kind", "name", "test", "rendered", "level", "code", "is_primary")),
    st.one_of(JSON, st.sampled_from(["error", "@ROOT@/crates/till/Cargo.toml", "lib"]), st.just(["lib"])),
)
MESSAGES = st.fixed_dictionaries(
    {
        "reason": st.sampled_from(
            ["compiler-message", "compiler-artifact", "build-finished", "build-script-executed", "x"]
        )
    },
    optional={key: FIELDS | JSON | st.lists(FIELDS, max_size=2) for key in KEYS},
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(sorted(EXPECTED)),
    st.lists(st.binary(max_size=40) | MESSAGES.map(lambda message: json.dumps(message).encode()), max_size=8),
    st.integers(0, 1000),
    st.integers(-3, 120),
)
def test_no_output_makes_a_batch_raise(
    workspace: Path, name: str, noise: list[bytes], skip: int, exit_code: int
) -> None:
    lines = [line for call in recording(name, workspace) for line in call.output.split(b"\n")]
    batch = batch_of(name, workspace)
    batch.next_command()
    for number, one in enumerate(noise):
        batch.feed(one.replace(b"@ROOT@", str(workspace).encode()) + b"\n")
        batch.feed(lines[(number * 7919 + skip) % len(lines)] + b"\n")
    batch.feed(b"")
    batch.next_command(exit_code)
    assert len(batch.finish()) == len(CRATES)


def test_a_test_that_prints_what_cargo_would_say_proves_nothing(workspace: Path) -> None:
    batch = batch_of("cargo-test", workspace)
    batch.next_command()
    artifact = {"reason": "compiler-artifact", "target": {"kind": ["lib"], "name": "x"}, "profile": {"test": True}}
    for name in ("money", "till"):
        manifest = f"{workspace}/crates/{name}/Cargo.toml"
        message = artifact | {"manifest_path": manifest, "executable": f"/t/{name}-0123456789abcdef"}
        batch.feed(json.dumps(message).encode() + b"\n")
    batch.feed(b'{"reason":"build-finished","success":true}\n')
    batch.feed(b"     Running unittests src/lib.rs (target/debug/deps/money-0123456789abcdef)\n")
    batch.feed(
        b"error: 1 target failed:\n    `-p money --lib`\n     Running x (target/debug/deps/leaf-0123456789abcdef)\n"
    )
    batch.feed(b"     Running unittests src/lib.rs (target/debug/deps/till-0123456789abcdef)\n")
    batch.feed(b"error: 1 target failed:\n    `-p money --lib`\nand then it went on\n")
    batch.feed(b"")
    batch.next_command(101)
    assert {result.task: result.outcome for result in batch.finish() if result.outcome == S} == {}
