"""The scripts of a package.json as tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.task import CACHE_NEVER, TaskSpec
from pitstop.pipeline.detect.draft import at
from pitstop.pipeline.detect.node.outputs import build_outputs
from pitstop.pipeline.detect.node.workspaces import MANIFEST

if TYPE_CHECKING:
    from pitstop.pipeline.detect.node.workspaces import Module, Workspace
    from pitstop.pipeline.files import Files

_FORMAT = ("format:check", "check:format", "fmt:check", "prettier:check", "lint:format")
_TYPES = ("typecheck", "type-check", "check-types", "tsc")


def tasks_of(files: Files, module: Module, workspace: Workspace, install: str) -> tuple[TaskSpec, ...]:
    """Return the tasks that the scripts of `module` make; they wait for `install` unless it is empty."""
    scripts = module.table.get("scripts")
    if not isinstance(scripts, dict):
        return ()
    origin = at(module.folder, MANIFEST)
    first = (install,) if install else ()
    named = {}
    for name, text in scripts.items():
        if not isinstance(text, str) or not text.strip():
            continue
        if name == "test" and "no test specified" in text:
            continue
        if name.startswith(("pre", "post")) and name.removeprefix("pre").removeprefix("post") in scripts:
            continue
        before, after = scripts.get("pre" + name), scripts.get("post" + name)
        if workspace.manager != "berry":
            text = " && ".join(
                f"({part})" if len(all_) > 1 else part
                for all_ in [[p for p in (before, text, after) if isinstance(p, str)]]
                for part in all_
            )
        task = "format" if name in _FORMAT else "typecheck" if name in _TYPES else name
        if task == "build":
            spec = TaskSpec(task, text, depends_on=("^build", *first), outputs=build_outputs(files, module))
        elif task == "test":
            spec = TaskSpec(task, text, depends_on=("?build", "^build", *first))
        elif task in {"lint", "typecheck"}:
            more = ("?typecheck",) if task == "lint" else ()
            spec = TaskSpec(task, text, depends_on=("^build", *more, *first))
        elif task == "doc" or (task == "format" and name in _FORMAT):
            spec = TaskSpec(task, text, depends_on=first)
        elif task == "format":
            spec = TaskSpec("format:fix", text, depends_on=first, cache=CACHE_NEVER)
        else:
            spec = TaskSpec(task, text, depends_on=("^build", *first), cache=CACHE_NEVER)
        named[spec.name] = spec._replace(origin=origin, tools=("node",))
    if "typecheck" in named and "lint" not in named:
        named["lint"] = TaskSpec("lint", depends_on=("typecheck",), origin=origin)
    return tuple(named.values())
