"""Logs of Elixir's and Erlang's tools."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
    error: undefined variable "missing"
    │
 12 │     missing
    │     ^^^^^^^
    │
    └─ lib/till.ex:12:5: Till.total/1

== Compilation error in file lib/till.ex ==
** (CompileError) lib/till.ex: cannot compile module Till (errors have been logged)
""",
        [
            Failure("elixirc", "compile", 'undefined variable "missing"', 1, 6, Place("lib/till.ex", 12, 5)),
            Failure("mix", "compile", "== Compilation error in file lib/till.ex ==", 8, 8, summary=True),
        ],
    ),
    (
        """\
== Compilation error in file lib/till.ex ==
** (CompileError) lib/till.ex:12: undefined function missing/0
    (stdlib) lists.erl:1338: :lists.foreach/2
""",
        [
            Failure("mix", "compile", "== Compilation error in file lib/till.ex ==", 1, 1, summary=True),
            Failure(
                "elixirc",
                "compile",
                "undefined function missing/0",
                2,
                3,
                Place("lib/till.ex", 12),
                code="CompileError",
            ),
        ],
    ),
    (
        """\


  1) test adds (TillTest)
     test/till_test.exs:5
     Assertion with == failed
     code:  assert Till.total([1, 2]) == 4
     left:  3
     right: 4
     stacktrace:
       test/till_test.exs:6: (test)



2 tests, 1 failure
""",
        [
            Failure(
                "exunit",
                "test",
                "Assertion with == failed",
                3,
                10,
                Place("test/till_test.exs", 5),
                test="test adds (TillTest)",
            ),
            Failure("exunit", "test", "2 tests, 1 failure", 14, 14, summary=True),
        ],
    ),
    (
        """\
===> Compiling shop
src/till.erl:12: function missing/0 undefined
===> Compiling src/till.erl failed
""",
        [
            Failure("erlc", "compile", "function missing/0 undefined", 2, 2, Place("src/till.erl", 12)),
            Failure("rebar3", "compile", "Compiling src/till.erl failed", 3, 3, summary=True),
        ],
    ),
    (
        """\
till_tests:adds_test...*failed*
in function till_tests:'-adds_test/0-fun-0-'/0 (test/till_tests.erl, line 5)
**error:{assertEqual,[{module,till_tests},{line,5},{expression,"till : total ( )"},{expected,4},{value,3}]}

=======================================================
  Failed: 1.  Skipped: 0.  Passed: 1.
""",
        [
            Failure(
                "eunit",
                "test",
                '**error:{assertEqual,[{module,till_tests},{line,5},{expression,"till : total ( )"},{expected,4},{value,3}]}',
                1,
                3,
                test="till_tests:adds_test",
            ),
            Failure("eunit", "test", "Failed: 1. Skipped: 0. Passed: 1.", 6, 6, summary=True),
        ],
    ),
    (
        """\
$ rebar3 ct
- - - - - - - - - - - - - - - - - - - - - - - - - -
till_SUITE:adds failed on line 12
Reason: {badmatch,3}
- - - - - - - - - - - - - - - - - - - - - - - - - -
""",
        [Failure("ct", "test", "Reason: {badmatch,3}", 3, 4, test="till_SUITE:adds")],
    ),
]
GREEN = [
    """\
warning: variable "error" is unused
  lib/error.ex:3
src/error.erl:12: Warning: variable 'X' is unused
2 tests, 0 failures
  Failed: 0.  Skipped: 0.  Passed: 2.
mix test
quality:gate failed
""",
]
