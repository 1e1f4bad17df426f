"""Logs of Clojure and Emacs Lisp."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
lein test till.core-test

FAIL in (adds-test) (core_test.clj:12)
adds
expected: (= 4 (total [1 2]))
  actual: (not (= 4 3))

Ran 2 tests containing 2 assertions.
1 failures, 0 errors.
""",
        [
            Failure(
                "clojure", "test", "expected: (= 4 (total [1 2]))", 3, 6, Place("core_test.clj", 12), test="adds-test"
            ),
            Failure("clojure", "test", "1 failures, 0 errors.", 9, 9, summary=True),
        ],
    ),
    (
        """\
Syntax error compiling at (till/core.clj:12:5).
Unable to resolve symbol: missing in this context
""",
        [
            Failure(
                "clojure",
                "compile",
                "Unable to resolve symbol: missing in this context",
                1,
                2,
                Place("till/core.clj", 12, 5),
            )
        ],
    ),
    (
        """\
Test till-adds condition:
    (ert-test-failed
     ((should
       (equal 4 3))))
   FAILED  1/2  till-adds (0.001 sec)
   passed  2/2  till-pays (0.001 sec)

Ran 2 tests, 1 results as expected, 1 unexpected (2026-01-01 00:00:00+0000)
""",
        [
            Failure("ert", "test", "(ert-test-failed ((should (equal 4 3))))", 1, 4, test="till-adds"),
            Failure("ert", "test", "FAILED 1/2 till-adds (0.001 sec)", 5, 5, test="till-adds", summary=True),
            Failure(
                "ert",
                "test",
                "Ran 2 tests, 1 results as expected, 1 unexpected (2026-01-01 00:00:00+0000)",
                8,
                8,
                summary=True,
            ),
        ],
    ),
    (
        """\
till.el:12:5:Error: Symbol's value as variable is void: missing
""",
        [Failure("emacs", "compile", "Symbol's value as variable is void: missing", 1, 1, Place("till.el", 12, 5))],
    ),
    (
        """\
FAIL "adds" at (core_test.clj:12)
    Expected: 4
      Actual: 3
""",
        [Failure("midje", "test", "Expected: 4 Actual: 3", 1, 3, Place("core_test.clj", 12))],
    ),
    (
        """\
Debugger entered--Lisp error: (void-variable missing)
  (+ missing 1)
  eval-buffer()
""",
        [Failure("emacs", "crash", "(void-variable missing)", 1, 3)],
    ),
    (
        """\
$ cask exec buttercup
FAILED: Expected `3' to `equal' 4, but instead it was 3.
Ran 2 specs, 1 failed, in 0.01 seconds.
""",
        [
            Failure("buttercup", "test", "Expected `3' to `equal' 4, but instead it was 3.", 2, 2),
            Failure("buttercup", "test", "Ran 2 specs, 1 failed, in 0.01 seconds.", 3, 3, summary=True),
        ],
    ),
    (
        """\
src/till/core.clj:12:5: error: Unresolved symbol: missing
""",
        [Failure("clj-kondo", "compile", "Unresolved symbol: missing", 1, 1, Place("src/till/core.clj", 12, 5))],
    ),
    (
        """\
Syntax error reading source at (kiosk/cart.clj:6:1).
EOF while reading, starting at line 5

Execution error (IllegalArgumentException) at kiosk.cart/total (cart.clj:2).
Don't know how to create ISeq from: java.lang.Long

Full report at:
/tmp/clojure-13553364080394394335.edn
Execution error (FileNotFoundException) at user/eval1 (REPL:1).
Could not locate cheshire/core__init.class, cheshire/core.clj or cheshire/core.cljc on classpath.

Error encountered performing task 'test' with profile(s): 'base,system,user,provided,dev,offline'
""",
        [
            Failure("clojure", "compile", "EOF while reading, starting at line 5", 1, 2, Place("kiosk/cart.clj", 6, 1)),
            Failure(
                "clojure",
                "crash",
                "Don't know how to create ISeq from: java.lang.Long",
                4,
                5,
                Place("cart.clj", 2),
                "IllegalArgumentException",
            ),
            Failure(
                "clojure",
                "package",
                "Could not locate cheshire/core__init.class, cheshire/core.clj or cheshire/core.cljc on classpath.",
                9,
                10,
                code="FileNotFoundException",
            ),
            Failure(
                "lein",
                "build",
                "Error encountered performing task 'test' with profile(s): 'base,system,user,provided,dev,offline'",
                12,
                12,
                summary=True,
            ),
        ],
    ),
    (
        """\
Debugger entered--Lisp error: (file-missing "Cannot open load file" "No such file or directory" "magit-section")
  require(magit-section)
  command-line()
""",
        [
            Failure(
                "emacs",
                "package",
                '"Cannot open load file" "No such file or directory" "magit-section"',
                1,
                1,
            )
        ],
    ),
]
GREEN = [
    """\
lein test till.core-test
Ran 2 tests containing 2 assertions.
0 failures, 0 errors.
""",
    """\
Ran 2 tests, 2 results as expected, 0 unexpected (ert)
till.el:12:5:Warning: reference to free variable
""",
]
