"""The tools of the tests are themselves tried."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import pytest
from tests.support.parts import require
from tests.support.pit import PROGRAM, Pit, Result, surroundings
from tests.support.redact import redact
from tests.support.workspaces import cargo_workspace, go_module, node_workspace, python_package

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("PASS    0.12 s  api:build", "PASS [time]  api:build"),
        ("PASS 1 min 2 s  api:build", "PASS [time]  api:build"),
        ("4 tasks in 1m 02s, 37 ms each", "4 tasks in [time], [time] each"),
        ("1.2 KiB, 12,000 bytes, 3 B", "[size], [size], [size]"),
        ("run 20261122-011530-k3x", "run [run]"),
        ("at 2026-11-22T01:15:30Z", "at [time]"),
        (f"{'0a' * 32}/17 and {'0a' * 20}", "[hash] and [hash]"),
        ("x86, 4 tasks, v1.2.3, 2 cores", "x86, 4 tasks, v1.2.3, 2 cores"),
        ("/tmp/a/home/.cache/x /tmp/a/home/y", "[cache]/x [home]/y"),
    ],
)
def test_what_differs_between_runs_is_shown_by_one_word(text: str, shown: str) -> None:
    assert redact(text, {"/tmp/a/home": "[home]", "/tmp/a/home/.cache": "[cache]"}) == shown


def test_a_result_equals_its_text_and_tells_the_streams_apart() -> None:
    assert Result(0, b"fine\n", b"", {}) == "exit: 0\nfine\n"
    assert Result(2, b"", b"error: no\n", {}) == "exit: 2\n----- stderr\nerror: no\n"
    assert Result(2, b"", b"error: no\n", {}) != "exit: 2\n"
    assert Result(0, b'{"a": 1}\n{"b": 2}\n', b"", {}).events == [{"a": 1}, {"b": 2}]


def test_a_pit_sees_nothing_of_the_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CI", "GITHUB_ACTIONS", "PITSTOP_CACHE_DIR", "FORCE_COLOR"):
        monkeypatch.setenv(name, "1")
    assert surroundings(tmp_path).keys().isdisjoint({"CI", "GITHUB_ACTIONS", "PITSTOP_CACHE_DIR", "FORCE_COLOR"})


def test_a_pit_commits_the_same_files_as_the_same_commit(tmp_path: Path) -> None:
    first, second = (Pit(tmp_path / name).write("a.txt", "a").commit() for name in ("one", "two"))
    assert first == second
    assert Pit(tmp_path / "three").write("a.txt", "b").commit() != first


def test_a_call_in_the_background_is_followed_and_interrupted(pit: Pit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.pit.PROGRAM", (sys.executable, "-c"))
    running = pit.start("print('ready', flush=True); input() if 0 else __import__('signal').pause()")
    assert running.wait_for("ready").interrupt().wait().exit == -signal.SIGINT
    assert PROGRAM[-1] == "pitstop"


@pytest.mark.slow
def test_the_small_workspaces_hold_what_their_own_tools_want(pit: Pit) -> None:
    require("npm", "cargo", "go")
    node_workspace(pit, {"core": [], "web": ["core"]})
    cargo_workspace(pit, {"base": [], "top": ["base"]})
    go_module(pit, "example.org/tool", "tool")
    python_package(pit, "pricing", "py/pricing", needs={"money": "../money"})
    for argv, where in (
        (("npm", "ls", "--package-lock-only"), ""),
        (("cargo", "metadata", "--offline", "--locked", "--format-version=1"), ""),
        (("go", "vet", "./..."), "tool"),
        ((sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"), "py/pricing"),
    ):
        assert pit(*argv, cwd=where, program=False).exit == 0, argv
