"""A log against all entries: what is found, that nothing is missed, and which entry is believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.core.finding import Evidence
from pitstop.explain.knowledge import load
from pitstop.explain.knowledge.base import FOLDER, Knowledge
from pitstop.explain.knowledge.choose import best, ranked
from pitstop.explain.knowledge.packed import DATA, pack, read_folder, unpack
from pitstop.explain.knowledge.read import read_entries
from pitstop.explain.knowledge.search import _MOST, find
from pitstop.explain.lines import Line

if TYPE_CHECKING:
    from pathlib import Path

    from pitstop.explain.knowledge.entry import Entry

ENTRIES, _ = read_folder(DATA)
KNOWN = load()
EXAMPLES = [line for entry in ENTRIES for line in (*entry.matches, *entry.misses)]


def lines_of(*texts: str) -> list[Line]:
    return [Line(number, text, text) for number, text in enumerate(texts, 1)]


@pytest.mark.slow
@given(st.lists(st.sampled_from(EXAMPLES) | st.text(max_size=60), max_size=12))
def test_one_pass_over_a_log_finds_what_each_entry_finds_in_each_line(texts: list[str]) -> None:
    lines = lines_of(*texts)
    found = {(match.entry.code, match.number, match.pattern.source, match.groups) for match in KNOWN.match(lines)}
    alone = {
        (entry.code, line.number, match.pattern.source, match.groups)
        for entry in ENTRIES
        for line in lines
        if (match := find(entry, line.text))
    }
    assert found == alone


def test_a_line_is_looked_at_to_its_2000th_character() -> None:
    near = "x " * 980 + "error[E0308]: mismatched types"
    far = "x " * 1001 + "error[E0308]: mismatched types"
    assert [match.number for match in KNOWN.match(lines_of(far, near))] == [2]


def test_of_what_is_found_very_often_the_first_and_the_last_lines_are_given() -> None:
    found = [match.number for match in KNOWN.match(lines_of(*["error[E0308]: mismatched types"] * 1000))]
    assert found[:3] == [1, 2, 3]
    assert found[-1] == 1000
    assert len(found) == 40


def test_the_summary_says_what_the_line_says() -> None:
    (match,) = KNOWN.match(lines_of("error: linker `aarch64-linux-gnu-gcc` not found"))
    assert match.summary == "the linker aarch64-linux-gnu-gcc is not installed"


def test_what_leads_to_nothing_is_left_out() -> None:
    found = best(KNOWN.match(lines_of("socket.gaierror: [Errno -2] Name or service not known")))
    assert found is not None
    assert found.summary == "a host's name could not be resolved"


@pytest.mark.parametrize("entry", ENTRIES[::10], ids=lambda entry: entry.code)
def test_packing_keeps_all_but_the_examples(entry: Entry) -> None:
    assert unpack(pack(entry)) == entry._replace(matches=(), misses=())


def test_the_specific_entry_is_believed_before_the_general_one() -> None:
    matches = KNOWN.match(lines_of("ModuleNotFoundError: No module named 'distutils'"))
    assert {match.entry.code for match in matches} == {"python/distutils-gone", "python/module-not-found"}
    assert best(matches) is ranked(matches)[0][1]
    assert ranked(matches)[0][1].entry.code == "python/distutils-gone"


def test_what_stands_at_the_most_telling_line_is_believed_and_what_stands_far_from_all_is_not() -> None:
    lines = lines_of("curl: (7) Failed to connect: Connection refused", *["ok"] * 50, "error[E0308]: mismatched types")
    matches = KNOWN.match(lines)
    told = [Evidence(52, lines[51].text, 9.0)]
    found = best(matches, told)
    assert found is not None
    assert found.entry.code == "rust/e0308"
    assert best(matches[:1], told) is None


def test_what_is_fatal_is_believed_wherever_it_stands() -> None:
    matches = KNOWN.match(lines_of("tar: a: Cannot write: No space left on device", *["ok"] * 50))
    found = best(matches, [Evidence(51, "ok", 9.0)])
    assert found is not None
    assert found.entry.code == "system/disk-full"


def test_an_entry_is_found_by_its_code_or_the_last_word_of_it() -> None:
    assert [entry.code for entry in KNOWN.find("rust/e0277")] == ["rust/e0277"]
    assert [entry.code for entry in KNOWN.find("E0277")] == ["rust/e0277"]
    assert KNOWN.find("nothing") == []


OWN = """\
[[entry]]
code = "{code}"
patterns = ['{pattern}']
summary = "ours"
category = "test"
matches = ['{pattern}']
"""


def test_a_repository_adds_entries_and_replaces_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    (folder / "a.toml").write_text(OWN.format(code="shop/quux", pattern="quux is broken"))
    (folder / "b.toml").write_text(OWN.format(code="rust/e0308", pattern="error.E0308.: mismatched"))
    (folder / "c.toml").write_text("[[entry]]\ncode = ")
    for _ in range(2):  # worked out, then from the cache
        knowledge = load(str(tmp_path))
        (new, ours) = knowledge.match(lines_of("quux is broken", "error[E0308]: mismatched types"))
        assert (new.entry.code, ours.summary) == ("shop/quux", "ours")
        assert new.entry.source == str(folder / "a.toml")
        assert [problem.partition("c.toml")[2][:3] for problem in knowledge.problems] == [":2:"]
    (folder / "a.toml").write_text(OWN.format(code="shop/quux", pattern="corge is broken"))
    assert load(str(tmp_path)).match(lines_of("quux is broken")) == []


SLOW = """\
[[entry]]
code = "x/slow"
patterns = ['marker [a-z ]+[bc]']
summary = "slow"
category = "code"
matches = ["marker xb"]
"""


@pytest.mark.slow
def test_the_steps_of_one_pattern_in_one_log_are_limited() -> None:
    """What is beyond the limit is not looked at: of lines made to hurt, so many that they would take a minute."""
    (entry,), _ = read_entries(SLOW)
    knowledge = Knowledge([pack(entry)])
    hurting = ["marker " * 285] * 3000
    assert entry.patterns[0].steps * len(hurting) > 10 * _MOST
    assert knowledge.match(lines_of(*hurting)) == []
    assert [match.number for match in knowledge.match(lines_of("marker ab", *hurting, "marker ab"))] == [1, 3002]
