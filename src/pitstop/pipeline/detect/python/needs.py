"""Which packages of the repository a Python project needs, crates of its extension modules included."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.pipeline.detect.draft import resolve
from pitstop.pipeline.detect.python.requirements import DEV, normal, section
from pitstop.pipeline.detect.python.setups import read_setup

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pitstop.pipeline.detect.python.locks import Locks, UvLock
    from pitstop.pipeline.detect.python.projects import Project
    from pitstop.pipeline.files import Files


class Needs(NamedTuple):
    """What one project needs."""

    needs: tuple[str, ...]
    """Manifests, also of other ecosystems, sorted."""
    dev_needs: tuple[str, ...]
    folders: frozenset[str]
    """The folders of the Python projects among them."""
    foreign: frozenset[str]
    """Normalised names of what comes from elsewhere, tools for building it left out."""
    is_native: bool
    """It has an extension module that must be built. A program in a wheel (maturin's `bin`) is cargo's to build."""


def find_needs(files: Files, projects: Mapping[str, Project], locks: Locks) -> dict[str, Needs]:
    """Return what each project needs, by folder.

    A requirement is local when it gives a path, or when a project of the repository has its name. In a uv workspace
    the lock file also says what a project needs whose dependencies are made when it is built.
    """
    names = {normal(project.name): folder for folder, project in projects.items() if project.is_installable}
    return {folder: _of(files, project, projects, names, locks.uv(project.top)) for folder, project in projects.items()}


def _of(
    files: Files, project: Project, projects: Mapping[str, Project], names: Mapping[str, str], lock: UvLock | None
) -> Needs:
    needs: set[str] = set()
    dev: set[str] = set()
    foreign: set[str] = set()
    for one in project.requirements:
        place = one.place if one.place is not None else names.get(one.name)
        if place is None or place not in projects:
            if one.kind != "build":
                foreign.add(one.name)
        elif place != project.folder:
            (dev if one.kind == DEV else needs).add(place)
    if lock is not None:
        for listed, into in zip(lock.members_of(project.name), (needs, dev), strict=True):
            into.update(names[name] for name in listed if name in names and names[name] != project.folder)
    dev -= needs
    crates = _crates(files, project)
    return Needs(
        tuple(sorted({*(projects[place].manifest for place in needs), *crates})),
        tuple(sorted(projects[place].manifest for place in dev)),
        frozenset(needs | dev),
        frozenset(foreign),
        section(project.table, "tool", "maturin").get("bindings") != "bin"
        and (bool(crates) or _is_native(files, project)),
    )


def _crates(files: Files, project: Project) -> list[str]:
    """Return the Cargo.toml files of the extension modules of `project`."""
    table = project.table
    found: list[str | None] = []
    system = section(table, "build-system")
    requires = str(system.get("requires", ""))
    if system.get("build-backend") == "maturin" or "maturin" in requires or section(table, "tool", "maturin"):
        said = section(table, "tool", "maturin").get("manifest-path")
        choices = [said] if isinstance(said, str) else ["Cargo.toml", "rust/Cargo.toml"]
        found += [path for name in choices if (path := resolve(project.folder, name)) and path in files][:1]
    modules = section(table, "tool", "setuptools-rust").get("ext-modules")
    for module in modules if isinstance(modules, list) else ():
        path = module.get("path", "Cargo.toml") if isinstance(module, dict) else None
        found.append(resolve(project.folder, path) if isinstance(path, str) else None)
    setup = read_setup(files, project.folder)
    found += [resolve(project.folder, path) for path in (setup.crates if setup is not None else ())]
    return [path for path in found if path is not None and path in files]


def _is_native(files: Files, project: Project) -> bool:
    backend = section(project.table, "build-system").get("build-backend")
    if isinstance(backend, str) and backend.startswith(("scikit_build", "mesonpy", "maturin", "py_build_cmake")):
        return True
    if section(project.table, "tool", "setuptools").get("ext-modules"):
        return True
    setup = read_setup(files, project.folder)
    return setup is not None and setup.is_native
