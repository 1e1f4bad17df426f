"""The cache server that `act` carries, which speaks the older protocol: built once from act's Go module, then kept."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from tests.support.parts import is_ci, require
from tests.support.servers import free_port, installed, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VERSION = "v0.2.89"
_MODULE = "module cacheserver\n\ngo 1.24\n"
_MAIN = """\
package main

import (
	"fmt"
	"os"
	"strconv"

	"github.com/nektos/act/pkg/artifactcache"
)

func main() {
	port, err := strconv.ParseUint(os.Args[2], 10, 16)
	if err != nil {
		panic(err)
	}
	handler, err := artifactcache.StartHandler(os.Args[1], "", "127.0.0.1", uint16(port), nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(handler.ExternalURL())
	select {}
}
"""


def built() -> Path:
    """Return the program, which CI builds when it is missing."""
    require("go")
    folder = installed(f"act-cache-{VERSION}")
    program = folder / "act-cache"
    if program.exists():
        return program
    how = f"run one of its tests with `CI=true`, which builds it in {folder}"
    if not is_ci():
        pytest.skip(f"`act`'s cache server is not installed: {how}")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "go.mod").write_text(_MODULE)
    (folder / "main.go").write_text(_MAIN)
    env = {**os.environ, "GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "auto"}
    for argv in (
        ["go", "get", f"github.com/nektos/act/pkg/artifactcache@{VERSION}"],
        ["go", "build", "-o", "act-cache.new", "."],
    ):
        done = subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, timeout=280, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
    (folder / "act-cache.new").rename(program)
    return program


@contextmanager
def act_cache(folder: Path) -> Iterator[str]:
    """Run the server with its files in `folder`; yield what ACTIONS_CACHE_URL is to it."""
    port, log = free_port(), folder / "act.log"
    with running([str(built()), str(folder / "cache"), str(port)], port, log):
        yield log.read_text().splitlines()[0] + "/"
