"""What joins the ecosystems: ids, names of installations, reads, and repositories in any state."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.pipeline.detect.everything import JSON, SPOILED, TEXTS, TOML
from tests.unit.pipeline.detect.repository import MemoryFiles, found_in, packages_in, tasks_of

from pitstop.core.errors import PitstopError, PlanError
from pitstop.pipeline.detect import detect
from pitstop.pipeline.files import Note
from pitstop.pipeline.graph import link

if TYPE_CHECKING:
    from tests.unit.pipeline.detect.repository import Content

MIX: dict[str, Content] = {
    "package.json": {
        "name": "x",
        "workspaces": ["web"],
        "scripts": {"lint": "eslint ."},
        "devDependencies": {"e": "1"},
    },
    "package-lock.json": {"lockfileVersion": 3, "packages": {}},
    "web/package.json": {"name": "web", "scripts": {"build": "vite build", "test": "vitest"}},
    "web/src-tauri/Cargo.toml": '[package]\nname = "app"\nversion = "1.0.0"\n[dependencies]\ny = { path = "../../y" }\n',
    "web/src-tauri/tauri.conf.json": "{}",
    "y/Cargo.toml": '[package]\nname = "y"\nversion = "1.0.0"\n',
    "y/pyproject.toml": '[project]\nname = "y"\ndependencies = ["requests"]\n[build-system]\nbuild-backend = "maturin"\n',
    "y/tests/test_y.py": "import pytest",
    "y/conftest.py": "",
    "z/pyproject.toml": '[project]\nname = "z"\ndependencies = ["y"]\n[tool.ruff]\n',
    "z/z.py": "",
    "go/go.mod": "module example.org/go\n",
    "go/main.go": "",
    "turbo.json": '{"tasks": {"build": {"dependsOn": ["^build"]}}}',
    "Makefile": "test:\n\tpytest\n",
}


def test_a_repository_of_all_ecosystems_is_one_plan() -> None:
    packages = packages_in(MIX)
    assert {name: package.needs for name, package in packages.items()} == {
        "//": (),
        "app": ("web", "y@cargo"),
        "example.org/go": (),
        "web": (),
        "x": (),
        "y@cargo": (),
        "y@python": ("y@cargo",),
        "z": ("y@python",),
    }
    assert [spec.name for spec in packages["//"].tasks] == ["install-node", "install-python-y", "install-python-z"]
    assert "//:install-node" in tasks_of(packages["web"])["build"].depends_on
    assert "//:install-python-z" in tasks_of(packages["z"])["lint"].depends_on
    link(list(packages.values()))  # every name that a task waits for is one


def test_the_name_of_an_installation_is_as_short_as_it_can_be() -> None:
    node: dict[str, Content] = {"package.json": {"name": "a", "dependencies": {"x": "1"}, "scripts": {"test": "x"}}}
    python: dict[str, Content] = {"pyproject.toml": '[project]\nname = "p"\ndependencies = ["r"]\n'}
    other: dict[str, Content] = {
        "b/c/package.json": {"name": "b", "dependencies": {"x": "1"}, "scripts": {"test": "x"}}
    }

    def names(content: dict[str, Content]) -> list[str]:
        return [spec.name for spec in packages_in(content)["//"].tasks]

    assert names(node) == ["install"]
    assert names({**node, **python}) == ["install-node", "install-python"]
    assert names({**node, **other}) == ["install-node", "install-node-b-c"]


def test_many_notes_that_say_the_same_are_one() -> None:
    members: dict[str, Content] = {f"m{number}/package.json": {"name": f"m{number}"} for number in range(9)}
    found = found_in({"package.json": {"name": "r", "workspaces": ["a*"]}, **members})
    message = "not planned: no member of the workspace in package.json; so are 8 others"
    assert found.notes == (Note("m0/package.json", message),)


def test_every_file_that_the_plan_rests_on_is_known_as_read() -> None:
    files = MemoryFiles(MIX)
    detect(files)
    unread = {"y/tests/test_y.py", "y/conftest.py", "z/z.py", "go/main.go"}
    assert {path for path in MIX if path not in files.reads} <= unread


def test_the_order_of_packages_tasks_and_notes_is_always_the_same() -> None:
    assert found_in(MIX) == found_in(dict(reversed(MIX.items())))


def test_an_empty_repository_has_no_packages() -> None:
    assert found_in({}) == ((), ())


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the way to each value inside `value`."""
    found = [path]
    if isinstance(value, dict):
        for key, inner in value.items():
            found += places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found += places(inner, (*path, index))
    return found


