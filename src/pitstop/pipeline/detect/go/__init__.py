"""Go: single modules, several modules, workspaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.package import Package
from pitstop.pipeline.detect.draft import Draft, at, check_names
from pitstop.pipeline.detect.go.modules import find_modules
from pitstop.pipeline.detect.go.sums import Sums
from pitstop.pipeline.detect.go.tasks import tasks_of

if TYPE_CHECKING:
    from pitstop.pipeline.detect.evidence import Evidence
    from pitstop.pipeline.detect.go.modules import Module
    from pitstop.pipeline.files import Files, Note

_SHARED = (".golangci.yml", ".golangci.yaml", ".golangci.toml", ".golangci.json")


def find(files: Files, evidence: Evidence) -> Draft:  # noqa: ARG001  each ecosystem is asked the same way
    """Return the modules of the repository."""
    notes: list[Note] = []
    modules = find_modules(files, notes)
    sums = Sums(files, modules)
    packages = [
        Package(
            id="",
            name=module.name,
            ecosystem="go",
            root=folder,
            manifest=at(folder, "go.mod"),
            workspace=module.top,
            needs=tuple([at(need, "go.mod") for need in module.needs]),
            lock=sums.of(module),
            shared=_shared(files, module),
            tasks=tasks_of(files, module, modules),
        )
        for folder, module in modules.items()
    ]
    check_names(packages)
    return Draft(packages, [], notes)


def _shared(files: Files, module: Module) -> tuple[str, ...]:
    if module.folder == module.top:
        places = [""] if module.folder else []
        names: tuple[str, ...] = ()
    else:
        places = [module.top, ""] if module.top else [""]
        names = ("go.work", "go.work.sum")
    found = [at(module.top, name) for name in names]
    found += [at(place, name) for place in places for name in _SHARED]
    return tuple([path for path in found if path in files])
