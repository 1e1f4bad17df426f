"""Recorded output of each runner, and what must be read from it.

All were made by running the tool on a few tests: one that passes, one that fails in a group, one that is skipped.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pitstop.links.testing import case as values
from pitstop.links.testing.javascript import read_javascript
from pitstop.links.testing.read import read_tests

HERE = Path(__file__).parent / "recorded"

S, F, E, K = "success", "failure", "error", "skip"
JEST = "expect(received).toBe(expected) // Object.is equality\nExpected: 4\nReceived: 3"
VITEST = "AssertionError: expected 3 to be 4 // Object.is equality\n- Expected\n+ Received\n- 4\n+ 3"
RUST = "assertion `left == right` failed: sums differ\n  left: 3\n right: 4"
PYTHON = "AssertionError: sums\n  differ\nassert (1 + 2) == 4"
NODE = "AssertionError [ERR_ASSERTION]: 3 == 4"
LIB = "crates/money/src/lib.rs"
TILL = "crates/till/tests/till.rs"
SUM = "tests/test_sum.py"

# name of the recording -> (suite, name, outcome, message, file, line, attempt)
EXPECTED: dict[str, list[tuple[str, str, str, str, str, int, int]]] = {
    "libtest.txt": [
        ("money", "tests::adds", S, "", "", 0, 1),
        ("money", "tests::slow", K, "slow", "", 0, 1),
        ("money", "tests::panics", S, "", "", 0, 1),
        ("money", "tests::fails", F, RUST, LIB, 20, 1),
        ("till", "in_main", S, "", "", 0, 1),
        ("till", "runs", S, "", "", 0, 1),
        ("Doc-tests dash_ed", "crates/dash-ed/src/lib.rs - z (line 1)", S, "", "crates/dash-ed/src/lib.rs", 1, 1),
        ("Doc-tests money", "crates/money/src/lib.rs - add (line 3)", S, "", LIB, 3, 1),
    ],
    "nextest.txt": [
        ("money", "tests::adds", S, "", "", 0, 1),
        ("money", "tests::fails", F, RUST, LIB, 20, 1),
        ("money", "tests::panics", S, "", "", 0, 1),
        ("till::till", "aborts", F, "(test aborted with signal 6: SIGABRT)", "", 0, 1),
        ("till::till", "aborts", F, "(test aborted with signal 6: SIGABRT)", "", 0, 2),
        ("till::till", "aborts", F, "(test aborted with signal 6: SIGABRT)", "", 0, 3),
        ("money", "tests::fails", F, RUST, LIB, 20, 2),
        ("till::till", "flaky", F, "first time", TILL, 10, 1),
        ("till::till", "flaky", S, "", "", 0, 2),
        ("till::till", "leaks", S, "", "", 0, 1),
        ("money", "tests::fails", F, RUST, LIB, 20, 3),
        ("till::till", "runs", S, "", "", 0, 1),
        ("till::bin/till", "in_main", S, "", "", 0, 1),
        ("till::till", "slow", F, "(test timed out)", "", 0, 1),
        ("till::till", "slow", F, "(test timed out)", "", 0, 2),
        ("till::till", "slow", F, "(test timed out)", "", 0, 3),
    ],
    "gotest.jsonl": [
        ("example.org/a", "TestAdd", S, "", "", 0, 1),
        ("example.org/a", "TestBad/sub_one", F, "got 3\nwant 4", "a_test.go", 16, 1),
        ("example.org/a", "TestBad/fine", S, "", "", 0, 1),
        ("example.org/a", "TestBad", F, "", "", 0, 1),
        ("example.org/a", "TestSkip", K, "not now", "a_test.go", 20, 1),
    ],
    "gotest-v.txt": [
        ("example.org/a", "TestAdd", S, "", "", 0, 1),
        ("example.org/a", "TestBad", F, "", "", 0, 1),
        ("example.org/a", "TestBad/sub_one", F, "", "", 0, 1),
        ("example.org/a", "TestBad/fine", S, "", "", 0, 1),
        ("example.org/a", "TestSkip", K, "", "", 0, 1),
    ],
    "pytest-v.txt": [
        (SUM, "test_adds", S, "", SUM, 0, 1),
        (SUM, "TestDeep::test_fails[3]", S, "", SUM, 0, 1),
        (SUM, "TestDeep::test_fails[4]", F, PYTHON, SUM, 12, 1),
        (SUM, "test_later", K, "not now", SUM, 0, 1),
        (SUM, "test_known", K, "known", SUM, 0, 1),
        (SUM, "test_error", E, "RuntimeError: no fixture", SUM, 27, 1),
        (
            "tests/test_broken.py",
            "tests/test_broken.py",
            E,
            "ModuleNotFoundError: No module named 'nothere'",
            "tests/test_broken.py",
            1,
            1,
        ),
    ],
    "pytest.txt": [
        (SUM, "TestDeep::test_fails[4]", F, PYTHON, SUM, 12, 1),
        (SUM, "test_error", E, "RuntimeError: no fixture", SUM, 27, 1),
    ],
    "junit-pytest-xunit1.xml": [
        ("tests.test_sum", "test_adds", S, "", SUM, 4, 1),
        ("tests.test_sum.TestDeep", "test_fails[3]", S, "", SUM, 9, 1),
        ("tests.test_sum.TestDeep", "test_fails[4]", F, PYTHON, SUM, 12, 1),
        ("tests.test_sum", "test_later", K, "not now", SUM, 15, 1),
        ("tests.test_sum", "test_known", K, "known", SUM, 20, 1),
        ("tests.test_sum", "test_error", E, 'failed on setup with "RuntimeError: no fixture"', SUM, 27, 1),
    ],
    "junit-pytest.xml": [
        (
            "pytest",
            "tests.test_broken",
            E,
            "ModuleNotFoundError: No module named 'nothere'",
            "tests/test_broken.py",
            1,
            1,
        ),
        ("tests.test_sum", "test_adds", S, "", "", 0, 1),
        ("tests.test_sum.TestDeep", "test_fails[3]", S, "", "", 0, 1),
        ("tests.test_sum.TestDeep", "test_fails[4]", F, PYTHON, SUM, 12, 1),
        ("tests.test_sum", "test_later", K, "not now", "", 0, 1),
        ("tests.test_sum", "test_known", K, "known", "", 0, 1),
        ("tests.test_sum", "test_error", E, 'failed on setup with "RuntimeError: no fixture"', SUM, 27, 1),
    ],
    "junit-nextest.xml": [
        ("money", "tests::adds", S, "", "", 0, 1),
        ("money", "tests::panics", S, "", "", 0, 1),
        ("money", "tests::fails", F, RUST, LIB, 20, 1),
        ("money", "tests::fails", F, RUST, LIB, 20, 2),
        ("till::till", "flaky", F, "first time", TILL, 8, 1),
        ("till::till", "flaky", S, "", "", 0, 2),
        ("till::till", "runs", S, "", "", 0, 1),
        ("till::bin/till", "in_main", S, "", "", 0, 1),
    ],
    "junit-jest.xml": [
        (" adds at top", " adds at top", S, "", "", 0, 1),
        ("sum adds", "sum adds", S, "", "", 0, 1),
        (
            "sum deep fails (on purpose)",
            "sum deep fails (on purpose)",
            F,
            "Error: expect(received).toBe(expected) // Object.is equality\n\nExpected: 4\nReceived: 3",
            "/repo/j/sum.test.js",
            6,
            1,
        ),
        ("sum later", "sum later", K, "", "", 0, 1),
        ("sum write me", "sum write me", S, "", "", 0, 1),
        ("sum slow", "sum slow", S, "", "", 0, 1),
    ],
    "junit-vitest.xml": [
        ("v/broken.test.mjs", "v/broken.test.mjs", F, "cannot load", "v/broken.test.mjs", 1, 1),
        ("v/other.test.mjs", "other", S, "", "", 0, 1),
        ("v/sum.test.mjs", "adds at top", S, "", "", 0, 1),
        ("v/sum.test.mjs", "sum > adds", S, "", "", 0, 1),
        (
            "v/sum.test.mjs",
            "sum > deep > fails (on purpose)",
            F,
            "expected 3 to be 4 // Object.is equality",
            "v/sum.test.mjs",
            5,
            1,
        ),
        ("v/sum.test.mjs", "sum > later", K, "", "", 0, 1),
        ("v/sum.test.mjs", "sum > write me", K, "", "", 0, 1),
        ("v/sum.test.mjs", "sum > slow", S, "", "", 0, 1),
    ],
    "jest.txt": [
        ("j/sum.test.js", "adds at top", S, "", "j/sum.test.js", 0, 1),
        ("j/sum.test.js", "sum > adds", S, "", "j/sum.test.js", 0, 1),
        ("j/sum.test.js", "sum > slow", S, "", "j/sum.test.js", 0, 1),
        ("j/sum.test.js", "sum > later", K, "", "j/sum.test.js", 0, 1),
        ("j/sum.test.js", "sum > write me", K, "", "j/sum.test.js", 0, 1),
        ("j/sum.test.js", "sum > deep > fails (on purpose)", F, JEST, "j/sum.test.js", 6, 1),
        ("j/other.test.js", "other", S, "", "j/other.test.js", 0, 1),
        ("j/broken.test.js", "Test suite failed to run", E, "cannot load", "j/broken.test.js", 1, 1),
    ],
    "vitest.txt": [  # without the groups of those that passed: it does not print them
        ("v/sum.test.mjs", "adds at top", S, "", "v/sum.test.mjs", 0, 1),
        ("v/sum.test.mjs", "adds", S, "", "v/sum.test.mjs", 0, 1),
        ("v/sum.test.mjs", "sum > deep > fails (on purpose)", F, VITEST, "v/sum.test.mjs", 5, 1),
        ("v/sum.test.mjs", "later", K, "", "v/sum.test.mjs", 0, 1),
        ("v/sum.test.mjs", "write me", K, "", "v/sum.test.mjs", 0, 1),
        ("v/sum.test.mjs", "slow", S, "", "v/sum.test.mjs", 0, 1),
        ("v/broken.test.mjs", "v/broken.test.mjs", E, "Error: cannot load", "v/broken.test.mjs", 1, 1),
    ],
    "vitest-verbose.txt": [
        ("v/sum.test.mjs", "adds at top", S, "", "v/sum.test.mjs", 0, 1),
        ("v/sum.test.mjs", "sum > adds", S, "", "v/sum.test.mjs", 0, 1),
        ("v/sum.test.mjs", "sum > deep > fails (on purpose)", F, VITEST, "v/sum.test.mjs", 5, 1),
        ("v/sum.test.mjs", "sum > later", K, "", "v/sum.test.mjs", 0, 1),
        ("v/sum.test.mjs", "sum > write me", K, "", "v/sum.test.mjs", 0, 1),
        ("v/sum.test.mjs", "sum > slow", S, "", "v/sum.test.mjs", 0, 1),
        ("v/other.test.mjs", "other", S, "", "v/other.test.mjs", 0, 1),
        ("v/broken.test.mjs", "v/broken.test.mjs", E, "Error: cannot load", "v/broken.test.mjs", 1, 1),
    ],
    "mocha.txt": [
        ("", "adds at top", S, "", "", 0, 1),
        ("", "sum > adds", S, "", "", 0, 1),
        ("", "sum > later", K, "", "", 0, 1),
        ("", "sum > slow", S, "", "", 0, 1),
        ("", "sum > deep > fails (on purpose)", F, f"{NODE}\n+ expected - actual\n-3\n+4", "m/sum.test.js", 5, 1),
    ],
    "spec.txt": [
        ("", "adds at top", S, "", "", 0, 1),
        ("", "sum > adds", S, "", "", 0, 1),
        ("", "sum > deep > fails (on purpose)", F, NODE, "n/sum.test.mjs", 6, 1),
        ("", "sum > later", K, "", "", 0, 1),
        ("", "sum > write me", K, "", "", 0, 1),
    ],
    "tap.txt": [
        ("", "adds at top", S, "", "", 0, 1),
        ("sum", "adds", S, "", "", 0, 1),
        ("sum > deep", "fails (on purpose)", F, "3 == 4", "/repo/n/sum.test.mjs", 6, 1),
        ("sum", "later", K, "", "", 0, 1),
        ("sum", "write me", K, "", "", 0, 1),
    ],
    "mocha-tap.txt": [
        ("", "adds at top", S, "", "", 0, 1),
        ("", "sum adds", S, "", "", 0, 1),
        ("", "sum later", K, "", "", 0, 1),
        ("", "sum slow", S, "", "", 0, 1),
        ("", "sum deep fails (on purpose)", F, f"3 == 4\n{NODE}", "m/sum.test.js", 5, 1),
    ],
}


def told(cases: list[values.TestCase]) -> list[tuple[str, str, str, str, str, int, int]]:
    return [(one.suite, one.name, one.outcome, one.message, one.file, one.line, one.attempt) for one in cases]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_recorded_log_is_read_as_its_runner_meant_it(name: str) -> None:
    assert told(read_tests((HERE / name).read_bytes())) == EXPECTED[name]


def test_every_recording_is_judged() -> None:
    assert {path.name for path in HERE.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_windows_line_ends_change_nothing(name: str) -> None:
    data = (HERE / name).read_bytes().replace(b"\n", b"\r\n")
    assert [one[:3] for one in told(read_tests(data))] == [one[:3] for one in EXPECTED[name]]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_log_may_end_anywhere(name: str) -> None:
    data = (HERE / name).read_bytes()
    whole = {(one.suite, one.name) for one in read_tests(data)}
    for end in range(0, len(data), 7):
        for one in read_tests(data[:end]):
            assert len(one.message) < values.MESSAGE_SIZE + 100
        if not end % 70 and name.startswith(("junit", "libtest", "nextest", "gotest.jsonl")):
            assert {(one.suite, one.name) for one in read_tests(data[:end])} <= whole


def test_several_runners_in_one_log_all_count() -> None:
    data = (HERE / "libtest.txt").read_bytes() + (HERE / "pytest-v.txt").read_bytes()
    assert told(read_tests(data)) == EXPECTED["libtest.txt"] + EXPECTED["pytest-v.txt"]


def test_durations_are_seconds() -> None:
    durations = {}
    for name in ("nextest.txt", "gotest.jsonl", "pytest-v.txt", "junit-jest.xml", "jest.txt", "mocha.txt", "tap.txt"):
        durations[name] = max(one.duration_s for one in read_tests((HERE / name).read_bytes()))
    assert durations == {
        "nextest.txt": 2.012,
        "gotest.jsonl": 0.0,
        "pytest-v.txt": 0.01,
        "junit-jest.xml": 1.202,
        "jest.txt": 1.202,
        "mocha.txt": 0.201,
        "tap.txt": 0.001888793,
    }


def test_a_vitest_test_with_several_errors_is_one_and_several_with_one_error_share_it() -> None:
    log = b"""\
 FAIL  a.test.ts > adds
 FAIL  a.test.ts > subtracts
