"""Logs of test programs in C and C++."""

# ruff: noqa: E101  as the tools print it

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
[==========] Running 2 tests from 1 test suite.
[ RUN      ] Till.Adds
/src/till_test.cc:12: Failure
Expected equality of these values:
  total({1, 2})
    Which is: 3
  4
[  FAILED  ] Till.Adds (0 ms)
[ RUN      ] Till.Pays
[       OK ] Till.Pays (0 ms)
[==========] 2 tests from 1 test suite ran. (1 ms total)
[  PASSED  ] 1 test.
[  FAILED  ] 1 test, listed below:
[  FAILED  ] Till.Adds

 1 FAILED TEST
""",
        [
            Failure(
                "gtest",
                "test",
                "Expected equality of these values: total({1, 2}) Which is: 3 4",
                3,
                7,
                Place("/src/till_test.cc", 12),
                test="Till.Adds",
            ),
            Failure("gtest", "test", "[ FAILED ] Till.Adds (0 ms)", 8, 8, test="Till.Adds", summary=True),
            Failure("gtest", "test", "[ FAILED ] 1 test, listed below:", 13, 13, summary=True),
            Failure("gtest", "test", "[ FAILED ] Till.Adds", 14, 14, test="Till.Adds", summary=True),
        ],
    ),
    (
        """\
-------------------------------------------------------------------------------
adds
-------------------------------------------------------------------------------
/src/till_test.cpp:5
...............................................................................

/src/till_test.cpp:6: FAILED:
  REQUIRE( total(1, 2) == 4 )
with expansion:
  3 == 4

===============================================================================
test cases: 2 | 1 passed | 1 failed
""",
        [
            Failure("catch2", "test", "REQUIRE( total(1, 2) == 4 )", 7, 10, Place("/src/till_test.cpp", 6)),
            Failure("catch2", "test", "test cases: 2 | 1 passed | 1 failed", 13, 13, summary=True),
        ],
    ),
    (
        """\
1/2 Test #1: asserts ..........................Subprocess aborted***Exception:   0.00 sec
    Start 2: good
2/2 Test #2: good .............................   Passed    0.00 sec

50% tests passed, 1 tests failed out of 2

The following tests FAILED:
	  1 - asserts (Subprocess aborted)
Errors while running CTest
""",
        [
            Failure("ctest", "test", "Subprocess aborted***Exception: 0.00 sec", 1, 1, test="asserts"),
            Failure("ctest", "test", "50% tests passed, 1 tests failed out of 2", 5, 5, summary=True),
            Failure("ctest", "test", "The following tests FAILED:", 7, 8, summary=True),
            Failure("ctest", "test", "Errors while running CTest", 9, 9, summary=True),
        ],
    ),
    (
        """\
Running 1 test case...
till_test.cpp(6): error: in "till/adds": check total(1, 2) == 4 has failed [3 != 4]

*** 1 failure is detected in the test module "till"
""",
        [
            Failure(
                "boost-test",
                "test",
                "check total(1, 2) == 4 has failed [3 != 4]",
                2,
                2,
                Place("till_test.cpp", 6),
                test="till/adds",
            ),
            Failure("boost-test", "test", '*** 1 failure is detected in the test module "till"', 4, 4, summary=True),
        ],
    ),
    (
        """\
PASS: pays
FAIL: adds.sh
============================================================================
Testsuite summary for shop 1.0
============================================================================
# TOTAL: 2
# PASS:  1
# FAIL:  1
""",
        [
            Failure("automake", "test", "FAIL: adds.sh", 2, 2, test="adds.sh"),
            Failure("automake", "test", "# FAIL: 1", 8, 8, summary=True),
        ],
    ),
    (
        """\
$ meson test
1/2 shop:adds                                FAIL            0.01s   exit status 1
2/2 shop:pays                                OK              0.01s
""",
        [Failure("meson", "test", "FAIL 0.01s exit status 1", 2, 2, test="shop:adds")],
    ),
    (
        """\
FAIL!  : TillTest::adds() Compared values are not the same
   Actual   (till.total()): 3
   Expected (4)           : 4
   Loc: [till_test.cpp(12)]
""",
        [
            Failure(
                "qttest",
                "test",
                "Compared values are not the same",
                1,
                4,
                Place("till_test.cpp", 12),
                test="TillTest::adds",
            )
        ],
    ),
    (
        """\
till_test.c:12:test_adds:FAIL: Expected 4 Was 3
till_check.c:12:F:core:adds:0: Assertion 'total == 4' failed
""",
        [
            Failure("unity", "test", "Expected 4 Was 3", 1, 1, Place("till_test.c", 12), test="test_adds"),
            Failure("check", "test", "Assertion 'total == 4' failed", 2, 2, Place("till_check.c", 12), test="adds"),
        ],
    ),
    (
        """\
FAIL: Till :: adds.ll (3 of 10)
********************
Failed Tests (1):
  Till :: adds.ll
