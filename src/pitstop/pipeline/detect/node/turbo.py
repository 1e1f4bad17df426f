"""turbo.json: what a repository says about its own tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pitstop.core.errors import ConfigError
from pitstop.core.globs import matcher
from pitstop.core.task import CACHE_NEVER
from pitstop.links.formats import read_jsonc
from pitstop.pipeline.detect.draft import at

if TYPE_CHECKING:
    from pitstop.core.task import TaskSpec
    from pitstop.links.formats import Table
    from pitstop.pipeline.detect.node.workspaces import Module
    from pitstop.pipeline.files import Files


class Turbo(NamedTuple):
    """The settings of one workspace (turbo 1 and 2)."""

    top: str
    root: str
    """Name of the package in the workspace's root."""
    table: Table
    own: dict[str, Table]
    """turbo.json files of packages, by their folders."""
    files: tuple[str, ...]
    """Files that every task reads."""

    def applied(self, spec: TaskSpec, script: str, module: Module, install: str) -> TaskSpec:
        """Return `spec`, made of a script, with what turbo.json says about the script; as it is where it says nothing."""
        said = self._said(script, module)
        if said is None:
            return spec
        read = [*_strings(self.table.get("globalEnv")), *_strings(said.get("env"))]
        passed = [*_strings(self.table.get("globalPassThroughEnv")), *_strings(said.get("passThroughEnv"))]
        waits = _strings(said.get("dependsOn"))
        read += [name[1:] for name in waits if name.startswith("$")]  # turbo 1
        depends = [self._task(name, spec.name) for name in waits if not name.startswith("$")]
        if install:
            depends.append(install)
        outputs, inputs = said.get("outputs"), said.get("inputs")
        negative = said.get("cache") is False or said.get("persistent") is True
        return spec._replace(
            depends_on=tuple(dict.fromkeys(depends)),
            outputs=self._outputs(_strings(outputs)) or spec.outputs,
            inputs=tuple([self._glob(glob) for glob in _strings(inputs)]) if _strings(inputs) else spec.inputs,
            read_env=tuple(dict.fromkeys((*spec.read_env, *[name for name in read if not name.startswith("!")]))),
            pass_env=tuple(dict.fromkeys((*spec.pass_env, *passed))),
            cache=CACHE_NEVER if negative else spec.cache,
        )

    def _said(self, script: str, module: Module) -> Table | None:
        tasks = _tasks(self.table)
        exact = tasks.get(f"//#{script}" if module.folder == self.top else f"{module.name}#{script}")
        common = tasks.get(script) if exact is None else exact
        own = _tasks(self.own.get(module.folder, {})).get(script)
        if not isinstance(common, dict) and not isinstance(own, dict):
            return None
        return {**(common if isinstance(common, dict) else {}), **(own if isinstance(own, dict) else {})}

    def _task(self, name: str, here: str) -> str:
        """Return a dependency in our words: `^build`, `?build`, `?name:build`."""
        package, sharp, task = name.partition("#")
        if sharp:
            return f"?{self.root if package == '//' else package}:{task}"
        if name.startswith("^"):
            return name
        return f"?{name}" if name != here else "?"

    def _outputs(self, globs: list[str]) -> tuple[str, ...]:
        """Return what a task writes; `**/dist/**` means no package that is installed."""
        more = ["!**/node_modules/**"] if any(glob.startswith("**") for glob in globs) else []
        return tuple([self._glob(glob) for glob in (*globs, *more)])

    def _glob(self, glob: str) -> str:
        negated, path = ("!", glob[1:]) if glob.startswith("!") else ("", glob)
        if path == "$TURBO_DEFAULT$":
            return "$default"
        if path.startswith("$TURBO_ROOT$"):
            return f"{negated}//{at(self.top, path.removeprefix('$TURBO_ROOT$').lstrip('/'))}"
        return negated + path


def read_turbo(files: Files, top: str, root: str) -> Turbo | None:
    """Return the settings of the workspace in `top`, whose root package is called `root`; None where it has none."""
    table = _read(files, top)
    if table is None:
        return None
    own = {}
    for name in ("turbo.json", "turbo.jsonc"):
        for path in files.named(name):
            folder = path.rpartition("/")[0]
            if folder != top and (not top or folder.startswith(top + "/")) and "node_modules" not in folder:
                inner = _read(files, folder)
                if inner is not None and "extends" in inner:
                    own[folder] = inner
    shared = _strings(table.get("globalDependencies"))
    start = len(top) + 1 if top else 0
    fits = matcher([glob for glob in shared if not glob.startswith("$")])
    paths = tuple([path for path in files.below(top) if fits(path[start:])]) if shared else ()
    return Turbo(top, root, table, own, paths)


def _read(files: Files, folder: str) -> Table | None:
    for name in ("turbo.json", "turbo.jsonc"):
        path = at(folder, name)
        if path in files:
            table = read_jsonc(files.read(path) or b"", path)
            if not isinstance(table, dict):
                raise ConfigError("not an object", file=path, line=1, column=1)
            return table
    return None


def _tasks(table: Table) -> Table:
    for key in ("tasks", "pipeline"):
        if isinstance(table.get(key), dict):
            found: Table = table[key]
            return found
    return {}


def _strings(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str) and item] if isinstance(value, list) else []