AssertionError: expected 1 to be +0
 FAIL  a.test.ts > adds
Error: Test timed out
"""
    cases = read_javascript(log)
    assert [(case.name, case.message) for case in cases] == [
        ("adds", "AssertionError: expected 1 to be +0"),
        ("subtracts", "AssertionError: expected 1 to be +0"),
    ]


def test_what_a_vitest_failure_quotes_opens_no_failure_of_its_own() -> None:
    log = b"""\
 FAIL  cli/e2e.test.ts > publish > asks again
Error: Snapshot mismatched

- Expected
+ Received

  \xe2\x97\x8f  These packages will be published:
  \xe2\x94\x82  pkg-a@1.0.0
+ npm warn Unknown user config

 \xe2\x9d\xaf cli/e2e.test.ts:2064:10

 FAIL  cli/e2e.test.ts > publish > asks again and again
"""
    read = [
        (case.name, case.file, case.line) for case in read_javascript(b" \xe2\x9c\x93 a.test.ts (6 tests) 5ms\n" + log)
    ]
    assert read == [
        ("publish > asks again", "cli/e2e.test.ts", 2064),
        ("publish > asks again and again", "cli/e2e.test.ts", 0),
    ]


def test_a_message_of_several_lines_is_the_one_below_its_key() -> None:
    log = b"""\
not ok 1 - adds
  ---
  duration_ms: 14.861172
  location: '/r/a.test.js:2:1'
  error: |-
    Expected values to be strictly equal:

    2 !== 3

  code: 'ERR_ASSERTION'
  stack: |-
    TestContext.<anonymous> (/r/a.test.js:2:29)
  ...
"""
    assert [case.message for case in read_tests(log)] == ["Expected values to be strictly equal:\n2 !== 3"]
