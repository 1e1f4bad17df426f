"""The repository is in order: what lies where, how long it is, and what it may say."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
IN_THE_ROOT = {
    *(".ci", ".github", ".gitignore", "CHANGELOG.md", "LICENSE", "README.md", "SECURITY.md"),
    *("bench", "docs", "examples", "pitstop.toml", "pyproject.toml", "src", "tests", "uv.lock"),
}
MOST_LINES = {"src": 350, "bench": 350, "docs": 350, "tests": 500}
"""By room; a module of tests is a table that nobody reads as a whole."""
PRIVATE = re.compile(rb"(?<![\w.$}~*\]-])/(?:home|root|Users|work|mnt)/(?!ada\b)[A-Za-z0-9_.-]+")
"""A path that exists on one machine only; Ada is nobody."""


def ours() -> list[str]:
    """Return the files that are, or are about to be, in the repository."""
    argv = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(argv, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for path in listed.split("\0") if path and (ROOT / path).is_file()]


def test_nothing_strays_in_the_root() -> None:
    assert {path.partition("/")[0] for path in ours()} <= IN_THE_ROOT


def test_no_module_is_longer_than_it_can_be_read() -> None:
    modules = [path for path in ours() if path.endswith(".py") and path.partition("/")[0] in MOST_LINES]
    lines = {path: len((ROOT / path).read_text().splitlines()) for path in modules}
    assert {path: count for path, count in lines.items() if count > MOST_LINES[path.partition("/")[0]]} == {}


def test_every_module_says_in_its_first_line_what_it_is_for() -> None:
    modules = [path for path in ours() if path.startswith(("src/", "tests/", "bench/")) and path.endswith(".py")]
    assert [p for p in modules if not ast.get_docstring(ast.parse((ROOT / p).read_bytes()))] == []


def test_everything_public_in_the_source_says_what_it_does() -> None:
    silent = []
    for path in ours():
        if path.startswith("src/") and path.endswith(".py"):
            tree = ast.parse((ROOT / path).read_bytes())
            silent += [f"{path}:{node.lineno} {node.name}" for node in public(tree.body) if not ast.get_docstring(node)]
    assert silent == []


def public(body: list[ast.stmt]) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Return the functions and classes that others may use, with the methods of those classes."""
    found: list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef] = []
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            found.append(node)
            if isinstance(node, ast.ClassDef):
                found += public(node.body)
    return found


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    named = {path: PRIVATE.findall((ROOT / path).read_bytes()) for path in ours() if path != "LICENSE"}
    assert {path: places for path, places in named.items() if places} == {}


def test_the_changelog_has_room_for_what_is_not_released() -> None:
    assert "\n## Unreleased\n" in (ROOT / "CHANGELOG.md").read_text()


def test_rooms_import_only_what_lies_below_them() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    assert program.exists(), "import-linter is not installed: pip install --group check"
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_pitstop_plans_its_own_pipeline() -> None:
    argv = [sys.executable, "-P", "-m", "pitstop", "graph", "--json"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [package["id"] for package in json.loads(done.stdout)["packages"]] == ["//", "pitstop"]
