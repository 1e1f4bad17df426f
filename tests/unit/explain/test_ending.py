"""How logs say that they ended, in the forms that CI services write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.explain.diagnose import explain
from pitstop.explain.ending import CANCELLED, FAILED, PASSED, TIMED_OUT, find_endings, verdict
from pitstop.explain.lines import Line, read_lines


@pytest.mark.parametrize(
    ("text", "state", "code"),
    [
        ('The command "make test" exited with 2.', FAILED, 2),
        ("Done. Your build exited with 0.", PASSED, 0),
        ("Your build has been stopped.", FAILED, None),
        ("No output has been received in the last 10m0s, this potentially indicates a stalled build", TIMED_OUT, None),
        ("2026-01-02T03:04:05.1234567Z ##[error]Process completed with exit code 101.", FAILED, 101),
        ("##[error]The operation was canceled.", CANCELLED, None),
        (
            "##[error]The job running on runner A 1 has exceeded the maximum execution time of 360 minutes.",
            TIMED_OUT,
            None,
        ),
        ("##[error]Bash exited with code '1'.", FAILED, 1),
        ("Job succeeded", PASSED, None),
        ("ERROR: Job failed: exit code 1", FAILED, 1),
        ("ERROR: Job failed: execution took longer than 1h0m0s seconds", TIMED_OUT, None),
        ("Finished: SUCCESS", PASSED, None),
        ("Finished: FAILURE", FAILED, None),
        ("Finished: ABORTED", CANCELLED, None),
        ("Exited with code exit status 1", FAILED, 1),
        ("Command exited with code 1", FAILED, 1),
        ("[INFO] BUILD SUCCESS", PASSED, None),
        ("Process exited with code 4 (Step: pack (Command Line))", FAILED, 4),
        ("Cancelling nested steps due to timeout", TIMED_OUT, None),
    ],
)
def test_the_end_of_a_log_is_read(text: str, state: str, code: int | None) -> None:
    end = verdict(find_endings(read_lines(f"building\n{text}\n".encode())))
    assert end is not None
    assert (end.state, end.code, end.number) == (state, code, 2)


def test_the_end_of_the_whole_counts_more_than_that_of_one_command() -> None:
    lines = read_lines(b'The command "lint" exited with 1.\nDone. Your build exited with 0.\n')
    end = verdict(find_endings(lines))
    assert end is not None
    assert (end.state, end.whole) == (PASSED, True)


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        ("##[error]The runner has received a shutdown signal. It was stopped.", FAILED),
        ("##[error]The action 'Run it' has timed out after 20 minutes.", TIMED_OUT),
        ("Timeout has been exceeded\nFinished: ABORTED", TIMED_OUT),
        ("##[error]Process completed with exit code 1.", CANCELLED),
    ],
)
def test_what_was_cancelled_for_a_reason_ended_for_that_reason(reason: str, state: str) -> None:
    end = verdict(find_endings(read_lines(f"{reason}\n##[error]The operation was canceled.\n".encode())))
    assert end is not None
    assert end.state == state


def test_a_command_that_failed_counts_more_than_a_later_one_that_passed() -> None:
    lines = read_lines(b'The command "make" exited with 1.\nThe command "echo" exited with 0.\n')
    end = verdict(find_endings(lines))
    assert end is not None
    assert (end.state, end.command) == (FAILED, "make")


def test_a_job_of_github_without_an_error_passed() -> None:
    good = b"2026-01-02T03:04:05.1234567Z %b\n"
    lines = read_lines(b"".join(good % text for text in (b"##[group]Run make", b"Cleaning up orphan processes")))
    end = verdict(find_endings(lines))
    assert end is not None
    assert end.state == PASSED
    bad = (b"##[error]bad", b"Cleaning up orphan processes")
    assert verdict(find_endings(read_lines(b"".join(good % text for text in bad)))) is None


def test_a_log_that_says_nothing_of_its_end_has_none() -> None:
    assert verdict(find_endings(read_lines(b"error: it did not work\n"))) is None


@given(st.binary(max_size=400))
def test_any_bytes_are_read_and_numbers_stay_in_range(data: bytes) -> None:
    lines = read_lines(data)
    assert all(1 <= end.number <= len(lines) for end in find_endings(lines))


STAMP = "2026-01-02T03:04:05.1234567Z "
HEAD = ("##[group]Run make test", "make test", "##[endgroup]")
FAILING = ("--- FAIL: TestTotal (0.00s)", "    total_test.go:27: Total() = 3, want 0", "FAIL")
TAIL = ("Post job cleanup.", "[command]/usr/bin/git version", "git version 2.43.0", "Cleaning up orphan processes")


def job(*texts: str) -> list[Line]:
    return read_lines("".join(f"{STAMP}{text}\n" for text in texts).encode())


def test_a_job_that_ends_in_a_failed_test_failed_although_no_step_had_an_error() -> None:
    assert verdict(find_endings(job(*HEAD, "ok", *TAIL)))
    assert explain(job(*HEAD, "ok", *TAIL)) == []
    assert [one.category for one in explain(job(*HEAD, *FAILING, *TAIL))] == ["test"]
    assert explain(job(*HEAD, *FAILING, *["and then all went well"] * 20, *TAIL)) == []


def test_a_log_that_lost_the_marks_of_the_runner_is_not_taken_for_a_good_one() -> None:
    assert verdict(find_endings(job("Run make test", "error: it broke", "Cleaning up orphan processes"))) is None
    shown = [one.state for one in find_endings(job("make test", "Error: Process completed with exit code 2.", *TAIL))]
    assert shown == [FAILED]
