"""Cargo: workspaces and lone crates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.package import Package
from pitstop.pipeline.detect.cargo.features import said, together
from pitstop.pipeline.detect.cargo.lock import read_lock
from pitstop.pipeline.detect.cargo.tasks import Settings, tasks_of
from pitstop.pipeline.detect.cargo.workspace import find_crates
from pitstop.pipeline.detect.draft import Draft, above, at, check_names, resolve

if TYPE_CHECKING:
    from pitstop.pipeline.detect.cargo.lock import Reach
    from pitstop.pipeline.detect.cargo.workspace import Crate
    from pitstop.pipeline.detect.evidence import Evidence
    from pitstop.pipeline.files import Files, Note

_SHARED = (
    ".cargo/config.toml", ".cargo/config", "rust-toolchain.toml", "rust-toolchain", "clippy.toml", ".clippy.toml",
    "rustfmt.toml", ".rustfmt.toml", ".config/nextest.toml",
)  # fmt: skip
"""What cargo, rustup, clippy and rustfmt look for in the package's folder and in each one around it."""


def find(files: Files, evidence: Evidence) -> Draft:
    """Return the crates of the repository."""
    notes: list[Note] = []
    crates = find_crates(files, notes)
    locks: dict[str, Reach | None] = {}
    settings: dict[str, Settings] = {}
    shared: dict[str, tuple[str, ...]] = {}
    packages = []
    features = said(evidence.text) if crates else {}
    for crate in crates.values():
        top = crate.top
        if top not in locks:
            unified = together(other.asks for other in crates.values() if other.top == top)
            locks[top] = read_lock(files, at(top, "Cargo.lock"), unified)
            settings[top] = Settings.of(files, evidence, top, crates, features)
        lock = locks[top]
        packages.append(
            Package(
                id="",
                name=crate.name,
                ecosystem="cargo",
                root=crate.folder,
                manifest=crate.manifest,
                workspace=top,
                needs=crate.needs,
                dev_needs=crate.dev_needs,
                lock=lock.of(crate.name, crate.version) if lock else "",
                shared=(*_shared(files, crate.folder, top, shared), *_outside(files, crate)),
                tasks=tasks_of(crate, settings[top]),
            )
        )
    check_names(packages)
    return Draft(packages, [], notes)


def _outside(files: Files, crate: Crate) -> list[str]:
    """Return the files outside its folder that the manifest of a crate names: a readme, a source."""
    package = crate.table.get("package")
    named = [package.get(key) for key in ("readme", "license-file", "build")] if isinstance(package, dict) else []
    for kind in ("lib", "bin", "test", "bench", "example"):
        said = crate.table.get(kind)
        targets = said if isinstance(said, list) else [said]
        named += [target.get("path") for target in targets if isinstance(target, dict)]
    places = [resolve(crate.folder, name) for name in named if isinstance(name, str) and ".." in name]
    inside = f"{crate.folder}/"
    return [place for place in places if place is not None and place in files and not place.startswith(inside)]


def _shared(files: Files, folder: str, top: str, known: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    found = [at(top, "Cargo.toml")] if folder != top else []
    for place in above(folder):
        if place not in known:
            known[place] = tuple([path for name in _SHARED if (path := at(place, name)) in files])
        found += known[place]
    return tuple(found)
