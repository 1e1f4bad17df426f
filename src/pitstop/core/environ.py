"""The only reader of the environment variables of this process."""

from __future__ import annotations

import os

environ = os.environ  # noqa: TID251  the one door
"""Names and values, as the process got them."""


def is_ci() -> bool:
    """Return whether a CI service runs this process (`CI` is set to something that is not false)."""
    return environ.get("CI", "").lower() not in {"", "0", "false", "no"}


def is_github() -> bool:
    """Return whether this process runs in a step of GitHub Actions."""
    return environ.get("GITHUB_ACTIONS") == "true"