def spoiled(value: object, path: tuple[str | int, ...], by: object) -> object:
    """Return a copy of `value` with `by` at the end of the way `path`."""
    if not path:
        return by
    if isinstance(value, dict):
        return {key: spoiled(inner, path[1:], by) if key == path[0] else inner for key, inner in value.items()}
    assert isinstance(value, list)
    return [spoiled(inner, path[1:], by) if index == path[0] else inner for index, inner in enumerate(value)]


def toml(value: object) -> str:
    """Return a TOML file in which each table but the outermost is written inline."""

    def inline(value: object) -> str:
        match value:
            case None:
                return '"none"'
            case dict():
                return "{" + ", ".join(f"{json.dumps(key)} = {inline(inner)}" for key, inner in value.items()) + "}"
            case list():
                return "[" + ", ".join(map(inline, value)) + "]"
            case _:
                return json.dumps(value)

    if not isinstance(value, dict):
        return json.dumps(value)
    return "\n".join(f"{json.dumps(key)} = {inline(inner)}" for key, inner in value.items())


PLACES = [(name, path) for files in (JSON, TOML) for name, value in files.items() for path in places(value)]
WRITTEN = {name: json.dumps(value) for name, value in JSON.items()} | {
    name: toml(value) for name, value in TOML.items()
}


@pytest.mark.slow
@settings(deadline=None, max_examples=400)
@given(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(SPOILED)), min_size=1, max_size=3))
def test_a_manifest_with_any_value_in_any_place_is_planned_or_an_error_of_ours(
    changes: list[tuple[tuple[str, tuple[str | int, ...]], object]],
) -> None:
    content: dict[str, Content] = {**TEXTS, **WRITTEN}
    for (name, path), by in changes:
        if name in JSON:
            content[name] = json.dumps(spoiled(JSON[name], path, by))
        else:
            content[name] = toml(spoiled(TOML[name], path, by))
    is_sound(content)


@pytest.mark.slow
@settings(deadline=None, max_examples=200)
@given(st.sampled_from(sorted({**TEXTS, **WRITTEN})), st.integers(0), st.binary(max_size=3), st.integers(0, 3))
def test_a_manifest_with_any_bytes_in_any_place_is_planned_or_an_error_of_ours(
    name: str, place: int, data: bytes, dropped: int
) -> None:
    content: dict[str, Content] = {**TEXTS, **WRITTEN}
    before = {**TEXTS, **WRITTEN}[name].encode()
    place %= len(before) + 1
    is_sound({**content, name: before[:place] + data + before[place + dropped :]})


def is_sound(content: dict[str, Content]) -> None:
    try:
        found = found_in(content)
    except PitstopError:
        return
    assert len({package.id for package in found.packages}) == len(found.packages)
    with contextlib.suppress(PlanError):  # tasks may wait for each other in a circle
        link(found.packages)


def test_the_repository_that_is_spoiled_is_planned_as_it_is() -> None:
    packages = packages_in({**TEXTS, **WRITTEN})
    link(list(packages.values()))
    assert {"a", "b", "r", "bun", "pn", "berry", "k", "l", "app", "py", "p2", "poet", "o", "x", "y", "yarn"} < {
        *packages
    }


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.text(max_size=12).filter(lambda text: "/" not in text and "\0" not in text and text not in {"", ".", ".."}),
        unique=True,
        max_size=4,
    )
)
def test_folders_may_have_any_name(names: list[str]) -> None:
    content: dict[str, Content] = {"package.json": {"name": "r", "workspaces": ["*"]}}
    for number, name in enumerate(names):
        content[f"{name}/package.json"] = {"name": f"n{number}", "scripts": {"build": "x"}, "dependencies": {"z": "1"}}
        content[f"{name}/Cargo.toml"] = f'[package]\nname = "c{number}"\n'
        content[f"{name}/go.mod"] = f"module g{number}\n"
        content[f"{name}/pyproject.toml"] = f'[project]\nname = "p{number}"\n'
    found_in(content)
