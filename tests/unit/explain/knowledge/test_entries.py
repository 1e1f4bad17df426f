"""Every entry that comes with pitstop: it recognises its examples, better than any other, and what it says can be typed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pitstop.core.finding import CATEGORIES
from pitstop.explain.knowledge import load
from pitstop.explain.knowledge.anchors import rarity
from pitstop.explain.knowledge.choose import best
from pitstop.explain.knowledge.packed import DATA, PACKED, packed_text, read_folder
from pitstop.explain.knowledge.search import find
from pitstop.explain.lines import Line

if TYPE_CHECKING:
    from pitstop.explain.knowledge.entry import Entry

ENTRIES, PROBLEMS = read_folder(DATA)
KNOWN = load()
every = pytest.mark.parametrize("entry", ENTRIES, ids=[entry.code for entry in ENTRIES])

STANDS_FOR_SOMETHING = re.compile(r"<[^>]*>|(?<!\{)\{(?![\{%])|\[(?!bot)[A-Za-z ]+\]|\bYOUR|\bXXX|…|(?<!\./)\.\.\.$")
DANGEROUS = re.compile(
    r"rm -\w*r\w* (?!node_modules|target|build|dist|\.venv|\.cache)|push (?:-f|--force)|reset --hard|\| *(?:sudo )?(?:ba)?sh\b|chmod -R 777"
    r"|mkfs|dd if=|--break-system-packages|git clean|--no-verify|strict-ssl false|sslVerify false|TLS_REJECT|system prune"
)


def test_nothing_is_wrong_in_the_files() -> None:
    assert [str(problem) for problem in PROBLEMS] == []


def test_what_is_loaded_is_what_the_files_say() -> None:
    """Else: `python -m pitstop.explain.knowledge.packed`."""
    assert Path(PACKED).read_text(encoding="utf-8") == packed_text(ENTRIES)


def test_there_are_at_least_300_and_no_code_twice() -> None:
    codes = [entry.code for entry in KNOWN.entries()]
    assert len(codes) == len(set(codes)) == len(ENTRIES) >= 300


@every
def test_each_example_is_best_known_by_its_own_entry(entry: Entry) -> None:
    for example in entry.matches:
        found = best(KNOWN.match([Line(1, example, example)]))
        assert found is not None
        assert found.entry.code == entry.code, example


@every
def test_a_miss_is_not_recognised(entry: Entry) -> None:
    assert entry.misses
    for example in entry.misses:
        assert find(entry, example) is None
        assert entry.code not in {match.entry.code for match in KNOWN.match([Line(1, example, example)])}


@every
def test_an_entry_says_all_that_is_asked_of_it(entry: Entry) -> None:
    assert entry.code.partition("/")[0] == Path(entry.source).stem
    assert entry.category in CATEGORIES
    assert entry.solutions
    assert entry.references
    assert all(address.startswith("https://") for address in entry.references)
    assert not entry.summary.endswith(".")
    assert "\n" not in entry.summary


@every
def test_a_command_is_safe_to_copy(entry: Entry) -> None:
    for _, command in entry.solutions:
        assert "\n" not in command
        assert not STANDS_FOR_SOMETHING.search(command), command
        assert not DANGEROUS.search(command), command


@every
def test_what_a_text_fills_in_is_found_by_some_pattern_and_never_comes_into_a_command(entry: Entry) -> None:
    names = {name for pattern in entry.patterns for name in re.compile(pattern.compiled).groupindex}
    texts = [entry.summary, *(text for text, _ in entry.solutions)]
    assert {name for text in texts for name in re.findall(r"\{(\w+)\}", text)} <= names
    for example in entry.matches:
        found = find(entry, example)
        assert found is not None
        assert not re.search(r"\{\w+\}", found.summary), f"{found.summary}: not every pattern finds all of it"


@every
def test_an_entry_is_found_by_words_that_logs_are_not_full_of(entry: Entry) -> None:
    common = [pattern.source for pattern in entry.patterns if min(map(rarity, pattern.words)) <= 0]
    # A needle of this length is as rare as a word, only a little slower to look for.
    assert all(any(len(n) >= 10 for n in p.needles) for p in entry.patterns if p.source in common), common
