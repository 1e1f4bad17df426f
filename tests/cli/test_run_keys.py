"""`pitstop run`: what a task gets to see, and what its key covers: variables, secrets, tools, inputs, outputs."""

from __future__ import annotations

import base64
import os
import shutil
from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot
from tests.cli.scripted import holding, ran, run, tasks, workspace

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.pit import Pit

pytestmark = pytest.mark.slow

SECRET = "tr0ub4dor&3-never-seen"


# Variables


def test_variables_that_are_not_declared_are_not_passed_on(pit: Pit) -> None:
    tasks(pit, '[tasks.show]\ncommand = "env | cut -d= -f1 | sort"\n')
    shown = pit(
        "run", "show", "--logs", "full", env={"STRAY": "1", "GIT_DIR": "/x", "PYTHONPATH": "/y", "FOO_BAR": "z"}
    )
    assert shown == snapshot("""\
exit: 0
//:show: CARGO_HOME
//:show: GOCACHE
//:show: HOME
//:show: LANG
//:show: MAKEFLAGS
//:show: PATH
//:show: PITSTOP_TASK
//:show: PWD
//:show: RUSTUP_HOME
//:show: TZ
//:show: XDG_CACHE_HOME
ok      //:show [time]
1 task: 0 cached, 1 ran, 0 failed in [time]
""")


def test_a_declared_variable_is_passed_on_and_keyed(pit: Pit) -> None:
    tasks(pit, '[tasks.show]\ncommand = "echo mode=$MODE"\nenv = ["MODE", "FEATURE_*"]\n')
    assert "mode=fast" in pit("run", "show", "--logs", "full", env={"MODE": "fast"}).out
    assert ran(pit, "show", env={"MODE": "fast"}) == []
    assert ran(pit, "show", env={"MODE": "fast", "STRAY": "1"}) == []
    assert ran(pit, "show", env={"MODE": "slow"}) == ["//:show"]
    assert ran(pit, "show", env={"MODE": "slow", "FEATURE_X": "1"}) == ["//:show"]
    assert ran(pit, "show") == ["//:show"]  # not set is another thing than set
    assert ran(pit, "show", env={"MODE": ""}) == ["//:show"]
    assert run(pit, "show", env={"MODE": "fast"}) == {"//:show": "cache"}


def test_a_variable_that_is_only_passed_on_is_not_keyed(pit: Pit) -> None:
    tasks(pit, '[tasks.show]\ncommand = "echo agent=$AGENT"\npass_env = ["AGENT"]\n')
    assert "agent=one" in pit("run", "show", "--logs", "full", env={"AGENT": "one"}).out
    assert ran(pit, "show", env={"AGENT": "two"}) == []


def test_a_variable_that_is_set_in_the_settings_is_keyed(pit: Pit) -> None:
    settings = '[tasks.show]\ncommand = "echo mode=$MODE"\nenv = {{ MODE = "{}" }}\ninputs = ["none"]\n'
    tasks(pit, settings.format("fast"))
    assert "mode=fast" in pit("run", "show", "--logs", "full", env={"MODE": "slow"}).out
    tasks(pit, settings.format("slow"))
    assert ran(pit, "show") == ["//:show"]
    tasks(pit, settings.format("fast"))
    assert run(pit, "show") == {"//:show": "cache"}


# Secrets

TELLING = """\
[tasks.tell]
command = "echo value: $DEPLOY_KEY; printf %s \\"$DEPLOY_KEY\\" | base64; echo {split}; mkdir -p dist; echo fine > dist/out; exit {code}"
secrets = ["DEPLOY_KEY"]
outputs = ["dist/**"]
"""


