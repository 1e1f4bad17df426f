"""`pitstop run`: what has to run, what is restored, and what need not be looked at."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot
from tests.cli.scripted import ran, run, tasks, workspace

if TYPE_CHECKING:
    from tests.support.pit import Pit

pytestmark = pytest.mark.slow

CHAIN = {"api": [], "web": ["api"], "docs": []}
EVERYTHING = ["api:build", "api:test", "docs:build", "docs:test", "web:build", "web:test"]


def test_the_first_run_runs_all_and_the_second_nothing(pit: Pit) -> None:
    workspace(pit, {"api": [], "web": ["api"]})
    assert pit("run", "-j", "1") == snapshot("""\
exit: 0
ok      api:build [time]
ok      web:build [time]
ok      api:test [time]
ok      web:test [time]
4 tasks: 0 cached, 4 ran, 0 failed in [time]
""")
    assert pit("run", "-j", "1") == snapshot("""\
exit: 0
4 tasks: 4 cached, 0 ran, 0 failed in [time]
""")
    assert pit.read("packages/web/dist/out.txt") == "web is good\napi is good\n"


def test_a_changed_file_runs_its_package_and_what_needs_it(pit: Pit) -> None:
    workspace(pit, CHAIN)
    assert ran(pit) == EVERYTHING
    pit.write("packages/api/src/api.txt", "api is very good\n")
    assert ran(pit) == ["api:build", "api:test", "web:build", "web:test"]
    assert pit.read("packages/web/dist/out.txt") == "web is good\napi is very good\n"
    pit.write("packages/web/src/more.txt", "more\n")
    assert ran(pit) == ["web:build", "web:test"]


def test_a_file_written_again_as_it_was_runs_nothing(pit: Pit) -> None:
    workspace(pit, CHAIN)
    ran(pit)
    pit.write("packages/api/src/api.txt", "api is good\n")
    assert ran(pit) == []


def test_a_change_and_its_undoing_run_nothing_the_second_time(pit: Pit) -> None:
    workspace(pit, CHAIN)
    ran(pit)
    pit.write("packages/api/src/api.txt", "api is very good\n")
    ran(pit)
    pit.write("packages/api/src/api.txt", "api is good\n")
    ended = run(pit)
    assert {task for task, how in ended.items() if how == "cache"} == {"api:build", "api:test", "web:build", "web:test"}
    assert {task for task, how in ended.items() if how == "fresh"} == {"docs:build", "docs:test"}
    assert pit.read("packages/web/dist/out.txt") == "web is good\napi is good\n"


def test_what_another_selection_made_meanwhile_is_not_taken_for_up_to_date(pit: Pit) -> None:
    workspace(pit, CHAIN)
    ran(pit)
    pit.write("packages/api/src/api.txt", "api is very good\n")
    assert ran(pit, "api:build") == ["api:build"]
    pit.write("packages/api/src/api.txt", "api is good\n")
    assert run(pit)["api:build"] == "cache"
    assert pit.read("packages/api/dist/out.txt") == "api is good\n"


def test_a_change_upstream_that_leaves_the_outputs_alone_ends_there(pit: Pit) -> None:
    workspace(pit, CHAIN, '[tasks.build]\ninputs = ["src/**"]\n[tasks.test]\ninputs = ["package.json"]\n')
    ran(pit)
    pit.write("packages/api/src/empty.txt", "")
    assert ran(pit) == ["api:build"]


@pytest.mark.parametrize("left", ["nothing", "a changed file", "a folder in its place", "a link in its place"])
def test_outputs_that_are_gone_or_changed_are_restored(pit: Pit, left: str) -> None:
    workspace(pit, CHAIN)
    ran(pit)
    output = pit.root / "packages/api/dist/out.txt"
    if left == "a changed file":
        output.write_text("api is bad\n")
    else:
        shutil.rmtree(output.parent)
    if left == "a folder in its place":
        (output / "deep").mkdir(parents=True)
    elif left == "a link in its place":
        output.parent.mkdir()
        output.symlink_to(pit.root / "package.json")
    ended = run(pit)
    assert ended["api:build"] == "cache"
    assert set(ended.values()) == {"cache", "fresh"}
    assert output.read_text() == "api is good\n"
    assert not output.is_symlink()
    assert "workspaces" in pit.read("package.json")


def test_a_fresh_clone_restores_everything_from_the_cache(pit: Pit) -> None:
    workspace(pit, CHAIN)
    ran(pit)
    shutil.rmtree(pit.root / ".pitstop")
    for name in CHAIN:
        shutil.rmtree(pit.root / f"packages/{name}/dist")
    assert set(run(pit).values()) == {"cache"}
    assert pit.read("packages/web/dist/out.txt") == "web is good\napi is good\n"


def test_an_output_of_before_that_the_result_does_not_have_is_taken_away(pit: Pit) -> None:
    build = '[tasks.build]\ncommand = "mkdir -p dist && cp src/* dist/"\noutputs = ["dist/**"]\npackages = ["api"]\n'
    workspace(pit, {"api": []}, build)
    pit.write("packages/api/src/one.txt", "1")
    ran(pit, "build")
    pit.write("packages/api/src/two.txt", "2")
    ran(pit, "build")
    assert (pit.root / "packages/api/dist/two.txt").exists()
    (pit.root / "packages/api/src/two.txt").unlink()
    assert run(pit, "build") == {"api:build": "cache"}
    assert sorted(path.name for path in (pit.root / "packages/api/dist").iterdir()) == ["api.txt", "one.txt"]


def test_an_executable_output_and_a_link_are_restored_as_such(pit: Pit) -> None:
    build = "mkdir -p dist && printf '#!/bin/sh\\necho hi\\n' > dist/tool && chmod +x dist/tool && ln -s tool dist/also"
    workspace(pit, {"api": []}, f'[tasks.build]\ncommand = """{build}"""\npackages = ["api"]\n')
    ran(pit, "build")
    shutil.rmtree(pit.root / "packages/api/dist")
    assert run(pit, "build") == {"api:build": "cache"}
    assert pit("dist/also", cwd="packages/api", program=False) == "exit: 0\nhi\n"
    assert (pit.root / "packages/api/dist/also").is_symlink()


def test_only_the_named_tasks_of_the_named_packages_and_what_they_need_run(pit: Pit) -> None:
    workspace(pit, CHAIN)
    assert ran(pit, "web:build") == ["api:build", "web:build"]
    assert ran(pit, "test", "-p", "docs") == ["docs:build", "docs:test"]
    assert ran(pit, "test", "--filter", "web...") == ["api:test", "web:test"]


def test_force_runs_the_named_tasks_again_and_no_others(pit: Pit) -> None:
    workspace(pit, CHAIN)
    ran(pit)
    assert ran(pit, "test", "--force") == ["api:test", "docs:test", "web:test"]
    assert ran(pit) == []


def test_force_replaces_the_cached_result(pit: Pit) -> None:
    build = f"mkdir -p dist && cp {pit.home}/secretly dist/out.txt"
    workspace(pit, {"api": []}, f'[tasks.build]\ncommand = "{build}"\npackages = ["api"]\n')
    (pit.home / "secretly").write_text("one")
    assert ran(pit, "build") == ["api:build"]
    (pit.home / "secretly").write_text("two")
    assert ran(pit, "build") == []
    assert ran(pit, "build", "--force") == ["api:build"]
    shutil.rmtree(pit.root / "packages/api/dist")
    assert run(pit, "build") == {"api:build": "cache"}
    assert pit.read("packages/api/dist/out.txt") == "two"


def test_no_cache_neither_reads_the_cache_nor_writes_it(pit: Pit) -> None:
    workspace(pit, CHAIN)
    assert ran(pit, "--no-cache") == EVERYTHING
    assert not list(pit.cache.rglob("ac/*/*"))
    assert not list(pit.cache.rglob("cas/*/*"))
    shutil.rmtree(pit.root / ".pitstop")
    assert ran(pit) == EVERYTHING  # nothing was stored
    shutil.rmtree(pit.root / ".pitstop")
    assert ran(pit, "--no-cache") == EVERYTHING  # nothing was read


def test_a_dry_run_says_what_would_run_and_why_and_runs_nothing(pit: Pit) -> None:
    workspace(pit, {"api": [], "web": ["api"]})
    assert pit("run", "--dry-run") == snapshot("""\
