"""What unittest, doctest, tox and nox printed."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
F
======================================================================
FAIL: test_eq (tests.test_a.TestU.test_eq)
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/app/tests/test_a.py", line 13, in test_eq
    def test_eq(self): self.assertEqual([1, 2], [1, 3])
                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
AssertionError: Lists differ: [1, 2] != [1, 3]

First differing element 1:
2
3

======================================================================
ERROR: test_b (tests.test_b.TestB)
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/usr/lib/python3.11/unittest/case.py", line 162, in run
    module = __import__(module_name)
  File "/app/tests/test_b.py", line 1, in test_b
    raise KeyError("b")
KeyError: 'b'

----------------------------------------------------------------------
Ran 2 tests in 0.001s

FAILED (failures=1, errors=1)
""",
        [
            Failure(
                "unittest",
                "test",
                "AssertionError: Lists differ: [1, 2] != [1, 3]",
                9,
                9,
                Place("/app/tests/test_a.py", 13),
                test="tests.test_a.TestU.test_eq",
            ),
            Failure(
                "unittest",
                "test",
                "KeyError: 'b'",
                23,
                23,
                Place("/app/tests/test_b.py", 1),
                test="tests.test_b.TestB.test_b",
            ),
            Failure("unittest", "test", "FAILED (failures=1, errors=1)", 28, 28, summary=True),
        ],
    ),
    (
        """\
**********************************************************************
File "/app/pkg/m.py", line 4, in m.div
Failed example:
    div(4, 2)
Expected:
    3
Got:
    2.0
**********************************************************************
***Test Failed*** 1 failures.
""",
        [
            Failure("doctest", "test", "Failed example: div(4, 2)", 3, 8, Place("/app/pkg/m.py", 4), test="m.div"),
            Failure("doctest", "test", "***Test Failed*** 1 failures.", 10, 10, summary=True),
        ],
    ),
    (
        """\
py: exit 1 (0.02 seconds) /app> python -m build pid=1851
  py: FAIL code 1 (0.58=setup[0.56]+cmd[0.02] seconds)
nox > Command python -m build failed with exit code 1
nox > Session t failed.
""",
        [
            Failure("tox", "command", "py: exit 1 (0.02 seconds) /app> python -m build pid=1851", 1, 1, summary=True),
            Failure("tox", "command", "py: FAIL code 1 (0.58=setup[0.56]+cmd[0.02] seconds)", 2, 2, summary=True),
            Failure("nox", "command", "Command python -m build failed with exit code 1", 3, 3, summary=True),
            Failure("nox", "command", "Session t failed.", 4, 4, summary=True),
        ],
    ),
    (
        """\
  Scenario: coupon takes ten percent  # features/z.feature:2
    Given a cart                      # features/steps/s.py:2
    When I add 3 items                # features/steps/s.py:4
    Then there are 4 items            # features/steps/s.py:6
      ASSERT FAILED: expected 4 items, got 3


Failing scenarios:
  features/z.feature:2  coupon takes ten percent

4 features passed, 1 failed, 0 skipped
""",
        [
            Failure("behave", "test", "expected 4 items, got 3", 4, 5, Place("features/steps/s.py", 6)),
        ],
    ),
    (
        """\
Cart                                                                          | PASS |
------------------------------------------------------------------------------
Login Shows The Dashboard                                             | FAIL |
Welcome != Dashboard
------------------------------------------------------------------------------
Shop                                                                  | FAIL |
31 tests, 30 passed, 1 failed
==============================================================================
Output:  /home/ada/shop/output.xml
""",
        [
            Failure("robot", "test", "Welcome != Dashboard", 3, 4, test="Login Shows The Dashboard"),
            Failure("robot", "test", "31 tests, 30 passed, 1 failed", 6, 7, test="Shop", summary=True),
        ],
    ),
    (
        """\
{1} t.test_a.A.test_ok7 [0.000028s] ... ok
{1} t.test_a.A.test_quota [0.000870s] ... FAILED

Captured traceback:
~~~~~~~~~~~~~~~~~~~
    Traceback (most recent call last):

      File "/app/t/test_a.py", line 24, in test_quota
    self.assertEqual(10, 11)

      File "/app/lib/python3.11/site-packages/testtools/testcase.py", line 704, in assertThat
    raise mismatch_error

    testtools.matchers._impl.MismatchError: 10 != 11


==============================
Failed 1 tests - output below:
==============================
$ stestr last
""",
        [
            Failure(
                "stestr",
                "test",
                "testtools.matchers._impl.MismatchError: 10 != 11",
                2,
                14,
                Place("/app/t/test_a.py", 24),
                test="t.test_a.A.test_quota",
            ),
        ],
    ),
    (
        """\
$ tox -e py36
py36: failed with could not find python interpreter matching any of the specs py36
  py36: FAIL code 1 (5.10 seconds)
""",
        [
            Failure(
                "tox",
                "configuration",
                "failed with could not find python interpreter matching any of the specs py36",
                2,
                2,
            ),
            Failure("tox", "command", "py36: FAIL code 1 (5.10 seconds)", 3, 3, summary=True),
        ],
    ),
]

GREEN = [
    """\
test_eq (tests.test_a.TestU.test_eq) ... ok
----------------------------------------------------------------------
Ran 1 test in 0.000s

OK
  py: OK (0.58 seconds)
""",
]
