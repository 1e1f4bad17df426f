"""`pitstop graph`: the packages of the repository, or its tasks, and what each needs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pitstop.core.errors import EXIT_OK, SurroundingError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Collection, Sequence

    from pitstop.cli.graph.net import Net
    from pitstop.core.package import Package
    from pitstop.pipeline.graph import Graph


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command."""
    import argparse

    from pitstop.cli.pipeline.run import add_selection

    made = argparse.ArgumentParser(
        prog="pitstop graph", description="Show the packages of the repository and what each needs, or its tasks."
    )
    made.add_argument(
        "packages", nargs="*", metavar="FILTER", help="only these packages and what they need (as `run --filter`)"
    )
    add_selection(made)
    made.add_argument("--tasks", nargs="*", metavar="NAME", help="the graph of tasks; NAME: only these and their needs")
    made.add_argument("--invert", action="store_true", help="turn the edges round: what is needed by what")
    made.add_argument("--depth", type=int, default=-1, metavar="N", help="unfold the tree N levels deep")
    form = made.add_mutually_exclusive_group()
    form.add_argument("--dot", action="store_true", help="write the graph in the language of Graphviz")
    form.add_argument("--json", action="store_true", help="write it as JSON")
    form.add_argument("--html", metavar="FILE", help="write a page that needs nothing else, to look through it")
    form.add_argument("--open", action="store_true", help="write that page to `.pitstop/graph.html` and open it")
    return made


def graph(args: list[str]) -> int:
    """Run the command."""
    from functools import partial

    from pitstop.cli.graph.net import net_of_packages, net_of_tasks, part, turned
    from pitstop.cli.pipeline.choice import changed_packages, filters_of
    from pitstop.links.git import find_root
    from pitstop.pipeline.select import select
    from pitstop.pipeline.workspace import load

    options = parser().parse_args(args)
    workspace = load(find_root("."))
    packages = workspace.packages
    filters = filters_of(
        workspace,
        (*options.packages, *options.package),
        options.filter,
        affected=options.affected,
        base=options.base,
    )
    changed = partial(changed_packages, workspace)
    if options.tasks is not None:
        chosen = select(workspace.graph, packages, options.tasks, filters, changed).wanted
        net = net_of_tasks(workspace.graph.values(), packages)
        starts: tuple[str, ...] = tuple(chosen) if options.tasks or filters else ()
    else:
        net = net_of_packages(packages)
        starts = _wanted_packages(packages, filters, changed) if filters else ()
    if options.invert:
        net = turned(net)
    if starts or filters:
        net = part(net, starts)
    if options.json:
        print(_json(net, packages, workspace.graph, tasks=options.tasks is not None))
    elif options.dot:
        from pitstop.cli.graph.text import dot

        print("\n".join(dot(net)))
    elif options.html or options.open:
        path = options.html or f"{workspace.root}/.pitstop/graph.html"
        _write_page(net, path, workspace.root, what="task" if options.tasks is not None else "package")
        if options.open:
            import webbrowser
            from pathlib import Path

            webbrowser.open(Path(path).absolute().as_uri())
    else:
        _print_tree(net, options.depth)
    for note in workspace.notes:
        print(f"note: {note.path}: {note.message}", file=sys.stderr)
    return EXIT_OK


def _wanted_packages(
    packages: tuple[Package, ...], filters: Sequence[str], changed: Callable[[str], Collection[str]]
) -> tuple[str, ...]:
    from pitstop.pipeline.filters import choose

    wanted = choose(packages, filters, changed)
    return tuple(package.id for package in packages if package.id in wanted)


def _json(net: Net, packages: tuple[Package, ...], tasks_of: Graph, *, tasks: bool) -> str:
    from pitstop.cli.graph.text import packages_json, tasks_json

    if tasks:
        return tasks_json(task for name, task in tasks_of.items() if name in net)
    return packages_json(package for package in packages if package.id in net)


def _print_tree(net: Net, depth: int) -> None:
    from pitstop.cli.graph.net import roots
    from pitstop.cli.graph.text import tree
    from pitstop.cli.screen.style import Style, wants_colour, wants_unicode
    from pitstop.core.environ import environ

    if not net:
        print("no packages here, or none that the filters mean", file=sys.stderr)
        return
    style = Style(wants_colour(environ, tty=sys.stdout.isatty()), wants_unicode(environ))
    text = "".join(f"{line}\n" for line in tree(net, roots(net), style, depth=depth))
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))


def _write_page(net: Net, path: str, root: str, *, what: str) -> None:
    import os

    from pitstop.cli.graph.page import page

    title = f"{os.path.basename(root)}: {what}s"
    try:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "w", encoding="utf-8", errors="replace") as file:
            file.write(page(net, title, what=what))
    except OSError as error:
        raise SurroundingError(
            f"cannot write `{path}`: {error.strerror}", hint="name another file: `--html FILE`"
        ) from error
    print(path, file=sys.stderr)
