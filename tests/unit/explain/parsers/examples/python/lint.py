"""What linters, formatters and type checkers of Python printed, and Sphinx."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
F401 [*] `os` imported but unused
 --> pkg/m.py:1:8
  |
1 | import os
  |        ^^
  |
help: Remove unused import: `os`

invalid-syntax: Expected `)`, found newline
 --> pkg/syn.py:1:8
  |
1 | def f(:
  |        ^
  |

Found 2 errors.
[*] 1 fixable with `--fix`.
""",
        [
            Failure("ruff", "style", "`os` imported but unused", 1, 6, Place("pkg/m.py", 1, 8), "F401"),
            Failure(
                "ruff", "compile", "Expected `)`, found newline", 9, 14, Place("pkg/syn.py", 1, 8), "invalid-syntax"
            ),
            Failure("ruff", "style", "Found 2 errors.", 16, 16, summary=True),
            Failure("ruff", "style", "[*] 1 fixable with `--fix`.", 17, 17, summary=True),
        ],
    ),
    (
        """\
pkg/m.py:1:8: F401 [*] `os` imported but unused
pkg/syn.py:1:7: invalid-syntax: Expected a parameter or the end of the parameter list
./pkg/m.py:2:1: E302 expected 2 blank lines, found 0
./pkg/syn.py:1:8: E999 SyntaxError: invalid syntax
""",
        [
            Failure("ruff", "style", "`os` imported but unused", 1, 1, Place("pkg/m.py", 1, 8), "F401"),
            Failure(
                "ruff",
                "compile",
                "Expected a parameter or the end of the parameter list",
                2,
                2,
                Place("pkg/syn.py", 1, 7),
                "invalid-syntax",
            ),
            Failure("flake8", "style", "expected 2 blank lines, found 0", 3, 3, Place("./pkg/m.py", 2, 1), "E302"),
            Failure("flake8", "compile", "SyntaxError: invalid syntax", 4, 4, Place("./pkg/syn.py", 1, 8), "E999"),
        ],
    ),
    (
        """\
************* Module pkg.m
pkg/m.py:12:8: E0602: Undefined variable 'undefined_name' (undefined-variable)

-----------------------------------
Your code has been rated at 0.00/10
""",
        [
            Failure(
                "pylint",
                "style",
                "Undefined variable 'undefined_name' (undefined-variable)",
                2,
                2,
                Place("pkg/m.py", 12, 8),
                "E0602",
            ),
            Failure("pylint", "style", "Your code has been rated at 0.00/10", 5, 5, summary=True),
        ],
    ),
    (
        """\
error: cannot parse: /app/pkg/syn.py:1:6
would reformat /app/pkg/m.py
2 files would be reformatted, 3 files would be left unchanged, 1 file would fail to reformat.
ERROR: /app/tests/test_a.py Imports are incorrectly sorted and/or formatted.
""",
        [
            Failure(
                "black", "compile", "error: cannot parse: /app/pkg/syn.py:1:6", 1, 1, Place("/app/pkg/syn.py", 1, 6)
            ),
            Failure("black", "style", "would reformat /app/pkg/m.py", 2, 2, Place("/app/pkg/m.py")),
            Failure(
                "black",
                "style",
                "2 files would be reformatted, 3 files would be left unchanged, 1 file would fail to reformat.",
                3,
                3,
                summary=True,
            ),
            Failure(
                "isort",
                "style",
                "Imports are incorrectly sorted and/or formatted.",
                4,
                4,
                Place("/app/tests/test_a.py"),
            ),
        ],
    ),
    (
        """\
pkg/m.py:8: error: Incompatible return value type (got "float", expected "int")  [return-value]
pkg/m.py:9:3: note: See the docs
Found 1 error in 1 file (checked 1 source file)
""",
        [
            Failure(
                "mypy",
                "types",
                'Incompatible return value type (got "float", expected "int")',
                1,
                1,
                Place("pkg/m.py", 8),
                "return-value",
            ),
            Failure("mypy", "types", "Found 1 error in 1 file (checked 1 source file)", 3, 3, summary=True),
        ],
    ),
    (
        """\
/app/pkg/m.py
  /app/pkg/m.py:12:9 - error: "undefined_name" is not defined (reportUndefinedVariable)
1 error, 0 warnings, 0 informations
""",
        [
            Failure(
                "pyright",
                "types",
                '"undefined_name" is not defined',
                2,
                2,
                Place("/app/pkg/m.py", 12, 9),
                "reportUndefinedVariable",
            ),
        ],
    ),
    (
        """\
Extension error:
Could not import extension nope_ext (exception: No module named 'nope_ext')
""",
        [
            Failure("sphinx", "docs", "Extension error:", 1, 2),
        ],
    ),
    (
        """\
/app/doc/index.rst:6: WARNING: undefined label: 'x' [ref.ref]
build finished with problems, 2 warnings (with warnings treated as errors).
""",
        [
            Failure("sphinx", "docs", "undefined label: 'x' [ref.ref]", 1, 1, Place("/app/doc/index.rst", 6)),
            Failure(
                "sphinx",
                "docs",
                "build finished with problems, 2 warnings (with warnings treated as errors).",
                2,
                2,
                summary=True,
            ),
        ],
    ),
    (
        """\
Test results:
>> Issue: [B602:subprocess_popen_with_shell_equals_true] subprocess call with shell=True identified, security issue.
   Severity: High   Confidence: High
   CWE: CWE-78 (https://cwe.mitre.org/data/definitions/78.html)
   More Info: https://bandit.readthedocs.io/en/1.9.4/plugins/b602_subprocess_popen_with_shell_equals_true.html
   Location: app/z.py:11:0
10\timport subprocess
11\tsubprocess.call("ls " + str(sys.argv), shell=True)

Found 1 error.
[*] 1 fixable with the `--fix` option.
would reformat app/z.py

Oh no! 💥 💔 💥
1 file would be reformatted, 1 file would be left unchanged.
""",
        [
            Failure(
                "bandit",
                "style",
                "subprocess call with shell=True identified, security issue.",
                2,
                6,
                Place("app/z.py", 11),
                code="B602",
            ),
            Failure("ruff", "style", "Found 1 error.", 10, 10, summary=True),
            Failure("ruff", "style", "[*] 1 fixable with the `--fix` option.", 11, 11, summary=True),
            Failure("black", "style", "would reformat app/z.py", 12, 12, Place("app/z.py")),
            Failure("black", "style", "Oh no! 💥 💔 💥", 14, 14, summary=True),
            Failure(
                "black", "style", "1 file would be reformatted, 1 file would be left unchanged.", 15, 15, summary=True
            ),
        ],
    ),
    (
        """\
Error compiling Cython file:
------------------------------------------------------------
...
    def f(self):
        return self.nm.foo(

^
------------------------------------------------------------
warning: m.pyx:2:1: Unreachable code
m.pyx:9:0: Expected an identifier or literal
""",
        [
            Failure("cython", "compile", "Expected an identifier or literal", 10, 10, Place("m.pyx", 9)),
        ],
    ),
    (
        """\
m/a.py:1 at module level:
        D100: Missing docstring in public module
m/a.py:4 in public function `g`:
        D103: Missing docstring in public function
---------------- RESULT: FAILED (minimum: 80.0%, actual: 0.0%) -----------------
""",
        [
            Failure("pydocstyle", "style", "Missing docstring in public module", 1, 2, Place("m/a.py", 1), code="D100"),
            Failure(
                "pydocstyle", "style", "Missing docstring in public function", 3, 4, Place("m/a.py", 4), code="D103"
            ),
            Failure("interrogate", "style", "RESULT: FAILED (minimum: 80.0%, actual: 0.0%)", 5, 5),
        ],
    ),
]

GREEN = [
    """\
All checks passed!
/app/doc/index.rst:6: WARNING: undefined label: 'x' [ref.ref]
build succeeded, 1 warning.
Success: no issues found in 3 source files
Your code has been rated at 10.00/10
3 files would be left unchanged.
""",
]
