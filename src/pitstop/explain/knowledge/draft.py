"""An entry out of one line: what varies in it becomes a wildcard, what it says stays."""

# ruff: noqa: RUF001  quotes that compilers print

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.finding import CODE, UNKNOWN, Solution
from pitstop.core.text import shorten

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

_LONGEST = 240  # characters of a line that go into a pattern
_SPECIAL = frozenset(r"\.^$*+?{}[]|()")


class Draft(NamedTuple):
    """An entry that a person may complete."""

    code: str
    pattern: str
    example: str
    summary: str
    category: str = CODE
    kind: str = ""
    retry: str = ""
    solutions: tuple[Solution, ...] = ()


@cache
def _varying() -> re.Pattern[str]:
    import re

    return re.compile(
        r"(?P<quoted>'[^']+'|\"[^\"]+\"|`[^`]+`|‘[^’]+’|“[^”]+”)"
        r"|(?P<address>\w+://[^\s\"'<>)\]]+)"
        r"|(?P<path>(?<![\w.])(?:[A-Za-z]:[\\/]|~?/|\.{1,2}[\\/])[^\s\"'`:;,()\[\]]+|[\w.@+-]+(?:[\\/][\w.@+-]+)+)"
        r"|(?P<id>\b(?=[0-9a-f-]*\d)[0-9a-f]{7,}(?:-[0-9a-f]+)*\b)"
        r"|(?P<number>\d+(?:[.,:]\d+)*)"
        r"|(?P<blank>\s+)"
    )


def generalise(text: str) -> str:
    """Return a pattern for lines that say the same as `text` of other names, numbers, paths and addresses.

    Of a very long line the beginning counts. The pattern is one that `bounded.bounded` takes.
    """
    from pitstop.explain.knowledge.bounded import Refused, bounded

    text = text.strip()
    if len(text) > _LONGEST:
        text = text[: text.rfind(" ", _LONGEST // 2, _LONGEST) if " " in text[_LONGEST // 2 : _LONGEST] else _LONGEST]
    pattern = _pattern(text, loose=False)
    try:
        bounded(pattern)
    except Refused:  # many wildcards in a row: those of which nothing is asked cost nothing
        pattern = _pattern(text, loose=True)
    return pattern


def _pattern(text: str, *, loose: bool) -> str:
    pieces: list[str] = []
    done = 0
    for found in _varying().finditer(text):
        name = found.lastgroup
        if name == "number" and _inside_word(text, found.start(), found.end()):
            continue  # the number of an error: E0277, TS2345
        pieces.append(_literal(text[done : found.start()]))
        done = found.end()
        what = found.group()
        if name == "blank":
            pieces.append(" " if what == " " else r"\s+")
        elif name == "quoted":
            end = what[-1]
            pieces.append(_literal(what[0]) + (".*" if loose else f"[^{end}]+") + _literal(end))
        elif loose:
            pieces.append(".*")
        elif name == "number":
            pieces.append(r"\d+" if what.isdecimal() else r"[\d.,:]+")
        elif name == "id":
            pieces.append("[0-9a-f-]+" if "-" in what else "[0-9a-f]+")
        else:
            pieces.append(r"[^\s:]+" if name == "path" else r"\S+")
    pieces.append(_literal(text[done:]))
    return "".join(pieces)


def _inside_word(text: str, start: int, end: int) -> bool:
    before = text[start - 1 : start]
    return before.isalpha() or before == "_" or text[end : end + 1] == "_"


def _literal(text: str) -> str:
    return "".join(f"\\{char}" if char in _SPECIAL else char for char in text)


def draft(text: str, *, category: str = "", kind: str = "", taken: Sequence[str] = ()) -> Draft:
    """Return the entry for a line of a log, with a code that is none of those `taken`. It has no solution yet.

    Raises `read.Wrong` where the line says too little to be found by.
    """
    from pitstop.explain.knowledge.read import pattern_of

    example = text.strip()
    pattern = generalise(example)
    pattern_of(pattern)
    return Draft(
        _code(pattern, example, taken),
        pattern,
        example[: _LONGEST * 4],
        shorten(" ".join(example.replace("{", "(").replace("}", ")").split()).rstrip("."), 120),
        CODE if category in {"", UNKNOWN} else category,
        kind,
    )


def _code(pattern: str, text: str, taken: Sequence[str]) -> str:
    """Return `learned/` and the rarest words that the pattern keeps, in their order."""
    from pitstop.explain.knowledge.anchors import rarity
    from pitstop.explain.words import words_of

    kept = set(words_of(pattern))
    words = [word for word in dict.fromkeys(words_of(text)) if word in kept and word.isascii() and word.isalnum()]
    words = [word for word in words if rarity(word) > 0] or words
    rare = sorted(words, key=rarity, reverse=True)[:4]
    name = "learned/" + ("-".join(word for word in words if word in rare) or "failure")
    number = 2
    while (code := name if number == 2 else f"{name}-{number - 1}") in taken:
        number += 1
    return code


def as_toml(made: Draft) -> str:
    """Return the table `[[entry]]` that a knowledge file holds for a draft."""
    lines = [
        "[[entry]]",
        f"code = {_quoted(made.code)}",
        f"patterns = [{_quoted(made.pattern, literal=True)}]",
        f"summary = {_quoted(made.summary)}",
        f"category = {_quoted(made.category)}",
    ]
    if made.kind:
        lines.append(f"kind = {_quoted(made.kind)}")
    if made.retry:
        lines.append(f"retry = {_quoted(made.retry)}")
    if made.solutions:
        lines.append("solutions = [")
        for text, command in made.solutions:
            more = f", command = {_quoted(command)}" if command else ""
            lines.append(f"  {{ text = {_quoted(text)}{more} }},")
        lines.append("]")
    lines.append(f"matches = [{_quoted(made.example)}]")
    return "\n".join(lines) + "\n"


def _quoted(text: str, *, literal: bool = False) -> str:
    if literal and "'" not in text and text.isprintable():
        return f"'{text}'"
    from json import dumps

    return dumps(text.encode("utf-8", "replace").decode(), ensure_ascii=False).replace("\x7f", "\\u007f")
