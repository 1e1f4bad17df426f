"""From a line of a log to an entry in the repository's file."""

from __future__ import annotations

import os
import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.core.errors import SurroundingError, UsageError
from pitstop.core.finding import Solution
from pitstop.explain.knowledge.draft import Draft, as_toml, draft, generalise
from pitstop.explain.knowledge.learn import Log, append, check, entry_of_draft
from pitstop.explain.knowledge.read import Wrong, read_entries
from pitstop.explain.knowledge.search import find

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("Error: no stock at http://10.0.0.5:80/x after 3 tries", r"Error: no stock at \S+ after \d+ tries"),
        ("cannot load plugin '/usr/lib/a.so': wrong ABI 12.3", r"cannot load plugin '[^']+': wrong ABI [\d.,:]+"),
        ("error[E0999]: too strange", r"error\[E0999\]: too strange"),
        ("commit 0a1b2c3d4e is gone", r"commit [0-9a-f]+ is gone"),
        ("src/a/b.c:12:3: bad  weather", r"[^\s:]+:[\d.,:]+: bad\s+weather"),
    ],
)
def test_what_varies_becomes_a_wildcard(text: str, pattern: str) -> None:
    assert generalise(text) == pattern


@pytest.mark.slow
@given(st.text(st.sampled_from("ab/:. '\"`1f(){}[]|$^\\\tζ") | st.characters(exclude_categories=["Cs"]), max_size=400))
def test_a_draft_recognises_the_line_it_was_made_of(text: str) -> None:
    try:
        made = draft(text)
    except Wrong:
        return
    try:
        entry = entry_of_draft(made)
    except UsageError:
        assert len(text) > 240 or not text.isascii()  # cut in the middle of a word, or words that ASCII does not part
        return
    assert find(entry, text.strip()) is not None
    assert tomllib.loads(as_toml(made))["entry"][0]["matches"] == [made.example]


def test_a_line_that_says_nothing_cannot_be_learned() -> None:
    with pytest.raises(Wrong):
        draft("12 34 56")


def test_a_code_that_is_taken_is_given_to_no_other() -> None:
    first = draft("the flux capacitor is dry")
    second = draft("the flux capacitor is dry", taken=[first.code])
    assert first.code == "learned/flux-capacitor-dry"
    assert second.code == "learned/flux-capacitor-dry-2"


MADE = Draft(
    "learned/flux",
    r"flux capacitor (?:\d+) 'is dry",
    "flux capacitor 3 'is dry",
    'it is "dry"',
    "test",
    solutions=(Solution("Fill\x7f it", "make fill"),),
)


def test_an_entry_is_appended_and_what_was_there_stays_as_it_was(tmp_path: Path) -> None:
    path = append(str(tmp_path), MADE)
    with open(path, "a", encoding="utf-8") as file:
        file.write("# a note of ours")
    append(str(tmp_path), MADE._replace(code="learned/other"))
    with open(path, encoding="utf-8") as file:
        text = file.read()
    entries, problems = read_entries(text, path)
    assert problems == []
    assert [entry.code for entry in entries] == ["learned/flux", "learned/other"]
    assert entries[0].solutions == (Solution("Fill\x7f it", "make fill"),)
    assert "# a note of ours\n" in text
    assert (tmp_path / ".pitstop" / ".gitignore").read_text() == "/*\n!/knowledge/\n"


def test_a_code_is_not_given_twice(tmp_path: Path) -> None:
    append(str(tmp_path), MADE)
    with pytest.raises(UsageError, match="there already"):
        append(str(tmp_path), MADE)


def test_a_folder_that_cannot_be_made_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / ".pitstop").write_text("a file")
    with pytest.raises(SurroundingError, match="cannot be written"):
        append(str(tmp_path), MADE)
    assert os.listdir(tmp_path) == [".pitstop"]


def test_recorded_logs_tell_where_an_entry_would_be_found() -> None:
    entry = entry_of_draft(MADE)
    logs = [
        Log("red 1", passed=False, data=b"x\nflux capacitor 7 'is dry\n"),
        Log("red 2", passed=False, data=b"another reason\n"),
        Log("green 1", passed=True, data=b"\x1b[31mflux\x1b[0m capacitor 9 'is dry, but we go on\n"),
        Log("green 2", passed=True, data=b""),
    ]
    found = check(entry, logs)
    assert (found.failed, found.passed, found.found, found.wrong) == (2, 2, ("red 1",), ("green 1",))
