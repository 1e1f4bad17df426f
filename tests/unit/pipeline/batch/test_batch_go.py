"""Recorded output of go, as results of modules."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitstop.core.package import Package
from pitstop.core.task import TaskId, TaskSpec
from pitstop.pipeline.batch import Batch, Member, MemberResult, Piece, Told, start, values

MODULES = tuple(Package(f"example.org/{one}", f"example.org/{one}", "go", one, f"{one}/go.mod") for one in "abcd")


def batch_of(kind: str, modules: str = "abc", flags: str = "") -> Batch:
    command = ("go", kind, *flags.split(), "./...")
    members = [
        Member(TaskId(package.root), package, TaskSpec(kind, command, batch=f"go-{kind}"))
        for package in MODULES
        if package.root in modules
    ]
    return start(members, "/repo", packages=MODULES)


def run(batch: Batch, *calls: tuple[str, str, int]) -> tuple[list[Told], dict[str, MemberResult]]:
    told: list[Told] = []
    command = batch.next_command()
    for expected, output, code in calls:
        assert command is not None
        assert " ".join(command) == expected
        told += batch.feed(output.encode())
        told += batch.feed(b"")
        command = batch.next_command(code)
    assert command is None
    told += batch.feed(b"")
    return told, {result.task: result for result in batch.finish()}


def text_of(told: list[Told], task: str | None) -> str:
    return b"".join(one.data for one in told if isinstance(one, Piece) and one.task == task).decode()


def event(**fields: object) -> str:
    return json.dumps({key.rstrip("_"): value for key, value in fields.items()}) + "\n"


EVENTS = (
    event(Action="start", Package="example.org/a")
    + event(Action="run", Package="example.org/a", Test="TestAdd")
    + event(Action="output", Package="example.org/a", Test="TestAdd", Output="=== RUN   TestAdd\n")
    + event(Action="output", Package="example.org/a", Test="TestAdd", Output='{"Action":"fake"}\n')
    + event(Action="output", Package="example.org/a", Test="TestAdd", Output="--- PASS: TestAdd (0.00s)\n")
    + event(Action="pass", Package="example.org/a", Test="TestAdd", Elapsed=0.5)
    + event(Action="output", Package="example.org/a", Output="PASS\n")
    + event(Action="output", Package="example.org/a", Output="ok  \texample.org/a\t0.1s\n")
    + event(Action="pass", Package="example.org/a", Elapsed=0.1)
    + event(Action="run", Package="example.org/b/sub", Test="TestBad")
    + event(Action="output", Package="example.org/b/sub", Test="TestBad", Output="=== RUN   TestBad\n")
    + event(Action="output", Package="example.org/b/sub", Test="TestBad", Output="    b_test.go:16: got 3\n")
    + event(Action="output", Package="example.org/b/sub", Test="TestBad", Output="--- FAIL: TestBad (0.00s)\n")
    + event(Action="fail", Package="example.org/b/sub", Test="TestBad", Elapsed=0)
    + event(Action="output", Package="example.org/b/sub", Output="FAIL\n")
    + event(Action="output", Package="example.org/b/sub", Output="FAIL\texample.org/b/sub\t0.0s\n")
    + event(Action="fail", Package="example.org/b/sub", Elapsed=0.1)
    + event(ImportPath="example.org/c [example.org/c.test]", Action="build-output", Output="# example.org/c\n")
    + event(
        ImportPath="example.org/c [example.org/c.test]", Action="build-output", Output="c/c.go:3:15: undefined: x\n"
    )
    + event(ImportPath="example.org/c [example.org/c.test]", Action="build-fail")
    + event(Action="start", Package="example.org/c")
    + event(Action="output", Package="example.org/c", Output="FAIL\texample.org/c [build failed]\n")
    + event(Action="fail", Package="example.org/c", Elapsed=0, FailedBuild="example.org/c [example.org/c.test]")
)
TEST = "go test -json ./a/... ./b/... ./c/..."


def test_each_module_has_its_own_result_output_and_tests() -> None:
    told, results = run(batch_of("test"), (TEST, EVENTS, 1))
    assert {task: (result.outcome, result.message) for task, result in results.items()} == {
        "a": ("success", ""),
        "b": ("failure", "1 test failed: `TestBad`"),
        "c": ("failure", "c/c.go:3:15: undefined: x"),
    }
    cases = [
        (one.task, one.case.name, one.case.outcome, one.case.file, one.case.line)
        for one in told
        if isinstance(one, values.Tested)
    ]
    assert cases == [("a", "TestAdd", "success", "", 0), ("b", "TestBad", "failure", "b/sub/b_test.go", 16)]
    assert text_of(told, "a") == "ok  \texample.org/a\t0.1s\n"
    assert text_of(told, "b") == "    b_test.go:16: got 3\n--- FAIL: TestBad (0.00s)\nFAIL\texample.org/b/sub\t0.0s\n"
    assert text_of(told, "c") == "# example.org/c\nc/c.go:3:15: undefined: x\nFAIL\texample.org/c [build failed]\n"


def test_with_v_everything_is_shown() -> None:
    told, _ = run(batch_of("test", flags="-v"), ("go test -json -v ./a/... ./b/... ./c/...", EVENTS, 1))
    assert text_of(told, "a").startswith('=== RUN   TestAdd\n{"Action":"fake"}\n--- PASS')


def test_what_a_fail_fast_run_did_not_come_to_is_asked_again() -> None:
    first = "go test -json -failfast ./a/... ./b/... ./c/..."
    _, results = run(
        batch_of("test", flags="-failfast"), (first, EVENTS, 1), ("go test -json -failfast ./a/...", "", 0)
    )
    assert results["a"].outcome == "success"


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(EVENTS)), st.sampled_from([-9, -2, 1, 2]))
def test_no_module_passes_that_go_did_not_vouch_for(size: int, exit_code: int) -> None:
    batch = batch_of("test")
    batch.next_command()
    batch.feed(EVENTS[:size].encode())
    batch.feed(b"")
    batch.next_command(exit_code)
    passed = {result.task for result in batch.finish() if result.outcome == "success"}
    assert passed <= {"a"}
    if exit_code != 1:
        assert passed == set()


VET = """# example.org/c/cmd
# [example.org/c/cmd]
vet: c/cmd/main.go:3:15: undefined: undefined
b/b.go:5:24: fmt.Printf format %d has arg "x" of wrong type string
"""


def test_vet_names_modules_by_file_and_by_heading_and_asks_for_the_others_again() -> None:
    told, results = run(batch_of("vet"), ("go vet ./a/... ./b/... ./c/...", VET, 1), ("go vet ./a/...", "", 0))
    assert {task: (result.outcome, result.message) for task, result in results.items()} == {
        "a": ("success", ""),
        "b": ("failure", 'b/b.go:5:24: fmt.Printf format %d has arg "x" of wrong type string'),
        "c": ("failure", "vet: c/cmd/main.go:3:15: undefined: undefined"),
    }
    assert text_of(told, "c") == "".join(VET.splitlines(keepends=True)[:3])
    assert text_of(told, "b") == VET.splitlines(keepends=True)[3]


def test_what_is_wrong_with_loading_belongs_to_the_module_of_the_file() -> None:
    output = """found packages b (b.go) and d (syntax.go) in /repo/b
