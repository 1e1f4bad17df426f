"""The entries of the knowledge base for programs: `pitstop explain --list --json`, `--show CODE --json`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pitstop.explain.knowledge.entry import Entry


def as_json(entries: list[Entry]) -> str:
    """Return the entries as a JSON array of objects with the keys of a knowledge file, `source` where they come from."""
    from json import dumps

    return dumps([_values(entry) for entry in entries], indent=2)


def _values(entry: Entry) -> dict[str, object]:
    values: dict[str, object] = entry._asdict()
    del values["matches"], values["misses"]
    values["patterns"] = [pattern.source for pattern in entry.patterns]
    values["solutions"] = [solution._asdict() for solution in entry.solutions]
    return values
