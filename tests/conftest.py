"""Fixtures for every test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from tests.support.pit import Pit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A machine that is busy with something else must not fail a test: examples are not timed.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture
def pit(tmp_path: Path) -> Iterator[Pit]:
    """A temporary repository with the installed program in it."""
    pit = Pit(tmp_path)
    yield pit
    pit.close()
