"""What bad input gets: every kind has a test, here or where `ELSEWHERE` says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot

if TYPE_CHECKING:
    from tests.support.pit import Pit

TESTS = Path(__file__).parents[1]
ELSEWHERE = {
    "broken TOML and JSON": (
        ("cli/test_run_usage.py", "test_a_broken_file_is_named_with_its_place"),
        ("unit/pipeline/settings/test_load.py", "test_what_is_no_toml_is_named_by_its_place"),
        ("unit/pipeline/detect/test_node_locks.py", "test_a_broken_lock_file_is_named_by_its_place"),
        (
            "unit/pipeline/detect/test_detect.py",
            "test_a_manifest_with_any_bytes_in_any_place_is_planned_or_an_error_of_ours",
        ),
    ),
    "a package that depends on itself": (
        ("unit/pipeline/detect/test_cargo.py", "test_what_cargo_refuses_is_refused"),
        (
            "unit/pipeline/detect/test_node_workspaces.py",
            "test_packages_that_need_each_other_are_planned_and_noted",
        ),
    ),
    "an unreadable file": (
        ("cli/test_run_surroundings.py", "test_an_unreadable_file_is_named_and_its_tasks_run_without_being_kept"),
        ("cli/test_run_surroundings.py", "test_an_unreadable_folder_and_manifest_are_no_crash"),
    ),
    "a file that changes while it is hashed": (
        ("unit/pipeline/test_index.py", "test_a_file_that_changes_while_it_is_read_is_read_again"),
        ("unit/pipeline/test_index.py", "test_a_file_that_changes_each_time_it_is_read_counts_as_unreadable"),
        ("cli/test_run_keys.py", "test_an_input_that_changes_while_the_task_runs_is_not_cached"),
    ),
    "a symlink loop": (
        ("cli/test_run_surroundings.py", "test_links_in_a_circle_and_into_nothing_are_inputs_like_others"),
    ),
    "names with spaces, newlines and non-UTF-8 bytes": (
        ("cli/test_run_surroundings.py", "test_every_name_that_a_file_can_have_is_an_input_and_an_output"),
        ("cli/test_run_surroundings.py", "test_folders_with_odd_names_hold_packages"),
    ),
    "an output outside the repository": (
        ("cli/test_run_keys.py", "test_an_output_outside_of_the_repository_is_refused"),
        ("cli/test_run_keys.py", "test_an_output_outside_that_another_tools_settings_declare_is_refused"),
    ),
    "a full disk": (
        ("cli/test_run_surroundings.py", "test_a_full_disk_under_the_cache_is_said_once_and_the_run_goes_on"),
        ("cli/test_run_surroundings.py", "test_a_full_disk_under_the_checkout_is_said_once_and_the_run_goes_on"),
    ),
    "a read-only checkout": (
        ("cli/test_run_surroundings.py", "test_a_read_only_checkout_runs_keeps_nothing_and_says_so"),
        ("cli/test_run_surroundings.py", "test_a_read_only_checkout_whose_task_fails_says_why"),
    ),
    "a folder without git": (
        ("cli/test_run_surroundings.py", "test_a_folder_without_git_is_run_cached_and_watched_all_the_same"),
    ),
    "a shallow clone with no merge base": (
        ("unit/links/test_changes.py", "test_a_shallow_clone_without_a_common_commit_says_what_to_fetch"),
    ),
    "a child that ignores SIGTERM": (
        ("cli/test_run_ends.py", "test_a_time_out_kills_the_whole_family_also_those_that_ignore_it"),
        ("cli/test_run_ends.py", "test_one_ctrl_c_kills_in_the_end_who_does_not_listen"),
    ),
    "a killed pitstop": (
        ("cli/test_run_ends.py", "test_a_killed_run_leaves_no_process_and_the_next_run_closes_it"),
        ("cli/test_run_surroundings.py", "test_state_that_is_damaged_in_any_way_never_gives_a_wrong_answer"),
    ),
}


@pytest.mark.parametrize("kind", ELSEWHERE)
def test_the_kinds_that_are_tested_elsewhere_are(kind: str) -> None:
    for file, name in ELSEWHERE[kind]:
        assert re.search(rf"^def {name}\(", (TESTS / file).read_text(), re.MULTILINE), f"{file} has no {name}"


def crate(name: str, more: str = "") -> str:
    return f'[package]\nname = "{name}"\nversion = "1.0.0"\n{more}'


REFUSED = [
    (
        {"Cargo.toml": crate("a", '[dependencies]\na = { path = "." }\n')},
        "error: Cargo.toml: `a` depends on itself\nhint: remove `a` from dependencies\n",
    ),
    (
        {"Cargo.toml": '[workspace]\nmembers = ["gone"]\n'},
        (
            "error: Cargo.toml: workspace member `gone` has no Cargo.toml\n"
            "hint: mend `workspace.members`, or add the crate to git\n"
        ),
    ),
    (
        {"pyproject.toml": '[project]\nname = "r"\nversion = "1"\n[tool.uv.workspace]\nmembers = ["gone"]\n'},
        (
            "error: pyproject.toml: workspace member `gone` has no pyproject.toml\n"
            "hint: mend `tool.uv.workspace.members`, or add the project to git\n"
        ),
    ),
    (
        {"go.work": "go 1.22\nuse ./gone\n"},
        "error: go.work: `use ./gone` names a folder without go.mod\nhint: mend `use`, or add the file\n",
    ),
    (
        {"Cargo.toml": '[workspace]\nmembers = ["a", "b"]\n', "a/Cargo.toml": crate("x"), "b/Cargo.toml": crate("x")},
        (
            "error: two cargo packages are called `x`: a/Cargo.toml and b/Cargo.toml\n"
            "hint: rename one of them, or keep one out of the workspace\n"
        ),
    ),
    (
        {"package.json": '{"workspaces": ["*"]}', "a/package.json": '{"name": "x"}', "b/package.json": '{"name": "x"}'},
        (
            "error: two node packages are called `x`: a/package.json and b/package.json\n"
            "hint: rename one of them, or keep one out of the workspace\n"
        ),
    ),
    (
        {"go.work": "use ./a\nuse ./b\n", "a/go.mod": "module x\n", "b/go.mod": "module x\n"},
        (
            "error: two go packages are called `x`: a/go.mod and b/go.mod\n"
            "hint: rename one of them, or keep one out of the workspace\n"
        ),
    ),
    (
        {"pitstop.toml": "[tasks.x]\n"},
        "error: pitstop.toml:1:8: no package has a task `x`\nhint: a `command` would make it one\n",
    ),
    (
        {"pitstop.toml": '[tasks.x]\ncommand = " "\n'},
        (
            "error: pitstop.toml:2:11: the command is empty\n"
            "hint: `command = []` makes a task that only waits for others\n"
        ),
    ),
]


@pytest.mark.parametrize(("files", "said"), REFUSED)
def test_what_cannot_be_planned_is_refused_in_a_line_with_its_place(pit: Pit, files: dict[str, str], said: str) -> None:
    for path, text in files.items():
        pit.write(path, text)
    for argv in (("run",), ("run", "--dry-run"), ("graph",)):
        shown = pit(*argv)
        assert (shown.exit, shown.out, shown.err) == (2, "", said)


PLANNED = [
    ({"package.json": '{"name": "a", "dependencies": {"a": "*"}, "scripts": {"build": "true"}}'}, {"a:build"}),
    ({"go.mod": "module x\n\nrequire x v1.0.0\n\nreplace x => ./\n", "x.go": "package x\n"}, {"x:build"}),
    ({"package.json": '{"name": "a", "workspaces": ["gone"], "scripts": {"build": "true"}}'}, {"a:build"}),
    (
        {
            "Cargo.toml": crate("x"),
            "Cargo.lock": "version = 3\n",
            "package.json": '{"name": "x", "scripts": {"build": "true"}}',
        },
        {"x@cargo:build", "x@node:build"},
    ),
    ({"package.json": '{"name": "a", "scripts": {"build": "", "test": " ", "lint": 3}}'}, set()),
    ({"pitstop.toml": "[tasks.build]\ncommand = []\n"}, {"//:build"}),
]


@pytest.mark.parametrize(("files", "tasks"), PLANNED)
def test_what_its_own_tool_takes_is_taken(pit: Pit, files: dict[str, str], tasks: set[str]) -> None:
    for path, text in files.items():
        pit.write(path, text)
    shown = pit("graph", "--tasks", "--json")
    assert shown.exit == 0, shown
    found = {task["id"] for task in shown.json["tasks"]}
    assert {task for task in found if task.endswith(":build")} == tasks


@pytest.mark.slow
def test_a_run_in_a_clone_that_is_too_shallow_says_what_to_fetch(pit: Pit) -> None:
    pit.write("pitstop.toml", '[tasks.build]\ncommand = "echo built"\n')
    pit.commit()
    main = pit.git("branch", "--show-current").strip()
    pit.git("switch", "--quiet", "--create", "work")
    pit.write("w", "")
    pit.commit()
    pit.git("switch", "--quiet", main)
    pit.write("m", "")
    pit.commit()
    pit.git("clone", "--quiet", "--depth=1", "--no-single-branch", f"file://{pit.root}", f"{pit.root}/clone")
    pit.git("-C", "clone", "switch", "--quiet", "work")
    shown = pit("run", "--affected", "--base", f"origin/{main}", cwd="clone")
    assert shown == snapshot("""\
exit: 3
----- stderr
error: the history here is too short: it does not reach the commit that `HEAD` shares with `origin/main`
hint: `git fetch --unshallow` brings the rest
""")
    assert pit("run", cwd="clone").exit == 0  # what needs no history runs
