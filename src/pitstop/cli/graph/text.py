"""A graph as a tree of lines, as DOT and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.text import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pitstop.cli.graph.net import Net, Node
    from pitstop.cli.screen.style import Style
    from pitstop.core.package import Package
    from pitstop.core.task import Task

SCHEMA = 1
"""Version of the JSON form."""

_COLOURS = {"cargo": "#f4d3c0", "node": "#cfe8cf", "python": "#cfdcf2", "go": "#cdeaf0", "": "#e4e4e4"}


def tree(net: Net, starts: Sequence[str], style: Style, *, depth: int = -1) -> Iterator[str]:
    """Give the lines of a tree for each of `starts`; what was unfolded before is marked `(*)`. `depth` -1: no bound."""
    down, last, pipe, blank = ("├── ", "└── ", "│   ", "    ") if style.unicode else ("|-- ", "`-- ", "|   ", "    ")
    unfolded: set[str] = set()
    for start in starts:
        # Name, by a development dependency, level, text before its children, text before itself.
        stack = [(start, False, 0, "", "")]
        while stack:
            name, dev, level, before, mark = stack.pop()
            node = net[name]
            edges = [*((need, False) for need in node.needs), *((need, True) for need in node.dev_needs)]
            again = name in unfolded and bool(edges)
            yield mark + _label(node, style, dev=dev, again=again)
            if again or level == depth:
                continue
            unfolded.add(name)
            for at in range(len(edges) - 1, -1, -1):
                need, is_dev = edges[at]
                end = at == len(edges) - 1
                stack.append(
                    (need, is_dev, level + 1, before + (blank if end else pipe), before + (last if end else down))
                )


def _label(node: Node, style: Style, *, dev: bool, again: bool) -> str:
    words = [style.paint("name", node.id) if not again else node.id]
    if dev:
        words.append(style.paint("warn", "[dev]"))
    if again:
        words.append("(*)")
    else:
        about = "  ".join(part for part in (node.kind, shorten(node.note.replace("\n", " "), 60)) if part)
        words.append(style.paint("dim", f" {about}") if about else "")
    return " ".join(word for word in words if word)


def dot(net: Net) -> Iterator[str]:
    """Give the lines of a graph in the language of Graphviz; arrows point at what is needed."""
    yield "digraph pitstop {"
    yield "  rankdir=LR;"
    yield '  node [shape=box, style="rounded,filled", fontname="sans-serif"];'
    for node in net.values():
        yield f"  {_quoted(node.id)} [fillcolor={_quoted(_COLOURS.get(node.kind, _COLOURS['']))}, tooltip={_quoted(node.note)}];"
    for node in net.values():
        for need in node.needs:
            yield f"  {_quoted(node.id)} -> {_quoted(need)};"
        for need in node.dev_needs:
            yield f"  {_quoted(node.id)} -> {_quoted(need)} [style=dashed];"
    yield "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def packages_json(packages: Iterable[Package]) -> str:
    """Return `{"schema": 1, "packages": [{"id": ...}, ...]}`, sorted by id, with what each needs and offers."""
    return _document(
        "packages",
        [
            {
                "id": package.id,
                "name": package.name,
                "ecosystem": package.ecosystem,
                "root": package.root,
                "manifest": package.manifest,
                "workspace": package.workspace,
                "needs": package.needs,
                "dev_needs": package.dev_needs,
                "tasks": [spec.name for spec in package.tasks],
            }
            for package in sorted(packages)
        ],
    )


def tasks_json(tasks: Iterable[Task]) -> str:
    """Return `{"schema": 1, "tasks": [{"id": ...}, ...]}`, sorted by id; values of variables are left out."""
    return _document(
        "tasks",
        [
            {
                "id": task.id,
                "package": task.package,
                "name": task.spec.name,
                "description": task.spec.description,
                "command": task.spec.command,
                "cwd": task.spec.cwd,
                "needs": task.needs,
                "inputs": task.spec.inputs,
                "outputs": task.spec.outputs,
                "cache": task.spec.cache,
                "timeout_s": task.spec.timeout_s,
                "when": task.spec.when,
                "stage": task.stage,
                "matrix": dict(task.matrix),
                "origin": task.spec.origin,
            }
            for task in sorted(tasks, key=lambda task: task.id)
        ],
    )


def _document(name: str, rows: list[dict[str, object]]) -> str:
    from json import dumps

    return dumps({"schema": SCHEMA, name: rows}, indent=2)
