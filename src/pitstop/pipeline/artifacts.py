"""Keeps the artifacts of tasks that have ended well, and says which repository and CI run they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.cache.trees import named
from pitstop.cache.trees.named import Note
from pitstop.cache.trees.pack import ChangedError, pack
from pitstop.core import clock, events
from pitstop.core.environ import environ
from pitstop.core.errors import PitstopError
from pitstop.pipeline import outputs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pitstop.cache.disk import DiskStore
    from pitstop.core.artifact import Artifact
    from pitstop.core.events import Event
    from pitstop.core.package import Package
    from pitstop.core.task import Task

_CI_RUNS = ("GITHUB_RUN_ID", "CI_PIPELINE_ID", "BUILDKITE_BUILD_ID", "CIRCLE_WORKFLOW_ID", "BUILD_TAG")
"""Variables that name the run of a CI service: GitHub, GitLab, Buildkite, CircleCI, Jenkins."""


def ci_run() -> str:
    """Return the name of the run of the CI service that this process is in, `""` outside of one."""
    return next((f"{name}={environ[name]}" for name in _CI_RUNS if environ.get(name)), "")


def repository_of(root: str) -> str:
    """Return what names the repository on every machine: where it was cloned from, else its folder."""
    from pitstop.pipeline.places import project

    return project(root) or root


def keep(
    root: str, paths: Sequence[str], store: DiskStore, note: Note, repository: str
) -> tuple[Note, tuple[str, ...]] | str:
    """Pack the files, links and folders at `paths` and remember them.

    Returns the note and the hashes under which it is found, or why it is not kept.
    """
    try:
        packed = pack(root, paths, store)
    except (OSError, ChangedError, PitstopError) as error:
        hint = f" ({error.hint})" if isinstance(error, PitstopError) and error.hint else ""
        return f"{error}{hint}"
    if packed is None:
        return store.trouble or "the store cannot be written"
    note = note._replace(manifest=packed.manifest, files=packed.files, size=packed.size)
    actions = named.keep(store, repository, note, packed)
    return (note, actions) if actions else store.trouble or "the store cannot be written"


def keep_declared(
    root: str,
    store: DiskStore,
    done: Sequence[tuple[Task, Package]],
    origin: tuple[str, str, str, str],
    emit: Callable[[Event], None],
) -> list[str]:
    """Keep what tasks that have ended well declare, and tell of each; return the hashes under which they are found.

    `origin`: run, commit, branch and run of the CI service.
    """
    repository = repository_of(root)
    actions: list[str] = []
    for task, package in done:
        for artifact in task.spec.artifacts:
            globs = outputs.patterns(package.root, artifact.paths, task.spec.origin)
            paths = outputs.find(root, globs)
            if not paths:
                text = f"the artifact `{artifact.name}` of `{task.id}` is empty: nothing matches {_words(artifact)}"
                emit(events.Notice(clock.now(), text, task.id))
                continue
            kept = keep(root, paths, store, _note(artifact, task, origin), repository)
            if isinstance(kept, str):
                text = f"the artifact `{artifact.name}` of `{task.id}` is not kept: {kept}"
                emit(events.Notice(clock.now(), text, task.id))
                continue
            note, hashes = kept
            actions += hashes
            shown = paths[0] if len(paths) == 1 else artifact.paths[0]
            now, manifest = clock.now(), note.manifest
            emit(events.ArtifactProduced(now, task.id, shown, manifest.hash, note.size, artifact.name, note.expires))
    return actions


def _note(artifact: Artifact, task: Task, origin: tuple[str, str, str, str]) -> Note:
    from pitstop.core.digest import EMPTY

    run, commit, branch, ci = origin
    now = clock.now()
    return Note(artifact.name, run, task.id, commit, branch, ci, EMPTY, 0, 0, now, now + artifact.keep_s)


def _words(artifact: Artifact) -> str:
    return ", ".join(f"`{path}`" for path in artifact.paths)
