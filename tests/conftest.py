"""Fixtures for every test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.support.pit import Pit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def pit(tmp_path: Path) -> Iterator[Pit]:
    """A temporary repository with the installed program in it."""
    pit = Pit(tmp_path)
    yield pit
    pit.close()
