"""What node packages read outside of their folders because their scripts and settings name it."""

from __future__ import annotations

import pytest
from tests.unit.pipeline.detect.repository import Content, packages_in


def shared(manifest: Content, **more: Content) -> set[str]:
    """Return what the package `a` reads outside, in a workspace with these files too; the workspace's manifest left out."""
    found = packages_in(
        {
            "package.json": {"name": "r", "workspaces": ["packages/*"]},
            "scripts/build.mjs": 'import { one } from "./lib/one.js"',
            "scripts/lib/one.ts": 'import two from "../two"\nimport fs from "node:fs"',
            "scripts/two.js": "",
            "scripts/unused.js": "",
            "packages/b/package.json": {"name": "b"},
            "packages/b/plugin.ts": "",
            "packages/b/src/x.ts": "",
            "packages/a/package.json": manifest,
            **{f"packages/a/{name}": text for name, text in more.items()},
        }
    )["a"].shared
    return {*found} - {"package.json"}


BUILD = {"scripts/build.mjs", "scripts/lib/one.ts", "scripts/two.js"}


@pytest.mark.parametrize(
    ("script", "read"),
    [
        ("node ../../scripts/build.mjs --all", BUILD),
        ("NODE_OPTIONS=--require=../../scripts/two.js jest", {"scripts/two.js"}),
        ("cpy ../b/* ./build", {"packages/b/package.json", "packages/b/plugin.ts", "packages/b/src/x.ts"}),
        ("cd ../.. && node scripts/unused.js", set()),
        ("../../node_modules/.bin/tsc -p .", set()),
        ("node ../../../beyond.js", set()),
    ],
)
def test_what_a_script_names_outside_is_read_by_the_package(script: str, read: set[str]) -> None:
    assert shared({"name": "a", "scripts": {"build": script}}) == read


def test_what_only_starts_a_server_names_nothing() -> None:
    assert shared({"name": "a", "scripts": {"dev": "node ../../scripts/build.mjs"}}) == set()


def test_a_script_of_its_own_is_followed_out_of_the_package() -> None:
    manifest: Content = {"name": "a", "scripts": {"build": "tsx tools/make.ts"}}
    assert shared(manifest, **{"tools/make.ts": "import '../../../scripts/build.mjs'"}) == BUILD


def test_settings_of_its_own_are_followed_out_of_the_package_but_not_into_its_sources() -> None:
    settings = {
        "tsdown.config.ts": 'import plugin from "../b/plugin"\nimport own from "./src/own.ts"',
        "src/own.ts": 'import "./deep.ts"',
        "src/deep.ts": 'import "../../../scripts/unused.js"',
        "tsconfig.json": '{"include": ["src", "../../scripts/lib/**/*.ts"], "compilerOptions": {"rootDir": "../.."}}',
    }
    assert shared({"name": "a"}, **settings) == {"packages/b/plugin.ts", "scripts/lib/one.ts"}


def test_what_lies_in_a_package_that_it_needs_is_not_counted_twice() -> None:
    manifest: Content = {"name": "a", "devDependencies": {"b": "*"}}
    assert shared(manifest, **{"tsconfig.json": '{"references": [{"path": "../b"}]}'}) == set()


def test_modules_that_import_each_other_are_read_once() -> None:
    files = {"vite.config.js": 'require("./one.cjs")', "one.cjs": 'require("./vite.config.js")'}
    assert shared({"name": "a"}, **files) == set()