@pytest.mark.parametrize("code", [0, 1])
@pytest.mark.parametrize("output", ["plain", "json", "github"])
def test_a_secret_is_masked_wherever_it_could_be_seen(pit: Pit, code: int, output: str) -> None:
    tasks(pit, TELLING.format(split="x", code=code))
    shown = pit("run", "tell", "--logs", "full", "--output", output, env={"DEPLOY_KEY": SECRET})
    assert b"value: ***" in shown.raw_out or b"***" in base64.b64decode(b"") + shown.raw_out or output == "json"
    encoded = base64.b64encode(SECRET.encode()).decode()
    logs = pit("logs").raw_out + pit("show").raw_out + pit("show", "--json").raw_out
    for form in (SECRET, encoded.rstrip("=")[:-1]):
        assert form.encode() not in shown.raw_out + shown.raw_err
        assert form.encode() not in logs
        assert not holding(pit.root / ".pitstop", form)
        assert not holding(pit.cache, form)
    assert b"***" in logs


def test_another_secret_is_another_key_and_the_same_one_is_not(pit: Pit) -> None:
    tasks(pit, TELLING.format(split="x", code=0))
    assert ran(pit, "tell", env={"DEPLOY_KEY": SECRET}) == ["//:tell"]
    assert ran(pit, "tell", env={"DEPLOY_KEY": SECRET}) == []
    assert ran(pit, "tell", env={"DEPLOY_KEY": SECRET + "!"}) == ["//:tell"]
    assert ran(pit, "tell") == ["//:tell"]
    said = pit("cache", "why-miss", "tell", env={"DEPLOY_KEY": "another"})
    assert said == snapshot("""\
exit: 0
//:tell would run: secret DEPLOY_KEY is new
  secret DEPLOY_KEY is new
""")


def test_a_declared_variable_that_looks_like_a_secret_is_treated_as_one(pit: Pit) -> None:
    tasks(pit, '[tasks.tell]\ncommand = "echo value: $API_TOKEN"\nenv = ["API_TOKEN"]\n')
    first = pit("run", "tell", "--logs", "full", env={"API_TOKEN": SECRET})
    second = pit("run", "tell", "--logs", "full", env={"API_TOKEN": SECRET + "2"})
    why = pit("cache", "why-miss", "tell", env={"API_TOKEN": SECRET + "3"})
    dry = pit("run", "tell", "--dry-run", env={"API_TOKEN": SECRET + "3"})
    for result in (first, second, why, dry):
        assert SECRET not in str(result)
    assert "value: ***" in first.out
    assert "//:tell" in second.out
    assert not holding(pit.root / ".pitstop", SECRET)
    assert not holding(pit.cache, SECRET)
    assert ran(pit, "tell", env={"API_TOKEN": SECRET + "2"}) == []
    assert run(pit, "tell", env={"API_TOKEN": SECRET}) == {"//:tell": "cache"}


def test_the_key_of_the_secrets_is_readable_for_its_user_alone(pit: Pit) -> None:
    tasks(pit, TELLING.format(split="x", code=0))
    ran(pit, "tell", env={"DEPLOY_KEY": SECRET})
    assert (pit.cache / "pitstop/secret.key").stat().st_mode & 0o777 == 0o600


# Tools


def tool(folder: Path, name: str, version: str, says: str = "x") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(f'#!/bin/sh\nif [ "$1" = --version ]; then echo "{name} {version}"; else echo {says}; fi\n')
    file.chmod(0o755)


@pytest.mark.parametrize("name", ["protoc", "some-tool-nobody-knows"])
def test_another_version_of_a_tool_is_another_key(pit: Pit, name: str) -> None:
    bin_ = pit.home / "bin"
    env = {"PATH": f"{bin_}:{pit.env['PATH']}"}
    tool(bin_, name, "1.0")
    tasks(pit, f'[tasks.gen]\ncommand = "{name} --make | cat"\n[tasks.plain]\ncommand = "echo"\n')
    assert ran(pit, "gen", "plain", env=env) == ["//:gen", "//:plain"]
    assert ran(pit, "gen", "plain", env=env) == []
    tool(bin_, name, "2.0")
    assert ran(pit, "gen", "plain", env=env) == ["//:gen"]
    tool(bin_, name, "1.0")
    assert run(pit, "gen", env=env) == {"//:gen": "cache"}