exit: 0
run    api:build  never ran here
after  api:test   after api:build
after  web:build  after api:build
after  web:test   after api:build and 1 more
4 tasks: 1 would run, 3 depend on what those make
""")
    assert not (pit.root / "packages/api/dist").exists()
    ran(pit)
    assert pit("run", "--dry-run") == snapshot("""\
exit: 0
4 tasks: 4 up to date
""")
    pit.write("packages/api/src/api.txt", "api is very good\n")
    assert pit("run", "--dry-run") == snapshot("""\
exit: 0
run    api:build  packages/api/src/api.txt changed
after  api:test   after api:build
after  web:build  after api:build
after  web:test   after api:build and 1 more
4 tasks: 1 would run, 3 depend on what those make
""")
    assert pit("run", "test", "--force", "--dry-run") == snapshot("""\
exit: 0
run    api:build  packages/api/src/api.txt changed
after  api:test   after api:build
after  web:build  after api:build
after  web:test   after api:build and 1 more
4 tasks: 1 would run, 3 depend on what those make
""")
    assert not pit.read("packages/api/dist/out.txt").startswith("api is very")


def test_what_failed_is_said_to_have_failed_and_not_to_be_new(pit: Pit) -> None:
    tasks(pit, '[tasks.bad]\ncommand = "test -s wanted"\ninputs = ["wanted"]\n').write("wanted")
    reasons = []
    for step in (None, "", "text", "text", "", "other"):
        if step is not None:
            pit.write("wanted", step)
            pit("run", "bad")
        rows = pit("run", "bad", "--dry-run", "--json").json["tasks"]
        reasons.append((rows[0]["status"], rows[0]["reason"]))
    assert reasons == snapshot(
        [
            ("run", "never ran here"),
            ("run", "failed the last time"),
            ("fresh", ""),
            ("fresh", ""),
            ("run", "failed the last time"),
            ("fresh", ""),
        ]
    )


def test_a_dry_run_that_means_no_task_says_so(pit: Pit) -> None:
    workspace(pit, {"api": []}).commit()
    assert pit("run", "--affected", "--base", "HEAD", "--dry-run") == snapshot("""\
