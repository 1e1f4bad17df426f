"""What can be done with a Python project."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.task import CACHE_CHECKOUT, TaskSpec
from pitstop.pipeline.detect.draft import at
from pitstop.pipeline.detect.python.environments import UV, VENV
from pitstop.pipeline.detect.python.requirements import section
from pitstop.pipeline.detect.python.sources import import_paths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.links.formats import Table
    from pitstop.pipeline.detect.python.environments import Environment
    from pitstop.pipeline.detect.python.projects import Project
    from pitstop.pipeline.detect.python.sources import Sources
    from pitstop.pipeline.detect.python.tools import Use
    from pitstop.pipeline.files import Files


class Setting(NamedTuple):
    """Where the tasks of one project run."""

    project: Project
    sources: Sources
    env: Environment
    install: str
    """What tasks wait for that need the environment; `""` where nothing has to be installed."""
    inner: Sequence[str]
    """Projects inside this one, relative to it."""
    paths: tuple[str, ...]
    """Folders, relative to the repository, to import from where nothing is installed."""
    natives: tuple[str, ...]
    """Names of the projects it needs that have extension modules."""
    listed: frozenset[str]
    """Names of everything that the project and its workspace list as a dependency."""
    has_members: bool = False
    """It is the root of a workspace: all members are installed beside it, and its tests may import any of them."""


def tasks_of(files: Files, use: Use, setting: Setting, settings: Table, *, is_native: bool) -> tuple[TaskSpec, ...]:
    """Return format, lint, typecheck, build and test of a project, as far as it uses a tool for each.

    `settings` is the pyproject.toml that holds the type checker's settings.
    """
    project = setting.project
    specs = []
    if setting.sources.count:
        if use.format:
            specs.append(_checks("format", [_format(tool, setting) for tool in use.format], setting))
        if use.lint:
            specs.append(_checks("lint", [_lint(tool, setting) for tool in use.lint], setting))
        if use.types:
            spec = _checks("typecheck", [_types(files, tool, setting, settings) for tool in use.types], setting)
            specs.append(spec._replace(inputs=("**",) if setting.inner else ()))
            if use.lint:
                specs[-2] = specs[-2]._replace(depends_on=(*specs[-2].depends_on, "typecheck"))
            else:
                specs.append(TaskSpec("lint", depends_on=("typecheck",)))
    if is_native:
        specs.append(_build(setting))
    if use.test:
        specs.append(_test(use.test, setting, is_native=is_native))
    return tuple([spec._replace(origin=project.manifest) for spec in specs])


def _start(tool: str, setting: Setting, *words: str, needs_project: bool = False) -> tuple[str, ...]:
    """Return how `tool` is started: from the environment, or on its own where the project's lock has no such tool."""
    if setting.env.kind == UV and tool not in setting.listed and not needs_project:
        return ("uvx", tool, *words)
    if setting.env.kind == UV and tool not in setting.listed:
        return ("uv", "run", "--frozen", "--no-sync", "--with", tool, tool, *words)
    return setting.env.command(setting.project, tool, *words)


def _checks(name: str, commands: list[tuple[str, ...]], setting: Setting) -> TaskSpec:
    import shlex

    command: tuple[str, ...] | str = commands[0]
    if len(commands) > 1:
        command = " && ".join(shlex.join(words) for words in commands)
    alone = all(words[0] == "uvx" for words in commands)
    needs = (setting.install,) if setting.install and not alone else ()
    return TaskSpec(name, command, depends_on=needs, tools=_tools(setting))


def _tools(setting: Setting) -> tuple[str, ...]:
    return ("uv",) if setting.env.kind == UV else ("python3",)


def _format(tool: str, setting: Setting) -> tuple[str, ...]:
    inner = setting.inner
    match tool:
        case "ruff":
            return _start("ruff", setting, "format", "--check", ".", *_each("--exclude", inner))
        case "black":
            import re

            skip = "|".join(re.escape(folder) for folder in inner)
            return _start("black", setting, "--check", ".", *(("--extend-exclude", f"^/(?:{skip})/") if skip else ()))
        case _:
            return _start(tool, setting, "--check-only", ".", *_each("--extend-skip", inner))


def _lint(tool: str, setting: Setting) -> tuple[str, ...]:
    match tool:
        case "ruff":
            return _start("ruff", setting, "check", ".", *_each("--extend-exclude", setting.inner))
        case "flake8":
            return _start("flake8", setting, *(("--extend-exclude", ",".join(setting.inner)) if setting.inner else ()))
        case _:
            return _start(tool, setting, "--recursive=y", *_targets(setting), needs_project=True)


