"""Which crates there are, to which workspace each belongs, and which of them need each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pitstop.core.errors import ConfigError, PlanError
from pitstop.core.globs import is_literal
from pitstop.links.formats import read_toml
from pitstop.pipeline.detect.cargo.features import asks
from pitstop.pipeline.detect.draft import at, is_fixture, manifests, parent, resolve
from pitstop.pipeline.detect.members import Folders
from pitstop.pipeline.files import Note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pitstop.links.formats import Table
    from pitstop.pipeline.detect.cargo.features import Asks
    from pitstop.pipeline.files import Files

MANIFEST = "Cargo.toml"


class Crate(NamedTuple):
    """One package of cargo."""

    name: str
    version: str
    """`""` where the manifest has none."""
    folder: str
    manifest: str
    top: str
    """The folder of its workspace; its own when it has none."""
    table: Table
    needs: tuple[str, ...] = ()
    """Manifests of the crates it needs to be built."""
    dev_needs: tuple[str, ...] = ()
    """Manifests of the crates its tests, benches and examples need."""
    asks: Asks = ()
    """Names of the packages it depends on, with the features that it turns on in them (see `features.asks`)."""


class _Manifests:
    """Manifests that were read, each once."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self._read: dict[str, Table | None] = {}

    def get(self, folder: str) -> Table | None:
        """Return the manifest in `folder`, or None where there is none."""
        if folder not in self._read:
            path = at(folder, MANIFEST)
            data = self.files.read(path)
            self._read[folder] = None if data is None else read_toml(data, path)
        return self._read[folder]


def find_crates(files: Files, notes: list[Note]) -> dict[str, Crate]:
    """Return the crates by their folders, in the order of the folders.

    A crate below a workspace that is no member is taken only when it is a workspace of its own or has its own
    `Cargo.lock`, and does not lie among fixtures. Fuzz targets outside of a workspace are never taken: they need flags
    that cargo-fuzz gives, and a plain build of them fails.
    """
    read = _Manifests(files)
    folders = Folders(parent(path) for path in manifests(files, MANIFEST))
    tops: dict[str, str] = {}  # folder of a crate -> folder of its workspace
    roots: list[str] = []
    for folder in sorted(folders.all, key=lambda folder: (folder.count("/") + bool(folder), folder)):
        if folder in tops:
            continue
        around = next((top for top in reversed(roots) if not top or folder.startswith(top + "/")), None)
        if around is not None and is_fixture(folder, around):
            notes.append(Note(at(folder, MANIFEST), "not planned: a crate among fixtures, examples or tests"))
            continue
        try:
            table = read.get(folder)
        except ConfigError:
            if around is None:
                raise
            notes.append(Note(at(folder, MANIFEST), "not planned: not readable, and no member of a workspace"))
            continue
        if table is None:
            continue
        if _is_fuzz(table):
            notes.append(Note(at(folder, MANIFEST), "not planned: fuzz targets, which `cargo fuzz` builds"))
            continue
        if isinstance(table.get("workspace"), dict):
            roots.append(folder)
            for member in _members(folder, table, folders, read):
                tops.setdefault(member, folder)
        elif "package" not in table:
            notes.append(Note(at(folder, MANIFEST), "not planned: neither a package nor a workspace"))
        elif (pointed := _pointed(folder, table)) is not None and _is_workspace(read, pointed):
            tops[folder] = pointed
        elif around is None or at(folder, "Cargo.lock") in files:
            tops[folder] = folder
            roots.append(folder)
        else:
            notes.append(
                Note(at(folder, MANIFEST), f"not planned: no member of the workspace in {at(around, MANIFEST)}")
            )
    return {folder: _crate(folder, top, tops, read) for folder, top in sorted(tops.items())}


def _is_fuzz(table: Table) -> bool:
    """Return whether cargo-fuzz made the manifest."""
    return _table(_table(table, "package"), "metadata").get("cargo-fuzz") is True


def _pointed(folder: str, table: Table) -> str | None:
    """Return the folder that `package.workspace` names."""
    place = _table(table, "package").get("workspace")
    return resolve(folder, place) if isinstance(place, str) else None


def _is_workspace(manifests: _Manifests, folder: str) -> bool:
    return "workspace" in (manifests.get(folder) or {})


def _members(top: str, table: Table, folders: Folders, manifests: _Manifests) -> list[str]:
    """Return the folders of the members of the workspace in `top`, its own package included."""
    workspace = _table(table, "workspace")
    patterns = _strings(workspace.get("members"))
    excluded = [place for text in _strings(workspace.get("exclude")) if (place := resolve(top, text)) is not None]
    explicit = [place for text in patterns if (place := resolve(top, text)) is not None]

    def is_excluded(folder: str) -> bool:
        return _inside(folder, excluded) and not _inside(folder, explicit)

    found: dict[str, None] = {}
    if "package" in table:
        found[top] = None
    for pattern in patterns:
        matched = [folder for folder in folders.matching(top, pattern) if not is_excluded(folder)]
        if is_literal(pattern) and not matched:
            place = resolve(top, pattern)
            if place is None or is_excluded(place):
                continue
            if manifests.get(place) is None:
                raise PlanError(
                    f"{at(top, MANIFEST)}: workspace member `{pattern}` has no {MANIFEST}",
                    hint="mend `workspace.members`, or add the crate to git",
                )
            matched = [place]
        for folder in matched:
            if "package" in (manifests.get(folder) or {}):
                found[folder] = None
    queue = list(found)
    while queue:  # path dependencies inside the workspace's folder are members too
        folder = queue.pop()
        for place in _paths(folder, manifests.get(folder) or {}, top, table):
            inside = not top or place.startswith(top + "/")
            if inside and place not in found and not is_excluded(place):
                other = manifests.get(place)
                if other is not None and "package" in other and "workspace" not in other:
                    found[place] = None
                    queue.append(place)
    return list(found)


