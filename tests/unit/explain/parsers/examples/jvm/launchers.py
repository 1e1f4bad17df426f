"""Logs of Java and Groovy programs and of test runners that are started by themselves or by Ant."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
loading prices
Exception in thread "main" java.lang.IllegalStateException: price list is broken
	at Main.main(Main.java:5)
Caused by: java.lang.NumberFormatException: For input string: "12a"
	at java.base/java.lang.Integer.parseInt(Integer.java:668)
	at Main.depth(Main.java:2)
	... 1 more
""",
        [
            Failure(
                "java",
                "crash",
                'java.lang.NumberFormatException: For input string: "12a"',
                2,
                6,
                Place("Main.java", 5),
            )
        ],
    ),
    (
        """\
.ERROR depot closed, retrying
..E.E
Time: 0.153
There were 2 failures:
1) discounts(CartTest)
java.lang.AssertionError: ten percent off expected:<217> but was:<216>
	at org.junit.Assert.fail(Assert.java:89)
	at CartTest.discounts(CartTest.java:5)
2) cheapestOfNone(CartTest)
java.util.NoSuchElementException: No value present
	at java.base/java.util.OptionalInt.getAsInt(OptionalInt.java:130)
	at Cart.cheapest(Cart.java:7)

FAILURES!!!
""",
        [
            Failure(
                "junit",
                "test",
                "java.lang.AssertionError: ten percent off expected:<217> but was:<216>",
                5,
                8,
                Place("CartTest.java", 5),
                test="CartTest.discounts",
            ),
            Failure(
                "junit",
                "test",
                "java.util.NoSuchElementException: No value present",
                9,
                12,
                Place("Cart.java", 7),
                test="CartTest.cheapestOfNone",
            ),
        ],
    ),
    (
        """\
    [junit] Testcase: discounts took 0.006 sec
    [junit] 	FAILED
    [junit] ten percent off expected:<217> but was:<216>
    [junit] 	at CartTest.discounts(CartTest.java:5)
    [junit] 	at java.base/jdk.internal.reflect.NativeMethodAccessorImpl.invoke0(Native Method)
    [junit] Testcase: adds took 0 sec
    [junit] Testcase: slow(CartTest):	Caused an ERROR
    [junit] test timed out after 100 milliseconds
    [junit] 	at java.base@17.0.15/java.lang.Thread.sleep(Native Method)
    [junit] 	at app//CartTest.slow(CartTest.java:7)
""",
        [
            Failure(
                "junit",
                "test",
                "ten percent off expected:<217> but was:<216>",
                1,
                4,
                Place("CartTest.java", 5),
                test="discounts",
            ),
            Failure(
                "junit",
                "test",
                "test timed out after 100 milliseconds",
                7,
                10,
                Place("CartTest.java", 7),
                test="CartTest.slow",
            ),
        ],
    ),
    (
        """\
Failures (1):
  JUnit Jupiter:CartTest:discounts()
    MethodSource [className = 'CartTest', methodName = 'discounts', methodParameterTypes = '']
    => org.opentest4j.AssertionFailedError: ten percent off ==> expected: <217> but was: <216>
       org.junit.jupiter.api.Assertions.assertEquals(Assertions.java:563)
       CartTest.discounts(CartTest.java:7)
       java.base/java.lang.reflect.Method.invoke(Method.java:569)

[         2 tests failed          ]
""",
        [
            Failure(
                "junit",
                "test",
                "org.opentest4j.AssertionFailedError: ten percent off ==> expected: <217> but was: <216>",
                2,
                6,
                Place("CartTest.java", 7),
                test="discounts",
            ),
            Failure("junit", "test", "2 tests failed", 9, 9, summary=True),
        ],
    ),
    (
        """\
PASSED: NG.adds
FAILED: NG.discounts
java.lang.AssertionError: ten percent off expected [217] but found [216]
	at org.testng.Assert.fail(Assert.java:111)
	at NG.discounts(NG.java:5)

SKIPPED: NG.later
Total tests run: 4, Passes: 1, Failures: 1, Skips: 1
""",
        [
            Failure(
                "testng",
                "test",
                "java.lang.AssertionError: ten percent off expected [217] but found [216]",
                2,
                5,
                Place("NG.java", 5),
                test="NG.discounts",
            ),
            Failure(
                "testng",
                "test",
                "Total tests run: 4, Passes: 1, Failures: 1, Skips: 1",
                8,
                8,
                summary=True,
            ),
        ],
    ),
    (
        """\
  Spock:DepotSpec:takes ten percent
    MethodSource [className = 'DepotSpec', methodName = 'takes ten percent', methodParameterTypes = '']
    => Condition not satisfied:

cart[0].cents * 90 / 100 == 217
|   |   |     |    |     |
|   |   240   |    216   false
|   |         21600
|   [cents:240]
[[cents:240]]

       DepotSpec.takes ten percent(CartSpec.groovy:9)

""",
        [
            Failure(
                "junit",
                "test",
                "Condition not satisfied: cart[0].cents * 90 / 100 == 217 | | | | | | | | 240 | 216 false | | 21600 "
                "| [cents:240] [[cents:240]]",
                1,
                12,
                Place("CartSpec.groovy", 9),
                test="takes ten percent",
            )
        ],
    ),
    (
        """\
#
# A fatal error has been detected by the Java Runtime Environment:
#
#  SIGSEGV (0xb) at pc=0x00007ff18f8d2f94, pid=21813, tid=21814
#
# Problematic frame:
# V  [libjvm.so+0xed2f94]  Unsafe_PutLong+0x124

Exception in thread "main" java.lang.StackOverflowError
	at So.f(So.java:1)
	at So.f(So.java:1)
""",
        [
            Failure("java", "crash", "SIGSEGV (0xb) at pc=0x00007ff18f8d2f94, pid=21813, tid=21814", 2, 7),
            Failure("java", "crash", "java.lang.StackOverflowError", 9, 10, Place("So.java", 1)),
        ],
    ),
]
GREEN = [
    """\
JUnit version 4.13.2
.ERROR depot closed, retrying
OK (2 tests)
PASSED: NG.adds
Total tests run: 4, Passes: 4, Failures: 0, Skips: 0
[         0 tests failed          ]
    [junit] Testcase: adds took 0 sec
Exception in thread "depot-1" java.lang.IllegalStateException: closed
""",
]
