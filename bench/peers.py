"""Installs what is measured: the peers from npm and PyPI, pitstop from this checkout as its user would have it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import NamedTuple

from bench.configs import NPM, PNPM
from bench.measure import BenchError

FROM_NPM = {"turbo": "2.11.11", "nx": "24.0.6", "@moonrepo/cli": "2.5.5", "npm": NPM, "pnpm": PNPM}
FROM_PYPI = {"rust-just": "1.59.0", "ninja": "1.13.2"}
REPOSITORY = Path(__file__).resolve().parent.parent


class Peers(NamedTuple):
    """Where the peers are."""

    modules: Path
    """The `node_modules` that holds turbo, nx, moon, npm and pnpm."""
    native: Path
    """A folder of links to programs as they are without their Node wrapper: `turbo`, `pnpm`."""
    scripts: Path
    """The `bin` of the virtual environment that holds just and ninja."""


def folder() -> Path:
    """Return the folder in the user's cache that holds all that the bench installs and makes."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pitstop-bench"


def install(root: Path) -> Peers:
    """Install the peers below `root`, unless these versions are there already."""
    wanted = {"npm": FROM_NPM, "pypi": FROM_PYPI, "python": sys.version}
    done = root / "installed.json"
    peers = Peers(root / "node_modules", root / "native", root / "venv" / "bin")
    if done.exists() and json.loads(done.read_text()) == wanted:
        return peers
    for tool in ("node", "npm", "git", "make"):
        if shutil.which(tool) is None:
            raise BenchError(f"`{tool}` is needed to measure the peers, and is not installed")
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    (root / "package.json").write_text(json.dumps({"private": True}))
    packages = [f"{name}@{version}" for name, version in FROM_NPM.items()]
    # no install scripts: nothing but the packages themselves is run or fetched
    quietly(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *packages], root)
    peers.native.mkdir()
    for name, pattern in (("turbo", "@turbo/*/bin/turbo"), ("pnpm", "@pnpm/exe.*/pnpm")):
        found = sorted(peers.modules.glob(pattern))
        if not found:
            raise BenchError(f"npm installed no {name} for this machine")
        (peers.native / name).symlink_to(found[0])
    venv.create(root / "venv", with_pip=True)
    wheels = [f"{name}=={version}" for name, version in FROM_PYPI.items()]
    quietly([str(peers.scripts / "python"), "-m", "pip", "install", "--quiet", *wheels], root)
    done.write_text(json.dumps(wanted))
    return peers


def install_pitstop(root: Path) -> Path:
    """Install this checkout, not editable and compiled, into a new virtual environment, and return its `bin`."""
    venv.create(root, with_pip=True, clear=True)
    scripts = root / "bin"
    quietly([str(scripts / "python"), "-m", "pip", "install", "--quiet", str(REPOSITORY)], root)
    quietly([str(scripts / "python"), "-m", "compileall", "-q", str(root / "lib")], root)
    return scripts


def pitstop_version() -> str:
    """Return the commit of this checkout, with `-dirty` where it is not what was committed."""
    argv = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(argv, cwd=REPOSITORY, check=False, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip() or "unknown"


def quietly(argv: list[str], cwd: Path) -> None:
    """Run a program, whose output is only shown where it fails. Raises BenchError then."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        argv, cwd=cwd, env=env, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        raise BenchError(f"`{' '.join(argv)}` ended with {done.returncode}:\n{done.stdout[-3000:]}")
