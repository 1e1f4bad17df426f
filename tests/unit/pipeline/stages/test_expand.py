"""What becomes of stages, by example."""

from __future__ import annotations

import pytest

from pitstop.core.errors import ConfigError
from pitstop.core.origin import Origin
from pitstop.core.package import REPOSITORY
from pitstop.core.task import Retry, Task, TaskId, TaskSpec
from pitstop.pipeline.stages.expand import Expanded, expand
from pitstop.pipeline.stages.matrix import Machine, legs, runs_here, this_machine
from pitstop.pipeline.stages.model import Leg, Matrix, PipelineSpec, StageSpec
from pitstop.pipeline.stages.when import Context

LINUX = Machine("linux", "x86_64")
MAIN = Context("main")
OS = Matrix((("os", ("linux", "windows")),))


def graph(**needs: str) -> dict[TaskId, Task]:
    """Return tasks of the package `p`: `build="lint gen"` waits for two others."""
    return {
        TaskId(f"p:{name}"): Task(
            TaskId(f"p:{name}"),
            "p",
            TaskSpec(name, (name,)),
            tuple(TaskId(f"p:{need}") for need in sorted(wanted.split())),
        )
        for name, wanted in needs.items()
    }


def laid(stages: list[StageSpec], tasks: dict[TaskId, Task], context: Context = MAIN) -> Expanded:
    return expand(PipelineSpec("p", tuple(stages)), tasks, context, LINUX)


def needs(done: Expanded) -> dict[str, str]:
    """Return what each task waits for, as texts."""
    return {str(name): " ".join(task.needs) for name, task in done.graph.items()}


def test_a_stage_ends_in_a_task_that_does_nothing_and_starts_after_the_ends_before_it() -> None:
    done = laid(
        [StageSpec("lint", ("lint",)), StageSpec("test", ("test",), depends_on=("lint",))], graph(lint="", test="")
    )
    assert needs(done) == {
        "p:lint": "",
        "p:test": "stage:lint",
        "stage:lint": "p:lint",
        "stage:test": "p:test stage:lint",
    }
    assert done.wanted == ("stage:lint", "stage:test")
    end = done.graph[TaskId("stage:test")]
    assert (end.spec, end.stage, end.package) == (TaskSpec("test", cache="never"), "test", REPOSITORY)
    assert done.graph[TaskId("p:test")].stage == "test"


def test_what_only_a_later_stage_needs_waits_with_it_and_what_an_earlier_one_needs_does_not() -> None:
    tasks = graph(base="", gen="base", test="base", build="gen")
    done = laid([StageSpec("test", ("test",)), StageSpec("build", ("build",), depends_on=("test",))], tasks)
    found = needs(done)
    assert found["p:gen"] == "p:base stage:test"
    assert found["p:base"] == ""


def test_a_task_that_an_earlier_stage_needs_anyway_runs_there() -> None:
    done = laid(
        [StageSpec("test", ("test",)), StageSpec("build", ("build",), depends_on=("test",))],
        graph(build="", test="build"),
    )
    assert needs(done)["p:build"] == ""
    assert needs(done)["stage:build"] == "p:build stage:test"


def test_a_stage_beside_another_does_not_wait_because_they_share_a_dependency() -> None:
    tasks = graph(base="", slow="", test="base", lint="base")
    done = laid(
        [
            StageSpec("slow", ("slow",)),
            StageSpec("test", ("test",), depends_on=("slow",)),
            StageSpec("lint", ("lint",)),
        ],
        tasks,
    )
    assert needs(done)["p:base"] == ""
    assert needs(done)["p:lint"] == "p:base"


def test_a_person_is_asked_between_the_stages() -> None:
    stages = [
        StageSpec("test", ("test",)),
        StageSpec("ship", ("ship",), depends_on=("test",), approval_required=True, approval_timeout_s=60.0),
    ]
    done = laid(stages, graph(test="", ship=""))
    approval = done.graph[TaskId("approve:ship")]
    assert (approval.approval, approval.needs, approval.stage) == (True, ("stage:test",), "ship")
    assert approval.spec.timeout_s == 60.0
    assert needs(done)["p:ship"] == "approve:ship"


