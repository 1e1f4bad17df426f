"""Findings for people and programs: every form of a report, from the same findings."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from pitstop.cli.screen.failure import only_this_test
from pitstop.core.events import FAILURE
from pitstop.core.events import TestFinished as CaseFinished
from pitstop.core.finding import Evidence, Failure, Finding, Place, Solution
from pitstop.explain.again import run_again
from pitstop.explain.lines import read_lines
from pitstop.explain.report.data import as_data
from pitstop.explain.report.explained import Explained, certainty
from pitstop.explain.report.lines import as_lines
from pitstop.explain.report.markdown import as_markdown
from pitstop.explain.report.masked import masked
from pitstop.explain.report.prompt import as_prompt
from pitstop.explain.report.sarif import as_sarif
from pitstop.explain.report.shown import shown_lines
from pitstop.explain.report.text import as_text, page_of

LOG = b"""building
error[E0425]: cannot find value `prize`
 --> src/lib.rs:3:5
using API_TOKEN=hunter2hunter2
error: could not compile `shop`
"""
FINDING = Finding(
    "src/lib.rs:3 does not compile: cannot find value `prize`",
    "code",
    "compile",
    0.95,
    ("rustc says so",),
    (
        Evidence(2, "error[E0425]: cannot find value `prize`", 3.5, (("error first", 2.0),)),
        Evidence(4, "using API_TOKEN=hunter2hunter2", 2.0),
    ),
    (
        Failure("rustc", "compile", "cannot find value `prize`", 2, 3, Place("src/lib.rs", 3, 5), "E0425"),
        Failure("cargo", "compile", "could not compile `shop`", 5, 5, summary=True),
    ),
    "rust/e0425",
    "A name is used that nothing declares.",
    (Solution("Correct the name", "rustc --explain E0425"),),
    ("https://doc.rust-lang.org/error_codes/E0425.html",),
)
ONE = Explained(
    "ci.log", read_lines(LOG), (FINDING,), file="ci.log", again=("cargo build",), hints=("it passed before",)
)
GREEN = Explained("green.log", read_lines(b"fine\n"), ())


def plain(_: str, text: str) -> str:
    return text


def test_text_says_what_broke_shows_why_and_what_to_type() -> None:
    assert "\n".join(as_text(ONE, plain)) == snapshot("""\
ci.log:2: src/lib.rs:3 does not compile: cannot find value `prize`

> 2  error[E0425]: cannot find value `prize`
  3   --> src/lib.rs:3:5
  4  using API_TOKEN=hunter2hunter2

  whose: code, compile (sure): rustc says so
  known: rust/e0425: A name is used that nothing declares.
    do: Correct the name
        $ rustc --explain E0425
    see: https://doc.rust-lang.org/error_codes/E0425.html
  record: it passed before
  again: cargo build\
