"""What each ecosystem hands over: packages and installations whose names are not final yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pitstop.core.package import Package
    from pitstop.core.task import TaskSpec
    from pitstop.pipeline.files import Files, Note


class Install(NamedTuple):
    """The installation of the dependencies of one workspace. Its final name depends on what else there is."""

    ecosystem: str
    folder: str
    spec: TaskSpec
    """Its name is not used."""


class Edge(NamedTuple):
    """One package needs another one, of another ecosystem, and its tasks wait for tasks of it."""

    package: str
    """A manifest."""
    needs: str
    """A manifest."""
    waits: tuple[str, ...]
    """Names of tasks of the second that all tasks of the first but `format` wait for, where they exist."""


class Draft(NamedTuple):
    """The packages of one ecosystem.

    `id` of a package is empty, its `needs` and `dev_needs` are paths of manifests (of any ecosystem), and what waits
    for an installation names `install_ref(...)` in `depends_on`. `join` makes ids and names of them.
    """

    packages: list[Package]
    installs: list[Install]
    notes: list[Note]
    edges: Sequence[Edge] = ()


INSTALL = "//:install@"
"""Begins a reference to an installation that has no final name yet."""


def install_ref(ecosystem: str, folder: str) -> str:
    """Return what a task's `depends_on` says for the installation of the workspace in `folder`."""
    return f"{INSTALL}{ecosystem}:{folder}"


def at(folder: str, path: str) -> str:
    """Return `path` below `folder`; both POSIX, `""` is the repository."""
    return f"{folder}/{path}" if folder and path else folder or path


def manifests(files: Files, name: str) -> list[str]:
    """Return the paths of the files called `name`, without those of packages that were installed and then committed."""
    return [path for path in files.named(name) if "node_modules/" not in path]


def resolve(folder: str, path: str) -> str | None:
    """Return `path`, as written in a manifest in `folder`, relative to the repository; None where it leaves it."""
    parts = folder.split("/") if folder else []
    for part in path.replace("\\", "/").split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return None if path.startswith("/") else "/".join(parts)


def parent(folder: str) -> str:
    """Return the folder around `folder`; around the repository is the repository."""
    return folder.rpartition("/")[0]


def above(folder: str) -> list[str]:
    """Return the folders around `folder`, nearest first, the repository `""` last; nothing for the repository."""
    found = []
    while folder:
        folder = folder.rpartition("/")[0]
        found.append(folder)
    return found


def literal(path: str) -> str:
    """Return the glob that matches `path`, relative to the repository, and nothing else."""
    if any(char in path for char in "*?[{\\"):
        path = "".join(f"\\{char}" if char in "*?[{\\" else char for char in path)
    return f"//{path}"


def check_names(packages: Iterable[Package]) -> None:
    """Raise PlanError when two packages of one workspace have one name; those of two workspaces may."""
    seen: dict[tuple[str, str], Package] = {}
    for package in packages:
        other = seen.setdefault((package.workspace, package.name), package)
        if other is not package:
            raise PlanError(
                f"two {package.ecosystem} packages are called `{package.name}`: "
                f"{other.manifest} and {package.manifest}",
                hint="rename one of them, or keep one out of the workspace",
            )


FIXTURES = frozenset({
    "fixture", "fixtures", "__fixtures__", "testdata", "test-data", "test_data", "testfixtures", "test-fixtures",
    "test_fixtures", "__tests__", "__testfixtures__", "snapshots", "__snapshots__", "template", "templates", "mocks",
    "__mocks__", "node_modules", "vendor", "third_party",
})  # fmt: skip
"""Folders whose projects are material for something else, unless a workspace names them as members."""


EXAMPLES = frozenset({"examples", "example", "samples", "sample", "demos", "demo", "tests", "test", "docs_src"})
"""Folders whose projects are part of the project around them, unless a workspace or a lock file makes them their own."""


def is_fixture(folder: str, top: str, *, alone: bool = False) -> bool:
    """Return whether `folder`, below the project in `top`, lies among fixtures, templates or copies.

    One that is not `alone`, without a lock file of its own, neither counts among examples and tests.
    """
    inner = folder[len(top) + 1 :] if top else folder
    parts = [part.lower() for part in inner.split("/")]
    return not FIXTURES.isdisjoint(parts) or not (alone or EXAMPLES.isdisjoint(parts))
