"""Lock files of Node's package managers: which entries a package's dependencies reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pitstop.pipeline.detect.node.workspaces import Module, Workspace
    from pitstop.pipeline.files import Files


class Whole:
    """A lock file that counts as a whole."""

    def __init__(self, data: bytes) -> None:
        from hashlib import sha256

        self._digest = sha256(data).hexdigest()

    def of(self, module: Module, foreign: list[tuple[str, str]]) -> str:  # noqa: ARG002  what every reader is asked
        """Return the digest of the whole file."""
        return self._digest


def read_lock(files: Files, workspace: Workspace) -> Whole | None:
    """Return the reader of the lock file of `workspace`, or None where there is none."""
    data = files.read(workspace.lock) if workspace.lock else None
    return None if data is None else Whole(data)