""")
    assert list(as_text(GREEN, plain)) == ["green.log: nothing failed here"]


def test_jobs_of_a_matrix_that_failed_alike_are_told_once() -> None:
    jobs = [ONE._replace(source="job a"), GREEN._replace(source="job b"), ONE._replace(source="job c")]
    page = list(page_of(jobs, lambda _, text: text))
    assert page[-1] == "job c: the same as in job a"
    assert "job b: nothing failed here" in page
    assert sum(line.startswith("job a:") for line in page) == 1


def test_what_nothing_knows_is_called_new() -> None:
    unknown = ONE._replace(findings=(FINDING._replace(code="", details="", solutions=(), failures=()),))
    assert any("new kind of failure" in line for line in as_text(unknown, plain))


@pytest.mark.parametrize(
    ("tool", "test", "command"),
    [
        ("pytest", "tests/test_a.py::test_b[x y]", "pytest 'tests/test_a.py::test_b[x y]'"),
        ("pytest", "tests/test_a.py", "pytest tests/test_a.py"),
        ("go", "TestTotal/empty", "go test ./... -run '^TestTotal$/^empty$'"),
        ("surefire", "org.shop.CartTest.total", "mvn test -Dtest='org.shop.CartTest#total' -DfailIfNoTests=false"),
        ("gradle", "org.shop.CartTest.total", "./gradlew test --tests org.shop.CartTest.total"),
        ("some-tool", "a", ""),
    ],
)
def test_one_test_can_be_run_again(tool: str, test: str, command: str) -> None:
    assert run_again([Failure(tool, "test", "bad", 1, 1, test=test)]) == command


def test_a_file_that_pytest_cannot_collect_is_named_once() -> None:
    place = Place("test_a.py", 1)
    assert run_again([Failure("pytest", "test", "bad", 1, 1, place, test="test_a.py")]) == "pytest test_a.py"
    for name in ("a/tests/test_a.py", "tests/test_a.py", "a.tests.test_a"):
        test = CaseFinished(1.0, "a:test", "pytest", name, FAILURE, file="a/tests/test_a.py")
        assert only_this_test("python -m pytest", test, "a") == "pytest tests/test_a.py"
    test = CaseFinished(1.0, "a:test", "tests.test_a", "test_b", FAILURE, file="a/tests/test_a.py")
    assert only_this_test("python -m pytest", test, "a") == "pytest tests/test_a.py::test_b"


@pytest.mark.parametrize(
    ("task", "test", "command"),
    [
        (
            "uv run --frozen --no-sync --package a pytest --ignore=b",
            "test_b[x y]",
            "uv run --frozen --no-sync --package a pytest 'tests/test_a.py::test_b[x y]'",
        ),
        ("cargo test -p a --all-features", "one::two", "cargo test --all-features one::two -- --exact"),
        ("cargo nextest run -p a --features=x,y", "one", "cargo nextest run --features=x,y -E 'test(=one)'"),
        ("go test ./...", "TestA/b(c", "go test ./... -run '^TestA$/^b\\(c$'"),
    ],
)
def test_one_test_is_run_again_as_its_task_runs_it(task: str, test: str, command: str) -> None:
    assert only_this_test(task, CaseFinished(1.0, "a:test", "", test, FAILURE, file="tests/test_a.py")) == command


@pytest.mark.parametrize("suite", ["tests.test_a.TestX.TestY", "test_a.TestX.TestY", "a.tests.test_a.TestX.TestY"])
def test_a_test_in_a_class_is_named_with_its_class(suite: str) -> None:
    test = CaseFinished(1.0, "a:test", suite, "test_b", FAILURE, file="a/tests/test_a.py")
    assert only_this_test("pytest", test, "a") == "pytest tests/test_a.py::TestX::TestY::test_b"


def test_lines_are_numbers_scores_and_texts_the_most_telling_first() -> None:
    assert list(as_lines([ONE, GREEN])) == [
        "2\t3.5000\terror[E0425]: cannot find value `prize`",
        "4\t2.0000\tusing API_TOKEN=hunter2hunter2",
    ]


def test_markdown_shows_its_texts_as_they_are() -> None:
    assert "\n".join(as_markdown([ONE])) == snapshot("""\
### ❌ src/lib.rs:3 does not compile: cannot find value \\`prize\\`

**ci.log** · code, compile (sure): rustc says so

```text
2  error[E0425]: cannot find value `prize`
3   --> src/lib.rs:3:5
4  using API_TOKEN=hunter2hunter2
```

