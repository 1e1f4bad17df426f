"""Which Python projects there are, and the workspace of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.errors import ConfigError, PlanError
from pitstop.core.globs import is_literal
from pitstop.links.formats import read_toml
from pitstop.pipeline.detect.draft import at, is_fixture, manifests, parent, resolve
from pitstop.pipeline.detect.members import Folders, folder_matcher
from pitstop.pipeline.detect.python.requirements import (
    DEV,
    RUN,
    Requirement,
    requirement,
    requirement_file,
    requirement_files,
    requirements,
    section,
    strings,
)
from pitstop.pipeline.detect.python.setups import read_setup
from pitstop.pipeline.files import Note

if TYPE_CHECKING:
    from pitstop.links.formats import Table
    from pitstop.pipeline.files import Files

MANIFEST = "pyproject.toml"
LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml")


class Project(NamedTuple):
    """One Python project."""

    name: str
    folder: str
    manifest: str
    table: Table
    """Its pyproject.toml; empty where there is none."""
    top: str
    """The folder of its workspace; its own when it has none."""
    requirements: tuple[Requirement, ...]
    is_installable: bool
    """It can be installed; false for a folder of scripts, or a workspace root that only holds settings."""
    texts: tuple[str, ...] = ()
    """Its requirement files."""


def find_projects(files: Files, notes: list[Note]) -> dict[str, Project]:
    """Return the projects by folder, in the order of the folders.

    Below another project a folder counts when a uv workspace names it, or when it is no fixture, template or test.
    """
    found_in = {parent(path): path for name in ("setup.cfg", "setup.py", MANIFEST) for path in manifests(files, name)}
    folders = Folders(found_in)
    tops: dict[str, str] = {}
    tables: dict[str, Table] = {}
    for folder in sorted(folders.all, key=lambda folder: (folder.count("/") + bool(folder), folder)):
        if folder in tops:
            continue
        around = _around(folder, tops)
        if around is not None and is_fixture(folder, around, alone=any(at(folder, name) in files for name in LOCKS)):
            notes.append(Note(found_in[folder], "not planned: a project among fixtures, examples or tests"))
            continue
        try:
            table = _table(files, folder)
        except ConfigError:
            if around is None:
                raise
            notes.append(Note(found_in[folder], "not planned: not readable, and no member of a workspace"))
            continue
        tables[folder] = table
        tops[folder] = folder
        for member in _members(files, folder, table, folders):
            tops.setdefault(member, folder)
    found = {}
    texts = requirement_files(files)
    for folder, top in sorted(tops.items()):
        table = tables[folder] if folder in tables else _table(files, folder)
        project = _project(files, folder, top, found_in.get(folder, at(folder, MANIFEST)), table, texts)
        if project is not None:
            found[folder] = project
    return found


def _around(folder: str, tops: dict[str, str]) -> str | None:
    while folder:
        folder = parent(folder)
        if folder in tops:
            return folder
    return None


def _table(files: Files, folder: str) -> Table:
    path = at(folder, MANIFEST)
    data = files.read(path) if path in files else None
    return {} if data is None else read_toml(data, path)


def _members(files: Files, top: str, table: Table, folders: Folders) -> list[str]:
    """Return the members of the uv workspace in `top`."""
    workspace = section(table, "tool", "uv", "workspace")
    excluded = [folder_matcher(glob) for glob in strings(workspace.get("exclude"))]
    start = len(top) + 1 if top else 0
    found = []
    for glob in strings(workspace.get("members")):
        matched = [
            folder
            for folder in folders.matching(top, glob)
            if folder != top and not any(fits(folder[start:]) for fits in excluded)
        ]
        for folder in matched:
            if at(folder, MANIFEST) in files:
                found.append(folder)
            elif is_literal(glob):
                matched = []
        if is_literal(glob) and not matched:
            place = resolve(top, glob)
            if place == top or (place is not None and any(fits(place[start:]) for fits in excluded)):
                continue
            if place is None or files.read(at(place, MANIFEST)) is None:
                raise PlanError(
                    f"{at(top, MANIFEST)}: workspace member `{glob}` has no {MANIFEST}",
                    hint="mend `tool.uv.workspace.members`, or add the project to git",
                )
            found.append(place)
    return found


def _project(
    files: Files, folder: str, top: str, manifest: str, table: Table, all_texts: dict[str, list[str]]
) -> Project | None:
    listed = requirements(folder, table)
    name = section(table, "project").get("name") or section(table, "tool", "poetry").get("name")
    installable = isinstance(name, str) and section(table, "tool", "uv").get("package") is not False
    if "project" in table and not isinstance(name, str):
        raise ConfigError("`project.name` is missing", file=manifest, hint="a project needs a name")
    setup = read_setup(files, folder)
    if setup is not None:
        installable = True
        if not isinstance(name, str):
            name = setup.name
        listed += [one for text in setup.requires if (one := requirement(folder, RUN, text)) is not None]
        for extra, texts in setup.extras.items():
            listed += [one for text in texts if (one := requirement(folder, DEV, text, extra)) is not None]
    texts = all_texts.get(folder, [])
    for path in texts:
        listed += requirement_file(files, path)
    if not isinstance(name, str) or not name:
        if setup is None and not section(table, "tool"):
            return None
        name = folder.rpartition("/")[2] or "root"
    return Project(name, folder, manifest, table, top, tuple(listed), installable, tuple(texts))
