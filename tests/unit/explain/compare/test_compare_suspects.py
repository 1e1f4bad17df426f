"""Which differences the evidence speaks of."""

from __future__ import annotations

import pytest

from pitstop.core.events import FAILURE, SUCCESS
from pitstop.core.finding import Evidence
from pitstop.explain.compare.differences.suspects import find_suspects
from pitstop.explain.compare.differences.values import FILE, INPUT, LOCK, TEST, TOOL, Commit, Difference, Suspect

ROUNDING = Difference(FILE, "src/money/rounding.py", "was", "is")
README = Difference(FILE, "README.md", "was", "is")
SERDE = Difference(LOCK, "serde-json", "1.0.1", "1.0.2", "Cargo.lock")
FIRST = Commit("a" * 40, "Ann", "Round up", ("src/money/rounding.py",))
SECOND = Commit("b" * 40, "Bob", "Say more", ("README.md", "Cargo.lock"))


def suspects(text: str, *commits: Commit, turned: str = "") -> list[Suspect]:
    tests = [Difference(TEST, turned, SUCCESS, FAILURE)] if turned else []
    return find_suspects([Evidence(7, text)], [README, ROUNDING, SERDE], commits, tests)


@pytest.mark.parametrize(
    ("text", "difference", "least"),
    [
        ("src/money/rounding.py:3: error: bad", ROUNDING, 0.9),
        ("at rounding.py line 3", ROUNDING, 0.8),
        ("cannot import rounding", ROUNDING, 0.5),
        ("error: no matching package named `serde-json` found", SERDE, 0.7),
        ("unresolved import `serde_json`", SERDE, 0.5),
    ],
)
def test_what_a_line_of_evidence_names_is_suspect_with_its_line(
    text: str, difference: Difference, least: float
) -> None:
    (found,) = suspects(text, FIRST, SECOND)
    assert found.difference == difference
    assert found.confidence >= least
    assert "line 7" in found.reason


def test_the_only_commit_that_made_it_is_named() -> None:
    assert [suspect.commit for suspect in suspects("rounding.py broke", FIRST, SECOND)] == [FIRST]
    assert [suspect.commit for suspect in suspects("serde-json broke", FIRST, SECOND)] == [SECOND]
    again = FIRST._replace(revision="c" * 40)
    assert [suspect.commit for suspect in suspects("rounding.py broke", FIRST, again)] == [None]


def test_the_name_of_a_failed_test_counts_too() -> None:
    (found,) = suspects("assert 3 == 2", turned="tests.test_rounding: rounding")
    assert (found.difference, "the failed test" in found.reason) == (ROUNDING, True)


def test_a_part_of_a_word_or_a_name_that_all_have_is_no_evidence() -> None:
    assert suspects("surrounding.pyx is odd, readme too", FIRST, SECOND) == []


def test_without_evidence_the_only_commit_is_weakly_suspect() -> None:
    (found,) = suspects("assert 3 == 2", FIRST)
    assert (found.commit, found.confidence < 0.5) == (FIRST, True)
    assert suspects("assert 3 == 2", FIRST, SECOND) == suspects("assert 3 == 2") == []


def test_a_tool_that_is_spoken_of_is_suspect_when_its_version_differs() -> None:
    tool = Difference(TOOL, "rustc", "1.80.0", "1.81.0")
    (found,) = find_suspects([Evidence(1, "error: rustc 1.81.0 does not know this")], [tool])
    assert found.difference == tool


def test_an_input_that_runs_noted_is_suspect_by_its_name() -> None:
    noted = [Difference(INPUT, "env RUSTFLAGS", "-O", "-g", "a:build"), Difference(INPUT, "command changed")]
    (found,) = find_suspects([Evidence(1, "error: RUSTFLAGS holds an option that is not known")], noted)
    assert found.difference == noted[0]
