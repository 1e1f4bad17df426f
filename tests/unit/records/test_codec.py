"""The codec: one line an event, tolerant of what is newer, strict about what is broken."""

from __future__ import annotations

import json
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.core.events import KINDS, SCHEMA, Event, RunStarted, TaskFinished, TaskOutput
from pitstop.records.codec import RecordTooNew, decode, encode

ESCAPED = st.text(st.characters(codec="utf-8") | st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF))
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES: dict[object, st.SearchStrategy[object]] = {
    str: ESCAPED,
    float: FLOATS,
    int: st.integers(),
    bool: st.booleans(),
    int | None: st.none() | st.integers(),
    tuple[str, ...]: st.lists(ESCAPED, max_size=4).map(tuple),
    bytes: st.just(b""),
}


@st.composite
def events(draw: st.DrawFn) -> Event:
    kind = draw(st.sampled_from(list(KINDS.values())))
    values: dict[str, Any] = {}
    for name, hint in get_type_hints(kind).items():
        if name == "schema":
            continue
        if name not in kind._field_defaults or draw(st.booleans()):
            values[name] = draw(VALUES[hint])
    return kind(**values)


@given(events())
def test_an_event_comes_back_as_it_went(event: Event) -> None:
    back = decode(encode(event))
    assert back == event
    assert type(back) is type(event)


@given(events())
def test_a_line_is_what_the_json_library_would_write(event: Event) -> None:
    fields = {
        name: value
        for name, value in event._asdict().items()
        if name not in event._field_defaults or value != event._field_defaults[name]
    }
    line = json.dumps({"event": type(event).__name__, **fields})
    assert encode(event) == line.encode("ascii") + b"\n"


@given(events(), st.dictionaries(st.text(min_size=1), st.integers() | st.text() | st.lists(st.integers())))
def test_fields_of_newer_versions_are_left_out(event: Event, more: dict[str, object]) -> None:
    line = json.loads(encode(event))
    assert decode(json.dumps({f"x-{name}": value for name, value in more.items()} | line)) == event


def test_kinds_of_newer_versions_are_none() -> None:
    assert decode('{"event": "TaskDreamt", "time": 1.0}') is None


def test_the_start_of_a_run_of_a_greater_schema_is_refused() -> None:
    line = encode(RunStarted(1.0, "r", "/", schema=SCHEMA + 1))
    with pytest.raises(RecordTooNew) as caught:
        decode(line)
    assert caught.value.render() == (
        f"error: a run was recorded with schema {SCHEMA + 1}, this pitstop reads up to {SCHEMA}\n"
        "hint: use a newer pitstop"
    )


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "null",
        "[]",
        "{}",
        '{"event": 3}',
        '{"event": "Notice", "time": 1.0}',
        '{"event": "Notice", "time": "1", "message": ""}',
        '{"event": "RunStarted", "time": 1, "run": "", "root": "", "argv": "ls"}',
        '{"event": "ApprovalGiven", "time": 1, "task": "a", "approved": 1}',
        b'{"event": "Notice", "time": 1.0, "message": "\xff"}',
        "[" * 100_000,
    ],
)
def test_what_is_no_whole_event_is_a_value_error(line: str | bytes) -> None:
    with pytest.raises(ValueError):
        decode(line)


@given(events(), st.data())
def test_a_torn_line_is_a_value_error(event: Event, data: st.DataObject) -> None:
    line = encode(event)
    with pytest.raises(ValueError):
        decode(line[: data.draw(st.integers(0, len(line) - 2))])


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_written_as_zero(value: float) -> None:
    assert decode(encode(TaskFinished(value, "a", "success", duration_s=value))) == TaskFinished(0.0, "a", "success")


@given(st.binary())
def test_output_is_left_out_of_a_line_and_read_where_a_line_has_it(data: bytes) -> None:
    event = TaskOutput(1.0, "a", data)
    assert encode(event) == b'{"event": "TaskOutput", "time": 1.0, "task": "a"}\n'
    text = data.decode("utf-8", "surrogateescape")
    assert decode(json.dumps({"event": "TaskOutput", "time": 1.0, "task": "a", "data": text})) == event