exit: 0
----- stderr
nothing to run: no package is meant by the filters, or none has these tasks
""")


def test_a_dry_run_as_json_has_a_row_for_each_task(pit: Pit) -> None:
    workspace(pit, {"api": [], "web": ["api"]})
    ran(pit, "api:build")
    pit.write("packages/web/src/web.txt", "web is good too\n")
    found = pit("run", "--dry-run", "--json").json
    actions = [row.pop("action", None) for row in found["tasks"]]
    assert [action is None or len(action) == 64 for action in actions] == [True] * 4
    assert found == snapshot(
        {
            "name": "build test",
            "notes": [],
            "tasks": [
                {"task": "api:build", "package": "api", "status": "fresh", "reason": "", "needs": []},
                {
                    "task": "api:test",
                    "package": "api",
                    "status": "run",
                    "reason": "never ran here",
                    "needs": ["api:build"],
                },
                {
                    "task": "web:build",
                    "package": "web",
                    "status": "run",
                    "reason": "never ran here",
                    "needs": ["api:build"],
                },
                {
                    "task": "web:test",
                    "package": "web",
                    "status": "after",
                    "reason": "after web:build",
                    "needs": ["api:build", "web:build"],
                },
            ],
        }
    )


def test_a_dry_run_says_just_what_the_run_then_does(pit: Pit) -> None:
    workspace(pit, CHAIN)
    ran(pit)
    pit.write("packages/api/src/api.txt", "api is still good\n")
    (pit.root / "packages/docs/dist/out.txt").unlink()
    planned = {row["task"]: row for row in pit("run", "--dry-run", "--json").json["tasks"]}
    done = pit("run", "--output", "json").events
    finished = {event["task"]: event for event in done if event["event"] == "TaskFinished"}
    assert planned.keys() == finished.keys()
    for task, row in planned.items():
        if row["status"] != "after":
            assert {"run": "run", "cache": "cache", "fresh": "fresh"}[row["status"]] == finished[task].get(
                "origin", "run"
            )
            assert row["action"] == finished[task]["action"]


def test_a_task_that_is_never_cached_runs_each_time(pit: Pit) -> None:
    workspace(pit, {"api": []}, "[tasks.test]\ncache = false\n")
    assert ran(pit) == ["api:build", "api:test"]
    assert ran(pit) == ["api:test"]


def test_a_task_kept_by_checkout_runs_again_only_when_its_inputs_change_or_its_outputs_go(pit: Pit) -> None:
    settings = """\
[tasks.install]
command = "mkdir -p node_modules && cat package.json > node_modules/mark"
inputs = ["package.json"]
outputs = ["node_modules/**"]
cache = "checkout"
"""
    workspace(pit, {"api": []}, settings)
    assert ran(pit, "install") == ["//:install"]
    assert ran(pit, "install") == []
    (pit.root / "node_modules/mark").write_text("moved in by another tool")
    assert ran(pit, "install") == []
    shutil.rmtree(pit.root / "node_modules")
    assert ran(pit, "install") == ["//:install"]
    pit.write("package.json", pit.read("package.json").replace("ws", "other"))
    assert ran(pit, "install") == ["//:install"]


def test_the_log_of_a_cached_task_is_replayed_on_demand(pit: Pit) -> None:
    workspace(pit, {"api": []}, '[tasks.test]\ncommand = "echo all is well"\npackages = ["api"]\n')
    ran(pit, "api:test")
    assert "all is well" in pit("run", "api:test", "--logs", "full").out
    (pit.root / "packages/api/dist/out.txt").unlink()
    shutil.rmtree(pit.root / ".pitstop")
    assert "all is well" in pit("run", "api:test", "--logs", "full").out
