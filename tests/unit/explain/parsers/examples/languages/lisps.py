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
    (
        """\
$ sbcl --script till.lisp
Unhandled TYPE-ERROR in thread #<SB-THREAD:THREAD "main thread" RUNNING
                                  {1001348003}>:
  The value
    "a"
  is not of type
    NUMBER

Backtrace for: #<SB-THREAD:THREAD "main thread" RUNNING {1001348003}>
0: (SB-KERNEL:TWO-ARG-* 1 "a")
Unhandled SB-C::INPUT-ERROR-IN-LOAD in thread #<SB-THREAD:THREAD "main thread" RUNNING {1001348003}>:
  READ error during LOAD:

    Package QL does not exist.

Backtrace for: #<SB-THREAD:THREAD "main thread" RUNNING {1001348003}>
""",
        [
            Failure("sbcl", "crash", 'The value "a" is not of type NUMBER', 2, 7, code="TYPE-ERROR"),
            Failure(
                "sbcl",
                "package",
                "READ error during LOAD: Package QL does not exist.",
                11,
                14,
                code="SB-C::INPUT-ERROR-IN-LOAD",
            ),
        ],
    ),
    (
        """\
/src/t.scm:5: FAIL discount
# of expected passes      20
# of unexpected failures  1
ice-9/eval.scm:159:9: In procedure vector-ref: Argument 2 out of range: 5
ice-9/boot-9.scm:3330:6: In procedure resolve-interface:
no code for module (json)
""",
        [
            Failure("srfi-64", "test", "FAIL discount", 1, 1, Place("/src/t.scm", 5), test="discount"),
            Failure("srfi-64", "test", "# of unexpected failures 1", 3, 3, summary=True),
            Failure(
                "guile",
                "crash",
                "In procedure vector-ref: Argument 2 out of range: 5",
                4,
                4,
                Place("ice-9/eval.scm", 159, 9),
            ),
            Failure("guile", "package", "no code for module (json)", 6, 6),
        ],
    ),
    (
        """\
raco test: (submod "cart.rkt" test)
--------------------
FAILURE
name:       check-equal?
location:   cart.rkt:7:2
message:    "ten percent"
actual:     216
expected:   217
--------------------
1/3 test failures
vector-ref: index is out of range
  index: 5
  context...:
   body of "/src/e.rkt"
q.rkt:2:9: collection not found
  for module path: json-schema/validate
  collection: "json-schema"
  context...:
   /usr/share/racket/collects/raco/raco.rkt:41:0
ty.rkt:3:14: Type Checker: type mismatch
  expected: String
  given: Integer
  location...:
   ty.rkt:3:14
""",
        [
            Failure(
                "rackunit",
                "test",
                'message: "ten percent" actual: 216 expected: 217',
                5,
                8,
                Place("cart.rkt", 7, 2),
            ),
            Failure("rackunit", "test", "1/3 test failures", 10, 10, summary=True),
            Failure("racket", "crash", "vector-ref: index is out of range", 11, 12),
            Failure("racket", "package", "collection not found", 15, 17, Place("q.rkt", 2, 9)),
            Failure("racket", "compile", "Type Checker: type mismatch", 20, 22, Place("ty.rkt", 3, 14)),
        ],
    ),
    (
        """\
; caught ERROR:
;   READ error during COMPILE-FILE:
;
;     end of file
;
; compilation unit aborted
$ guile --no-auto-compile t.scm
ERROR: In procedure string-append:
In procedure string-append: Wrong type (expecting string): 3
ice-9/read.scm:126:4: In procedure lp:
/src/ge.scm:3:1: unexpected end of input while searching for: )
""",
        [
            Failure("sbcl", "compile", "READ error during COMPILE-FILE: end of file", 1, 5),
            Failure("guile", "crash", "In procedure string-append: Wrong type (expecting string): 3", 8, 9),
            Failure(
                "guile",
                "crash",
                "unexpected end of input while searching for: )",
                10,
                11,
                Place("/src/ge.scm", 3, 1),
            ),
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
