"""Logs of Haskell's tools."""

# ruff: noqa: W291, RUF001  as the tools print it

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
[1 of 2] Compiling Till             ( src/Till.hs, dist/Till.o )

src/Till.hs:12:5: error: [GHC-88464]
    Variable not in scope: missing :: Int
   |
12 |     missing
   |     ^^^^^^^

""",
        [
            Failure(
                "ghc",
                "compile",
                "Variable not in scope: missing :: Int |",
                3,
                7,
                Place("src/Till.hs", 12, 5),
                code="GHC-88464",
            )
        ],
    ),
    (
        """\
src/Till.hs:12:5: error:
    • Couldn't match expected type ‘Int’ with actual type ‘[Char]’
    • In the expression: "3"
   |
12 |     "3"
   |     ^^^
--  While building package shop-0.1 using:
    Process exited with code: ExitFailure 1
""",
        [
            Failure(
                "ghc",
                "compile",
                "Couldn't match expected type ‘Int’ with actual type ‘[Char]’",
                1,
                6,
                Place("src/Till.hs", 12, 5),
            ),
            Failure("stack", "build", "While building package shop-0.1 using:", 7, 7, summary=True),
            Failure("stack", "build", "Process exited with code: ExitFailure 1", 8, 8, summary=True),
        ],
    ),
    (
        """\
src/Till.hs:12:5:
    Not in scope: ‘missing’
""",
        [Failure("ghc", "compile", "Not in scope: ‘missing’", 1, 2, Place("src/Till.hs", 12, 5))],
    ),
    (
        """\
Failures:

  test/TillSpec.hs:12:5: 
  1) Till.total adds
       expected: 4
        but got: 3

2 examples, 1 failure
""",
        [
            Failure(
                "hspec",
                "test",
                "expected: 4 but got: 3",
                3,
                6,
                Place("test/TillSpec.hs", 12, 5),
                test="Till.total adds",
            ),
            Failure("hspec", "test", "2 examples, 1 failure", 8, 8, summary=True),
        ],
    ),
    (
        """\
cabal: Could not resolve dependencies:
[__0] trying: shop-0.1 (user goal)
[__1] unknown package: till (dependency of shop)
""",
        [Failure("cabal", "package", "Could not resolve dependencies:", 1, 3)],
    ),
    (
        """\
### Failure in src/Till.hs:12: expression `total [1, 2]'
expected: 4
 but got: 3
""",
        [Failure("doctest", "test", "expression `total [1, 2]'", 1, 3, Place("src/Till.hs", 12))],
    ),
    (
        """\
$ cabal test
      +++ *** Failed! Falsifiable (after 3 tests):
      [1,2]
""",
        [Failure("quickcheck", "test", "Failed! Falsifiable (after 3 tests):", 2, 3)],
    ),
    (
        """\
src/Till.hs:12:5: Warning:
    No explicit implementation for
      ‘mappend’

<no location info>: 
Failing due to -Werror.
""",
        [
            Failure("ghc", "compile", "No explicit implementation for ‘mappend’", 1, 3, Place("src/Till.hs", 12, 5)),
            Failure("ghc", "compile", "Failing due to -Werror.", 6, 6, summary=True),
        ],
    ),
    (
        """\
  ten percent: FAIL
    test/Tasty.hs:8:
    expected: 217
     but got: 216
    Use -p '/ten percent/' to rerun this test only.
  never grows: FAIL
    *** Failed! Falsified (after 4 tests and 2 shrinks):
    -1
    Use --quickcheck-replay=899893 to reproduce.

2 out of 33 tests failed (0.00s)
""",
        [
            Failure("tasty", "test", "expected: 217 but got: 216", 1, 4, Place("test/Tasty.hs", 8), test="ten percent"),
            Failure(
                "tasty", "test", "*** Failed! Falsified (after 4 tests and 2 shrinks): -1", 6, 8, test="never grows"
            ),
            Failure("tasty", "test", "2 out of 33 tests failed (0.00s)", 11, 11, summary=True),
        ],
    ),
    (
        """\
Test suite hunit: RUNNING...
Cases: 3  Tried: 1  Errors: 0  Failures: 0                      ### Failure in: 1:discount
test/HU.hs:6
expected: 217
 but got: 216
Cases: 3  Tried: 2  Errors: 0  Failures: 1                      ### Error in:   2:of none
Prelude.foldr1: empty list
Cases: 3  Tried: 3  Errors: 1  Failures: 1
""",
        [
            Failure("hunit", "test", "expected: 217", 2, 5, Place("test/HU.hs", 6), test="1:discount"),
            Failure("hunit", "test", "Prelude.foldr1: empty list", 6, 7, test="2:of none"),
        ],
    ),
    (
        """\
opening
till: Prelude.foldr1: empty list
till: boom
CallStack (from HasCallStack):
  error, called at Till.hs:4:8 in main:Main
setup: Encountered missing or private dependencies:
aeson >=4, yesod

src/Ugly.hs:3:10-18: Warning: Redundant ==
Found:
  x == True
""",
        [
            Failure("till", "crash", "Prelude.foldr1: empty list", 2, 2),
            Failure("till", "crash", "boom", 3, 5, Place("Till.hs", 4, 8)),
            Failure("cabal", "package", "aeson >=4, yesod", 6, 7),
            Failure("hlint", "style", "Redundant ==", 9, 11, Place("src/Ugly.hs", 3, 10)),
        ],
    ),
    (
        """\
━━━ Cart ━━━
  ✗ prop_rev failed at Hed.hs:9:14
    after 13 tests and 1 shrink.

      ┏━━ Hed.hs ━━━
    9 ┃   reverse xs === xs
      ┃   ^^^^^^^^^^^^^^^^^

  ✗ 1 failed.
""",
        [
            Failure(
                "hedgehog",
                "test",
                "after 13 tests and 1 shrink.",
                2,
                7,
                Place("Hed.hs", 9, 14),
                test="prop_rev",
            )
        ],
    ),
    (
        """\
$ cabal run mv
mv: thread blocked indefinitely in an MVar operation
""",
        [Failure("mv", "crash", "thread blocked indefinitely in an MVar operation", 2, 2)],
    ),
    (
        """\
Hid.hs:2:1: error:
    Could not load module ‘Data.Map’
    It is a member of the hidden package ‘containers-0.6.4.1’.
    You can run ‘:set -package containers’ to expose it.
  |
2 | import qualified Data.Map as M
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
""",
        [
            Failure(
                "ghc",
                "package",
                "Could not load module ‘Data.Map’ It is a member of the hidden package ‘containers-0.6.4.1’. "
                "You can run ‘:set -package containers’ to expose it.",
                1,
                7,
                Place("Hid.hs", 2, 1),
            )
        ],
    ),
]
GREEN = [
    """\
[1 of 2] Compiling Error            ( src/Error.hs, dist/Error.o )
src/Error.hs:12:5: warning: [-Wunused-binds]
    Defined but not used: ‘error’
src/Old.hs:3:1: Warning:
    The import is redundant
2 examples, 0 failures
""",
]
