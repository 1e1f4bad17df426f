"""Entries out of a TOML file: what is wrong is named by its line, and the rest still holds."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from pitstop.core.finding import CATEGORIES, UNKNOWN, Solution
from pitstop.explain.knowledge.anchors import anchors, rarity
from pitstop.explain.knowledge.bounded import Refused, bounded
from pitstop.explain.knowledge.entry import ERROR, OWNERS, SEVERITIES, Entry, Pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_TEXTS = ("code", "summary", "category", "kind", "owner", "severity", "details", "retry")
_LISTS = ("patterns", "references", "matches", "misses", "words")
KEYS = (*_TEXTS, *_LISTS, "solutions", "general")
"""What an entry may have."""
_NEEDED = ("code", "patterns", "summary", "category", "matches")


class Problem(NamedTuple):
    """What is wrong in a knowledge file; what it concerns is left out."""

    file: str
    line: int
    """From 1; 0: the whole file."""
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


class Wrong(ValueError):
    """One entry is not as it should be: which key, which element of its list, and why."""

    def __init__(self, text: str, *path: str | int) -> None:
        super().__init__(text)
        self.path = path


def read_entries(text: str, file: str = "", *, source: str = "") -> tuple[list[Entry], list[Problem]]:
    """Return the entries of a file's `text`, which are the tables `[[entry]]`, and what is wrong with others."""
    import tomllib

    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return _rest(text, file, source, str(error))
    rows = document.pop("entry", [])
    problems = [Problem(file, 0, f"`{key}` is unknown: entries are tables `[[entry]]`") for key in document]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return [], [*problems, Problem(file, 0, "`entry` must be tables: `[[entry]]`")]
    found, bad = _entries(rows, partial(_lines, text), file, source)
    return found, [*problems, *bad]


