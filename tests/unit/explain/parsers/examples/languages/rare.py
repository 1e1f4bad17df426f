"""Logs of languages that few logs speak."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
File "src/till.ml", line 12, characters 5-12:
12 |      missing
          ^^^^^^^
Error: Unbound value missing
""",
        [Failure("ocaml", "compile", "Unbound value missing", 1, 4, Place("src/till.ml", 12, 5))],
    ),
    (
        """\
till.zig:12:5: error: use of undeclared identifier 'missing'
    missing
    ^~~~~~~
""",
        [Failure("zig", "compile", "use of undeclared identifier 'missing'", 1, 3, Place("till.zig", 12, 5))],
    ),
    (
        """\
/src/till.nim(12, 5) Error: undeclared identifier: 'missing'
till.d(12): Error: undefined identifier `missing`
till.proto:12:5: "Missing" is not defined.
""",
        [
            Failure("nim", "compile", "undeclared identifier: 'missing'", 1, 1, Place("/src/till.nim", 12, 5)),
            Failure("dmd", "compile", "undefined identifier `missing`", 2, 2, Place("till.d", 12)),
            Failure("protoc", "compile", '"Missing" is not defined.', 3, 3, Place("till.proto", 12, 5)),
        ],
    ),
    (
        """\
till.f90:12:5:

   12 |   missing
      |     1
Error: Invalid character in name at (1)
""",
        [Failure("gfortran", "compile", "Invalid character in name at (1)", 1, 5, Place("till.f90", 12, 5))],
    ),
    (
        """\
lib/till.dart:12:5: Error: Undefined name 'missing'.
    missing;
    ^^^^^^^
00:01 +1 -1: adds [E]
  Expected: <4>
    Actual: <3>
""",
        [
            Failure("dart", "compile", "Undefined name 'missing'.", 1, 3, Place("lib/till.dart", 12, 5)),
            Failure("dart", "test", "Expected: <4>", 4, 6, test="adds"),
        ],
    ),
]
GREEN = [
    """\
$ dune build
File "src/till.ml", line 12, characters 5-12:
12 |      missing
          ^^^^^^^
Warning 26 [unused-var]: unused variable missing.
00:01 +2: All tests passed!
""",
]
