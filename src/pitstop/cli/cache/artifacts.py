"""`pitstop artifacts`: what runs have kept by name, listed, fetched, and put by hand."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core import clock
from pitstop.core.errors import EXIT_OK, PitstopError, SurroundingError, UsageError, did_you_mean
from pitstop.core.text import plural, size

if TYPE_CHECKING:
    import argparse

    from pitstop.cache.disk import DiskStore
    from pitstop.cache.trees.named import Note
    from pitstop.pipeline.settings.model import Cache


_FINAL = ("run ", "commit ")
"""Scopes in which what this machine has is as good as what others have."""


class MissingError(PitstopError):
    """What was asked for is not there."""

    exit_code = 1


def parser() -> argparse.ArgumentParser:
    """Return the parser of this command."""
    import argparse

    made = argparse.ArgumentParser(
        prog="pitstop artifacts",
        description="List, fetch and put what runs keep by name: the `artifacts` of tasks.",
    )
    below = made.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = below.add_parser(
        "list", help="say what there is", description="List the artifacts that this machine knows, the newest first."
    )
    listing.add_argument("--run", default="", metavar="RUN", help="only those of this run: its id, or how that begins")
    listing.add_argument("--json", action="store_true", help="print them as JSON, sizes in bytes")
    get = below.add_parser(
        "get",
        help="put one into a folder",
        description="Put an artifact into a folder: the newest one that this machine or a tier of the cache has for the "
        "run of the CI service, the commit or the branch here, unless told which.",
    )
    get.add_argument("name", metavar="NAME", help="of the artifact")
    get.add_argument(
        "--to", default="", metavar="DIR", help="the folder; made if it is not there (default: where the files were)"
    )
    which = get.add_mutually_exclusive_group()
    which.add_argument("--run", default="", metavar="RUN", help="of this run: its id, or how that begins")
    which.add_argument("--commit", default="", metavar="REV", help="of the last run at this commit")
    which.add_argument("--branch", default="", metavar="NAME", help="of the last run on this branch")
    get.add_argument("--json", action="store_true", help="print what was put where as JSON")
    put = below.add_parser(
        "put", help="keep files by name", description="Keep files and folders as an artifact of this commit."
    )
    put.add_argument("name", metavar="NAME", help="to ask for it by")
    put.add_argument("paths", nargs="+", metavar="PATH", help="a file or a folder of the repository")
    put.add_argument("--keep", default="30d", metavar="TIME", help="how long it is kept: `30d`, `12h` (default: 30d)")
    put.add_argument("--json", action="store_true", help="print what was kept as JSON")
    return made


def artifacts(args: list[str]) -> int:
    """Carry out `pitstop artifacts`; return its exit code."""
    given = parser().parse_args(args)
    if given.action == "list":
        return _list(given)
    return _get(given) if given.action == "get" else _put(given)


class _Here(NamedTuple):
    root: str
    store: DiskStore
    repository: str
    configured: Cache


def _here() -> _Here:
    from pitstop.cache.disk import DiskStore
    from pitstop.links.git import find_root
    from pitstop.pipeline.artifacts import repository_of
    from pitstop.pipeline.places import store_folder
    from pitstop.pipeline.workspace import load_settings

    root = find_root(os.getcwd())
    configured = load_settings(root).cache
    return _Here(root, DiskStore(store_folder(root, configured.dir)), repository_of(root), configured)


def _list(given: argparse.Namespace) -> int:
    from pitstop.cache.trees.named import listed
    from pitstop.cli.records.opened import ago, columns, style

    here = _here()
    now = clock.now()
    notes = [note for note in listed(here.store, here.repository, now) if note.run.startswith(given.run)]
    if given.json:
        from json import dumps

        print(dumps([_values(note) for note in notes], indent=2))
        return EXIT_OK
    if not notes:
        print("no artifacts here: `artifacts` of a task, or `pitstop artifacts put`, keeps some", file=sys.stderr)
        return EXIT_OK
    rows: list[list[tuple[str, str]]] = [
        [(head, "dim") for head in ("NAME", "FILES", "SIZE", "TASK", "COMMIT", "MADE", "KEPT", "RUN")]
    ]
    rows += [
        [
            (note.name, "name"),
            (str(note.files), ""),
            (size(note.size), ""),
            (note.task, ""),
            (note.commit[:9], ""),
            (ago(now - note.made), ""),
            (_left(note, now), ""),
            (note.run, "dim"),
        ]
        for note in notes
    ]
    print("\n".join(columns(style(), rows, right=(1, 2))))
    return EXIT_OK


def _left(note: Note, now: float) -> str:
    return f"{_span(note.expires - now)} more" if note.expires else "for ever"


def _span(seconds: float) -> str:
    """Return a length of time in the largest unit of which there are two, rounded: `30 days`, `12 h`, `90 min`."""
    for unit, length in (("days", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 1.9 * length:
            return f"{round(seconds / length)} {unit}"
    return f"{round(seconds)} s"


def _note(text: str) -> None:
    print(f"note: {text}", file=sys.stderr)


def _values(note: Note) -> dict[str, object]:
    from pitstop.cli.records.opened import moment

    values = note._asdict()
    return {**values, "manifest": str(note.manifest), "made": moment(note.made), "expires": moment(note.expires)}


def _get(given: argparse.Namespace) -> int:
    from pitstop.cache.trees.unpack import MissingChunkError, load
    from pitstop.cli.cache.unpacked import put_into

    here = _here()
    note = _find(given, here)
    folder = given.to or here.root
    try:
        put_into(here.store, load(here.store, note.manifest), folder)
    except MissingChunkError as error:
        raise MissingError(
            f"the artifact `{note.name}` is not complete: {error}", hint="run the task that makes it again"
        ) from error
    except OSError as error:
        raise SurroundingError(f"cannot write `{error.filename or folder}`: {error.strerror}") from error
    if given.json:
        from json import dumps

        print(dumps({**_values(note), "to": os.path.abspath(folder)}, indent=2))
    else:
        commit = f" of {note.commit[:9]}" if note.commit else ""
        print(f"{note.name}{commit}: {plural(note.files, 'file')}, {size(note.size)} in {given.to or 'place'}")
    return EXIT_OK


def _find(given: argparse.Namespace, here: _Here) -> Note:
    from pitstop.cache.trees import named
    from pitstop.links import git
    from pitstop.pipeline.artifacts import ci_run
    from pitstop.pipeline.far_results import bring

    root, store, repository, configured = here
    now = clock.now()
    known = named.listed(store, repository, now)
    commit, branch = git.head(root)
    if given.run:
        scopes = [f"run {note.run}" for note in known if note.run.startswith(given.run)] or [f"run {given.run}"]
    elif given.commit:
        code, out, _ = git.call(root, "rev-parse", "--verify", "--quiet", f"{given.commit}^{{commit}}")
        if code:
            raise UsageError(f"`{given.commit}` is no commit here", hint="name one that `git log` shows, or fetch it")
        scopes = [f"commit {out.decode().strip()}"]
    elif given.branch:
        scopes = [f"branch {given.branch}"]
    else:
        there = (("ci", ci_run()), ("commit", commit), ("branch", branch))
        scopes = [f"{kind} {value}" for kind, value in there if value]
        scopes += [f"run {note.run}" for note in known if note.name == given.name][:1]
    told: set[str] = set()

    def tell(text: str) -> None:
        if text not in told:
            told.add(text)
            _note(text)

    for scope in dict.fromkeys(scopes):
        note = named.found(store, repository, scope, given.name, now)
        if note is None or not scope.startswith(_FINAL):
            far = bring(store, configured, named.action_of(repository, scope, given.name), tell)
            later = named.found(store, repository, scope, given.name, now) if far else None
            if later is not None and (note is None or later.made > note.made):
                note = later
        if note is not None:
            return note
    where = given.run or given.commit or given.branch
    names = {note.name for note in known} - {given.name}
    raise MissingError(
        f"there is no artifact `{given.name}`" + (f" of `{where}`" if where else " of this commit or branch"),
        hint=did_you_mean(given.name, names, "`pitstop artifacts list` says what there is on this machine"),
    )


def _put(given: argparse.Namespace) -> int:
    from pitstop.cache.trees.named import Note
    from pitstop.cache.trees.pack import walk
    from pitstop.core.artifact import NAME, is_name
    from pitstop.core.digest import EMPTY
    from pitstop.links import git
    from pitstop.pipeline.artifacts import ci_run, keep
    from pitstop.pipeline.far_results import send
    from pitstop.pipeline.settings.fields.units import duration
    from pitstop.records.folders import new_run_id

    if not is_name(given.name):
        raise UsageError(f"`{given.name}` is no name of an artifact", hint=NAME)
    kept_s = duration(given.keep)
    if not kept_s:
        raise UsageError(f"`{given.keep}` is no duration", hint="write it as `30d`, `12h`, `90m`")
    root, store, repository, configured = _here()
    top = os.path.realpath(root)
    paths = []
    for path in given.paths:
        full = os.path.join(os.path.realpath(os.path.dirname(path) or "."), os.path.basename(path.rstrip("/")))
        inside = os.path.relpath(full, top)
        if not os.path.lexists(full):
            raise UsageError(f"`{path}` is not there")
        if inside == ".." or inside.startswith("../"):
            raise UsageError(f"`{path}` lies outside of the repository", hint="copy it in first")
        paths.append("" if inside == "." else inside)
    now = clock.now()
    commit, branch = git.head(root)
    note = Note(given.name, new_run_id(now), "", commit, branch, ci_run(), EMPTY, 0, 0, now, now + kept_s)
    wanted = [path for path in walk(root, paths) if ".git" not in path.split("/")]
    kept = keep(root, wanted, store, note, repository)
    if isinstance(kept, str):
        raise SurroundingError(f"the artifact `{given.name}` is not kept: {kept}")
    note, actions = kept
    send(store, configured, actions, _note)
    if given.json:
        from json import dumps

        print(dumps(_values(note), indent=2))
    else:
        print(f"{note.name}: {plural(note.files, 'file')}, {size(note.size)}, kept for {_span(kept_s)}")
    return EXIT_OK
