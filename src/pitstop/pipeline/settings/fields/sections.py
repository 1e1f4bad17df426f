"""What may stand in the file besides tasks and pipelines: `[run]`, `[cache]`, `[record]`."""

from __future__ import annotations

from pitstop.pipeline.settings.fields import kinds
from pitstop.pipeline.settings.fields.kinds import choice
from pitstop.pipeline.settings.fields.pipelines import PIPELINE
from pitstop.pipeline.settings.fields.remote import REMOTE
from pitstop.pipeline.settings.fields.table import Field, mapping, table
from pitstop.pipeline.settings.fields.tasks import TASK
from pitstop.pipeline.settings.fields.tiers import TIERS

RUN = (
    Field(
        "tasks",
        kinds.STRINGS,
        "What `pitstop run` runs when no task is named.",
        '["format", "lint", "build", "test"]',
        '["lint", "test"]',
    ),
    Field("jobs", kinds.COUNT, "How many tasks run at once; 0: as many as there are cores.", "0", "8"),
    Field("memory", kinds.SIZE, "How much memory running tasks may declare together.", "all there is", '"12GiB"'),
    Field("keep_going", kinds.BOOLEAN, "Whether tasks that do not depend on a failed one still run.", "true", "false"),
    Field(
        "output",
        choice("output", "auto", "live", "plain", "github", "json"),
        "What is shown while it runs; `auto` is `live` on a terminal, `github` in a step of GitHub Actions, else `plain`.",
        '"auto"',
        '"plain"',
    ),
)

CACHE = (
    Field(
        "dir",
        kinds.WORD,
        "The folder of the store, absolute or relative to the repository; `~` is the home folder.",
        "`pitstop` in the user's cache folder",
        '"~/.cache/pitstop"',
    ),
    Field(
        "max_size",
        kinds.SIZE,
        "Above this the least recently used results go; 0: no bound.",
        '"20GiB"',
        '"50GiB"',
    ),
    Field(
        "tiers",
        TIERS,
        "Stores on other machines that are asked, in this order, for what the one here does not have, and that get what "
        "is made here. The variable `PITSTOP_CACHE_TIERS`, addresses with commas between, is stronger; empty: none.",
        "none",
        '["redis://cache.example:6379"]',
    ),
    Field(
        "upload_wait",
        kinds.DURATION,
        "How long a run in CI (the variable `CI` is set) waits at its end for what it still sends to `tiers`. Elsewhere "
        "no run waits: sending goes on behind it.",
        '"60s"',
        '"5m"',
    ),
    Field(
        "sign",
        kinds.WORD,
        "The key that results are signed with before they are sent: `env:NAME` for the one in a variable, or the path of "
        "a file, relative to the repository. Where the variable is not set, nothing is signed.",
        "none",
        '"env:PITSTOP_SIGNING_KEY"',
    ),
    Field(
        "verify",
        kinds.STRINGS,
        "The keys of which one must have signed a result from another machine, as in `sign`; others are refused.",
        "none: every result is believed",
        '["keys/ci.pub"]',
    ),
    Field(
        "dependencies",
        kinds.BOOLEAN,
        "Whether what installations make (`node_modules`, virtual environments) is kept too, and what the crates of a "
        "Cargo workspace need is built by a task of its own, `//:dependencies`, and kept: a checkout without them, here "
        "or on a machine with the same `tiers`, starts from there.",
        "false",
        "true",
    ),
    Field(
        "compilers",
        kinds.COMPILERS,
        "Whether tasks that compile get sccache (Rust) and ccache (C, C++), where these are installed, with the first of "
        "`tiers` that they can use; `auto`: only where the variable `CI` is set.",
        "false",
        '"auto"',
    ),
)

RECORD = (
    Field("keep_runs", kinds.COUNT, "How many runs are remembered; 0: all.", "500", "200"),
    Field("keep_days", kinds.NUMBER, "How many days a run is remembered; 0: for ever.", "90", "30"),
    Field("keep_failed", kinds.COUNT, "So many of the failed runs stay beyond `keep_runs`.", "50", "100"),
)

FOLDER = (
    Field(
        "tasks",
        mapping("tasks", table("task", TASK), "a table for each task"),
        "The tasks, see [Tasks](#tasks).",
    ),
)
"""What a package's own file may say."""

TOP = (
    Field(
        "root",
        kinds.BOOLEAN,
        "`true` makes the folder a repository of its own although it lies in another, which then leaves it out: an "
        "example, or a template.",
        "false",
        "true",
    ),
    Field("run", table("run", RUN), "How `pitstop run` runs."),
    Field("cache", table("store", CACHE), "The store of results."),
    Field("remote", table("remote", REMOTE), "The cluster that tasks may run on."),
    Field("record", table("record", RECORD), "What is remembered of runs."),
    Field(
        "env",
        kinds.ENV,
        "Variables for every task, part of every key; a table, or a list as in a task.",
        "none",
        '{ TZ = "UTC" }',
    ),
    Field(
        "pass_env",
        kinds.VARIABLES,
        "Names of variables that every task gets from the surroundings although no result depends on them.",
        "none",
        '["DOCKER_HOST"]',
    ),
    *FOLDER,
    Field(
        "pipelines",
        mapping("pipelines", PIPELINE, "a table for each pipeline"),
        "The pipelines, see [Pipelines](#pipelines).",
    ),
)
