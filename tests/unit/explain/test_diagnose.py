"""From a whole log to findings: what failed, whose failure it is, and silence where nothing failed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitstop.core.finding import CATEGORIES
from pitstop.explain.cause import Known, find_cause
from pitstop.explain.diagnose import as_flaky, explain
from pitstop.explain.ending import CANCELLED, FAILED, TIMED_OUT, Ending
from pitstop.explain.lines import read_lines

RUSTC = b"""   Compiling shop v0.1.0
error[E0308]: mismatched types
 --> src/lib.rs:3:5
  |
3 |     "no"
  |     ^^^^ expected `u32`, found `&str`

error: could not compile `shop` (lib) due to 1 previous error
"""
PYTEST = b"""============================= test session starts ==============================
collected 2 items

tests/test_price.py .F                                                   [100%]

=================================== FAILURES ===================================
_________________________________ test_total __________________________________

    def test_total():
>       assert total([1, 2]) == 4
E       assert 3 == 4
E        +  where 3 = total([1, 2])

tests/test_price.py:7: AssertionError
=========================== short test summary info ============================
FAILED tests/test_price.py::test_total - assert 3 == 4
========================= 1 failed, 1 passed in 0.02s ==========================
"""
CHECKSTYLE = b"""[INFO] There is 1 error reported by Checkstyle 9.3 with checkstyle.xml ruleset.
[ERROR] src/main/java/Shop.java:[3,1] (regexp) RegexpSingleline: Line has trailing spaces.
[ERROR] Failed to execute goal org.apache.maven.plugins:maven-checkstyle-plugin:3.3.0:check (default) on project shop: \
You have 1 Checkstyle violation. -> [Help 1]
"""
MAVEN = b"""[ERROR] Failed to execute goal on project shop: Could not resolve dependencies for project org.shop:shop:jar:1.0: \
Could not find artifact org.missing:lib:jar:9.9 in central (https://repo.maven.apache.org/maven2) -> [Help 1]
"""
GIT = b"""Cloning into 'shop'...
fatal: unable to access 'https://example.org/shop.git/': Could not resolve host: example.org
"""
DISK = b"copying assets\ncp: error writing 'dist/a.bin': No space left on device\n"


@pytest.mark.parametrize(
    ("log", "category", "kind"),
    [
        (RUSTC, "code", "compile"),
        (PYTEST, "test", "test"),
        (CHECKSTYLE, "code", "style"),
        (MAVEN, "dependency", "package"),
        (DISK, "resource", "disk"),
    ],
)
def test_the_category_is_that_of_the_failure(log: bytes, category: str, kind: str) -> None:
    (finding,) = explain(read_lines(log))
    assert (finding.category, finding.kind) == (category, kind)
    assert finding.confidence >= 0.6
    assert finding.reasons


def test_a_clone_that_failed_is_no_fault_of_the_code_and_may_be_tried_again() -> None:
    (finding,) = explain(read_lines(GIT), end=Ending(FAILED, 0, 128, "git clone https://example.org/shop.git"))
    assert finding.category == "infrastructure"
    assert finding.retry


def test_code_that_does_not_compile_is_not_tried_again() -> None:
    (finding,) = explain(read_lines(RUSTC))
    assert finding.retry == ""
    assert "src/lib.rs:3 does not compile" in finding.summary
    assert 2 in {line.number for line in finding.evidence}


@pytest.mark.parametrize(
    "log",
    [
        b"",
        b"hello\nworld\n",
        b"running 2 tests\ntest adds ... ok\n\ntest result: ok. 2 passed; 0 failed\n",
        RUSTC + b'The command "cargo build" exited with 1.\nRetrying\nDone. Your build exited with 0.\n',
        b"2026-01-02T03:04:05.1234567Z error: is only a word\nFinished: SUCCESS\n",
    ],
)
def test_nothing_is_said_where_nothing_failed(log: bytes) -> None:
    assert explain(read_lines(log)) == []


def test_two_commands_that_failed_are_two_findings() -> None:
    log = RUSTC + b'The command "cargo build" exited with 101.\n' + PYTEST + b'The command "pytest" exited with 1.\n'
    first, second = explain(read_lines(log))
    assert (first.category, second.category) == ("code", "test")
    border = RUSTC.count(b"\n") + 1
    assert all(line.number <= border for line in first.evidence)
    assert all(line.number > border for line in second.evidence)


def test_two_steps_of_a_job_that_failed_are_two_findings() -> None:
    stamp = b"2026-01-02T03:04:05.1234567Z "
    parts = (b"Run cargo build", RUSTC, b"101"), (b"Run pytest", PYTEST, b"1")
    log = b"".join(
        b"##[group]%b\n##[endgroup]\n%b##[error]Process completed with exit code %b.\n" % part for part in parts
    )
    found = explain(read_lines(b"".join(stamp + line for line in log.splitlines(keepends=True))))
    assert [(one.category, one.step) for one in found] == [("code", "Run cargo build"), ("test", "Run pytest")]


def test_a_line_that_begins_as_an_error_is_one_also_where_nobody_knows_it() -> None:
    (finding,) = explain(read_lines(b"begin\nerror: the frobnicator is bent\nend\n"))
    assert finding.category == "unknown"
    assert finding.evidence[0].number == 2


def test_a_task_that_failed_without_a_word_is_told_by_how_it_ended() -> None:
    (finding,) = explain([], end=Ending(FAILED, 0, 3, "./run.sh", whole=True))
    assert finding.summary == "it ended with exit code 3"
    (late,) = explain([], end=Ending(TIMED_OUT, 0, None, "./run.sh", whole=True))
    assert (late.category, late.kind) == ("resource", "time")
    (stopped,) = explain([], end=Ending(CANCELLED, 0, None, whole=True))
    assert stopped.category == "cancellation"
    assert stopped.retry


def test_what_failed_by_name_outweighs_what_others_say() -> None:
    cause = find_cause((), (), ["error: cannot find symbol"], (), None, "mvn checkstyle:check")
    assert cause.kind in {"compile", "style"}
    assert cause.confidence < 0.9


def test_an_entry_that_is_fatal_decides() -> None:
    cause = find_cause((), known=Known("system/no-space", "resource", "disk", fatal=True))
    assert (cause.category, cause.kind) == ("resource", "disk")


def test_an_entry_of_another_category_does_not_outvote_the_tool_that_failed() -> None:
    (told,) = explain(read_lines(RUSTC))
    known = Known("jvm/package-missing", "dependency", "compile")
    assert find_cause(told.failures, known=known).category == "code"
    assert find_cause((), known=known).category == "dependency"


def test_a_test_that_passed_on_the_same_code_is_flaky_and_a_full_disk_is_not() -> None:
    (failed,) = explain(read_lines(PYTEST))
    finding = as_flaky(failed, "test_total passed with the same inputs")
    assert finding.category == "flaky test"
    assert finding.retry
    (full,) = explain(read_lines(DISK))
    assert as_flaky(full, "it passed") == full


def test_against_a_good_log_only_what_is_new_is_evidence() -> None:
    good = b"error: this is printed always\ncollected 2 items\n2 passed\n"
    (finding,) = explain(read_lines(b"error: this is printed always\n" + PYTEST), good=read_lines(good))
    assert 1 not in {line.number for line in finding.evidence}


@settings(max_examples=60)
@given(st.lists(st.sampled_from([*RUSTC.split(b"\n"), *PYTEST.split(b"\n"), b"\x00\xff", b"a" * 3000]), max_size=30))
def test_any_lines_are_explained_or_not_and_numbers_stay_in_range(pieces: list[bytes]) -> None:
    lines = read_lines(b"\n".join(pieces))
    for finding in explain(lines, end=Ending(FAILED, 0, 1)):
        assert finding.category in CATEGORIES
        assert 0.0 <= finding.confidence <= 1.0
        assert finding.summary
        assert all(1 <= line.number <= len(lines) for line in finding.evidence)


def test_a_linker_that_is_not_there_is_no_fault_of_the_code() -> None:
    (finding,) = explain(read_lines(b"error: linker `cc` not found\n"), end=Ending(FAILED, 0, whole=True))
    assert (finding.category, finding.kind, finding.code) == ("configuration", "command", "native/linker-cc-not-found")
    assert finding.solutions[0].command


def test_what_a_command_says_that_tells_no_end_of_its_own_is_not_lost() -> None:
    log = (
        b'$ flake8\na.py:3:1: F401 unused\nThe command "flake8" exited with 1.\n'
        b'$ pep257\na.py:1: D100: Missing docstring\nThe command "pep257" exited with 1.\n'
        b"$ docker run shop nosetests\n"
        b"======================================================================\n"
        b"ERROR: test_sum (test_shop.Shop)\n"
        b"----------------------------------------------------------------------\n"
        b"Traceback (most recent call last):\n"
        b'  File "/shop/test_shop.py", line 3, in test_sum\n'
        b"    price.total(1)\n"
        b"AttributeError: module 'price' has no attribute 'total'\n"
        b"\n----------------------------------------------------------------------\n"
        b"Ran 1 test in 0.001s\n\nFAILED (errors=1)\n"
        b"Done. Your build exited with 1.\n"
    )
    findings = explain(read_lines(log))
    assert {finding.step for finding in findings} >= {"flake8", "pep257"}
    shown = [line.text for finding in findings for line in finding.evidence]
    assert "AttributeError: module 'price' has no attribute 'total'" in shown


PIP = b"""$ pip install -r requirements.txt
ERROR: Could not find a version that satisfies the requirement docopt==0.6.2 (from versions: none)
ERROR: No matching distribution found for docopt==0.6.2
"""
RETRYING = b"""WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'NewConnectionError('<pip._vendor.urllib3\
.connection.HTTPSConnection object at 0x7f>: Failed to establish a new connection: [Errno -2] Name or service not known')'
"""


def test_what_is_not_found_where_nothing_could_be_reached_is_the_networks_failure() -> None:
    found = PIP.replace(b"ERROR: Could", RETRYING + b"ERROR: Could")
    assert [explain(read_lines(log))[0].category for log in (PIP, found)] == ["dependency", "infrastructure"]


@pytest.mark.parametrize(
    ("file", "category"),
    [("/home/ada/lamp/lamp/bulb.py", "test"), ("/venv/lib/python3.11/site-packages/lamp/bulb.py", "dependency")],
)
def test_a_name_that_a_module_lacks_is_the_dependencys_only_where_the_module_is_installed(
    file: str, category: str
) -> None:
    log = f"""$ pytest
=================================== ERRORS ====================================
_____________________ ERROR collecting tests/test_name.py _____________________
ImportError while importing test module '/home/ada/lamp/tests/test_name.py'.
Traceback:
tests/test_name.py:1: in <module>
    from lamp.bulb import wattage
E   ImportError: cannot import name 'wattage' from 'lamp.bulb' ({file})
=========================== short test summary info ===========================
ERROR tests/test_name.py
=============================== 1 error in 0.07s ==============================
"""
    assert explain(read_lines(log.encode()))[0].category == category


def test_a_step_of_github_that_an_action_ends_with_an_error_failed_whatever_the_error_says() -> None:
    log = """\
##[group]Run acme/publish@v2
with:
  channel: stable
##[endgroup]
publishing 3 files
##[error]Too many retries. Giving up...
Post job cleanup.
Cleaning up orphan processes
"""
    (finding,) = explain(read_lines(log.encode()))
    assert finding.evidence[0].text == "Too many retries. Giving up..."
    assert not explain(read_lines(log.replace("##[error]", "").encode()))