def test_a_tool_that_is_found_earlier_on_the_path_is_another_tool(pit: Pit) -> None:
    near, far = pit.home / "near", pit.home / "far"
    env = {"PATH": f"{near}:{far}:{pit.env['PATH']}"}
    near.mkdir()
    tool(far, "protoc", "1.0")
    tasks(pit, '[tasks.gen]\ncommand = "protoc x | cat"\n')
    assert ran(pit, "gen", env=env) == ["//:gen"]
    tool(near, "protoc", "2.0")
    assert ran(pit, "gen", env=env) == ["//:gen"]
    assert pit("cache", "why-miss", "gen", env=env) == snapshot("""\
exit: 0
//:gen would not run: its outputs here are up to date
it last missed in run [run]:
  tool protoc: protoc 1.0 -> protoc 2.0
""")


def test_a_declared_tool_counts_although_the_command_does_not_show_it(pit: Pit) -> None:
    bin_ = pit.home / "bin"
    env = {"PATH": f"{bin_}:{pit.env['PATH']}"}
    tool(bin_, "protoc", "1.0")
    tasks(pit, '[tasks.gen]\ncommand = "sh gen.sh"\ntools = ["protoc"]\n').write("gen.sh", "protoc\n")
    assert ran(pit, "gen", env=env) == ["//:gen"]
    tool(bin_, "protoc", "2.0")
    assert ran(pit, "gen", env=env) == ["//:gen"]


# Inputs


def test_an_input_that_changes_while_the_task_runs_is_not_cached(pit: Pit) -> None:
    build = '[tasks.build]\ncommand = "mkdir -p dist; cat in.txt > dist/out; echo changed >> in.txt"\noutputs = ["dist/**"]\n'
    tasks(pit, build).write("in.txt", "first\n")
    assert pit("run", "build") == snapshot("""\
exit: 0
ok      //:build  not cached: `in.txt` changed while it ran
1 task: 0 cached, 1 ran, 0 failed in [time]
""")
    assert not list(pit.cache.rglob("ac/*/*"))
    assert run(pit, "build") == {"//:build": "run"}


def test_a_task_that_writes_another_text_beside_its_sources_each_time_runs_each_time(pit: Pit) -> None:
    tasks(pit, '[tasks.test]\ncommand = "date +%N > report.txt"\n')
    assert [run(pit, "test") for _ in range(3)] == [{"//:test": "run"}] * 3


def test_an_input_of_a_needed_package_that_changes_while_the_task_runs_is_not_cached(pit: Pit) -> None:
    slow = '[tasks.test]\ncommand = "cat ../api/src/api.txt > seen; test -e {home}/quiet || echo late >> ../api/src/api.txt"\n'
    workspace(pit, {"api": [], "web": ["api"]}, slow.format(home=pit.home) + 'packages = ["web"]\n')
    pit.write(".gitignore", "seen\ndist/\n.pitstop/\n")
    assert run(pit, "web:test")["web:test"] == "run"
    (pit.home / "quiet").touch()
    pit.write("packages/api/src/api.txt", "api is good\n")  # as it was when the test began
    assert run(pit, "web:test")["web:test"] == "run"
    assert run(pit, "web:test")["web:test"] == "fresh"


def test_a_file_that_every_package_reads_and_that_changes_meanwhile_is_not_cached(pit: Pit) -> None:
    build = f'[tasks.build]\ncommand = "mkdir -p dist; cat ../../tsconfig.json > dist/out; test -e {pit.home}/quiet || echo >> ../../tsconfig.json"\n'
    workspace(pit, {"api": []}, build + 'packages = ["api"]\n').write("tsconfig.json", "{}\n")
    assert ran(pit, "build") == ["api:build"]
    (pit.home / "quiet").touch()
    pit.write("tsconfig.json", "{}\n")
    assert ran(pit, "build") == ["api:build"]
    assert ran(pit, "build") == []


