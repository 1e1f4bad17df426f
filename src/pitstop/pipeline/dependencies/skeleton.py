"""A Cargo workspace without its code: its manifests, and an empty file for each source that they name.

Cargo builds what the crates need exactly as for the real ones, for it compiles with the same versions, features and
profiles; of the crates it builds nothing that lasts. (The idea is known from cargo-chef, which does it for images.)
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any, NamedTuple

from pitstop.core.errors import PlanError, SurroundingError

if TYPE_CHECKING:
    from collections.abc import Sequence

_EMPTY_KINDS = frozenset({"lib", "rlib", "dylib", "cdylib", "staticlib", "proc-macro"})
_BESIDE = ("Cargo.lock", "rust-toolchain.toml", "rust-toolchain", ".cargo")


class Crate(NamedTuple):
    """A crate of the repository."""

    name: str
    manifest: str
    """Absolute path, as are those of its targets."""
    targets: tuple[tuple[str, bool], ...]
    """The source file of each, and whether it may be empty; else it has a `main`."""


class Crates(NamedTuple):
    """The crates of a workspace and all that they need from the repository."""

    top: str
    """The folder of the workspace, absolute."""
    target: str
    """The folder that is built into, absolute."""
    crates: tuple[Crate, ...]
    members: tuple[str, ...]
    """Names of those that belong to the workspace."""


def look(folder: str) -> Crates:
    """Return what cargo says of the workspace in `folder`.

    Raises SurroundingError without cargo, and PlanError when cargo cannot read it.
    """
    command = ("cargo", "metadata", "--format-version", "1", "--locked")
    try:
        done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, check=False)
    except OSError as error:
        raise SurroundingError(f"cannot start cargo: {error.strerror}", hint="install it: https://rustup.rs") from error
    if done.returncode:
        raise PlanError(f"`{' '.join(command)}` failed in `{folder}`", hint="what cargo says stands above")
    return read(json.loads(done.stdout))


def read(metadata: dict[str, Any]) -> Crates:
    """Return the crates of the repository in the output of `cargo metadata` (format version 1)."""
    own = [package for package in metadata["packages"] if package["source"] is None]
    crates = tuple(
        Crate(
            package["name"],
            package["manifest_path"],
            tuple((target["src_path"], not _EMPTY_KINDS.isdisjoint(target["kind"])) for target in package["targets"]),
        )
        for package in own
    )
    ids = set(metadata["workspace_members"])
    members = tuple(package["name"] for package in own if package["id"] in ids)
    return Crates(metadata["workspace_root"], metadata["target_directory"], crates, members)


def lay_out(crates: Crates, root: str, folder: str) -> str:
    """Write the workspace without its code below `folder`, as it lies below `root`; return the folder of its top.

    Raises PlanError for a crate outside of `root`, and OSError.
    """
    shutil.rmtree(folder, ignore_errors=True)
    top = _below(folder, root, crates.top)
    for crate in crates.crates:
        _copy(crate.manifest, _below(folder, root, crate.manifest))
        for source, may_be_empty in crate.targets:
            place = _below(folder, root, source)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "w", encoding="ascii") as file:
                file.write("" if may_be_empty else "fn main() {}\n")
    _copy(f"{crates.top}/Cargo.toml", f"{top}/Cargo.toml")
    for name in _BESIDE:
        source = f"{crates.top}/{name}"
        if os.path.isdir(source):
            shutil.copytree(source, f"{top}/{name}", dirs_exist_ok=True)
        elif os.path.exists(source):
            _copy(source, f"{top}/{name}")
    return top


def commands(members: Sequence[str], *, lint: bool, clean: bool) -> list[tuple[str, ...]]:
    """Return what cargo is called with, in the folder of `lay_out`.

    `clean`: the empty crates are taken away, and with them all that is called like them.
    """
    every = ("--workspace", "--all-targets", "--locked")
    built: list[tuple[str, ...]] = [("cargo", "build", *every)]
    if lint:
        built.append(("cargo", "clippy", *every))
    which = [word for name in members for word in ("-p", name)]
    return [*built, ("cargo", "clean", "--locked", *which)] if clean else built


def _below(folder: str, root: str, path: str) -> str:
    inner = os.path.relpath(os.path.realpath(path), os.path.realpath(root))
    if inner.startswith(".."):
        raise PlanError(
            f"the crate at `{path}` lies outside of the repository, so it cannot be told from what others wrote",
            hint="without it: `[cache] dependencies = false`",
        )
    return os.path.normpath(f"{folder}/{inner}")


def _copy(source: str, target: str) -> None:
    os.makedirs(os.path.dirname(target), exist_ok=True)
    shutil.copyfile(source, target)
