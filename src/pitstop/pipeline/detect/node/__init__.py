"""Node: npm, pnpm, yarn and bun, in workspaces or alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.package import Package
from pitstop.pipeline.detect.draft import Draft, above, at, check_names, install_ref
from pitstop.pipeline.detect.node.ground import Ground
from pitstop.pipeline.detect.node.install import install_of
from pitstop.pipeline.detect.node.locks import lock_digests
from pitstop.pipeline.detect.node.needs import find_needs
from pitstop.pipeline.detect.node.outside import Outside
from pitstop.pipeline.detect.node.scripts import Setting, builds_members, left_out_of, tasks_of
from pitstop.pipeline.detect.node.surroundings import Surroundings
from pitstop.pipeline.detect.node.tauri import bundles, edges_of, find_apps
from pitstop.pipeline.detect.node.tsconfig import TsConfigs
from pitstop.pipeline.detect.node.turbo import read_turbo
from pitstop.pipeline.detect.node.workspaces import MANIFEST, find_modules

if TYPE_CHECKING:
    from pitstop.pipeline.detect.evidence import Evidence
    from pitstop.pipeline.detect.node.needs import Needs
    from pitstop.pipeline.detect.node.workspaces import Module, Modules
    from pitstop.pipeline.files import Files, Note


def find(files: Files, evidence: Evidence) -> Draft:  # noqa: ARG001  each ecosystem is asked the same way
    """Return the Node packages of the repository."""
    notes: list[Note] = []
    modules = find_modules(files, notes)
    needs = find_needs(modules, notes)
    locks = lock_digests(files, modules, needs)
    equipped = _equipped(modules, needs)
    apps = find_apps(files, modules.modules)
    tsconfigs = TsConfigs(files)
    ground = Ground(files)
    surroundings = Surroundings(files, modules, tsconfigs)
    outside = Outside(files)
    members: dict[str, list[Module]] = {}
    for module in modules.modules.values():
        if module.folder != module.top:
            members.setdefault(module.top, []).append(module)
    left_out = {top: left_out_of(modules.modules[top], members.get(top, ())) for top in modules.workspaces}
    turbos = {top: read_turbo(files, top, modules.modules[top].name) for top in modules.workspaces}
    bundled: dict[str, list[str]] = {}
    for app in apps:
        bundled.setdefault(app.package, []).append(app.crate)
    builders = {
        top: _reached(top, needs)
        for top in modules.workspaces
        if builds_members(modules.modules[top], members.get(top, ()), ground)
    }
    packages = []
    for folder, module in modules.modules.items():
        workspace = modules.workspaces[module.top]
        own = needs[folder]
        turbo = turbos[module.top]
        setting = Setting(
            workspace=workspace,
            install=install_ref("node", module.top) if folder in equipped else "",
            members=members.get(folder, ()),
            turbo=turbo,
            tsconfigs=tsconfigs,
            ground=ground,
            crates=bundled.get(folder, ()),
            left_out=frozenset(name for name, folders in left_out[module.top].items() if folder in folders),
            built_at=(
                f"?{modules.modules[module.top].name}:build"
                if module.top in builders and folder not in builders[module.top]
                else ""
            ),
        )
        packages.append(
            Package(
                id="",
                name=module.name,
                ecosystem="node",
                root=folder,
                manifest=at(folder, MANIFEST),
                workspace=module.top,
                needs=(
                    *[at(need, MANIFEST) for need in own.needs],
                    *(bundled.get(folder, ()) if bundles(module) else _crate_beside(files, module)),
                ),
                dev_needs=tuple([at(need, MANIFEST) for need in own.dev_needs]),
                lock=locks.get(folder, ""),
                path=tuple([at(place, "node_modules/.bin") for place in _places(module, modules)]),
                env=_env(files.root, module),
                shared=tuple(
                    dict.fromkeys(
                        (
                            *surroundings.of(module),
                            *outside.of(module, own.needs | own.dev_needs),
                            *(turbo.files if turbo is not None else ()),
                        )
                    )
                ),
                tasks=tasks_of(module, setting, notes),
            )
        )
    check_names(package for package in packages if modules.workspaces[package.workspace].manager != "pnpm")
    installs = [
        install_of(files, workspace, [module.folder for module in members.get(top, ())])
        for top, workspace in modules.workspaces.items()
        if any(modules.modules[folder].top == top for folder in equipped)
    ]
    return Draft(packages, installs, notes, edges_of(apps, modules.modules))


def _crate_beside(files: Files, module: Module) -> list[str]:
    """Return the manifest of the crate that the scripts of a package compile into it (napi, neon, wasm-pack)."""
    path = at(module.folder, "Cargo.toml")
    scripts = module.table.get("scripts")
    text = " ".join(map(str, scripts.values())) if isinstance(scripts, dict) and path in files else ""
    return [path] if any(word in text for word in ("napi", "neon", "wasm-pack", "cargo")) else []


def _places(module: Module, modules: Modules) -> list[str]:
    """Return the folders whose `node_modules/.bin` a package's scripts see, nearest first.

    These are its own, those of the packages around it, and of the workspace's root.
    """
    around = above(module.folder)
    around = around[: around.index(module.top)] if module.top in around else []
    found = [module.folder, *(place for place in around if place in modules.modules), module.top]
    return list(dict.fromkeys(found))


def _reached(start: str, needs: dict[str, Needs]) -> set[str]:
    """Return the folders of the package in `start` and of all that it needs."""
    found = {start}
    queue = [start]
    while queue:
        own = needs[queue.pop()]
        fresh = [need for need in (*own.needs, *own.dev_needs) if need not in found]
        found.update(fresh)
        queue += fresh
    return found


def _equipped(modules: Modules, needs: dict[str, Needs]) -> set[str]:
    """Return the folders of the packages that need an installation.

    They, what they need, or the root of their workspace have dependencies from a registry.
    """
    direct = {folder for folder, own in needs.items() if own.foreign}
    found = {folder for folder, module in modules.modules.items() if folder in direct or module.top in direct}
    users: dict[str, list[str]] = {}
    for folder, own in needs.items():
        for need in (*own.needs, *own.dev_needs):
            users.setdefault(need, []).append(folder)
    queue = list(found)
    while queue:
        for user in users.get(queue.pop(), ()):
            if user not in found:
                found.add(user)
                queue.append(user)
    return found


def _env(root: str, module: Module) -> tuple[tuple[str, str], ...]:
    """Return what npm sets for each script of a package."""
    version = module.table.get("version")
    place = at(module.folder, MANIFEST)
    found = {
        "INIT_CWD": f"{root}/{module.folder}".rstrip("/"),
        "npm_package_name": module.name,
        "npm_package_version": version if isinstance(version, str) else "",
        "npm_package_json": f"{root}/{place}",
    }
    config = module.table.get("config")
    for key, value in config.items() if isinstance(config, dict) else ():
        if isinstance(value, (str, int, float)):
            found[f"npm_package_config_{key}"] = str(value).lower() if isinstance(value, bool) else str(value)
    return tuple(found.items())
