"""A terminal before anything runs: when all comes from the cache, the live board is never loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.cli.screen.plain import Plain

if TYPE_CHECKING:
    from typing import BinaryIO

    from pitstop.cli.screen.style import Style


class Waiting(Plain):
    """Plain for now."""

    def __init__(self, out: BinaryIO, style: Style, logs: str, width: int) -> None:
        super().__init__(out, style, logs)
        self._width = width
