"""Python projects, what they need, the tools they use, and how they are installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.pipeline.detect.repository import found_in, needs_in, packages_in, tasks_of

from pitstop.core.errors import ConfigError, PlanError

if TYPE_CHECKING:
    from tests.unit.pipeline.detect.repository import Content

    from pitstop.core.task import TaskSpec


def project(name: str, *dependencies: str, more: str = "") -> str:
    return f'[project]\nname = "{name}"\nversion = "1"\ndependencies = {list(dependencies)!r}\n{more}'


def tasks(content: dict[str, Content], name: str = "x") -> dict[str, TaskSpec]:
    return tasks_of(packages_in(content)[name])


def test_members_of_a_uv_workspace_are_what_its_globs_take() -> None:
    packages = packages_in(
        {
            "pyproject.toml": project(
                "root", "a", more='[tool.uv.workspace]\nmembers = ["packages/*"]\nexclude = ["*/old"]\n'
            )
            + "[tool.uv.sources]\na = { workspace = true }\n",
            "uv.lock": "version = 1\n",
            "packages/a/pyproject.toml": project(
                "a", "B_lib>=1", more="[tool.uv.sources]\nb-lib = { workspace = true }\n"
            ),
            "packages/b/pyproject.toml": project("b.lib"),
            "packages/old/pyproject.toml": project("old"),
            "packages/a/tests/data/pyproject.toml": "[[[",
        }
    )
    assert needs_in(packages) == {"root": ("a",), "a": ("b.lib",), "b.lib": (), "old": ()}
    assert {name: package.workspace for name, package in packages.items() if name != "//"} == {
        "root": "",
        "a": "",
        "b.lib": "",
        "old": "packages/old",
    }
    assert packages["a"].shared == ("pyproject.toml",)


def test_examples_are_part_of_the_project_around_them_unless_they_have_a_lock_file() -> None:
    found = found_in(
        {
            "pyproject.toml": project("x"),
            "examples/a/pyproject.toml": project("a"),
            "examples/b/pyproject.toml": project("b"),
            "examples/b/uv.lock": "",
        }
    )
    assert [package.id for package in found.packages] == ["b", "x"]
    assert [note.path for note in found.notes] == ["examples/a/pyproject.toml"]


@pytest.mark.parametrize(
    ("manifest", "kind"),
    [
        (project("x", "y @ file:../y"), "needs"),
        (project("x", "y", more='[tool.uv.sources]\ny = { path = "../y", editable = true }\n'), "needs"),
        (project("x", "y", more='[tool.uv.sources]\ny = [{ path = "../y", marker = "x" }]\n'), "needs"),
        (project("x", "Y>=1 ; python_version > '3'"), "needs"),
        (project("x", "y @ {root:parent:uri}/y"), "needs"),
        (project("x", more='[project.optional-dependencies]\nz = ["y[extra]"]\n'), "dev"),
        (project("x", more='[dependency-groups]\na = [{ include-group = "b" }]\nb = ["y"]\n'), "dev"),
        (project("x", more='[tool.uv]\ndev-dependencies = ["y"]\n'), "dev"),
        (project("x", more='[tool.pdm.dev-dependencies]\nt = ["-e file:///${PROJECT_ROOT}/../y"]\n'), "dev"),
        (project("x", more='[build-system]\nrequires = ["y"]\nbuild-backend = "y"\n'), "needs"),
        ('[tool.poetry]\nname = "x"\n[tool.poetry.dependencies]\ny = { path = "../y", develop = true }\n', "needs"),
        ('[tool.poetry]\nname = "x"\n[tool.poetry.group.t.dependencies]\ny = { path = "../y" }\n', "dev"),
        ('[tool.poetry]\nname = "x"\n[tool.poetry.dev-dependencies]\ny = "*"\n', "dev"),
        (project("x", more='[tool.hatch.metadata.hooks.h]\ndependencies = ["y=={{ version }}"]\n'), "needs"),
        (project("x", "yy"), "none"),
        (project("x", "y @ https://example.org/y.whl", more=""), "needs"),
    ],
)
def test_each_way_to_need_a_project_of_the_repository_is_an_edge(manifest: str, kind: str) -> None:
    packages = packages_in({"x/pyproject.toml": manifest, "y/pyproject.toml": project("y")})
    assert packages["x"].needs == (("y",) if kind == "needs" else ())
    assert packages["x"].dev_needs == (("y",) if kind == "dev" else ())


def test_setup_py_setup_cfg_and_requirement_files_are_read_without_running_them() -> None:
    packages = packages_in(
        {
            "a/setup.py": "from setuptools import setup\nsetup(name='a', install_requires=['b'], extras_require={'t': ['c']})\n",
            "b/setup.cfg": "[metadata]\nname = b\n[options]\ninstall_requires =\n    c>=1\n",
            "c/setup.py": "import sys, setuptools as s\nprint 'python 2'\n",
            "d/pyproject.toml": project("d"),
            "d/requirements-dev.txt": "-r more/all.txt  # and\n",
            "d/more/all.txt": "-e ../../a\n./../../b\n",
        }
    )
    assert needs_in(packages) == {"a": ("b",), "b": ("c",), "c": (), "d": ()}
    assert packages["a"].dev_needs == ("c",)
    assert packages["d"].dev_needs == ("a", "b")


def test_a_module_that_is_called_setup_makes_no_project() -> None:
    packages = packages_in(
        {
            "pyproject.toml": project("top"),
            "src/top/__init__.py": "",
            "src/top/commands/__init__.py": "",
            "src/top/commands/setup.py": "def setup(argv: list[str]) -> int: ...\n",
            "beside/__init__.py": "",
            "beside/setup.py": "from setuptools import setup\nsetup(name='beside')\n",
        }
    )
    assert set(packages) == {"top", "beside"}


def test_a_maturin_package_needs_the_crate_of_its_module() -> None:
    packages = packages_in(
        {
            "pyproject.toml": '[project]\nname = "x"\n[build-system]\nrequires = ["maturin"]\nbuild-backend = "maturin"\n'
            '[tool.maturin]\nmanifest-path = "rust/Cargo.toml"\n',
            "rust/Cargo.toml": '[package]\nname = "x"\nversion = "1"\n',
            "tests/test_x.py": "import pytest",
            "conftest.py": "",
        }
    )
    assert packages["x@python"].needs == ("x@cargo",)
    found = tasks_of(packages["x@python"])
    assert (found["build"].cache, found["test"].depends_on) == ("checkout", ("build", "//:install"))


def test_an_extension_module_is_not_built_while_cargo_tests_in_the_same_target_folder() -> None:
    packages = packages_in(
        {
            "Cargo.toml": '[workspace]\nmembers = ["py"]\n',
            "py/Cargo.toml": '[package]\nname = "x"\nversion = "1"\n',
            "py/pyproject.toml": '[project]\nname = "x"\n[build-system]\nbuild-backend = "maturin"\n',
        }
    )
    assert tasks_of(packages["x@python"])["build"].lock == tasks_of(packages["x@cargo"])["test"].lock == "cargo:"


def test_a_project_that_uses_an_extension_module_waits_for_its_build() -> None:
    packages = packages_in(
        {
            "native/setup.py": "setup(name='native', ext_modules=[1], rust_extensions=[RustExtension('n', 'r/Cargo.toml')])",
            "native/r/Cargo.toml": '[package]\nname = "r"\nversion = "1"\n',
            "x/pyproject.toml": project("x", "native"),
            "x/tests/test_x.py": "import unittest",
        }
    )
    assert packages["native"].needs == ("r",)
    assert "?native:build" in tasks_of(packages["x"])["test"].depends_on


TOX = """
[tool.tox.env.style]
commands = [
    ["ruff", "check"],
    ["black", "--check", "."],
]
[tool.elsewhere]
says = "pylint, pytest"
"""


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ({}, set()),
        ({"x.py": ""}, set()),
        ({"x.py": "", "ruff.toml": ""}, {"lint"}),
        ({"x.py": "", "ruff.toml": "[format]\n"}, {"lint", "format"}),
        ({"x.py": "", ".github/workflows/ci.yml": "- run: ruff format --check\n- run: ruff check"}, {"lint", "format"}),
        ({"x.py": "", ".pre-commit-config.yaml": "  - id: ruff\n  - id: ruff-format\n"}, {"lint", "format"}),
        ({"x.py": "", ".flake8": "", ".isort.cfg": ""}, {"lint", "format"}),
        ({"x.py": "", "mypy.ini": ""}, {"lint", "typecheck"}),
        ({"x.py": "", "pyrightconfig.json": ""}, {"lint", "typecheck"}),
        ({"x.py": "", "pyproject.toml": project("x") + TOX}, {"lint", "format"}),
        ({"tests/test_x.py": "import unittest"}, {"test"}),
        ({"tests/test_x.py": "import nothing"}, set()),
        ({"tests/test_x.py": "", "pytest.ini": ""}, {"test"}),
        ({"tests/x_test.py": "", "tests/conftest.py": ""}, {"test"}),
        ({"tests/test_x.py": "", "tox.ini": "[testenv]\ncommands = pytest\n"}, {"test"}),
    ],
)
def test_tools_are_used_where_the_repository_shows_that_it_uses_them(more: dict[str, Content], names: set[str]) -> None:
    assert set(tasks({"pyproject.toml": project("x"), **more})) == names


@pytest.mark.parametrize(
    ("table", "names"),
    [
        ("[tool.ruff.lint]\n", {"lint"}),
        ("[tool.ruff.format]\n", {"lint", "format"}),
        ("[tool.black]\n", {"format"}),
        ("[tool.mypy]\nstrict = true\n", {"lint", "typecheck"}),
        ("[tool.pytest.ini_options]\n", {"test"}),
        ("[tool.pylint.main]\n", {"lint"}),
    ],
)
def test_tables_around_a_project_count_for_it_too(table: str, names: set[str]) -> None:
    content: dict[str, Content] = {"p/pyproject.toml": project("x"), "p/x.py": "", "p/tests/test_x.py": "x"}
    assert set(tasks({**content, "p/pyproject.toml": project("x") + table})) == names
    around = packages_in({**content, "pyproject.toml": table})["x"]
    assert set(tasks_of(around)) == names - ({"lint", "typecheck"} if "mypy" in table else set())
    assert around.shared == (() if "mypy" in table else ("pyproject.toml",))


def test_the_tests_of_a_workspaces_root_read_all_of_its_members() -> None:
    packages = packages_in(
        {
            "pyproject.toml": project("r") + '[tool.uv.workspace]\nmembers = ["a"]\n',
            "uv.lock": "",
            "tests/test_all.py": "import pytest",
            "tests/conftest.py": "",
            "a/pyproject.toml": project("a"),
            "a/tests/test_a.py": "import pytest",
            "a/tests/conftest.py": "",
        }
    )
    assert tasks_of(packages["r"])["test"].inputs == ("$default", "**")
    assert tasks_of(packages["a"])["test"].inputs == ()


def test_without_anything_to_install_tests_run_on_the_sources() -> None:
    packages = packages_in(
        {
            "a/pyproject.toml": project("a", "b"),
            "a/src/a/__init__.py": "",
            "a/tests/test_a.py": "import unittest",
            "b/pyproject.toml": project("b"),
            "b/b/__init__.py": "",
            "b/tests/test_b.py": "import unittest",
            "b/tests/__init__.py": "",
        }
    )
    a, b = tasks_of(packages["a"])["test"], tasks_of(packages["b"])["test"]
    assert (a.command, a.env) == (
        ("python3", "-m", "unittest", "discover", "-s", "tests"),
        (("PYTHONPATH", "src:../b"),),
    )
    assert (b.command, b.env) == (
        ("python3", "-m", "unittest", "discover", "-s", "tests", "-t", "."),
        (("PYTHONPATH", "."),),
    )
    assert "//" not in packages


def test_a_virtual_environment_gets_the_project_its_tools_and_what_it_needs_locally() -> None:
    packages = packages_in(
        {
            "a/pyproject.toml": project(
                "a", "b", "requests", more='[project.optional-dependencies]\ntest = ["pytest>8"]\nx = ["z"]\n'
            ),
            "a/ruff.toml": "",
            "a/a.py": "",
            "a/requirements-dev.txt": "tox\n",
            "b/pyproject.toml": project("b"),
        }
    )
    spec = tasks_of(packages["//"])["install"]
    assert spec.command == (
        "python3 -m venv .pitstop/venv/a && .pitstop/venv/a/bin/python -m pip install --quiet"
        " --disable-pip-version-check -e ./b -e ./a 'pytest>8' -r a/requirements-dev.txt ruff"
    )
    assert (spec.outputs, spec.cwd) == (("//.pitstop/venv/a",), "")
    assert packages["a"].path == (".pitstop/venv/a/bin",)
    assert tasks_of(packages["a"])["lint"].command == ("ruff", "check", ".")
    assert tasks_of(packages["a"])["lint"].depends_on == ("//:install",)


@pytest.mark.parametrize(
    ("lock", "command", "start"),
    [
        (
            "uv.lock",
            "uv sync --frozen --all-packages --group lint --extra test",
            "uv run --frozen --no-sync --package x mypy .",
        ),
        ("poetry.lock", "poetry install --no-interaction --extras test", "mypy ."),
        ("pdm.lock", "pdm sync --dev", "mypy ."),
    ],
)
def test_projects_with_a_lock_file_are_installed_by_their_own_tool(lock: str, command: str, start: str) -> None:
    packages = packages_in(
        {
            "pyproject.toml": project("x", "requests", more="[project.optional-dependencies]\ntest = []\n")
            + '[dependency-groups]\ndev = ["mypy"]\nlint = []\ndocs = []\n[tool.mypy]\n',
            lock: "",
            "x.py": "",
        }
    )
    spec = tasks_of(packages["//"])["install"]
    assert " ".join(spec.command) == command
    assert " ".join(tasks_of(packages["x"])["typecheck"].command) == start
    assert packages["x"].path == (".venv/bin",)


def test_a_checker_that_the_lock_does_not_hold_is_started_on_its_own() -> None:
    found = tasks({"pyproject.toml": project("x"), "uv.lock": "", "ruff.toml": "", "mypy.ini": "", "x.py": ""})
    assert found["lint"].command == ("uvx", "ruff", "check", ".")
    assert found["lint"].depends_on == ("typecheck",)
    assert found["typecheck"].command[:6] == ("uv", "run", "--frozen", "--no-sync", "--with", "mypy")


def test_the_root_of_a_workspace_leaves_its_members_to_themselves() -> None:
    content: dict[str, Content] = {
        "pyproject.toml": project("r", more='[tool.uv.workspace]\nmembers = ["m"]\n[tool.ruff]\n[tool.ruff.format]\n')
        + "[tool.pytest.ini_options]\n[tool.mypy]\n[tool.black]\n[tool.isort]\n",
        "uv.lock": "",
        "r.py": "",
        "test_r.py": "",
        "m/pyproject.toml": project("m"),
        "m/m.py": "",
    }
    found = tasks(content, "r")
    assert found["lint"].command[-2:] == ("--extend-exclude", "m")
    assert found["format"].command[-2:] == ("--exclude", "m")
    assert found["test"].command[-1] == "--ignore=m"
    assert found["typecheck"].inputs == ("**",)
    assert set(tasks(content, "m")) == {"lint", "format"}


def test_settings_without_a_project_make_a_package_only_if_there_is_something_to_check() -> None:
    assert packages_in({"pyproject.toml": "[tool.ruff]\n"}) == {}
    assert set(packages_in({"pyproject.toml": "[tool.ruff]\n", "x.py": ""})) == {"//", "root"}


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        ({"pyproject.toml": '[tool.uv.workspace]\nmembers = ["gone"]\n'}, PlanError, "workspace member `gone`"),
        ({"pyproject.toml": "[project]\nversion = '1'\n"}, ConfigError, "`project.name` is missing"),
        ({"pyproject.toml": "[project\n"}, ConfigError, "pyproject.toml:1"),
        (
            {
                "pyproject.toml": '[tool.uv.workspace]\nmembers = ["*"]\n',
                "a/pyproject.toml": project("x"),
                "b/pyproject.toml": project("x"),
            },
            PlanError,
            "called `x`: a/pyproject.toml and b/pyproject.toml",
        ),
    ],
)
def test_what_uv_refuses_is_refused(
    content: dict[str, Content], error: type[ConfigError | PlanError], words: str
) -> None:
    with pytest.raises(error) as caught:
        found_in(content)
    assert words in caught.value.problem


# --- uv.lock ----------------------------------------------------------------------------------------------------------

FOREIGN = "pqrst"
SETS = st.sets(st.sampled_from(FOREIGN), max_size=2)


@pytest.mark.slow
@settings(deadline=None, max_examples=25)
@given(
    st.fixed_dictionaries(dict.fromkeys(FOREIGN, SETS)),
    st.fixed_dictionaries({name: st.tuples(SETS, SETS, SETS) for name in "abz"}),
    st.sampled_from(FOREIGN),
)
def test_a_bumped_entry_changes_the_lock_of_exactly_the_projects_that_reach_it(
    foreign: dict[str, set[str]], local: dict[str, tuple[set[str], set[str], set[str]]], bumped: str
) -> None:
    def listed(names: set[str]) -> str:
        return "[" + ", ".join(f'{{ name = "{name}" }}' for name in sorted(names)) + "]"

    def lock(bumped: str) -> str:
        text = "version = 1\n"
        for name, needs in foreign.items():
            text += f'[[package]]\nname = "{name}"\nversion = "1"\nsource = {{ registry = "x" }}\n'
            text += f'dependencies = {listed(needs)}\nsdist = {{ hash = "{name}{"!" * (name == bumped)}" }}\n'
        for name, (needs, extra, group) in local.items():
            text += f'[[package]]\nname = "{name}"\nversion = "1"\nsource = {{ editable = "{name}" }}\n'
            text += f"dependencies = {listed(needs)}\n[package.optional-dependencies]\ne = {listed(extra)}\n"
            text += f"[package.dev-dependencies]\ng = {listed(group)}\n"
        return text

    def reaches(start: set[str]) -> bool:
        seen: set[str] = set()
        queue = list(start)
        while queue:
            name = queue.pop()
            if name not in seen:
                seen.add(name)
                queue += foreign[name]
        return bumped in seen

    content: dict[str, Content] = {
        "pyproject.toml": project("z", more='[tool.uv.workspace]\nmembers = ["a", "b"]\n'),
        "a/pyproject.toml": project("a"),
        "b/pyproject.toml": project("b"),
    }
    before = packages_in({**content, "uv.lock": lock("")})
    after = packages_in({**content, "uv.lock": lock(bumped)})
    tools = local["z"][2]
    expected = {name for name in "abz" if reaches(set().union(*local[name], tools))}
    assert {name for name in "abz" if before[name].lock != after[name].lock} == expected


def test_uv_lock_tells_what_a_project_needs_that_its_manifest_does_not() -> None:
    lock = """\
version = 1
[[package]]
name = "a"
source = { editable = "a" }
dependencies = [{ name = "b", extra = ["x"] }]
[package.dev-dependencies]
dev = [{ name = "c" }]
[[package]]
name = "b"
source = { editable = "b" }
[[package]]
name = "c"
source = { editable = "c" }
"""
    manifest = '[project]\nname = "a"\ndynamic = ["dependencies", "version"]\n'
    packages = packages_in(
        {
            "pyproject.toml": '[tool.uv.workspace]\nmembers = ["*"]\n',
            "uv.lock": lock,
            "a/pyproject.toml": manifest,
            "b/pyproject.toml": project("b"),
            "c/pyproject.toml": project("c"),
        }
    )
    assert (packages["a"].needs, packages["a"].dev_needs) == (("b",), ("c",))


@pytest.mark.parametrize("name", ["poetry.lock", "pdm.lock", "requirements.txt", "requirements/dev.txt"])
def test_other_lock_files_count_as_a_whole(name: str) -> None:
    locks = {packages_in({"pyproject.toml": project("x"), name: text})["x"].lock for text in ("a==1", "a==2", "a==1")}
    assert len(locks) == 2
