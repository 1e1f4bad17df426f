"""The rounds of a batch against a tool that lies about nothing but tells little."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.core.package import Package
from pitstop.core.task import TaskId, TaskSpec
from pitstop.pipeline.batch import Batch, Member, Piece
from pitstop.pipeline.batch.values import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pitstop.pipeline.batch.values import Told

IDS = "abcdef"


class Tool:
    """A compiler: it fails when a package it is given, or one that those need, is bad, and names the first bad ones."""

    def __init__(self, needs: Mapping[str, set[str]], bad: set[str], names: int, *, says_done: bool) -> None:
        self.needs = needs
        self.bad = bad
        self.names = names
        self.says_done = says_done
        self.calls: list[tuple[str, ...]] = []

    def closure(self, start: Iterable[str]) -> set[str]:
        found = set(start)
        while more := {need for one in found for need in self.needs[one]} - found:
            found |= more
        return found

    def run(self, argv: Sequence[str]) -> tuple[bytes, int]:
        given = argv[1:]
        self.calls.append(tuple(given))
        found = sorted(self.closure(given) & self.bad)
        lines = [f"bad {one}\n" for one in found[: self.names]]
        if self.says_done:
            lines += [f"done {one}\n" for one in given if not self.closure([one]) & self.bad]
        return "".join(lines).encode(), 101 if found else 0

    def takes(self, member: Member) -> bool:  # noqa: ARG002  the interface
        return True

    def argv(self, members: Sequence[Member]) -> tuple[str, ...]:
        return ("tool", *(member.package.id for member in members))

    def reader(self, members: Sequence[Member]) -> Lines:
        return Lines(members)


class Lines:
    complaint = "it is bad"

    def __init__(self, members: Sequence[Member]) -> None:
        self.members = {member.package.id: member.task for member in members}
        self.said: dict[str, set[str]] = {"bad": set(), "done": set()}

    def skim(self, lines: bytes) -> Piece | None:
        return Piece(None, lines) if lines.count(b"zz") == lines.count(b"\n") else None

    def line(self, line: bytes) -> Iterable[Told]:
        word, _, package = line.decode().strip().partition(" ")
        self.said[word].add(package)
        return (Piece(self.members.get(package), line),)

    def rest(self) -> Iterable[Told]:
        return ()

    def outputs(self) -> Mapping[TaskId, tuple[str, ...]]:
        return {}

    def verdict(self, exit_code: int) -> Verdict:  # noqa: ARG002  the interface
        bad = {package: f"{package} is bad" for package in self.said["bad"]}
        return Verdict(
            frozenset(self.members[package] for package in self.said["done"]),
            {self.members[package]: why for package, why in bad.items() if package in self.members},
            bad,
        )


def setting(
    needs: dict[str, set[str]], members: set[str], tool: Tool, probe: Tool | None, *, known: bool
) -> tuple[Batch, list[Member]]:
    packages = [Package(one, one, "cargo", one, needs=tuple(sorted(needs[one]))) for one in IDS]
    chosen = [
        Member(TaskId(f"{one}:t"), package, TaskSpec("t", ("tool", one)))
        for one, package in zip(IDS, packages, strict=True)
        if one in members
    ]
    shown = packages if known else [member.package for member in chosen]
    return Batch(chosen, [(tool, probe)], shown), chosen


NEEDS = st.fixed_dictionaries({one: st.sets(st.sampled_from(IDS), max_size=2) for one in IDS})
SETS = st.sets(st.sampled_from(IDS))


@given(
    NEEDS, SETS.filter(bool), SETS, st.integers(0, 3), st.booleans(), st.booleans(), st.booleans(), st.integers(0, 40)
)
def test_a_member_passes_exactly_when_neither_it_nor_what_it_needs_is_bad(
    needs: dict[str, set[str]],
    members: set[str],
    bad: set[str],
    names: int,
    says_done: bool,
    probes: bool,
    known: bool,
    killed_at: int,
) -> None:
    tool = Tool(needs, bad, names, says_done=says_done)
    probe = Tool(needs, bad, len(IDS), says_done=True) if probes else None
    batch, chosen = setting(needs, members, tool, probe, known=known)
    told = []
    killed = False
    command = batch.next_command()
    calls = 0
    while command is not None:
        runner = probe if probe is not None and batch._round is not None and batch._round.probe else tool
        output, code = runner.run(command)
        calls += 1
        assert calls < 40  # it comes to an end
        if calls == killed_at:
            killed, code, output = True, -9, b""
        told += batch.feed(output)
        told += batch.feed(b"")
        command = batch.next_command(code)
    results = {result.task[0]: result.outcome for result in batch.finish()}
    assert list(results) == [member.package.id for member in chosen]
    good = {one for one in members if not tool.closure([one]) & bad}
    passed = {one for one, outcome in results.items() if outcome == "success"}
    if killed:
        assert passed <= good
        assert "cancellation" not in results.values()
        return
    assert passed == good
    for one in bad & members:
        assert results[one] == "failure" or names < len(IDS)
    for one in set(results) - good - bad:
        assert results[one] in {"skip", "failure"}


@pytest.mark.parametrize(
    ("dev", "expected"),
    [
        (None, {"a": "skip", "b": "skip", "d": "skip"}),
        (True, {"a": "skip", "b": "success", "d": "skip"}),
        (False, {"a": "success", "b": "success", "d": "skip"}),
    ],
)
def test_what_a_package_needs_for_its_tests_blocks_it_only_where_these_are_built(
    dev: bool | None,
    expected: dict[str, str],
) -> None:
    packages = [
        Package("a", "a", "cargo", "a", dev_needs=("c",)),
        Package("b", "b", "cargo", "b", needs=("a",)),
        Package("c", "c", "cargo", "c", dev_needs=("a",)),  # a circle, as tests may have it
        Package("d", "d", "cargo", "d", needs=("c",)),
    ]
    tool = Tool({one: set() for one in "abcd"}, {"c"}, 1, says_done=False)
    members = [Member(TaskId(one.id), one, TaskSpec("t", ("tool", one.id))) for one in packages]
    batch = Batch(members, [(tool, None)], packages, dev=dev)
    command = batch.next_command()
    while command is not None:
        output, code = tool.run(command)
        batch.feed(output)
        batch.feed(b"")
        command = batch.next_command(code)
    assert {one.task: one.outcome for one in batch.finish()} == {**expected, "c": "failure"}


def test_a_batch_that_is_not_run_is_a_cancellation() -> None:
    tool = Tool({one: set() for one in IDS}, set(), 1, says_done=False)
    batch, _ = setting({one: set() for one in IDS}, {"a", "b"}, tool, None, known=True)
    assert batch.next_command() == ("tool", "a", "b")
    assert [result.outcome for result in batch.finish()] == ["cancellation", "cancellation"]


def test_many_members_that_fail_without_a_word_are_not_tried_one_by_one() -> None:
    names = [f"p{number}" for number in range(100)]
    tool = Tool({one: set() for one in names} | {"x": set()}, {"x"}, 0, says_done=False)
    tool.closure = lambda start: {*start, "x"}  # type: ignore[method-assign]
    members = [Member(TaskId(one), Package(one, one, "cargo", one), TaskSpec("t")) for one in names]
    batch = Batch(members, [(tool, None)], [])
    command = batch.next_command()
    while command is not None:
        output, code = tool.run(command)
        batch.feed(output)
        batch.feed(b"")
        command = batch.next_command(code)
    assert len(tool.calls) == 1
    assert {(result.outcome, result.message) for result in batch.finish()} == {("failure", "it is bad")}


@given(st.lists(st.sampled_from([b"bad a\n", b"done b\n", b"bad zz\n"]), max_size=8), st.sets(st.integers(0, 60)))
def test_output_may_come_in_any_pieces(lines: list[bytes], cuts: set[int]) -> None:
    data = b"".join(lines)
    texts = []
    for ends in ({len(data)}, cuts):
        batch, _ = setting(
            {one: set() for one in IDS}, {"a", "b"}, Tool({}, set(), 0, says_done=False), None, known=True
        )
        batch.next_command()
        told = []
        start = 0
        for end in sorted({min(cut, len(data)) for cut in ends} | {len(data)}):
            if end > start:
                told += batch.feed(data[start:end])
            start = end
        told += batch.feed(b"")
        text: dict[str | None, bytes] = {}
        for piece in told:
            assert isinstance(piece, Piece)
            text[piece.task] = text.get(piece.task, b"") + piece.data
        texts.append(text)
    assert texts[0] == texts[1]


def test_a_gigantic_line_passes_through_in_parts() -> None:
    batch, _ = setting({one: set() for one in IDS}, {"a"}, Tool({}, set(), 0, says_done=False), None, known=True)
    batch.next_command()
    told = batch.feed(b"bad a\nbad ")
    held = 0
    for _ in range(100):
        told += batch.feed(b"x" * 4096)
        held = max(held, len(batch._partial))
    told += batch.feed(b"\nbad a\n")
    assert held <= (1 << 16) + 4096
    data = b"".join(piece.data for piece in told if isinstance(piece, Piece))
    assert data == b"bad a\nbad " + b"x" * 409600 + b"\nbad a\n"
