"""What can be done with a Go module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.task import TaskSpec
from pitstop.pipeline.detect.draft import at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pitstop.pipeline.detect.go.modules import Module
    from pitstop.pipeline.files import Files

_LINTER = (".golangci.yml", ".golangci.yaml", ".golangci.toml", ".golangci.json")


def tasks_of(files: Files, module: Module, modules: Mapping[str, Module]) -> tuple[TaskSpec, ...]:
    """Return format, lint, build and test of `module`, or nothing where it has no Go file."""
    folders = _folders(files, module, modules)
    if not folders:
        return ()

    def spec(name: str, *command: str, batch: str = "", tools: tuple[str, ...] = ("go",)) -> TaskSpec:
        return TaskSpec(name, command, batch=batch, tools=tools, origin=at(module.folder, "go.mod"))

    uses_linter = any(at(place, name) in files for place in (module.folder, module.top, "") for name in _LINTER)
    if uses_linter:
        lint = spec("lint", "golangci-lint", "run", "./...", tools=("go", "golangci-lint"))
    else:
        lint = spec("lint", "go", "vet", "./...", batch="go-vet")
    return (
        TaskSpec("format", _gofmt(folders), tools=("gofmt",), origin=at(module.folder, "go.mod")),
        lint,
        spec("build", "go", "build", "./...", batch="go-build"),
        spec("test", "go", "test", "./...", batch="go-test"),
    )


def _folders(files: Files, module: Module, modules: Mapping[str, Module]) -> list[str]:
    """Return the folders of `module`, relative to it, that hold Go files of its packages; `.` for its own."""
    start = len(module.folder) + 1 if module.folder else 0
    nested = {folder for folder in modules if folder != module.folder}
    found: dict[str, None] = {}
    skipped: dict[str, bool] = {}
    for path in files.below(module.folder):
        if not path.endswith(".go"):
            continue
        folder = path[start:].rpartition("/")[0]
        if folder not in skipped:
            skipped[folder] = _is_skipped(module.folder, folder, nested)
        if not skipped[folder]:
            found[folder or "."] = None
    return list(found)


def _is_skipped(top: str, folder: str, nested: set[str]) -> bool:
    place = top
    for part in folder.split("/") if folder else ():
        place = at(place, part)
        if part in {"testdata", "vendor"} or part.startswith((".", "_")) or place in nested:
            return True
    return False


def _gofmt(folders: list[str]) -> str:
    """Return a shell text that lists what is not formatted, and fails when there is something."""
    import shlex

    what = " ".join("*.go" if folder == "." else f"{shlex.quote(folder)}/*.go" for folder in folders)
    return f'found=$(gofmt -l {what}) && echo "$found" && test -z "$found"'
