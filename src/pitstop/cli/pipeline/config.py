"""`pitstop config`: the settings that hold, whether they can be meant, and their JSON Schema."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from pitstop.core.errors import EXIT_OK, UsageError

if TYPE_CHECKING:
    import argparse

    from pitstop.core.package import Package
    from pitstop.pipeline.files import Note
    from pitstop.pipeline.graph import Graph
    from pitstop.pipeline.settings import Settings
    from pitstop.pipeline.settings.model import Laid
    from pitstop.pipeline.settings.show import Shown


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command."""
    import argparse

    made = argparse.ArgumentParser(
        prog="pitstop config", description="Show the settings that hold and where each was written."
    )
    commands = made.add_subparsers(dest="command", metavar="COMMAND", required=True)
    show = commands.add_parser(
        "show",
        help="show the settings, or what tasks are in the end",
        description="Show each setting that holds and where it was written; with names, what these tasks are in the "
        "end. What is shown is TOML.",
    )
    show.add_argument("tasks", nargs="*", metavar="TASK", help="`build`, `api:build`, `*:test`; as for `pitstop run`")
    show.add_argument("-p", "--package", action="append", default=[], metavar="NAME", help="the tasks of this package")
    show.add_argument("--json", action="store_true", help="write JSON")
    commands.add_parser(
        "check",
        help="check all files and all pipelines",
        description="Read everything that is configured, find the packages, and lay every pipeline over their tasks, "
        "without running anything.",
    )
    commands.add_parser(
        "schema",
        help="write the JSON Schema of pitstop.toml",
        description="Write the JSON Schema of `pitstop.toml` (draft 2020-12), so that an editor completes it.",
    )
    return made


def config(args: list[str]) -> int:
    """Run the command."""
    options = parser().parse_args(args)
    if options.command == "schema":
        from pitstop.pipeline.settings.schema import as_text

        sys.stdout.write(as_text())
        return EXIT_OK
    return _check() if options.command == "check" else _show(options)


class _Read(NamedTuple):
    """The repository, and where the parts of its tasks come from."""

    settings: Settings
    packages: tuple[Package, ...]
    graph: Graph
    laid: dict[str, dict[str, Laid]]
    detected: dict[str, str]
    """Of each task by its id where it was declared before any rule."""
    notes: tuple[Note, ...]


def _read() -> _Read:
    from pitstop.links import git
    from pitstop.pipeline.detect import detect
    from pitstop.pipeline.graph import link, task_id
    from pitstop.pipeline.settings import apply, load
    from pitstop.pipeline.settings.rules import trace
    from pitstop.pipeline.workspace import own_files, snapshot_of

    root = git.find_root(".")
    files = own_files(root, snapshot_of(root, git.start_listing(root)).paths)
    settings = load(files)
    found = detect(files)
    packages = apply(settings, found.packages)
    detected: dict[str, str] = {
        task_id(package.id, spec.name): spec.origin or package.manifest
        for package in found.packages
        for spec in package.tasks
    }
    _, laid = trace(settings, found.packages)
    return _Read(settings, packages, link(packages), laid, detected, (*found.notes, *settings.notes))


def _show(options: argparse.Namespace) -> int:
    from pitstop.pipeline.settings.show import lines, shown_settings

    read = _read()
    if options.tasks or options.package:
        values = _tasks(read, options.tasks, options.package)
    else:
        values = shown_settings(read.settings)
    if options.json:
        import json

        print(json.dumps(_json(values, None if options.tasks or options.package else read.settings), indent=2))
        return EXIT_OK
    text = lines(values)
    if not (options.tasks or options.package):
        text += _rules(read.settings)
    sys.stdout.buffer.write("".join(f"{line}\n" for line in text).encode("utf-8", "surrogateescape"))
    return EXIT_OK


def _tasks(read: _Read, names: list[str], packages: list[str]) -> list[Shown]:
    from pitstop.pipeline.select import select
    from pitstop.pipeline.settings.show import shown_task

    wanted = select(read.graph, read.packages, names, packages).wanted
    if not wanted:
        raise UsageError("none of these packages has such a task", hint="`pitstop graph --tasks` lists the tasks")
    roots = {package.id: package.root for package in read.packages}
    found: list[Shown] = []
    for task in (read.graph[name] for name in wanted):
        laid = read.laid[task.package][task.spec.name]
        found += shown_task(task.id, laid, roots[task.package], read.detected.get(task.id, "default"))
    return found


def _rules(settings: Settings) -> list[str]:
    """Return a line for each rule and pipeline: what they come to is asked for by name."""
    from pitstop.pipeline.settings.show import key_text

    headers = [(f"[tasks.{key_text(rule.key)}]", rule.origin) for rule in settings.tasks]
    headers += [(f"[pipelines.{key_text(pipeline.name)}]", pipeline.origin) for pipeline in settings.pipelines]
    width = max((len(header) for header, _ in headers), default=0)
    return ["", *(f"{header:<{width}}  # {origin}" for header, origin in headers)] if headers else []


def _json(values: list[Shown], settings: Settings | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        ".".join(part for part in (one.table, one.key) if part): {"value": one.value, "origin": one.origin}
        for one in values
    }
    if settings is not None:
        found |= {f"tasks.{rule.key}": {"origin": str(rule.origin)} for rule in settings.tasks}
        found |= {f"pipelines.{one.name}": {"origin": str(one.origin)} for one in settings.pipelines}
    return found


def _check() -> int:
    from pitstop.core.text import plural
    from pitstop.pipeline.settings.sources import passed_over
    from pitstop.pipeline.stages.expand import expand
    from pitstop.pipeline.stages.matrix import this_machine
    from pitstop.pipeline.stages.when import Context

    read = _read()
    settings = read.settings
    for pipeline in settings.pipelines:
        expand(pipeline, read.graph, Context(), this_machine(), read.packages)
    own = {package.root for package in read.packages}
    for note in (*read.notes, *passed_over(settings, own)):
        print(f"note: {note.path}: {note.message}", file=sys.stderr)
    rules, pipelines = len(settings.tasks), len(settings.pipelines)
    place = settings.file or ("pitstop_pipeline.py" if pipelines else "")
    if not place:
        print("nothing is configured, and nothing has to be")
        return EXIT_OK
    counted = f"{plural(rules, 'rule')} for tasks, {plural(pipelines, 'pipeline')}"
    print(f"{place}: no mistakes ({counted}; {plural(len(read.graph), 'task')} in the repository)")
    return EXIT_OK
