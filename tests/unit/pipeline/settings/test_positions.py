"""The finder of places in TOML, against a writer that notes where it writes."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.pipeline.settings.positions import Path, locate

HARD = st.text(st.sampled_from(list("ab é🦀\t#,.=[]{}\"'\\")), max_size=6)
"""Texts made of everything that could be taken for the end of a value."""


class Writer:
    """Writes TOML, and notes line and column of each key and value, and what the document means."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.text = ""
        self.keys: dict[Path, tuple[int, int]] = {}
        self.values: dict[Path, tuple[int, int]] = {}
        self.made = 0

    @property
    def here(self) -> tuple[int, int]:
        return self.text.count("\n") + 1, len(self.text) - (self.text.rfind("\n") + 1) + 1

    def put(self, text: str) -> None:
        self.text += text

    def blank(self, *, lines: bool) -> None:
        """Write something that means nothing."""
        options = ["", " ", "\t "]
        if lines:
            options += ["\n", " # a ] } ' \" comment\n", "\n\n  "]
        self.put(self.draw(st.sampled_from(options)))

    def name(self) -> str:
        """Return a key that is in no table yet."""
        self.made += 1
        return f"{self.draw(HARD)}{self.made}"

    def key(self, path: Path) -> None:
        """Write the last part of `path` as a key in one of the ways that it can be written."""
        name = str(path[-1])
        ways = [json.dumps(name), json.dumps(name, ensure_ascii=False).replace("\t", "\\t")]
        if "'" not in name:
            ways.append(f"'{name}'")
        if name.isascii() and name.isalnum():
            ways += [name, name]
        if "🦀" in name:
            ways = [json.dumps(name, ensure_ascii=False), '"' + escaped(name) + '"']
        self.keys.setdefault(path, self.here)
        self.put(self.draw(st.sampled_from(ways)))

    def pair(self, table: Path, into: dict[str, Any], depth: int = 0) -> None:
        path = (*table, self.name())
        dotted = self.draw(st.booleans())
        self.key(path)
        if dotted:
            into[str(path[-1])] = into = {}
            self.blank(lines=False)
            self.put(".")
            self.blank(lines=False)
            path = (*path, self.name())
            self.key(path)
        self.blank(lines=False)
        self.put("=")
        self.blank(lines=False)
        into[str(path[-1])] = self.value(path, depth)

    def value(self, path: Path, depth: int) -> object:
        self.values[path] = self.here
        kind = self.draw(st.integers(0, 7 if depth < 3 else 5))
        if kind == 0:
            self.put(scalar := self.draw(st.sampled_from(["1", "-0.5", "true", "1979-05-27 07:32:00", "0xff", "inf"])))
            return tomllib.loads(f"x = {scalar}")["x"]
        if kind == 1:
            text = self.draw(HARD)
            self.put('"' + escaped(text) + '"')
            return text
        if kind == 2:
            text = self.draw(HARD).replace("'", "")
            self.put(f"'{text}'")
            return text
        if kind == 3:
            text = self.draw(HARD) + "\n" + self.draw(HARD)
            self.put('"""\n' + escaped(text).replace("\\n", "\n").replace('\\"', '"', 1) + '\\n"""')
            return text + "\n"
        if kind == 4:
            text = self.draw(HARD).replace("'", "") + "\n'x'' " + self.draw(st.sampled_from(["", "'", "''"]))
            self.put(f"'''\n{text}'''")
            return text
        if kind == 5:
            self.put("[]")
            return []
        return self.array(path, depth) if kind == 6 else self.inline(path, depth)

    def array(self, path: Path, depth: int) -> list[object]:
        self.put("[")
        items: list[object] = []
        for index in range(self.draw(st.integers(1, 3))):
            if index:
                self.put(",")
            self.blank(lines=True)
            items.append(self.value((*path, index), depth + 1))
            self.blank(lines=True)
        self.put(self.draw(st.sampled_from(["", ",", ", # end\n"])) + "]")
        return items

    def inline(self, path: Path, depth: int) -> dict[str, object]:
        self.put("{")
        made: dict[str, object] = {}
        for index in range(self.draw(st.integers(0, 3))):
            self.put(", " if index else " ")
            self.pair(path, made, depth + 1)
        self.put(" }")
        return made

    def pairs(self, table: Path, into: dict[str, Any]) -> None:
        for _ in range(self.draw(st.integers(0, 3))):
            self.blank(lines=True)
            self.pair(table, into)
            self.put(self.draw(st.sampled_from(["\n", " # comment = 'x'\n", "\n\n"])))

    def header(self, path: Path, brackets: str) -> None:
        """Write `[a.b]` or `[[a.b]]`; indexes in the path are not written."""
        self.blank(lines=True)
        start = self.here
        self.put(brackets)
        names = [end for end in range(1, len(path) + 1) if isinstance(path[end - 1], str)]
        for number, end in enumerate(names):
            if number:
                self.put(".")
            self.blank(lines=False)
            self.key(path[:end])
            self.blank(lines=False)
        self.put("]" * len(brackets) + "\n")
        self.values.setdefault(path, start)

    def document(self) -> dict[str, Any]:
        whole: dict[str, Any] = {}
        self.pairs((), whole)
        for _ in range(self.draw(st.integers(0, 3))):
            path: Path = (self.name(),)
            if self.draw(st.booleans()):
                self.header(path, "[")
                self.pairs(path, whole.setdefault(str(path[0]), {}))
                continue
            items: list[dict[str, Any]] = whole.setdefault(str(path[0]), [])
            for index in range(self.draw(st.integers(1, 2))):
                items.append({})
                self.header(path, "[[")
                self.pairs((*path, index), items[-1])
                if self.draw(st.booleans()):
                    below = (*path, index, self.name())
                    self.header(below, "[")
                    self.pairs(below, items[-1].setdefault(str(below[-1]), {}))
        return whole


def escaped(text: str) -> str:
    """Write what stands between two quotes, some of it as `\\u` and `\\U`."""
    plain = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "é": "\\u00e9", "🦀": "\\U0001F980"}
    return "".join(plain.get(character, character) for character in text)


@st.composite
def written(draw: st.DrawFn) -> tuple[Writer, dict[str, Any]]:
    writer = Writer(draw)
    return writer, writer.document()


@pytest.mark.slow
@given(written())
def test_every_key_and_value_is_found_where_it_was_written(made: tuple[Writer, dict[str, Any]]) -> None:
    writer, document = made
    assert tomllib.loads(writer.text) == document
    found = locate(writer.text)
    assert {path: found.keys.get(path) for path in writer.keys} == writer.keys
    assert {path: found.values.get(path) for path in writer.values} == writer.values
    assert set(found.values) == set(paths(document))


def paths(value: object, path: Path = ()) -> list[Path]:
    """Return the paths of everything inside `value`."""
    inner: list[Path] = [path] if path else []
    if isinstance(value, dict):
        inner += [below for key, item in value.items() for below in paths(item, (*path, key))]
    elif isinstance(value, list):
        inner += [below for index, item in enumerate(value) for below in paths(item, (*path, index))]
    return inner


def test_what_has_no_place_of_its_own_is_found_at_what_is_around_it() -> None:
    found = locate("[a]\n  b.c = 1\n")
    assert found.find(("a", "b", "c", "gone")) == (2, 9)
    assert found.find(("a", "b")) == (2, 3)
    assert found.find_key(("a", "b", "c")) == (2, 5)
    assert found.find(("gone",)) == (0, 0)