def test_what_only_a_stage_needs_waits_for_the_person_too() -> None:
    stages = [StageSpec("ship", ("ship",), approval_required=True), StageSpec("lint", ("lint",))]
    done = laid(stages, graph(base="", pack="base", ship="pack", lint="base"))
    assert needs(done)["p:pack"] == "approve:ship p:base"
    assert needs(done)["p:base"] == ""


def test_a_matrix_copies_the_named_tasks_for_each_leg_and_keeps_them_together() -> None:
    matrix = Matrix((("os", ("linux",)), ("py", ("3.11", "3.12"))))
    done = laid([StageSpec("test", ("test", "build"), matrix=matrix)], graph(gen="", build="gen", test="build"))
    copy = done.graph[TaskId("p:test[os=linux,py=3.12]")]
    assert copy.matrix == (("os", "linux"), ("py", "3.12"))
    assert copy.needs == ("p:build[os=linux,py=3.12]",)
    assert needs(done)["p:build[os=linux,py=3.11]"] == "p:gen"
    assert len(done.graph[TaskId("stage:test")].needs) == 4


def test_later_stages_need_the_legs_in_the_place_of_the_task() -> None:
    stages = [StageSpec("build", ("build",), matrix=OS), StageSpec("ship", ("ship",), depends_on=("build",))]
    done = laid(stages, graph(build="", ship="build"))
    assert needs(done)["p:ship"] == "p:build[os=linux] stage:build"


def test_a_stage_beside_the_matrix_needs_the_task_itself() -> None:
    stages = [StageSpec("build", ("build",), matrix=OS), StageSpec("lint", ("lint",))]
    done = laid(stages, graph(build="", lint="build"))
    assert needs(done)["p:lint"] == "p:build"
    assert needs(done)["p:build"] == ""


def test_legs_that_write_the_same_files_do_not_run_at_once() -> None:
    tasks = {TaskId("p:b"): Task(TaskId("p:b"), "p", TaskSpec("b", ("b",), outputs=("dist",)))}
    done = laid([StageSpec("b", ("b",), matrix=Matrix((("py", ("1", "2")),)))], tasks)
    locks = {task.spec.lock for task in done.graph.values() if task.matrix}
    assert locks == {"legs of p:b"}


def test_legs_that_this_machine_cannot_run_are_named() -> None:
    done = laid([StageSpec("build", ("build",), matrix=OS)], graph(build=""))
    assert "p:build[os=windows]" not in done.graph
    assert done.notes == ("stage `build` leaves out `os=windows`: this machine is linux on x86_64",)


def test_a_stage_of_which_no_leg_runs_here_is_passed_over() -> None:
    stages = [
        StageSpec("test", ("test",)),
        StageSpec("mac", ("build",), depends_on=("test",), matrix=Matrix((("os", ("macos",)),))),
        StageSpec("ship", ("ship",), depends_on=("mac",)),
    ]
    done = laid(stages, graph(test="", build="", ship=""))
    assert needs(done)["p:ship"] == "stage:test"
    assert done.wanted == ("stage:test", "stage:ship")


def test_what_depends_on_a_stage_that_is_left_out_goes_on_after_what_that_waited_for() -> None:
    stages = [
        StageSpec("test", ("test",)),
        StageSpec("docs", ("docs",), depends_on=("test",), when="changed('docs/**')"),
        StageSpec("ship", ("ship",), depends_on=("docs",)),
    ]
    tasks = graph(test="", docs="", ship="")
    done = laid(stages, tasks, Context("main", changed=("src/a",)))
    assert done.notes == ("stage `docs` is left out: `changed('docs/**')` does not hold",)
    assert needs(done)["p:ship"] == "stage:test"
    assert laid(stages, tasks, Context("main", changed=("docs/a",))).notes == ()


