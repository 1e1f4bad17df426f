"""The generated workspaces: what the scenarios rely on."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from bench import configs, inputs
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from pathlib import Path

SMALL = inputs.Shape(packages=7, files=5)
shapes = st.builds(
    inputs.Shape,
    packages=st.integers(1, 60),
    files=st.integers(3, 8),
    most_needs=st.integers(1, 4),
    copies=st.booleans(),
    manager=st.sampled_from(["npm", "pnpm"]),
    seed=st.integers(0, 1000),
)


@given(shapes)
def test_a_change_of_the_first_package_reaches_all_and_of_the_last_only_itself(shape: inputs.Shape) -> None:
    needs = inputs.graph(shape)
    reached = {0}
    for package, its in enumerate(needs):
        assert len(its) == len(set(its)) <= shape.most_needs
        assert all(need < package for need in its)
        if reached & set(its):
            reached.add(package)
    assert reached == set(range(shape.packages))
    assert all(shape.packages - 1 not in its for its in needs)


@given(shapes)
def test_the_same_shape_has_the_same_contents(shape: inputs.Shape) -> None:
    assert list(inputs.contents(shape)) == list(inputs.contents(shape))


@given(shapes)
def test_each_package_has_the_files_that_its_shape_says(shape: inputs.Shape) -> None:
    paths = [path for path, _ in inputs.contents(shape)]
    assert len(set(paths)) == len(paths)
    for package in inputs.packages(shape):
        assert sum(path.startswith(package.folder + "/") for path in paths) == shape.files


@given(shapes)
def test_every_tool_is_told_the_same_commands_and_the_same_needs(shape: inputs.Shape) -> None:
    files = dict(inputs.contents(shape))
    for package in inputs.packages(shape):
        manifest = json.loads(files[f"{package.folder}/package.json"])
        assert manifest["scripts"]["build"] == package.script
        assert tuple(manifest.get("dependencies", {})) == package.needs
        command = f"cd {package.folder} && {package.script}\n"
        assert f"{package.name}: {' '.join(package.needs)}\n    @{command}" in files["justfile"]
        assert f"\t@{command}" in files["Makefile"]
        assert f"  folder = {package.folder}\n  script = {package.script}\n" in files["build.ninja"]
        assert json.dumps(package.script) in files[f"{package.folder}/moon.yml"]


@pytest.mark.slow
@pytest.mark.parametrize("copies", [False, True])
def test_a_build_writes_just_the_outputs_that_the_tools_are_told(tmp_path: Path, copies: bool) -> None:
    shape = SMALL._replace(copies=copies)
    first = inputs.make(tmp_path / "first", shape)
    assert inputs.make(tmp_path / "second", shape) == first
    for package in inputs.packages(shape):
        subprocess.run(["/bin/sh", "-c", package.script], cwd=tmp_path / "first" / package.folder, check=True)
    found = {path.relative_to(tmp_path / "first").as_posix() for path in (tmp_path / "first").glob("packages/*/dist/*")}
    assert found == {output for package in inputs.packages(shape) for output in package.outputs}
    status = ["git", "status", "--porcelain"]
    assert subprocess.run(status, cwd=tmp_path / "first", check=True, stdout=subprocess.PIPE).stdout == b""


def test_a_change_of_a_need_changes_what_its_dependents_read() -> None:
    package = configs.Package("p0002", ("p0000", "p0001"), ("src/s00.txt",), copies=False)
    assert "cksum src/*.txt ../p0000/dist/manifest.txt ../p0001/dist/manifest.txt" in package.script
