"""Logs of languages that few logs speak."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
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
    (
        """\
src/Till.hx:12: characters 5-12 : Unknown identifier : missing
till.vala:12.5-12.11: error: The name `missing' does not exist in the context of `main'
  error - lib/till.dart:12:5 - Undefined name 'missing'. - undefined_identifier
""",
        [
            Failure("haxe", "compile", "Unknown identifier : missing", 1, 1, Place("src/Till.hx", 12, 5)),
            Failure(
                "valac",
                "compile",
                "The name `missing' does not exist in the context of `main'",
                2,
                2,
                Place("till.vala", 12, 5),
            ),
            Failure(
                "dart",
                "style",
                "Undefined name 'missing'.",
                3,
                3,
                Place("lib/till.dart", 12, 5),
                code="undefined_identifier",
            ),
        ],
    ),
    (
        """\
psql:schema.sql:12: ERROR:  syntax error at or near "tabel"
LINE 1: create tabel till
error: builder for '/nix/store/x-till.drv' failed with exit code 2;
       last 2 log lines:
""",
        [
            Failure("psql", "crash", 'syntax error at or near "tabel"', 1, 2, Place("schema.sql", 12)),
            Failure("nix", "build", "builder for '/nix/store/x-till.drv' failed with exit code 2;", 3, 4),
        ],
    ),
    (
        """\
Running till-test-library
core.exception.AssertError@source/till.d(4): seven
----------------
??:? _d_assert_msg [0x7f516af66742]
source/till.d:4 [0x55bf4e645398]
??:? runModuleUnitTests [0x7f516af892f4]
??:? _d_run_main [0x7f516af9d7ed]
1/1 modules FAILED unittests
Program exited with code 1
""",
        [
            Failure(
                "d", "runtime", "core.exception.AssertError@source/till.d(4): seven", 2, 2, Place("source/till.d", 4)
            ),
            Failure("d", "test", "1/1 modules FAILED unittests", 8, 8, summary=True),
        ],
    ),
    (
        """\
  [OK] half of 58
    /home/ada/half/t.nim(65, 18): Check failed: half(7) == 4
    half(7) was 3
  [FAILED] half of seven
/home/ada/half/t.nim(68) t
/usr/lib/nim/lib/system/fatal.nim(54) sysFatal

    Unhandled exception: index out of bounds, the container is empty [IndexDefect]
  [FAILED] raises
Error: execution of an external program failed: '/home/ada/half/t '
""",
        [
            Failure(
                "nim",
                "test",
                "Check failed: half(7) == 4",
                2,
                4,
                Place("/home/ada/half/t.nim", 65, 18),
                test="half of seven",
            ),
            Failure(
                "nim",
                "test",
                "Unhandled exception: index out of bounds, the container is empty [IndexDefect]",
                8,
                9,
                test="raises",
            ),
        ],
    ),
    (
        """\
x86_64-linux-gnu-gcc-12 -c main.adb
main.adb:3:19: error: expected type "Standard.Integer"
main.adb:3:19: error: found a string type
main.adb:5:04: error: "Putt_Line" is undefined
main.adb:5:04: error: possible misspelling of "Put_Line"
gnatmake: "main.adb" compilation error
""",
        [
            Failure(
                "gnat",
                "compile",
                'expected type "Standard.Integer" found a string type',
                2,
                3,
                Place("main.adb", 3, 19),
            ),
            Failure(
                "gnat",
                "compile",
                '"Putt_Line" is undefined possible misspelling of "Put_Line"',
                4,
                5,
                Place("main.adb", 5, 4),
            ),
        ],
    ),
    (
        """\
20/21 test.half of 38... OK
21/21 test.half of seven... expected 4, found 3
FAIL (TestExpectedEqual)
/home/ada/zig/lib/std/testing.zig:84:17: 0x224d03 in expectEqual__anon_1086 (test)
                return error.TestExpectedEqual;
                ^
20 passed; 0 skipped; 1 failed.
""",
        [
            Failure("zig", "test", "expected 4, found 3", 2, 3, test="test.half of seven"),
            Failure("zig", "test", "20 passed; 0 skipped; 1 failed.", 7, 7, summary=True),
        ],
    ),
    (
        """\
page 20 ok
An unhandled exception occurred at $000000000040116E:
EInOutError: File not found
  $000000000040116E  main,  line 6 of a.pas
""",
        [Failure("fpc", "runtime", "EInOutError: File not found", 2, 3, Place("a.pas", 6))],
    ),
    (
        """\
job 20 finished
Unhandled exception: Missing hash key: "b" (KeyError)
  from /usr/lib/crystal/lib/hash.cr:1077:11 in '[]'
  from a.cr:3:6 in '__crystal_main'
  from /usr/lib/crystal/lib/crystal/main.cr:115:5 in 'main_user_code'
""",
        [Failure("crystal", "runtime", 'Missing hash key: "b" (KeyError)', 2, 3, Place("a.cr", 3, 6), code="KeyError")],
    ),
    (
        """\
slot 20 ok

raised CONSTRAINT_ERROR : main.adb:9 index check failed
""",
        [Failure("gnat", "runtime", "index check failed", 3, 3, Place("main.adb", 9), code="CONSTRAINT_ERROR")],
    ),
]
GREEN = [
    """\
$ zig build
src/till.zig:12:5: note: declared here
    const missing = 1;
          ^~~~~~~
00:01 +2: All tests passed!
""",
]
