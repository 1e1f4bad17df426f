"""A pipeline is the same value in TOML and in Python, and wrong in the same words."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.pipeline.settings.written import loaded, refusal

from pitstop import Pipeline, branch, event, expression, paths, tag
from pitstop.core.origin import Origin
from pitstop.core.task import Retry
from pitstop.pipeline.settings.fields.pipelines import PIPELINE, STAGE
from pitstop.pipeline.settings.pipelines import pipeline_of
from pitstop.pipeline.settings.place import At
from pitstop.pipeline.settings.positions import Positions
from pitstop.pipeline.stages.model import Matrix, Notify, PipelineSpec, StageSpec, Trigger

RELEASE = PipelineSpec(
    "release",
    (
        StageSpec("test", ("unit", "integration", "e2e"), retry=Retry(2), timeout_s=1800.0),
        StageSpec("build", ("build",), (), ("test",), Matrix((("os", ("linux", "windows", "macos")),))),
        StageSpec("publish", ("publish",), (), ("build",), when="branch == 'main'", approval_required=True),
    ),
    (Trigger("push", ("main",)), Trigger("tag", tags=("v*",))),
    (Notify("failure", "slack", "#releases"),),
)
PYTHON = """
from pitstop import Pipeline, branch

release = (
    Pipeline("release")
    .stage("test", parallel=["unit", "integration", "e2e"], retry=2, timeout="30m")
    .stage("build", depends_on="test", matrix={"os": ["linux", "windows", "macos"]})
    .stage("publish", depends_on="build", when=branch("main"), approval_required=True)
    .on("push", branches=["main"])
    .on("tag", tags=["v*"])
    .notify_on_failure("slack", "#releases")
)
"""
TOML = """
[pipelines.release]
triggers = { push = ["main"], tag = ["v*"] }
notify_on_failure = { slack = "#releases" }

[[pipelines.release.stages]]
name = "test"
parallel = ["unit", "integration", "e2e"]
retry = 2
timeout = "30m"

[[pipelines.release.stages]]
name = "build"
depends_on = "test"
matrix = { os = ["linux", "windows", "macos"] }

[[pipelines.release.stages]]
name = "publish"
depends_on = ["build"]
when = { branch = "main" }
approval_required = true
"""


def one(toml: str = "", python: str = "") -> PipelineSpec:
    (made,) = loaded(toml, python).pipelines
    return made


def test_toml_and_python_say_the_same() -> None:
    assert one(TOML).without_origin() == RELEASE
    assert one("", PYTHON).without_origin() == RELEASE


def test_each_stage_knows_where_it_was_written() -> None:
    assert [stage.origin for stage in one(TOML).stages] == [Origin("pitstop.toml", line, 1) for line in (6, 12, 17)]
    assert [stage.origin for stage in one("", PYTHON).stages] == [
        Origin("pitstop_pipeline.py", line, 1) for line in (6, 7, 8)
    ]


def test_the_short_form_is_one_stage_for_each_name_in_a_row() -> None:
    assert one("[pipelines.check]\nstages = ['lint', { name = 'test', retry = 1 }, 'api:docs']").without_origin() == (
        PipelineSpec(
            "check",
            (
                StageSpec("lint", ("lint",)),
                StageSpec("test", ("test",), depends_on=("lint",), retry=Retry(1)),
                StageSpec("api:docs", ("api:docs",), depends_on=("test",)),
            ),
        )
    )


def test_a_stage_waits_for_the_one_before_it_unless_it_says_otherwise() -> None:
    stages = one(
        "[pipelines.p]\nstages = ['a', {name = 'b'}, {name = 'c', depends_on = []}, {name = 'd', depends_on = 'a'}]"
    )
    assert [stage.depends_on for stage in stages.stages] == [(), ("a",), (), ("a",)]


def test_the_builder_has_the_words_of_the_table() -> None:
    words = set(inspect.signature(Pipeline.stage).parameters) - {"self"}
    assert words == {field.name for field in STAGE}


STAGES = st.fixed_dictionaries(
    {"name": st.sampled_from(["a", "b"])},
    optional={
        "tasks": st.lists(st.sampled_from(["t", "u:v"]), min_size=1),
        "depends_on": st.just([]),
        "matrix": st.dictionaries(
            st.sampled_from(["os", "py"]), st.lists(st.sampled_from(["x", 3, 3.5, True]), min_size=1), min_size=1
        ),
        "when": st.sampled_from(["branch == 'a'", "tag"]),
        "retry": st.integers(0, 3),
        "timeout": st.sampled_from(["1h", 5, 2.5]),
        "approval_required": st.booleans(),
        "description": st.text(max_size=3),
    },
)


@given(st.lists(STAGES, min_size=1, max_size=2, unique_by=lambda stage: stage["name"]))
def test_whatever_the_builder_is_told_is_what_the_table_says(stages: list[dict[str, object]]) -> None:
    built = Pipeline("p")
    for stage in stages:
        built.stage(**stage)  # type: ignore[arg-type]  # the table decides what fits
    at = At("", Positions({}, {}))
    assert built.table == {"stages": stages}
    assert pipeline_of("p", PIPELINE.check(built.table, at), at).stages[0].name == stages[0]["name"]


def test_conditions_are_joined_by_signs() -> None:
    assert branch("main").text == "branch == 'main'"
    assert (branch("main") & ~tag()).text == "branch == 'main' and (not tag)"
    assert (event("push") & (paths("src/**", "x") | expression("env.ALL"))).text == (
        "event == 'push' and (changed('src/**', 'x') or (env.ALL))"
    )


def test_triggers_have_a_short_form_and_a_long_one() -> None:
    toml = """