def test_a_named_file_that_git_ignores_is_keyed(pit: Pit) -> None:
    tasks(pit, '[tasks.show]\ncommand = "cat .env || true"\ninputs = ["$default", ".env"]\n').write(
        ".gitignore", ".env\n.pitstop/\n"
    )
    assert ran(pit, "show") == ["//:show"]
    assert ran(pit, "show") == []
    pit.write(".env", "A=1\n")
    assert ran(pit, "show") == ["//:show"]
    pit.write(".env", "A=2\n")
    assert ran(pit, "show") == ["//:show"]
    assert ran(pit, "show") == []


def test_declared_inputs_leave_the_rest_out(pit: Pit) -> None:
    tasks(pit, '[tasks.lint]\ncommand = "true && cat *.txt"\ninputs = ["**/*.txt", "!skip.txt", "//far/one.cfg"]\n')
    pit.write("a.txt", "a").write("skip.txt", "s").write("b.md", "b").write("far/one.cfg", "1")
    assert ran(pit, "lint") == ["//:lint"]
    pit.write("skip.txt", "S").write("b.md", "B")
    assert ran(pit, "lint") == []
    pit.write("far/one.cfg", "2")
    assert ran(pit, "lint") == ["//:lint"]
    pit.write("deep/er/new.txt", "n")
    assert ran(pit, "lint") == ["//:lint"]


def test_a_mode_a_name_and_a_link_are_part_of_the_key(pit: Pit) -> None:
    tasks(pit, '[tasks.test]\ncommand = "ls | cat"\n').write("tool.sh", "echo\n").write("other.txt", "o")
    ran(pit, "test")
    (pit.root / "tool.sh").chmod(0o755)
    assert ran(pit, "test") == ["//:test"]
    (pit.root / "tool.sh").rename(pit.root / "tool2.sh")
    assert ran(pit, "test") == ["//:test"]
    (pit.root / "link").symlink_to("other.txt")
    assert ran(pit, "test") == ["//:test"]
    (pit.root / "link").unlink()
    (pit.root / "link").symlink_to("tool2.sh")
    assert ran(pit, "test") == ["//:test"]


def test_what_a_link_out_of_a_package_leads_to_is_read_by_its_tasks(pit: Pit) -> None:
    workspace(pit, {"api": (), "web": ()}).write("tools/bundle.txt", "v1").write("tools/all/one.txt", "1")
    (pit.root / "packages/api/bundle.txt").symlink_to("../../tools/bundle.txt")
    (pit.root / "packages/api/all").symlink_to("../../tools/all")
    (pit.root / "packages/api/circle").symlink_to("../..")
    (pit.root / "packages/api/nowhere").symlink_to("../../tools/none")
    assert ran(pit, "build") == ["api:build", "web:build"]
    assert ran(pit, "build") == []
    pit.write("tools/bundle.txt", "v2")
    assert ran(pit, "build") == ["api:build"]
    pit.write("tools/all/one.txt", "2")
    assert ran(pit, "build") == ["api:build"]
    pit.write("tools/all/two.txt", "2")
    assert ran(pit, "build") == ["api:build"]
    pit.write("tools/other.txt", "nobody reads this")
    assert ran(pit, "build") == []
    (pit.root / "packages/api/bundle.txt").unlink()
    (pit.root / "packages/api/bundle.txt").symlink_to("../../tools/other.txt")
    assert ran(pit, "build") == ["api:build"]
    pit.write("tools/other.txt", "and now somebody does")
    assert ran(pit, "build") == ["api:build"]


# Outputs


@pytest.mark.parametrize("output", ["../outside/**", "../../outside.txt", "dist/../../outside/**", "/tmp/outside/**"])
def test_an_output_outside_of_the_repository_is_refused(pit: Pit, output: str) -> None:
    tasks(pit, f'[tasks.build]\ncommand = "echo ran > mark"\noutputs = ["{output}"]\n')
    result = pit("run", "build")
    assert result.exit == 2
    assert "outside" in result.err
    assert "pitstop.toml:3" in result.err
    assert not (pit.root / "mark").exists()


