"""The reference of the configuration as Markdown, from the table of fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.pipeline.settings.fields.artifacts import ARTIFACT_FIELDS
from pitstop.pipeline.settings.fields.pipelines import NOTIFY, PIPELINE_FIELDS, STAGE
from pitstop.pipeline.settings.fields.remote import REMOTE
from pitstop.pipeline.settings.fields.sections import CACHE, RECORD, RUN, TOP
from pitstop.pipeline.settings.fields.tasks import RESOURCES_FIELDS, RETRY_FIELDS, TASK
from pitstop.pipeline.settings.fields.tiers import TIER
from pitstop.pipeline.settings.fields.triggers import TRIGGERS

if TYPE_CHECKING:
    from pitstop.pipeline.settings.fields.table import Field


class Section(NamedTuple):
    """One part of the page."""

    heading: str
    header: str
    """The TOML that its keys stand below; empty: the top."""
    fields: tuple[Field, ...]
    text: str = ""


SECTIONS = (
    Section(
        "Top of the file",
        "",
        tuple(field for field in TOP if field.name in {"root", "env", "pass_env"}),
        "These stand before the first table.",
    ),
    Section("Run", "[run]", RUN, "How `pitstop run` runs. An option of the command line is stronger."),
    Section("Cache", "[cache]", CACHE, "The store of results."),
    Section(
        "Tiers",
        "[[cache.tiers]]",
        TIER,
        'An address alone, as in `tiers = ["redis://cache.example:6379"]`, is short for a table with its `url`. Passwords '
        "belong into variables: `password_env` and `token_env` name them.",
    ),
    Section(
        "Remote",
        "[remote]",
        REMOTE,
        "The cluster that tasks may run on, see [Run on a cluster](../guides/remote.md). `pitstop run --remote` names "
        "another one, or sends what is not marked.",
    ),
    Section("Record", "[record]", RECORD, "What is remembered of runs."),
    Section(
        "Tasks",
        "[tasks.build]",
        TASK,
        """\
The name of the table says which tasks are meant:

- `[tasks.build]` changes every detected task `build`. With a `command` it is a task of the repository itself, `//:build`.
- `[tasks.build]` with `packages` changes the task in these packages; with a `command` it is added to each of them.
- `[tasks."api:build"]` is the task of one package, `[tasks."//:build"]` that of the repository.

A package may have a `pitstop.toml` of its own with `[tasks.NAME]` tables, which hold for it alone. The nearest wins: the
package's file, then the task of one package, then those with `packages`, then the rest. Lists replace what was
detected, `env` is added to it. A name of a rule or in `depends_on` that means nothing is an error; where a rule is for
many packages, those that lack the task it depends on go without.""",
    ),
    Section("Retry", "[tasks.build.retry]", RETRY_FIELDS, "`retry = 2` is short for `retry = { count = 2 }`."),
    Section("Resources", "[tasks.build.resources]", RESOURCES_FIELDS),
    Section(
        "Artifacts",
        "[tasks.build.artifacts.app]",
        ARTIFACT_FIELDS,
        '`artifacts.app = ["dist/**"]` is short for a table with `paths`. The name is what `pitstop artifacts get` asks for.',
    ),
    Section(
        "Pipelines",
        "[pipelines.release]",
        PIPELINE_FIELDS,
        """\
A pipeline runs stages in an order: `pitstop run release`. Its short form names tasks, one stage each:

```toml
[pipelines.check]
stages = ["format", "lint", "types", "test"]
```""",
    ),
    Section(
        "Stages",
        "[[pipelines.release.stages]]",
        STAGE,
        """\
A stage starts when the stages it depends on have passed; one that says nothing waits for the stage before it, as in
GitLab. Tasks that an earlier stage needs anyway run with that one. A task that stands in two stages runs once.""",
    ),
    Section(
        "Triggers",
        "[pipelines.release.triggers]",
        TRIGGERS,
        "What starts the pipeline on a CI service. With branches and paths both must fit.",
    ),
    Section("Notify", "[[pipelines.release.notify]]", NOTIFY),
)
CONDITIONS = """\
`when` is an expression, or a table of which every key must hold:

