"""Lock files that the first call of a tool would make on the way: made before planning, since keys depend on them.

Without that, a clone whose `Cargo.lock` is not in git (most Rust libraries) would do everything twice: the first run
would be remembered under keys without a lock, the second would find one.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pitstop.pipeline.graph import Graph
    from pitstop.pipeline.workspace import Workspace

LOCK = "Cargo.lock"


def missing(space: Workspace, graph: Graph) -> list[str]:
    """Return the folders of the cargo workspaces without a lock file that tasks of `graph` resolve, sorted."""
    packages = {package.id: package for package in space.packages}
    folders: dict[str, None] = {}
    for task in graph.values():
        own = packages[task.package]
        if own.ecosystem == "cargo" and not task.spec.lock:
            continue  # formatting resolves nothing
        for package in (own, *(packages[need] for need in own.needs)):
            if package.ecosystem == "cargo" and not package.lock:
                folders[package.workspace] = None
    return sorted(folder for folder in folders if not os.path.lexists(os.path.join(space.root, folder, LOCK)))


def make(root: str, folder: str, env: Mapping[str, str]) -> bool:
    """Let cargo make the lock file of the workspace in `folder`; return whether it is there.

    Where it cannot (no network, a read-only checkout), the tasks will say so themselves.
    """
    import subprocess

    with_path = os.path.join(root, folder)
    try:
        subprocess.run(
            ("cargo", "generate-lockfile"), cwd=with_path, env=dict(env), stdin=subprocess.DEVNULL, capture_output=True,
            check=False,
        )  # fmt: skip
    except OSError:
        return False
    return os.path.lexists(os.path.join(with_path, LOCK))
