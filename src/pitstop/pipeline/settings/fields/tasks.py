"""What may stand in `[tasks.NAME]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.pipeline.settings.fields import checks, kinds
from pitstop.pipeline.settings.fields.artifacts import ARTIFACTS
from pitstop.pipeline.settings.fields.checks import found, read_count
from pitstop.pipeline.settings.fields.kinds import Kind
from pitstop.pipeline.settings.fields.remote import REMOTE_TASK
from pitstop.pipeline.settings.fields.table import Field, either, table

if TYPE_CHECKING:
    from pitstop.pipeline.settings.place import At


def _exit_codes(value: object, at: At) -> tuple[int, ...]:
    if not isinstance(value, (list, tuple)):
        raise at.error(f"`exit_codes` takes an array of whole numbers, not {found(value)}")
    codes = tuple(read_count(code, at / index) for index, code in enumerate(value))
    for index, code in enumerate(codes):
        if code > 255:
            raise (at / index).error(f"{code} is no exit code: they go from 0 to 255")
    return codes


_CODES = Kind(
    "exitCodes",
    "an array of whole numbers",
    {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 255}},
    _exit_codes,
)


def _features(value: object, at: At) -> tuple[str, ...]:
    """Return cargo's options for the features that `value` means."""
    whole = {"all": ("--all-features",), "default": (), "none": ("--no-default-features",)}
    if isinstance(value, str) and value in whole:
        return whole[value]
    names = [name for name in checks.read_strings(checks.read_filled)(value, at) if name != "default"]
    bare = "!default" in names
    names = [name for name in names if name != "!default"]
    for name in names:
        if not all(char.isalnum() or char in "_-+./?" for char in name) or name.startswith("-"):
            raise at.error(f"`{name}` is no name of a feature", hint='"all", "default", "none", or an array of names')
    chosen = (f"--features={','.join(names)}",) if names else ()
    return ("--no-default-features", *chosen) if bare else chosen


FEATURES = Kind(
    "features",
    '`"all"`, `"default"`, `"none"`, or an array of names',
    kinds.STRINGS.schema,
    _features,
)

RETRY_FIELDS = (
    Field("count", kinds.COUNT, "Further attempts after the first.", example="2", required=True),
    Field(
        "backoff",
        kinds.DURATION,
        "Pause before the first further attempt; it doubles with each, up to 60 s.",
        "none",
        '"5s"',
    ),
    Field(
        "exit_codes",
        _CODES,
        "Only these exit codes are tried again; 124 is a time-out.",
        "every failure",
        "[1, 124]",
    ),
)
RETRY = either(
    "retry",
    "a whole number, or a table, see [Retry](#retry)",
    kinds.COUNT,
    table("retryTable", RETRY_FIELDS),
    "count",
)

RESOURCES_FIELDS = (
    Field("cpu", kinds.NUMBER, "Cores it keeps busy.", "1", "4"),
    Field("memory", kinds.SIZE, "Memory it needs: so much is kept free before it starts.", "unknown", '"2GiB"'),
)
RESOURCES = table("resources", RESOURCES_FIELDS, "a table, see [Resources](#resources)")

