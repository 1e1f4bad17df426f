"""Servers that come as Python packages, each in an environment of its own: their protobuf messages clash with ours."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.support.parts import is_ci
from tests.support.servers import installed

if TYPE_CHECKING:
    from pathlib import Path


def environment(name: str, requirement: str) -> Path:
    """Return the folder of an environment that has `requirement`: made in CI, else the calling test is skipped."""
    folder = installed(name)
    if _is_whole(folder):
        return folder
    how = f"{sys.executable} -m venv {folder} && {folder}/bin/pip install '{requirement}' && touch {folder}/whole"
    if not is_ci():
        pytest.skip(f"`{requirement}` is not installed: {how}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two runs may want it at once
        if not _is_whole(folder):
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=120)
            subprocess.run([folder / "bin/pip", "install", "--quiet", requirement], check=True, timeout=300)
            (folder / "whole").touch()
    return folder


def _is_whole(folder: Path) -> bool:
    return (folder / "whole").exists()
