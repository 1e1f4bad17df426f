"""The reference implementation of Argon2 (RFC 9106) in C, as the npm package `argon2` carries it: a real small project."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import pytest
from tests.support.parts import is_ci, require
from tests.support.servers import installed

_PACKAGE = "argon2@0.41.1"


def argon2_source() -> Path:
    """Return a folder with `include/` and `src/`: fetched in CI, else the calling test is skipped without it."""
    folder = installed("argon2-0.41.1")
    if not (folder / "src").is_dir():
        if not is_ci():
            pytest.skip(f"the sources of `argon2` are not installed: `CI=true` has the tests fetch {_PACKAGE} from npm")
        require("npm")
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as work:
            subprocess.run(
                ["npm", "pack", "--silent", _PACKAGE], cwd=work, check=True, timeout=120, capture_output=True
            )
            with tarfile.open(next(Path(work).glob("*.tgz"))) as package:
                package.extractall(work, filter="data")
            shutil.move(f"{work}/package/argon2", folder)
    return folder
