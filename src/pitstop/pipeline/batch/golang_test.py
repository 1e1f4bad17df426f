"""`go test -json` for many modules, with a result for each module and test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.links.testing.gotest import GoTestReader, read_event
from pitstop.pipeline.batch.diagnostics import Failures
from pitstop.pipeline.batch.golang import Modules, Template, TextReader, alike, template_of
from pitstop.pipeline.batch.rounds import Batch
from pitstop.pipeline.batch.values import Piece, Tested, Told, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pitstop.core.package import Package
    from pitstop.core.task import TaskId
    from pitstop.links.testing.gotest import Told as Events
    from pitstop.pipeline.batch.values import Member

_FAILED = 1
"""What `go test` ends with when a package failed and all others were tested."""


class TestReader:
    """Reads what `go test -json` prints."""

    def __init__(self, modules: Modules, members: Sequence[Member], flags: Sequence[str]) -> None:
        self._modules = modules
        self._members = members
        self._events = GoTestReader(verbose=any(flag in {"-v", "-v=true"} for flag in flags))
        self._stops = any(flag.startswith(("-failfast", "--failfast")) for flag in flags)
        self._text = TextReader(modules, members, blocks=False)
        self._failures = Failures()
        self._builds: dict[str, str] = {}
        """Import path of a build -> the first line of what is wrong with it."""
        self._why: dict[str, str] = {}
        """Id of a module -> why one of its packages was not tested."""
        self._all_ended = False

    @property
    def complaint(self) -> str:
        """What go said first."""
        return self._text.complaint

    def skim(self, lines: bytes) -> None:
        """Every line may say something."""

    def line(self, line: bytes) -> Iterable[Told]:
        """Read one line of either stream."""
        event = read_event(line)
        if event is None:
            return self._text.line(line)
        if (build := str(event.get("ImportPath", ""))) and event["Action"] == "build-output":
            text = str(event.get("Output", ""))
            if text.strip() and not text.startswith("# "):
                self._builds.setdefault(build, text.strip())
        package = str(event.get("Package") or build.partition(" ")[0])
        module = self._modules.of_import(package)
        if event["Action"] == "fail" and "Test" not in event and "FailedBuild" in event:
            self._why.setdefault(module, self._builds.get(str(event["FailedBuild"]), f"`{package}` does not build"))
        return self._told(module, self._events.event(event))

    def rest(self) -> Iterable[Told]:
        """Tell of tests that never ended."""
        self._all_ended = all(self._events.packages.values())
        found: list[Told] = []
        for package in [package for package, outcome in self._events.packages.items() if not outcome]:
            self._why.setdefault(
                self._modules.of_import(package), f"the tests of `{package}` did not come to their end"
            )
        ended = self._events.end()
        for case in ended.cases:
            found += self._told(self._modules.of_import(case.suite), ended._replace(text=b"", cases=(case,)))
        return (*found, *((Piece(None, ended.text),) if ended.text else ()))

    def verdict(self, exit_code: int) -> Verdict:
        """Return which modules failed; when every package came to its end, that the others which were seen passed."""
        outcomes: dict[str, list[str]] = {}
        for package, outcome in self._events.packages.items():
            outcomes.setdefault(self._modules.of_import(package), []).append(outcome)
        failed: dict[TaskId, str] = {}
        passed: set[TaskId] = set()
        for module, task in self._modules.tasks.items():
            ended = outcomes.get(module, [])
            if module in self._why or "failure" in ended or "error" in ended:
                failed[task] = self._failures.sentence(task, self._why.get(module, "a package failed without a test"))
            elif ended and exit_code == _FAILED and self._all_ended and not self._stops:
                passed.add(task)
        members = {member.task for member in self._members}
        named = self._text.verdict(exit_code).failed
        everyone = {task: why for task, why in {**named, **failed}.items() if task in members}
        return Verdict(frozenset(passed & members) - everyone.keys(), everyone)

    def outputs(self) -> Mapping[TaskId, tuple[str, ...]]:
        """Nothing that is kept."""
        return {}

    def _told(self, module: str, told: Events) -> list[Told]:
        task = self._modules.tasks.get(module)
        found: list[Told] = [Piece(task, told.text)] if told.text else []
        for case in told.cases:
            if task is not None:
                case = case._replace(file=self._modules.file_of(case.suite, case.file))
                self._failures.add(task, case)
                found.append(Tested(task, case))
        return found


class TestStep:
    """One `go test -json`."""

    def __init__(self, template: Template, modules: Modules) -> None:
        self._template = template
        self._modules = modules

    def takes(self, member: Member) -> bool:
        """Every member."""
        return member is not None

    def argv(self, members: Sequence[Member]) -> tuple[str, ...]:
        """Return the command for `members`."""
        head, flags = self._template.argv[:2], self._template.argv[2:]
        return (*head, *(("-json",) if "-json" not in flags else ()), *flags, *self._modules.patterns(members))

    def reader(self, members: Sequence[Member]) -> TestReader:
        """Return what reads its output."""
        return TestReader(self._modules, members, self._template.argv[2:])


def start(
    members: Sequence[Member],
    root: str,
    packages: Sequence[Package],
    tools: Mapping[str, str],  # noqa: ARG001  every version prints the same
    *,
    color: bool,  # noqa: ARG001  go prints no colours
) -> Batch:
    """Return the batch of one `go test`."""
    template = template_of(members[0].spec.command)
    assert template is not None
    modules = Modules(members, packages, root)
    return Batch(members, [(TestStep(template, modules), None)], packages, modules.cwd)


__all__ = ["alike", "start"]
