"""A drafted entry checked against recorded logs, and appended to the repository's own entries."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.errors import SurroundingError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pitstop.explain.knowledge.draft import Draft
    from pitstop.explain.knowledge.entry import Entry

NAME = "learned.toml"


class Log(NamedTuple):
    """A recorded log to check against."""

    name: str
    passed: bool
    data: bytes


class Checked(NamedTuple):
    """Where an entry would be found."""

    failed: int = 0
    """Logs of what failed that were looked into."""
    passed: int = 0
    """Logs of what passed."""
    found: tuple[str, ...] = ()
    """Names of the failed logs in which it is found."""
    wrong: tuple[str, ...] = ()
    """Names of the logs of what passed in which it is found, though nothing failed there."""


def entry_of_draft(made: Draft) -> Entry:
    """Return the entry as it will be read again. Raises `UsageError` where it cannot be."""
    from pitstop.explain.knowledge.draft import as_toml
    from pitstop.explain.knowledge.read import read_entries

    entries, problems = read_entries(as_toml(made), NAME)
    if problems or len(entries) != 1:
        why = problems[0].text if problems else "it is no entry"
        raise UsageError(f"this makes no entry: {why}", hint="give another `--line`, or a `--pattern` of your own")
    return entries[0]


def check(entry: Entry, logs: Iterable[Log]) -> Checked:
    """Return in which of `logs` the entry is found."""
    from pitstop.explain.knowledge.base import Knowledge
    from pitstop.explain.knowledge.packed import pack
    from pitstop.explain.lines import read_lines

    knowledge = Knowledge([pack(entry)])
    needles = [needle.encode() for pattern in entry.patterns for needle in pattern.needles[:1]]
    counts = [0, 0]
    found: tuple[list[str], list[str]] = [], []
    for log in logs:
        counts[log.passed] += 1
        plain = b"\x1b" not in log.data  # colours may stand in the middle of what is looked for
        if plain and needles and len(needles) == len(entry.patterns) and not any(n in log.data for n in needles):
            continue
        if knowledge.match(read_lines(log.data)):
            found[log.passed].append(log.name)
    return Checked(counts[False], counts[True], tuple(found[False]), tuple(found[True]))


def append(root: str, made: Draft) -> str:
    """Add a draft to `.pitstop/knowledge/learned.toml` below `root`; return the file's path.

    The file is written beside and renamed: it is never half there. What stands in it stays as it is.
    Raises `UsageError` where the code is taken, and `SurroundingError` where nothing can be written.
    """
    from pitstop.explain.knowledge.base import FOLDER
    from pitstop.explain.knowledge.draft import as_toml
    from pitstop.links.ignore import ignore

    folder = os.path.join(root, FOLDER)
    path = os.path.join(folder, NAME)
    beside = f"{path}.{os.getpid()}"
    try:
        os.makedirs(folder, exist_ok=True)
        ignore(os.path.dirname(folder))
        before = b""
        if os.path.exists(path):
            with open(path, "rb") as file:
                before = file.read()
        _check_code(before, made.code, path)
        gap = b"" if not before else b"\n" if before.endswith(b"\n") else b"\n\n"
        with open(beside, "wb") as file:
            file.write(before + gap + as_toml(made).encode())
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:
        from contextlib import suppress

        with suppress(OSError):
            os.unlink(beside)
        raise SurroundingError(f"`{path}` cannot be written: {error.strerror or error}") from error
    return path


def _check_code(before: bytes, code: str, path: str) -> None:
    from pitstop.explain.knowledge.read import read_entries

    entries, _ = read_entries(before.decode("utf-8", "replace"), path)
    if code in {entry.code for entry in entries}:
        raise UsageError(f"`{code}` is there already, in `{path}`", hint="give it another name: `--code`")