[pipelines.p]
stages = ["a"]
triggers = { push = true, pull_request = { branches = "main", paths = ["src/**"] }, schedule = "0 3 * * *", tag = true }
"""
    python = """
from pitstop import Pipeline
Pipeline("p").stage("a").on("push").on("pull_request", branches="main", paths=["src/**"]).on("tag").on(
    "schedule", cron="0 3 * * *"
)
"""
    wanted = (
        Trigger("pull_request", ("main",), ("src/**",)),
        Trigger("push"),
        Trigger("schedule", cron=("0 3 * * *",)),
        Trigger("tag"),
    )
    assert one(toml).triggers == one("", python).triggers == wanted


def test_a_matrix_takes_numbers_and_booleans_as_texts() -> None:
    toml = "[[pipelines.p.stages]]\nname = 'a'\nmatrix = { py = [3.12, 3], fast = [true], include = [{ py = 4, x = 'y' }] }"
    assert one(toml).stages[0].matrix == Matrix(
        (("py", ("3.12", "3")), ("fast", ("true",))), include=((("py", "4"), ("x", "y")),)
    )


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            "stages = ['a', 'b', { name = 'c', depends_on = ['a', 'd'] }]",
            "2:54: there is no stage `d`\nhint: the stages are `a`, `b`, `c`",
        ),
        (
            "stages = ['build', { name = 'c', depends_on = 'biuld' }]",
            "2:47: there is no stage `biuld`\nhint: did you mean `build`?",
        ),
        ("stages = ['a', 'a']", "2:16: there are two stages `a`\nhint: rename one of them"),
        ("stages = []", "2:10: a pipeline needs a stage"),
        ("description = 'x'", '1:1: `stages` is missing\nhint: for example `stages = ["format", "lint", "test"]`'),
        ("stages = [{ name = 'a b' }]", "2:20: `a b` is no name of a stage\nhint: blanks and `[` cannot stand in it"),
        ("stages = [{ tasks = ['a'] }]", '2:11: `name` is missing\nhint: for example `name = "test"`'),
        ("stages = [{ name = 'a', timeuot = 3 }]", "2:25: unknown key `timeuot`\nhint: did you mean `timeout`?"),
        (
            "stages = [{ name = 'a', tasks = [] }]",
            "2:33: `tasks` is empty\nhint: without it the stage runs the tasks of its name",
        ),
        (
            "stages = [{ name = 'a', tasks = 'b', run = 'c' }]",
            "2:38: the stage has `tasks` and `run`\nhint: make it two stages",
        ),
        (
            "stages = [{ name = 'a', tasks = 'b', parallel = 'c' }]",
            "2:38: the stage has `tasks` and `parallel`\nhint: `parallel` is another word for `tasks`",
        ),
        (
            "stages = [{ name = 'a', approval_timeout = '1h' }]",
            "2:25: `approval_timeout` without an approval\nhint: add `approval_required = true`",
        ),
        (
            "stages = [{ name = 'a', depends_on = 'b' }, { name = 'b' }]",
            "2:38: stages wait for each other in a circle: `a` -> `b` -> `a`",
        ),
        ("stages = [{ name = 'a', depends_on = 'a' }]", "2:38: stages wait for each other in a circle: `a` -> `a`"),
        (
            "stages = [{ name = 'a', when = \"tag == 'x' and not tag\" }]",
            "2:32: the condition can never hold: `tag == 'x'` and `not tag` exclude each other",
        ),
        (
            "stages = [{ name = 'a', matrix = {} }]",
            '2:34: the matrix is empty\nhint: for example `matrix = { os = ["linux", "macos"] }`',
        ),
        (
            "stages = [{ name = 'a', matrix = { os = [] } }]",
            "2:41: the axis `os` is empty\nhint: give it values, or remove it",
        ),
        ("stages = [{ name = 'a', matrix = { os = 'x' } }]", "2:41: the axis `os` takes an array, not a string"),
        (
            "stages = [{ name = 'a', matrix = { 'o s' = ['x'] } }]",
            "2:36: `o s` is no name of an axis\nhint: letters, digits, `-` and `_` make one",
        ),
        (
            "stages = [{ name = 'a', matrix = { os = ['x,y'] } }]",
            "2:42: 'x,y' cannot be a value of a matrix\nhint: `,`, `[` and `]` cannot stand in it",
        ),
        (
            "stages = [{ name = 'a', matrix = { os = ['x'], exclude = [{ so = 'x' }] } }]",
            "2:66: there is no axis `so`\nhint: the axes are `os`",
        ),
        (
            "stages = [{ name = 'a', matrix = { os = ['linux'], exclude = [{ os = 'linus' }] } }]",
            "2:70: `os` is never `linus`\nhint: did you mean `linux`?",
        ),
        (
            "stages = [{ name = 'a', matrix = { os = ['x'], exclude = [{ os = 'x' }] } }]",
            "2:34: the matrix of `a` leaves no leg\nhint: all its combinations are excluded",
        ),
        (
            "stages = [{ name = 'a', matrix = { a-b = ['x'], a_b = ['y'] } }]",
            "2:34: two axes would set the same variable\nhint: rename one: `-` and `_` are the same there",
        ),
        ("stages = ['a']\ntriggers = { psuh = true }", "3:14: unknown key `psuh`\nhint: did you mean `push`?"),
        (
            "stages = ['a']\ntriggers.schedule = 'daily'",
            "3:21: `daily` is no cron line\nhint: minute, hour, day, month, weekday: `0 3 * * *`",
        ),
        (
            "stages = ['a']\nnotify = [{ on = 'fail', channel = 'c', target = 't' }]",
            "3:18: `fail` is none of `failure`, `success`, `always`\nhint: did you mean `failure`?",
        ),
    ],
)
def test_a_mistake_is_named_by_its_place(table: str, said: str) -> None:
    assert refusal(f"[pipelines.p]\n{table}") == f"error: pitstop.toml:{said}"


def test_a_matrix_has_at_most_256_legs() -> None:
    axes = ", ".join(f"a{n} = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]" for n in range(40))
    assert refusal(f"[pipelines.p]\nstages = [{{ name = 'a', matrix = {{ {axes} }} }}]") == (
        f"error: pitstop.toml:2:34: the matrix has {10**40} legs, more than 256\nhint: leave out some values"
    )


@pytest.mark.parametrize(
    ("python", "said"),
    [
        ("x = (\n", "1:5: this is no Python: '(' was never closed"),
        ("\n1 / 0\n", "2:1: ZeroDivisionError: division by zero"),
        ("raise SystemExit", "1:1: SystemExit"),
        ("import no_such_module", "1:1: ModuleNotFoundError: No module named 'no_such_module'"),
        ("x = 1", ': the file makes no pipeline\nhint: for example `Pipeline("check").stage("test")`'),
        ("from pitstop import Pipeline\nPipeline('p')", "2:1: a pipeline needs a stage"),
        ("from pitstop import Pipeline\nPipeline(3).stage('a')", "2:1: `3` takes a string, not an integer"),
        (
            "from pitstop import Pipeline\n\nPipeline('p').stage('a').stage(\n    'b', timeout='x'\n)",
            '3:1: `x` is no duration\nhint: write it as `"30m"`, `"1h 30m"`, `"90s"`, or as seconds',
        ),
        (
            "from pitstop import Pipeline\n(\n  Pipeline('p')\n  .stage('a')\n  .stage('b', depends_on='c')\n)",
            "5:1: there is no stage `c`\nhint: the stages are `a`, `b`",
        ),
        ("from pitstop import Pipeline\nPipeline('p').stage('a', timout=3)", "2:1: TypeError: "),
        (
            "from pitstop import Pipeline\nPipeline('p').stage('a').on('psuh')",
            "2:1: unknown key `psuh`\nhint: did you mean `push`?",
        ),
    ],
)
def test_a_mistake_in_python_is_named_by_its_line(python: str, said: str) -> None:
    colon = "" if said.startswith(":") else ":"
    assert refusal("", python).startswith(f"error: pitstop_pipeline.py{colon}{said}")


def test_a_pipeline_may_be_written_once() -> None:
    python = "from pitstop import Pipeline\nPipeline('release').stage('a')"
    assert refusal(TOML, python) == (
        "error: pitstop_pipeline.py:2:1: there are two pipelines `release`, the other at pitstop.toml:2\n"
        "hint: rename one of them"
    )


def test_what_the_file_prints_does_not_reach_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    one("", "from pitstop import Pipeline\nprint('hello')\nPipeline('p').stage('a')")
    assert capsys.readouterr() == ("", "hello\n")
