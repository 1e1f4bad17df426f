"""Join what the ecosystems found: ids, names of installations, edges between ecosystems, and what must not be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.package import REPOSITORY, Package
from pitstop.pipeline.detect import Found, cargo, go, node, python
from pitstop.pipeline.detect.draft import INSTALL, install_ref
from pitstop.pipeline.detect.evidence import Evidence
from pitstop.pipeline.files import Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pitstop.core.task import TaskSpec
    from pitstop.pipeline.detect.draft import Install
    from pitstop.pipeline.files import Files

_MANY = 3
"""So many notes that say the same are shown one by one."""


def join(files: Files) -> Found:
    """Return everything that the ecosystems find in `files`, under final names."""
    evidence = Evidence(files)
    drafts = [find(files, evidence) for find in (cargo.find, node.find, python.find, go.find)]
    packages = [package for draft in drafts for package in draft.packages]
    installs = _installs([install for draft in drafts for install in draft.installs])
    names = {ref: f"{REPOSITORY}:{spec.name}" for ref, spec in installs.items()}
    notes = [note for draft in drafts for note in draft.notes]
    ids = _ids(packages, notes)
    named = [_named(package, ids, names) for package in packages]
    named.sort(key=lambda package: package.id)
    if installs:
        specs = tuple(sorted(installs.values(), key=lambda spec: spec.name))
        named.insert(0, Package(id=REPOSITORY, name=REPOSITORY, ecosystem="", root="", tasks=specs))
    return Found(tuple(named), _gathered(notes))


def _gathered(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Return the notes in order, those that say the same of many files as one."""
    by_message: dict[str, list[Note]] = {}
    for note in sorted(set(notes)):
        by_message.setdefault(note.message, []).append(note)
    found = []
    for message, same in by_message.items():
        if len(same) > _MANY:
            found.append(Note(same[0].path, f"{message}; so are {len(same) - 1} others"))
        else:
            found += same
    return tuple(sorted(found))


def _ids(packages: Iterable[Package], notes: list[Note]) -> dict[str, str]:
    """Return the id of each package by its manifest: its name, and where that is taken the ecosystem or the folder."""
    by_name: dict[str, list[Package]] = {}
    for package in packages:
        by_name.setdefault(package.name, []).append(package)
    ids = {}
    for name, same in by_name.items():
        if len(same) == 1:
            ids[same[0].manifest] = name
            continue
        ecosystems = [package.ecosystem for package in same]
        for package in same:
            twins = [other for other in same if other.ecosystem == package.ecosystem]
            if len(twins) == 1:
                ids[package.manifest] = f"{name}@{package.ecosystem}"
                continue
            ids[package.manifest] = f"{name}@{package.root or '.'}"
            if len({*ecosystems}) > 1:
                ids[package.manifest] += f"@{package.ecosystem}"
            notes.append(Note(package.manifest, "other packages have its name, so its id has its folder too"))
    return ids


def _installs(installs: list[Install]) -> dict[str, TaskSpec]:
    """Return the task of each installation by its reference, under the shortest name that is its own."""
    ecosystems = [install.ecosystem for install in installs]
    found = {}
    for install in installs:
        name = "install"
        if len(installs) > 1:
            name += f"-{install.ecosystem}"
        if ecosystems.count(install.ecosystem) > 1 and install.folder:
            name += "-" + install.folder.replace("/", "-")
        found[install_ref(install.ecosystem, install.folder)] = install.spec._replace(name=name)
    return found


def _named(package: Package, ids: Mapping[str, str], installs: Mapping[str, str]) -> Package:
    needs = tuple(sorted({ids[manifest] for manifest in package.needs if manifest in ids}))
    dev_needs = {ids[manifest] for manifest in package.dev_needs if manifest in ids} - {*needs}
    return package._replace(
        id=ids[package.manifest],
        needs=needs,
        dev_needs=tuple(sorted(dev_needs)),
        tasks=tuple([_linked(spec, installs) for spec in package.tasks]),
    )


def _linked(spec: TaskSpec, installs: Mapping[str, str]) -> TaskSpec:
    for name in spec.depends_on:
        if name.startswith(INSTALL):
            return spec._replace(depends_on=tuple([installs.get(other, other) for other in spec.depends_on]))
    return spec
