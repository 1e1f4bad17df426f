"""Batch: commands one after the other, until each member has a result that the tool itself vouches for.

A member passes only when a command that was given it ended with 0, or when the tool said so of the member (`Verdict`).
When a command fails, the members that it named are done; the others are given to the tool again without them. A step
whose tool stops everything at the first package that does not compile (`cargo test`) has a probe: a command that finds
out in one go which members compile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.events import CANCELLATION, ERROR, FAILURE, SKIP, SUCCESS
from pitstop.pipeline.batch.values import MemberResult, Piece, Told, Verdict, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pitstop.core.package import Package
    from pitstop.core.task import TaskId
    from pitstop.pipeline.batch.values import Member, Reader, Step, Wider

_ALONE = 16
"""When a command fails and names no member, at most so many members are tried one by one."""
_TOGETHER = "compiles only with features that other packages of the workspace turn on"
_LINE = 1 << 16
_JSON_LINE = 1 << 26
"""Bytes of a line that are held to read it as a whole; cargo's longest are rendered errors."""


class Round(NamedTuple):
    """One command to be run."""

    step: int
    members: tuple[Member, ...]
    probe: bool = False
    again: bool = False
    """It was probed before: what it is given compiled."""
    wide: bool = False
    """The command is given everybody (`Wider`); only what it says of `members` counts."""


