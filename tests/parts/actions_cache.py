"""The package `@actions/cache`, which the action `actions/cache` is made of: installed once, then kept."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.support.parts import is_ci, require
from tests.support.servers import installed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VERSION = "6.3.0"
_SCRIPT = """\
import { restoreCache, saveCache } from '@actions/cache'
const said = []
for (const [what, paths, key, others] of JSON.parse(process.argv[2]))
  said.push((await (what === 'save' ? saveCache(paths, key) : restoreCache(paths, key, others))) ?? null)
console.log('said ' + JSON.stringify(said))
process.exit(0)
"""


def package() -> Path:
    """Return the folder that the package is installed in, by npm in CI when it is missing."""
    require("node", "npm")
    folder = installed(f"actions-cache-{VERSION}")
    if not (folder / "done").exists():
        if not is_ci():
            pytest.skip(f"`@actions/cache` is not installed: `npm install @actions/cache@{VERSION}` in {folder}")
        folder.mkdir(parents=True, exist_ok=True)
        argv = ["npm", "install", "--no-audit", "--no-fund", "--silent", f"@actions/cache@{VERSION}"]
        done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, timeout=280, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        (folder / "done").touch()
    (folder / "script.mjs").write_text(_SCRIPT)
    return folder


def actions_cache(cwd: Path, environ: Mapping[str, str], *calls: tuple[object, ...]) -> tuple[list[object], str]:
    """Make calls such as `("save", ["out"], "key")` in the folder `cwd`; return their answers, and what was printed."""
    script = package() / "script.mjs"
    env = {"PATH": os.environ["PATH"], "RUNNER_TEMP": str(cwd), "GITHUB_WORKSPACE": str(cwd), **environ}
    done = subprocess.run(
        ["node", str(script), json.dumps(calls)],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = [line for line in done.stdout.splitlines() if line.startswith("said ")]
    assert said, done.stdout + done.stderr
    return json.loads(said[0].removeprefix("said ")), done.stdout
