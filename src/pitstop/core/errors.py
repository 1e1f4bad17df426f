"""The one family of errors: what is wrong, how to mend it, and the exit code.

PitstopError
├── UsageError        2   the command line or a configuration file is wrong
│   └── ConfigError   2   names file, line and column
├── PlanError         2   the repository cannot be planned (cycle, missing member)
└── SurroundingError  3   disk, network, a missing tool

A pipeline that failed is not an error but a result: exit code 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_SURROUNDING = 3
EXIT_BUG = 70
EXIT_INTERRUPT = 130


class PitstopError(Exception):
    """A problem that the user can act on. Subclasses set only `exit_code`.

    `problem` is one lower-case sentence with literals in backticks, `hint` says what to do about it.
    """

    exit_code: ClassVar[int] = EXIT_SURROUNDING

    def __init__(self, problem: str, *, hint: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint

    def render(self) -> str:
        """Return the lines shown on standard error, without a final newline."""
        text = f"error: {self.problem}"
        return f"{text}\nhint: {self.hint}" if self.hint else text


class UsageError(PitstopError):
    """The command line asks for something that cannot be."""

    exit_code = EXIT_USAGE


class PlanError(PitstopError):
    """The repository's own files make no plan: a cycle, a missing member, two packages of one name."""

    exit_code = EXIT_USAGE


class SurroundingError(PitstopError):
    """The machine does not give what is needed: disk, network, a tool, a permission."""

    exit_code = EXIT_SURROUNDING


class ConfigError(UsageError):
    """A configuration file is wrong at one place.

    `line` and `column` count from 1; 0 means that the place is the whole file.
    """

    def __init__(self, problem: str, *, file: str, line: int = 0, column: int = 0, hint: str = "") -> None:
        place = f"{file}:{line}:{column}" if line else file
        super().__init__(f"{place}: {problem}", hint=hint)
        self.file = file
        self.line = line
        self.column = column


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return a hint with the known name that is nearest to `word`, or `otherwise`."""
    from difflib import get_close_matches

    listed = sorted(set(known))
    near = [name for name in listed if name.lower() == word.lower()] or get_close_matches(word, listed, n=1)
    return f"did you mean `{near[0]}`?" if near else otherwise
