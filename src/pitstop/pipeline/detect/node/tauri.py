"""Tauri apps: a crate in `src-tauri` beside a web frontend that it embeds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.errors import ConfigError
from pitstop.links.formats import read_jsonc, read_toml
from pitstop.pipeline.detect.draft import Edge, above, at, parent, resolve
from pitstop.pipeline.detect.node.workspaces import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pitstop.links.formats import Table
    from pitstop.pipeline.detect.node.workspaces import Module
    from pitstop.pipeline.files import Files

_SETTINGS = ("tauri.conf.json", "tauri.conf.json5", "Tauri.toml")
_SCRIPT = re.compile(r"^\s*(?:npm run|npm run-script|pnpm run|pnpm|yarn run|yarn|bun run|bun)\s+([\w:.-]+)\s*$")
BUNDLES = re.compile(r"\btauri build\b")
"""What a script says that builds the whole app, crate included."""


class App(NamedTuple):
    """One Tauri app."""

    crate: str
    """Manifest of the crate."""
    package: str
    """Folder of the Node package around it."""
    script: str
    """The script that builds the frontend that the crate embeds; `""`: none, the frontend is in git or elsewhere."""


def find_apps(files: Files, modules: Mapping[str, Module]) -> list[App]:
    """Return the Tauri apps whose crate and frontend are both there."""
    found = []
    for name in _SETTINGS:
        for path in files.named(name):
            folder = parent(path)
            crate = at(folder, "Cargo.toml")
            package = next((place for place in above(folder) if place in modules), None)
            if crate in files and package is not None:
                found.append(App(crate, package, _script(files, path, modules[package])))
    return found


def bundles(module: Module) -> bool:
    """Return whether the script `build` of a package builds the whole app, crate included."""
    scripts = module.table.get("scripts")
    text = scripts.get("build") if isinstance(scripts, dict) else None
    return isinstance(text, str) and BUNDLES.search(text) is not None


def edges_of(apps: list[App], modules: Mapping[str, Module]) -> list[Edge]:
    """Return what the crates wait for: tauri's macros read the built frontend while they are compiled."""
    edges = []
    for app in apps:
        scripts = modules[app.package].table.get("scripts")
        text = scripts.get(app.script) if isinstance(scripts, dict) else None
        if isinstance(text, str) and not BUNDLES.search(text):
            edges.append(Edge(app.crate, at(app.package, MANIFEST), (app.script,)))
    return edges


def _script(files: Files, path: str, module: Module) -> str:
    data = files.read(path) or b""
    try:
        table = read_toml(data, path) if path.endswith(".toml") else read_jsonc(data, path)
    except ConfigError:  # JSON5, or broken: tauri will say it
        table = {}
    build: Table = {}
    if isinstance(table, dict) and isinstance(table.get("build"), dict):
        build = table["build"]
    place = build.get("frontendDist", build.get("frontend-dist", build.get("distDir", build.get("dist-dir"))))
    if isinstance(place, str):
        folder = None if "://" in place else resolve(parent(path), place)
        if folder is None or folder in files or (files.below(folder) and folder != module.folder):
            return ""
    before = build.get("beforeBuildCommand", build.get("before-build-command"))
    if isinstance(before, dict):
        before = before.get("script")
    call = _SCRIPT.match(before) if isinstance(before, str) else None
    return call[1] if call is not None else "build"
