"""Node packages, their workspaces, managers and edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.unit.pipeline.detect.repository import found_in, needs_in, packages_in, tasks_of

from pitstop.core.errors import ConfigError, PlanError

if TYPE_CHECKING:
    from tests.unit.pipeline.detect.repository import Content


def member(name: str, **more: object) -> dict[str, object]:
    return {"name": name, "version": "1.0.0", **more}


MEMBERS: dict[str, Content] = {
    "packages/a/package.json": member("@s/a"),
    "packages/b/package.json": member("@s/b", dependencies={"@s/a": "^1.0.0"}),
    "packages/b/test/fixtures/x/package.json": member("x"),
    "packages/old/package.json": member("old"),
    "apps/web/package.json": member(
        "web", dependencies={"@s/b": "workspace:*"}, devDependencies={"@s/a": "workspace:^"}
    ),
}


@pytest.mark.parametrize(
    "root",
    [
        {"package.json": {"name": "r", "workspaces": ["packages/*", "apps/web", "!packages/old"]}},
        {"package.json": {"name": "r", "workspaces": {"packages": ["{packages,apps}/*", "!**/old"]}}},
        {
            "package.json": {"name": "r"},
            "pnpm-workspace.yaml": "packages:\n  - packages/*\n  - apps/**\n  - '!packages/old' # gone\n",
        },
    ],
)
def test_members_are_what_the_globs_take_less_what_negations_take_away(root: dict[str, Content]) -> None:
    packages = packages_in({**MEMBERS, **root})
    assert needs_in(packages) == {"r": (), "@s/a": (), "@s/b": ("@s/a",), "web": ("@s/b",)}
    assert packages["web"].dev_needs == ("@s/a",)
    assert packages["web"].path == ("apps/web/node_modules/.bin", "node_modules/.bin")


@pytest.mark.parametrize(
    ("text", "is_local"),
    [
        ("workspace:*", True),
        ("workspace:^1", True),
        ("*", True),
        ("^1.0.0", True),
        ("~1.2.0", True),
        ("1.2.3", True),
        (">=1", True),
        ("latest", True),
        ("^2.0.0", False),
        ("~1.3.0", False),
        ("1.2.4", False),
        ("^1.3.0", False),
        ("npm:other@1", False),
        ("file:../a", True),
        ("link:../a", True),
        ("portal:../a", True),
        ("workspace:../a", True),
        ("file:../nowhere", False),
        ("git+https://example.org/a.git", False),
        ("catalog:", False),
    ],
)
def test_a_range_means_the_member_when_it_may_take_its_version(text: str, *, is_local: bool) -> None:
    packages = packages_in(
        {
            "package.json": {"name": "r", "workspaces": ["a", "b"]},
            "a/package.json": {"name": "a", "version": "1.2.3"},
            "b/package.json": {"name": "b", "dependencies": {"a": text}},
        }
    )
    assert packages["b"].needs == (("a",) if is_local else ())


def test_an_alias_of_a_member_means_the_member() -> None:
    packages = packages_in(
        {
            "package.json": {"name": "r", "workspaces": ["a", "b"]},
            "a/package.json": {"name": "a"},
            "b/package.json": {"name": "b", "dependencies": {"other": "workspace:a@*"}},
        }
    )
    assert packages["b"].needs == ("a",)


def test_packages_that_need_each_other_are_planned_and_noted() -> None:
    found = found_in(
        {
            "package.json": {"name": "r", "workspaces": ["*"]},
            "a/package.json": {"name": "a", "dependencies": {"b": "*"}},
            "b/package.json": {"name": "b", "dependencies": {"a": "*", "b": "*"}},
        }
    )
    a, b, _ = found.packages
    assert (a.needs, a.dev_needs, b.needs, b.dev_needs) == ((), ("b",), (), ("a",))
    assert [(note.path, note.message) for note in found.notes] == [
        ("a/package.json", "is in a circle of dependencies with b/package.json"),
        ("b/package.json", "`b` lists itself in dependencies; left out"),
        ("b/package.json", "is in a circle of dependencies with a/package.json"),
    ]


def test_fixtures_marks_and_packages_that_nobody_lists_are_no_packages() -> None:
    found = found_in(
        {
            "package.json": {"name": "r", "workspaces": ["a"]},
            "a/package.json": {"name": "a"},
            "a/dist-esm/package.json": '{"type": "module"}',
            "a/templates/x/package.json": "{ broken",
            "b/package.json": {"name": "b", "scripts": {"build": "x"}},
            "node_modules/c/package.json": {"name": "c"},
            "site/package.json": {"name": "site", "scripts": {"build": "x"}},
            "site/yarn.lock": "",
        }
    )
    assert [package.id for package in found.packages] == ["a", "r", "site"]
    assert {note.path for note in found.notes} == {
        "a/dist-esm/package.json",
        "a/templates/x/package.json",
        "b/package.json",
    }


def test_below_a_package_without_workspaces_a_package_with_scripts_counts() -> None:
    packages = packages_in(
        {
            "package.json": {"name": "server", "scripts": {"test": "x"}},
            "client/package.json": {"name": "client", "scripts": {"build": "x"}, "dependencies": {"server": "file:.."}},
            "esm/package.json": {"type": "module"},
        }
    )
    assert needs_in(packages) == {"client": ("server",), "server": ()}


def test_a_package_without_a_name_is_called_after_its_folder() -> None:
    packages = packages_in({"package.json": {"scripts": {"build": "x"}}, "web/package.json": {"scripts": {"dev": "x"}}})
    assert set(packages) == {"root", "web"}


@pytest.mark.parametrize(
    ("where", "content"),
    [
        ("package.json", {"package.json": {"workspaces": ["gone", "a"]}}),
        ("pnpm-workspace.yaml", {"package.json": {}, "pnpm-workspace.yaml": "packages: [gone, a]\n"}),
    ],
)
def test_a_member_that_a_build_makes_later_is_noted(where: str, content: dict[str, Content]) -> None:
    found = found_in({**content, "a/package.json": {"name": "a", "scripts": {"test": "x"}}})
    assert "a" in {package.id for package in found.packages}
    assert [(note.path, note.message) for note in found.notes] == [
        (where, "workspace member `gone` has no package.json; package managers pass it over")
    ]


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (
            {
                "package.json": {"workspaces": ["*"]},
                "a/package.json": {"name": "x"},
                "b/package.json": {"name": "x"},
            },
            PlanError,
            "called `x`: a/package.json and b/package.json",
        ),
        ({"package.json": {"workspaces": ["a"]}, "a/package.json": '{"name": }'}, ConfigError, "a/package.json:1:10"),
        ({"package.json": "[]"}, ConfigError, "package.json:1:1: not an object"),
        ({"package.json": {}, "pnpm-workspace.yaml": "packages: {a"}, ConfigError, "pnpm-workspace.yaml:2:1"),
        ({"package.json": {}, "pnpm-workspace.yaml": "- a"}, ConfigError, "pnpm-workspace.yaml:1:1"),
    ],
)
def test_what_package_managers_refuse_is_refused(
    content: dict[str, Content], error: type[ConfigError | PlanError], words: str
) -> None:
    with pytest.raises(error) as caught:
        found_in(content)
    assert words in caught.value.problem


def test_pnpm_takes_two_members_of_one_name_and_so_do_we() -> None:
    packages = packages_in(
        {
            "package.json": {"name": "r"},
            "pnpm-workspace.yaml": "packages: ['*']",
            "a/package.json": {"name": "x"},
            "b/package.json": {"name": "x"},
        }
    )
    assert set(packages) == {"r", "x@a", "x@b"}


@pytest.mark.parametrize(
    ("more", "manager", "command"),
    [
        ({"package-lock.json": {}}, None, "npm ci --no-audit --no-fund"),
        ({"npm-shrinkwrap.json": {}}, None, "npm ci --no-audit --no-fund"),
        ({}, None, "npm install --no-audit --no-fund"),
        ({"pnpm-lock.yaml": "lockfileVersion: 5.4"}, None, "pnpm install --frozen-lockfile"),
        ({"yarn.lock": ""}, None, "yarn install --frozen-lockfile --non-interactive"),
        ({"yarn.lock": "", ".yarnrc.yml": "nodeLinker: node-modules"}, None, "yarn install --immutable"),
        ({"yarn.lock": "", ".yarnrc.yml": "nodeLinker: pnpm"}, "yarn@4.1.0", "yarn install --immutable"),
        ({"yarn.lock": "", ".yarnrc.yml": ""}, "yarn@1.22.0", "yarn install --frozen-lockfile --non-interactive"),
        ({"bun.lock": "{}"}, None, "bun install --frozen-lockfile"),
        ({"bun.lockb": b"\0"}, None, "bun install --frozen-lockfile"),
        ({}, "pnpm@9.0.0+sha512.abc", "pnpm install --no-frozen-lockfile"),
    ],
)
def test_dependencies_are_installed_as_the_lock_file_and_package_manager_say(
    more: dict[str, Content], manager: str | None, command: str
) -> None:
    manifest = {"name": "r", "dependencies": {"x": "1"}, "scripts": {"test": "x"}}
    packages = packages_in({"package.json": {**manifest, **({"packageManager": manager} if manager else {})}, **more})
    spec = tasks_of(packages["//"])["install"]
    assert " ".join(spec.command) == command
    assert (spec.cache, spec.outputs, spec.cwd) == ("checkout", ("//node_modules",), "")
    assert "//:install" in tasks_of(packages["r"])["test"].depends_on


def test_without_node_modules_yarn_itself_runs_the_scripts() -> None:
    packages = packages_in(
        {
            "package.json": {"name": "r", "dependencies": {"x": "1"}, "scripts": {"test": "jest"}},
            "yarn.lock": "",
            ".yarnrc.yml": "yarnPath: .yarn/releases/yarn-4.cjs",
        }
    )
    assert tasks_of(packages["//"])["install"].outputs == ("//.pnp.cjs",)
    assert tasks_of(packages["r"])["test"].command == "yarn run test"


def test_only_packages_that_reach_something_foreign_wait_for_an_installation() -> None:
    content: dict[str, Content] = {
        "package.json": {"name": "r", "workspaces": ["*"]},
        "a/package.json": {"name": "a", "scripts": {"build": "x"}},
        "b/package.json": {"name": "b", "scripts": {"build": "x"}, "dependencies": {"a": "*"}},
        "c/package.json": {"name": "c", "scripts": {"build": "x"}, "dependencies": {"left-pad": "1"}},
        "d/package.json": {"name": "d", "scripts": {"build": "x"}, "dependencies": {"c": "*"}},
    }

    def waiting(content: dict[str, Content]) -> set[str]:
        packages = packages_in(content).values()
        return {p.id for p in packages if any("//:install" in spec.depends_on for spec in p.tasks)}

    assert waiting(content) == {"c", "d"}
    tool: dict[str, Content] = {"package.json": {"name": "r", "workspaces": ["*"], "devDependencies": {"tsc": "5"}}}
    assert waiting({**content, **tool}) == {"a", "b", "c", "d"}
    content["c/package.json"] = {"name": "c", "scripts": {"build": "x"}}
    assert waiting(content) == set()
    assert "//" not in packages_in(content) or not waiting(content)


def test_scripts_see_what_npm_would_set() -> None:
    package = packages_in({"package.json": {"name": "a", "version": "1.2.3", "config": {"port": 80, "on": True}}})["a"]
    assert dict(package.env) == {
        "INIT_CWD": "/repo",
        "npm_package_name": "a",
        "npm_package_version": "1.2.3",
        "npm_package_json": "/repo/package.json",
        "npm_package_config_port": "80",
        "npm_package_config_on": "true",
    }


def test_settings_in_the_folders_around_and_what_they_extend_are_shared() -> None:
    package = packages_in(
        {
            "package.json": {"name": "r", "workspaces": ["packages/*"]},
            "tsconfig.base.json": "{}",
            "eslint.config.js": "",
            "unrelated.js": "",
            "packages/.prettierrc": "",
            "packages/a/package.json": {"name": "a", "devDependencies": {"vite": "1"}},
            "packages/a/tsconfig.json": '{"extends": ["../../config/strict", "./own.json"], // yes\n}',
            "packages/a/own.json": "{}",
            "packages/a/.env.local": "SECRET=1",
            "config/strict.json": '{"extends": "./deeper.json"}',
            "config/deeper.json": "{}",
        },
        ignored=("packages/a/.env.local",),
    )["a"]
    assert set(package.shared) == {
        "package.json",
        "tsconfig.base.json",
        "eslint.config.js",
        "packages/.prettierrc",
        "config/strict.json",
        "config/deeper.json",
        "packages/a/.env.local",
    }
