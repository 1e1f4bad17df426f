"""Small repositories of each kind that build and test with nothing to install."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.support.pit import Pit

BUILD = """\
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
mkdirSync("dist", { recursive: true });
writeFileSync("dist/index.mjs", readFileSync("src/index.mjs"));
"""


def node_workspace(pit: Pit, packages: Mapping[str, Sequence[str]]) -> Pit:
    """Write an npm workspace: each name is a package in `packages/` that needs the names it is given.

    `build` copies `src/` to `dist/`, `test` is `node --test`; both run with node alone.
    """
    lock: dict[str, object] = {"": {"name": "workspace", "workspaces": ["packages/*"]}}
    for name, needs in packages.items():
        folder = f"packages/{name}"
        manifest = {
            "name": name,
            "version": "1.0.0",
            "type": "module",
            "scripts": {"build": "node build.mjs", "test": "node --test"},
            "dependencies": dict.fromkeys(needs, "*"),
        }
        lock[folder] = {"version": "1.0.0", "dependencies": dict.fromkeys(needs, "*")}
        lock[f"node_modules/{name}"] = {"resolved": folder, "link": True}
        pit.write(f"{folder}/package.json", _json(manifest))
        pit.write(f"{folder}/src/index.mjs", f'export const name = "{name}";\n')
        pit.write(f"{folder}/build.mjs", BUILD)
        pit.write(
            f"{folder}/index.test.mjs",
            'import test from "node:test";\nimport assert from "node:assert";\n'
            f'import {{ name }} from "./src/index.mjs";\ntest("name", () => assert.equal(name, "{name}"));\n',
        )
    pit.write("package.json", _json({"name": "workspace", "private": True, "workspaces": ["packages/*"]}))
    pit.write("package-lock.json", _json({"name": "workspace", "lockfileVersion": 3, "packages": lock}))
    return pit.write(".gitignore", "node_modules/\ndist/\n.pitstop/\n")


def python_package(pit: Pit, name: str, root: str = "", *, needs: Mapping[str, str] | None = None) -> Pit:
    """Write a Python package in `root` with one pytest test; `needs` maps a name to its path from `root`."""
    below = f"{root}/" if root else ""
    lines = [f'[project]\nname = "{name}"\nversion = "1.0.0"', f"dependencies = {sorted(needs or ())!r}\n"]
    lines += [f'[tool.uv.sources]\n{need} = {{ path = "{path}" }}\n' for need, path in (needs or {}).items()]
    lines += ['[tool.pytest.ini_options]\ntestpaths = ["tests"]\n']
    module = name.replace("-", "_")
    pit.write(f"{below}pyproject.toml", "\n".join(lines))
    pit.write(f"{below}src/{module}/__init__.py", f'NAME = "{name}"\n')
    return pit.write(f"{below}tests/test_{module}.py", "def test_holds() -> None:\n    assert True\n")


def cargo_workspace(pit: Pit, crates: Mapping[str, Sequence[str]]) -> Pit:
    """Write a Cargo workspace: each name is a library in `crates/` that needs the names it is given."""
    pit.write("Cargo.toml", '[workspace]\nresolver = "2"\nmembers = ["crates/*"]\n')
    lock = "version = 3\n"
    for name, needs in sorted(crates.items()):
        lines = [f'[package]\nname = "{name}"\nversion = "1.0.0"\nedition = "2021"\n\n[dependencies]']
        lines += [f'{need} = {{ path = "../{need}" }}' for need in needs]
        pit.write(f"crates/{name}/Cargo.toml", "\n".join(lines) + "\n")
        pit.write(
            f"crates/{name}/src/lib.rs",
            f'pub const NAME: &str = "{name}";\n\n#[test]\nfn named() {{\n    assert_eq!(NAME, "{name}");\n}}\n',
        )
        lock += f'\n[[package]]\nname = "{name}"\nversion = "1.0.0"\n'
        if needs:
            lock += "dependencies = [\n" + "".join(f' "{need}",\n' for need in sorted(needs)) + "]\n"
    return pit.write("Cargo.lock", lock).write(".gitignore", "target/\n.pitstop/\n")


def go_module(pit: Pit, module: str, root: str = "") -> Pit:
    """Write a Go module in `root` with one package and one test."""
    below = f"{root}/" if root else ""
    pit.write(f"{below}go.mod", f"module {module}\n\ngo 1.21\n")
    name = module.rpartition("/")[2]
    pit.write(f"{below}{name}.go", f'// Package {name} has a name.\npackage {name}\n\nconst Name = "{name}"\n')
    return pit.write(
        f"{below}{name}_test.go",
        f'package {name}\n\nimport "testing"\n\nfunc TestName(t *testing.T) {{\n'
        f'\tif Name != "{name}" {{\n\t\tt.Fatal(Name)\n\t}}\n}}\n',
    )


def _json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"
