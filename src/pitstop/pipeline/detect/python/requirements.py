"""What a Python project says that it needs, in each of the places where one may say it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from pitstop.pipeline.detect.draft import parent, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pitstop.links.formats import Table
    from pitstop.pipeline.files import Files

RUN = "run"
BUILD = "build"
DEV = "dev"


class Requirement(NamedTuple):
    """One dependency of a project."""

    kind: str
    """`run`, `build` or `dev`."""
    name: str
    """Normalised; `""` where only a path is given."""
    text: str
    """As pip takes it; `""` where it is no text that pip takes."""
    place: str | None = None
    """The folder it lies in, relative to the repository, where it is a local one."""
    group: str = ""
    """The extra or dependency group that holds it."""


_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(?:@\s*([^\s;]+))?")


def normal(name: str) -> str:
    """Return the name of a distribution as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirement(folder: str, kind: str, text: str, group: str = "") -> Requirement | None:
    """Return the dependency that a line of PEP 508 (or pip's `-e path`) in a file in `folder` means."""
    text = text.strip()
    editable = re.match(r"(?:-e|--editable)(?:\s+|=)(.+)", text)
    if editable:
        place = local_path(folder, editable[1].strip().strip("'\"").partition("[")[0])
        return Requirement(kind, "", "" if place is not None else text, place, group)
    if text.startswith((".", "/", "file:")):
        place = local_path(folder, text.partition("[")[0])
        return Requirement(kind, "", "" if place is not None else text, place, group)
    found = _NAME.match(text)
    if found is None:
        return None
    place = local_path(folder, found[2]) if found[2] else None
    return Requirement(kind, normal(found[1]), text, place, group)


def local_path(folder: str, text: str) -> str | None:
    """Return the folder that a path or a URL with a path means, or None where it is none of the repository's."""
    for start in ("{root:uri}", "{root:parent:uri}", "file:///${PROJECT_ROOT}", "file://${PROJECT_ROOT}"):
        if text.startswith(start):
            inside = text.removeprefix(start).lstrip("/")
            return resolve(parent(folder) if "parent" in start else folder, inside)
    if "://" in text or text.startswith(("git+", "/")):
        return None
    return resolve(folder, text.removeprefix("file:"))


def requirements(folder: str, table: Table) -> list[Requirement]:
    """Return what the pyproject.toml of the project in `folder` lists."""
    found: list[Requirement | None] = []
    project = section(table, "project")
    found += [requirement(folder, RUN, text) for text in strings(project.get("dependencies"))]
    for extra, texts in section(project, "optional-dependencies").items():
        found += [requirement(folder, DEV, text, extra) for text in strings(texts)]
    groups = section(table, "dependency-groups")
    for group in groups:
        found += [requirement(folder, DEV, text, group) for text in group_texts(groups, group)]
    found += [requirement(folder, BUILD, text) for text in strings(section(table, "build-system").get("requires"))]
    uv = section(table, "tool", "uv")
    found += [requirement(folder, DEV, text, "dev") for text in strings(uv.get("dev-dependencies"))]
    for group, texts in section(table, "tool", "pdm", "dev-dependencies").items():
        found += [requirement(folder, DEV, text, group) for text in strings(texts)]
    for group, env in section(table, "tool", "hatch", "envs").items():
        for key in ("dependencies", "extra-dependencies"):
            found += [requirement(folder, DEV, text, group) for text in strings(section({"env": env}, "env").get(key))]
    for hook in section(table, "tool", "hatch", "metadata", "hooks").values():
        texts = hook.get("dependencies") if isinstance(hook, dict) else None
        found += [requirement(folder, RUN, text) for text in strings(texts)]
    found += _poetry(folder, section(table, "tool", "poetry"))
    return [_sourced(folder, one, section(uv, "sources")) for one in found if one is not None]


