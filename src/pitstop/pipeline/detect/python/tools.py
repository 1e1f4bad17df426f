"""Which checkers and test runners a Python project uses, as its settings, dependencies and CI show."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.links.formats import read_toml
from pitstop.pipeline.detect.draft import above, at
from pitstop.pipeline.detect.python.requirements import section

if TYPE_CHECKING:
    from pitstop.links.formats import Table
    from pitstop.pipeline.detect.evidence import Evidence
    from pitstop.pipeline.detect.python.projects import Project
    from pitstop.pipeline.detect.python.sources import Sources
    from pitstop.pipeline.files import Files

_FILES = {
    "ruff": ("ruff.toml", ".ruff.toml"),
    "flake8": (".flake8",),
    "pylint": (".pylintrc", "pylintrc"),
    "isort": (".isort.cfg",),
    "mypy": ("mypy.ini", ".mypy.ini"),
    "pyright": ("pyrightconfig.json",),
    "pytest": ("pytest.ini", ".pytest.ini", "pytest.toml"),
}
_SECTIONS = {
    "flake8": ("[flake8]",),
    "isort": ("[isort]",),
    "mypy": ("[mypy]",),
    "pytest": ("[tool:pytest]", "[pytest]"),
}
_WIDE = ("ruff", "black", "isort", "flake8", "pylint", "pytest")
"""Tools that are called in each project and take settings from the folders around it."""
_NARROW = ("mypy", "pyright", "basedpyright", "ty")
"""Tools that are called where their settings are."""


_LOOKED_AT = 20
"""So many test files tell whether a project's tests are unittest's."""


class Use(NamedTuple):
    """The tools of one project."""

    format: tuple[str, ...]
    lint: tuple[str, ...]
    types: tuple[str, ...]
    """Of `mypy`, `pyright`, `basedpyright` and `ty`."""
    test: str
    """`pytest`, `unittest` or `""`."""
    shared: tuple[str, ...]
    """Files outside the project that hold settings of these tools."""


class Settings:
    """The settings of tools in each folder, read once."""

    def __init__(self, files: Files, evidence: Evidence) -> None:
        self._files = files
        self._evidence = evidence
        self._found: dict[str, dict[str, str]] = {}
        self._said: dict[str, bool] = {}
        self._tables: dict[str, Table] = {}

    def use(self, project: Project, sources: Sources) -> Use:
        """Return the tools that `project` uses."""
        here = self._in(project.folder)
        around: dict[str, str] = {}
        for folder in (project.folder, *above(project.folder)):
            for tool, path in self._in(folder).items():
                around.setdefault(tool, path)
        named = {one.name for one in project.requirements}
        formats = []
        if "ruff-format" in around or self._says("ruff-format", r"ruff[- ]format", r"\bruff\b.*\bformat\b"):
            formats.append("ruff")
        elif "black" in around or self._says("black", r"id:\s*black\b", r"\bblack\b[^\n]*--check"):
            formats.append("black")
        if "isort" in around and "ruff" not in formats:
            formats.append("isort")
        lints = [tool for tool in ("ruff", "flake8", "pylint") if tool in around]
        if "ruff" not in lints and self._says("ruff", r"\bruff\b[\"', ]+check\b", r"id:\s*ruff\b"):
            lints.insert(0, "ruff")
        types = [tool for tool in _NARROW if tool in here]
        if len(types) > 1:  # settings that nothing uses stay behind when a project changes its checker
            types = [tool for tool in types if self._says(tool, rf"\b{tool}\b")] or types[:1]
        test = ""
        if sources.tests:
            uses = "pytest" in around or sources.has_conftest or "pytest" in named
            if uses or self._says("pytest", r"\bpytest\b"):
                test = "pytest"
            elif self._imports_unittest(sources):
                test = "unittest"
        used = {"ruff-format" if "ruff" in formats else "", *formats, *lints, *types, test}
        shared = {path for tool, path in around.items() if tool in used and not _inside(path, project.folder)}
        return Use(tuple(formats), tuple(lints), tuple(types), test, tuple(sorted(shared)))

    def _imports_unittest(self, sources: Sources) -> bool:
        return any(b"unittest" in (self._files.read(path) or b"") for path in sources.test_files[:_LOOKED_AT])

    def _says(self, key: str, *patterns: str) -> bool:
        if key not in self._said:
            self._said[key] = self._evidence.says(*patterns)
        return self._said[key]

    def _in(self, folder: str) -> dict[str, str]:
        """Return the file in `folder` that sets up each tool, by tool."""
        if folder in self._found:
            return self._found[folder]
        found: dict[str, str] = {}
        for tool, names in _FILES.items():
            for name in names:
                if at(folder, name) in self._files:
                    found.setdefault(tool, at(folder, name))
        for name in ("setup.cfg", "tox.ini"):
            path = at(folder, name)
            if path in self._files:
                text = (self._files.read(path) or b"").decode("utf-8", "replace")
                for tool, heads in _SECTIONS.items():
                    if any(head in text for head in heads):
                        found.setdefault(tool, path)
        path = at(folder, "pyproject.toml")
        tools = section(self.table(folder), "tool")
        for tool in (*_WIDE, *_NARROW):
            if tool in tools:
                found.setdefault(tool, path)
        ruff = found.get("ruff", "")
        settings = section(tools, "ruff") if ruff == path else self._toml(ruff) if ruff else {}
        if "format" in settings:
            found["ruff-format"] = ruff
        self._found[folder] = found
        return found

    def table(self, folder: str) -> Table:
        """Return the pyproject.toml in `folder`, empty where there is none or it cannot be read."""
        return self._toml(at(folder, "pyproject.toml"))

    def _toml(self, path: str) -> Table:
        from pitstop.core.errors import ConfigError

        if path not in self._tables:
            data = self._files.read(path) if path in self._files else None
            try:
                self._tables[path] = {} if data is None else read_toml(data, path)
            except ConfigError:  # a pyproject.toml that is no project of ours; the tool itself will say it
                self._tables[path] = {}
        return self._tables[path]


def _inside(path: str, folder: str) -> bool:
    return not folder or path.startswith(folder + "/")
