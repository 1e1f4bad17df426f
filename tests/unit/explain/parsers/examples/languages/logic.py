"""Logs of Prolog and Agda."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
% PL-Unit: cart .
ERROR: /src/t.pl:5:
	test discounts: wrong answer (compared using ==)
ERROR:     Expected: 217
ERROR:     Got:      216
ERROR: /src/t.pl:7:
	test fails: failed

**FAILED 0.224 sec
% 2 tests failed
% 2 tests passed
ERROR: -g run_tests: false
""",
        [
            Failure(
                "plunit",
                "test",
                "wrong answer (compared using ==)",
                2,
                5,
                Place("/src/t.pl", 5),
                test="discounts",
            ),
            Failure("plunit", "test", "failed", 6, 7, Place("/src/t.pl", 7), test="fails"),
            Failure("plunit", "test", "2 tests failed", 10, 10, summary=True),
        ],
    ),
    (
        """\
$ swipl -g main till.pl
ERROR: /src/b.pl:1:
ERROR:    source_sink `library(nosuch)' does not exist
Warning: /src/b.pl:1:
Warning:    Goal (directive) failed: user:use_module(library(nosuch))
ERROR: /src/b.pl:2:15: Syntax error: Operator expected
ERROR: -g main: catch/3: Unknown procedure: main/1
ERROR:   However, there are definitions for:
ERROR:         main/0
""",
        [
            Failure(
                "swipl",
                "package",
                "source_sink `library(nosuch)' does not exist",
                2,
                3,
                Place("/src/b.pl", 1),
            ),
            Failure("swipl", "crash", "Goal (directive) failed: user:use_module(library(nosuch))", 5, 5),
            Failure("swipl", "compile", "Syntax error: Operator expected", 6, 6, Place("/src/b.pl", 2, 15)),
            Failure("swipl", "crash", "main: catch/3: Unknown procedure: main/1", 7, 9),
        ],
    ),
    (
        """\
$ coqc A.v
File "./A.v", line 3, characters 17-28:
Error: In environment
n : nat
Unable to unify "n" with "n + 0".

File "./C.v", line 1, characters 0-34:
Error: Cannot find a physical path bound to logical path mathcomp.ssreflect.

ERROR: /src/pi.pl:1: Initialization goal raised exception:
ERROR: is/2: Arithmetic: `foo/0' is not a function
""",
        [
            Failure(
                "coq",
                "compile",
                'In environment n : nat Unable to unify "n" with "n + 0".',
                2,
                5,
                Place("./A.v", 3, 17),
            ),
            Failure(
                "coq",
                "package",
                "Cannot find a physical path bound to logical path mathcomp.ssreflect.",
                7,
                8,
                Place("./C.v", 1),
            ),
            Failure(
                "swipl",
                "crash",
                "ERROR: is/2: Arithmetic: `foo/0' is not a function",
                10,
                11,
                Place("/src/pi.pl", 1),
            ),
        ],
    ),
    (
        """\
Checking A (/src/A.agda).
/src/A.agda:7,30-31
Not in scope:
  o at /src/A.agda:7,30-31
when scope checking o
""",
        [
            Failure(
                "agda",
                "compile",
                "Not in scope: o at /src/A.agda:7,30-31 when scope checking o",
                2,
                5,
                Place("/src/A.agda", 7, 30),
            )
        ],
    ),
]
GREEN = [
    """\
% PL-Unit: cart .... done
% All 4 tests passed
Warning: /src/t.pl:8:
	PL-Unit: Test many: Test succeeded with choicepoint
Checking A (/src/A.agda).
File "./till.v", line 12, characters 5-12:
Warning: Notation "x + y" is deprecated.
""",
]
