"""A repository as it is now: files, packages, settings and the graph of tasks, as much of it remembered as holds."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from pitstop.links import git
from pitstop.pipeline import index, state
from pitstop.pipeline.files import Files, Note

if TYPE_CHECKING:
    from pitstop.core.package import Package
    from pitstop.pipeline.graph import Graph
    from pitstop.pipeline.index import Snapshot
    from pitstop.pipeline.settings import Settings

    _Found = tuple[tuple[Package, ...], Settings, Graph, tuple[Note, ...]]

_CONFIG = {
    "node": (".json", ".jsonc", ".json5", ".yaml", ".yml", ".toml", ".js", ".cjs", ".mjs", ".ts", ".cts", ".mts", "rc"),
    "python": (".toml", ".ini", ".cfg"),
}
"""How the names of settings files end that the tools of an ecosystem look for in the folders above a package."""
_NO_CONFIG = ("pitstop.toml", "pitstop_pipeline.py", "turbo.json", "nx.json", "renovate.json", "lerna.json")
_LOCKS = (
    "package-lock.json",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "Cargo.lock",
    "uv.lock",
    "poetry.lock",
    "bun.lock",
)


_SETTINGS = "pitstop.toml"


class Workspace(NamedTuple):
    """Everything that planning knows of a repository."""

    root: str
    snapshot: Snapshot
    packages: tuple[Package, ...]
    """With the tasks that detection and the settings give them."""
    settings: Settings
    graph: Graph
    """Every task of every package."""
    notes: tuple[Note, ...]
    print: bytes
    """The same as long as packages, settings, graph and notes are."""


def load_settings(root: str) -> Settings:
    """Return what the repository at `root` configures, for commands that need no plan. Raises ConfigError."""
    from pitstop.pipeline import settings

    return settings.load(Files(root, []))


def snapshot_of(root: str, listing: git.Listing) -> Snapshot:
    """Return the files of the repository, by the listing that was started for it."""
    return index.take(root, git.finish_listing(listing), f"{root}/.pitstop/state/index")


def load(root: str) -> Workspace:
    """Return the repository at `root` (an absolute path, from `git.find_root`).

    Raises PlanError and ConfigError for what is wrong with it.
    """
    return of_snapshot(root, snapshot_of(root, git.start_listing(root)))


def of_snapshot(root: str, snapshot: Snapshot) -> Workspace:
    """Return the repository with these files; what was worked out before is used as long as no manifest differs."""
    path = f"{root}/.pitstop/state/plan"
    links = snapshot.links()
    whole = sha256("\0".join((root, *snapshot.paths)).encode("utf-8", "surrogateescape"))
    for row in links:
        whole.update(b"%d %b" % (row, snapshot.digests[32 * row : 32 * row + 32]))
    names = whole.digest()
    known = state.load(path)
    if known is not None and known[0] == names and all(_read(root, snapshot, one) == was for one, was in known[1]):
        seal = _seal(names, known[2])
        if seal and known[3:] == (seal,):
            return Workspace(root, snapshot, *_unpickled(known[2]), sha256(known[2]).digest())
    files = own_files(root, snapshot.paths)
    found = _work_out(files, [snapshot.paths[row] for row in links])
    import pickle

    body = pickle.dumps(found, protocol=pickle.HIGHEST_PROTOCOL)
    reads = tuple((one, _read(root, snapshot, one)) for one in sorted(files.reads))
    state.save(path, (names, reads, body, _seal(names, body)))
    return Workspace(root, snapshot, *found, sha256(body).digest())


def _unpickled(body: bytes) -> _Found:
    """Return what was pickled, sealed by this user's pitstop; the module `pickle` costs 3 ms, its core nothing."""
    try:
        from _pickle import loads
    except ImportError:
        from pickle import loads
    found: _Found = loads(body)  # noqa: S301  sealed
    return found


def _seal(names: bytes, body: bytes) -> bytes:
    """Return what nobody can write beside `body` who does not know this user's secret; empty when there is none.

    A repository may come with a `.pitstop/state/` of its own, and what is unpickled can do anything.
    """
    from hashlib import blake2b

    from pitstop.core.errors import SurroundingError
    from pitstop.pipeline.places import user_secret

    try:
        return blake2b(names + body, key=user_secret()).digest()
    except SurroundingError:
        return b""


def own_files(root: str, paths: list[str]) -> Files:
    """Return the files of the repository, less those of the repositories inside it that are roots of their own."""
    files = Files(root, paths)
    named = [path for path in files.named(_SETTINGS) if path != _SETTINGS]
    inner = tuple(
        path.removesuffix(_SETTINGS) for path in named if git.is_own_root(f"{root}/{path[: -len(_SETTINGS)]}")
    )
    if not inner:
        return files
    left = Files(root, [path for path in paths if not path.startswith(inner)])
    left.reads.update(named)
    return left


def _work_out(files: Files, links: list[str]) -> _Found:
    from pitstop.pipeline import settings as configured
    from pitstop.pipeline.detect import detect
    from pitstop.pipeline.graph import link

    found = detect(files)
    settings = configured.load(files)
    detected = found.packages
    if settings.cache.dependencies:
        from pitstop.pipeline.dependencies.whole import keep_whole

        detected = keep_whole(detected, files)
    packages = tuple(_with_shared(package, files) for package in configured.apply(settings, detected))
    if links:
        from pitstop.pipeline.linked import with_linked

        packages = with_linked(packages, files, links)
    return packages, settings, link(packages), (*found.notes, *settings.notes)


def _with_shared(package: Package, files: Files) -> Package:
    """Add the settings files that lie in the folders above a package: its tools look for them there."""
    endings = _CONFIG.get(package.ecosystem)
    if not package.root or endings is None:
        return package
    above = {"": files.top_level("")}
    parts = package.root.split("/")
    for depth in range(1, len(parts)):
        above["/".join(parts[:depth])] = files.top_level("/".join(parts[:depth]))
    extra = {path for listed in above.values() for path in listed if _is_config(path.rpartition("/")[2], endings)}
    return package._replace(shared=tuple(sorted({*package.shared, *extra})))


def _is_config(name: str, endings: tuple[str, ...]) -> bool:
    return name.endswith(endings) and name not in _NO_CONFIG and name not in _LOCKS


def _read(root: str, snapshot: Snapshot, path: str) -> bytes:
    row = snapshot.row(path)
    if row >= 0:
        return snapshot.digests[32 * row : 32 * row + 32]
    try:
        with open(f"{root}/{path}", "rb") as file:
            return sha256(file.read()).digest()
    except OSError:
        return b""