def group_texts(groups: Table, group: str) -> list[str]:
    """Return the requirements of a dependency group (PEP 735), those of the groups it includes with them."""
    found: list[str] = []
    seen: set[str] = set()
    queue = [group]
    while queue:
        name = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        items = groups.get(name)
        for item in items if isinstance(items, list) else ():
            if isinstance(item, str):
                found.append(item)
            elif isinstance(item, dict) and isinstance(item.get("include-group"), str):
                queue.append(item["include-group"])
    return found


def _poetry(folder: str, poetry: Table) -> Iterator[Requirement]:
    lists = [(RUN, "", section(poetry, "dependencies")), (DEV, "dev", section(poetry, "dev-dependencies"))]
    groups = section(poetry, "group")
    lists += [(DEV, group, section(groups, group, "dependencies")) for group in groups]
    for kind, group, listed in lists:
        for name, value in listed.items():
            if name == "python":
                continue
            values = value if isinstance(value, list) else [value]
            paths = [item["path"] for item in values if isinstance(item, dict) and isinstance(item.get("path"), str)]
            place = local_path(folder, paths[0]) if paths else None
            yield Requirement(kind, normal(name), name if place is None else "", place, group)


def _sourced(folder: str, one: Requirement, sources: Table) -> Requirement:
    """Return `one` with the place that `tool.uv.sources` gives it."""
    if one.place is not None:
        return one
    for name, value in sources.items():
        if normal(name) != one.name:
            continue
        for source in value if isinstance(value, list) else [value]:
            if isinstance(source, dict) and isinstance(source.get("path"), str):
                place = local_path(folder, source["path"])
                if place is not None:
                    return one._replace(place=place)
    return one


def requirement_file(files: Files, path: str) -> list[Requirement]:
    """Return what a file in pip's format lists, files it includes with `-r` and `-c` with it."""
    found: list[Requirement] = []
    seen: set[str] = set()
    queue = [path]
    while queue:
        path = queue.pop()
        if path in seen:
            continue
        seen.add(path)
        text = (files.read(path) or b"").decode("utf-8", "replace").replace("\\\n", " ")
        for line in text.splitlines():
            line = re.sub(r"(^|\s)#.*", "", line).strip()
            include = re.match(r"(?:-r|--requirement)(?:\s+|=)?(\S+)", line)
            if include:
                place = resolve(parent(path), include[1])
                if place:
                    queue.append(place)
            elif line.startswith(("-e", "--editable")) or (line and not line.startswith("-")):
                one = requirement(parent(path), DEV, line)
                if one is not None:
                    found.append(one)
    return found


SUGGESTIVE = re.compile(
    r"(?:^|[-_.])(?:default|dev|develop|development|tests?|testing|lint|linting|checks?|ci|types?|typing|typecheck|mypy"
    r"|style|format|quality|qa)(?:[-_.]|$)"
)
"""Names of extras, groups and requirement files that hold what checking and testing takes."""


def requirement_files(files: Files) -> dict[str, list[str]]:
    """Return the requirement files that say what running and testing takes, by the folder of their project."""
    found: dict[str, list[str]] = {}
    for path in files.paths:
        if not path.endswith(".txt") or "requirements" not in path:
            continue
        folder, _, name = path.removesuffix(".txt").rpartition("/")
        if folder == "requirements" or folder.endswith("/requirements"):
            if SUGGESTIVE.search(name) or name in {"base", "main", "prod", "requirements"}:
                found.setdefault(parent(folder), []).append(path)
        elif name == "requirements" or ("requirements" in name and SUGGESTIVE.search(name)):
            found.setdefault(folder, []).append(path)
    return found


def section(table: Table, *keys: str) -> Table:
    """Return the table under `keys`, empty where there is none."""
    for key in keys:
        found = table.get(key)
        table = found if isinstance(found, dict) else {}
    return table


def strings(value: Any) -> list[str]:
    """Return the texts of a list; nothing of what is no list."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
