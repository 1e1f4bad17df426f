"""An S3 server on the loopback: versitygw, which keeps objects as files. `go install` brings it when CI needs it."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import pytest
from tests.support.parts import is_ci, require
from tests.support.servers import free_port, installed, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VERSION = "1.8.0"
KEY, SECRET = "AKIAPITSTOPTESTS", "a-secret-of-the-tests"
BUCKET = "shared"


class S3Server(NamedTuple):
    """A server with one bucket."""

    endpoint: str
    root: Path
    """The folder with the buckets."""

    @property
    def environ(self) -> dict[str, str]:
        """Variables as AWS's tools know them."""
        return {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "HOME": str(self.root)}


def versitygw() -> Path:
    """Return the program; under CI it is installed (about two minutes, once), elsewhere the test is skipped."""
    folder = installed(f"versitygw-{VERSION}")
    program = folder / "versitygw"
    if not program.exists():
        install = ["go", "install", f"github.com/versity/versitygw/cmd/versitygw@v{VERSION}"]
        if not is_ci():
            pytest.skip(f"versitygw is not there: `GOBIN={folder} {' '.join(install)}`")
        require("go")
        env = {**os.environ, "GOBIN": str(folder), "GOFLAGS": "-mod=mod"}
        subprocess.run(install, env=env, check=True, timeout=900, capture_output=True)
    return program


@contextmanager
def s3_server(folder: Path) -> Iterator[S3Server]:
    """Run a server with an empty bucket, in a folder whose file system knows extended attributes."""
    program = versitygw()
    root = folder / "buckets"
    (root / BUCKET).mkdir(parents=True)
    (folder / "iam").mkdir()
    port = free_port()
    argv = [str(program), "--quiet", "--keep-alive", "--port", f"127.0.0.1:{port}", "--iam-dir", str(folder / "iam")]
    env = {"ROOT_ACCESS_KEY": KEY, "ROOT_SECRET_KEY": SECRET, "PATH": os.environ["PATH"]}
    with running([*argv, "posix", str(root)], port, folder / "versitygw.log", env=env):
        yield S3Server(f"http://127.0.0.1:{port}", root)
