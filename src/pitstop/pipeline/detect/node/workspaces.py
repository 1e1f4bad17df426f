"""Which Node packages there are, and the workspace and package manager of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pitstop.core.errors import ConfigError, PlanError
from pitstop.core.globs import is_literal
from pitstop.links.formats import read_json, read_yaml
from pitstop.pipeline.detect.draft import at, is_fixture, manifests, parent, resolve
from pitstop.pipeline.detect.members import Folders, folder_matcher
from pitstop.pipeline.files import Note

if TYPE_CHECKING:
    from pitstop.links.formats import Table
    from pitstop.pipeline.files import Files

MANIFEST = "package.json"
PNPM = "pnpm-workspace.yaml"

LOCKS = (
    ("pnpm", "pnpm-lock.yaml"),
    ("yarn", "yarn.lock"),
    ("bun", "bun.lock"),
    ("bun", "bun.lockb"),
    ("npm", "npm-shrinkwrap.json"),
    ("npm", "package-lock.json"),
)
"""Lock files, the first one found counts where `packageManager` does not say."""


class Workspace(NamedTuple):
    """A folder in which a package manager is called, with everything it installs there."""

    folder: str
    manager: str
    """`npm`, `pnpm`, `yarn` (1), `berry` (yarn 2 and later), `pnp` (the same without `node_modules`) or `bun`."""
    lock: str = ""
    """Path of the lock file; `""` where there is none."""
    is_lone: bool = False
    """One package without members."""
    catalogs: tuple[tuple[str, Table], ...] = ()
    """Versions by catalog and name (pnpm, bun); the default catalog is called `""`."""


class Module(NamedTuple):
    """One package.json that counts."""

    folder: str
    name: str
    table: Table
    top: str
    """The folder of its workspace."""


class Modules(NamedTuple):
    """All of them, by folder, and the workspaces, by folder."""

    modules: dict[str, Module]
    workspaces: dict[str, Workspace]


def find_modules(files: Files, notes: list[Note]) -> Modules:
    """Return the packages and workspaces of the repository.

    A package.json below another project counts when a workspace names it or a lock file lies beside it; below a
    project without workspaces also when it has scripts. Fixtures and templates never count on their own.
    """
    folders = Folders(parent(path) for path in manifests(files, MANIFEST))
    modules: dict[str, Module] = {}
    workspaces: dict[str, Workspace] = {}
    for folder in sorted(folders.all, key=lambda folder: (folder.count("/") + bool(folder), folder)):
        if folder in modules:
            continue
        around = _around(folder, workspaces)
        lock = _lock(files, folder)
        reason = ""
        if around is not None:
            if is_fixture(folder, around.folder, alone=bool(lock)):
                reason = "not planned: a package among fixtures, examples or tests"
            elif not around.is_lone and not lock and at(folder, PNPM) not in files:
                reason = f"not planned: no member of the workspace in {at(around.folder, MANIFEST)}"
        if reason:
            notes.append(Note(at(folder, MANIFEST), reason))
            continue
        table = _read(files, folder)
        patterns, catalogs = _patterns(files, folder, table)
        if around is not None and patterns is None and not table.get("scripts"):
            continue  # `{"type": "module"}` and the like: a mark, or something to be copied
        members = _members(files, folder, patterns, folders, notes) if patterns is not None else []
        workspaces[folder] = Workspace(
            folder, _manager(files, folder, table, lock), lock, patterns is None, tuple(sorted(catalogs.items()))
        )
        modules[folder] = _module(folder, table, folder, notes)
        for member in members:
            if member in modules:
                continue
            own = _read(files, member)
            if "name" in own or "scripts" in own or "dependencies" in own or "devDependencies" in own:
                modules[member] = _module(member, own, folder, notes)
    return Modules(modules, workspaces)


def _around(folder: str, workspaces: dict[str, Workspace]) -> Workspace | None:
    while folder:
        folder = parent(folder)
        if folder in workspaces:
            return workspaces[folder]
    return None


def _read(files: Files, folder: str) -> Table:
    path = at(folder, MANIFEST)
    data = files.read(path)
    if data is None:
        raise PlanError(f"{path} cannot be read")
    table = read_json(data, path)
    if not isinstance(table, dict):
        raise ConfigError("not an object", file=path, line=1, column=1)
    return table


def _module(folder: str, table: Table, top: str, notes: list[Note]) -> Module:
    name = table.get("name")
    if not isinstance(name, str) or not name or ":" in name:
        name = folder.rpartition("/")[2] or "root"
        if folder != top:
            notes.append(Note(at(folder, MANIFEST), "has no name, so it is called after its folder"))
    return Module(folder, name, table, top)


def _patterns(files: Files, folder: str, table: Table) -> tuple[list[str] | None, dict[str, Table]]:
    """Return the globs of the workspace that `folder` is the root of, or None, and its catalogs."""
    catalogs: dict[str, Table] = {}
    path = at(folder, PNPM)
    if path in files:
        settings = read_yaml(files.read(path) or b"", path)
        if settings is None or settings == "":
            settings = {}
        if not isinstance(settings, dict):
            raise ConfigError("not a mapping", file=path, line=1, column=1)
        _catalogs(settings, catalogs)
        packages = settings.get("packages")
        if packages is not None and not isinstance(packages, list):
            raise ConfigError("`packages` is no list", file=path)
        return (_strings(packages) if packages is not None else None), catalogs
    workspaces = table.get("workspaces")
    if isinstance(workspaces, dict):
        _catalogs(workspaces, catalogs)
        workspaces = workspaces.get("packages", [])
    _catalogs(table, catalogs)
    yarn = at(folder, ".yarnrc.yml")
    if yarn in files:
        settings = read_yaml(files.read(yarn) or b"", yarn)
        _catalogs(settings if isinstance(settings, dict) else {}, catalogs)
    return (_strings(workspaces) if isinstance(workspaces, list) else None), catalogs


def _catalogs(table: Table, into: dict[str, Table]) -> None:
    if isinstance(table.get("catalog"), dict):
        into[""] = table["catalog"]
    named = table.get("catalogs")
    for name, catalog in named.items() if isinstance(named, dict) else ():
        if isinstance(catalog, dict):
            into["" if name == "default" else str(name)] = catalog


def _members(files: Files, top: str, patterns: list[str], folders: Folders, notes: list[Note]) -> list[str]:
    """Return the folders that `patterns` take, in the order of their names; later negations take away.

    A member that is not there is noted and no error: all package managers pass it over, and some are made by builds.
    """
    found: set[str] = set()
    for pattern in patterns:
        if pattern.startswith("!"):
            fits = folder_matcher(pattern[1:])
            start = len(top) + 1 if top else 0
            found = {folder for folder in found if not fits(folder[start:])}
            continue
        matched = folders.matching(top, pattern)
        if not matched and is_literal(pattern):
            place = resolve(top, pattern)
            if place is not None and place != top and files.read(at(place, MANIFEST)) is not None:
                matched = [place]
            elif place is not None and place != top and not files.below(place):
                where = at(top, PNPM if at(top, PNPM) in files else MANIFEST)
                notes.append(
                    Note(where, f"workspace member `{pattern}` has no {MANIFEST}; package managers pass it over")
                )
        found.update(matched)
    found.discard(top)
    return sorted(found)


def _lock(files: Files, folder: str) -> str:
    return next((path for _, name in LOCKS if (path := at(folder, name)) in files), "")


def _manager(files: Files, folder: str, table: Table, lock: str) -> str:
    """Return the package manager: what `packageManager` says, else what the lock file says."""
    said = table.get("packageManager")
    name, _, version = said.partition("@") if isinstance(said, str) else ("", "", "")
    if name not in {"npm", "pnpm", "yarn", "bun"}:
        name = next((manager for manager, file in LOCKS if lock and lock == at(folder, file)), "")
        version = ""
    if not name:
        name = "pnpm" if at(folder, PNPM) in files else "npm"
    if name == "yarn":
        is_old = version.startswith(("0.", "1.")) if version else at(folder, ".yarnrc.yml") not in files
        return "yarn" if is_old else _linker(files, folder)
    return name


def _linker(files: Files, folder: str) -> str:
    """Return `berry` where yarn 2 and later writes `node_modules`, `pnp` where it does not, as it does by itself."""
    path = at(folder, ".yarnrc.yml")
    data = files.read(path) if path in files else None
    settings = read_yaml(data, path) if data is not None else None
    linker = settings.get("nodeLinker") if isinstance(settings, dict) else None
    return "pnp" if linker is None or linker == "pnp" else "berry"


def _strings(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str) and item] if isinstance(value, list) else []
