"""Origin: where a value was written."""

from __future__ import annotations

from typing import NamedTuple

from pitstop.core.errors import ConfigError


class Origin(NamedTuple):
    """A place in a configuration file; line and column count from 1, 0: the whole file."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file

    def error(self, problem: str, *, hint: str = "") -> ConfigError:
        """Return an error that names this place."""
        return ConfigError(problem, file=self.file, line=self.line, column=self.column, hint=hint)
