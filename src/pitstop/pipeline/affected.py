"""From changed files to the packages that they affect, each with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.package import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from pitstop.core.package import Package

LOCKS = {
    "cargo": ("Cargo.lock",),
    "node": ("package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb"),
    "python": ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml"),
    "go": ("go.sum", "go.work.sum"),
}
"""Names of the lock files of each ecosystem."""


class ChangedFile(NamedTuple):
    """A file of the package changed."""

    path: str


class SharedFile(NamedTuple):
    """A file outside of the package changed that its tasks read."""

    path: str


class LockedDependency(NamedTuple):
    """What the lock file says of its dependencies changed."""

    path: str


class DependsOn(NamedTuple):
    """It needs a package that is affected."""

    package: str


Reason = ChangedFile | SharedFile | LockedDependency | DependsOn


class Affected(NamedTuple):
    """One package whose tasks may end differently now."""

    package: str
    by: Reason

    @property
    def direct(self) -> bool:
        """Whether something of its own changed, and not only of a package that it needs."""
        return not isinstance(self.by, DependsOn)

    @property
    def why(self) -> str:
        """The reason in a sentence."""
        match self.by:
            case ChangedFile(path):
                return f"`{path}` changed"
            case SharedFile(path):
                return f"`{path}` changed, which it reads"
            case LockedDependency(path):
                return f"its dependencies in `{path}` changed"
            case DependsOn(package):
                return f"it needs `{package}`"


def affected(
    packages: Sequence[Package],
    changed: Collection[str],
    old: Callable[[str], bytes | None] | None = None,
    root: str = "",
) -> tuple[Affected, ...]:
    """Return the packages that the `changed` paths affect, sorted by id, each with the nearest reason.

    A file belongs to the innermost package around it; one outside of all packages affects `//`, and so does a lock file.
    A changed folder stands for all in it (a submodule). A lock file affects those packages whose part of it differs:
    `old` returns the bytes that a path had before, and the packages of `root` are worked out with them. Where that is
    not possible it affects all packages that it is for.
    """
    found: dict[str, Reason] = {}
    folders: dict[str, list[str]] = {}
    readers: dict[str, list[str]] = {}
    for package in packages:
        if package.id != REPOSITORY:
            folders.setdefault(package.root, []).append(package.id)
        for path in package.shared:
            readers.setdefault(path, []).append(package.id)
    locks: dict[str, list[Package]] = {}
    for path in sorted(changed):
        if held := _locked_by(path, packages):
            locks[path] = held
            found.setdefault(REPOSITORY, ChangedFile(path))
            continue
        owners = _owners(path, folders)
        for owner in owners or (REPOSITORY,):
            found.setdefault(owner, ChangedFile(path))
    for path in sorted(changed):
        for reader in readers.get(path, ()):
            found.setdefault(reader, SharedFile(path))
    if locks:
        before = _digests_before(locks, old, root) if old is not None and root else None
        for path, held in locks.items():
            for package in held:
                if before is None or path not in before or before[path].get(package.id) != package.lock:
                    found.setdefault(package.id, LockedDependency(path))
    _spread(found, packages)
    known = {package.id for package in packages}
    return tuple(Affected(package, found[package]) for package in sorted(found) if package in known)


def _owners(path: str, folders: Mapping[str, list[str]]) -> list[str]:
    """Return the innermost packages around `path`, or those inside it when it is a folder."""
    inside = [owner for folder, ids in folders.items() if folder.startswith(path + "/") for owner in ids]
    folder = path
    while True:
        if folder in folders:
            return inside + folders[folder]
        if not folder:
            return inside
        folder = folder.rpartition("/")[0]


def _locked_by(path: str, packages: Iterable[Package]) -> list[Package]:
    """Return the packages whose dependencies are in the lock file `path`; none when it is no lock file."""
    folder, _, name = path.rpartition("/")
    kinds = {kind for kind, names in LOCKS.items() if name in names}
    if not kinds:
        return []
    return [one for one in packages if one.ecosystem in kinds and folder in {one.workspace, one.root}]


def _digests_before(
    locks: Mapping[str, list[Package]], old: Callable[[str], bytes | None], root: str
) -> dict[str, dict[str, str]] | None:
    """Return `Package.lock` by package as it was, for each lock file that was there; None where that cannot be known."""
    from pitstop.core.errors import PitstopError
    from pitstop.links.git import finish_listing, start_listing
    from pitstop.pipeline.detect import detect
    from pitstop.pipeline.files import Files

    texts = {path: data for path in locks if (data := old(path)) is not None}
    if not texts:
        return None

    class Before(Files):
        """The files as they are now, with the lock files as they were."""

        def read(self, path: str) -> bytes | None:
            return texts[path] if path in texts else super().read(path)

    listed = finish_listing(start_listing(root)).decode("utf-8", "surrogateescape").split("\0")[:-1]
    try:
        found = detect(Before(root, sorted({*listed, *texts})))
    except PitstopError:
        return None  # the old lock file is broken, or does not go with the manifests of now
    digests = {package.id: package.lock for package in found.packages}
    return dict.fromkeys(texts, digests)


def _spread(found: dict[str, Reason], packages: Sequence[Package]) -> None:
    """Add what needs an affected package, however far; nearest first."""
    needed_by: dict[str, list[str]] = {}
    for package in packages:
        for need in (*package.needs, *package.dev_needs):
            needed_by.setdefault(need, []).append(package.id)
    waiting = sorted(found)
    for here in waiting:  # grows while it is read
        for above in needed_by.get(here, ()):
            if above not in found:
                found[above] = DependsOn(here)
                waiting.append(above)
