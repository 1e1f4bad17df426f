"""`pitstop mcp`, asked by the client of the official SDK over standard input and output."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from pitstop.core.clock import now
from pitstop.core.events import FAILURE, SUCCESS, RunFinished, RunStarted, TaskFinished, TaskOutput, TaskStarted
from pitstop.records.folders import new_run_id
from pitstop.records.recorder import Recorder

if TYPE_CHECKING:
    from tests.support.pit import Pit

pytest.importorskip("mcp", reason="mcp is not installed")

LOG = b"""running 2 tests
test adds ... ok
test divides ... FAILED

---- divides stdout ----
thread 'divides' panicked at src/lib.rs:7:5:
attempt to divide by zero with token ghp_0123456789abcdefghijABCDEFGHIJ456789

test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out
"""


def record(pit: Pit, ago: float, result: str, log: bytes) -> str:
    start = now() - ago
    runs = str(pit.root / ".pitstop" / "runs")
    run = new_run_id(start, runs)
    recorder = Recorder(runs)
    recorder(RunStarted(start, run, str(pit.root), ("run",), "test", "", "main"))
    recorder(TaskStarted(start, "core:test", command="cargo test"))
    recorder(TaskOutput(start, "core:test", log))
    recorder(TaskFinished(start + 1, "core:test", result, exit_code=0 if result == SUCCESS else 101))
    recorder(RunFinished(start + 2, result, 2.0))
    return run


def ask(pit: Pit, *calls: tuple[str, dict[str, Any]]) -> tuple[list[str], list[Any]]:
    """Start the server in the repository; return the names of its tools and the answers to `calls`."""
    from mcp import Client, StdioServerParameters

    async def talk() -> tuple[list[str], list[Any]]:
        server = StdioServerParameters(
            command=sys.executable, args=["-P", "-m", "pitstop", "mcp"], env=pit.env, cwd=os.fspath(pit.root)
        )
        async with Client(server) as client:
            tools = [tool.name for tool in (await client.list_tools()).tools]
            return tools, [await client.call_tool(name, arguments) for name, arguments in calls]

    return asyncio.run(talk())


@pytest.mark.slow
def test_an_assistant_lists_runs_explains_one_searches_and_compares(pit: Pit) -> None:
    green = record(pit, 7200, SUCCESS, b"running 2 tests\ntest adds ... ok\ntest divides ... ok\n")
    red = record(pit, 60, FAILURE, LOG)
    tools, (listed, explained, found, compared) = ask(
        pit,
        ("list_runs", {"limit": 5}),
        ("explain_run", {}),
        ("search_logs", {"pattern": "divide by zero"}),
        ("compare_runs", {"good": green, "bad": red}),
    )
    assert tools == ["list_runs", "explain_run", "search_logs", "compare_runs"]
    assert [run["run_id"] for run in listed.structured_content["runs"]] == [red, green]
    finding = explained.structured_content["findings"][0]
    assert (finding["category"], finding["kind"]) == ("test", "test")
    assert "divide" in finding["summary"]
    assert [(line["run_id"], line["line"]) for line in found.structured_content["lines"]] == [(red, 7)]
    assert compared.structured_content
    for answer in (explained, found, compared):
        assert not answer.is_error
        assert "ghp_0123" not in json.dumps(answer.structured_content)


@pytest.mark.slow
def test_what_cannot_be_done_is_told_in_words(pit: Pit) -> None:
    record(pit, 60, FAILURE, LOG)
    _, (answer, again) = ask(pit, ("explain_run", {"run": "no-such-run"}), ("list_runs", {}))
    assert answer.is_error
    assert "`no-such-run` is no file, no recorded run and no address" in answer.content[0].text
    assert not again.is_error


@pytest.mark.slow
def test_without_the_sdk_it_says_how_to_install_it(pit: Pit) -> None:
    pit.write("hidden/mcp/__init__.py", "raise ImportError('hidden')\n")
    refused = pit("mcp", env={"PYTHONPATH": str(pit.root / "hidden")})
    assert refused.exit == 3
    assert refused.err.endswith("hint: pip install 'pitstop[mcp]'\n")