TASK = (
    Field(
        "command",
        kinds.COMMAND,
        "What runs: a text for the shell, or a list of arguments that no shell touches. It runs in the package's "
        "folder unless `cwd` says otherwise. `[]` makes a task that only waits for others.",
        "what was detected",
        '"node scripts/build.mjs"',
    ),
    Field(
        "packages",
        kinds.STRINGS,
        "The packages this holds for: names, or globs of names or folders, `!` leaves out. With `command` the task is "
        "added to each of them.",
        "with `command` the repository itself, else each package that has the task",
        '["apps/*", "@acme/web"]',
    ),
    Field(
        "cwd",
        kinds.PATH,
        "The folder it runs in, relative to the package, or with `//` to the repository.",
        "the package's folder",
        '"//tools"',
    ),
    Field(
        "depends_on",
        kinds.STRINGS,
        "Tasks that must pass first: `build` of the same package, `^build` of the packages it needs, `api:build` of "
        "that one, `//:install` of the repository. Replaces what was detected.",
        "what was detected",
        '["^build", "codegen:build"]',
    ),
    Field(
        "inputs",
        kinds.GLOBS,
        "The files whose content decides whether it must run again, relative to the package; `!` leaves out, `//x` is "
        "relative to the repository, `$default` stands for every file of the package that git does not ignore.",
        "`$default` and the files of the packages it needs",
        '["$default", "!docs/**", "//schema/*.json"]',
    ),
    Field(
        "outputs",
        kinds.OUTPUTS,
        "The files it makes, relative to the package: they are kept with its result, and put back on a hit.",
        "what was detected",
        '["dist/**"]',
    ),
    Field(
        "env",
        kinds.ENV,
        "Variables that are part of the key. A table sets them; a list of names takes them from the surroundings "
        "(`NAME*` takes all that begin so), and `NAME=value` in it sets one. Added to what was detected.",
        "what was detected",
        '{ NODE_ENV = "production" }',
    ),
    Field(
        "pass_env",
        kinds.VARIABLES,
        "Names of variables that it gets from the surroundings although its result does not depend on them.",
        "none",
        '["SSH_AUTH_SOCK"]',
    ),
    Field(
        "secrets",
        kinds.VARIABLES,
        "Names of variables that it gets from the surroundings and whose values are masked wherever they turn up. "
        "They enter the key through a keyed hash.",
        "none",
        '["NPM_TOKEN"]',
    ),
    Field("timeout", kinds.DURATION, "It is stopped after this long, and has failed.", "no limit", '"30m"'),
    Field(
        "retry",
        RETRY,
        "How often it is tried again when it failed; of what one call of cargo or go does, only what failed in it.",
        "0",
        '{ count = 2, backoff = "5s", exit_codes = [1, 124] }',
    ),
    Field(
        "continue_on_error",
        kinds.BOOLEAN,
        "Whether its failure is told, but fails neither the run nor what waits for it. What waits for it then has no "
        "result that is kept.",
        "false",
        "true",
    ),
    Field(
        "cache",
        kinds.CACHE,
        '`true` keeps its result; `false` runs it each time; `"checkout"` skips it as long as nothing changed in this '
        "checkout, but does not keep what it made (an installation).",
        "true",
        "false",
    ),
    Field(
        "remote",
        REMOTE_TASK,
        "Whether it runs on the cluster of `[remote]`: `true` sends it also without `--remote`, `false` keeps it here. "
        "The table's `platform` names properties that its worker must have, and is part of the key.",
        "with `--remote` what can be sent is",
        '{ platform = { pool = "large" } }',
    ),
    Field("resources", RESOURCES, "What it takes of the machine.", "1 core", '{ cpu = 4, memory = "2GiB" }'),
    Field(
        "when",
        kinds.EXPRESSION,
        "A condition that must hold for it to run, see [Conditions](#conditions).",
        "always",
        "\"branch == 'main'\"",
    ),
    Field(
        "tools",
        kinds.STRINGS,
        "Programs whose versions are part of the key.",
        "the first word of the command",
        '["node", "protoc"]',
    ),
    Field(
        "features",
        FEATURES,
        'The features with which a task of cargo that was detected builds: `"all"`, `"default"`, `"none"`, or the '
        'names of those it turns on beside the default ones (`"!default"` among them leaves these out). What the '
        "packages that it holds for do not all have is for a rule with `packages`.",
        "what the repository's own automation gives cargo",
        '"all"',
    ),
    Field("lock", kinds.WORD, "Tasks that name the same lock never run at once.", "none", '"database"'),
    Field(
        "reports",
        kinds.OUTPUTS,
        "JUnit XML files that it writes, relative to the package; their tests are recorded.",
        "what was detected",
        '["reports/junit.xml"]',
    ),
    Field(
        "artifacts",
        ARTIFACTS,
        "What of its outputs is kept by name, for `pitstop artifacts get`, see [Artifacts](#artifacts).",
        "none",
        '{ app = ["target/release/app"] }',
    ),
    Field("description", kinds.TEXT, "What it is for, in a sentence.", "", '"Make the API client from its schema."'),
)
