"""The only reader of the environment variables of this process."""

from __future__ import annotations

import os

environ = os.environ  # noqa: TID251  the one door
"""Names and values, as the process got them."""


def is_ci() -> bool:
    """Return whether this process runs on a CI service."""
    return environ.get("CI", "").lower() in {"1", "true"}


def is_github() -> bool:
    """Return whether this process runs in a step of GitHub Actions."""
    return environ.get("GITHUB_ACTIONS") == "true"
