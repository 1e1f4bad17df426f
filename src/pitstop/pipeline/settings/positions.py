"""Where each key and value of a TOML text stands: the parser of the standard library does not tell.

The text must be TOML that `tomllib` accepts; nothing is checked twice here.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

Path = tuple[str | int, ...]
"""Keys and indexes from the top of the document: `("tasks", "build", "inputs", 0)`."""

Place = tuple[int, int]
"""Line and column, both counted from 1, columns in characters."""


class Positions(NamedTuple):
    """The places of a document's keys, and of its values. A table's value is its header, or its first key."""

    keys: dict[Path, Place]
    values: dict[Path, Place]

    def find(self, path: Path) -> Place:
        """Return the place of the value at `path`, or of the nearest one around it; (0, 0): the whole document."""
        for end in range(len(path), 0, -1):
            if (place := self.values.get(path[:end])) is not None:
                return place
        return 0, 0

    def find_key(self, path: Path) -> Place:
        """Return the place of the key that `path` ends with, or of the nearest value around it."""
        return self.keys.get(path) or self.find(path)


def locate(text: str) -> Positions:
    """Return the places of everything in `text`."""
    scanner = _Scanner(text)
    scanner.document()
    starts = [0]
    starts += (index + 1 for index, character in enumerate(text) if character == "\n")

    def place(offset: int) -> Place:
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    return Positions(
        {path: place(offset) for path, offset in scanner.keys.items()},
        {path: place(offset) for path, offset in scanner.values.items()},
    )


_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}
_DIGITS = {"x": 2, "u": 4, "U": 8}


class _Scanner:
    """One pass over the text; `at` is the offset of what comes next."""

    def __init__(self, text: str) -> None:
        import re

        self.text = text
        self.at = 0
        self.keys: dict[Path, int] = {}
        self.values: dict[Path, int] = {}
        self.lengths: dict[Path, int] = {}
        """Of each array of tables, how many it has so far."""
        self._blank = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
        self._bare = re.compile(r"[^\s.=\]\}\"',#\[\{]+")
        self._scalar = re.compile(r"[^,\]\}\n#]*")

    def document(self) -> None:
        table: Path = ()
        end = len(self.text)
        while self.skip() < end:
            start = self.at
            if self.text.startswith("[[", start):
                self.at += 2
                table = self.header(start, array=True)
                self.at += 2
            elif self.text[start] == "[":
                self.at += 1
                table = self.header(start, array=False)
                self.at += 1
            else:
                self.pair(table)

    def header(self, start: int, *, array: bool) -> Path:
        """Read the name of a table, up to its closing bracket."""
        parts = self.key()
        path: Path = ()
        for index, (part, offset) in enumerate(parts):
            path = (*path, part)
            self.keys.setdefault(path, offset)
            if array and index == len(parts) - 1:
                self.values.setdefault(path, start)
                number = self.lengths[path] = self.lengths.get(path, 0) + 1
                path = (*path, number - 1)
            elif path in self.lengths:
                path = (*path, self.lengths[path] - 1)
            elif index == len(parts) - 1:
                self.values[path] = start  # a header says where the table is, even if a part of it came first
                break
            self.values.setdefault(path, start)
        return path

    def pair(self, table: Path) -> None:
        path = table
        parts = self.key()
        for part, offset in parts:
            path = (*path, part)
            self.keys.setdefault(path, offset)
            if path not in self.values and len(path) < len(table) + len(parts):
                self.values[path] = parts[0][1]
        self.skip()
        self.at += 1  # the equals sign
        self.skip()
        self.value(path)

    def key(self) -> list[tuple[str, int]]:
        """Read a key with dots, and what is blank after it."""
        parts: list[tuple[str, int]] = []
        while True:
            self.skip()
            start = self.at
            if self.text[start] in "\"'":
                parts.append((self.quoted(), start))
            else:
                found = self._bare.match(self.text, start)
                assert found is not None
                self.at = found.end()
                parts.append((found.group(), start))
            self.skip()
            if self.text[self.at : self.at + 1] != ".":
                return parts
            self.at += 1

    def value(self, path: Path) -> None:
        self.values[path] = self.at
        first = self.text[self.at]
        if first in "\"'":
            self.quoted()
        elif first == "[":
            self.at += 1
            index = 0
            while self.text[self.skip()] != "]":
                if self.text[self.at] == ",":
                    self.at += 1
                    continue
                self.value((*path, index))
                index += 1
            self.at += 1
        elif first == "{":
            self.at += 1
            while self.text[self.skip()] != "}":
                if self.text[self.at] == ",":
                    self.at += 1
                    continue
                self.pair(path)
            self.at += 1
        else:
            found = self._scalar.match(self.text, self.at)
            assert found is not None
            self.at = found.end()

    def quoted(self) -> str:
        """Read a string of any of the four kinds; the text it stands for matters for keys only, which have one line."""
        quote = self.text[self.at]
        if self.text.startswith(quote * 3, self.at):
            self.at = self.text.index(quote, self._end(quote * 3, self.at + 3))
            while self.text.startswith(quote, self.at):  # up to two quotes may stand before the closing three
                self.at += 1
            return ""
        start = self.at + 1
        end = self._end(quote, start)
        self.at = end + 1
        raw = self.text[start:end]
        return _unescape(raw) if quote == '"' and "\\" in raw else raw

    def _end(self, quotes: str, start: int) -> int:
        """Return the offset of the first closing `quotes` from `start` on."""
        at = start
        while True:
            end = self.text.index(quotes, at)
            escape = self.text.find("\\", at, end) if quotes[0] == '"' else -1
            if escape < 0:
                return end
            at = escape + 2

    def skip(self) -> int:
        """Go over blanks, line ends and comments, and return where the rest begins."""
        found = self._blank.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        return self.at


def _unescape(raw: str) -> str:
    out: list[str] = []
    at = 0
    while (slash := raw.find("\\", at)) >= 0:
        out.append(raw[at:slash])
        letter = raw[slash + 1]
        if (count := _DIGITS.get(letter)) is not None:
            out.append(chr(int(raw[slash + 2 : slash + 2 + count], 16)))
            at = slash + 2 + count
        else:
            out.append(_ESCAPES.get(letter, letter))
            at = slash + 2
    out.append(raw[at:])
    return "".join(out)
