"""One graph and one set of commands, in the words of every tool that is measured."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

IGNORED = "node_modules\ndist\n.turbo\n.nx\n.moon/cache\n.moon/docker\n.pitstop\n.ninja_log\n.ninja_deps\n"
NPM = "11.19.1"
PNPM = "12.21.0"
"""The versions that `packageManager` names; `peers.py` installs them."""


_MOON = """\
projects:
  - 'packages/*'
vcs:
  defaultBranch: main
hasher:
  walkStrategy: glob
telemetry: false
"""


class Package(NamedTuple):
    """One package of the workspace."""

    name: str
    needs: tuple[str, ...]
    sources: tuple[str, ...]
    """Relative to the package."""
    copies: bool

    @property
    def folder(self) -> str:
        """Its place, relative to the workspace."""
        return f"packages/{self.name}"

    @property
    def manifest(self) -> str:
        """The file that is written last, relative to the workspace."""
        return f"{self.folder}/dist/manifest.txt"

    @property
    def outputs(self) -> tuple[str, ...]:
        """All that its build writes, relative to the workspace."""
        copied = tuple(f"{self.folder}/dist/{source.rpartition('/')[2]}" for source in self.sources if self.copies)
        return (*copied, f"{self.folder}/dist/bundle.txt", self.manifest)

    @property
    def script(self) -> str:
        """What its build runs in its folder: three programs of a millisecond each, and the shell."""
        read = " ".join(["src/*.txt", *(f"../{need}/dist/manifest.txt" for need in self.needs)])
        copy = "cp src/*.txt dist/ && " if self.copies else ""
        return f"mkdir -p dist && {copy}cat src/*.txt > dist/bundle.txt && cksum {read} > dist/manifest.txt"


def root_files(packages: list[Package], manager: str) -> Iterator[tuple[str, str]]:
    """Yield path and text of the files at the root of the workspace; `manager` is `npm` or `pnpm`."""
    yield ".gitignore", IGNORED
    version = {"npm": NPM, "pnpm": PNPM}[manager]
    root = {
        "name": "workspace",
        "private": True,
        "packageManager": f"{manager}@{version}",
        "workspaces": ["packages/*"],
    }
    yield "package.json", json.dumps(root, indent=2) + "\n"
    if manager == "pnpm":
        yield "pnpm-workspace.yaml", _pnpm_workspace()
        yield "pnpm-lock.yaml", _pnpm_lock(packages)
    else:
        yield "package-lock.json", _npm_lock(packages)
    yield "turbo.json", _turbo()
    yield "nx.json", _nx()
    yield ".moon/workspace.yml", _MOON
    yield "justfile", _just(packages)
    yield "build.ninja", _ninja(packages)
    yield "Makefile", _make(packages)


def package_files(package: Package, manager: str) -> Iterator[tuple[str, str]]:
    """Yield path and text of the files of one package that are no sources."""
    manifest: dict[str, object] = {"name": package.name, "version": "1.0.0", "scripts": {"build": package.script}}
    if package.needs:
        manifest["dependencies"] = dict.fromkeys(package.needs, "workspace:*" if manager == "pnpm" else "*")
    yield f"{package.folder}/package.json", json.dumps(manifest, indent=2) + "\n"
    needs = f"dependsOn: {json.dumps(package.needs)}\n" if package.needs else ""
    yield (
        f"{package.folder}/moon.yml",
        (
            f"{needs}tasks:\n  build:\n    script: {json.dumps(package.script)}\n    deps: ['^:build']\n"
            "    inputs: ['src/**/*', 'package.json']\n    outputs: ['dist/**/*']\n    toolchain: system\n"
        ),
    )


def _npm_lock(packages: list[Package]) -> str:
    entries: dict[str, object] = {"": {"name": "workspace", "workspaces": ["packages/*"]}}
    for package in packages:
        entries[f"node_modules/{package.name}"] = {"resolved": package.folder, "link": True}
    for package in packages:
        entry: dict[str, object] = {"version": "1.0.0"}
        if package.needs:
            entry["dependencies"] = dict.fromkeys(package.needs, "*")
        entries[package.folder] = entry
    lock = {"name": "workspace", "lockfileVersion": 3, "requires": True, "packages": entries}
    return json.dumps(lock, indent=2) + "\n"


def _pnpm_workspace() -> str:
    # the pinned version is the one that runs: do not ask the registry about it for each script
    return "packages:\n  - 'packages/*'\npmOnFail: ignore\nverifyDepsBeforeRun: false\n"


def _pnpm_lock(packages: list[Package]) -> str:
    lines = ["lockfileVersion: '9.0'", "", "settings:", "  autoInstallPeers: true", "  excludeLinksFromLockfile: false"]
    lines += ["", "importers:", "", "  .: {}"]
    for package in packages:
        lines += ["", f"  {package.folder}:" + ("" if package.needs else " {}")]
        if package.needs:
            lines.append("    dependencies:")
        for need in package.needs:
            lines += [f"      {need}:", "        specifier: workspace:*", f"        version: link:../{need}"]
    return "\n".join(lines) + "\n"


def _turbo() -> str:
    return json.dumps({"tasks": {"build": {"dependsOn": ["^build"], "outputs": ["dist/**"]}}}, indent=2) + "\n"


def _nx() -> str:
    build = {"dependsOn": ["^build"], "outputs": ["{projectRoot}/dist"], "cache": True, "inputs": ["all", "^all"]}
    config = {
        "namedInputs": {"all": ["{projectRoot}/**/*"]},
        "targetDefaults": {"build": build},
        "neverConnectToCloud": True,
        "analytics": False,
    }
    return json.dumps(config, indent=2) + "\n"


def _just(packages: list[Package]) -> str:
    recipes = [
        f"{package.name}: {' '.join(package.needs)}\n    @cd {package.folder} && {package.script}\n"
        for package in packages
    ]
    return "\n".join(["all: " + " ".join(package.name for package in packages) + "\n", *recipes])


def _inputs(package: Package) -> str:
    files = [f"{package.folder}/{source}" for source in package.sources]
    files += [f"{package.folder}/package.json", *(f"packages/{need}/dist/manifest.txt" for need in package.needs)]
    return " ".join(files)


def _ninja(packages: list[Package]) -> str:
    lines = ["rule build", "  command = cd $folder && $script"]
    for package in packages:
        others = " ".join(package.outputs[:-1])
        lines.append(f"build {package.manifest} | {others}: build {_inputs(package)}")
        lines += [f"  folder = {package.folder}", f"  script = {package.script}"]
    return "\n".join(lines) + "\n"


def _make(packages: list[Package]) -> str:
    lines = [
        "MAKEFLAGS += --no-builtin-rules",
        ".PHONY: all",
        "all: " + " ".join(package.manifest for package in packages),
    ]
    for package in packages:
        # the outputs are made together with the manifest: whoever deletes one deletes the folder
        lines += [f"{package.manifest}: {_inputs(package)}", f"\t@cd {package.folder} && {package.script}"]
    return "\n".join(lines) + "\n"
