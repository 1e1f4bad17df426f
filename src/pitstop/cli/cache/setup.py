"""`pitstop cache setup`: what of a shared cache is in reach, which serves best, and the `[cache]` table for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pitstop.core.environ import environ
from pitstop.core.errors import EXIT_OK, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from pitstop.pipeline.advice.advise import Advice

FILE = "pitstop.toml"


def add(below: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of this command."""
    made = below.add_parser(
        "setup",
        help="find a cache that other machines share, and configure it",
        description="Look at where this runs (GitHub Actions, AWS, a Redis in reach, an sccache that is configured) and "
        "write the `[cache]` table that serves best into pitstop.toml, saying why. Compiler caches are set up on the "
        "same storage.",
    )
    made.add_argument(
        "address",
        nargs="?",
        default="",
        metavar="ADDRESS",
        help="use this one: `redis://…`, `s3://BUCKET`, `https://…`, `grpc://…`, `github`, `local`",
    )
    made.add_argument("-n", "--dry-run", action="store_true", help="say what would be written, and write nothing")
    made.add_argument("--replace", action="store_true", help="write even where `[cache] tiers` is configured already")
    made.add_argument("--json", action="store_true", help="print what was found and chosen as JSON")


def setup(address: str, *, dry_run: bool, replace: bool, json: bool) -> int:
    """Carry out `pitstop cache setup`; return its exit code."""
    from pitstop.links.git import find_root
    from pitstop.pipeline.advice.advise import advise
    from pitstop.pipeline.advice.surroundings import look
    from pitstop.pipeline.workspace import load_settings

    root = find_root(os.getcwd())
    settings = load_settings(root)
    advice = advise(look(root, environ, address), _compiled(root), address)
    configured = bool(settings.cache.tiers) and not replace
    written = {name for name, _ in settings.origins}
    table = {key: value for key, value in advice.table.items() if replace or f"cache.{key}" not in written}
    writing = bool(table) and not dry_run
    if writing:
        _write(root, settings.file, table)
    if json:
        _print_json(advice, table, written=writing)
    else:
        _print(advice, table, configured=configured, dry_run=dry_run)
    return EXIT_OK


def _compiled(root: str) -> frozenset[str]:
    """Return what the tasks of the repository compile."""
    from pitstop.core.errors import PitstopError
    from pitstop.pipeline import workspace
    from pitstop.pipeline.compilers.which import compiled

    try:
        graph = workspace.load(root).graph
    except PitstopError:  # `pitstop run` will say what is wrong with it
        return frozenset()
    return frozenset[str]().union(*(compiled(task.spec) for task in graph.values()))


def _write(root: str, file: str, table: Mapping[str, object]) -> None:
    from pitstop.core.errors import SurroundingError
    from pitstop.pipeline.advice.write import lines_of, with_cache

    if file not in {"", FILE}:
        written = "; ".join(lines_of(table)[1:])
        raise UsageError(
            f"the settings of this repository stand in `{file}`", hint=f"write into its `cache`: {written}"
        )
    path = f"{root}/{FILE}"
    try:
        text = ""
        if os.path.exists(path):
            with open(path, encoding="utf-8", newline="") as source:
                text = source.read()
        made = with_cache(text, table)
        temporary = f"{path}.{os.getpid()}.new"
        with open(temporary, "w", encoding="utf-8", newline="") as target:
            target.write(made)
        if text:
            os.chmod(temporary, os.stat(path).st_mode)
        os.replace(temporary, path)
    except OSError as error:
        raise SurroundingError(f"`{path}` cannot be written: {error.strerror}") from error


def _print(advice: Advice, table: Mapping[str, object], *, configured: bool, dry_run: bool) -> None:
    from pitstop.pipeline.advice.write import lines_of

    width = max(len(finding.what) for finding in advice.findings)
    for finding in advice.findings:
        print(f"{finding.what:<{width}}  {finding.found}")
    print(f"{'best':<{width}}  {advice.place or 'the store of this machine'}: {advice.why}")
    if configured and advice.tiers:
        print(f"`tiers` is configured already and stays; `--replace` would write {lines_of(advice.table)[1]}")
    if table:
        print(f"\n{'would write to' if dry_run else 'wrote'} {FILE}:")
        for line in lines_of(table):
            print(f"  {line}")
    else:
        print("nothing to write")
    for step in advice.steps:
        print(f"\nto do: {step}")
    if advice.workflow:
        print("\n" + "".join(f"  {line}\n" for line in advice.workflow.splitlines()), end="")


def _print_json(advice: Advice, table: Mapping[str, object], *, written: bool) -> None:
    from json import dumps

    print(
        dumps(
            {
                "findings": {finding.what: finding.found for finding in advice.findings},
                "kind": advice.kind or "local",
                "place": advice.place,
                "why": advice.why,
                "cache": advice.table,
                "written": dict(table) if written else {},
                "steps": advice.steps,
                "workflow": advice.workflow,
            },
            indent=2,
        )
    )
