"""`cargo nextest run` for many packages: results by the package in the name of each test's binary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.links.testing.nextest import NextestReader
from pitstop.pipeline.batch.cargo import in_repository
from pitstop.pipeline.batch.diagnostics import Failures, TextDiagnostics, named_in, plain_text
from pitstop.pipeline.batch.values import Piece, Tested, Told, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pitstop.core.task import TaskId
    from pitstop.links.testing.case import TestCase
    from pitstop.pipeline.batch.cargo import Crates, Template
    from pitstop.pipeline.batch.values import Member

_NO_TESTS = 4
_TESTS_FAILED = 100
"""Exit codes of nextest (docs.rs/nextest-metadata, NextestExitCode)."""


class RunReader:
    """Reads what `cargo nextest run` prints: rustc's diagnostics for people, then nextest's lines."""

    def __init__(self, crates: Crates, members: Sequence[Member]) -> None:
        self.complaint = ""
        self._crates = crates
        self._members = members
        self._tests = NextestReader()
        self._failures = Failures()
        self._broken: dict[str, str] = {}
        self._testing = False
        self._diagnostics = TextDiagnostics(
            lambda path: crates.tasks.get(crates.of_file(path.decode("utf-8", "surrogateescape"))), crates.seen
        )

    def skim(self, lines: bytes) -> None:
        """Every line may say something."""

    def line(self, line: bytes) -> Iterable[Told]:
        """Read one line of either stream."""
        if not self._testing:
            plain = plain_text(line)
            if plain.startswith((b" Nextest run", b"    Starting ")):
                self._testing = True
                return (*self._diagnostics.rest(), Piece(None, line))
            return self._compiling(line, plain)
        told = [self._tested(case) for case in self._tests.line(line)]
        return (*filter(None, told), Piece(self._owner(self._tests.suite), line))

    def rest(self) -> Iterable[Told]:
        """Tell of what was held back."""
        return (*self._diagnostics.rest(), *filter(None, [self._tested(case) for case in self._tests.end()]))

    def verdict(self, exit_code: int) -> Verdict:
        """Return who had failures; when every test was run, all others passed."""
        everyone = frozenset(member.task for member in self._members)
        if exit_code == _NO_TESTS:
            return Verdict(passed=everyone)
        failed = {task: self._failures.sentence(task) for task in self._failures.tasks()}
        if exit_code == _TESTS_FAILED and self._tests.finished and failed:
            return Verdict(everyone - failed.keys(), failed)
        tasks = self._crates.tasks
        for package, why in self._broken.items():
            if package in tasks:
                failed.setdefault(tasks[package], why)
        return Verdict(failed=failed, broken=self._broken)

    def outputs(self) -> Mapping[TaskId, tuple[str, ...]]:
        """Nothing that is kept."""
        return {}

    def _compiling(self, line: bytes, plain: bytes) -> Iterable[Told]:
        if not plain.startswith(b"error"):
            return self._diagnostics.line(line, plain)
        text = plain.decode("utf-8", "replace").strip()
        self.complaint = self.complaint or text
        if not (name := named_in(plain)):
            return self._diagnostics.line(line, plain)
        package = self._crates.of_name(name)
        task, latest = self._crates.tasks.get(package), self._diagnostics.latest
        self._broken.setdefault(package or name, self._diagnostics.errors.get(task, text) if task else latest or text)
        return (*self._diagnostics.rest(), Piece(task, line))

    def _owner(self, suite: str) -> TaskId | None:
        return self._crates.tasks.get(self._crates.of_name(suite.partition("::")[0])) if suite else None

    def _tested(self, case: TestCase) -> Tested | None:
        task = self._owner(case.suite)
        if task is None:
            return None
        case = case._replace(file=in_repository(self._crates.cwd, case.file))
        self._failures.add(task, case)
        return Tested(task, case)


class NextestStep:
    """One `cargo nextest run`."""

    def __init__(self, template: Template, crates: Crates, *, color: bool) -> None:
        self._template = template
        self._crates = crates
        self._color = f"--color={'always' if color else 'never'}"

    def takes(self, member: Member) -> bool:
        """Every member; one without tests passes."""
        return member is not None

    def argv(self, members: Sequence[Member]) -> tuple[str, ...]:
        """Return the command for `members`."""
        more = [flag for flag in ("--no-fail-fast",) if flag not in self._template.flags]
        return self._template.argv((member.package.name for member in members), *more, self._color)

    def reader(self, members: Sequence[Member]) -> RunReader:
        """Return what reads its output."""
        return RunReader(self._crates, members)
