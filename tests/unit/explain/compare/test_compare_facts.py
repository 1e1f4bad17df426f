"""What two logs tell of their surroundings."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pitstop.explain.compare.differences.facts import differing, facts_of
from pitstop.explain.compare.differences.steps import differing_steps
from pitstop.explain.compare.differences.values import COMMIT, DURATION, ENVIRONMENT, IMAGE, TOOL, Difference
from pitstop.explain.lines import Line, read_lines

BEFORE = b"""\
Current runner version: '2.291.1'
Image: ubuntu-22.04
Version: 20260901.1
Download action repository 'actions/checkout@v4' (SHA:2541b1294d2704b0964813337f33b291d3f8596b)
env:
  PYTHONPATH: /w/src
  DEPLOY_TOKEN: abcdefghij
git version 2.39.0
Python 3.11.7
rustc 1.80.0 (051478957 2024-07-21)
openjdk version "17.0.3" 2022-04-19
Apache Maven 3.8.6 (84538c9988a25aec085021c365c560670ad80f63)
Checking out Revision 0373f75f70f4028de54f9d568af1b434850a11c3 (origin/main)
only here 1.2.3
"""
AFTER = (
    BEFORE.replace(b"20260901.1", b"20261101.1")
    .replace(b"rustc 1.80.0", b"rustc 1.81.0")
    .replace(b"/w/src", b"/w/lib")
    .replace(b"abcdefghij", b"klmnopqrst")
    .replace(b"0373f75f", b"77e0aa12")
    .replace(b"17.0.3", b"21.0.1")
)


def facts(data: bytes) -> dict[tuple[str, str], str]:
    return facts_of(read_lines(data))


def test_the_runner_tools_and_commit_of_a_log_are_read() -> None:
    found = facts(BEFORE)
    assert found[IMAGE, "image"] == "ubuntu-22.04"
    assert found[TOOL, "runner"] == "2.291.1"
    assert found[TOOL, "actions/checkout@v4"] == "2541b1294d27"
    assert (found[TOOL, "Python"], found[TOOL, "maven"], found[TOOL, "java"]) == ("3.11.7", "3.8.6", "17.0.3")
    assert found[COMMIT, "commit"].startswith("0373f75f")


def test_what_two_logs_tell_differently_is_told_and_secrets_are_not() -> None:
    assert sorted(differing(facts(BEFORE), facts(AFTER))) == [
        Difference(
            COMMIT, "commit", "0373f75f70f4028de54f9d568af1b434850a11c3", "77e0aa1270f4028de54f9d568af1b434850a11c3"
        ),
        Difference(ENVIRONMENT, "PYTHONPATH", "/w/src", "/w/lib"),
        Difference(IMAGE, "image version", "20260901.1", "20261101.1"),
        Difference(TOOL, "java", "17.0.3", "21.0.1"),
        Difference(TOOL, "rustc", "1.80.0", "1.81.0"),
    ]


def test_what_only_one_log_tells_is_no_difference() -> None:
    assert differing(facts(BEFORE), facts(b"git version 2.39.0\n")) == []
    assert differing({}, facts(AFTER)) == []


def test_steps_that_took_longer_are_told_but_not_the_last() -> None:
    def lines(*steps: tuple[str, float]) -> list[Line]:
        return [Line(at, "x", "x", "", name, time) for at, (name, time) in enumerate(steps, 1)]

    good = lines(("build", 1.0), ("build", 11.0), ("test", 12.0), ("test", 20.0), ("end", 30.0))
    bad = lines(("build", 1.0), ("build", 41.0), ("test", 42.0), ("test", 43.0), ("end", 90.0))
    assert differing_steps(good, bad) == [
        Difference(DURATION, "build", "10 s", "40 s"),
        Difference(DURATION, "test", "8.0 s", "1.0 s"),
    ]
    assert differing_steps(good, good) == differing_steps([], bad) == []


@given(st.binary(max_size=300))
def test_any_bytes_can_be_asked(data: bytes) -> None:
    assert differing(facts(data), facts(data)) == []
