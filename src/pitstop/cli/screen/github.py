"""The form for a step of GitHub Actions: output in groups, annotations for failures, no control codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.cli.screen.plain import ERRORS_ONLY, Plain
from pitstop.cli.screen.style import Style

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO


class Github(Plain):
    """Plain for now."""

    def __init__(self, out: BinaryIO, logs: str = ERRORS_ONLY, folder: Callable[[str], str] | None = None) -> None:
        super().__init__(out, Style(), logs)
        self._folder = folder
