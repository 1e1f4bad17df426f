"""Logs of Common Lisp, Guile and Racket."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
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
    (
        """\
fatal error encountered in SBCL pid 30021 tid 30021:
Control stack exhausted, fault: 0x7f99eb607ff8, PC: 0x5349609e
   0: fp=0x7f99eb608000 pc=0x5349609e CL-USER::F
""",
        [Failure("sbcl", "crash", "Control stack exhausted, fault: 0x7f99eb607ff8, PC: 0x5349609e", 1, 2)],
    ),
]
GREEN = [
    """\
$ sbcl --script till.lisp
; caught STYLE-WARNING:
;   undefined function: TOTL
# of expected passes      20
raco test: (submod "cart.rkt" test)
3 tests passed
""",
]
