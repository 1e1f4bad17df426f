"""A failing log beside a good one: what is new, and what of it tells why."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pitstop.core.finding import Failure
from pitstop.explain.compare import Comparison, compare
from pitstop.explain.lines import read_lines

GOOD = b"""\
Checking out Revision 1f0c3d5a9be (origin/main)
[INFO] Downloading from central: https://repo.example.org/a/1.2/a-1.2.pom
[INFO] Compiling 31 source files to /tmp/build-81a/classes
[WARNING] /w/src/A.java: Some input files use a deprecated API.
[INFO] Running org.example.ATest
[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s - in org.example.ATest
[INFO] BUILD SUCCESS
[INFO] Total time:  12.3 s
"""
BAD = b"""\
Checking out Revision 77e0aa12cd4 (origin/main)
[INFO] Downloading from central: https://repo.example.org/a/1.3/a-1.3.pom
[INFO] Compiling 33 source files to /tmp/build-02c/classes
[WARNING] /w/src/A.java: Some input files use a deprecated API.
[INFO] Running org.example.ATest
[ERROR] Tests run: 3, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.2 s <<< FAILURE! - in org.example.ATest
[ERROR] adds(org.example.ATest)  Time elapsed: 0.01 s  <<< FAILURE!
java.lang.AssertionError: expected:<4> but was:<5>
\tat org.junit.Assert.fail(Assert.java:88)
\tat org.example.ATest.adds(ATest.java:12)

[INFO] BUILD FAILURE
[INFO] Total time:  9.1 s
[ERROR] Failed to execute goal org.example:test on project a: There are test failures.
[ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.
[ERROR] [Help 1] http://cwiki.example.org/MojoFailureException
"""

words = st.sampled_from(
    ["alpha", "beta", "gamma", "delta", "copied", "linked", "packed", "stored", "ready", "listing", "folder", "module"]
)
calm = st.lists(words, min_size=2, max_size=6).map(" ".join)
logs = st.lists(calm, max_size=30).map(lambda lines: "".join(f"{line}\n" for line in lines).encode())


def compared(bad: bytes, good: bytes) -> Comparison:
    return compare(read_lines(bad), read_lines(good))


def shown(bad: bytes, good: bytes) -> list[int]:
    return [line.number for line in compared(bad, good).evidence]


def test_the_first_own_words_of_a_failed_test_come_first_and_its_frames_and_help_not_at_all() -> None:
    assert shown(BAD, GOOD)[:3] == [6, 7, 8]
    assert set(shown(BAD, GOOD)) == {6, 7, 8, 14}


def test_numbers_hashes_addresses_and_temporary_names_make_no_line_new() -> None:
    assert not {1, 2, 3, 4, 5, 13} & set(compared(BAD, GOOD).new)


def test_a_count_of_failures_that_was_none_is_new() -> None:
    assert compared(b"2 failed, 3 passed\n", b"0 failed, 5 passed\n").new == (1,)
    assert compared(b"done, errors: 4\n", b"done, errors: 3\n").new == ()


def test_an_error_that_the_good_log_has_too_tells_nothing() -> None:
    flaky = b"ERROR: cache server did not answer, going on\n"
    assert shown(b"a b\n" + flaky + b"fatal: no space left on device\n", b"a b\n" + flaky) == [3]


def test_an_error_like_those_of_the_good_log_tells_less() -> None:
    good = b"error: cannot fetch badge one of the page, ignored\n"
    bad = b"error: cannot fetch badge two of the page, ignored\nerror: linker `cc` not found\n"
    assert shown(bad, good)[0] == 2


def test_equal_lines_come_after_all_others() -> None:
    bad = b"fatal: disk is full\nfatal: disk is full\nerror: giving up\n"
    assert shown(bad, b"") == [1, 3, 2]


def test_what_is_set_in_below_an_error_belongs_to_it() -> None:
    bad = b"[ERROR] A.java:[3,1] cannot find symbol\n  symbol:   class B\n  location: class A\n[INFO] 1 error\n"
    assert shown(bad, b"") == [1, 2, 3]


def test_where_nothing_speaks_of_a_failure_the_last_new_lines_are_shown() -> None:
    good = b'$ gomali *.md\nThe command "gomali *.md" exited with 0.\n'
    bad = b'$ gomali *.md\nREADME has a long line there\nThe command "gomali *.md" exited with 1.\n'
    assert shown(bad, good) == [2]


def test_a_name_that_speaks_of_errors_in_a_passed_test_is_none() -> None:
    bad = b"  \xe2\x9c\x93 throws an error (4ms)\ntest errors::fatal ... ok\nerror: expected 3, got 4\n"
    assert shown(bad, b"") == [3]


def test_mere_words_of_a_set_up_long_before_an_error_are_not_shown_but_those_that_lead_to_it_are() -> None:
    steps = [b"Step %c" % letter for letter in b"abcdefghijklmnopqrstuvwxyz"]
    good = b"\n".join([b"maven cache restored", *steps, b"BUILD SUCCESS"])
    wary = b"the pump does not answer"
    bad = b"\n".join([b"maven cache is not found", *steps, wary, b"error: pump is dry", b"BUILD FAILURE"])
    told = [Failure("pump", "runtime", "pump is dry", 29, 29)]
    found = compare(read_lines(bad), read_lines(good), told).evidence
    assert [line.number for line in found] == [29, 28]
    assert 1 in shown(bad, good)  # nothing is known: the set-up may be to blame


def test_a_new_warning_of_the_maven_goal_that_failed_is_shown_and_no_other() -> None:
    good = b"""[INFO] --- maven-resources-plugin:2.6:resources (default) @ moor ---
[INFO] --- tidy:1.2:check (x) @ moor ---
[INFO] BUILD SUCCESS
"""
    bad = b"""[INFO] --- maven-resources-plugin:2.6:resources (default) @ moor ---
[WARNING] Using platform encoding
[INFO] --- tidy:1.2:check (x) @ moor ---
[INFO] looking around
[WARNING] Rope on deck
[INFO] ------------------
[INFO] deck .............. FAILED (0.3 s)
[INFO] ------------------
[INFO] BUILD FAILURE
[ERROR] Failed to execute goal com.moor:tidy:1.2:check (x) on project moor: The deck is not tidy -> [Help 1]
"""
    assert shown(bad, good) == [10, 5, 7]


def test_all_of_a_message_of_several_lines_is_shown_whatever_its_words() -> None:
    bad = b"""[ERROR] com.rig.ShroudTest.asksOnce -- Time elapsed: 4.3 s <<< FAILURE!
org.mockito.exceptions.verification.TooManyActualInvocations:

lines.size();
Wanted 1 time:
-> at com.rig.ShroudTest.asksOnce(ShroudTest.java:9)
But was 2 times:
-> at com.rig.ShroudTest.asksOnce(ShroudTest.java:9)
Which lines of the rig were asked
more often than a sailor would
ask them by day or night
	at com.rig.ShroudTest.asksOnce(ShroudTest.java:9)
[ERROR] Tests run: 1, Failures: 1
"""
    told = [Failure("surefire", "test", "too many", 1, 12, test="asksOnce")]
    lines = read_lines(bad)
    assert {11, 10, 9, 7, 5} < {
        line.number for line in compare(lines, read_lines(b"[INFO] all is well\n"), told).evidence
    }


def test_what_a_passed_class_of_tests_printed_is_left_out_and_what_a_failed_one_did_is_shown() -> None:
    def printed(by: bytes, end: bytes) -> bytes:
        return b"[INFO] Running a.%s\n10:31 [main] ERROR a.%s - pump %s is dry\n%s -- in a.%s\n" % (by, by, by, end, by)

    passed = b"[INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s"
    failed = b"[ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.1 s <<< FAILURE!"
    bad = printed(b"RopeTest", passed) + printed(b"MastTest", failed) + printed(b"DeckTest", passed)
    assert sorted(shown(bad, b"")) == [5, 6]
    assert 2 in shown(printed(b"RopeTest", passed), b"")


def test_what_the_compiler_sets_below_the_line_that_it_quotes_belongs_to_its_error() -> None:
    bad = b"""Vein.java:3: error: cannot find symbol
class Vein { String a = Objects.first(3); }
                               ^
  symbol:   method first(int)
  location: class Objects
"""
    assert sorted(shown(bad, b":compileJava\n")) == [1, 2, 4, 5]


def test_the_warnings_of_a_failed_goal_are_left_out_where_its_errors_are_known() -> None:
    bad = b"""[INFO] --- maven-compiler-plugin:3.11.0:compile (default) @ moor ---
[WARNING] Rope.java:[3,1] Knot is deprecated
[ERROR] /src/Rope.java:[7,48] cannot find symbol
[INFO] BUILD FAILURE
[ERROR] Failed to execute goal org.x:maven-compiler-plugin:3.11.0:compile (default) on project moor: Compilation failure
"""
    lines, good = read_lines(bad), read_lines(b"[INFO] BUILD SUCCESS\n")
    assert [line.number for line in compare(lines, good, [Failure("javac", "compile", "cannot", 3, 3)]).evidence] == [
        3,
        5,
    ]


def test_gradles_reason_comes_before_the_heading_above_it() -> None:
    bad = b"""* What went wrong:
Could not resolve all files for configuration ':compileClasspath'.
> Could not find org.rope:knot:3.99.
"""
    told = [Failure("gradle", "package", "Could not resolve", 1, 3)]
    found = compare(read_lines(bad), read_lines(b"BUILD SUCCESSFUL in 3s\n"), told).evidence
    assert found[0].number == 2


def test_of_a_list_of_failed_tests_each_line_of_a_message_is_shown() -> None:
    bad = b"""[ERROR] Failures:
[ERROR]   LayerTest.has all names:14
Seen actual
mica and talc
and chlorite
to hold in this order
mica and talc
[INFO]
[ERROR] Tests run: 11, Failures: 2, Errors: 0, Skipped: 0
[INFO] chlorite is green
"""
    assert sorted(shown(bad, b"[INFO] BUILD SUCCESS\n")) == [1, 2, 3, 4, 5, 6, 7]


def test_where_nothing_speaks_of_a_failure_the_ci_systems_own_lines_are_not_shown() -> None:
    pages = b"page 1: all there\n" * 30
    good = b'Started by user tide\nCommit message: "Sand"\n' + pages + b"Finished: SUCCESS\n"
    bad = (
        b'Started by timer\nCommit message: "Tidy up"\n'
        + pages
        + b"page 31: tides.html points nowhere\nFinished: FAILURE\n"
    )
    assert shown(bad, good) == [33]


def test_empty_logs_have_nothing_new() -> None:
    assert compared(b"", b"") == compared(b"", GOOD) == Comparison()


def test_against_an_empty_log_everything_is_new() -> None:
    assert len(compared(BAD, b"").new) == len([line for line in BAD.split(b"\n") if line.strip()])


@given(st.binary(max_size=400))
def test_a_log_has_nothing_new_against_itself(data: bytes) -> None:
    assert compared(data, data) == Comparison()


@given(st.binary(max_size=400), st.binary(max_size=400))
def test_any_bytes_are_compared_and_shown_lines_are_new_ones(bad: bytes, good: bytes) -> None:
    found = compared(bad, good)
    assert {line.number for line in found.evidence} <= set(found.new)
    assert all(1 <= number <= bad.count(b"\n") + 1 for number in found.new)


@given(logs.flatmap(lambda log: st.tuples(st.just(log), st.permutations(log.splitlines(keepends=True)))))
def test_lines_that_only_stand_elsewhere_are_not_new(pair: tuple[bytes, list[bytes]]) -> None:
    log, moved = pair
    assert compared(b"".join(moved), log).new == ()


@given(logs, st.integers(0, 30))
def test_an_error_that_was_put_in_is_found_where_it_is(log: bytes, at: int) -> None:
    lines = log.splitlines(keepends=True)
    at = min(at, len(lines))
    bad = b"".join([*lines[:at], b"error: no such widget\n", *lines[at:]])
    assert shown(bad, log) == [at + 1]


def test_what_a_tool_is_known_to_say_comes_first_whatever_its_words() -> None:
    lines = read_lines(b"error: something odd\nFoo should be sorted\n")
    said = Failure("lint", "style", "Foo should be sorted", 2, 2)
    assert [line.number for line in compare(lines, [], [said]).evidence] == [2, 1]
    assert [line.number for line in compare(lines, lines[1:], [said]).evidence] == [1]
    counted = said._replace(summary=True)
    assert next(line.number for line in compare(lines, [], [counted]).evidence) == 1