- Known as `rust/e0425`: A name is used that nothing declares.
- Correct the name: `rustc --explain E0425`
- <https://doc.rust-lang.org/error_codes/E0425.html>
- it passed before
- Again: `cargo build`
""")


def test_a_log_with_fences_stays_within_its_own() -> None:
    lines = read_lines(b"```\nerror: `a` ``b``\n")
    finding = Finding("bad", evidence=(Evidence(1, "```", 2.0), Evidence(2, "error: `a` ``b``", 3.0)))
    page = list(as_markdown([Explained("x", lines, (finding,))]))
    assert page.count("````text") == 1
    assert page.count("````") == 1


def test_json_has_every_field_and_is_json() -> None:
    data: dict[str, Any] = json.loads(json.dumps(as_data([GREEN, ONE])))
    assert data["schema"] == 1
    assert [log["failed"] for log in data["logs"]] == [False, True]
    (finding,) = data["findings"]
    assert finding["log"] == 1
    assert (finding["category"], finding["kind"], finding["certainty"]) == ("code", "compile", "sure")
    assert finding["failures"][0]["place"] == {"file": "src/lib.rs", "line": 3, "column": 5}
    assert finding["evidence"][0]["why"] == {"error first": 2.0}
    assert finding["solutions"] == [{"text": "Correct the name", "command": "rustc --explain E0425"}]


def test_sarif_has_what_version_2_1_0_asks_for() -> None:
    log = as_sarif([ONE, GREEN], "1.2.3")
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "pitstop"
    rules = [rule["id"] for rule in driver["rules"]]
    assert len(set(rules)) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in {"none", "note", "warning", "error"}
        assert result["message"]["text"]
        for location in result["locations"]:
            place = location["physicalLocation"]
            assert place["artifactLocation"]["uri"]
            assert place["region"]["startLine"] >= 1
            assert place["region"].get("startColumn", 1) >= 1
    (result,) = run["results"]
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "src/lib.rs"},
        "region": {"startLine": 3, "startColumn": 5},
    }


def test_sarif_points_into_the_log_where_no_tool_names_a_place() -> None:
    one = ONE._replace(findings=(FINDING._replace(failures=()),), file="logs/a b.log")
    (result,) = as_sarif([one], "1")["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "logs/a%20b.log"}, "region": {"startLine": 2}}


def test_a_prompt_is_short_and_holds_no_secret() -> None:
    text = as_prompt([ONE, GREEN])
    assert "hunter2" not in text
    assert "error[E0425]" in text
    assert "src/lib.rs:3" in text
    assert "cargo build" in text
    assert as_prompt([GREEN]) == "Nothing failed.\n"
    assert "E0425" not in as_prompt([ONE], ["E0425"])


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("token ghp_0123456789abcdefghijABCDEFGHIJ456789 used", "ghp_"),
        ("key AKIAIOSFODNN7EXAMPLE", "AKIA"),
        ("PASSWORD=correct-horse", "correct-horse"),
        ('"api_key": "abcdef123456"', "abcdef123456"),
        ("https://user:sesame@example.org/x", "sesame"),
        ("Authorization: Bearer abcdefghijklmnopqrstuvwxyz", "abcdefghijklm"),
        ("xoxb-123456789012-abcdefghijkl", "123456789012"),
    ],
)
def test_what_has_the_form_of_a_secret_is_masked(text: str, hidden: str) -> None:
    assert hidden not in masked(text)
    assert "***" in masked(text)


@pytest.mark.parametrize(
    "text", ["error: expected 3 = 4", "PATH=/usr/bin:/bin", "monkey=banana", "see https://a.org/b"]
)
def test_what_is_no_secret_is_kept(text: str) -> None:
    assert masked(text) == text


@given(st.text(max_size=300))
def test_any_text_can_be_masked_twice(text: str) -> None:
    assert masked(masked(text)) == masked(text)


def test_confidence_has_three_words() -> None:
    assert [certainty(value) for value in (0.95, 0.9, 0.7, 0.2)] == ["sure", "sure", "likely", "maybe"]


@given(st.lists(st.text(max_size=40), min_size=1, max_size=30), st.data())
def test_shown_lines_are_in_order_and_few(texts: list[str], data: st.DataObject) -> None:
    lines = read_lines("\n".join(texts).encode("utf-8", "replace"))
    numbers = st.integers(1, max(1, len(lines)))
    evidence = tuple(
        Evidence(number, lines[number - 1].text, 9.0 - at)
        for at, number in enumerate(data.draw(st.lists(numbers, unique=True, max_size=12)))
        if number <= len(lines)
    )
    shown = shown_lines(Finding("bad", evidence=evidence), lines)
    assert [line.number for line in shown] == sorted({line.number for line in shown})
    assert sum(line.proof for line in shown) <= 8
    assert sum(line.best for line in shown) <= 1
