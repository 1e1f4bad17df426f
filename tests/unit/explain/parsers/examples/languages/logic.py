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
]
GREEN = [
    """\
% PL-Unit: cart .... done
% All 4 tests passed
Warning: /src/t.pl:8:
	PL-Unit: Test many: Test succeeded with choicepoint
Checking A (/src/A.agda).
""",
]
