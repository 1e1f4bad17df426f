"""The labelled logs: a folder with one folder a set, each with a `labels.jsonl` and gzipped logs; and those made here."""

from __future__ import annotations

import gzip
import json
import lzma
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

LINED = ("logchunks", "breakages", "actions")
"""The sets whose labels are lines."""
PAIRED = "breakages"
"""The set whose logs have one of a run that passed beside them."""
CATEGORIES = "categories"
"""The set whose labels are the category of the failure."""
MADE = "made"
"""What tools printed that were run on small broken programs for this purpose, as services print it; the lines were marked
before pitstop saw them. It lies beside this module: a JSON object a line, with the `text` of the log."""
_MADE = Path(__file__).with_name("made.jsonl.xz")


class Log(NamedTuple):
    """One failing log and what people marked in it."""

    name: str
    group: str
    """The project, as far as the set tells: what is learned from a log must not be judged by another one of its group."""
    path: Path
    error: frozenset[int]
    """Numbers of the lines that say why, from 1."""
    context: frozenset[int]
    """Numbers of lines that were marked without being the error."""
    good: Path | None = None
    """The log of the last run of the same job that passed."""
    category: str = ""
    text: str | None = None
    """The log itself, where it has no file."""

    def read_good(self) -> bytes:
        """Return the log of the run that passed; nothing when there is none."""
        return gzip.decompress(self.good.read_bytes()) if self.good else b""

    def read(self) -> bytes:
        """Return the log."""
        if self.text is not None:
            return self.text.encode()
        return gzip.decompress(self.path.read_bytes())


def read_set(corpora: Path, name: str) -> Iterator[Log]:
    """Yield the logs of a set, in the order of its table."""
    if name == MADE:
        yield from _read_made()
        return
    folder = corpora / name
    for row in (folder / "labels.jsonl").read_text().splitlines():
        label = json.loads(row)
        parts = label["name"].split("/")
        group = parts[1] if len(parts) > 2 else label["name"].rpartition("_")[0] or label["name"]
        good = folder / label["pass"] if "pass" in label else None
        error, context = _numbers(label, "error"), _numbers(label, "context")
        yield Log(label["name"], group, folder / label["fail"], error, context, good, label.get("category", ""))


def _read_made() -> Iterator[Log]:
    with lzma.open(_MADE, "rt", encoding="utf-8") as rows:
        for row in rows:
            label = json.loads(row)
            name, group = label["name"], f"{MADE} {label['group']}"
            error, context = _numbers(label, "error"), _numbers(label, "context")
            yield Log(name, group, Path(MADE, name), error, context, None, label["category"], label["text"])


def _numbers(label: dict[str, Any], kind: str) -> frozenset[int]:
    return frozenset(number for first, last in label.get(kind, ()) for number in range(first, last + 1))
