"""turbo and nx, as npm installs them: once, then kept."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.support.parts import is_ci, require
from tests.support.servers import installed

if TYPE_CHECKING:
    from pathlib import Path

VERSIONS = {"turbo": "2.11.11", "nx": "24.0.6"}


def node_tool(name: str) -> Path:
    """Return the `node_modules` folder that has the tool; made in CI, else the calling test is skipped."""
    require("node", "npm")
    wanted = f"{name}@{VERSIONS[name]}"
    folder = installed(wanted.replace("@", "-"))
    if not (folder / "done").exists():
        argv = ["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(folder), wanted]
        if not is_ci():
            pytest.skip(f"`{wanted}` is not installed: {' '.join(argv)} && touch {folder}/done")
        folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(argv, capture_output=True, text=True, timeout=280, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        (folder / "done").touch()
    return folder / "node_modules"
