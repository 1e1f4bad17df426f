"""What CI systems write around the output of commands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.explain.lines import read_lines
from pitstop.explain.parsers import find_failures

NEW_YEAR = 1_704_067_200.0  # 2024-01-01T00:00:00Z


def told(log: str) -> list[tuple[str, str, str]]:
    """Mark, step and text of each line."""
    return [(line.mark, line.step, line.text) for line in read_lines(log.encode())]


def test_the_output_of_a_github_step_belongs_to_the_command_whose_group_has_ended() -> None:
    log = """\
\ufeff2024-01-01T00:00:00.0000000Z ##[group]Run make test
2024-01-01T00:00:01.5000000Z \x1b[36;1mmake test\x1b[0m
2024-01-01T00:00:01.5000000Z ##[endgroup]
2024-01-01T00:00:02.0000000Z   indented
2024-01-01T00:00:02.0000000Z
2024-01-01T00:00:03.0000000Z ##[error]Process completed with exit code 2.
2024-01-01T00:00:04.0000000Z Post job cleanup.
2024-01-01T00:00:04.0000000Z [command]/usr/bin/git version
"""
    assert told(log) == [
        ("group", "Run make test", "Run make test"),
        ("", "Run make test", "make test"),
        ("endgroup", "Run make test", ""),
        ("", "Run make test", "  indented"),
        ("", "Run make test", ""),
        ("error", "Run make test", "Process completed with exit code 2."),
        ("", "Post job cleanup", "Post job cleanup."),
        ("command", "Post job cleanup", "/usr/bin/git version"),
    ]
    lines = read_lines(log.encode())
    assert [line.time - NEW_YEAR for line in lines] == [0, 1.5, 1.5, 2, 2, 3, 4, 4]
    assert lines[3].raw == "2024-01-01T00:00:02.0000000Z   indented"


def test_the_script_of_a_github_step_is_a_command_and_says_nothing_itself() -> None:
    log = """\
##[group]Run ./check || echo "::error::bad"
./check || echo "::error::bad"
::error::in a here document
shell: /usr/bin/bash -e {0}
env:
  LEVEL: fail
##[endgroup]
##[error]bad
"""
    assert [mark for mark, _, _ in told(log)] == ["group", *["command"] * 5, "endgroup", "error"]


def test_a_group_of_a_program_that_is_called_run_is_no_head_of_a_step() -> None:
    log = "##[group]Run the tests\n##[error]a.c:3: bad\nshell of a snail\n##[endgroup]\n"
    assert [mark for mark, _, _ in told(log)] == ["group", "error", "", "endgroup"]


def test_teamcity_says_blocks_and_what_the_letter_of_a_line_means() -> None:
    log = """\
[10:11:12]i:\t Starting the build on the agent "seven"
[10:11:13]W:\t Step 1/2: pack (Command Line) (3s)
[10:11:13] :\t [Step 1/2] Starting: ./pack.sh
[10:11:13] :\t [Step 1/2]   indented
[10:11:14]W:\t [Step 1/2] a.png is too large
[10:11:15]E:\t [Step 1/2] Step pack (Command Line) failed
[10:11:15] :\t Build finished
"""
    assert told(log) == [
        ("debug", "", 'Starting the build on the agent "seven"'),
        ("group", "", "Step 1/2: pack (Command Line) (3s)"),
        ("command", "Step 1/2", "./pack.sh"),
        ("", "Step 1/2", "  indented"),
        ("", "Step 1/2", "a.png is too large"),
        ("error", "Step 1/2", "Step pack (Command Line) failed"),
        ("", "", "Build finished"),
    ]


def test_an_annotation_keeps_the_place_that_it_names() -> None:
    log = """\
::error file=src/a.ts,line=3,col=5,title=TS2322::no number%0Abut a string
::warning file=a%2Cb.c,line=4::old
::notice::100%25
::debug::seen
::set-output name=a::b
::group::build
cc a.c
::endgroup::
::core::panicking
  ::error::behind blanks
  a::b
"""
    assert told(log) == [
        ("error", "", "src/a.ts:3:5: error: TS2322: no number but a string"),
        ("warning", "", "a,b.c:4: warning: old"),
        ("notice", "", "100%"),
        ("debug", "", "seen"),
        ("debug", "", "::set-output name=a::b"),
        ("group", "build", "build"),
        ("", "build", "cc a.c"),
        ("endgroup", "build", ""),
        ("", "", "::core::panicking"),
        ("error", "", "behind blanks"),
        ("", "", "  a::b"),
    ]


def test_the_columns_of_gh_say_job_and_step() -> None:
    stamp = "2024-01-01T00:00:01.5000000Z"
    log = f"build\tSet up job\t\ufeff{stamp} Runner\n" + f"build\tMake it\t{stamp} a\tb\n" * 8 + "torn\n"
    lines = read_lines(log.encode())
    assert [(line.step, line.text, line.time) for line in lines[:2]] == [
        ("Set up job", "Runner", NEW_YEAR + 1.5),
        ("Make it", "a\tb", NEW_YEAR + 1.5),
    ]
    assert (lines[-1].text, lines[-1].step) == ("torn", "Make it")
    both = log + f"test\tUNKNOWN STEP\t{stamp} x\n" * 9
    assert {line.step for line in read_lines(both.encode())} == {"build, Set up job", "build, Make it", "test"}


def test_the_sections_of_gitlab_nest() -> None:
    log = (
        "section_start:1704067200:build[collapsed=true]\r\x1b[0K\x1b[36;1mBuild it\x1b[0;m\n"
        "section_start:1704067201:inner\r\x1b[0K$ make\n"
        "bad\n"
        "section_end:1704067202:inner\r\x1b[0K\n"
        "after\n"
        "section_end:1704067203:build\r\x1b[0Ksection_start:1704067203:next\r\x1b[0KNext\n"
        "section_end:1704067204:next\r\x1b[0K\x1b[31;1mERROR: Job failed: exit code 1\n"
        "end\n"
    )
    assert told(log) == [
        ("group", "Build it", "Build it"),
        ("group", "$ make", "$ make"),
        ("", "$ make", "bad"),
        ("endgroup", "$ make", ""),
        ("", "Build it", "after"),
        ("group", "Next", "Next"),
        ("endgroup", "Next", "ERROR: Job failed: exit code 1"),
        ("", "", "end"),
    ]
    assert read_lines(log.encode())[3].time == NEW_YEAR + 2


def test_gitlab_with_time_stamps_says_the_stream() -> None:
    log = "2024-01-01T00:00:00.5Z 00O out\n2024-01-01T00:00:01.123456Z 01E err\n2024-01-01T00:00:01.2Z 01O+ more\n"
    assert [line.text for line in read_lines(log.encode())] == ["out", "err", " more"]


@pytest.mark.parametrize("end", ["\r\x1b[0K", "\n\x1b[0K"], ids=["as written", "CR made LF"])
def test_the_folds_and_commands_of_travis_are_steps(end: str) -> None:
    log = (
        f"travis_fold:start:install{end}travis_time:start:0a{end}$ npm ci\n"
        f"added 3\n"
        f"\ntravis_time:end:0a:start=1704067200000000000,finish=1704067202500000000,duration=1{end}"
        f"travis_fold:end:install{end}travis_time:start:0b{end}$ npm test\n"
        "bad\n"
        '\x1b[31;1mThe command "npm test" exited with 1.\x1b[0m\n'
    )
    lines = read_lines(log.encode())
    steps = {line.text: line.step for line in lines if line.text}
    assert steps == {
        "$ npm ci": "npm ci",
        "added 3": "npm ci",
        "$ npm test": "npm test",
        "bad": "npm test",
        'The command "npm test" exited with 1.': "npm test",
    }
    assert [line.time for line in lines if line.time] == [NEW_YEAR + 2.5]
    assert [line.text for line in lines if line.mark == "command"] == ["$ npm ci", "$ npm test"]


def test_the_stages_of_a_jenkins_pipeline_nest() -> None:
    log = """\
[2024-01-01T00:00:00.250Z] [Pipeline] stage
[2024-01-01T00:00:00.250Z] [Pipeline] { (Build)
[2024-01-01T00:00:00.250Z] [Pipeline] sh
[2024-01-01T00:00:00.250Z] + make
[2024-01-01T00:00:00.250Z] + not a command but a diff
[2024-01-01T00:00:00.250Z] [Pipeline] {
[2024-01-01T00:00:00.250Z] [Pipeline] }
[2024-01-01T00:00:00.250Z] [Pipeline] }
[2024-01-01T00:00:00.250Z] \x1b[8mha:////4AbC+/=\x1b[0mFinished: FAILURE
"""
    assert told(log) == [
        ("debug", "", "[Pipeline] stage"),
        ("group", "Build", "Build"),
        ("debug", "Build", "[Pipeline] sh"),
        ("command", "Build", "make"),
        ("", "Build", "+ not a command but a diff"),
        ("group", "Build", ""),
        ("endgroup", "Build", ""),
        ("endgroup", "Build", ""),
        ("", "", "Finished: FAILURE"),
    ]
    assert read_lines(log.encode())[0].time == NEW_YEAR + 0.25


def test_a_freestyle_job_of_jenkins_tells_its_commands() -> None:
    assert told("12:00:01 [app] $ /bin/sh -xe /tmp/a.sh\n12:00:02 bad\n") == [
        ("command", "", "/bin/sh -xe /tmp/a.sh"),
        ("", "", "bad"),
    ]


def test_buildkite_times_are_read_and_a_diff_is_no_group() -> None:
    log = (
        "\x1b_bk;t=1704067200500\x07~~~ Preparing\n"
        "\x1b_bk;t=1704067201000\x07+++ :hammer: Test\n"
        "\x1b_bk;t=1704067202000\x07bad\n"
        "^^^ +++\n"
    )
    assert told(log) == [
        ("group", "Preparing", "Preparing"),
        ("group", ":hammer: Test", ":hammer: Test"),
        ("", ":hammer: Test", "bad"),
        ("debug", ":hammer: Test", ""),
    ]
    assert [line.time for line in read_lines(log.encode())] == [NEW_YEAR + 0.5, NEW_YEAR + 1, NEW_YEAR + 2, 0]
    assert told("--- a/file\n+++ b/file\n") == [("", "", "--- a/file"), ("", "", "+++ b/file")]


def test_azure_says_sections_and_issues() -> None:
    log = """\
2024-01-01T00:00:00.0000000Z ##[section]Starting: Build
2024-01-01T00:00:00.0000000Z ##vso[task.logissue type=error;sourcepath=a.c;linenumber=3;columnnumber=1;]no `;`
2024-01-01T00:00:00.0000000Z ##vso[task.setvariable variable=a]b
2024-01-01T00:00:00.0000000Z ##vso[task.complete result=Failed;]make failed
2024-01-01T00:00:00.0000000Z ##[section]Finishing: Build
2024-01-01T00:00:00.0000000Z end
"""
    assert told(log) == [
        ("group", "Build", "Starting: Build"),
        ("error", "Build", "a.c:3:1: error: no `;`"),
        ("debug", "Build", "b"),
        ("error", "Build", "make failed"),
        ("endgroup", "Build", "Finishing: Build"),
        ("", "", "end"),
    ]


def test_the_seconds_of_docker_buildx_are_no_text() -> None:
    assert [text for _, _, text in told("#1 [2/3] RUN make\n#1 0.531 cc a.c\n#1 12.04\n#include <a.h>\n")] == [
        "#1 [2/3] RUN make",
        "cc a.c",
        "",
        "#include <a.h>",
    ]


def test_a_stamp_that_few_lines_have_is_a_program_s_own() -> None:
    log = "start\n12:00:01 a program says\nmore\nand more\n2024-01-01 12:00:00,5 INFO x\n"
    assert [text for _, _, text in told(log)] == log.splitlines()


def test_a_stamp_without_a_zone_is_taken_for_utc() -> None:
    log = "2024-01-01 00:00:01,500 INFO a\n2024-01-01 00:00:02,000 INFO b\n"
    assert [(line.text, line.time) for line in read_lines(log.encode())] == [
        ("INFO a", NEW_YEAR + 1.5),
        ("INFO b", NEW_YEAR + 2),
    ]


@given(st.floats(0, 4e9), st.integers(-14 * 60, 14 * 60))
def test_times_are_those_of_the_calendar(seconds: float, minutes: int) -> None:
    sign, ahead = "-" if minutes < 0 else "+", abs(minutes)
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    log = f"{moment:%Y-%m-%dT%H:%M:%S.%f}{sign}{ahead // 60:02}:{ahead % 60:02} x\n"
    (line,) = read_lines(log.encode())
    assert line.text == "x"
    assert abs(line.time - (seconds - minutes * 60)) < 1e-4


@pytest.mark.parametrize(
    ("line", "text", "part"),
    [
        ("2026-11-22T01:15:09.2500000Z ok", "ok", 0.25),
        ("2026-11-22T01:15:09.25000000Z eight digits", "eight digits", 0.25),
        ("2026-11-22T01:15:09,5000000Z a comma", "a comma", 0.5),
        ("2026-11-22T01:15:09.5000000Z 00O of GitLab", "of GitLab", 0.5),
        ("2026-11-22T01:15:09.5000000Z 0 of 3", "0 of 3", 0.5),
        ("2026-11-22T01:15:09.5000000Z\ta tab", "a tab", 0.5),
        ("2026-11-22T01:15:09.5000x00Z none", "2026-11-22T01:15:09.5000x00Z none", -9.0),
        ("2026-11-22T01:15:09.5٣00000Z none", "2026-11-22T01:15:09.5٣00000Z none", -9.0),
    ],
)
def test_a_stamp_is_read_the_same_way_in_a_second_that_was_seen_before(line: str, text: str, part: float) -> None:
    first = "2026-11-22T01:15:09.0000000Z first"
    lines = read_lines(f"{first}\n{line}\n".encode())
    assert lines[1].text == text
    assert lines[1].time == (lines[0].time + part if part >= 0 else 0.0)


@pytest.mark.parametrize("name", ["web-1", "shop_web_1", "db"])
def test_the_containers_of_compose_are_no_text(name: str) -> None:
    head = "Attaching to db, web\n" if name == "db" else ""
    log = f"{head}{name}  | $ pytest\n{name}  |\n{name}  |   E   assert 1\ntable-1 | x\n| a | b |\n"
    assert [line.text for line in read_lines(log.encode())][bool(head) :] == [
        "$ pytest",
        "",
        "  E   assert 1",
        "table-1 | x",
        "| a | b |",
    ]


def test_the_end_of_a_build_of_docker_is_read_without_its_beginning() -> None:
    log = "#12 3.456 a\n#12 3.567   b\n# 1.5 kg\n#12 4.0 c\n"
    assert [line.text for line in read_lines(log.encode())] == ["a", "  b", "# 1.5 kg", "c"]
    assert [line.text for line in read_lines(b"#12 3.5 of them\nfine\n")] == ["#12 3.5 of them", "fine"]


@pytest.mark.parametrize("before", ["#12 3.456 ", "web-1  | "])
def test_blocks_are_read_behind_what_docker_writes_before_each_line(before: str) -> None:
    pytest_log = (
        "=================================== FAILURES ===================================\n"
        "___________________________________ test_sum ___________________________________\n\n"
        "    def test_sum():\n>       assert 1 + 1 == 3\nE       assert (1 + 1) == 3\n\ntest_sum.py:2: AssertionError\n"
        "=========================== short test summary info ============================\n"
        "FAILED test_sum.py::test_sum - assert (1 + 1) == 3\n"
    )
    jest = "FAIL ./sum.test.js\n  ● adds\n\n    expect(received).toBe(expected)\n\n    Expected: 3\n    Received: 2\n\n      at Object.toBe (sum.test.js:3:15)\n\n"
    mocha = "  1 failing\n\n  1) adds:\n     AssertionError: 2 == 3\n      at Context.<anonymous> (test/sum.js:3:8)\n\n"
    for log in (pytest_log, jest, mocha):
        plain = find_failures(read_lines(log.encode()))
        behind = find_failures(read_lines("".join(f"{before}{line}\n" for line in log.splitlines()).encode()))
        assert behind == plain
        assert any(one.place for one in plain)
