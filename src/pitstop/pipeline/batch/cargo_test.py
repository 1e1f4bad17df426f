"""`cargo test` for many packages, by nextest where it is installed, with a result for each package and test.

`cargo test` and nextest stop at the first package that does not compile. The probe then is a `cargo build --keep-going
--tests` in the profile of the tests, which tells who compiles; they are tested without the others.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from pitstop.links.testing.libtest import HEADING, LibtestReader
from pitstop.pipeline.batch.cargo import Crates, Template, alike, can_keep_going, template_of
from pitstop.pipeline.batch.cargo_build import BuildReader, BuildStep, formats
from pitstop.pipeline.batch.cargo_nextest import NextestStep
from pitstop.pipeline.batch.cargo_wide import wider
from pitstop.pipeline.batch.diagnostics import Failures, plain_text
from pitstop.pipeline.batch.rounds import Batch
from pitstop.pipeline.batch.values import Piece, Tested, Told, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pitstop.core.package import Package
    from pitstop.core.task import TaskId
    from pitstop.links.testing.case import TestCase
    from pitstop.pipeline.batch.values import Member, Step

_RERUN = re.compile(rb"error: (?:doc)?test failed, to rerun pass [`'](.*)[`']\s*")
_SUMMARY = re.compile(rb"error: \d+ targets? failed:\s*")
_SUMMARY_LINE = re.compile(rb" {4}`(.*)`\s*")
_PACKAGE = re.compile(rb"(?:^| )-p (\S+)")
_NOT_NEXTEST = {"--doc", "--no-run", "--bench", "--benches", "--message-format", "--nocapture"}
_NOT_BUILD = {"--no-fail-fast", "--doc", "--no-run", "--nocapture"}


class TestReader:
    """Reads what `cargo test --message-format=json` prints: first cargo's messages, then libtest's lines."""

    def __init__(self, crates: Crates, members: Sequence[Member], build: BuildReader) -> None:
        self._crates = crates
        self._members = members
        self._build = build
        self._tests = LibtestReader()
        self._current = ""
        """Id of the package whose tests run."""
        self._suite = ""
        self._failures = Failures()
        self._failed: dict[str, str] = {}
        """Packages with a target that failed."""
        self._ran: set[str] = set()
        self._summary: bool | None = False
        """Whether the list of what failed was the last thing that came; None while it is read."""
        self._testing = False

    @property
    def complaint(self) -> str:
        """What cargo said first."""
        return self._build.complaint

    def skim(self, lines: bytes) -> Piece | None:
        """Pass on what a test printed."""
        if not self._testing or self._summary is not False or not self._tests.ignores(b"\n" + lines):
            return None
        if any(mark in lines for mark in (b'"reason":"compiler-', b"error: ", b"process didn't exit successfully: ")):
            return None
        return Piece(self._crates.tasks.get(self._current), lines)

    def line(self, line: bytes) -> Iterable[Told]:
        """Read one line of either stream."""
        if not self._testing:
            if not self._is_heading(line):
                return self._build.line(line)
            self._testing = True
        if self._is_heading(line):
            return self._heading(line)
        if line.startswith(b"{") and b'"reason":"compiler-' in line:
            return self._build.line(line)  # documentation tests of a crate that is built only now
        if line.startswith(b"error: "):
            return self._error(line)
        if self._summary is None:
            if found := _SUMMARY_LINE.fullmatch(line):
                self._fail(found[1])
                return (Piece(None, line),)
            self._summary = False if line.strip() else None  # a test printed what looked like it
        task = self._crates.tasks.get(self._current)
        if task is not None and line.startswith(b"  process didn't exit successfully: "):
            self._failed[self._current] = line.decode("utf-8", "replace").strip()
        told = [self._tested(case) for case in self._tests.line(line)]
        return (*filter(None, told), Piece(task, line))

    def rest(self) -> Iterable[Told]:
        """Tell of the tests that were held back until the end of their executable."""
        if self._summary is None:
            self._summary = True
        return [told for case in self._tests.end() if (told := self._tested(case)) is not None]

    def verdict(self, exit_code: int) -> Verdict:
        """Return which packages had a failed target, and, if cargo came to its end, that all others passed."""
        tasks = self._crates.tasks
        failed = {
            tasks[package]: self._failures.sentence(tasks[package], why)
            for package, why in self._failed.items()
            if package in tasks
        }
        built = self._build.verdict(exit_code)
        if self._build.finished is not True:
            return built
        passed = set()
        if exit_code > 0 and self._summary:
            waiting = {package for name, package in self._build.executables.items() if name not in self._ran}
            passed = {
                member.task
                for member in self._members
                if member.task not in failed and member.package.id not in waiting
            }
        return Verdict(frozenset(passed), {**built.failed, **failed}, built.broken)

    def outputs(self) -> Mapping[TaskId, tuple[str, ...]]:
        """Nothing that is kept."""
        return {}

    def _is_heading(self, line: bytes) -> bool:
        """Return whether cargo starts the tests of an executable; a test may print what looks like it."""
        if not line.startswith((b"   ", b"\x1b")) or not (b"Running " in line or b"Doc-tests " in line):
            return False
        found = HEADING.fullmatch(plain_text(line))
        if found is None:
            return False
        if found[4]:
            return found[4].decode("utf-8", "replace").replace("-", "_") in self._build.libraries
        return _file_name(found[2] or found[3]) in self._build.executables

    def _heading(self, line: bytes) -> Iterable[Told]:
        found = HEADING.fullmatch(plain_text(line))
        assert found is not None
        told = [told for case in self._tests.line(line) if (told := self._tested(case)) is not None]
        if found[4]:
            library = found[4].decode("utf-8", "replace").replace("-", "_")
            self._current = self._build.libraries[library]
            self._suite = f"{self._crates.names.get(self._current, library)}::doc"
        else:
            name = _file_name(found[2] or found[3])
            self._current = self._build.executables[name]
            self._suite = self._build.suites.get(name, "")
            self._ran.add(name)
        self._summary = False
        return (*told, Piece(self._crates.tasks.get(self._current), line))

    def _error(self, line: bytes) -> Iterable[Told]:
        task = self._crates.tasks.get(self._current)
        told = [told for case in self._tests.end() if (told := self._tested(case)) is not None]
        if _SUMMARY.fullmatch(line):
            self._summary = None
            self._current = ""
            return (*told, Piece(None, line))
        if found := _RERUN.fullmatch(line):
            self._fail(found[1])
            return (*told, Piece(task, line))
        return (*told, *(self._build.line(line) if not task else (Piece(task, line),)))

    def _fail(self, arguments: bytes) -> None:
        """Note the failure of a target that cargo names as `-p money --lib`."""
        found = _PACKAGE.search(arguments)
        name = found[1].decode("utf-8", "replace") if found else ""
        package = self._crates.of_name(name.rpartition("/")[2].partition("@")[0]) or self._current
        if package:
            self._failed.setdefault(package, f"failed: `{arguments.decode('utf-8', 'replace')}`")

    def _tested(self, case: TestCase) -> Tested | None:
        task = self._crates.tasks.get(self._current)
        if task is None:
            return None
        file = self._crates.place(self._current, case.file)
        case = case._replace(suite=self._suite or case.suite, file=file)
        self._failures.add(task, case)
        return Tested(task, case)


def _file_name(path: bytes) -> str:
    return re.split(r"[/\\]", path.decode("utf-8", "replace"))[-1]


class TestStep:
    """One `cargo test`; with `doc` only the examples in the documentation."""

    __test__ = False

    def __init__(self, template: Template, crates: Crates, *, color: bool, doc: bool = False) -> None:
        self._template = template
        self._crates = crates
        self._color = color
        self._doc = doc

    def takes(self, member: Member) -> bool:
        """Return whether `member` has tests of this kind; there is no way to ask cargo for those it may not have."""
        return not self._doc or has_doc_tests(os.path.join(self._crates.root, member.package.manifest))

    def argv(self, members: Sequence[Member]) -> tuple[str, ...]:
        """Return the command for `members`."""
        more = [flag for flag in (("--doc",) if self._doc else ()) if flag not in self._template.flags]
        if "--no-fail-fast" not in self._template.flags:
            more.append("--no-fail-fast")
        names = (member.package.name for member in members)
        return self._template.argv(names, *more, *formats(color=self._color))

    def reader(self, members: Sequence[Member]) -> TestReader:
        """Return what reads its output."""
        build = BuildReader(self._crates, members, "dev", keep_going=False)
        if self._doc:
            for member in members:
                build.libraries[member.package.name.replace("-", "_")] = member.package.id
        return TestReader(self._crates, members, build)


def has_doc_tests(manifest: str) -> bool:
    """Return whether the package with this manifest has a library whose documentation may hold tests."""
    import tomllib

    try:
        with open(manifest, "rb") as file:
            table = tomllib.load(file)
    except (OSError, ValueError):
        return False
    library = table.get("lib")
    if isinstance(library, dict):
        kinds = library.get("crate-type") or library.get("crate_type") or ["lib"]
        if library.get("doctest") is False or not {"lib", "rlib", "dylib", "proc-macro"}.intersection(kinds):
            return False
        if isinstance(library.get("path"), str):
            return True
    return os.path.isfile(os.path.join(os.path.dirname(manifest), "src", "lib.rs"))


def start(
    members: Sequence[Member], root: str, packages: Sequence[Package], tools: Mapping[str, str], *, color: bool
) -> Batch:
    """Return the batch of one `cargo test`, or of `cargo nextest run` and `cargo test --doc`."""
    template = template_of(members[0].spec.command, members[0].package.name)
    assert template is not None
    crates = Crates(members, packages, root)
    probe: Step | None = None
    if can_keep_going(tools) and "--doc" not in template.flags:
        flags = tuple(flag for flag in template.flags if flag not in _NOT_BUILD)
        profile = (
            () if {"--release", "-r"}.intersection(flags) or "--profile" in " ".join(flags) else ("--profile", "test")
        )
        chosen = any(flag.startswith(("--lib", "--bin", "--test", "--example", "--all-targets")) for flag in flags)
        targets = () if chosen else ("--tests", "--examples")
        head = (*template.head[: 1 + _options(template.head)], "build")
        build = Template(head, (*flags, *targets, *profile))
        probe = BuildStep(build, crates, keep_going=True, color=color, need="dev")
    steps: list[tuple[Step, Step | None]] = [(TestStep(template, crates, color=color), probe)]
    words = {flag.partition("=")[0] for flag in template.flags}
    plain = template.subcommand in {"test", "t"} and not template.after and words.isdisjoint(_NOT_NEXTEST)
    if template.subcommand == "nextest run" or (plain and "cargo-nextest" in tools):
        options = template.head[: 1 + _options(template.head)]
        nextest = Template((*options, "nextest", "run"), template.flags, template.after)
        steps = [(NextestStep(nextest, crates, color=color), probe)]
        if plain and words.isdisjoint({"--lib", "--bin", "--bins", "--test", "--tests", "--example", "--all-targets"}):
            doc = Template((*options, "test"), template.flags)
            steps.append((TestStep(doc, crates, color=color, doc=True), None))
    return Batch(members, steps, packages, crates.cwd, wider=wider(members, packages, root), dev=True)


def _options(head: tuple[str, ...]) -> int:
    """Return how many words stand between `cargo` and its subcommand."""
    return sum(word.startswith(("+", "-")) for word in head[1:])


__all__ = ["alike", "start"]
