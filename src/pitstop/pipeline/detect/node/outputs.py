"""What a package's build writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.pipeline.detect.draft import at

if TYPE_CHECKING:
    from pitstop.pipeline.detect.node.workspaces import Module
    from pitstop.pipeline.files import Files

_COMMON = ("dist", "build", "out", "lib")


def build_outputs(files: Files, module: Module) -> tuple[str, ...]:
    """Return globs of what the build of `module` writes."""
    return tuple([f"{name}/**" for name in _COMMON if not files.below(at(module.folder, name))])