def _inside(folder: str, places: list[str]) -> bool:
    return any(not place or folder == place or folder.startswith(place + "/") for place in places)


class _Need(NamedTuple):
    kind: str
    key: str
    package: str
    folder: str | None
    value: Table
    """What the manifests say of it; `{}` for a mere version."""


def _needs(folder: str, table: Table, top: str, workspace: Table) -> Iterator[_Need]:
    """Yield the dependencies of the manifest in `folder`, inherited ones looked up in the workspace's."""
    common = _table(_table(workspace, "workspace"), "dependencies")
    for kind, section in _sections(table):
        for key, value in section.items():
            place = folder
            if isinstance(value, dict) and value.get("workspace") is True:
                value, place = _inherited(value, common.get(key)), top
            package, path = key, None
            if isinstance(value, dict):
                package = value["package"] if isinstance(value.get("package"), str) else key
                path = value["path"] if isinstance(value.get("path"), str) else None
            table_of_it = value if isinstance(value, dict) else {}
            yield _Need(kind, key, package, resolve(place, path) if path is not None else None, table_of_it)


def _inherited(value: Table, common: object) -> Table:
    """Return a dependency of the workspace with what the crate adds to it: features."""
    whole = common if isinstance(common, dict) else {}
    listed = [*_listed(whole.get("features")), *_listed(value.get("features"))]
    return {**whole, "features": listed} if listed else whole


def _sections(table: Table) -> Iterator[tuple[str, Table]]:
    targets = [target for target in _table(table, "target").values() if isinstance(target, dict)]
    for owner in (table, *targets):
        for kind in ("dependencies", "build-dependencies", "dev-dependencies"):
            for name in (kind, kind.replace("-", "_")):
                if isinstance(owner.get(name), dict):
                    yield kind, owner[name]


def _paths(folder: str, table: Table, top: str, workspace: Table) -> Iterator[str]:
    for need in _needs(folder, table, top, workspace):
        if need.folder is not None:
            yield need.folder


def _patches(top: str, workspace: Table) -> dict[str, str]:
    """Return the folders that `[patch]` and `[replace]` put in the place of packages, by the package's name."""
    found: dict[str, str] = {}
    sources = [source for source in _table(workspace, "patch").values() if isinstance(source, dict)]
    for source in (*sources, _table(workspace, "replace")):
        for key, value in source.items():
            if isinstance(value, dict) and isinstance(value.get("path"), str):
                name = value["package"] if isinstance(value.get("package"), str) else key.partition(":")[0]
                place = resolve(top, value["path"])
                if place is not None:
                    found[name] = place
    return found


def _crate(folder: str, top: str, tops: dict[str, str], manifests: _Manifests) -> Crate:
    table = manifests.get(folder) or {}
    workspace = manifests.get(top) or {}
    manifest = at(folder, MANIFEST)
    package = _table(table, "package")
    name = package.get("name")
    if not isinstance(name, str) or not name:
        raise ConfigError("`package.name` is missing", file=manifest, hint="cargo needs a name for every package")
    patches = _patches(top, workspace)
    needs: set[str] = set()
    dev_needs: set[str] = set()
    listed = [*_needs(folder, table, top, workspace)]
    for need in listed:
        place = need.folder if need.folder is not None else patches.get(need.package)
        if place is None or place not in tops:
            continue
        if place == folder and need.kind != "dev-dependencies":
            raise PlanError(f"{manifest}: `{name}` depends on itself", hint=f"remove `{need.key}` from {need.kind}")
        if place != folder:
            (dev_needs if need.kind == "dev-dependencies" else needs).add(at(place, MANIFEST))
    version = package.get("version", "")
    if isinstance(version, dict):
        version = _table(_table(workspace, "workspace"), "package").get("version", "")
    version = version if isinstance(version, str) else ""
    dev_needs -= needs
    return Crate(
        name,
        version,
        folder,
        manifest,
        top,
        table,
        tuple(sorted(needs)),
        tuple(sorted(dev_needs)),
        _asks(listed, table),
    )


def _asks(needs: list[_Need], table: Table) -> Asks:
    return asks(((need.key, need.package, need.value) for need in needs), table)


def read_asks(table: Table, workspace: Table) -> Asks:
    """Return what the crate with the manifest `table` asks of the packages it depends on (see `features.asks`)."""
    return _asks([*_needs("", table, "", workspace)], table)


def _table(value: Table, key: str) -> Table:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _strings(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