def _types(files: Files, tool: str, setting: Setting, settings: Table) -> tuple[str, ...]:
    """Return the call of a type checker: on what its settings name, else on the project's own packages."""
    if tool != "mypy":
        words = ("check",) if tool == "ty" else ()
        return _start(tool, setting, *words, needs_project=True)
    mypy = section(settings, "tool", "mypy")
    names = any(key in mypy for key in ("files", "packages", "modules"))
    if not names:
        for name in ("mypy.ini", ".mypy.ini", "setup.cfg"):
            text = files.read(at(setting.project.folder, name)) if at(setting.project.folder, name) in files else None
            names = names or any(
                line.lstrip().startswith((b"files", b"packages")) for line in (text or b"").splitlines()
            )
    return _start("mypy", setting, *(() if names else _targets(setting)), needs_project=True)


def _targets(setting: Setting) -> list[str]:
    """Return the outermost folders of the project's own packages, tests included."""
    tops = sorted({folder.partition("/")[0] for folder in setting.sources.folders if folder})
    chosen = [top for top in tops if top == "src" or top in {"test", "tests"} or _is_package(setting, top)]
    return chosen if "src" in chosen or len(chosen) > len({"test", "tests"} & {*chosen}) else ["."]


def _is_package(setting: Setting, top: str) -> bool:
    return top.replace("-", "_").lower() == setting.project.name.replace("-", "_").lower()


def _build(setting: Setting) -> TaskSpec:
    """Return the task that builds the extension module into the environment."""
    project = setting.project
    if section(project.table, "tool", "uv").get("package") is False and "maturin" in setting.listed:
        command: tuple[str, ...] = setting.env.command(project, "maturin", "develop")
    elif setting.env.kind == UV:
        command = (
            "uv", "sync", "--frozen", "--inexact", "--package", project.name, "--reinstall-package", project.name,
        )  # fmt: skip
    else:
        command = ("python", "-m", "pip", "install", "--quiet", "--no-deps", "-e", ".")
    return TaskSpec(
        "build",
        command,
        depends_on=(setting.install,) if setting.install else (),
        cache=CACHE_CHECKOUT,
        tools=_tools(setting),
        lock=f"venv:{setting.env.place}",
    )


def _test(tool: str, setting: Setting, *, is_native: bool) -> TaskSpec:
    project = setting.project
    needs = [*(["build"] if is_native else []), *[f"?{name}:build" for name in setting.natives]]
    if setting.install:
        needs.append(setting.install)
    variables: tuple[tuple[str, str], ...] = ()
    if tool == "pytest":
        command = _start("pytest", setting, *_each("--ignore", setting.inner, joined=True), needs_project=True)
    else:
        command = setting.env.command(project, "python3", "-m", "unittest", *_discover(setting))
        if setting.env.kind == VENV and not setting.install:
            variables = (("PYTHONPATH", ":".join(_relative(project.folder, path) for path in setting.paths)),)
    inputs = ("$default", "**") if setting.has_members else ()
    return TaskSpec("test", command, depends_on=tuple(needs), inputs=inputs, env=variables, tools=_tools(setting))


def _discover(setting: Setting) -> tuple[str, ...]:
    """Return the arguments of unittest that find the tests."""
    tops = sorted({folder.partition("/")[0] for folder in setting.sources.tests})
    if len(tops) == 1 and tops[0]:
        return ("discover", "-s", tops[0], *(("-t", ".") if _is_importable(setting, tops[0]) else ()))
    return ("discover",)


def _is_importable(setting: Setting, top: str) -> bool:
    return any(folder == top for folder in setting.sources.packages)


def _relative(folder: str, path: str) -> str:
    """Return `path` as seen from `folder`, both relative to the repository."""
    import posixpath

    return posixpath.relpath(path or ".", folder or ".")


def _each(flag: str, values: Sequence[str], *, joined: bool = False) -> list[str]:
    if joined:
        return [f"{flag}={value}" for value in values]
    return [word for value in values for word in (flag, value)]


def paths_of(files: Files, folders: Sequence[str]) -> tuple[str, ...]:
    """Return the folders that the packages of the projects in `folders` are imported from."""
    return tuple(dict.fromkeys(import_paths(files, folder) for folder in folders))
