"""`go build` and `go vet` for many modules, and what all of Go's tools have in common.

One call covers the modules of one go.work by the patterns of their folders (`./api/... ./web/...`); a module of its own
is a call of its own. go does not say what it found in order, so after a failure the modules that it named are done and
the others are asked again, which its cache makes cheap.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from pitstop.pipeline.batch.diagnostics import plain_text
from pitstop.pipeline.batch.rounds import Batch
from pitstop.pipeline.batch.values import Piece, Told, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pitstop.core.package import Package
    from pitstop.core.task import TaskId
    from pitstop.pipeline.batch.values import Member

_HEADING = re.compile(rb"# \[?([^\s\]]+)")
_FILE = re.compile(rb"(?:vet: )?((?:\./|\.\./|/)?[^\s:]+\.(?:go|s|c|h|cc|cpp|mod)):\d+(?::\d+)?: ")
_IN_FOLDER = re.compile(rb" in (/\S+)$")
_PATTERN = "./..."


class Template(NamedTuple):
    """A command of go without the patterns of packages at its end."""

    argv: tuple[str, ...]

    @property
    def subcommand(self) -> str:
        """`build`, `vet`, `test`."""
        return self.argv[1]


def template_of(command: tuple[str, ...] | str) -> Template | None:
    """Return `command` without its `./...`; None when it is about anything else than the whole module."""
    if isinstance(command, str) or len(command) < 3 or command[-1] != _PATTERN or command[0] != "go":
        return None
    return None if command[1].startswith("-") else Template(command[:-1])


def alike(member: Member) -> tuple[object, ...] | None:
    """Return what members must have in common to share a call of go (see `table.py`)."""
    template = template_of(member.spec.command)
    if template is None or member.spec.cwd not in {None, member.package.root}:
        return None
    return member.package.workspace, template


class Modules:
    """Which module something in go's output belongs to: by import path or by file."""

    def __init__(self, members: Sequence[Member], packages: Sequence[Package], root: str) -> None:
        self.cwd = members[0].package.workspace
        self.tasks: dict[str, TaskId] = {member.package.id: member.task for member in members}
        self.roots: dict[str, tuple[str, str]] = {}
        """Module path -> id of the package, its folder."""
        self._root = os.path.realpath(root)
        self._folders: dict[str, str] = {}
        for package in (*packages, *(member.package for member in members)):
            if package.ecosystem == "go":
                self.roots[package.name] = (package.id, package.root)
                self._folders[os.path.normpath(os.path.join(self._root, package.root))] = package.id

    def of_import(self, path: str) -> str:
        """Return the id of the module that the import path is in, or `""`."""
        while path:
            if path in self.roots:
                return self.roots[path][0]
            path = path.rpartition("/")[0]
        return ""

    def of_file(self, path: str) -> str:
        """Return the id of the module that a file or folder, as go writes it, lies in, or `""`."""
        folder = os.path.normpath(os.path.join(self._root, self.cwd, path))
        while True:
            if folder in self._folders:
                return self._folders[folder]
            parent = os.path.dirname(folder)
            if parent == folder:
                return ""
            folder = parent

    def patterns(self, members: Iterable[Member]) -> tuple[str, ...]:
        """Return what stands for all packages of these modules."""
        found = []
        for member in members:
            inside = os.path.relpath(member.package.root or ".", self.cwd or ".").replace(os.sep, "/")
            found.append(_PATTERN if inside == "." else f"./{inside}/...")
        return tuple(found)

    def file_of(self, suite: str, file: str) -> str:
        """Return the path, relative to the repository, of a file that a test of the package `suite` named."""
        if not file or "/" in file:
            inside = os.path.relpath(file, self._root).replace(os.sep, "/") if os.path.isabs(file) else file
            return file if inside.startswith("../") else inside
        owner = suite
        while owner:
            if owner in self.roots:
                rest = suite[len(owner) :].strip("/")
                return "/".join(part for part in (self.roots[owner][1], rest, file) if part)
            owner = owner.rpartition("/")[0]
        return file


class TextReader:
    """Reads what `go build` and `go vet` print: nothing for what is in order."""

    def __init__(self, modules: Modules, members: Sequence[Member], *, blocks: bool) -> None:
        self.complaint = ""
        self._modules = modules
        self._members = members
        self._blocks = blocks
        """Whether what needs a failed module fails because of it."""
        self._current = ""
        self._errors: dict[str, str] = {}
        """Id of a module -> the first line that is against it."""

    def skim(self, lines: bytes) -> None:
        """Every line may say something."""

    def line(self, line: bytes) -> Iterable[Told]:
        """Read one line of either stream."""
        plain = plain_text(line).rstrip(b"\r\n")
        if found := _HEADING.match(plain):
            self._current = self._modules.of_import(found[1].decode("utf-8", "replace"))
            return (self._piece(line),)
        owner = ""
        if (found := _FILE.match(plain)) or (found := _IN_FOLDER.search(plain)):
            owner = self._modules.of_file(found[1].decode("utf-8", "surrogateescape"))
        if plain.startswith(b"go: "):
            self._current = ""
            if not plain.startswith((b"go: downloading ", b"go: finding ", b"go: extracting ")):
                self.complaint = self.complaint or plain.decode("utf-8", "replace")
        elif owner or (self._current and plain.strip()):
            self._current = owner or self._current
            text = plain.decode("utf-8", "replace").strip()
            self.complaint = self.complaint or text
            self._errors.setdefault(self._current, text)
        return (self._piece(line),)

    def rest(self) -> Iterable[Told]:
        """Nothing is held back."""
        return ()

    def verdict(self, exit_code: int) -> Verdict:
        """Return which modules were named; of the others nothing is known."""
        if exit_code == 0:
            return Verdict()
        tasks = self._modules.tasks
        failed = {tasks[module]: why for module, why in self._errors.items() if module in tasks}
        return Verdict(failed=failed, broken=self._errors if self._blocks else {})

    def outputs(self) -> Mapping[TaskId, tuple[str, ...]]:
        """Nothing that is kept: executables are what a task declares."""
        return {}

    def _piece(self, line: bytes) -> Piece:
        return Piece(self._modules.tasks.get(self._current), line)


class TextStep:
    """One `go build` or `go vet`."""

    def __init__(self, template: Template, modules: Modules) -> None:
        self._template = template
        self._modules = modules

    def takes(self, member: Member) -> bool:
        """Every member."""
        return member is not None

    def argv(self, members: Sequence[Member]) -> tuple[str, ...]:
        """Return the command for `members`."""
        argv = self._template.argv
        if self._template.subcommand == "build" and "-o" not in argv:
            argv = (*argv, "-o", os.devnull)  # one lone `main` would else be written into the working folder
        return (*argv, *self._modules.patterns(members))

    def reader(self, members: Sequence[Member]) -> TextReader:
        """Return what reads its output."""
        return TextReader(self._modules, members, blocks=self._template.subcommand == "build")


def start(
    members: Sequence[Member],
    root: str,
    packages: Sequence[Package],
    tools: Mapping[str, str],  # noqa: ARG001  every version prints the same
    *,
    color: bool,  # noqa: ARG001  go prints no colours
) -> Batch:
    """Return the batch of one `go build` or `go vet`."""
    template = template_of(members[0].spec.command)
    assert template is not None
    modules = Modules(members, packages, root)
    return Batch(members, [(TextStep(template, modules), None)], packages, modules.cwd)
