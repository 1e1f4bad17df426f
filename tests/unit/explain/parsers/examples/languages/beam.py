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
    (
        """\
loading prices
** (FunctionClauseError) no function clause matching in String.length/1

    The following arguments were given to String.length/1:

        # 1
        3

    (elixir 1.14.0) lib/string.ex:2016: String.length/1
    run.exs:2: M.go/1
    run.exs:5: (file)
""",
        [
            Failure(
                "elixir",
                "crash",
                "no function clause matching in String.length/1",
                2,
                9,
                Place("run.exs", 2),
                "FunctionClauseError",
            )
        ],
    ),
    (
        """\
warning: Kiosk.Cart.totl/1 is undefined or private. Did you mean:

      * total/1

  lib/cart.ex:16: Kiosk.Till.close/1

Compilation failed due to warnings while using the --warnings-as-errors option
""",
        [
            Failure(
                "elixirc",
                "compile",
                "Kiosk.Cart.totl/1 is undefined or private. Did you mean:",
                1,
                5,
                Place("lib/cart.ex", 16),
            ),
            Failure(
                "mix",
                "compile",
                "Compilation failed due to warnings while using the --warnings-as-errors option",
                7,
                7,
                summary=True,
            ),
        ],
    ),
    (
        """\
Could not find Hex, which is needed to build dependency :jason
Shall I install Hex? (if running non-interactively, use "mix local.hex --force") [Yn] ** (Mix) Could not find an SCM for dependency :jason from Kiosk.MixProject
""",
        [Failure("mix", "package", "Could not find an SCM for dependency :jason from Kiosk.MixProject", 2, 2)],
    ),
    (
        """\
===> Performing EUnit tests...
        cart_tests: -slow_test_/0-fun-0-...*timed out*
in function timer:sleep/1 (timer.erl, line 219)
undefined
=======================================================
  Failed: 2.  Skipped: 0.  Passed: 40.

Failures:

  1) cart_tests:discount_test/0
     Failure/Error: ?assertEqual(190, cart : discount ( 200 , 10 ))
       expected: 190
            got: 180
     %% eunit_proc.erl:346:in `eunit_proc:with_timeout/3`
     Output:
""",
        [
            Failure(
                "eunit",
                "test",
                "cart_tests: -slow_test_/0-fun-0-...*timed out*",
                2,
                4,
                test="cart_tests: -slow_test_/0-fun-0-",
            ),
            Failure("eunit", "test", "Failed: 2. Skipped: 0. Passed: 40.", 6, 6, summary=True),
            Failure(
                "eunit",
                "test",
                "?assertEqual(190, cart : discount ( 200 , 10 ))",
                10,
                14,
                test="cart_tests:discount_test/0",
            ),
        ],
    ),
    (
        """\
$ rebar3 xref
===> src/cart.erl:5: Warning: cart:cheapest/1 is unused export (Xref)
src/till.erl:3: Warning: till:close/1 calls undefined function cart:total/2 (Xref)
$ escript t.escript
escript: exception error: bad argument
  in function  list_to_integer/1
     called as list_to_integer("12a")
""",
        [
            Failure("xref", "style", "cart:cheapest/1 is unused export", 2, 2, Place("src/cart.erl", 5)),
            Failure(
                "xref", "style", "till:close/1 calls undefined function cart:total/2", 3, 3, Place("src/till.erl", 3)
            ),
            Failure("escript", "crash", "exception error: bad argument", 5, 7),
        ],
    ),
    (
        """\
$ erl -noshell -s cr main -s init stop
{"init terminating in do_boot",{{badmatch,{error,enoent}},[{cr,main,0,[{file,"cr.erl"},{line,3}]}]}}
===> Uncaught error in rebar_core. Run with DIAGNOSTIC=1 to see stacktrace or consult rebar3.crashdump
** (Mix) mix format failed due to --check-formatted.
The following files are not formatted:

  * lib/store.ex

""",
        [
            Failure(
                "erlang",
                "crash",
                'init terminating in do_boot",{{badmatch,{error,enoent}},[{cr,main,0,[{file,"cr.erl"},{line,3}]}]}}',
                2,
                2,
            ),
            Failure(
                "rebar3",
                "crash",
                "Uncaught error in rebar_core. Run with DIAGNOSTIC=1 to see stacktrace or consult rebar3.crashdump",
                3,
                3,
            ),
            Failure("mix", "style", "** (Mix) mix format failed due to --check-formatted.", 4, 4),
            Failure("mix", "style", "The following files are not formatted:", 5, 7),
        ],
    ),
    (
        """\
  2) Kiosk.LateTest: failure on setup_all callback, all tests have been invalidated
     ** (ArgumentError) errors were found at the given arguments:

       * 1st argument: not a textual representation of an integer

     stacktrace:
       test/late_test.exs:4: Kiosk.LateTest.__ex_unit_setup_all_0/1


Finished in 0.3 seconds (0.00s async, 0.3s sync)
""",
        [
            Failure(
                "exunit",
                "test",
                "failure on setup_all callback, all tests have been invalidated",
                1,
                7,
                test="Kiosk.LateTest",
            )
        ],
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
    """\
warning: variable "unused" is unused (if the variable is not meant to be used, prefix it with an underscore)
  lib/cart.ex:18: Kiosk.Till.open/1

10:47:57.740 [error] GenServer Kiosk.Store terminating
** (KeyError) key :cup not found in: %{pen: 1}
    (kiosk 0.1.0) lib/store.ex:9: Kiosk.Store.handle_call/3

2 tests, 0 failures
""",
]
