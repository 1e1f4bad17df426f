"""Find the configuration files of a repository and read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pitstop.pipeline.settings.model import Cache, Env, Folder, Record, Remote, Run, Settings, TaskRule

if TYPE_CHECKING:
    from pitstop.pipeline.files import Files, Note
    from pitstop.pipeline.settings.place import At

FILE = "pitstop.toml"
TABLES = (
    ("pyproject.toml", (("tool", "pitstop"),)),
    ("Cargo.toml", (("workspace", "metadata", "pitstop"), ("package", "metadata", "pitstop"))),
)
"""Where the settings are looked for when there is no file of their own."""


def load(files: Files) -> Settings:
    """Return what the repository configures; all defaults when it configures nothing.

    The first of `pitstop.toml`, `[tool.pitstop]` of `pyproject.toml`, `[workspace.metadata.pitstop]` or
    `[package.metadata.pitstop]` of `Cargo.toml` counts, all at the root. Pipelines come from `pitstop_pipeline.py`
    too. Raises ConfigError for whatever cannot be meant.
    """
    found = _document(files)
    settings = _settings(*found)._replace(notes=_shadowed(files)) if found else Settings()
    nested = [path for path in files.named(FILE) if path != FILE]
    folders = tuple(Folder(path, data) for path in nested if (data := files.read(path)) is not None)
    settings = settings._replace(folders=folders)
    if (source := files.read("pitstop_pipeline.py")) is not None:
        from pitstop.pipeline.settings.python import with_python

        settings = with_python(settings, source)
    return settings


def _document(files: Files) -> tuple[dict[str, Any], At] | None:
    from pitstop.pipeline.settings.document import parse

    if (data := files.read(FILE)) is not None:
        return parse(FILE, data)
    if FILE in files:
        from pitstop.core.origin import Origin

        raise Origin(FILE).error("the file cannot be read", hint="check its permissions")
    for file, places in TABLES:
        data = files.read(file)
        if data is None or b"pitstop" not in data:
            continue
        document, at = parse(file, data)
        for place in places:
            table: Any = document
            for part in place:
                table = table.get(part) if isinstance(table, dict) else None
            if table is not None:
                return table, at._replace(path=place)
    return None


def _shadowed(files: Files) -> tuple[Note, ...]:
    """Return a note for each manifest whose settings are not read because `pitstop.toml` stands beside it."""
    from pitstop.pipeline.files import Note

    if FILE not in files:
        return ()
    return tuple(
        Note(file, f"its settings for pitstop are not read: {FILE} stands beside it")
        for file, places in TABLES
        if (data := files.read(file)) and any(f"[{'.'.join(place)}".encode() in data for place in places)
    )


def _settings(document: dict[str, Any], at: At) -> Settings:
    from pitstop.pipeline.settings.fields.sections import TOP
    from pitstop.pipeline.settings.fields.table import read

    given = read(TOP, document, at)
    env: Env = given.get("env", Env())
    pipelines: tuple[Any, ...] = ()
    if "pipelines" in given:
        from pitstop.pipeline.settings.pipelines import pipeline_of

        pipelines = tuple(
            pipeline_of(name, content, at / "pipelines" / name) for name, content in given["pipelines"].items()
        )
    return Settings(
        file=at.file,
        run=Run(**given.get("run", {})),
        cache=Cache(**given.get("cache", {})),
        record=Record(**given.get("record", {})),
        remote=Remote(**given.get("remote", {})),
        env=env.sets,
        read_env=env.reads,
        pass_env=given.get("pass_env", ()),
        tasks=tuple(rule_of(key, content, at / "tasks" / key) for key, content in given.get("tasks", {}).items()),
        pipelines=pipelines,
        origins=tuple(
            (f"{section}.{key}" if key else section, ((at / section / key) if key else (at / section)).origin)
            for section in document
            for key in (document[section] if isinstance(document[section], dict) else ("",))
        ),
    )


def rule_of(key: str, given: dict[str, Any], at: At, folder: str | None = None) -> TaskRule:
    """Return the rule of a table `[tasks.KEY]` that was checked."""
    if "packages" in given and (":" in key or folder is not None):
        raise (at / "packages").key.error(
            f"`packages` has no place here: `{key}` is a task of "
            + ("this folder's package" if folder is not None else "one package"),
            hint="remove it, or name the task alone in the repository's file",
        )
    origins = [(name, (at / name).origin) for name in given]
    for name in ("depends_on", "packages"):
        origins += [(f"{name}[{index}]", (at / name / index).origin) for index in range(len(given.get(name, ())))]
    return TaskRule(key, at.key, folder, tuple(given.items()), tuple(origins))


def passed_over(settings: Settings, roots: set[str]) -> list[Note]:
    """Return a note for each file beside a package that is not read because it says more than a package's may."""
    from pitstop.pipeline.files import Note
    from pitstop.pipeline.settings.document import parse

    notes = []
    for file, data in settings.folders:
        if file.rpartition("/")[0] in roots and (more := _more_than_tasks(parse(file, data)[0])):
            listed = ", ".join(f"`{name}`" for name in more)
            notes.append(Note(file, f"not read: it has {listed}, so it belongs to a repository of its own"))
    return notes


def _more_than_tasks(document: dict[str, Any]) -> list[str]:
    from pitstop.pipeline.settings.fields.sections import FOLDER, TOP

    own = {field.name for field in TOP} - {field.name for field in FOLDER}
    return sorted(own.intersection(document))


def folder_rules(settings: Settings, roots: set[str]) -> list[TaskRule]:
    """Return the rules of those folders' files that lie beside a package.

    A file with more than tasks in it belongs to a repository of its own, an example or a submodule; it is passed over.
    """
    rules: list[TaskRule] = []
    for file, data in settings.folders:
        if (folder := file.rpartition("/")[0]) not in roots:
            continue
        from pitstop.pipeline.settings.document import parse
        from pitstop.pipeline.settings.fields.sections import FOLDER
        from pitstop.pipeline.settings.fields.table import read

        document, at = parse(file, data)
        if not _more_than_tasks(document):
            tasks = read(FOLDER, document, at).get("tasks", {})
            rules += [rule_of(key, content, at / "tasks" / key, folder) for key, content in tasks.items()]
    return rules