def test_an_output_outside_that_another_tools_settings_declare_is_refused(pit: Pit) -> None:
    workspace(pit, {"api": []})
    pit.write("turbo.json", '{"tasks": {"build": {"outputs": ["../../../outside/**"]}}}')
    result = pit("run", "build")
    assert (result.exit, result.out) == (2, "")
    assert "outside" in result.err
    assert not (pit.root / "packages/api/dist").exists()


@pytest.mark.parametrize("linked", ["the folder of the output", "a folder above it"])
def test_outputs_behind_a_link_out_of_the_repository_are_not_kept(pit: Pit, linked: str) -> None:
    outside = pit.home / "outside"
    (outside / "deep").mkdir(parents=True)
    tasks(pit, '[tasks.build]\ncommand = "echo made > out/deep/file; echo $?"\noutputs = ["out/deep/**"]\n')
    if linked == "a folder above it":
        (pit.root / "out").symlink_to(outside)
    else:
        (pit.root / "out").mkdir()
        (pit.root / "out/deep").symlink_to(outside / "deep")
    pit.write(".gitignore", "out\n.pitstop/\n")
    shown = pit("run", "build")
    assert shown.exit == 0
    assert (outside / "deep/file").read_text() == "made\n"
    assert not holding(pit.cache, "made\n")
    assert "outside" in shown.out
    (outside / "deep/file").unlink()
    assert ran(pit, "build") == ["//:build"]
    assert (outside / "deep/file").read_text() == "made\n"
    assert os.path.islink(pit.root / ("out" if linked == "a folder above it" else "out/deep"))


def test_two_checkouts_of_the_same_files_share_their_results(pit: Pit) -> None:
    workspace(pit, {"api": [], "web": ["api"]})
    ran(pit)
    elsewhere = pit.home / "a quite different place"
    shutil.copytree(pit.root, elsewhere, ignore=shutil.ignore_patterns(".pitstop", "dist"))
    pit.root = elsewhere
    assert set(run(pit).values()) == {"cache"}
    assert pit.read("packages/web/dist/out.txt") == "web is good\napi is good\n"


def test_outputs_that_git_does_not_ignore_are_no_inputs(pit: Pit) -> None:
    outputs = '[tasks.build]\noutputs = ["dist/**"]\n'
    workspace(pit, {"api": [], "web": ["api"]}, outputs).write(".gitignore", ".pitstop/\n")
    assert ran(pit) == ["api:build", "api:test", "web:build", "web:test"]
    assert ran(pit) == []
    shutil.rmtree(pit.root / "packages/api/dist")
    assert set(run(pit).values()) == {"cache", "fresh"}


def test_a_folder_that_git_ignores_is_keyed_when_it_is_named_as_an_input(pit: Pit) -> None:
    tasks(pit, '[tasks.show]\ncommand = "cat generated/*"\ninputs = ["generated/**"]\n')
    pit.write(".gitignore", "generated/\n.pitstop/\n").write("generated/one.txt", "1")
    assert ran(pit, "show") == ["//:show"]
    assert ran(pit, "show") == []
    pit.write("generated/one.txt", "2")
    assert ran(pit, "show") == ["//:show"]
    pit.write("generated/two.txt", "")
    assert ran(pit, "show") == ["//:show"]
    assert ran(pit, "show") == []


def test_an_input_that_is_rewritten_as_it_was_is_no_change(pit: Pit) -> None:
    build = "[tasks.build]\ncommand = 'cp in.txt x && cp x in.txt && rm x'\n"
    tasks(pit, build).write("in.txt", "same\n")
    assert ran(pit, "build") == ["//:build"]
    assert ran(pit, "build") == []


def test_a_text_for_the_shell_is_another_command_than_a_program_of_that_name(pit: Pit) -> None:
    tasks(pit, '[tasks.say]\ncommand = "echo hi"\ninputs = ["none"]\n')
    assert run(pit, "say") == {"//:say": "run"}
    tasks(pit, '[tasks.say]\ncommand = ["echo hi"]\ninputs = ["none"]\n')
    assert run(pit, "say") == {"//:say": "error"}
