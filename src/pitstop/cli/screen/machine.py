"""The stream of events for programs: each event as a line of JSON when it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.events import Event, RunFinished, TaskFinished, TaskOutput
from pitstop.records.codec import encode

if TYPE_CHECKING:
    from typing import BinaryIO

_MAY_BE_CUT = 3  # bytes of a character that the next chunk may complete


class Machine:
    """Writes what `records.codec` writes on disk, and the output of tasks as text.

    `{"event": "TaskOutput", "time": ..., "task": ..., "data": "text"}`: bytes that are no UTF-8 are U+FFFD in `data`,
    and the line has them exact in `base64` too. A character is never cut between two events.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._rest: dict[str, tuple[float, bytes]] = {}

    def __call__(self, event: Event) -> None:
        """Write `event`."""
        if isinstance(event, TaskOutput):
            lines = self._output(event)
        elif isinstance(event, TaskFinished):
            lines = self._end(event.task) + encode(event)
        elif isinstance(event, RunFinished):
            lines = b"".join(map(self._end, tuple(self._rest))) + encode(event)
        else:
            lines = encode(event)
        if lines:
            self._out.write(lines)
            self._out.flush()

    def tick(self, now: float) -> None:
        """Do nothing: there is no event."""

    def close(self) -> None:
        """Do nothing: nothing is kept back after the run has finished."""

    def _output(self, event: TaskOutput) -> bytes:
        _, rest = self._rest.pop(event.task, (0.0, b""))
        data = rest + event.data
        if (cut := _cut(data)) < len(data):
            self._rest[event.task] = event.time, data[cut:]
        return _line(event.time, event.task, data[:cut]) if cut else b""

    def _end(self, task: str) -> bytes:
        time, rest = self._rest.pop(task, (0.0, b""))
        return _line(time, task, rest) if rest else b""


def _cut(data: bytes) -> int:
    """Return where a character begins at the end of `data` that is not complete, else its length."""
    for back in range(1, min(_MAY_BE_CUT, len(data)) + 1):
        byte = data[-back]
        if byte >= 0xC0:  # a first byte, of two, three or four
            return len(data) - back if back < 2 + (byte >= 0xE0) + (byte >= 0xF0) else len(data)
        if byte < 0x80:
            break
    return len(data)


def _line(time: float, task: str, data: bytes) -> bytes:
    from json import dumps

    value: dict[str, object] = {"event": "TaskOutput", "time": time, "task": task}
    try:
        value["data"] = data.decode()
    except UnicodeDecodeError:
        from base64 import b64encode

        value["data"] = data.decode("utf-8", "replace")
        value["base64"] = b64encode(data).decode()
    return dumps(value).encode() + b"\n"
