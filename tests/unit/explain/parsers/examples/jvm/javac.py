"""Logs of the compilers of the JVM."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
Till.java:2: error: cannot find symbol
    int total() { return missing; }
                         ^
  symbol:   variable missing
  location: class Till
Till.java:3: error: incompatible types: int cannot be converted to String
    String s = 3;
               ^
2 errors
""",
        [
            Failure("javac", "compile", "cannot find symbol", 1, 5, Place("Till.java", 2)),
            Failure(
                "javac", "compile", "incompatible types: int cannot be converted to String", 6, 8, Place("Till.java", 3)
            ),
            Failure("javac", "compile", "2 errors", 9, 9, summary=True),
        ],
    ),
    (
        """\
compile:
    [javac] Compiling 3 source files to /src/build
    [javac] /src/Till.java:2: error: cannot find symbol
    [javac]     int total() { return missing; }
    [javac]                          ^
    [javac]   symbol:   variable missing
    [javac] 1 error
""",
        [
            Failure("javac", "compile", "cannot find symbol", 3, 6, Place("/src/Till.java", 2)),
            Failure("javac", "compile", "1 error", 7, 7, summary=True),
        ],
    ),
    (
        """\
e: file:///src/Till.kt:12:5 Unresolved reference: missing
e: /src/Shop.kt: (3, 9): Type mismatch: inferred type is Int but String was expected
/src/Till.kt:1:1: Unexpected blank line(s) before "}" (no-blank-line-before-rbrace)
""",
        [
            Failure("kotlinc", "compile", "Unresolved reference: missing", 1, 1, Place("/src/Till.kt", 12, 5)),
            Failure(
                "kotlinc",
                "compile",
                "Type mismatch: inferred type is Int but String was expected",
                2,
                2,
                Place("/src/Shop.kt", 3, 9),
            ),
            Failure(
                "ktlint",
                "style",
                'Unexpected blank line(s) before "}"',
                3,
                3,
                Place("/src/Till.kt", 1, 1),
                code="no-blank-line-before-rbrace",
            ),
        ],
    ),
    (
        """\
[error] /src/Till.scala:12:5: not found: value missing
[error]     missing
[error]     ^
[error] one error found
[error] (Compile / compileIncremental) Compilation failed
""",
        [
            Failure("scalac", "compile", "not found: value missing", 1, 3, Place("/src/Till.scala", 12, 5)),
            Failure("scalac", "compile", "one error found", 4, 4, summary=True),
            Failure("sbt", "build", "(Compile / compileIncremental) Compilation failed", 5, 5, summary=True),
        ],
    ),
    (
        """\
[info] TillSpec:
[info] - should add *** FAILED ***
[info]   3 did not equal 4 (TillSpec.scala:12)
[error] Failed: Total 2, Failed 1, Errors 0, Passed 1
[error] Failed tests:
[error] 	shop.TillSpec
[error] (Test / test) sbt.TestsFailedException: Tests unsuccessful
""",
        [
            Failure("scalatest", "test", "3 did not equal 4", 2, 3, Place("TillSpec.scala", 12), test="should add"),
            Failure("sbt", "test", "[error] Failed: Total 2, Failed 1, Errors 0, Passed 1", 4, 4, summary=True),
            Failure("sbt", "test", "[error] Failed tests:", 5, 6, summary=True),
            Failure("sbt", "build", "(Test / test) sbt.TestsFailedException: Tests unsuccessful", 7, 7, summary=True),
        ],
    ),
    (
        """\
$ ./gradlew javadoc
/src/Till.java:12: error: self-closing element not allowed
 * Adds <br/> all.
        ^
""",
        [Failure("javadoc", "docs", "self-closing element not allowed", 2, 4, Place("/src/Till.java", 12))],
    ),
    (
        """\
/src/Till.java:12: error: [DeadException] Exception created but not thrown
    new Exception();
    ^
""",
        [
            Failure(
                "javac",
                "compile",
                "Exception created but not thrown",
                1,
                3,
                Place("/src/Till.java", 12),
                code="DeadException",
            )
        ],
    ),
    (
        """\
/src/app/src/main/res/values/strings.xml:12: error: not well-formed (invalid token).
/src/Till.kt:12:5: The function total is too long. [LongMethod]
""",
        [
            Failure(
                "aapt",
                "compile",
                "not well-formed (invalid token).",
                1,
                1,
                Place("/src/app/src/main/res/values/strings.xml", 12),
            ),
            Failure(
                "detekt",
                "style",
                "The function total is too long.",
                2,
                2,
                Place("/src/Till.kt", 12, 5),
                code="LongMethod",
            ),
        ],
    ),
    (
        """\
[error]   x adds
[error]    '3' != '4' (TillSpec.scala:12)
[error] (Test / test) sbt.TestsFailedException: Tests unsuccessful
""",
        [
            Failure("specs2", "test", "'3' != '4'", 2, 2, Place("TillSpec.scala", 12)),
            Failure("sbt", "build", "(Test / test) sbt.TestsFailedException: Tests unsuccessful", 3, 3, summary=True),
        ],
    ),
    (
        """\
$ ant java
BUILD FAILED
/src/build.xml:12: Compile failed; see the compiler error output for details.
""",
        [
            Failure(
                "ant",
                "build",
                "Compile failed; see the compiler error output for details.",
                3,
                3,
                Place("/src/build.xml", 12),
            )
        ],
    ),
    (
        """\
Buildfile: /src/lamp/build.xml
libs:
    [javac] Compiling 2 source files to /src/lamp/build
      [get] Getting: https://repo.lamp.example/maven2/lamp/filament/1.0/filament-1.0.jar

BUILD FAILED
/src/lamp/build.xml:1: Can't get https://repo.lamp.example/maven2/lamp/filament/1.0/filament-1.0.jar to /src/lamp/filament-1.0.jar
""",
        [
            Failure(
                "ant",
                "package",
                "Can't get https://repo.lamp.example/maven2/lamp/filament/1.0/filament-1.0.jar to /src/lamp/filament-1.0.jar",
                7,
                7,
                Place("/src/lamp/build.xml", 1),
            )
        ],
    ),
    (
        """\
[info] ! Cart.discount never grows: Falsified after 3 passed tests.
[info] > ARG_0: 1
[info] > ARG_1: -128
[info] + Cart.empty: OK, passed 100 tests.
[error] Error: Total 5, Failed 2, Errors 1, Passed 2
$ sbt test
""",
        [
            Failure("scalacheck", "test", "Falsified after 3 passed tests.", 1, 3, test="Cart.discount never grows"),
            Failure("sbt", "test", "[error] Error: Total 5, Failed 2, Errors 1, Passed 2", 5, 5, summary=True),
        ],
    ),
    (
        """\
kiosk.BasketSuite:
  + total of one item 0.208s
==> X kiosk.BasketSuite.discount keeps cents  0.443s munit.ComparisonFailException: /src/BasketSuite.scala:4
4:  test("discount keeps cents") { assertEquals(cart.discount(10), 112) }
values are not the same
=> Obtained
113
    at munit.Assertions.failComparison(Assertions.scala:278)
$ sbt test
""",
        [
            Failure(
                "munit",
                "test",
                "munit.ComparisonFailException: /src/BasketSuite.scala:4",
                3,
                7,
                Place("/src/BasketSuite.scala", 4),
                test="kiosk.BasketSuite.discount keeps cents",
            )
        ],
    ),
]
GREEN = [
    """\
Note: Till.java uses unchecked or unsafe operations.
[info] TillSpec:
[info] - should say FAILED when it failed
[info] All tests passed.
""",
]
