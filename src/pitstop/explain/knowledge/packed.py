"""Entries ready for use in a form that loads fast: JSON, one entry a line. `python -m` this writes pitstop's own.

`data/packed.json` is made from `data/*.toml`, and a test holds that it is up to date. Examples are left out.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pitstop.core.finding import Solution
from pitstop.explain.knowledge.entry import Entry, Pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pitstop.explain.knowledge.read import Problem

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
"""Folder of pitstop's own entries."""
PACKED = os.path.join(DATA, "packed.json")

Row = list[Any]
"""An entry as JSON has it: its fields in order, without examples."""

_FIELDS = Entry._fields.index("matches")
_PATTERNS = Entry._fields.index("patterns")
_SOLUTIONS = Entry._fields.index("solutions")


def pack(entry: Entry) -> Row:
    """Return an entry as a row."""
    row: Row = list(entry[:_FIELDS])
    row[_PATTERNS] = [list(pattern) for pattern in entry.patterns]
    row[_SOLUTIONS] = [list(solution) for solution in entry.solutions]
    return [*row, entry.general, entry.source]


def unpack(row: Row) -> Entry:
    """Return the entry of a row that `pack` made, without examples."""
    values = dict(zip(Entry._fields, row[:-2], strict=False))
    values["patterns"] = tuple(patterns_of(row))
    values["solutions"] = tuple(Solution(*solution) for solution in row[_SOLUTIONS])
    values["references"] = tuple(values["references"])
    return Entry(**values, general=row[-2], source=row[-1])


def patterns_of(row: Row) -> list[Pattern]:
    """Return the patterns of a row."""
    return [
        Pattern(source, text, anchored, tuple(words), tuple(needles), steps)
        for source, text, anchored, words, needles, steps in row[_PATTERNS]
    ]


def own_rows() -> list[Row]:
    """Return the rows of the entries that come with pitstop."""
    from json import loads

    with open(PACKED, "rb") as file:
        rows: list[Row] = loads(file.read())
    return rows


def read_folder(folder: str) -> tuple[list[Entry], list[Problem]]:
    """Return the entries of all `*.toml` in `folder` with their examples, by file and place, and what is wrong."""
    from pitstop.explain.knowledge.read import Problem, read_entries

    entries: list[Entry] = []
    problems: list[Problem] = []
    for name in toml_names(folder):
        path = os.path.join(folder, name)
        try:
            with open(path, encoding="utf-8") as file:
                text = file.read()
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(path, 0, f"cannot be read: {error}"))
            continue
        found, bad = read_entries(text, path, source=path)
        entries += found
        problems += bad
    known: dict[str, Entry] = {}
    for entry in entries:
        if known.setdefault(entry.code, entry) is not entry:
            problems.append(Problem(entry.source, 0, f"`{entry.code}` is there twice; the first one holds"))
    return list(known.values()), problems


def toml_names(folder: str) -> list[str]:
    """Return the names of the knowledge files in `folder`, sorted; none where there is no such folder."""
    try:
        return sorted(name for name in os.listdir(folder) if name.endswith(".toml") and not name.startswith("."))
    except OSError:
        return []


def packed_text(entries: Iterable[Entry]) -> str:
    """Return what `packed.json` holds for `entries`."""
    from json import dumps

    rows = (dumps(pack(entry._replace(source="")), ensure_ascii=False, separators=(",", ":")) for entry in entries)
    return "[\n" + ",\n".join(rows) + "\n]\n"


def write_packed() -> None:
    """Write `packed.json`. Raises `ValueError` with all that is wrong in the files."""
    entries, problems = read_folder(DATA)
    if problems:
        raise ValueError("\n".join(map(str, problems)))
    with open(PACKED, "w", encoding="utf-8") as file:
        file.write(packed_text(entries))


if __name__ == "__main__":
    write_packed()
