"""Which tasks share a call, and the command line that they share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.core.errors import UsageError
from pitstop.core.package import Package
from pitstop.core.task import TaskId, TaskSpec
from pitstop.pipeline.batch import Member, adapter, group, start
from pitstop.pipeline.batch.cargo import can_keep_going, template_of
from pitstop.pipeline.batch.table import ADAPTERS


def member(name: str, command: str, batch: str = "cargo-test", workspace: str = "", **fields: object) -> Member:
    package = Package(name, name, "cargo", f"{workspace}/{name}".strip("/"), workspace=workspace)
    spec = TaskSpec("t", tuple(command.split()), cwd=workspace, batch=batch)
    return Member(TaskId(f"{name}:t"), package, spec._replace(**fields))  # type: ignore[arg-type]


def names(groups: list[tuple[Member, ...]]) -> list[list[str]]:
    return [[one.package.name for one in members] for members in groups]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("cargo test -p api", "cargo test -p one -p two"),
        ("cargo test --package api", "cargo test -p one -p two"),
        ("cargo test --package=api --release", "cargo test -p one -p two --release"),
        ("cargo test -papi", "cargo test -p one -p two"),
        ("cargo --locked +nightly test -p api", "cargo --locked +nightly test -p one -p two"),
        ("cargo clippy -p api -- -D warnings", "cargo clippy -p one -p two -- -D warnings"),
        ("cargo nextest run -p api -F fast", "cargo nextest run -p one -p two -F fast"),
        ("cargo test -p api -- -p other", "cargo test -p one -p two -- -p other"),
    ],
)
def test_a_command_about_one_package_becomes_one_about_many(command: str, expected: str) -> None:
    template = template_of(tuple(command.split()), "api")
    assert template is not None
    assert " ".join(template.argv(["one", "two"])) == expected


@pytest.mark.parametrize(
    "command", ["cargo test", "cargo test -p other", "cargo test -p api -p other", "cargo test -p"]
)
def test_a_command_about_anything_else_is_not_shared(command: str) -> None:
    assert template_of(tuple(command.split()), "api") is None
    assert group([member("api", command)]) == []
    assert template_of(command, "api") is None


def test_members_are_grouped_by_all_but_the_package() -> None:
    members = [
        member("a", "cargo test -p a"),
        member("b", "cargo test -p b --release"),
        member("c", "cargo test -p c"),
        member("d", "cargo test -p d", workspace="other"),
        member("e", "cargo test -p e", env=(("X", "1"),)),
        member("f", "cargo test -p f", timeout_s=5.0),
        member("g", "cargo build -p g", batch="cargo-build"),
        member("h", "cargo test -p h --release"),
        member("i", "make test", batch=""),
    ]
    assert names(group(members)) == [["a", "c"], ["b", "h"], ["d"], ["e"], ["f"], ["g"]]


def test_two_legs_of_a_matrix_are_never_in_one_group() -> None:
    one = member("a", "cargo test -p a")
    legs = [one._replace(task=TaskId(f"a:t[n={number}]")) for number in range(3)]
    assert [len(members) for members in group([*legs, member("b", "cargo test -p b")])] == [2, 1, 1]


def test_go_modules_are_grouped_by_their_workspace() -> None:
    def module(name: str, workspace: str, command: str = "go test ./...") -> Member:
        package = Package(f"x.org/{name}", f"x.org/{name}", "go", name, workspace=workspace)
        return Member(TaskId(name), package, TaskSpec("test", tuple(command.split()), batch="go-test"))

    groups = group([module("a", ""), module("b", ""), module("c", "c"), module("d", "", "go test -race ./...")])
    assert names(groups) == [["x.org/a", "x.org/b"], ["x.org/c"], ["x.org/d"]]
    assert group([module("a", "", "go test ./cmd"), module("a", "", "golangci-lint run ./...")]) == []
    batches = [start(members, "/r") for members in groups]
    assert [batch.next_command() for batch in batches] == [
        ("go", "test", "-json", "./a/...", "./b/..."),
        ("go", "test", "-json", "./..."),
        ("go", "test", "-json", "-race", "./d/..."),
    ]
    assert [batch.cwd for batch in batches] == ["", "c", ""]


def test_a_build_of_go_leaves_no_executable_behind() -> None:
    package = Package("x.org/a", "x.org/a", "go", "a", workspace="a")
    for command, expected in (
        ("go build ./...", "go build -o /dev/null ./..."),
        ("go build -o bin/ ./...", "go build -o bin/ ./..."),
    ):
        one = Member(TaskId("a"), package, TaskSpec("build", tuple(command.split()), batch="go-build"))
        assert " ".join(start([one], "/r").next_command() or ()) == expected


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ("cargo 1.95.0 (f2d 2026-03-21)", True),
        ("cargo 1.74.0", True),
        ("cargo 1.73.1", False),
        ("cargo 2.0.0", True),
        ("", True),
    ],
)
def test_what_an_old_cargo_does_not_know_it_is_not_given(says: str, *, expected: bool) -> None:
    tools = {"cargo": says} if says else {}
    assert can_keep_going(tools) == expected
    command = start([member("a", "cargo build -p a", "cargo-build")], "/r", tools=tools).next_command()
    assert command is not None
    assert ("--keep-going" in command) == expected


@pytest.mark.parametrize(
    "said",
    [
        b"error: the `--keep-going` flag is unstable, pass `-Z unstable-options` to enable it\n",  # 1.65
        b"error: Found argument '--keep-going' which wasn't expected, or isn't valid in this context\n",  # 1.60
        b"error: unexpected argument '--keep-going' found\n",
    ],
)
def test_a_cargo_that_turns_out_to_be_older_is_asked_again_without_the_option(said: bytes) -> None:
    batch = start([member("a", "cargo +old build -p a", "cargo-build")], "/r", tools={"cargo": "cargo 1.95.0"})
    first = batch.next_command()
    assert first is not None
    assert "--keep-going" in first
    batch.feed(said)
    assert batch.next_command(1) == tuple(word for word in first if word != "--keep-going")
    batch.feed(said)
    assert batch.next_command(1) is None  # not a third time
    assert [result.message for result in batch.finish()] == [said.decode().strip()]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("cargo test -p a", "cargo nextest run -p a --no-fail-fast --color=never"),
        ("cargo test -p a --release", "cargo nextest run -p a --release --no-fail-fast --color=never"),
        (
            "cargo test -p a -- --nocapture",
            "cargo test -p a --no-fail-fast --message-format=json --color=never -- --nocapture",
        ),
        ("cargo test -p a --doc", "cargo test -p a --doc --no-fail-fast --message-format=json --color=never"),
        ("cargo nextest run -p a", "cargo nextest run -p a --no-fail-fast --color=never"),
    ],
)
def test_tests_go_through_nextest_where_it_can_do_the_same(command: str, expected: str) -> None:
    batch = start([member("a", command)], "/r", tools={"cargo-nextest": "cargo-nextest 0.9.151"})
    assert " ".join(batch.next_command() or ()) == expected


def test_colours_are_asked_for_only_when_wanted() -> None:
    one = member("a", "cargo build -p a", "cargo-build")
    assert start([one], "/r", color=True).next_command() == (
        *("cargo", "build", "-p", "a", "--keep-going"),
        *("--message-format=json-diagnostic-rendered-ansi", "--color=always"),
    )


def test_an_unknown_adapter_is_an_error_that_names_those_there_are() -> None:
    with pytest.raises(UsageError) as caught:
        adapter("cargo-tset")
    assert "cargo-test" in caught.value.hint


@pytest.mark.parametrize("name", sorted(ADAPTERS))
def test_every_adapter_offers_what_the_table_promises(name: str) -> None:
    found = adapter(name)
    assert callable(found.alike)
    assert callable(found.start)


@given(
    st.lists(
        st.sampled_from(["-p", "api", "--package", "--", "cargo", "test", "+x", "--package=api", "-papi", ""]),
        max_size=7,
    )
)
def test_a_template_is_what_a_command_for_another_package_has_too(words: list[str]) -> None:
    template = template_of(tuple(words), "api")
    if template is not None:
        assert template_of(template.argv(["api"]), "api") == template
        assert template_of(template.argv(["other"]), "other") == template
