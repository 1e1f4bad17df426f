"""Python: uv workspaces, and projects of pyproject.toml, setup.py or setup.cfg."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.package import Package
from pitstop.pipeline.detect.draft import Draft, above, at, check_names, install_ref
from pitstop.pipeline.detect.python.environments import UV, environment, install_of
from pitstop.pipeline.detect.python.locks import Locks
from pitstop.pipeline.detect.python.needs import find_needs
from pitstop.pipeline.detect.python.projects import find_projects
from pitstop.pipeline.detect.python.sources import find_sources, nested
from pitstop.pipeline.detect.python.tasks import Setting, paths_of, tasks_of
from pitstop.pipeline.detect.python.tools import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pitstop.pipeline.detect.draft import Install
    from pitstop.pipeline.detect.evidence import Evidence
    from pitstop.pipeline.detect.python.needs import Needs
    from pitstop.pipeline.detect.python.projects import Project
    from pitstop.pipeline.detect.python.tools import Use
    from pitstop.pipeline.files import Files, Note

_CHECKERS = frozenset({"ruff", "black", "isort", "flake8", "pylint", "mypy", "pyright", "basedpyright", "ty", "pytest"})


def find(files: Files, evidence: Evidence) -> Draft:
    """Return the Python projects of the repository."""
    notes: list[Note] = []
    projects = find_projects(files, notes)
    if not projects:
        return Draft([], [], notes)
    locks = Locks(files)
    needs = find_needs(files, projects, locks)
    sources = find_sources(files, projects)
    settings = Settings(files, evidence)
    uses = {folder: settings.use(project, sources[folder]) for folder, project in projects.items()}
    tops = _tops(projects)
    installs = {
        top: install
        for top, members in tops.items()
        if (install := _install(files, projects, members, needs, uses)) is not None
    }
    packages = []
    for folder, project in projects.items():
        env = environment(files, project)
        below = _below(folder, needs)
        setting = Setting(
            project=project,
            sources=sources[folder],
            env=env,
            install=install_ref("python", project.top) if project.top in installs else "",
            inner=nested(folder, projects),
            paths=paths_of(files, [folder, *below]),
            natives=tuple([projects[place].name for place in below if needs[place].is_native]),
            listed=frozenset(one.name for member in tops[project.top] for one in member.requirements),
            has_members=folder == project.top and len(tops[project.top]) > 1,
        )
        own = needs[folder]
        tasks = tasks_of(files, uses[folder], setting, settings.table(folder), is_native=own.is_native)
        if not tasks and not project.is_installable and "project" not in project.table:
            continue  # settings alone
        packages.append(
            Package(
                id="",
                name=project.name,
                ecosystem="python",
                root=folder,
                manifest=project.manifest,
                workspace=project.top,
                needs=own.needs,
                dev_needs=own.dev_needs,
                lock=locks.of(project, projects.get(project.top)),
                shared=_shared(files, project, uses[folder]),
                path=(at(env.place, "bin"),) if setting.install else (),
                tasks=tasks,
            )
        )
    check_names(packages)
    return Draft(packages, list(installs.values()), notes)


def _tops(projects: Mapping[str, Project]) -> dict[str, list[Project]]:
    tops: dict[str, list[Project]] = {}
    for project in projects.values():
        tops.setdefault(project.top, []).append(project)
    return tops


def _install(
    files: Files,
    projects: Mapping[str, Project],
    members: list[Project],
    needs: Mapping[str, Needs],
    uses: Mapping[str, Use],
) -> Install | None:
    """Return the installation of a workspace, or None where nothing would be installed."""
    env = environment(files, projects.get(members[0].top, members[0]))
    below = sorted(
        {place for member in members for place in _below(member.folder, needs)} - {m.folder for m in members}
    )
    started = {
        tool
        for member in members
        for tool in (
            *uses[member.folder].format,
            *uses[member.folder].lint,
            *uses[member.folder].types,
            uses[member.folder].test,
        )
    } & _CHECKERS
    listed = {one.name for member in members for one in member.requirements}
    foreign = any(needs[folder].foreign for folder in (*below, *(member.folder for member in members)))
    native = {folder for folder in (*below, *(member.folder for member in members)) if needs[folder].is_native}
    if env.kind != UV and not started and not foreign and not native:
        return None
    if env.kind == UV and not any(member.is_installable or member.requirements for member in members):
        return None
    return install_of(files, env, members, projects, below, sorted(started - listed), native)


def _below(folder: str, needs: Mapping[str, Needs]) -> list[str]:
    """Return the folders of the projects that the one in `folder` needs, and those that these need."""
    found: dict[str, None] = {}
    queue = [folder]
    while queue:
        for place in sorted(needs[queue.pop()].folders):
            if place not in found and place != folder:
                found[place] = None
                queue.append(place)
    return list(found)


def _shared(files: Files, project: Project, use: Use) -> tuple[str, ...]:
    found = {*use.shared}
    if project.top != project.folder:
        found.add(at(project.top, "pyproject.toml"))
    for place in above(project.folder):
        found.update(path for name in (".python-version", "conftest.py") if (path := at(place, name)) in files)
    return tuple(sorted(found))
