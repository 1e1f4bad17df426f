"""How a project's tools are started, and how its environment is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.task import CACHE_CHECKOUT, TaskSpec
from pitstop.pipeline.detect.draft import Install, at, literal
from pitstop.pipeline.detect.python.requirements import DEV, RUN, SUGGESTIVE, section

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from pitstop.pipeline.detect.python.projects import Project
    from pitstop.pipeline.files import Files

UV = "uv"
POETRY = "poetry"
PDM = "pdm"
VENV = "venv"


class Environment(NamedTuple):
    """What the tools of one project run in."""

    kind: str
    """`uv`, `poetry`, `pdm` or `venv`."""
    top: str
    """The folder in which it is made."""
    place: str
    """The folder of the virtual environment, relative to the repository."""

    def command(self, project: Project, *words: str) -> tuple[str, ...]:
        """Return `words` as they are started in this environment."""
        if self.kind == UV:
            which = ("--package", project.name) if section(project.table, "project") else ()
            return ("uv", "run", "--frozen", "--no-sync", *which, *words)
        return words


def environment(files: Files, project: Project) -> Environment:
    """Return the environment of `project`: by its lock file, else a virtual environment of our own making."""
    top = project.top
    uv = section(project.table, "tool", "uv")
    if at(top, "uv.lock") in files or "workspace" in uv or top != project.folder:
        return Environment(UV, top, at(top, ".venv"))
    if at(top, "poetry.lock") in files:
        return Environment(POETRY, top, at(top, ".venv"))
    if at(top, "pdm.lock") in files:
        return Environment(PDM, top, at(top, ".venv"))
    return Environment(VENV, top, f".pitstop/venv/{top.replace('/', '-') or 'root'}")


def install_of(
    files: Files,
    env: Environment,
    members: Sequence[Project],
    projects: Mapping[str, Project],
    below: Iterable[str],
    tools: Iterable[str],
    native: AbstractSet[str],
) -> Install:
    """Return the installation of an environment.

    `members` are the projects it is for, `below` the folders of the projects that these need, `tools` the
    programs that the tasks start and that no project lists. The projects in the folders `native` have extension
    modules: only what they need is installed here, they themselves by their task `build`.
    """
    top = env.top
    variables: tuple[tuple[str, str], ...] = ()
    command: tuple[str, ...] | str
    names = ["pyproject.toml", "setup.py", "setup.cfg", ".python-version"]
    folders = sorted({*(member.folder for member in members), top, *below})
    inputs = [literal(path) for folder in folders for name in names if (path := at(folder, name)) in files]
    lock = ""
    groups = _groups(members)
    match env.kind:
        case "uv":
            lock = at(top, "uv.lock")
            frozen = ("--frozen",) if lock in files else ()
            late = [member.name for member in members if member.folder in native and member.is_installable]
            skipped = [word for name in late for word in ("--no-install-package", name)]
            command = ("uv", "sync", *frozen, "--all-packages", *groups, *skipped)
        case "poetry":
            lock = at(top, "poetry.lock")
            command = ("poetry", "install", "--no-interaction", *_poetry_groups(members))
            variables = (("POETRY_VIRTUALENVS_IN_PROJECT", "true"),)
        case "pdm":
            lock = at(top, "pdm.lock")
            command = ("pdm", "sync", "--dev")
            variables = (("PDM_IGNORE_ACTIVE_VENV", "true"),)
        case _:
            command = _venv(env.place, members, [projects[folder] for folder in below], tools, native)
    if lock in files:
        inputs.append(literal(lock))
    inputs += [literal(path) for member in members for path in member.texts]
    spec = TaskSpec(
        name="install",
        command=command,
        cwd=top if env.kind != VENV else "",
        inputs=tuple(inputs),
        outputs=(literal(env.place),),
        env=variables,
        cache=CACHE_CHECKOUT,
        tools=("python3",) if env.kind == VENV else (env.kind,),
        origin=lock if lock in files else members[0].manifest,
        description=f"install the dependencies of {members[0].manifest}",
    )
    return Install("python", top, spec)


def _groups(members: Sequence[Project]) -> tuple[str, ...]:
    groups = sorted({group for member in members for group in section(member.table, "dependency-groups")})
    extras = {extra for member in members for extra in section(member.table, "project", "optional-dependencies")}
    found = [word for group in groups if SUGGESTIVE.search(group) and group != "dev" for word in ("--group", group)]
    return (*found, *[word for extra in sorted(extras) if SUGGESTIVE.search(extra) for word in ("--extra", extra)])


def _poetry_groups(members: Sequence[Project]) -> tuple[str, ...]:
    """Return the optional groups and the extras that are asked for; other groups are installed by themselves."""
    found = []
    for member in members:
        poetry = section(member.table, "tool", "poetry")
        for group in section(poetry, "group"):
            if section(poetry, "group", group).get("optional") is True and SUGGESTIVE.search(group):
                found += ["--with", group]
        extras = (*section(poetry, "extras"), *section(member.table, "project", "optional-dependencies"))
        found += [word for extra in sorted({*extras}) if SUGGESTIVE.search(extra) for word in ("--extras", extra)]
    return tuple(found)


def _venv(
    place: str, members: Sequence[Project], below: Sequence[Project], tools: Iterable[str], native: AbstractSet[str]
) -> str:
    """Return the shell text that makes a virtual environment with everything in it."""
    import shlex

    wanted: dict[tuple[str, ...], None] = {}
    for project in below:
        if project.is_installable:
            wanted["-e", f"./{project.folder}".rstrip("/")] = None
    for member in members:
        late = member.folder in native or not member.is_installable
        if not late:
            wanted["-e", f"./{member.folder}".rstrip("/")] = None
        for one in member.requirements:
            asked = one.kind == RUN and late
            if one.text and (asked or (one.kind == DEV and SUGGESTIVE.search(one.group))):
                wanted[one.text,] = None
        for path in member.texts:
            wanted["-r", path] = None
    wanted.update({(tool,): None for tool in tools})
    text = f"python3 -m venv {shlex.quote(place)}"
    if wanted:
        words = shlex.join(word for item in wanted for word in item)
        text += f" && {shlex.quote(place)}/bin/python -m pip install --quiet --disable-pip-version-check {words}"
    return text