```toml
when = "branch == 'main' and not changed('docs/**')"
when = { branch = ["main", "release/*"], paths = ["src/**"] }
```

| part | means |
| --- | --- |
| `branch`, `tag`, `event`, `env.NAME` | a text, empty when there is none; alone it holds when it is not empty |
| `==`, `!=` | the same text, another |
| `in`, `not in` | one of a list, `event in ["push", "tag"]`; or part of a text |
| `.startswith("x")`, `.endswith("x")` | how a text begins and ends |
| `.matches("release/*")` | a glob; `*` stays between two `/`, `**` does not |
| `changed("src/**", "Cargo.lock")` | a file matched by one of these changed; it holds as well when it is not known what changed |
| `and`, `or`, `not`, `( )` | as in Python |

In a table the keys are `branch`, `tag`, `event` and `paths`, each with a text or a list, of which one must fit; globs are
understood. A condition that can never hold is an error."""
PYTHON = """\
`pitstop_pipeline.py` at the root says the same in Python, with the words of [stages](#stages) as arguments:

```python
from pitstop import Pipeline, branch

(
    Pipeline("release")
    .stage("test", parallel=["unit", "integration", "e2e"], retry=2, timeout="30m")
    .stage("build", depends_on="test", matrix={"os": ["linux", "windows", "macos"]})
    .stage("publish", depends_on="build", when=branch("main"), approval_required=True)
    .on("push", branches=["main"])
    .notify_on_failure("slack", "#releases")
)
```

Conditions are `branch(...)`, `tag(...)`, `event(...)`, `paths(...)` and `expression("...")`, joined by `&`, `|` and `~`.
Every pipeline that the file makes is there. It is run to plan, so it should only make pipelines."""
INTRO = """\
# Configuration

Nothing has to be configured. What is, stands in the first of these, at the root of the repository: `pitstop.toml`;
`[tool.pitstop]` in `pyproject.toml`; `[workspace.metadata.pitstop]` or `[package.metadata.pitstop]` in `Cargo.toml`. In the
latter the tables below carry that prefix: `[tool.pitstop.run]`. `pitstop config show` says what holds and where it was
written, `pitstop config check` whether all of it can be meant, and `pitstop config schema` writes the JSON Schema.

Durations are texts such as `"90s"`, `"30m"`, `"1h 30m"`, or seconds. Sizes are texts such as `"512MiB"`, `"2GiB"`, or bytes;
`"2G"` is 2 GiB, `"2GB"` is 2 · 10⁹ bytes. Where an array of strings is wanted, one string is an array of one."""


def reference() -> str:
    """Return the page, with a final newline."""
    parts = [INTRO]
    parts += [part for section in SECTIONS for part in _section(section)]
    parts += ["## Conditions", CONDITIONS, "## Pipelines in Python", PYTHON]
    return "\n\n".join(parts) + "\n"


def _section(section: Section) -> list[str]:
    parts = [f"## {section.heading}"]
    if section.text:
        parts.append(section.text)
    rows = [f"| `{f.name}` | {f.kind.words} | {_default(f)} | {f.doc} |" for f in section.fields]
    parts.append("\n".join(["| key | takes | default | meaning |", "| --- | --- | --- | --- |", *rows]))
    return [*parts, f"```toml\n{example(section)}```"]


def _default(field: Field) -> str:
    if field.required:
        return "must be given"
    plain = field.default.replace(".", "", 1).isdigit() or field.default in {"true", "false"}
    return f"`{field.default}`" if plain or field.default[:1] in {'"', "["} else field.default


def example(section: Section) -> str:
    """Return a table in TOML with each key of `section`; of keys that exclude each other the first."""
    lines = [section.header] if section.header else []
    given = {field.name for field in section.fields}
    left_out = {"stages", *(("parallel", "run") if "tasks" in given else ())}
    lines += [f"{f.name} = {f.example}" for f in section.fields if f.example and f.name not in left_out]
    return "\n".join(lines) + "\n"