class Batch:
    """One batch from its first command to its results. It starts no process itself.

    ```
    command = batch.next_command()
    while command is not None:
        ...  # start it in `cwd`, each chunk of its output (both streams through one pipe) into `feed`, at the end b""
        command = batch.next_command(exit_code)  # negative for a signal, as subprocess does
    results = batch.finish()
    ```
    A batch that is not run to its end may be finished at any time: what is not known is a cancellation. So after a
    command that the caller itself ended (a timeout, Ctrl-C) it must not ask for the next one: some tools end orderly
    then, and what they had not come to would look as if it had passed.
    """

    def __init__(
        self,
        members: Sequence[Member],
        steps: Sequence[tuple[Step, Step | None]],
        packages: Sequence[Package],
        cwd: str = "",
        env: Mapping[str, str] | None = None,
        wider: Wider | None = None,
        *,
        dev: bool | None = None,
    ) -> None:
        self.members = tuple(members)
        self.cwd = cwd
        """POSIX, relative to the repository."""
        self.env = dict(env or {})
        """Variables on top of those of the members' tasks, which are alike."""
        self._steps = steps
        self._wider = wider
        self._doubts: dict[TaskId, MemberResult] = {}
        """How members ended that are asked about once more among everybody."""
        travel = dev is None
        self._needs = {one.id: (*one.needs, *(one.dev_needs if travel else ())) for one in packages}
        self._own = {one.id: one.dev_needs for one in packages} if dev else {}
        """What a member itself needs to be tested. `dev`: whether that is done here; None: it is as any other need."""
        self._results: dict[TaskId, MemberResult] = {}
        self._gone: set[TaskId] = set()
        """Members that later steps need not look at."""
        self._queue: list[Round] = []
        self._round: Round | None = None
        self._reader: Reader | None = None
        self._step = -1
        self._partial = b""
        self._torn = False
        self._last: TaskId | None = None
        self._late: list[Told] = []

    def next_command(self, exit_code: int = 0) -> tuple[str, ...] | None:
        """Return the next command, or None when all is known. `exit_code` is that of the one before."""
        if self._round is not None:
            self._late += self._flush()
            self._judge(self._round, exit_code)
            self._round = self._reader = None
        while not self._queue:
            self._step += 1
            if self._step >= len(self._steps):
                return None
            step = self._steps[self._step][0]
            if members := tuple(m for m in self.members if m.task not in self._gone and step.takes(m)):
                self._queue.append(Round(self._step, members))
        self._round = self._queue.pop(0)
        command = self._step_of(self._round)
        self._reader = command.reader(self._round.members)
        wide = self._wider.everybody if self._round.wide and self._wider else ()
        return command.argv(wide or self._round.members)

    def feed(self, data: bytes) -> list[Told]:
        r"""Read what the command wrote; `b""` is its end. Return what can be told of it so far."""
        told, self._late = self._late, []
        if not data:
            return joined([*told, *self._flush()])
        whole, end, rest = (self._partial + data).rpartition(b"\n")
        self._partial = rest
        if end:
            told += self._lines(whole + end)
        limit = _JSON_LINE if self._partial.startswith(b"{") and not self._torn else _LINE
        if len(self._partial) > limit:
            told += self._line(self._partial)
            self._partial, self._torn = b"", True
        return joined(told)

    def finish(self) -> list[MemberResult]:
        """Return how each member ended, in the order in which they were given."""
        unknown = "the batch was not run to its end"
        return [
            self._results.get(member.task, MemberResult(member.task, CANCELLATION, unknown)) for member in self.members
        ]

    def _step_of(self, one: Round) -> Step:
        step, probe = self._steps[one.step]
        return probe if one.probe and probe is not None else step

    def _lines(self, lines: bytes) -> list[Told]:
        told: list[Told] = []
        if self._torn:
            first, end, lines = lines.partition(b"\n")
            told += self._line(first + end)
            self._torn = False
        if not lines or self._reader is None:
            return [*told, Piece(self._last, lines)] if lines else told
        if (piece := self._reader.skim(lines)) is not None:
            self._last = piece.task
            return [*told, piece]
        for line in lines.split(b"\n")[:-1]:
            told += self._line(line + b"\n")
        return told

    def _line(self, line: bytes) -> Iterable[Told]:
        if self._torn or self._reader is None:
            return (Piece(self._last, line),)
        told = list(self._reader.line(line))
        for one in reversed(told):
            if isinstance(one, Piece):
                self._last = one.task
                break
        return told

    def _flush(self) -> list[Told]:
        told = list(self._line(self._partial)) if self._partial else []
        self._partial, self._torn = b"", False
        if self._reader is not None:
            told += self._reader.rest()
        return told

    def _judge(self, one: Round, exit_code: int) -> None:
        """Take over what one command said, and queue what has to be asked again."""
        assert self._reader is not None
        verdict = self._reader.verdict(exit_code)
        if verdict.refused and exit_code > 0:
            self._queue.insert(0, one)
            return
        if exit_code == 0:
            verdict = verdict._replace(passed=frozenset(m.task for m in one.members), failed={}, skipped={}, broken={})
        outputs = self._reader.outputs()
        if one.wide:
            self._judge_wide(one, verdict, outputs, exit_code)
            return
        blocked = self._blocked(one.members, verdict)
        doubtful = self._doubtful(one, verdict, blocked, exit_code)
        passed = []
        left = []
        for member in one.members:
            task = member.task
            if member in doubtful:
                continue
            if task in verdict.failed:
                self._end(MemberResult(task, FAILURE, verdict.failed[task], exit_code=exit_code))
                if member.package.id in verdict.broken:
                    self._gone.add(task)
            elif task in verdict.passed:
                passed.append(member)
                if not one.probe:
                    self._end(MemberResult(task, SUCCESS, outputs=outputs.get(task, ()), exit_code=0))
            elif task in blocked:
                self._end(MemberResult(task, SKIP, blocked[task]))
                self._gone.add(task)
            else:
                left.append(member)
        if one.probe and passed:
            self._queue.append(Round(one.step, tuple(passed), again=True))
        if left:
            self._ask_again(one, tuple(left), verdict, exit_code)
        if doubtful:
            probe = self._steps[one.step][1] is not None
            self._queue.append(Round(one.step, doubtful, probe=probe, wide=True))

    def _doubtful(
        self, one: Round, verdict: Verdict, blocked: Mapping[TaskId, str], exit_code: int
    ) -> tuple[Member, ...]:
        """Return the members that did not compile, or need what did not, and that might among everybody."""
        if self._wider is None or exit_code < 0:
            return ()
        if not any(self._wider.may_help(why) for why in verdict.broken.values()):
            return ()
        found = []
        for member in one.members:
            task = member.task
            if task in verdict.failed and member.package.id in verdict.broken:
                self._doubts[task] = MemberResult(task, FAILURE, verdict.failed[task], exit_code=exit_code)
            elif task in blocked and task not in verdict.passed and task not in verdict.failed:
                self._doubts[task] = MemberResult(task, SKIP, blocked[task])
            else:
                continue
            found.append(member)
        return tuple(found)

    def _judge_wide(
        self, one: Round, verdict: Verdict, outputs: Mapping[TaskId, tuple[str, ...]], exit_code: int
    ) -> None:
        """Take over what a command for everybody said of some; what it does not say leaves them as they were."""
        passed = []
        for member in one.members:
            task = member.task
            if task in verdict.passed:
                passed.append(member)
                if not one.probe:
                    self._end(MemberResult(task, SUCCESS, _TOGETHER, outputs.get(task, ()), exit_code=0))
            elif task in verdict.failed and member.package.id not in verdict.broken and not one.probe:
                self._end(MemberResult(task, FAILURE, verdict.failed[task], exit_code=exit_code))
            else:
                self._end(self._doubts[task])
                self._gone.add(task)
        if one.probe and passed:
            self._queue.append(Round(one.step, tuple(passed), again=True, wide=True))

    def _ask_again(self, one: Round, left: tuple[Member, ...], verdict: Verdict, exit_code: int) -> None:
        if exit_code < 0:
            tool = self._step_of(one).argv(left)[0]
            for member in left:
                self._end(MemberResult(member.task, ERROR, f"`{tool}` was killed by signal {-exit_code}"))
                self._gone.add(member.task)
        elif verdict.broken and not one.probe and not one.again and self._steps[one.step][1] is not None:
            self._queue.append(Round(one.step, left, probe=True))
        elif len(left) < len(one.members):
            self._queue.append(one._replace(members=left))
        elif 1 < len(left) <= _ALONE:
            self._queue += [one._replace(members=(member,)) for member in left]
        else:
            why = self._reader.complaint if self._reader is not None else ""
            for member in left:
                message = why or f"`{' '.join(self._step_of(one).argv(left)[:2])}` ended with exit code {exit_code}"
                self._end(MemberResult(member.task, FAILURE, message, exit_code=exit_code))
                self._gone.add(member.task)

    def _blocked(self, members: Iterable[Member], verdict: Verdict) -> dict[TaskId, str]:
        """Return the members that need a package that is broken, however far, and those the tool itself says so of."""
        found = dict(verdict.skipped)
        for member in members:
            if culprit := self._culprit(member.package.id, verdict.broken) if verdict.broken else "":
                found[member.task] = f"it needs `{culprit}`: {verdict.broken[culprit]}"
        return found

    def _culprit(self, package: str, broken: Mapping[str, str]) -> str:
        seen = {package}
        waiting = [*self._needs.get(package, ()), *self._own.get(package, ())]
        while waiting:
            need = waiting.pop(0)
            if need in broken and need != package:
                return need
            if need not in seen:
                seen.add(need)
                waiting += self._needs.get(need, ())
        return ""

    def _end(self, result: MemberResult) -> None:
        """Keep the worst that was said of a member; what it was first is what is told."""
        known = self._results.get(result.task)
        if known is None or (known.outcome == SUCCESS and result.outcome != SUCCESS):
            self._results[result.task] = result
