"""What pytest printed."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
============================= test session starts ==============================
collected 3 items

tests/test_a.py FFF                                                      [100%]

==================================== ERRORS ====================================
_______________________ ERROR collecting tests/test_b.py _______________________
ImportError while importing test module '/app/tests/test_b.py'.
tests/test_b.py:1: in <module>
    import nowhere_module
E   ModuleNotFoundError: No module named 'nowhere_module'
=================================== FAILURES ===================================
___________________________________ test_add ___________________________________

    def test_add():
>       assert 1 + 1 == 3, "nope"
E       AssertionError: nope
E       assert (1 + 1) == 3

tests/test_a.py:4: AssertionError
___________________________________ test_div ___________________________________

a = 1, b = 0

>           return a / b
E           ZeroDivisionError: division by zero

pkg/m.py:8: ZeroDivisionError

The above exception was the direct cause of the following exception:

    def test_div():
>       div(1, 0)

tests/test_a.py:6:\x20
_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _\x20

>           raise ValueError("no div") from e
E           ValueError: no div

pkg/m.py:10: ValueError
________________________________ TestU.test_eq _________________________________

self = <test_a.TestU testMethod=test_eq>

>   def test_eq(self): self.assertEqual([1, 2], [1, 3])
E   AssertionError: Lists differ: [1, 2] != [1, 3]
E\x20\x20\x20
E   First differing element 1:

tests/test_a.py:13: AssertionError
=========================== short test summary info ============================
FAILED tests/test_a.py::test_add - AssertionError: nope
FAILED tests/test_a.py::test_div - ValueError: no div
FAILED tests/test_a.py::TestU::test_eq - AssertionError: Lists differ: [1, 2]...
ERROR tests/test_b.py
========================= 3 failed, 1 error in 0.05s ==========================
""",
        [
            Failure(
                "pytest",
                "package",
                "ModuleNotFoundError: No module named 'nowhere_module'",
                11,
                11,
                Place("tests/test_b.py", 1),
                test="tests/test_b.py",
            ),
            Failure(
                "pytest",
                "test",
                "AssertionError: nope",
                17,
                18,
                Place("tests/test_a.py", 4),
                test="tests/test_a.py::test_add",
            ),
            Failure(
                "pytest", "test", "ValueError: no div", 39, 39, Place("pkg/m.py", 10), test="tests/test_a.py::test_div"
            ),
            Failure(
                "pytest",
                "test",
                "AssertionError: Lists differ: [1, 2] != [1, 3]",
                47,
                49,
                Place("tests/test_a.py", 13),
                test="tests/test_a.py::TestU::test_eq",
            ),
            Failure(
                "pytest",
                "test",
                "AssertionError: nope",
                53,
                53,
                Place("tests/test_a.py"),
                test="tests/test_a.py::test_add",
                summary=True,
            ),
            Failure(
                "pytest",
                "test",
                "ValueError: no div",
                54,
                54,
                Place("tests/test_a.py"),
                test="tests/test_a.py::test_div",
                summary=True,
            ),
            Failure(
                "pytest",
                "test",
                "AssertionError: Lists differ: [1, 2]...",
                55,
                55,
                Place("tests/test_a.py"),
                test="tests/test_a.py::TestU::test_eq",
                summary=True,
            ),
            Failure(
                "pytest",
                "test",
                "ERROR tests/test_b.py",
                56,
                56,
                Place("tests/test_b.py"),
                test="tests/test_b.py",
                summary=True,
            ),
            Failure(
                "pytest",
                "test",
                "========================= 3 failed, 1 error in 0.05s ==========================",
                57,
                57,
                summary=True,
            ),
        ],
    ),
    (
        """\
=========================== short test summary info ============================
FAILED tests/test_a.py::test_par[a b] - AssertionError: assert 'a b' == {'a': 1}
1 failed, 2 passed in 0.02s
""",
        [
            Failure(
                "pytest",
                "test",
                "AssertionError: assert 'a b' == {'a': 1}",
                2,
                2,
                Place("tests/test_a.py"),
                test="tests/test_a.py::test_par[a b]",
            ),
            Failure("pytest", "test", "1 failed, 2 passed in 0.02s", 3, 3, summary=True),
        ],
    ),
    (
        """\
=================================== FAILURES ===================================
___________________________________ test_div ___________________________________
tests/test_a.py:6: in test_div
    div(1, 0)
E   ZeroDivisionError: division by zero
""",
        [
            Failure(
                "pytest",
                "test",
                "ZeroDivisionError: division by zero",
                5,
                5,
                Place("tests/test_a.py", 6),
                test="test_div",
            ),
        ],
    ),
    (
        """\
ERROR: usage: pytest [options] [file_or_dir] [file_or_dir] [...]
pytest: error: unrecognized arguments: -n0
  inifile: None
  rootdir: /app
""",
        [
            Failure("pytest", "command", "unrecognized arguments: -n0", 2, 2),
        ],
    ),
]

GREEN = [
    """\
============================= test session starts ==============================
tests/test_a.py::test_error_is_told PASSED                               [ 50%]
tests/test_a.py::test_failed XFAIL (known)                               [100%]
========================= 1 passed, 1 xfailed in 0.05s ==========================
""",
]
