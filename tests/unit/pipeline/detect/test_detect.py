"""What joins the ecosystems: ids, names of installations, reads, and repositories in any state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.pipeline.detect.repository import MemoryFiles, found_in, packages_in, tasks_of

from pitstop.core.errors import PitstopError
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


MANIFESTS = [
    *sorted(path for path in MIX if path.rpartition(".")[2] in {"json", "toml", "mod"}),
    *("Cargo.lock", "y/Cargo.lock", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "uv.lock", "z/uv.lock", "go/go.sum"),
    *(
        "pnpm-workspace.yaml",
        "go.work",
        "y/setup.py",
        "y/setup.cfg",
        "web/tsconfig.json",
        "web/turbo.json",
        "ruff.toml",
    ),
    *("requirements.txt", "z/requirements.txt", ".github/workflows/ci.yml", "web/vite.config.ts", "tox.ini"),
]
KEYS = [
    *("name", "version", "workspaces", "packages", "scripts", "dependencies", "devDependencies", "path"),
    *("build", "tasks", "members", "project", "tool", "uv", "config", "workspace"),
    *("package", "exports", "catalog", "extends", "compilerOptions", "outDir", "importers", "snapshots"),
    *("source", "lint", "test", "references", "dev", "files", "dependsOn", "outputs"),
    *("env", "frontendDist", "beforeBuildCommand", "target", "patch", "requires", "exclude", "bin"),
    *("poetry", "group", "maturin", "optional-dependencies", "dependency-groups", "build-system"),
]
TREES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.text(max_size=6), st.sampled_from(["*", "../y", "y", "workspace:*"])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(
    st.dictionaries(
        st.sampled_from(MANIFESTS), st.one_of(st.binary(max_size=40), TREES, st.text(max_size=40)), max_size=5
    )
)
def test_whatever_the_manifests_hold_there_is_a_plan_or_an_error_of_ours(broken: dict[str, object]) -> None:
    content: dict[str, Content] = dict(MIX)
    for path, value in broken.items():
        content[path] = value if isinstance(value, bytes) else _written(path, value)
    try:
        found = found_in(content)
    except PitstopError:
        return
    assert len({package.id for package in found.packages}) == len(found.packages)


def _written(path: str, value: object) -> str:
    import json

    if isinstance(value, str):
        return value
    if path.endswith((".toml", "uv.lock", "Cargo.lock")):
        return "\n".join(_toml(value, "")) if isinstance(value, dict) else "x = 1"
    return json.dumps(value)


def _toml(table: dict[str, object], prefix: str) -> list[str]:
    lines = [f"[{prefix}]"] if prefix else []
    inner = {key: value for key, value in table.items() if isinstance(value, dict)}
    for key, value in table.items():
        if isinstance(value, (bool, int, str, list)) and "None" not in repr(value) and "{" not in repr(value):
            import json

            lines.append(f"{key} = {json.dumps(value)}")
    for key, value in inner.items():
        lines += _toml(value, f"{prefix}.{key}" if prefix else key)
    return lines


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