def test_a_stage_lays_its_limits_on_the_tasks_it_names() -> None:
    tasks = graph(quick="", slow="", base="")
    tasks[TaskId("p:quick")] = tasks[TaskId("p:quick")]._replace(
        spec=TaskSpec("quick", ("q",), timeout_s=5.0, retry=Retry(9)), needs=(TaskId("p:base"),)
    )
    done = laid([StageSpec("test", ("quick", "slow"), retry=Retry(2), timeout_s=60.0)], tasks)
    specs = {str(name): (task.spec.retry, task.spec.timeout_s) for name, task in done.graph.items() if name in tasks}
    assert specs == {"p:quick": (Retry(2), 5.0), "p:slow": (Retry(2), 60.0), "p:base": (Retry(), None)}


def test_a_command_in_a_stage_is_a_task_of_the_repository_that_is_never_cached() -> None:
    done = laid([StageSpec("ship", run="ship.sh", timeout_s=9.0, origin=Origin("pitstop.toml", 3))], graph(test=""))
    task = done.graph[TaskId("//:ship")]
    assert task.spec == TaskSpec("ship", "ship.sh", timeout_s=9.0, cache="never", origin="pitstop.toml:3")
    assert needs(done)["stage:ship"] == "//:ship"


def test_names_that_are_taken_are_not_taken_twice() -> None:
    tasks = {
        TaskId(name): Task(TaskId(name), "stage", TaskSpec(name.partition(":")[2], ("x",))) for name in ("stage:a",)
    }
    done = laid([StageSpec("a", ("stage:a",))], tasks)
    assert done.wanted == ("stage:a+",)
    assert needs(done) == {"stage:a": "", "stage:a+": "stage:a"}


def test_tasks_are_meant_by_name_by_id_and_by_glob() -> None:
    tasks = {
        TaskId(f"{owner}:{name}"): Task(TaskId(f"{owner}:{name}"), owner, TaskSpec(name, ("x",)))
        for owner in ("web-a", "web-b", "api")
        for name in ("test", "lint")
    }
    done = laid([StageSpec("s", ("lint", "web-*:test"))], tasks)
    assert needs(done)["stage:s"] == "api:lint web-a:lint web-a:test web-b:lint web-b:test"
    assert needs(laid([StageSpec("s", ("api:test",))], tasks))["stage:s"] == "api:test"


def test_a_task_that_does_not_exist_is_named_with_the_place_of_its_stage() -> None:
    stage = StageSpec("check", ("tset",), when="branch == 'never'", origin=Origin("pitstop.toml", 7, 11))
    with pytest.raises(ConfigError) as caught:
        laid([stage], graph(test=""))
    assert caught.value.render() == (
        "error: pitstop.toml:7:11: stage `check`: there is no task `tset`\nhint: did you mean `test`?"
    )


@pytest.mark.parametrize(
    ("leg", "runs"),
    [
        ((("os", "ubuntu-22.04"),), True),
        ((("os", "Linux"), ("arch", "amd64")), True),
        ((("os", "macos-14"),), False),
        ((("os", "linux"), ("arch", "arm64")), False),
        ((("os", "a-word-of-our-own"), ("python", "2.7")), True),
        ((("arch", "x64"),), True),
        ((("arch", "riscv64"),), False),
    ],
)
def test_only_systems_and_processors_are_judged(leg: Leg, runs: bool) -> None:
    assert runs_here(leg, LINUX) == runs


def test_this_machine_can_run_itself() -> None:
    here = this_machine()
    assert runs_here((("os", here.os), ("arch", here.arch)), here)


def test_the_matrix_of_githubs_manual_has_the_legs_that_it_lists() -> None:
    matrix = Matrix(
        (("fruit", ("apple", "pear")), ("animal", ("cat", "dog"))),
        include=(
            (("color", "green"),),
            (("color", "pink"), ("animal", "cat")),
            (("fruit", "apple"), ("shape", "circle")),
            (("fruit", "banana"),),
            (("fruit", "banana"), ("animal", "cat")),
        ),
    )
    assert legs(matrix) == [
        (("fruit", "apple"), ("animal", "cat"), ("color", "pink"), ("shape", "circle")),
        (("fruit", "apple"), ("animal", "dog"), ("color", "green"), ("shape", "circle")),
        (("fruit", "pear"), ("animal", "cat"), ("color", "pink")),
        (("fruit", "pear"), ("animal", "dog"), ("color", "green")),
        (("fruit", "banana"),),
        (("fruit", "banana"), ("animal", "cat")),
    ]
