"""Events as JSON lines."""

from __future__ import annotations

import json
from base64 import b64decode

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.cli.screen_runs import Sink, failing_run, play

from pitstop.cli.screen.terminal import make_screen
from pitstop.core.events import RunFinished, TaskFinished, TaskOutput


def lines(run: list[object]) -> list[dict[str, object]]:
    out = Sink()
    play(make_screen("json", out, tty=True), run)  # type: ignore[arg-type]
    return [json.loads(line) for line in out.text.splitlines()]


def test_each_event_is_a_line_in_its_order() -> None:
    run = failing_run()
    assert [line["event"] for line in lines(list(run))] == [type(event).__name__ for event in run]


def test_a_character_that_is_cut_between_two_events_stays_whole() -> None:
    euro = "€".encode()
    run = [TaskOutput(1.0, "a", b"x" + euro[:1]), TaskOutput(2.0, "b", b"y"), TaskOutput(3.0, "a", euro[1:] + b"z")]
    assert [(line["task"], line["data"]) for line in lines(list(run))] == [("a", "x"), ("b", "y"), ("a", "€z")]


def test_bytes_that_are_no_text_are_there_exactly_too() -> None:
    (line,) = lines([TaskOutput(1.0, "a", b"\xff!")])
    assert (line["data"], line["base64"]) == ("\ufffd!", "/yE=")


def test_what_was_kept_back_is_told_before_the_end() -> None:
    assert [line["event"] for line in lines([TaskOutput(1.0, "a", b"\xe2"), TaskFinished(1.0, "a", "success")])] == [
        "TaskOutput",
        "TaskFinished",
    ]
    assert [line["event"] for line in lines([TaskOutput(1.0, "a", b"\xe2"), RunFinished(1.0, "failure")])] == [
        "TaskOutput",
        "RunFinished",
    ]


@given(
    st.lists(st.binary(max_size=5) | st.text(max_size=2).map(lambda text: text.encode("utf-8", "replace")), max_size=20)
)
def test_no_byte_is_lost(chunks: list[bytes]) -> None:
    run: list[object] = [TaskOutput(1.0, "a", chunk) for chunk in chunks]
    told = lines([*run, RunFinished(1.0, "success")])[:-1]
    exact = [b64decode(str(line["base64"])) if "base64" in line else str(line["data"]).encode() for line in told]
    assert b"".join(exact) == b"".join(chunks)
