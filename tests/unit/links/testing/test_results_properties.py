"""Whatever bytes come, the parsers of test results do not raise; XML goes round; entity bombs do not go off."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitstop.links.testing import case as values
from pitstop.links.testing import gotest, junit, libtest, nextest, place, read, tap
from pitstop.links.testing import javascript as js
from pitstop.links.testing import pytest as py

RECORDED = Path(__file__).parent / "recorded"
LINES = sorted({line for path in RECORDED.iterdir() for line in path.read_bytes().split(b"\n")})
PARSERS = (
    read.read_tests,
    gotest.read_gotest,
    gotest.read_gotest_text,
    junit.read_junit_bytes,
    libtest.read_libtest,
    nextest.read_nextest,
    nextest.read_libtest_json,
    py.read_pytest,
    tap.read_tap,
    js.read_javascript,
)
OUTCOMES = {"success", "failure", "error", "skip"}

WORDS = st.sampled_from(
    [b"test ", b" ... ok", b"---- a stdout ----", b"{", b'{"Action":"fail","Package":"p"}', b"\0", b"\xff"]
)
LOGS = st.lists(st.one_of(st.sampled_from(LINES), st.binary(max_size=30), WORDS), max_size=30).map(b"\n".join)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(LOGS)
def test_no_bytes_make_a_parser_raise(log: bytes) -> None:
    for parse in PARSERS:
        for one in parse(log):
            assert one.outcome in OUTCOMES
            assert one.duration_s >= 0
            assert one.line >= 0
            assert one.attempt >= 1
            assert len(one.message) <= values.MESSAGE_SIZE
            one.message.encode("utf-8", "surrogatepass")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
HUGE = st.sampled_from([10**400, float("nan"), float("inf"), -1])
KEYS = st.sampled_from(
    [
        "exec_time",
        "Action",
        "Package",
        "Test",
        "Output",
        "Elapsed",
        "ImportPath",
        "FailedBuild",
        "type",
        "event",
        "name",
        "stdout",
    ]
)
VALUES = (
    st.sampled_from(["run", "output", "pass", "fail", "skip", "p", "T", "test", "ok", "failed", "suite"]) | JSON | HUGE
)


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(st.dictionaries(KEYS, VALUES, max_size=6), max_size=8))
def test_no_events_make_a_parser_raise(events: list[dict[str, object]]) -> None:
    import json

    log = "\n".join(json.dumps(event) for event in events).encode("utf-8", "surrogatepass")
    for parse in (gotest.read_gotest, nextest.read_libtest_json):
        for one in parse(log):
            assert one.outcome in OUTCOMES


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn")), max_size=12)
CASES = st.lists(
    st.builds(
        values.TestCase,
        suite=TEXT.filter(bool),
        name=TEXT,
        outcome=st.sampled_from(sorted(OUTCOMES)),
        duration_s=st.integers(0, 10**6).map(lambda number: number / 1000),
        message=TEXT.map(str.strip).filter(bool),
        file=TEXT.map(str.strip).filter(bool),
        line=st.integers(1, 10**6),
        attempt=st.just(1),
    ),
    max_size=6,
)


def document(cases: list[values.TestCase]) -> bytes:
    root = ET.Element("testsuites")
    suite = ET.SubElement(root, "testsuite", name="all")
    for one in cases:
        attributes = {"classname": one.suite, "name": one.name, "time": f"{one.duration_s:.3f}"}
        element = ET.SubElement(suite, "testcase", {**attributes, "file": one.file, "line": str(one.line)})
        if one.outcome != "success":
            tag = {"skip": "skipped"}.get(one.outcome, one.outcome)
            ET.SubElement(element, tag, message=one.message).text = "details"
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


@pytest.mark.slow
@given(CASES, st.sets(st.integers(0, 2000), max_size=6))
def test_a_document_is_read_back_however_it_is_cut(cases: list[values.TestCase], cuts: set[int]) -> None:
    data = document(cases)
    ends = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    found = list(junit.read_junit(data[start:end] for start, end in pairwise(ends)))
    expected = [one._replace(message="") if one.outcome == "success" else one for one in cases]
    assert found == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1"])
def test_a_document_is_read_in_its_encoding(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><testsuite name="ü"><testcase name="ä"/></testsuite>'
    found = list(junit.read_junit([text.encode(encoding)]))
    assert [(one.suite, one.name) for one in found] == [("ü", "ä")]


def test_control_codes_and_broken_text_do_not_end_the_reading() -> None:
    data = b'<testsuite name="s"><testcase name="a"><failure>\x1b[31mred\x00\xff</failure></testcase><testcase name="b"/></testsuite>'
    found = list(junit.read_junit([data]))
    assert [(one.name, one.outcome) for one in found] == [("a", "failure"), ("b", "success")]
    assert "red" in found[0].message


def test_what_a_torn_document_told_before_its_end_counts() -> None:
    data = b'<testsuite name="s"><testcase name="a"/><testcase name="b"/><testcase name="c"><fail'
    reader = junit.JunitReader()
    assert [one.name for one in [*reader.feed(data), *reader.end()]] == ["a", "b"]
    assert reader.problem


def test_an_entity_bomb_is_refused() -> None:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "lol">{lol}]><testsuite><testcase name="&l11;"/></testsuite>'
    reader = junit.JunitReader()
    assert [*reader.feed(bomb.encode()), *reader.end()] == []
    assert reader.problem == "the document declares entities, which are refused"


def test_a_huge_document_is_told_while_it_is_read() -> None:
    def chunks() -> object:
        yield b'<testsuites><testsuite name="s">' + b" " * 300
        for number in range(1000):
            sent.append(number)
            yield b'<testcase name="%d"><system-out>%s</system-out></testcase>' % (number, b"x" * 1000)
        yield b"</testsuite></testsuites>"

    sent: list[int] = []
    for one in junit.read_junit(chunks()):  # type: ignore[arg-type]
        assert len(sent) <= int(one.name) + 1


def test_surefire_tells_of_each_attempt() -> None:
    data = b"""<testsuite name="T" time="1,234.5"><testcase name="flaky" classname="org.T" time="1,000.25">
      <flakyFailure message="first" type="java.lang.AssertionError"><stackTrace>java.lang.AssertionError: first
        at org.junit.Assert.fail(Assert.java:89)
        at org.T.flaky(T.java:42)</stackTrace><system-out>noise</system-out></flakyFailure></testcase>
      <testcase name="bad" classname="org.T" time="0.1"><failure message="one">one
        at org.junit.Assert.fail(Assert.java:89)
        at org.T$Inner.bad(T.java:50)</failure><rerunFailure message="two" type="x"><stackTrace>two</stackTrace></rerunFailure>
      </testcase></testsuite>"""
    assert [
        (one.name, one.outcome, one.message, one.file, one.line, one.attempt) for one in junit.read_junit([data])
    ] == [
        ("flaky", "failure", "first", "org/T.java", 42, 1),
        ("flaky", "success", "", "", 0, 2),
        ("bad", "failure", "one", "org/T.java", 50, 1),
        ("bad", "failure", "two", "", 0, 2),
    ]
    assert next(iter(junit.read_junit([data]))).duration_s == 1000.25


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("thread 'a' panicked at src/lib.rs:4:9:\nno", ("src/lib.rs", 4)),
        ("thread 'a' panicked at 'no', src/lib.rs:4:9", ("src/lib.rs", 4)),
        ("conftest.py:3: in f\ntests/test_a.py:7: AssertionError", ("tests/test_a.py", 7)),
        ('  File "a.py", line 3, in x\n  File "/usr/lib/python3/site-packages/y.py", line 4', ("a.py", 3)),
        ("Error: x\n    at f (/w/node_modules/j.js:1:2)\n    at g (/w/a.test.ts:9:5)", ("/w/a.test.ts", 9)),
        (" \u276f src/a.test.ts:6:21", ("src/a.test.ts", 6)),
        ("    a_test.go:16: got 3", ("a_test.go", 16)),
        ("   at N.T.M() in /src/T.cs:line 12", ("/src/T.cs", 12)),
        ("nothing", ("", 0)),
    ],
)
def test_the_place_of_a_failure_is_found_in_its_text(text: str, expected: tuple[str, int]) -> None:
    assert place.place_in(text) == expected


def test_a_result_after_the_output_of_its_test_belongs_to_it() -> None:
    log = b"running 2 tests\ntest loud ... printed\nok\ntest quiet ... ok\n\ntest result: ok. 2 passed\n"
    assert [(one.name, one.outcome) for one in libtest.read_libtest(log)] == [("loud", "success"), ("quiet", "success")]


def test_panics_of_before_rust_1_73_are_read() -> None:
    log = b"test a ... FAILED\n---- a stdout ----\nthread 'a' panicked at 'sums\ndiffer', src/lib.rs:4:9\nnote: run with\n\nfailures:\n"
    (one,) = libtest.read_libtest(log)
    assert (one.message, one.file, one.line) == ("sums\ndiffer", "src/lib.rs", 4)


def test_an_executable_that_died_keeps_what_it_told() -> None:
    log = (
        b"     Running unittests src/lib.rs (target/debug/deps/a-0123456789abcdef)\ntest x ... ok\ntest y ... FAILED\n"
    )
    assert [(one.suite, one.name, one.outcome) for one in libtest.read_libtest(log)] == [
        ("a", "x", "success"),
        ("a", "y", "failure"),
    ]


def test_a_go_test_that_never_ended_is_an_error() -> None:
    log = b"""{"Action":"run","Package":"p","Test":"T"}
{"Action":"output","Package":"p","Test":"T","Output":"panic: boom\\n"}
{"Action":"output","Package":"p","Output":"exit status 2\\n"}
{"Action":"fail","Package":"p","Elapsed":0.1}
"""
    assert [(one.suite, one.name, one.outcome, one.message) for one in gotest.read_gotest(log)] == [
        ("p", "T", "error", "panic: boom")
    ]


def test_xdist_and_reruns_of_pytest_are_read() -> None:
    log = b"""=== test session starts ===
[gw0] [ 50%] RERUN tests/test_a.py::test_x
[gw0] [ 50%] PASSED tests/test_a.py::test_x
[gw1] [100%] FAILED tests/test_a.py::test_y[a b]
=== short test summary info ===
FAILED tests/test_a.py::test_y[a b] - assert 1 == 2
"""
    assert [(one.name, one.outcome, one.attempt, one.message) for one in py.read_pytest(log)] == [
        ("test_x", "failure", 1, "RERUN"),
        ("test_x", "success", 2, ""),
        ("test_y[a b]", "failure", 1, "assert 1 == 2"),
    ]


def test_only_the_ends_of_a_huge_log_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "_PART", 200)
    line = b"test %d ... ok\n"
    log = b"running 1 test\n" + b"".join(line % number for number in range(1000)) + b"\ntest result: ok.\n"
    names = [one.name for one in read.read_tests(log)]
    assert names[0] == "0"
    assert names[-1] == "999"
    assert len(names) < 40
