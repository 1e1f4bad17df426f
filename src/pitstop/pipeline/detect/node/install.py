"""The installation of a Node workspace's dependencies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.task import CACHE_CHECKOUT, TaskSpec
from pitstop.pipeline.detect.draft import Install, at, literal
from pitstop.pipeline.detect.node.workspaces import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.pipeline.detect.node.workspaces import Workspace
    from pitstop.pipeline.files import Files

_LOCKED = {
    "npm": ("npm", "ci", "--no-audit", "--no-fund"),
    "pnpm": ("pnpm", "install", "--frozen-lockfile"),
    "yarn": ("yarn", "install", "--frozen-lockfile", "--non-interactive"),
    "berry": ("yarn", "install", "--immutable"),
    "pnp": ("yarn", "install", "--immutable"),
    "bun": ("bun", "install", "--frozen-lockfile"),
}
_FREE = {
    "npm": ("npm", "install", "--no-audit", "--no-fund"),
    "pnpm": ("pnpm", "install", "--no-frozen-lockfile"),
    "yarn": ("yarn", "install", "--non-interactive"),
    "berry": ("yarn", "install"),
    "pnp": ("yarn", "install"),
    "bun": ("bun", "install"),
}
_SETTINGS = ("pnpm-workspace.yaml", ".npmrc", ".yarnrc", ".yarnrc.yml", "bunfig.toml", ".pnpmfile.cjs")


def install_of(files: Files, workspace: Workspace, members: Sequence[str]) -> Install:
    """Return the installation of `workspace`; with a lock file exactly what it says."""
    top = workspace.folder
    command = (_LOCKED if workspace.lock else _FREE)[workspace.manager]
    inputs = [literal(at(folder, MANIFEST)) for folder in sorted({top, *members})]
    inputs += [literal(path) for name in _SETTINGS if (path := at(top, name)) in files]
    if workspace.lock:
        inputs.append(literal(workspace.lock))
    spec = TaskSpec(
        name="install",
        command=command,
        cwd=top,
        inputs=tuple(inputs),
        outputs=(literal(at(top, ".pnp.cjs" if workspace.manager == "pnp" else "node_modules")),),
        cache=CACHE_CHECKOUT,
        tools=("node", command[0]),
        origin=workspace.lock or at(top, MANIFEST),
        description=f"install the dependencies of {at(top, MANIFEST)}",
    )
    return Install("node", top, spec)
