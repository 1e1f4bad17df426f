"""Which modules a start of the program loads, as Python itself reports it."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.pit import Pit

_LINE = re.compile(rb"^import time:\s+\d+ \|\s+\d+ \|\s+(\S+)$", re.MULTILINE)


def loaded(pit: Pit, *argv: str) -> set[str]:
    """Return the modules that `pitstop ARGV` loads beyond those of a bare interpreter. The call must succeed."""
    return _imports(pit, "-P", "-m", "pitstop", *argv) - _imports(pit, "-P", "-c", "import runpy")


def _imports(pit: Pit, *argv: str) -> set[str]:
    done = subprocess.run(
        (sys.executable, "-X", "importtime", *argv), cwd=pit.root, env=pit.env, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
    return {name.decode() for name in _LINE.findall(done.stderr)}
