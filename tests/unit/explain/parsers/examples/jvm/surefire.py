"""Logs of JUnit under Maven, Ant and Gradle."""

# ruff: noqa: W291  as the tools print it

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
Running shop.TillTest
Tests run: 2, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.05 sec <<< FAILURE! - in shop.TillTest
adds(shop.TillTest)  Time elapsed: 0.01 sec  <<< FAILURE!
java.lang.AssertionError: expected:<4> but was:<3>
	at org.junit.Assert.fail(Assert.java:88)
	at shop.TillTest.adds(TillTest.java:12)


Results :

Failed tests: 
  TillTest.adds:12 expected:<4> but was:<3>

Tests run: 2, Failures: 1, Errors: 0, Skipped: 0
""",
        [
            Failure(
                "surefire",
                "test",
                "Tests run: 2, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.05 sec <<< FAILURE! - in shop.TillTest",
                2,
                2,
                summary=True,
            ),
            Failure(
                "surefire",
                "test",
                "java.lang.AssertionError: expected:<4> but was:<3>",
                3,
                6,
                Place("TillTest.java", 12),
                test="shop.TillTest.adds",
            ),
            Failure("surefire", "test", "Failed tests:", 11, 12, summary=True),
            Failure("surefire", "test", "Tests run: 2, Failures: 1, Errors: 0, Skipped: 0", 14, 14, summary=True),
        ],
    ),
    (
        """\
[INFO] Running shop.TillTest
[ERROR] Tests run: 2, Failures: 0, Errors: 1, Skipped: 0, Time elapsed: 0.05 s <<< FAILURE! -- in shop.TillTest
[ERROR] shop.TillTest.pays -- Time elapsed: 0.012 s <<< ERROR!
java.lang.IllegalStateException: no till
	at shop.Till.pay(Till.java:30)
	at shop.TillTest.pays(TillTest.java:22)
Caused by: java.io.IOException: gone
	... 2 more

[INFO] Results:
[ERROR] Errors: 
[ERROR]   TillTest.pays:22 » IllegalState no till
[ERROR] Tests run: 2, Failures: 0, Errors: 1, Skipped: 0
""",
        [
            Failure(
                "surefire",
                "test",
                "Tests run: 2, Failures: 0, Errors: 1, Skipped: 0, Time elapsed: 0.05 s <<< FAILURE! -- in shop.TillTest",
                2,
                2,
                summary=True,
            ),
            Failure(
                "surefire",
                "test",
                "java.lang.IllegalStateException: no till",
                3,
                8,
                Place("Till.java", 30),
                test="shop.TillTest.pays",
            ),
            Failure("surefire", "test", "[ERROR] Errors:", 11, 12, summary=True),
            Failure("surefire", "test", "Tests run: 2, Failures: 0, Errors: 1, Skipped: 0", 13, 13, summary=True),
        ],
    ),
    (
        """\
> Task :test FAILED

shop.TillTest > adds() FAILED
    org.opentest4j.AssertionFailedError: expected: <4> but was: <3>
        at org.junit.jupiter.api.AssertionUtils.fail(AssertionUtils.java:55)
        at shop.TillTest.adds(TillTest.java:12)

shop.TillTest > pays FAILED
    java.lang.IllegalStateException at TillTest.java:22

2 tests completed, 2 failed
""",
        [
            Failure(
                "gradle",
                "test",
                "org.opentest4j.AssertionFailedError: expected: <4> but was: <3>",
                3,
                6,
                Place("TillTest.java", 12),
                test="shop.TillTest.adds",
            ),
            Failure(
                "gradle",
                "test",
                "java.lang.IllegalStateException",
                8,
                9,
                Place("TillTest.java", 22),
                test="shop.TillTest.pays",
            ),
            Failure("gradle", "test", "2 tests completed, 2 failed", 11, 11, summary=True),
        ],
    ),
    (
        """\
[ERROR] Failed to execute goal org.apache.maven.plugins:maven-surefire-plugin:2.20.1:test (default-test) on project shop: There are test failures.
[ERROR] The forked VM terminated without properly saying goodbye. VM crash or System.exit called?
""",
        [
            Failure(
                "mvn",
                "test",
                "Failed to execute goal org.apache.maven.plugins:maven-surefire-plugin:2.20.1:test (default-test) on project shop: There are test failures.",
                1,
                1,
                summary=True,
            ),
            Failure(
                "surefire",
                "crash",
                "The forked VM terminated without properly saying goodbye. VM crash or System.exit called?",
                2,
                2,
            ),
        ],
    ),
    (
        """\
    [junit] Running shop.TillTest
    [junit] Testcase: adds(shop.TillTest):	FAILED
    [junit] expected:<4> but was:<3>
    [junit] 	at shop.TillTest.adds(TillTest.java:12)
    [junit] Test shop.TillTest FAILED
""",
        [
            Failure(
                "junit", "test", "expected:<4> but was:<3>", 2, 4, Place("TillTest.java", 12), test="shop.TillTest.adds"
            ),
            Failure("junit", "test", "[junit] Test shop.TillTest FAILED", 5, 5, test="shop.TillTest", summary=True),
        ],
    ),
]
GREEN = [
    """\
Running shop.FailureTest
Tests run: 2, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.05 sec - in shop.FailureTest
shop.TillTest > says FAILED PASSED
Tests run: 2, Failures: 0, Errors: 0, Skipped: 0
""",
]
