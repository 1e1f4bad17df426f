"""cargo: one command line for many packages, and which package a path or name of its output belongs to."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pitstop.core.package import Package
    from pitstop.core.task import TaskId
    from pitstop.pipeline.batch.values import Member

_KEEP_GOING = (1, 74)
"""`cargo build --keep-going` is stable since then (doc.rust-lang.org/cargo/CHANGELOG.html)."""


class Template(NamedTuple):
    """A command without the packages it is about."""

    head: tuple[str, ...]
    """`cargo test`, with a toolchain and options for cargo itself."""
    flags: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    """What stands behind `--`."""

    def argv(self, names: Iterable[str], *more: str, after: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return the command for these packages, with further options."""
        chosen = [word for name in names for word in ("-p", name)]
        behind = (*self.after, *after)
        return (*self.head, *chosen, *self.flags, *more, *(("--", *behind) if behind else ()))

    @property
    def subcommand(self) -> str:
        """`test`, `nextest run`, `clippy`."""
        words = [word for word in self.head[1:] if not word.startswith(("+", "-"))]
        return " ".join(words)


def template_of(command: tuple[str, ...] | str, package: str) -> Template | None:
    """Return `command` without its `-p package`; None when it is not about just this package."""
    if isinstance(command, str) or not command:
        return None
    front, _, behind = _partition(command, "--")
    names = []
    kept = []
    words = iter(front)
    for word in words:
        if word in {"-p", "--package"}:
            names.append(next(words, ""))
        elif word.startswith("--package="):
            names.append(word.removeprefix("--package="))
        elif word.startswith("-p") and len(word) > 2:
            names.append(word[2:])
        else:
            kept.append(word)
    if names != [package]:
        return None
    size = 1
    while size < len(kept) and kept[size].startswith(("+", "-")):
        size += 1
    size += 2 if kept[size : size + 2] == ["nextest", "run"] else 1
    return Template(tuple(kept[:size]), tuple(kept[size:]), behind)


def _partition(words: tuple[str, ...], separator: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    if separator not in words:
        return words, (), ()
    at = words.index(separator)
    return words[:at], words[at : at + 1], words[at + 1 :]


def can_keep_going(tools: Mapping[str, str]) -> bool:
    """Return whether `cargo build` knows `--keep-going`; `tools` holds what `cargo -V` says."""
    found = re.search(r"(\d+)\.(\d+)", tools.get("cargo", ""))
    return found is None or (int(found[1]), int(found[2])) >= _KEEP_GOING


class Crates:
    """Which package something in cargo's output belongs to: by path, by name, by the name of its library."""

    def __init__(self, members: Sequence[Member], packages: Sequence[Package], root: str) -> None:
        self.root = os.path.realpath(root)
        self.tasks: dict[str, TaskId] = {member.package.id: member.task for member in members}
        workspace = members[0].package.workspace
        self.cwd = members[0].spec.cwd if members[0].spec.cwd is not None else members[0].package.root
        known = {package.id: package for package in (*packages, *(member.package for member in members))}
        self.seen: set[tuple[object, ...]] = set()
        """Diagnostics that were told (see `diagnostics.note`)."""
        self.names = {package.id: package.name for package in known.values()}
        self._roots = {package.id: package.root for package in known.values()}
        self._by_folder: dict[str, str] = {}
        self._by_name: dict[str, str] = {}
        for package in known.values():
            self._by_folder[os.path.normpath(os.path.join(self.root, package.root))] = package.id
            if package.ecosystem == "cargo" and package.workspace == workspace:
                self._by_name[package.name] = package.id
        for member in members:
            self._by_name[member.package.name] = member.package.id

    def of_manifest(self, path: str) -> str:
        """Return the id of the package with this manifest, or `""`."""
        return self._by_folder.get(os.path.dirname(path), "")

    def of_file(self, path: str) -> str:
        """Return the id of the package that the absolute or repository-relative `path` lies in, or `""`."""
        folder = os.path.normpath(os.path.join(self.root, self.cwd, path))
        while True:
            folder, before = os.path.dirname(folder), folder
            if folder in self._by_folder:
                return self._by_folder[folder]
            if folder == before:
                return ""

    def of_name(self, name: str) -> str:
        """Return the id of the package that cargo calls `name`, or `""`."""
        return self._by_name.get(name, "")

    def place(self, package: str, file: str) -> str:
        """Return the path, relative to the repository, of a `file` that a test of `package` named.

        What it is relative to is not said: rustdoc names files from the folder of the workspace, and named them from
        that of the package when it was older (seen with 1.63 and 1.95).
        """
        path = in_repository(self.cwd, file)
        inside = f"{self._roots.get(package, '')}/{file}".lstrip("/")
        if not file or os.path.exists(os.path.join(self.root, path)) or os.path.isabs(file):
            return path
        return inside if os.path.exists(os.path.join(self.root, inside)) else path

    def relative(self, path: str) -> str | None:
        """Return an absolute path relative to the repository, POSIX; None when it lies outside."""
        inside = os.path.relpath(path, self.root).replace(os.sep, "/")
        return None if inside.startswith("../") or os.path.isabs(inside) else inside


def in_repository(cwd: str, file: str) -> str:
    """Return the path that a tool running in `cwd` wrote, relative to the repository when it is relative at all."""
    if not file or not cwd or os.path.isabs(file):
        return file
    return os.path.normpath(f"{cwd}/{file}").replace(os.sep, "/")


def alike(member: Member) -> tuple[object, ...] | None:
    """Return what members must have in common to share a call of cargo (see `table.py`)."""
    template = template_of(member.spec.command, member.package.name)
    return None if template is None else (member.package.workspace, member.spec.cwd, template)
