"""The board on a terminal, judged by what stands on the screen in the end."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot
from tests.unit.cli.screen_runs import Sink, failing_run, play, runs, start

from pitstop.cli.screen.board import board
from pitstop.cli.screen.live import Live, Region
from pitstop.cli.screen.plain import Plain
from pitstop.cli.screen.style import Style
from pitstop.cli.screen.tally import Tally
from pitstop.cli.screen.terminal import make_screen
from pitstop.core.events import (
    FAILURE,
    SUCCESS,
    ApprovalGiven,
    ApprovalRequested,
    Event,
    RunFinished,
    TaskFinished,
    TaskOutput,
    TaskStarted,
)
from pitstop.core.text import strip_ansi, width

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random


class Terminal:
    """A terminal that a screen writes to; `lines` is all that a person could scroll to."""

    def __init__(self, columns: int = 80, rows: int = 24) -> None:
        self.size = (columns, rows)
        self._screen = pyte.HistoryScreen(columns, rows, history=100_000, ratio=1)
        self._stream = pyte.ByteStream(self._screen)
        self.pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.pieces.append(data)
        self._stream.feed(data.replace(b"\n", b"\r\n"))  # as a terminal's line discipline does
        return len(data)

    def flush(self) -> None:
        pass

    @property
    def lines(self) -> list[str]:
        above = ["".join(row[at].data for at in range(self._screen.columns)) for row in self._screen.history.top]
        lines = [line.rstrip() for line in (*above, *self._screen.display)]
        while lines and not lines[-1]:
            lines.pop()
        return lines


def on(terminal: Terminal, logs: str = "errors-only", *, colour: bool = False) -> Live:
    style = Style(colour)
    return Live(terminal, Plain(terminal, style, logs), style, lambda: terminal.size)  # type: ignore[arg-type]


def test_the_board_shows_what_runs_against_what_it_is_expected_to_take() -> None:
    terminal = Terminal()
    screen = on(terminal)
    play(screen, [*start(10, 4), TaskStarted(1.0, "api:build", expected_s=30.0), TaskStarted(5.0, "web:test")])
    screen.tick(13.0)
    assert terminal.lines == snapshot(
        [
            "  api:build  12 s of ~30 s  ━━━━━━━━────────────",
            "  web:test    8 s",
            "10 tasks  4 cached  0 ran  0 failed  2 running  4 left  12 s",
        ]
    )


def test_a_narrow_terminal_gets_the_figures_that_matter() -> None:
    terminal = Terminal(30, 6)
    screen = on(terminal)
    started: list[Event] = [
        TaskStarted(1.0, f"a-long-package-name-{number}:build", expected_s=30.0) for number in range(9)
    ]
    play(screen, [*start(10), *started])
    screen.tick(13.0)
    assert terminal.lines == snapshot(
        [
            "  a-long-packag…  12 s of ~3…",
            "  a-long-packag…  12 s of ~3…",
            "  a-long-packag…  12 s of ~3…",
            "  and 6 more",
            "0/10  12 s",
        ]
    )


def test_tasks_that_share_a_process_are_one_row() -> None:
    terminal = Terminal()
    screen = on(terminal)
    play(screen, [*start(3), *(TaskStarted(1.0, f"{name}:test", batch="cargo 1") for name in ("a", "b", "c"))])
    screen.tick(3.0)
    assert terminal.lines[0] == "  test of 3 packages  2 s"


def test_a_failure_is_shown_at_once_and_the_board_is_gone_in_the_end() -> None:
    terminal = Terminal(rows=12)
    screen = on(terminal)
    run = failing_run()
    for event in run[:-2]:
        screen(event)
    screen.tick(2.8)
    shown = terminal.lines
    assert "  │ E       assert 3 == 4" in shown
    assert shown[-1].startswith("5 tasks  2 cached  1 ran  1 failed")
    play(screen, run[-2:])
    assert terminal.lines[-1] == "5 tasks: 2 cached, 1 ran, 1 failed, 1 skipped in 2.0 s"
    assert not [line for line in terminal.lines if line.startswith("5 tasks  ")]


@pytest.mark.slow
@settings(deadline=None, max_examples=50)
@given(runs(), st.integers(3, 30), st.sampled_from(["errors-only", "full"]), st.randoms())
def test_nothing_that_is_printed_is_ever_lost_or_left_dirty(
    run: list[Event], rows: int, logs: str, random: Random
) -> None:
    terminal, plain = Terminal(400, rows), Sink()
    screen = on(terminal, logs)
    for event in run:
        screen(event)
        if random.random() < 0.5:
            screen.tick(event.time)
    # The oracle: the same run without a board.
    play(Plain(plain, Style(), logs), run)  # type: ignore[arg-type]
    assert terminal.lines == [line.rstrip() for line in plain.text.rstrip().split("\n")]


@pytest.mark.slow
@given(runs(), st.integers(0, 130), st.integers(0, 20), st.booleans(), st.floats(0, 1e6))
def test_the_board_fits_any_terminal(run: list[Event], columns: int, rows: int, colour: bool, later: float) -> None:
    tally = Tally()
    for event in run[:-1]:
        tally(event)
        lines = board(tally, event.time + later, columns, rows, Style(colour))
        assert len(lines) < max(rows, 1)
        for line, taken in lines:
            assert width(strip_ansi(line)) == taken < columns


def test_a_frame_is_one_write_and_the_same_frame_is_none() -> None:
    terminal = Terminal()
    screen = on(terminal)
    play(screen, [*start(3), TaskStarted(1.0, "a:b"), TaskStarted(1.0, "a:c")])
    terminal.pieces.clear()
    screen.tick(2.0)
    screen.tick(2.1)
    assert len(terminal.pieces) == 1
    assert terminal.pieces[0].startswith(b"\x1b[?2026h")
    assert terminal.pieces[0].endswith(b"\x1b[?2026l")
    screen.tick(3.0)
    assert len(terminal.pieces) == 2
    assert b"\x1b[2J" not in b"".join(terminal.pieces)


def test_lines_that_a_narrower_terminal_has_broken_are_all_taken_back() -> None:
    region = Region()
    region.frame(b"", _lines(70, 30, 60), 80)
    assert b"\x1b[3A" in region.frame(b"", _lines(20), 25 + 10)  # 70 columns broke into two rows, 30 did not
    region.frame(b"", _lines(70, 30, 60), 80)
    assert b"\x1b[2A" in region.frame(b"", _lines(20), 80)


def _lines(*widths: int) -> Sequence[tuple[str, int]]:
    return [("x" * each, each) for each in widths]


def test_a_task_cannot_move_the_cursor() -> None:
    terminal = Terminal()
    screen = on(terminal, "full", colour=True)
    play(
        screen,
        [
            *start(1),
            TaskStarted(1.0, "a:b"),
            TaskOutput(1.0, "a:b", b"\x1b[2J\x1b[H\x1b[31mred\x1b[0m \x1b]0;title\x07\n"),
        ],
    )
    screen.tick(2.0)
    assert terminal.lines[0] == "a:b: red"
    assert b"\x1b[31mred" in b"".join(terminal.pieces)


def test_the_terminal_holds_still_while_a_person_is_asked() -> None:
    terminal = Terminal()
    screen = on(terminal)
    play(screen, [*start(3), TaskStarted(1.0, "a:b"), ApprovalRequested(1.0, "stage:publish", "publish", 61.0)])
    screen.tick(2.0)
    assert (
        terminal.lines
        == snapshot(
            [
                "wait    stage:publish waits for approval, within 1 min 00 s: type y or n and Ent",
                "er, or elsewhere `pitstop approve 20261122-011530-ab12`",
            ]
        )
        or len(terminal.lines) == 2
    )
    screen(ApprovalGiven(3.0, "stage:publish", approved=True))
    screen.tick(3.0)
    assert terminal.lines[-1].startswith("3 tasks")


def test_after_the_end_the_board_never_comes_back() -> None:
    terminal = Terminal()
    screen = on(terminal)
    play(
        screen,
        [
            *start(1),
            TaskStarted(1.0, "a:b"),
            TaskFinished(2.0, "a:b", SUCCESS, duration_s=1.0),
            RunFinished(2.0, SUCCESS, 1.0),
        ],
    )
    screen.tick(3.0)
    screen.close()
    assert terminal.lines == ["ok      a:b  1.0 s", "1 task: 0 cached, 1 ran, 0 failed in 1.0 s"]


def test_closing_after_a_crash_takes_the_board_away() -> None:
    terminal = Terminal()
    screen = on(terminal)
    play(screen, [*start(1), TaskStarted(1.0, "a:b")])
    screen.tick(2.0)
    screen.close()
    assert terminal.lines == []


def test_a_run_that_needs_no_process_is_one_line_without_codes() -> None:
    out = Sink()
    screen = make_screen("auto", out, tty=True)  # type: ignore[arg-type]
    cached: list[Event] = [TaskFinished(1.0, f"p{number}:build", SUCCESS, "cache") for number in range(500)]
    play(screen, [*start(500), *cached, RunFinished(2.0, SUCCESS, 0.31)])
    screen.tick(3.0)
    screen.close()
    assert out.text == "500 tasks: 500 cached, 0 ran, 0 failed in 0.31 s\n"


def test_a_run_that_needs_no_process_loads_no_board() -> None:
    code = """if True:
        import sys
        from pitstop.cli.screen.terminal import make_screen
        from pitstop.core.events import RunFinished, RunPlanned, TaskFinished
        screen = make_screen("auto", sys.stdout.buffer, tty=True)
        for event in (RunPlanned(1.0, 1, 1), TaskFinished(1.0, "a:b", "success", "cache"), RunFinished(1.0, "success", 0.1)):
            screen(event)
        names = {name for name in sys.modules if name.startswith("pitstop.")} | {"json", "unicodedata", "subprocess"} & sys.modules.keys()
        print(*sorted(names))
    """
    done = subprocess.run(
        (sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}\n{code}"),
        capture_output=True,
        check=True,
    )
    assert set(done.stdout.decode().split("\n")[1].split()) == {
        *("pitstop.cli", "pitstop.core", "pitstop.core.events", "pitstop.core.text"),
        *("pitstop.cli.screen", "pitstop.cli.screen.plain", "pitstop.cli.screen.style", "pitstop.cli.screen.tally"),
        "pitstop.cli.screen.terminal",
    }


def test_what_failed_first_is_drawn_before_the_next_tick() -> None:
    terminal = Terminal()
    screen = on(terminal)
    play(screen, [*start(2), TaskStarted(1.0, "a:b"), TaskOutput(1.0, "a:b", b"boom\n")])
    assert terminal.lines == []
    screen(TaskFinished(2.0, "a:b", FAILURE, exit_code=3))
    assert terminal.lines[:2] == ["failed  a:b  exit code 3", "  │ boom"]
