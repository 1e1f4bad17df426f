"""At: a value's place in a configuration file, to be named when the value is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.origin import Origin

if TYPE_CHECKING:
    from pitstop.core.errors import ConfigError
    from pitstop.pipeline.settings.positions import Path, Positions


class At(NamedTuple):
    """The value at `path` of `file`; `at / "key"` is a value inside it."""

    file: str
    positions: Positions
    path: Path = ()

    def __truediv__(self, part: str | int) -> At:
        return self._replace(path=(*self.path, part))

    @property
    def origin(self) -> Origin:
        """The place of the value."""
        return Origin(self.file, *self.positions.find(self.path))

    @property
    def key(self) -> Origin:
        """The place of the key that the value belongs to."""
        return Origin(self.file, *self.positions.find_key(self.path))

    def error(self, problem: str, *, hint: str = "") -> ConfigError:
        """Return an error that names the value's place."""
        return self.origin.error(problem, hint=hint)
