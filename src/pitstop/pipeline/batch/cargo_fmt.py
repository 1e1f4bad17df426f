"""`cargo fmt --check` for many packages: differences become results by the files they are in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pitstop.pipeline.batch.cargo import Crates, Template, alike, template_of
from pitstop.pipeline.batch.diagnostics import TextDiagnostics, named_in, plain_text
from pitstop.pipeline.batch.rounds import Batch
from pitstop.pipeline.batch.values import Piece, Told, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pitstop.core.package import Package
    from pitstop.core.task import TaskId
    from pitstop.pipeline.batch.values import Member

_DIFF = re.compile(rb"Diff in (.+?)(?: at line \d+:?|:\d+:?)\s*")
_PATH = re.compile(rb"(/[^\s`:]+|[A-Za-z]:\\[^\s`:]+)")
_SHOWN = 3


class FmtReader:
    """Reads what `cargo fmt --check` prints."""

    def __init__(self, crates: Crates, members: Sequence[Member]) -> None:
        self.complaint = ""
        self._crates = crates
        self._members = {member.task: member for member in members}
        self._current: TaskId | None = None
        self._differs = False
        """Whether a difference is being read."""
        self._diagnostics = TextDiagnostics(self._at_fault, crates.seen)
        self._reason = b""
        self._files: dict[TaskId, dict[str, None]] = {}
        self._errors: dict[TaskId, str] = {}

    def skim(self, lines: bytes) -> None:
        """Every line may say something."""

    def line(self, line: bytes) -> Iterable[Told]:
        """Read one line of either stream."""
        plain = plain_text(line).rstrip(b"\r\n")
        if found := _DIFF.fullmatch(plain):
            self._differs = True
            self._current = self._owner(found[1])
            if self._current is not None:
                self._files.setdefault(self._current, {})[self._shown(found[1])] = None
            return (*self._diagnostics.rest(), Piece(self._current, line))
        if plain.startswith((b"error", b"Error", b"warning", b"package `")):
            self._differs = False
            if not plain.startswith(b"warning"):
                self.complaint = self.complaint or plain.decode("utf-8", "replace")
                self._reason = plain
            if owner := self._named(plain):
                self._errors.setdefault(owner, plain.decode("utf-8", "replace").strip())
                return (*self._diagnostics.rest(), Piece(owner, line))
        if self._differs:
            return (Piece(self._current, line),)
        return self._diagnostics.line(line, plain)

    def rest(self) -> Iterable[Told]:
        """Tell of an error that named no place."""
        return self._diagnostics.rest()

    def verdict(self, exit_code: int) -> Verdict:
        """Return who was named; rustfmt does not say which files it found in order."""
        failed = dict(self._errors)
        for task, files in self._files.items():
            shown = ", ".join(f"`{file}`" for file in list(files)[:_SHOWN])
            more = f" and {len(files) - _SHOWN} more" if len(files) > _SHOWN else ""
            failed.setdefault(task, f"not formatted: {shown}{more}")
        return Verdict(failed={task: why for task, why in failed.items() if task in self._members and exit_code})

    def outputs(self) -> Mapping[TaskId, tuple[str, ...]]:
        """Nothing is built."""
        return {}

    def _named(self, line: bytes) -> TaskId | None:
        """Return the member that an error names in its first line, by its name or by a path."""
        if name := named_in(line):
            return self._crates.tasks.get(self._crates.of_name(name))
        path = _PATH.search(line)
        return self._owner(path[1]) if path and not line.startswith(b"warning") else None

    def _at_fault(self, path: bytes) -> TaskId | None:
        owner = self._owner(path)
        if owner is not None and self._reason:
            self._errors.setdefault(owner, self._reason.decode("utf-8", "replace").strip())
        return owner

    def _owner(self, path: bytes) -> TaskId | None:
        return self._crates.tasks.get(self._crates.of_file(path.decode("utf-8", "surrogateescape")))

    def _shown(self, path: bytes) -> str:
        text = path.decode("utf-8", "replace")
        return self._crates.relative(text) or text


class FmtStep:
    """One `cargo fmt --check`."""

    def __init__(self, template: Template, crates: Crates, *, color: bool) -> None:
        self._template = template
        self._crates = crates
        self._color = "always" if color else "never"

    def takes(self, member: Member) -> bool:
        """Every member."""
        return member is not None

    def argv(self, members: Sequence[Member]) -> tuple[str, ...]:
        """Return the command for `members`."""
        after = () if "--color" in " ".join(self._template.after) else ("--color", self._color)
        return self._template.argv((member.package.name for member in members), after=after)

    def reader(self, members: Sequence[Member]) -> FmtReader:
        """Return what reads its output."""
        return FmtReader(self._crates, members)


def start(
    members: Sequence[Member],
    root: str,
    packages: Sequence[Package],
    tools: Mapping[str, str],  # noqa: ARG001  every version prints the same
    *,
    color: bool,
) -> Batch:
    """Return the batch of one `cargo fmt --check`."""
    template = template_of(members[0].spec.command, members[0].package.name)
    assert template is not None
    crates = Crates(members, packages, root)
    return Batch(members, [(FmtStep(template, crates, color=color), None)], packages, crates.cwd)


__all__ = ["alike", "start"]