""",
        [
            Failure("lit", "test", "FAIL: Till :: adds.ll (3 of 10)", 1, 1, test="adds.ll"),
            Failure("lit", "test", "Failed Tests (1):", 3, 4, summary=True),
        ],
    ),
    (
        """\
11/20 case 10 OK              0.07s
12/20 case 11 FAIL            0.07s   exit status 3
>>> MALLOC_PERTURB_=167 /home/ada/till/build/t11
――――――――――――――――――――――――――――――――――――― ✀  ―――――――――――――――――――――――――――――――――――――
stderr:
case 11: drawer is open
―――――――――――――――――――――――――――――――――――――――――――――――――――――――――――――――――――――――――――――

13/20 case 12 OK              0.05s

Summary of Failures:

12/20 case 11 FAIL            0.07s   exit status 3

Ok:                 19
Fail:               1
""",
        [
            Failure("meson", "test", "FAIL 0.07s exit status 3", 2, 7, test="case 11"),
            Failure("meson", "test", "FAIL 0.07s exit status 3", 13, 13, test="case 11", summary=True),
        ],
    ),
    (
        """\
FAIL: t_d.sh
============================================================================
Testsuite summary for till 1.2
============================================================================
# FAIL:  1
# ERROR: 0
make: *** [Makefile:1012: check-am] Error 2
================================
   till 1.2: ./test-suite.log
================================

.. contents:: :depth: 2

FAIL: t_d.sh
============

expected total 7, have 9
FAIL t_d.sh (exit status: 1)
""",
        [
            Failure("automake", "test", "FAIL: t_d.sh", 1, 1, test="t_d.sh", summary=True),
            Failure("automake", "test", "# FAIL: 1", 5, 5, summary=True),
            Failure("make", "build", "[Makefile:1012: check-am] Error 2", 7, 7, Place("Makefile", 1012), summary=True),
            Failure("automake", "test", "FAIL: t_d.sh", 14, 14, test="t_d.sh", summary=True),
            Failure("automake", "test", "expected total 7, have 9", 17, 17, test="t_d.sh"),
        ],
    ),
    (
        """\
[----------] 1 test from At
[ RUN      ] At.Beyond
unknown file: Failure
C++ exception with description "vector::_M_range_check: __n (which is 3) >= this->size() (which is 0)" thrown in the test body.
[  FAILED  ] At.Beyond (0 ms)
""",
        [
            Failure(
                "gtest",
                "test",
                'C++ exception with description "vector::_M_range_check: __n (which is 3) >= this->size() (which is 0)" thrown in the test body.',
                3,
                4,
                test="At.Beyond",
            ),
            Failure("gtest", "test", "[ FAILED ] At.Beyond (0 ms)", 5, 5, test="At.Beyond", summary=True),
        ],
    ),
    (
        """\
TEST(Half, of38) - 0 ms
TEST(Half, ofSeven)
t.cpp:25: error: Failure in TEST(Half, ofSeven)
\tLONGS_EQUAL(4, half(7)) failed
\texpected <4 (0x4)>
\tbut was  <3 (0x3)>

 - 0 ms
""",
        [Failure("cpputest", "test", "LONGS_EQUAL(4, half(7)) failed", 3, 6, Place("t.cpp", 25), test="Half, ofSeven")],
    ),
    (
        """\
  Test: half of 38 ...passed
  Test: half of odd ...FAILED
    1. t.c:23  - CU_ASSERT_EQUAL(half(7),4)
""",
        [Failure("cunit", "test", "CU_ASSERT_EQUAL(half(7),4)", 3, 3, Place("t.c", 23))],
    ),
    (
        """\
1) test: T::odd (F) line: 6 t.cpp
equality assertion failed
- Expected: 4
- Actual  : 3


2) test: T::gone (E)
uncaught exception of type std::exception (or derived).
- no drawer
""",
        [
            Failure(
                "cppunit",
                "test",
                "equality assertion failed - Expected: 4 - Actual : 3",
                1,
                4,
                Place("t.cpp", 6),
                test="T::odd",
            ),
            Failure(
                "cppunit",
                "test",
                "uncaught exception of type std::exception (or derived). - no drawer",
                7,
                9,
                test="T::gone",
            ),
        ],
    ),
    (
        """\
[==========] Running 21 test(s).
[ RUN      ] odd
[  ERROR   ] --- 0x3 != 0x4
[   LINE   ] --- t.c:27: error: Failure!
[  FAILED  ] odd
""",
        [
            Failure("cmocka", "test", "0x3 != 0x4", 3, 4, Place("t.c", 27)),
            Failure("gtest", "test", "[ FAILED ] odd", 5, 5, test="odd"),
        ],
    ),
]
GREEN = [
    """\
[==========] Running 1 test from 1 test suite.
[ RUN      ] Till.FAILED
[       OK ] Till.FAILED (0 ms)
[  PASSED  ] 1 test.
""",
    """\
$ ctest
100% tests passed, 0 tests failed out of 2
""",
    """\
Testsuite summary for shop 1.0
# FAIL:  0
# ERROR: 0
""",
]
