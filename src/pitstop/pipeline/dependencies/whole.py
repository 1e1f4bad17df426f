"""Which tasks keep what they install, and the tasks that build what crates need."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pitstop.core.package import REPOSITORY, Package
from pitstop.core.task import CACHE_CHECKOUT, TaskSpec
from pitstop.pipeline.detect.draft import above, at, literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.pipeline.files import Files

NAME = "dependencies"
_BUILDING = ("cargo-build", "cargo-test", "cargo-clippy")
"""The batches whose tasks compile what a crate needs."""
_CARGO_CONFIG = (".cargo/config.toml", ".cargo/config")
_TOOLCHAIN = ("rust-toolchain.toml", "rust-toolchain")


def keep_whole(packages: Sequence[Package], files: Files) -> tuple[Package, ...]:
    """Return `packages` with installations that are kept, and with what their crates need as a task of its own."""
    found = [_with_trees(package) if package.id == REPOSITORY else package for package in packages]
    tops = sorted({package.workspace for package in packages if package.ecosystem == "cargo"})
    added: dict[str, TaskSpec] = {}
    for top in tops:
        members = [package for package in packages if package.ecosystem == "cargo" and package.workspace == top]
        spec = _crates(top, members, files, alone=len(tops) == 1)
        if spec is not None:
            added[top] = spec
    if not added:
        return tuple(found)
    found = [_waiting(package, added) if package.ecosystem == "cargo" else package for package in found]
    specs = tuple(added.values())
    if found[0].id == REPOSITORY:
        found[0] = found[0]._replace(tasks=(*found[0].tasks, *specs))
    else:
        found.insert(0, Package(id=REPOSITORY, name=REPOSITORY, ecosystem="", root="", tasks=specs))
    return tuple(found)


def _with_trees(repository: Package) -> Package:
    return repository._replace(
        tasks=tuple(
            spec._replace(tree=_tree(spec))
            if spec.cache == CACHE_CHECKOUT and spec.name.startswith("install")
            else spec
            for spec in repository.tasks
        )
    )


def _tree(spec: TaskSpec) -> tuple[str, ...]:
    """Return the folders that an installation makes: also those that a package manager makes in each package."""
    made = tuple(_path(glob) for glob in spec.outputs)
    if not any(path.endswith("node_modules") for path in made):
        return made
    members = [_path(glob) for glob in spec.inputs if glob.endswith("package.json")]
    inner = [at(path.rpartition("/")[0], "node_modules") for path in members]
    return tuple(dict.fromkeys((*made, *inner)))


def _path(glob: str) -> str:
    return re.sub(r"\\(.)", r"\1", glob.removeprefix("//"))


def _crates(top: str, members: Sequence[Package], files: Files, *, alone: bool) -> TaskSpec | None:
    """Return the task that builds what the crates of a workspace need; None where they need nothing, or build elsewhere."""
    configs = [at(place, name) for place in (top, *above(top)) for name in _CARGO_CONFIG]
    configs = [path for path in configs if path in files]
    lock = at(top, "Cargo.lock")
    if lock not in files or any(b"target-dir" in (files.read(path) or b"") for path in configs):
        return None
    if b"\nsource = " not in (files.read(lock) or b""):
        return None
    inputs = {member.manifest for member in members} | {lock, at(top, "Cargo.toml"), *configs}
    inputs |= {path for place in (top, *above(top)) for name in _TOOLCHAIN if (path := at(place, name)) in files}
    lints = any(spec.batch == "cargo-clippy" for member in members for spec in member.tasks)
    return TaskSpec(
        name=NAME if alone or not top else f"{NAME}-{top.replace('/', '-')}",
        command=("pitstop", NAME, *(("--lint",) if lints else ())),
        cwd=top,
        inputs=tuple(literal(path) for path in sorted(inputs) if path in files),
        outputs=(literal(at(top, "target")),),
        tree=(at(top, "target"),),
        cache=CACHE_CHECKOUT,
        lock=f"cargo:{top}",
        tools=("cargo", "rustc"),
        origin=lock,
        description=f"build what the crates of {at(top, 'Cargo.toml')} need, and none of them",
    )


def _waiting(package: Package, added: dict[str, TaskSpec]) -> Package:
    spec = added.get(package.workspace)
    if spec is None:
        return package
    return package._replace(tasks=tuple(_after(one, f"{REPOSITORY}:{spec.name}") for one in package.tasks))


def _after(spec: TaskSpec, name: str) -> TaskSpec:
    return spec._replace(depends_on=(*spec.depends_on, name)) if spec.batch in _BUILDING else spec
