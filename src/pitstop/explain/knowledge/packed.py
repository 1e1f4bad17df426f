"""Entries ready for use in a form that loads fast. `python -m` this writes pitstop's own.

`data/packed.json` is made from `data/*.toml`, and a test holds that it is up to date. Its first line is the patterns of
all entries, each following line one entry without patterns and examples, which is read only when it is asked for.
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

Row = tuple[str, list[list[Any]], bytes]
"""An entry: its code, its patterns as `pack` makes them, the rest of its fields as a JSON object."""

_APART = {"code", "patterns", "matches", "misses"}


def pack(entry: Entry) -> Row:
    """Return an entry as a row."""
    from json import dumps

    empty = Entry("", (), "", "")
    body = {
        name: value for name, value in entry._asdict().items() if name not in _APART and value != getattr(empty, name)
    }
    text = dumps(body, ensure_ascii=False, separators=(",", ":"))
    patterns = [
        ["" if pattern.source == pattern.compiled else pattern.source, *map(_plain, pattern[1:])]
        for pattern in entry.patterns
    ]
    return entry.code, patterns, text.encode("utf-8", "surrogatepass")


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def unpack(row: Row) -> Entry:
    """Return the entry of a row, without examples."""
    from json import loads

    code, patterns, body = row
    values = loads(body.decode("utf-8", "surrogatepass"))
    values["solutions"] = tuple(Solution(*solution) for solution in values.get("solutions", ()))
    values["references"] = tuple(values.get("references", ()))
    return Entry(code, tuple(map(pattern_of, patterns)), **values)


def pattern_of(packed: list[Any]) -> Pattern:
    """Return a pattern of a row."""
    source, text, anchored, words, needles, steps = packed
    return Pattern(source or text, text, anchored, tuple(words), tuple(needles), steps)


def own_rows() -> list[Row]:
    """Return the rows of the entries that come with pitstop."""
    from json import loads

    with open(PACKED, "rb") as file:
        first, *bodies = file.read().splitlines()
    return [(code, patterns, body) for (code, patterns), body in zip(loads(first), bodies, strict=True)]


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

    rows = [pack(entry._replace(source="")) for entry in entries]
    first = dumps([row[:2] for row in rows], ensure_ascii=False, separators=(",", ":"))
    return "\n".join([first, *(row[2].decode() for row in rows)]) + "\n"


def write_packed() -> None:
    """Write `packed.json`. Raises `ValueError` with all that is wrong in the files."""
    entries, problems = read_folder(DATA)
    if problems:
        raise ValueError("\n".join(map(str, problems)))
    with open(PACKED, "w", encoding="utf-8") as file:
        file.write(packed_text(entries))


if __name__ == "__main__":
    write_packed()
