"""Find the packages of a repository, and what can be done with each, from its manifests and lock files alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pitstop.core.package import Package
    from pitstop.pipeline.files import Files, Note


class Found(NamedTuple):
    """What a repository consists of."""

    packages: tuple[Package, ...]
    """Sorted by id; the pseudo package `//` first, if there is something to install."""
    notes: tuple[Note, ...]


def detect(files: Files) -> Found:
    """Return the packages of a repository with the tasks they offer without configuration.

    Only manifests, lock files and tool settings are read, all through `files.read`; no program is started. Raises
    PlanError where the ecosystem's own tool would refuse too (a missing workspace member, two packages of one name),
    and ConfigError for a manifest that cannot be read.
    """
    import gc

    from pitstop.pipeline.detect.join import join

    collects = gc.isenabled()
    gc.disable()  # nothing is thrown away on the way, and looking for it takes a third of the time
    try:
        return join(files)
    finally:
        if collects:
            gc.enable()
