"""Join what the ecosystems found: ids, names of installations, edges between ecosystems, and what must not be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.errors import PlanError
from pitstop.core.package import REPOSITORY, Package
from pitstop.core.task import CACHE_CHECKOUT
from pitstop.pipeline.detect import Found, cargo, go, node, python
from pitstop.pipeline.detect.draft import INSTALL, install_ref
from pitstop.pipeline.detect.evidence import Evidence
from pitstop.pipeline.files import Note
from pitstop.pipeline.graph import strong_components

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pitstop.core.task import TaskSpec
    from pitstop.pipeline.detect.draft import Edge, Install
    from pitstop.pipeline.files import Files

_MANY = 3
"""So many notes that say the same are shown one by one."""


def join(files: Files) -> Found:
    """Return everything that the ecosystems find in `files`, under final names."""
    evidence = Evidence(files)
    drafts = [find(files, evidence) for find in (cargo.find, node.find, python.find, go.find)]
    notes = [note for draft in drafts for note in draft.notes]
    edges = [edge for draft in drafts for edge in draft.edges]
    packages = _with_edges([package for draft in drafts for package in draft.packages], edges)
    packages = _without_circles(packages, notes)
    wanted = {name for package in packages for spec in package.tasks for name in spec.depends_on if INSTALL in name}
    at_root = {(package.ecosystem, package.root) for package in packages if not package.root}
    installs = _installs(
        [
            install
            for draft in drafts
            for install in draft.installs
            if install_ref(install.ecosystem, install.folder) in wanted
            or (install.ecosystem, install.folder) in at_root
        ]
    )
    names = {ref: f"{REPOSITORY}:{spec.name}" for ref, spec in installs.items()}
    ids = _ids(packages, notes)
    waits = _waits(packages, edges, ids)
    tops = {package.manifest: package.workspace for package in packages if package.ecosystem == "cargo"}
    packages = [_with_lock(package, tops) for package in packages]
    named = [_named(package, ids, names, waits.get(package.manifest, ())) for package in packages]
    named.sort(key=lambda package: package.id)
    if installs:
        specs = tuple(sorted(installs.values(), key=lambda spec: spec.name))
        named.insert(0, Package(id=REPOSITORY, name=REPOSITORY, ecosystem="", root="", tasks=specs))
    return Found(tuple(named), _gathered(notes))


def _with_edges(packages: list[Package], edges: Iterable[Edge]) -> list[Package]:
    """Return `packages` with the edges between ecosystems, as far as both ends are there."""
    manifests = {package.manifest for package in packages}
    more: dict[str, list[str]] = {}
    for edge in edges:
        if edge.needs in manifests:
            more.setdefault(edge.package, []).append(edge.needs)
    if not more:
        return packages
    return [
        package._replace(needs=(*package.needs, *more[package.manifest])) if package.manifest in more else package
        for package in packages
    ]


def _waits(packages: Iterable[Package], edges: Iterable[Edge], ids: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return what the tasks of a package wait for in others, by its manifest."""
    manifests = {package.manifest for package in packages}
    found: dict[str, tuple[str, ...]] = {}
    for edge in edges:
        if edge.needs in manifests:
            names = tuple([f"?{ids[edge.needs]}:{name}" for name in edge.waits])
            found[edge.package] = (*found.get(edge.package, ()), *names)
    return found


def _with_lock(package: Package, tops: Mapping[str, str]) -> Package:
    """Keep the build of an extension module or an app from crates apart from what cargo itself does in that workspace.

    Both write to one target folder, and cargo's own lock ends before its documentation tests read from there.
    """
    top = next((tops[need] for need in package.needs if need in tops), None)
    if package.ecosystem == "cargo" or top is None:
        return package
    return package._replace(
        tasks=tuple(
            [
                spec._replace(lock=f"cargo:{top}") if spec.name == "build" and spec.cache == CACHE_CHECKOUT else spec
                for spec in package.tasks
            ]
        )
    )


def _without_circles(packages: list[Package], notes: list[Note]) -> list[Package]:
    """Return `packages` with the edges of circles of needs among the dev needs: no order of building is right there.

    Cargo refuses such packages, and so do we; node's package managers warn, and to go they are nothing special.
    """
    manifests = {package.manifest for package in packages}
    circles = strong_components(
        {package.manifest: [need for need in package.needs if need in manifests] for package in packages}
    )
    mixed = {circles[package.manifest] for package in packages if package.ecosystem != "cargo"}
    found = []
    for package in packages:
        same = {need for need in package.needs if circles.get(need) == circles[package.manifest]}
        if same and circles[package.manifest] not in mixed:
            raise PlanError(
                f"{package.manifest}: `{package.name}` needs itself through {' and '.join(sorted(same))}",
                hint="cargo builds no packages that need each other; make one of them a dev-dependency",
            )
        if same:
            if package.ecosystem == "node":
                notes.append(Note(package.manifest, f"is in a circle of dependencies with {', '.join(sorted(same))}"))
            needs = tuple([need for need in package.needs if need not in same])
            package = package._replace(needs=needs, dev_needs=(*package.dev_needs, *same))
        found.append(package)
    return found


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


def _named(package: Package, ids: Mapping[str, str], installs: Mapping[str, str], waits: tuple[str, ...]) -> Package:
    needs = tuple(sorted({ids[manifest] for manifest in package.needs if manifest in ids}))
    dev_needs = {ids[manifest] for manifest in package.dev_needs if manifest in ids} - {*needs}
    return package._replace(
        id=ids[package.manifest],
        needs=needs,
        dev_needs=tuple(sorted(dev_needs)),
        tasks=tuple([_linked(spec, installs, waits) for spec in package.tasks]),
    )


def _linked(spec: TaskSpec, installs: Mapping[str, str], waits: tuple[str, ...]) -> TaskSpec:
    if waits and spec.name != "format":
        spec = spec._replace(depends_on=(*spec.depends_on, *waits))
    for name in spec.depends_on:
        if name.startswith(INSTALL):
            return spec._replace(depends_on=tuple([installs.get(other, other) for other in spec.depends_on]))
    return spec
