"""Logs of different shapes, each written for this test: the reason comes first, the noise around it does not."""

from __future__ import annotations

import pytest

from pitstop.explain.lines import read_lines
from pitstop.explain.rank import rank
from pitstop.explain.rank.choose import choose
from pitstop.explain.rank.place import Stretch, find_stretches
from pitstop.explain.rank.survey import survey

COMPILER = """\
$ make
cc -O2 -c -o main.o main.c
cc -O2 -c -o parse.o parse.c
parse.c: In function 'next_token':
parse.c:41:9: error: 'lenght' undeclared (first use in this function)
         lenght = strlen(text);
         ^~~~~~
make: *** [Makefile:12: parse.o] Error 1

The command "make" exited with 2.
Done. Your build exited with 1.
"""

RUNNER = """\
$ npm test

> shop@1.2.0 test /home/ada/shop
> mocha

  cart
    ✓ adds an item
    ✓ removes an item
    1) sums the prices

  2 passing (31ms)
  1 failing

  1) cart
       sums the prices:
     AssertionError: expected 30 to equal 31
      at Context.<anonymous> (test/cart.js:14:24)
      at processImmediate (internal/timers.js:461:21)

npm ERR! Test failed.  See above for more details.

The command "npm test" exited with 1.
Done. Your build exited with 1.
"""

LINTER = """\
$ bundle install
Using rake 13.0.6
Using json 2.6.1
Bundle complete! 4 Gemfile dependencies, 9 gems now installed.
The command "bundle install" exited with 0.
$ checkdocs guide/*.md
guide/install.md:17: Heading has no blank line above

The command "checkdocs guide/*.md" exited with 1.
Done. Your build exited with 1.
"""

ACTIONS = """\
2024-03-01T10:00:00.0000000Z ##[group]Run go test ./...
2024-03-01T10:00:00.1000000Z go test ./...
2024-03-01T10:00:00.1100000Z shell: /usr/bin/bash -e {0}
2024-03-01T10:00:00.1200000Z ##[endgroup]
2024-03-01T10:00:04.0000000Z ok  \texample.org/shop/cart\t0.012s
2024-03-01T10:00:05.0000000Z --- FAIL: TestTotal (0.00s)
2024-03-01T10:00:05.0000001Z     total_test.go:21: Total() = 30, want 31
2024-03-01T10:00:05.0000002Z FAIL
2024-03-01T10:00:05.0000003Z FAIL\texample.org/shop/total\t0.009s
2024-03-01T10:00:05.2000000Z ##[error]Process completed with exit code 1.
2024-03-01T10:00:06.0000000Z Post job cleanup.
2024-03-01T10:00:06.1000000Z [command]/usr/bin/git version
2024-03-01T10:00:06.2000000Z git version 2.43.0
"""


@pytest.mark.parametrize(
    ("log", "telling"),
    [
        pytest.param(COMPILER, ("'lenght' undeclared",), id="a compiler, then make"),
        pytest.param(
            RUNNER, ("AssertionError: expected 30", "sums the prices:", "1) cart"), id="a test runner, then npm"
        ),
        pytest.param(LINTER, ("Heading has no blank line",), id="a tool without any usual word"),
        pytest.param(ACTIONS, ("--- FAIL: TestTotal", "want 31"), id="GitHub Actions with time stamps and clean-up"),
    ],
)
def test_the_reason_comes_first(log: str, telling: tuple[str, ...]) -> None:
    first = rank(read_lines(log.encode()))[0]
    assert any(part in first.text for part in telling), first


def test_a_step_that_only_an_error_ends_is_what_failed_and_not_what_cleans_up_after_it() -> None:
    log = """\
##[group]Run acme/publish@v2
with:
  channel: stable
##[endgroup]
publishing 3 files
##[error]channel stable is frozen
Post job cleanup.
failed to remove /tmp/x, ignored
"""
    lines = read_lines(log.encode())
    assert find_stretches(lines, [line.text for line in lines]) == [Stretch(2, 6, told=True, code=1)]
    assert find_stretches(lines[4:5], [lines[4].text]) == [Stretch(0, 1, told=False, code=1)]
    assert rank(lines)[0].text == "channel stable is frozen"


def test_an_error_that_only_tells_an_exit_code_ends_what_failed_before_it() -> None:
    log = "checking\nguide.md:3: bad heading\n##[error]The script of the step exited with code 4. See above.\nbye\n"
    lines = read_lines(log.encode())
    assert find_stretches(lines, [line.text for line in lines]) == [Stretch(0, 2, told=True, code=4)]


GITLAB = """\
section_start:1700000012:step_script\r\x1b[0KExecuting "step_script" stage of the job script
\x1b[32;1m$ ./check\x1b[0;m
guide.md:3: bad heading
section_end:1700000082:step_script\r\x1b[0Ksection_start:1700000082:after_script\r\x1b[0KRunning after_script
\x1b[32;1m$ ./stop\x1b[0;m
no such container
section_end:1700000083:after_script\r\x1b[0K\x1b[31;1mERROR: Job failed: exit code 1
"""
JENKINS = """\
[Pipeline] sh
+ ./check
guide.md:3: bad heading
[Pipeline] }
[Pipeline] // stage
[Pipeline] { (Deploy)
Stage "Deploy" skipped due to earlier failure(s)
[Pipeline] { (Declarative: Post Actions)
+ ./stop
no such container
ERROR: script returned exit code 1
"""


@pytest.mark.parametrize(("log", "span"), [(GITLAB, (1, 3)), (JENKINS, (1, 3))])
def test_what_runs_after_the_command_that_failed_is_not_where_the_reason_is_looked_for(
    log: str, span: tuple[int, int]
) -> None:
    lines = read_lines(log.encode())
    found = find_stretches(lines, [line.text for line in lines])
    assert [(one.first, one.end) for one in found] == [span]


def test_lines_of_one_place_do_not_crowd_out_another_place() -> None:
    stack = "\n".join(f"    at step{number} (lib/run.js:{number}:1)" for number in range(40))
    log = f"$ run\nTypeError: x is not a function\n{stack}\n\n$ other\nerror: disk is full\n"
    numbers = [one.number for one in rank(read_lines((log + 'The command "run" exited with 1.\n').encode()))]
    assert min(numbers[:5]) <= 3
    assert 45 in numbers[:5]
    assert sum(3 < number < 43 for number in numbers[:5]) < 3


def test_a_command_of_several_lines_that_is_repeated_at_its_end_is_no_output() -> None:
    command = "if ! check; then\n  echo error: failed to check\nfi"
    log = f'$ {command}\nguide.md:3: bad heading\nThe command "{command}" exited with 1.\n'
    assert rank(read_lines(log.encode()))[0].text == "guide.md:3: bad heading"


def test_of_two_lines_side_by_side_the_second_comes_after_a_lesser_one_elsewhere() -> None:
    found = survey(read_lines(b"one broke\ntwo broke\nx\ny\nz\nw\nv\nnine is bad\n"))
    scores = [{0: 3.0, 1: 2.9, 7: 2.0}.get(found.solid[index], -9.0) for index in found.chosen]
    assert [at for at, _ in choose(found, scores)[:3]] == [0, 7, 1]
