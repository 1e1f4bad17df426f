"""Logs of OCaml's tools."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
File "src/cart.ml", line 5, characters 36-46:
5 | let label item = item.name ^ ": " ^ item.cents
                                        ^^^^^^^^^^
Error: This expression has type int but an expression was expected of type
         string
File "src/cart.ml", line 6, characters 19-20:
6 | let unused x = let y = 1 in x
                       ^
Error (warning 26 [unused-var]): unused variable y.
""",
        [
            Failure(
                "ocaml",
                "compile",
                "This expression has type int but an expression was expected of type string",
                1,
                5,
                Place("src/cart.ml", 5, 36),
            ),
            Failure("ocaml", "compile", "unused variable y.", 6, 9, Place("src/cart.ml", 6, 19)),
        ],
    ),
    (
        """\
File "src/cart.ml", line 1:
Error: The implementation src/cart.ml
       does not match the interface src/.kiosk.objs/byte/kiosk__Cart.cmi:
       File "src/cart.mli", line 2, characters 0-31: Expected declaration

File "src/dune", line 1, characters 40-48:
1 | (library (name kiosk) (libraries yojson lwt.unix))
                                            ^^^^^^^^
Error: Library "lwt.unix" not found.
Hint: try:
  dune external-lib-deps --missing @@default
""",
        [
            Failure(
                "ocaml",
                "compile",
                "The implementation src/cart.ml does not match the interface src/.kiosk.objs/byte/kiosk__Cart.cmi: "
                'File "src/cart.mli", line 2, characters 0-31: Expected declaration',
                1,
                4,
                Place("src/cart.ml", 1),
            ),
            Failure(
                "ocaml",
                "package",
                'Library "lwt.unix" not found.',
                6,
                11,
                Place("src/dune", 1, 40),
            ),
        ],
    ),
    (
        """\
$ dune test
File "bin/t.t", line 1, characters 0-0:
         git (internal) (exit 1)
diff --git a/../../../default/bin/t.t b/bin/t.t.corrected
--- a/../../../default/bin/t.t
+++ b/bin/t.t.corrected
@@ -1,5 +1,5 @@
   $ echo 3
-  4
+  3
""",
        [Failure("ocaml", "test", "bin/t.t differs from what is expected", 2, 10, Place("bin/t.t", 1))],
    ),
    (
        """\
Testing `Cart'.
  [OK]          total             0   adds 0.
> [FAIL]        discount          0   ten.
  [FAIL]        cheapest          0   of none.

┌──────────────────────────────────────────────────────────────────────────────┐
│ [FAIL]        discount          0   ten.                                     │
└──────────────────────────────────────────────────────────────────────────────┘
ASSERT ten percent off
FAIL ten percent off

   Expected: `217'
   Received: `216'

Raised at Alcotest_engine__Test.check in file "src/alcotest-engine/test.ml", line 196, characters 4-261

Logs saved to `/src/_build/default/test/_build/_tests/Cart/discount.000.output'.
2 failures! in 0.001s. 32 tests run.
""",
        [
            Failure("alcotest", "test", "> [FAIL] discount 0 ten.", 3, 3, test="discount 0 ten", summary=True),
            Failure("alcotest", "test", "[FAIL] cheapest 0 of none.", 4, 4, test="cheapest 0 of none", summary=True),
            Failure(
                "alcotest",
                "test",
                "ten percent off Expected: `217' Received: `216'",
                7,
                13,
                test="discount 0 ten",
            ),
            Failure("alcotest", "test", "2 failures! in 0.001s. 32 tests run.", 18, 18, summary=True),
        ],
    ),
    (
        """\
.EF
==============================================================================
Error: cart:2:cheapest.

File "/src/_build/default/test/oUnit-cart-vm#01.log", line 5, characters 1-1:
Error: cart:2:cheapest (in the log).

Raised at Stdlib.failwith in file "stdlib.ml", line 29, characters 17-33
Called from Dune__exe__Test_ounit.suite.(fun) in file "test/test_ounit.ml", line 7, characters 46-59

Failure("hd")
------------------------------------------------------------------------------
Ran: 3 tests in: 0.14 seconds.
FAILED: Cases: 3 Tried: 3 Errors: 1 Failures: 1 Skip:  0 Todo: 0 Timeouts: 0.
""",
        [
            Failure("ounit", "test", 'Failure("hd")', 3, 11, test="cart:2:cheapest"),
            Failure(
                "ounit",
                "test",
                "FAILED: Cases: 3 Tried: 3 Errors: 1 Failures: 1 Skip: 0 Todo: 0 Timeouts: 0.",
                14,
                14,
                summary=True,
            ),
        ],
    ),
    (
        """\
Fatal error: exception Failure("till is empty")
Raised at Stdlib.failwith in file "stdlib.ml", line 29, characters 17-33
Called from Dune__exe__Till in file "bin/till.ml", line 2, characters 76-81
""",
        [Failure("ocaml", "crash", 'Failure("till is empty")', 1, 3)],
    ),
    (
        """\
$ opam install kiosk
[ERROR] Package conflict!
  * Missing dependency:
    - till >= 3.0
    no matching version

No solution found, exiting
""",
        [Failure("opam", "package", "Package conflict!", 2, 5)],
    ),
]
GREEN = [
    """\
$ dune build
File "src/till.ml", line 12, characters 5-12:
12 |      missing
          ^^^^^^^
Warning 26 [unused-var]: unused variable missing.
$ dune test
  [OK]          total             0   adds 0.
Test Successful in 0.001s. 32 tests run.
Ran: 3 tests in: 0.14 seconds.
OK
""",
]
