"""`pitstop logs search`, as a person sees it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot

from pitstop.cli.records import search
from pitstop.core.clock import now
from pitstop.core.errors import UsageError
from pitstop.core.events import FAILURE, SUCCESS, RunFinished, RunStarted, TaskFinished, TaskOutput, TaskStarted
from pitstop.records.folders import new_run_id
from pitstop.records.recorder import Recorder

if TYPE_CHECKING:
    from tests.support.pit import Pit


def recorded(pit: Pit, ago: float, result: str, **written: str) -> None:
    start = now() - ago
    runs = str(pit.root / ".pitstop" / "runs")
    recorder = Recorder(runs)
    recorder(RunStarted(start, new_run_id(start, runs), str(pit.root), ("run",), "test", "", "main"))
    for name, text in written.items():
        task = f"{name}:test"
        recorder(TaskStarted(start, task, command="make test"))
        recorder(TaskOutput(start, task, text.encode()))
        recorder(TaskFinished(start + 1, task, result))
    recorder(RunFinished(start + 2, result, 2.0))


@pytest.mark.slow
def test_search_finds_lines_of_all_runs(pit: Pit) -> None:
    recorded(pit, 3 * 86_400, SUCCESS, api="started\nwarning: slow disk\n")
    recorded(pit, 7200, FAILURE, api="started\nerror: disk is full\n", web="Disk 1 of 2\n")
    assert pit("logs", "search", "disk") == snapshot("""\
exit: 0
[run]  api:test  failure  2 h ago  main
  2  error: disk is full

[run]  web:test  failure  2 h ago  main
  1  Disk 1 of 2

[run]  api:test  success  3 days ago  main
  2  warning: slow disk
""")
    assert [hit["text"] for hit in pit("logs", "search", "disk", "--since", "1d", "--json").json] == [
        "error: disk is full",
        "Disk 1 of 2",
    ]
    assert [hit["line"] for hit in pit("logs", "search", "disk", "--job", "api", "--json").json] == [2, 2]
    assert [hit["text"] for hit in pit("logs", "search", "^Disk", "--regex", "--json").json] == ["Disk 1 of 2"]
    assert len(pit("logs", "search", "disk", "-n", "1", "--json").json) == 1
    assert len(pit("logs", "search", "disk", "--run", "last-green", "--json").json) == 1


@pytest.mark.slow
def test_search_says_when_nothing_is_found_or_asked(pit: Pit) -> None:
    recorded(pit, 60, SUCCESS, api="fine\n")
    assert pit("logs", "search", "no such thing") == "exit: 0\nno line of a recorded log matches\n"
    assert pit("logs", "search", "").exit == 2
    assert pit("logs", "search", "x", "--since", "yesterday") == snapshot("""\
exit: 2
----- stderr
error: `--since yesterday` is no time
hint: `30d`, `12h`, `2w`, `1y`, or a date such as `2026-11-22`
""")
    assert pit("logs", "search", "x", "--follow").exit == 2


@pytest.mark.slow
def test_an_expression_that_takes_too_long_is_given_up(pit: Pit, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded(pit, 60, SUCCESS, api="a" * 4000 + "\nwell done\n")
    monkeypatch.chdir(pit.root)
    monkeypatch.setattr(search, "_LONGEST_S", 0.2)
    with pytest.raises(UsageError, match=r"`a\*a\*a\*a\*b` took more than 0.2 s"):
        search.found_lines("a*a*a*a*b", "", "", regex=True, limit=9)
    assert [hit["line"] for hit in search.found_lines("^w.*e$", "", "", regex=True, limit=9)] == [2]


@pytest.mark.slow
def test_where_nothing_can_stop_an_expression_only_a_quick_one_is_taken(
    pit: Pit, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(pit, 60, SUCCESS, api="a" * 4000 + "\nWell done\n")
    monkeypatch.chdir(pit.root)
    with ThreadPoolExecutor(1) as pool:
        hits = pool.submit(search.found_lines, "^w.*e$", "", "", regex=True, limit=9).result()
        assert [hit["line"] for hit in hits] == [2]
        with pytest.raises(UsageError, match="may take too long"):
            pool.submit(search.found_lines, "a*a*a*a*b", "", "", regex=True, limit=9).result()
