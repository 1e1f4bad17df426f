"""A server of the Model Context Protocol over standard input and output: recorded runs and why they failed, as tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pitstop.core.errors import PitstopError, SurroundingError

if TYPE_CHECKING:
    from collections.abc import Callable

_INSTRUCTIONS = (
    "pitstop runs this repository's pipeline and records every run. To find out why something failed, call explain_run "
    "without arguments: it explains the latest failed run with the lines that prove the cause. Secrets are masked."
)


class Answers(NamedTuple):
    """What the tools do. Each returns a value for JSON, and raises `PitstopError` for what a user can act on."""

    list_runs: Callable[[int, bool, str], list[dict[str, Any]]]
    """At most so many runs, the newest first; only failed ones; only of this branch."""
    explain_run: Callable[[str, str, str], dict[str, Any]]
    """Why a run, a log file or a message failed; only this task; against this green one."""
    search_logs: Callable[[str, str, str, bool, int], list[dict[str, Any]]]
    """The lines that hold a text; since when; of which task; as an expression; at most so many."""
    compare_runs: Callable[[str, str, str], dict[str, Any]]
    """How the second run differs from the first; only this task."""


def serve(answers: Answers, version: str) -> None:
    """Answer until standard input ends. Raises `SurroundingError` where the SDK is not installed."""
    try:
        from mcp.server import MCPServer
        from mcp.server.mcpserver.exceptions import ToolError
    except ImportError as error:
        raise SurroundingError(
            f"the MCP server needs the package `mcp`: {error}", hint="pip install 'pitstop[mcp]'"
        ) from error

    server = MCPServer("pitstop", version=version, instructions=_INSTRUCTIONS)

    def told(answer: Callable[[], Any]) -> Any:
        try:
            return answer()
        except PitstopError as error:
            raise ToolError(error.render()) from error

    @server.tool()
    def list_runs(limit: int = 20, failed: bool = False, branch: str = "") -> dict[str, Any]:  # noqa: FBT001, FBT002  arguments have names
        """List the recorded runs of this repository, newest first, with outcome, commit, counts of tasks and times.

        `failed`: only runs that failed. `branch`: only runs of this branch. `limit`: at most this many.
        """
        return {"runs": told(lambda: answers.list_runs(limit, failed, branch))}

    @server.tool()
    def explain_run(run: str = "", task: str = "", against: str = "") -> dict[str, Any]:
        """Say why a run failed: what broke, the lines that prove it, whose failure it is, what is known, what to type.

        `run`: a recorded run (`latest`, `last-failed`, a name from list_runs), a path of a log file, the address of a
        run of GitHub Actions, or a message; empty: the latest failed run. `task`: only this task of the run.
        `against`: a run or log that passed, to compare with; without it the last green run of the same task.
        """
        found: dict[str, Any] = told(lambda: answers.explain_run(run, task, against))
        return found

    @server.tool()
    def search_logs(
        pattern: str,
        since: str = "",
        task: str = "",
        regex: bool = False,  # noqa: FBT001, FBT002  arguments have names
        limit: int = 50,
    ) -> dict[str, Any]:
        """Find a text in what the tasks of all recorded runs wrote, the newest run first.

        `since`: `30d`, `12h` or a date. `task`: only this task. `regex`: the text is a regular expression.
        """
        return {"lines": told(lambda: answers.search_logs(pattern, since, task, regex, limit))}

    @server.tool()
    def compare_runs(good: str = "", bad: str = "", task: str = "") -> dict[str, Any]:
        """Say how the run `bad` differs from the run `good`: new lines, commits, files, locked packages, tools, tests.

        `bad` empty: the latest run. `good` empty: the last run before it that passed the same tasks.
        """
        found: dict[str, Any] = told(lambda: answers.compare_runs(good, bad, task))
        return found

    server.run("stdio")
