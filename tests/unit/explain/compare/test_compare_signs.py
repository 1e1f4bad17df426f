"""What a line looks like by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.explain.compare import signs
from pitstop.explain.compare.signs import sign_of
from pitstop.explain.lines import Line


def sign(text: str, mark: str = "") -> signs.Sign:
    return sign_of(Line(1, text, text, mark))


@pytest.mark.parametrize(
    "text",
    [
        "error[E0277]: the trait bound is not satisfied",
        "[ERROR] A.java:[3,1] cannot find symbol",
        "[error] A.scala:3:1: not found: value x",
        "E   assert 3 == 2",
        "java.lang.IllegalStateException: closed",
        "Caused by: java.io.IOException: disk",
        "--- FAIL: TestAdd (0.00s)",
        "a.c:3:1: error: expected ';'",
        "panic: runtime error: index out of range",
        "fatal: repository not found",
    ],
)
def test_a_tools_word_for_an_error_is_strong(text: str) -> None:
    assert sign(text).strength >= 0.8


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("\tat org.junit.Assert.fail(Assert.java:88)", signs.FRAME),
        ('  File "/a/b.py", line 3, in run', signs.FRAME),
        ("\t... 12 more", signs.FRAME),
        ("[ERROR] \tat org.apache.maven.cli.MavenCli.main (MavenCli.java:196)", signs.FRAME),
        ("ERROR: script returned exit code 1", signs.OUTCOME),
        ("[ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.", signs.HELP),
        ("npm ERR! A complete log of this run can be found in:", signs.HELP),
        ("[INFO] BUILD FAILURE", signs.OUTCOME),
        ("##[error]Process completed with exit code 1.", signs.OUTCOME),
        ('The command "make" exited with 2.', signs.OUTCOME),
        ("============ 1 failed, 3 passed in 0.2s ============", signs.OUTCOME),
        ("[ERROR] ", signs.RULE),
        ("-----------------", signs.RULE),
        ("[INFO] all is well", signs.QUIET),
        ("[warn] this is old", signs.WARNING),
        ("$ make check", signs.QUIET),
        ("> lint", signs.QUIET),
        ("> There were failing tests. See the report", signs.PLAIN),
        ("Sending e-mails to: a@example.org", signs.NEWS),
        ("Started by an SCM change", signs.NEWS),
        ("Started by a bad command", signs.PLAIN),
        ("HEAD is now at 193dc0c Do not fail", signs.NEWS),
    ],
)
def test_what_only_surrounds_an_error_is_told_apart(text: str, kind: str) -> None:
    assert sign(text).kind == kind


@pytest.mark.parametrize(
    "text",
    ["0 errors, 0 warnings", "test errors::fatal ... ok", "ok 3 - fails on bad input", "testThatThrowsError() PASSED"],
)
def test_what_passed_is_no_error_whatever_its_name(text: str) -> None:
    assert sign(text).strength < 0.3


def test_the_mark_of_the_ci_system_counts() -> None:
    assert sign("something odd", "error").strength > sign("something odd").strength


@given(st.text(max_size=300))
def test_any_text_has_a_sign(text: str) -> None:
    assert 0.0 <= sign(text).strength <= 1.0
