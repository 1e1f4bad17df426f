"""Scripts of package.json as tasks: which become canonical, which never run by themselves, what they write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.unit.pipeline.detect.repository import found_in, packages_in, tasks_of

from pitstop.core.task import CACHE_CHECKOUT, CACHE_NEVER, CACHE_STORE

if TYPE_CHECKING:
    from tests.unit.pipeline.detect.repository import Content

    from pitstop.core.task import TaskSpec

DEFAULT = {"format", "lint", "build", "test"}


def tasks(scripts: dict[str, str], more: dict[str, Content] | None = None, **manifest: object) -> dict[str, TaskSpec]:
    content: dict[str, Content] = {"package.json": {"name": "x", "scripts": scripts, **manifest}, **(more or {})}
    return tasks_of(packages_in(content)["x"])


@pytest.mark.parametrize(
    ("script", "text", "task"),
    [
        ("build", "tsup", "build"),
        ("test", "node --test", "test"),
        ("lint", "eslint .", "lint"),
        ("eslint:check", "eslint src", "lint"),
        ("format:ci", "biome format", "format"),
        ("format:check", "prettier --check .", "format"),
        ("check:format", "prettier -c .", "format"),
        ("format", "prettier --check .", "format"),
        ("format", "biome format .", "format"),
        ("type-check", "tsc --noEmit", "typecheck"),
        ("check-types", "tsc --noEmit", "typecheck"),
        ("test:unit", "vitest run", "test"),
        ("docs:build", "typedoc", "doc"),
        ("check", "svelte-check", "typecheck"),
        ("check", "biome check .", "lint"),
    ],
)
def test_a_script_becomes_the_task_that_it_is(script: str, text: str, task: str) -> None:
    found = tasks({script: text})
    assert found[task].command == text
    assert (found[task].cache, found[task].origin) == (CACHE_STORE, "package.json")
    if script != task:
        assert (found[script].command, found[script].depends_on) == ((), (task,))


@pytest.mark.parametrize(
    ("script", "text", "called"),
    [
        ("dev", "vite", "dev"),
        ("start", "node server.js", "start"),
        ("deploy", "wrangler deploy", "deploy"),
        ("release", "changeset publish", "release"),
        ("generate", "node gen.js", "generate"),
        ("format", "prettier --write .", "format:fix"),
        ("docs", "vitepress dev", "docs:fix"),
        ("lint:fix", "eslint --fix .", "lint:fix"),
        ("test:watch", "vitest", "test:watch"),
    ],
)
def test_what_serves_publishes_or_rewrites_is_called_by_name_and_never_by_default(
    script: str, text: str, called: str
) -> None:
    found = tasks({script: text})
    if called == "docs:fix":
        called = "docs" if "docs" in found else called
    assert found[called].cache == CACHE_NEVER
    assert not DEFAULT & found.keys()


def test_the_placeholder_of_npm_init_is_no_test() -> None:
    assert not tasks({"test": 'echo "Error: no test specified" && exit 1'})


def test_a_type_check_without_a_linter_is_the_linting() -> None:
    found = tasks({"typecheck": "tsc --noEmit"})
    assert (found["lint"].command, found["lint"].depends_on) == ((), ("typecheck",))
    both = tasks({"typecheck": "tsc --noEmit", "lint": "eslint ."})
    assert both["lint"].command == "eslint ."
    assert "typecheck" in both["lint"].depends_on


def test_a_linter_that_would_change_files_is_run_without_that() -> None:
    found = found_in({"package.json": {"name": "x", "scripts": {"lint": "eslint . --fix --cache"}}})
    assert tasks_of(found.packages[0])["lint"].command == "eslint . --cache"
    assert [note.path for note in found.notes] == ["package.json"]


@pytest.mark.parametrize(
    ("text", "command", "env"),
    [
        ("vitest", "vitest", (("CI", "true"),)),
        ("vitest run", "vitest run", ()),
        ("vitest --run", "vitest --run", ()),
        ("vitest --watch", "vitest", (("CI", "true"),)),
        ("jest --watch --coverage", "jest --coverage", ()),
        ("jest --watchAll=false", "jest --watchAll=false", ()),
        ("react-scripts test", "react-scripts test", (("CI", "true"),)),
        ("ng test", "ng test --watch=false", ()),
        ("karma start k.js", "karma start --single-run k.js", ()),
        ("mocha -w test", "mocha test", ()),
    ],
)
def test_a_test_script_that_would_watch_ends(text: str, command: str, env: tuple[tuple[str, str], ...]) -> None:
    found = tasks({"test": text})["test"]
    assert (found.command, found.env) == (command, env)
    assert found.outputs == (("coverage/**",) if "--coverage" in text else ())


@pytest.mark.parametrize(
    ("manager", "scripts", "command"),
    [
        ("npm@10", {"build": "b", "prebuild": "a", "postbuild": "c"}, "a && b && c"),
        ("npm@10", {"build": "b", "prebuild": "cd x; a"}, "(cd x; a\n) && b"),
        ("npm@10", {"build": "b # why", "prebuild": "a"}, "a && (b # why\n)"),
        ("yarn@4.0.0", {"build": "b", "prebuild": "a"}, "b"),
        ("yarn@1.22.0", {"build": "b", "prebuild": "a"}, "a && b"),
    ],
)
def test_scripts_before_and_after_are_joined_as_npm_does(manager: str, scripts: dict[str, str], command: str) -> None:
    found = tasks(scripts, {".yarnrc.yml": "nodeLinker: node-modules"}, packageManager=manager)
    assert found["build"].command == command
    assert set(found) == {"build"}


@pytest.mark.parametrize(
    ("manifest", "more", "expected"),
    [
        ({"main": "./build/index.js", "types": "types/index.d.ts"}, {}, {"build/**", "types/**"}),
        ({"exports": {".": {"import": "./esm/index.mjs"}, "./x": ["./cjs/x.js"]}}, {}, {"esm/**", "cjs/**"}),
        ({"main": "lib/index.js"}, {"lib/index.js": ""}, set()),
        ({"main": "lib/gen/index.js"}, {"lib/hand.js": ""}, {"lib/gen/**"}),
        ({"bin": {"x": "bin.mjs"}}, {}, {"bin.mjs"}),
        ({"files": ["output", "!output/x", "README.md"]}, {"README.md": ""}, {"output/**"}),
        ({"dependencies": {"next": "15"}}, {}, {".next/**", "!.next/cache/**"}),
        ({"devDependencies": {"@sveltejs/kit": "2"}}, {}, {".svelte-kit/**"}),
        ({}, {"vite.config.ts": "export default { build: { outDir: '../public/app' } }"}, set()),
        ({}, {"vite.config.ts": "export default { build: { outDir: 'www' } }"}, {"www/**"}),
    ],
)
def test_outputs_of_a_build_are_what_manifest_framework_and_bundler_name(
    manifest: dict[str, object], more: dict[str, Content], expected: set[str]
) -> None:
    found = set(tasks({"build": "some-bundler"}, more, **manifest)["build"].outputs)
    assert expected <= found
    assert found - expected <= {f"{name}/**" for name in ("dist", "build", "out", "lib", "es", "esm", "cjs", "umd")}


def test_a_folder_that_git_knows_is_no_output() -> None:
    found = tasks({"build": "x"}, {"lib/index.js": "", "dist/.gitkeep": ""})["build"].outputs
    assert not {"lib/**", "dist/**"} & set(found)


@pytest.mark.parametrize(
    ("tsconfig", "text", "expected"),
    [
        ('{"compilerOptions": {"outDir": "./made"}}', "tsc", "made/**"),
        ('{"compilerOptions": {"outDir": "../../out/x"}}', "tsc -b", "//out/x/**"),
        ('{"extends": "./base.json"}', "tsc", "from-base/**"),
        ('{"references": [{"path": "./tsconfig.lib.json"}]}', "tsc -b", "from-lib/**"),
        ("{}", "tsc --outDir flagged", "flagged/**"),
        ("{}", "tsc -p tsconfig.lib.json", "from-lib/**"),
    ],
)
def test_outputs_of_tsc_are_what_its_settings_name(tsconfig: str, text: str, expected: str) -> None:
    content: dict[str, Content] = {
        "package.json": {"name": "r", "workspaces": ["p/*"]},
        "p/x/package.json": {"name": "x", "scripts": {"build": text}},
        "p/x/tsconfig.json": tsconfig,
        "p/x/base.json": '{"compilerOptions": {"outDir": "from-base"}}',
        "p/x/tsconfig.lib.json": '{"compilerOptions": {"outDir": "from-lib"}}',
    }
    assert expected in tasks_of(packages_in(content)["x"])["build"].outputs


def test_a_compiler_that_writes_beside_the_sources_is_not_cached() -> None:
    assert tasks({"build": "tsc"}, {"tsconfig.json": "{}"})["build"].cache == CACHE_NEVER


def test_scripts_of_the_root_read_the_whole_workspace_and_its_tests_wait_for_its_builds() -> None:
    packages = packages_in(
        {
            "package.json": {
                "name": "r",
                "workspaces": ["a", "b"],
                "scripts": {"test": "vitest run", "lint": "eslint ."},
            },
            "a/package.json": {"name": "a", "scripts": {"build": "x"}},
            "b/package.json": {"name": "b"},
        }
    )
    found = tasks_of(packages["r"])
    assert (found["test"].inputs, found["lint"].inputs) == (("**",), ("**",))
    assert "?a:build" in found["test"].depends_on
    assert "?b:build" not in found["test"].depends_on


def test_tests_of_the_root_wait_for_a_site_only_when_they_use_a_browser() -> None:
    def needs(test: str) -> tuple[str, ...]:
        packages = packages_in(
            {
                "package.json": {"name": "r", "workspaces": ["*"], "scripts": {"test": test}},
                "site/package.json": {"name": "site", "private": True, "scripts": {"build": "vitepress build"}},
                "lib/package.json": {"name": "lib", "private": True, "main": "d.js", "scripts": {"build": "x"}},
            }
        )
        return tasks_of(packages["r"])["test"].depends_on

    assert needs("vitest run") == ("?build", "^build", "?lib:build")
    assert "?site:build" in needs("playwright test")


def test_where_the_root_builds_the_members_all_else_waits_for_that() -> None:
    packages = packages_in(
        {
            "package.json": {
                "name": "r",
                "workspaces": ["*"],
                "scripts": {"build": "tsdown", "test": "vitest run", "typecheck": "tsc", "format": "oxfmt --check"},
                "devDependencies": {"tool": "*", "tsdown": "1"},
            },
            "a/package.json": {"name": "a", "version": "1.0.0", "exports": {".": "./dist/a.js"}},
            "site/package.json": {
                "name": "site",
                "private": True,
                "scripts": {"build": "v", "format": "oxfmt --check"},
            },
            "tool/package.json": {"name": "tool", "version": "1.0.0", "scripts": {"build": "x"}},
        }
    )
    root, site, tool = (tasks_of(packages[name]) for name in ("r", "site", "tool"))
    assert "?build" in root["test"].depends_on
    assert "?build" in root["typecheck"].depends_on
    assert root["build"].depends_on == ("^build", "//:install")
    assert site["build"].depends_on == ("^build", "?r:build", "//:install")
    assert site["format"].depends_on == ("//:install",)
    assert "?r:build" not in tool["build"].depends_on  # what the root's build itself waits for


@pytest.mark.parametrize(
    "text",
    [
        "turbo run build",
        "npx nx run-many -t build",
        "lerna run build",
        "pnpm -r build",
        "pnpm run -r build",
        "pnpm --filter ./packages/* build",
        "npm run build --workspaces",
        "npm run build -w a",
        "yarn workspaces foreach run build",
        "yarn workspaces run build",
        "bun run --filter '*' build",
        "cd a && npm run build",
        "npm --prefix a run build",
        "npm run build:all",
    ],
)
def test_a_script_of_the_root_that_runs_those_of_members_is_left_out(text: str) -> None:
    found = found_in(
        {
            "package.json": {
                "name": "r",
                "workspaces": ["packages/a"],
                "scripts": {"build": text, "build:all": "turbo build"},
            },
            "packages/a/package.json": {"name": "a", "scripts": {"build": "x"}},
        }
    )
    packages = {package.id: tasks_of(package) for package in found.packages}
    assert "build" not in packages["r"]
    assert [note.message for note in found.notes] == [
        "the script `build` is left out: it runs the scripts of the members"
    ]
    assert "build" in packages["a"]


@pytest.mark.parametrize(
    ("text", "run"),
    [
        ("tsc -p scripts && pnpm -r run test", "tsc -p scripts"),
        ("pnpm build && vitest run", "vitest run"),
        ("pnpm run unit && pnpm run all", "pnpm run unit"),
        ("pnpm all && knip && pnpm mixed", "knip && sherif"),
        ("pnpm unit && knip", "pnpm unit && knip"),
        ("turbo run test; knip", None),
        ("pnpm again", "pnpm again"),
        ("cd a && npm test && knip", None),
    ],
)
def test_of_a_script_of_the_root_the_part_that_runs_those_of_members_is_left_out(text: str, run: str | None) -> None:
    scripts = {
        "test": text,
        "build": "pnpm -r build",
        "all": "turbo run test",
        "unit": "vitest run",
        "mixed": "turbo run x && sherif",
        "again": "pnpm again",
    }
    found = found_in(
        {
            "package.json": {"name": "r", "workspaces": ["packages/a"], "scripts": scripts},
            "packages/a/package.json": {"name": "a", "scripts": {"test": "x"}},
        }
    )
    specs = tasks_of(next(package for package in found.packages if package.id == "r"))
    assert (specs["test"].command if "test" in specs else None) == run
    said = [note.message for note in found.notes if "`test`" in note.message]
    assert len(said) == (run != text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pnpm --filter './packages/*' build", {"a", "@s/b"}),
        ("pnpm -F=b -F=a run build", {"a", "@s/b"}),
        ("pnpm -r --filter '!site' build", {"a", "@s/b"}),
        ("pnpm --filter 'a...' build", {"a", "@s/b", "site"}),
        ("pnpm --filter a build && pnpm --filter site build", {"a", "@s/b", "site"}),
        ("turbo run build --filter=a", {"a", "@s/b", "site"}),
        ("turbo run build --filter='!./docs/*'", {"a", "@s/b"}),
        ("nx run-many --target=build --exclude=docs/**", {"a", "@s/b"}),
    ],
)
def test_members_that_the_root_leaves_out_of_its_own_script_do_not_run_theirs(text: str, expected: set[str]) -> None:
    packages = packages_in(
        {
            "package.json": {"name": "r", "scripts": {"build": text}},
            "pnpm-workspace.yaml": "packages: ['packages/*', 'docs/*']",
            "packages/a/package.json": {"name": "a", "scripts": {"build": "x"}},
            "packages/b/package.json": {"name": "@s/b", "scripts": {"build": "x"}},
            "docs/site/package.json": {"name": "site", "scripts": {"build": "x"}},
        }
    )
    assert {name for name, package in packages.items() if "build" in tasks_of(package)} == expected


# --- turbo.json ------------------------------------------------------------------------------------------------------


def turbo(table: dict[str, object], own: dict[str, object] | None = None) -> dict[str, TaskSpec]:
    content: dict[str, Content] = {
        "package.json": {"name": "r", "workspaces": ["a"], "scripts": {"check": "x"}},
        "turbo.json": table,
        "shared.env": "",
        "a/package.json": {
            "name": "@s/a",
            "scripts": {"build": "x", "test": "x", "check-types": "x", "gen": "x", "dev": "x"},
        },
    }
    if own is not None:
        content["a/turbo.json"] = own
    return tasks_of(packages_in(content)["@s/a"])


def test_turbo_json_says_what_tasks_wait_for_read_and_write() -> None:
    found = turbo(
        {
            "globalEnv": ["CI"],
            "globalPassThroughEnv": ["HOME2"],
            "tasks": {
                "build": {
                    "dependsOn": ["^build", "gen", "r#check", "//#check"],
                    "outputs": ["made/**", "!made/cache/**"],
                    "inputs": ["$TURBO_DEFAULT$", "!README.md", "$TURBO_ROOT$/tsconfig.json"],
                    "env": ["API_*", "!API_LOCAL"],
                    "passThroughEnv": ["TOKEN"],
                },
                "test": {"cache": False},
                "dev": {"persistent": True, "cache": False},
            },
        }
    )
    build = found["build"]
    assert build.depends_on == ("^build", "?gen", "?r:check")
    assert build.outputs == ("made/**", "!made/cache/**")
    assert build.inputs == ("$default", "!README.md", "//tsconfig.json")
    assert build.read_env == ("CI", "API_*")
    assert build.pass_env == ("HOME2", "TOKEN")
    assert (found["test"].cache, found["test"].depends_on) == (CACHE_NEVER, ())
    assert found["typecheck"].depends_on == ("^build",)


def test_a_package_of_turbo_may_say_otherwise_for_itself() -> None:
    table: dict[str, object] = {"pipeline": {"build": {"outputs": ["x/**"], "dependsOn": ["$KEY"]}}}
    assert turbo(table)["build"].read_env == ("KEY",)
    own = turbo(table, {"extends": ["//"], "tasks": {"build": {"outputs": ["y/**"]}}})
    assert own["build"].outputs == ("y/**",)
    exact = turbo({"tasks": {"build": {"outputs": ["x/**"]}, "@s/a#build": {"outputs": ["**/z/**"]}}})
    assert exact["build"].outputs == ("**/z/**", "!**/node_modules/**")


def test_files_that_all_tasks_of_turbo_read_are_shared() -> None:
    packages = packages_in(
        {
            "package.json": {"name": "r", "workspaces": ["a"]},
            "turbo.json": '{"globalDependencies": ["*.env"], /* all */ "tasks": {}}',
            "shared.env": "",
            "a/package.json": {"name": "a"},
        }
    )
    assert "shared.env" in packages["a"].shared


# --- Tauri ------------------------------------------------------------------------------------------------------------

TAURI: dict[str, Content] = {
    "package.json": {"name": "app", "scripts": {"build": "vite build", "tauri": "tauri"}},
    "src-tauri/Cargo.toml": '[package]\nname = "app"\nversion = "1.0.0"\n',
    "src-tauri/tauri.conf.json": '{"build": {"frontendDist": "../dist", "beforeBuildCommand": "npm run build"}}',
}


def test_the_crate_of_a_tauri_app_waits_for_the_frontend_that_it_embeds() -> None:
    packages = packages_in(TAURI)
    assert packages["app@cargo"].needs == ("app@node",)
    assert packages["app@node"].needs == ()
    cargo = tasks_of(packages["app@cargo"])
    assert all("?app@node:build" in cargo[name].depends_on for name in ("build", "test"))
    assert cargo["format"].depends_on == ()


def test_a_build_that_makes_the_whole_tauri_app_needs_the_crate() -> None:
    content: dict[str, Content] = {
        **TAURI,
        "package.json": {"name": "app", "scripts": {"build": "tauri build", "build:web": "vite build"}},
        "src-tauri/tauri.conf.json": '{"build": {"distDir": "../dist", "beforeBuildCommand": "pnpm build:web"}}',
    }
    packages = packages_in(content)
    build = tasks_of(packages["app@node"])["build"]
    assert build.cache == CACHE_CHECKOUT
    assert "?app@node:build:web" in tasks_of(packages["app@cargo"])["build"].depends_on
    assert packages["app@node"].dev_needs == ("app@cargo",)


def test_a_tauri_app_whose_frontend_is_in_git_waits_for_nothing() -> None:
    content = {**TAURI, "src-tauri/tauri.conf.json": '{"build": {"frontendDist": "../ui"}}', "ui/index.html": ""}
    assert tasks_of(packages_in(content)["app@cargo"])["build"].depends_on == ()


def test_a_package_that_compiles_the_crate_beside_it_needs_it() -> None:
    packages = packages_in(
        {
            "package.json": {"name": "x", "scripts": {"build": "napi build --platform"}},
            "Cargo.toml": '[package]\nname = "x"\nversion = "1.0.0"\n',
        }
    )
    assert packages["x@node"].needs == ("x@cargo",)
    assert "*.node" in tasks_of(packages["x@node"])["build"].outputs
