"""Placeholder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.pipeline.detect.draft import Draft

if TYPE_CHECKING:
    from pitstop.pipeline.detect.evidence import Evidence
    from pitstop.pipeline.files import Files


def find(files: Files, evidence: Evidence) -> Draft:  # noqa: ARG001
    """Return nothing yet."""
    return Draft([], [], [])