def _rest(text: str, file: str, source: str, why: str) -> tuple[list[Entry], list[Problem]]:
    """Read a file that is no TOML entry by entry, so that one slip costs one entry."""
    import tomllib

    entries: list[Entry] = []
    problems: list[Problem] = []
    for first, piece in _pieces(text):
        try:
            rows = tomllib.loads(piece).get("entry", [])
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            problems.append(Problem(file, *_place(str(error), first, piece)))
            continue
        if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
            found, bad = _entries(rows, partial(_lines, piece, first), file, source)
            entries += found
            problems += bad
    return entries, problems or [Problem(file, *_place(why, 1, text))]


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Give the parts of `text` that begin with `[[entry]]`, and what is before the first, each with its first line."""
    first, piece = 1, list[str]()
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        if line.strip() == "[[entry]]":
            if piece:
                yield first, "".join(piece)
            first, piece = number, []
        piece.append(line)
    yield first, "".join(piece)


def _place(error: str, first: int, text: str) -> tuple[int, str]:
    """Return the line that an error of `tomllib` names, and its text without that."""
    import re

    found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", error)
    if not found:
        return first, error
    line = int(found[1]) if found[1] else max(len(text.splitlines()), 1)
    return first + line - 1, error[: found.start()]


def _lines(text: str, first: int = 1) -> Mapping[tuple[str | int, ...], int]:
    """Return the line of each value of a text that begins in line `first`."""
    from pitstop.pipeline.settings.positions import locate

    return {path: first + line - 1 for path, (line, _) in locate(text).values.items()}


def _entries(
    rows: list[dict[str, Any]], places: Callable[[], Mapping[tuple[str | int, ...], int]], file: str, source: str
) -> tuple[list[Entry], list[Problem]]:
    entries: list[Entry] = []
    problems: list[Problem] = []
    lines: Mapping[tuple[str | int, ...], int] = {}
    for number, row in enumerate(rows):
        try:
            entry = entry_of(row, source)
        except Wrong as error:
            lines = lines or places()
            path = ("entry", number, *error.path)
            line = next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), 0)
            name = row.get("code")
            problems.append(Problem(file, line, f"`{name}`: {error}" if isinstance(name, str) and name else str(error)))
        else:
            entries.append(entry)
    return entries, problems


def entry_of(row: Mapping[str, Any], source: str = "") -> Entry:
    """Return the entry that a table of a file describes. Raises `Wrong`."""
    for key in row:
        if key not in KEYS:
            from pitstop.core.errors import did_you_mean

            hint = did_you_mean(key, KEYS)
            raise Wrong(f"`{key}` is unknown{hint and ': ' + hint}", key)
    for key in _NEEDED:
        if not row.get(key):
            raise Wrong(f"`{key}` is missing", key)
    texts = {key: _text(row, key) for key in _TEXTS}
    lists = {key: _texts(row, key) for key in _LISTS}
    if not _is_code(texts["code"]):
        raise Wrong("`code` must be words of small letters and digits joined by `-` and `/`: `rust/e0382`", "code")
    if texts["category"] not in CATEGORIES or texts["category"] == UNKNOWN:
        known = ", ".join(name for name in CATEGORIES if name != UNKNOWN)
        raise Wrong(f"`{texts['category']}` is no category; there are {known}", "category")
    general = row.get("general", False)
    if not isinstance(general, bool):
        raise Wrong("`general` must be `true` or `false`", "general")
    severity = texts["severity"] or ERROR
    if severity not in SEVERITIES:
        raise Wrong(f"`{severity}` is no severity; there are {', '.join(SEVERITIES)}", "severity")
    declared = tuple(word.lower() for word in lists["words"])
    patterns = tuple(pattern_of(text, declared, at) for at, text in enumerate(lists["patterns"]))
    entry = Entry(
        texts["code"],
        patterns,
        texts["summary"],
        texts["category"],
        texts["kind"],
        texts["owner"] or OWNERS[texts["category"]],
        severity,
        texts["details"],
        texts["retry"],
        _solutions(row.get("solutions", [])),
        lists["references"],
        lists["matches"],
        lists["misses"],
        general,
        source,
    )
    _check_names(entry)
    _check_examples(entry)
    return entry


def _check_names(entry: Entry) -> None:
    """See that every pattern finds what the texts have in braces."""
    import re

    texts = [entry.summary, *(text for text, _ in entry.solutions)]
    wanted = {name for text in texts for name in re.findall(r"\{(\w+)\}", text)}
    for at, pattern in enumerate(entry.patterns):
        for name in sorted(wanted):
            if f"(?P<{name}>" not in pattern.source:
                raise Wrong(
                    f"`{{{name}}}` is in a text, but the pattern `{pattern.source}` has no such group", "patterns", at
                )


def pattern_of(text: str, words: tuple[str, ...] = (), at: int = 0) -> Pattern:
    """Return the pattern `text` ready for search, found by a word of its own, or by `words` if it has no rare one.

    Raises `Wrong`.
    """
    from pitstop.explain.words import words_of

    try:
        safe = bounded(text)
    except Refused as error:
        raise Wrong(f"pattern `{text}`: {error}", "patterns", at) from error
    found = anchors(safe)
    if not found.words or (words and min(map(rarity, found.words)) <= 0):
        found = found._replace(words=words)
    if not found.words:
        raise Wrong(f"pattern `{text}` has no word by which a line could be found: give `words`", "patterns", at)
    for word in words:
        if words_of(word) != [word]:
            raise Wrong(f"`{word}` is not one word: letters, digits and `_`", "words")
    return Pattern(text, safe.text, safe.anchored, found.words, found.needles, safe.steps)


def _check_examples(entry: Entry) -> None:
    from pitstop.explain.knowledge.search import find

    for at, line in enumerate(entry.matches):
        if find(entry, line) is None:
            raise Wrong(f"no pattern matches the example `{line}`", "matches", at)
    for at, line in enumerate(entry.misses):
        if find(entry, line) is not None:
            raise Wrong(f"a pattern matches `{line}`, which it must not", "misses", at)


@cache
def _allowed() -> frozenset[str]:
    return frozenset("abcdefghijklmnopqrstuvwxyz0123456789-/")


def _is_code(code: str) -> bool:
    parts = code.split("/")
    return set(code) <= _allowed() and len(parts) <= 2 and all(part.strip("-") == part and part for part in parts)


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key, "")
    if not isinstance(value, str):
        raise Wrong(f"`{key}` must be a text", key)
    return value if key == "code" else value.strip()


def _texts(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = row.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise Wrong(f"`{key}` must be a list of texts", key)
    return tuple(value)


def _solutions(value: Any) -> tuple[Solution, ...]:
    wrong = Wrong('`solutions` must be a list of `{ text = "…", command = "…" }`', "solutions")
    if not isinstance(value, list):
        raise wrong
    found: list[Solution] = []
    for row in value:
        if not isinstance(row, dict) or not row.get("text") or not set(row) <= {"text", "command"}:
            raise wrong
        if not all(isinstance(text, str) for text in row.values()):
            raise wrong
        found.append(Solution(row["text"].strip(), row.get("command", "").strip()))
    return tuple(found)
