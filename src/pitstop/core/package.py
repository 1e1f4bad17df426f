"""Package: one part of a repository that an ecosystem's own tool treats as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pitstop.core.task import TaskSpec

REPOSITORY = "//"
"""The id of the pseudo package that owns tasks of the whole repository (`//:install`), as turbo's `//`."""


class Package(NamedTuple):
    """One package as its manifest describes it. Paths are POSIX, relative to the repository; `""` is its root."""

    id: str
    """Unique in the repository: the name, or `name@ecosystem` where two ecosystems use one name."""
    name: str
    """The name in the manifest."""
    ecosystem: str
    """`cargo`, `node`, `python` or `go`; `""` for the repository itself."""
    root: str
    """The folder of the package."""
    manifest: str = ""
    """The file that declares it."""
    workspace: str = ""
    """The root folder of the ecosystem's workspace that the package belongs to (where its lock file lies)."""
    needs: tuple[str, ...] = ()
    """Ids of the packages it depends on at build and run time, sorted."""
    dev_needs: tuple[str, ...] = ()
    """Ids of packages that only its tests and tools depend on, sorted; these may form cycles."""
    lock: str = ""
    """SHA-256 (hex) over the lock file entries that its dependencies reach; `""` without a lock file."""
    shared: tuple[str, ...] = ()
    """Files outside the package that each of its tasks reads: workspace manifest, toolchain, lint settings."""
    path: tuple[str, ...] = ()
    """Folders put before PATH for its tasks (`node_modules/.bin`, `.venv/bin`), nearest first."""
    env: tuple[tuple[str, str], ...] = ()
    """Variables that its ecosystem's runner would set (npm's), part of no key: they follow from the manifest."""
    tasks: tuple[TaskSpec, ...] = ()
    """What the ecosystem offers for this package without configuration."""
