"""The values of a batch: what goes in, what comes while it runs, what it ends with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pitstop.core.package import Package
    from pitstop.core.task import TaskId, TaskSpec
    from pitstop.links.testing.case import TestCase


class Member(NamedTuple):
    """One task that shall be done as part of a batch."""

    task: TaskId
    package: Package
    spec: TaskSpec


class Piece(NamedTuple):
    """Output for people."""

    task: TaskId | None
    """None: it belongs to the whole batch, or to no package in it."""
    data: bytes


class Tested(NamedTuple):
    """A test of a member ended."""

    task: TaskId
    case: TestCase


Told = Piece | Tested


def joined(told: list[Told]) -> list[Told]:
    """Join neighbouring pieces of the same owner: a chunk of output is thousands of lines, and as many tests."""
    joined: list[Told] = []
    parts: list[bytes] = []
    owner: TaskId | None = None
    for one in told:
        if isinstance(one, Piece):
            if parts and one.task == owner:
                parts.append(one.data)
                continue
            if parts:
                joined.append(Piece(owner, b"".join(parts)))
            owner, parts = one.task, [one.data]
        else:
            joined.append(one)  # before the text around it, which is no harm
    if parts:
        joined.append(Piece(owner, b"".join(parts)))
    return joined


class MemberResult(NamedTuple):
    """How the task of one member ended."""

    task: TaskId
    outcome: str
    """`success`; `failure`, its own; `skip`, because something it needs failed; `error`, because the tool was killed;
    `cancellation`, because the batch was not run to its end."""
    message: str = ""
    """Why, in a sentence; `""` for success."""
    outputs: tuple[str, ...] = ()
    """What the tool built to be used (executables, C libraries): existing paths relative to the repository, sorted."""
    exit_code: int | None = None
    """Of the command that decided; None: none did."""


class Verdict(NamedTuple):
    """What one command said about packages; those it does not name are not known."""

    passed: frozenset[TaskId] = frozenset()
    failed: Mapping[TaskId, str] = {}
    """With a sentence why."""
    broken: Mapping[str, str] = {}
    """Ids of packages (or, where it is none of ours, names) that whatever needs them cannot do without, and a sentence
    why; the members among them are in `failed` too."""
    skipped: Mapping[TaskId, str] = {}
    """Members that could not be done because of another, with a sentence why."""
    refused: bool = False
    """The tool did not know an option, which its step leaves out from now on: the same is to be asked once more."""


class Wider(NamedTuple):
    """A larger selection with which members that failed to be built may succeed."""

    everybody: tuple[Member, ...]
    """What a command is then given; their tasks are no tasks."""
    may_help: Callable[[str], bool]
    """Whether there is any chance, by the sentence why a member failed."""


class Reader(Protocol):
    """Reads what one command prints."""

    @property
    def complaint(self) -> str:
        """The first line in which the tool said what is wrong, `""` when it did not."""

    def skim(self, lines: bytes) -> Piece | None:
        """Read whole lines at once if they hold nothing but output; None: they have to be read one by one."""

    def line(self, line: bytes) -> Iterable[Told]:
        """Read one line with its end; a line over 64 KiB that is no JSON comes in parts."""

    def verdict(self, exit_code: int) -> Verdict:
        """Return what is known after the command ended; the lines that were held back are told by `rest`."""

    def rest(self) -> Iterable[Told]:
        """Tell what was held back."""

    def outputs(self) -> Mapping[TaskId, tuple[str, ...]]:
        """Return what was built to be used (see `MemberResult`)."""


class Step(Protocol):
    """One command line that can be given some of the members."""

    def argv(self, members: Sequence[Member]) -> tuple[str, ...]:
        """Return the command for these members."""

    def reader(self, members: Sequence[Member]) -> Reader:
        """Return what reads its output."""

    def takes(self, member: Member) -> bool:
        """Return whether the step has something to do for `member`."""
