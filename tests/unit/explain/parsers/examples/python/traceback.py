"""Tracebacks of Python."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
Traceback (most recent call last):
  File "/app/pkg/m.py", line 8, in div
    return a / b
           ~~^~~
ZeroDivisionError: division by zero

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/main.py", line 3, in <module>
    div(1, 0)
  File "/app/pkg/m.py", line 10, in div
    raise ValueError("no div") from e
  File "/usr/lib/python3.11/site-packages/lib/x.py", line 1, in y
ValueError: no div
""",
        [
            Failure("python", "runtime", "ValueError: no div", 15, 15, Place("/app/pkg/m.py", 10)),
        ],
    ),
    (
        """\
  File "/app/pkg/syn.py", line 1
    def f(:
          ^
SyntaxError: invalid syntax
""",
        [
            Failure("python", "compile", "SyntaxError: invalid syntax", 4, 4, Place("/app/pkg/syn.py", 1)),
        ],
    ),
    (
        """\
#8 1.250 Traceback (most recent call last):
#8 1.250   File "setup.py", line 2, in <module>
#8 1.250     import numpy
#8 1.250 ModuleNotFoundError: No module named 'numpy'
""",
        [
            Failure("python", "package", "ModuleNotFoundError: No module named 'numpy'", 4, 4, Place("setup.py", 2)),
        ],
    ),
    (
        """\
___________________________________ test_div ___________________________________
Traceback (most recent call last):
  File "/app/pkg/m.py", line 8, in div
    return a / b
ZeroDivisionError: division by zero

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/usr/lib/python3.11/unittest/case.py", line 10, in run
    raise ValueError("no div") from e
ValueError: no div
""",
        [
            Failure("pytest", "test", "ValueError: no div", 12, 12, Place("/app/pkg/m.py", 8), test="test_div"),
        ],
    ),
    (
        """\
usage: app [-h] --port PORT
app: error: the following arguments are required: --port
$ pytest
ERROR: usage: python -m pytest [options] [file_or_dir] [file_or_dir] [...]
python -m pytest: error: unrecognized arguments: --flaky-reruns=3
  inifile: /app/setup.cfg
""",
        [
            Failure("python", "command", "the following arguments are required: --port", 2, 2),
            Failure("python", "command", "unrecognized arguments: --flaky-reruns=3", 5, 5),
        ],
    ),
]

GREEN = [
    """\
Traceback tells nothing here
  File "x", line 1
SyntaxWarning: "is" with a literal
""",
]