c/x.go:3:8: no required module provides package example.org/nothere; to add it:
\tcd /repo/c
\tgo get example.org/nothere
go: downloading example.org/z v1.0.0
"""
    told, results = run(
        batch_of("build"),
        ("go build -o /dev/null ./a/... ./b/... ./c/...", output, 1),
        ("go build -o /dev/null ./a/...", "", 0),
    )
    assert {task: result.outcome for task, result in results.items()} == {
        "a": "success",
        "b": "failure",
        "c": "failure",
    }
    assert text_of(told, None) == "go: downloading example.org/z v1.0.0\n"


def test_a_module_is_skipped_when_another_that_it_needs_does_not_build() -> None:
    needing = MODULES[0]._replace(needs=("example.org/d",))
    members = [
        Member(TaskId(package.root), package, TaskSpec("build", ("go", "build", "./..."), batch="go-build"))
        for package in (needing, MODULES[1])
    ]
    batch = start(members, "/repo", packages=(needing, *MODULES[1:]))
    _, results = run(
        batch,
        ("go build -o /dev/null ./a/... ./b/...", "# example.org/d\nd/d.go:1:1: no\n", 1),
        ("go build -o /dev/null ./b/...", "", 0),
    )
    assert results["a"].outcome == "skip"
    assert results["a"].message == "it needs `example.org/d`: d/d.go:1:1: no"
    assert results["b"].outcome == "success"


def test_when_go_itself_refuses_everybody_hears_why() -> None:
    output = "go: cannot load module a listed in go.work file: open a/go.mod: no such file or directory\n"
    batch = batch_of("vet")
    command = batch.next_command()
    while command is not None:
        batch.feed(output.encode())
        batch.feed(b"")
        command = batch.next_command(1)
    assert {(one.outcome, one.message) for one in batch.finish()} == {("failure", output.strip())}
