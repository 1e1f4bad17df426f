"""Lock files of npm, pnpm, yarn and bun: a bumped entry changes the packages that reach it, and no others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.pipeline.detect.repository import found_in, packages_in

from pitstop.core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.unit.pipeline.detect.repository import Content

Graph = dict[str, set[str]]
FOREIGN = ["p", "q", "@s/r", "t", "u"]
MEMBERS = ["a", "b", "c"]
NEEDS = st.sets(st.sampled_from(FOREIGN), max_size=3)
CASES = st.tuples(
    st.fixed_dictionaries(dict.fromkeys(FOREIGN, NEEDS)),
    st.fixed_dictionaries(dict.fromkeys(MEMBERS, NEEDS)),
    st.sampled_from(FOREIGN),
    st.booleans(),
)


def _sum(name: str, bumped: str) -> str:
    return f"sha512-{name}{'!' * (name == bumped)}"


def npm(foreign: Graph, members: Graph, bumped: str) -> dict[str, Content]:
    packages: dict[str, object] = {"": {"name": "root"}}
    for name, needs in members.items():
        packages[name] = {"dependencies": dict.fromkeys(needs, "^1")}
        packages[f"node_modules/{name}"] = {"link": True, "resolved": name}
    for name, needs in foreign.items():
        packages[f"node_modules/{name}"] = {
            "version": "1.0.0",
            "integrity": _sum(name, bumped),
            "dependencies": dict.fromkeys(needs, "^1"),
        }
    return {"package-lock.json": {"lockfileVersion": 3, "packages": packages}}


def old_npm(foreign: Graph, members: Graph, bumped: str) -> dict[str, Content]:
    tree: dict[str, object] = {
        name: {"version": "1.0.0", "integrity": _sum(name, bumped), "requires": dict.fromkeys(needs, "^1")}
        for name, needs in foreign.items()
    }
    tree |= {
        name: {"version": f"file:{name}", "requires": dict.fromkeys(needs, "^1")} for name, needs in members.items()
    }
    return {"package-lock.json": {"lockfileVersion": 1, "dependencies": tree}}


def pnpm9(foreign: Graph, members: Graph, bumped: str) -> dict[str, Content]:
    importers = {
        name: {"dependencies": {need: {"specifier": "^1", "version": "1.0.0(x@1.0.0)"} for need in sorted(needs)}}
        for name, needs in members.items()
    }
    text = "lockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n" + _yaml(importers, 1) + "\npackages:\n"
    for name in foreign:
        text += f"\n  '{name}@1.0.0':\n    resolution: {{integrity: {_sum(name, bumped)}}}\n"
    text += "\nsnapshots:\n"
    for name, needs in foreign.items():
        text += f"\n  '{name}@1.0.0(x@1.0.0)':" + (" {}\n" if not needs else "\n    dependencies:\n")
        text += "".join(f"      '{need}': 1.0.0(x@1.0.0)\n" for need in sorted(needs))
    return {"pnpm-lock.yaml": text, "pnpm-workspace.yaml": "packages: ['*']\n"}


def pnpm6(foreign: Graph, members: Graph, bumped: str) -> dict[str, Content]:
    importers = {
        name: {"dependencies": {need: {"specifier": "^1", "version": "1.0.0"} for need in sorted(needs)}}
        for name, needs in members.items()
    }
    text = "lockfileVersion: '6.0'\n\nimporters:\n" + _yaml(importers, 1) + "\npackages:\n"
    for name, needs in foreign.items():
        text += f"\n  /{name}@1.0.0:\n    resolution: {{integrity: {_sum(name, bumped)}}}\n"
        text += "    dependencies:\n" * bool(needs) + "".join(f"      '{need}': 1.0.0\n" for need in sorted(needs))
    return {"pnpm-lock.yaml": text, "pnpm-workspace.yaml": "packages: ['*']\n"}


def pnpm5(foreign: Graph, members: Graph, bumped: str) -> dict[str, Content]:
    importers = {
        name: {"specifiers": dict.fromkeys(needs, "^1"), "dependencies": dict.fromkeys(needs, "1.0.0")}
        for name, needs in members.items()
    }
    text = "lockfileVersion: 5.4\n\nimporters:\n" + _yaml(importers, 1) + "\npackages:\n"
    for name, needs in foreign.items():
        text += f"\n  /{name}/1.0.0:\n    resolution: {{integrity: {_sum(name, bumped)}}}\n"
        text += "    dependencies:\n" * bool(needs) + "".join(f"      '{need}': 1.0.0\n" for need in sorted(needs))
    return {"pnpm-lock.yaml": text, "pnpm-workspace.yaml": "packages: ['*']\n"}


def yarn(foreign: Graph, members: Graph, bumped: str) -> dict[str, Content]:
    text = "# yarn lockfile v1\n\n\n"
    for name, needs in foreign.items():
        text += f'"{name}@^1", "{name}@^1.0.0":\n  version "1.0.0"\n  integrity {_sum(name, bumped)}\n'
        text += "  dependencies:\n" * bool(needs) + "".join(f'    "{need}" "^1"\n' for need in sorted(needs)) + "\n"
    return {"yarn.lock": text}


def berry(foreign: Graph, members: Graph, bumped: str) -> dict[str, Content]:
    text = "__metadata:\n  version: 8\n  cacheKey: 10c0\n\n"
    for name, needs in {**foreign, **members}.items():
        if name in members:
            text += f'"{name}@workspace:{name}":\n  version: 0.0.0-use.local\n'
        else:
            text += f'"{name}@npm:^1, {name}@npm:^1.0.0":\n  version: 1.0.0\n  checksum: {_sum(name, bumped)}\n'
        text += (
            "  dependencies:\n" * bool(needs) + "".join(f'    "{need}": "npm:^1"\n' for need in sorted(needs)) + "\n"
        )
    return {"yarn.lock": text, ".yarnrc.yml": "nodeLinker: node-modules\n"}


def bun(foreign: Graph, members: Graph, bumped: str) -> dict[str, Content]:
    workspaces = {name: {"name": name, "dependencies": dict.fromkeys(needs, "^1")} for name, needs in members.items()}
    packages: dict[str, list[object]] = {name: [f"{name}@workspace:{name}"] for name in members}
    packages |= {
        name: [f"{name}@1.0.0", "", {"dependencies": dict.fromkeys(needs, "^1")}, _sum(name, bumped)]
        for name, needs in foreign.items()
    }
    text = json.dumps({"lockfileVersion": 1, "workspaces": {"": {"name": "root"}, **workspaces}, "packages": packages})
    return {"bun.lock": text.replace("]}", "],\n}")}


def _yaml(value: Mapping[str, object], depth: int) -> str:
    text = ""
    for key, inner in value.items():
        if isinstance(inner, dict):
            text += "  " * depth + f"'{key}':" + ("\n" + _yaml(inner, depth + 1) if inner else " {}\n")
        else:
            text += "  " * depth + f"'{key}': {inner}\n"
    return text


FORMATS = [npm, old_npm, pnpm9, pnpm6, pnpm5, yarn, berry, bun]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(CASES)
def test_a_bumped_entry_changes_the_lock_of_exactly_the_packages_that_reach_it(
    form: object, case: tuple[Graph, Graph, str, bool]
) -> None:
    foreign, members, bumped, chained = case
    manifests: dict[str, Content] = {"package.json": {"name": "root", "workspaces": MEMBERS}}
    for name, needs in members.items():
        local = {"a": "*"} if chained and name == "b" else {}
        manifests[f"{name}/package.json"] = {
            "name": name,
            "version": "1.0.0",
            "dependencies": {**dict.fromkeys(needs, "^1"), **local},
        }

    def reaches(start: set[str]) -> bool:
        seen: set[str] = set()
        queue = list(start)
        while queue:
            name = queue.pop()
            if name not in seen:
                seen.add(name)
                queue += foreign[name]
        return bumped in seen

    assert callable(form)
    before = packages_in({**manifests, **form(foreign, members, "")})
    after = packages_in({**manifests, **form(foreign, members, bumped)})
    assert all(before[name].lock for name in MEMBERS)
    expected = {name for name in MEMBERS if reaches(members[name])}
    expected |= {"b"} if chained and reaches(members["a"]) else set()
    assert {name for name in MEMBERS if before[name].lock != after[name].lock} == expected


def test_what_the_root_lists_is_in_the_lock_of_every_member() -> None:
    manifests: dict[str, Content] = {
        "package.json": {"name": "root", "workspaces": ["a"], "devDependencies": {"p": "^1"}},
        "a/package.json": {"name": "a"},
    }
    before = packages_in({**manifests, **npm({"p": {"q"}, "q": set()}, {"a": set()}, "")})
    after = packages_in({**manifests, **npm({"p": {"q"}, "q": set()}, {"a": set()}, "q")})
    assert before["a"].lock != after["a"].lock


def test_npm_takes_the_copy_that_lies_nearest() -> None:
    def lock(outer: str, inner: str) -> dict[str, Content]:
        packages = {
            "node_modules/x": {"version": outer},
            "a/node_modules/x": {"version": inner},
            "node_modules/y": {"version": "1", "dependencies": {"x": "*"}},
            "node_modules/y/node_modules/x": {"version": inner},
            "node_modules/z": {"version": "1", "dependencies": {"x": "*"}},
        }
        return {"package-lock.json": {"lockfileVersion": 3, "packages": packages}}

    manifests: dict[str, Content] = {"package.json": {"name": "root", "workspaces": ["a", "b", "c", "d"]}}
    for name, need in (("a", "x"), ("b", "x"), ("c", "y"), ("d", "z")):
        manifests[f"{name}/package.json"] = {"name": name, "dependencies": {need: "*"}}
    before = packages_in({**manifests, **lock("1", "2")})
    after = packages_in({**manifests, **lock("1", "3")})
    assert {name for name in "abcd" if before[name].lock != after[name].lock} == {"a", "c"}


def test_bun_takes_the_copy_under_the_package_before_the_common_one() -> None:
    def lock(version: str) -> dict[str, Content]:
        packages = {
            "x": ["x@1.0.0", "", {}, ""],
            "@s/y": ["@s/y@1.0.0", "", {"dependencies": {"x": "*"}}, ""],
            "@s/y/x": [f"x@{version}", "", {}, ""],
            "b/x": [f"x@{version}", "", {}, ""],
        }
        names = {name: {"name": name} for name in "abc"}
        return {"bun.lock": json.dumps({"workspaces": names, "packages": packages})}

    manifests: dict[str, Content] = {"package.json": {"name": "root", "workspaces": ["a", "b", "c"]}}
    for name, need in (("a", "x"), ("b", "x"), ("c", "@s/y")):
        manifests[f"{name}/package.json"] = {"name": name, "dependencies": {need: "*"}}
    before = packages_in({**manifests, **lock("2.0.0")})
    after = packages_in({**manifests, **lock("3.0.0")})
    assert {name for name in "abc" if before[name].lock != after[name].lock} == {"b", "c"}


@pytest.mark.parametrize(
    "catalogs",
    [
        {"pnpm-workspace.yaml": "packages: ['*']\ncatalog:\n  react: {}\ncatalogs:\n  old:\n    react: '17'\n"},
        {
            "package.json": json.dumps(
                {
                    "name": "root",
                    "workspaces": {
                        "packages": ["*"],
                        "catalog": {"react": "VERSION"},
                        "catalogs": {"old": {"react": "17"}},
                    },
                }
            )
        },
        {
            "package.json": json.dumps({"name": "root", "workspaces": ["*"]}),
            ".yarnrc.yml": "nodeLinker: node-modules\ncatalog:\n  react: {}\ncatalogs:\n  old:\n    react: '17'\n",
        },
    ],
)
def test_a_version_in_a_catalog_counts_for_those_who_use_it(catalogs: dict[str, str]) -> None:
    def found(version: str) -> dict[str, str]:
        texts = {path: text.replace("{}", version).replace("VERSION", version) for path, text in catalogs.items()}
        packages = packages_in(
            {
                "package.json": {"name": "root"},
                **texts,
                "a/package.json": {"name": "a", "dependencies": {"react": "catalog:"}},
                "b/package.json": {"name": "b", "dependencies": {"react": "catalog:old"}},
            }
        )
        return {name: package.lock for name, package in packages.items() if name != "//"}

    before, after = found("18"), found("19")
    assert {name for name in before if before[name] != after[name]} == {"a"}


def test_of_two_documents_of_pnpm_the_second_is_the_lock_file() -> None:
    def found(version: str) -> str:
        text = "---\nlockfileVersion: '9.0'\nimporters:\n  .: {}\npackages:\n  pnpm@11.0.0: {}\n---\nlockfileVersion: '9.0'\n"
        text += "importers:\n  .:\n    dependencies:\n      x:\n        version: 1.0.0\n"
        text += f"packages:\n  x@1.0.0:\n    resolution: {{integrity: {version}}}\n"
        return packages_in({"package.json": {"name": "r", "dependencies": {"x": "1"}}, "pnpm-lock.yaml": text})[
            "r"
        ].lock

    assert found("a") != found("b")


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("package-lock.json", '{"a": 1,}', "package-lock.json:1:9"),
        ("pnpm-lock.yaml", "a: b: c\n", "pnpm-lock.yaml:1:5"),
        ("yarn.lock", '"a@1":\n  version "1"\n<<<<<<< HEAD\n', "yarn.lock:3:1: an unresolved merge conflict"),
        ("yarn.lock", "what is this\n", "yarn.lock:1:1"),
        ("bun.lock", "[1", "bun.lock:1:3"),
    ],
)
def test_a_broken_lock_file_is_named_by_its_place(name: str, text: str, place: str) -> None:
    with pytest.raises(ConfigError) as caught:
        found_in({"package.json": {"name": "root", "dependencies": {"a": "1"}}, name: text})
    assert caught.value.problem.startswith(place)


def test_a_binary_lock_file_counts_as_a_whole() -> None:
    manifest: dict[str, Content] = {"package.json": {"name": "root", "dependencies": {"a": "1"}}}
    locks = {packages_in({**manifest, "bun.lockb": data})["root"].lock for data in (b"\0\1", b"\0\2", b"\0\1")}
    assert len(locks) == 2
