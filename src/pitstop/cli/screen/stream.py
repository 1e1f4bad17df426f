"""Output of several tasks in one stream: whole lines, each with its task's name before it."""

from __future__ import annotations

from pitstop.core.text import strip_ansi

_LONGEST = 64 * 1024  # bytes of a line without end that are waited for


class Stream:
    """Cuts chunks of output into lines; what has no line end yet waits."""

    def __init__(self, *, colour: bool) -> None:
        self._colour = colour
        self._rest: dict[str, bytes] = {}

    def lines(self, task: str, data: bytes) -> bytes:
        """Return the lines that `data` completes, each as `task: line`."""
        rest = self._rest.pop(task, b"")
        end = data.rfind(b"\n") + 1
        if not end:
            rest += data
            if len(rest) < _LONGEST:
                self._rest[task] = rest
                return b""
            return self._labelled(task, rest + b"\n")
        if end < len(data):
            self._rest[task] = data[end:]
        return self._labelled(task, rest + data[:end])

    def end(self, task: str) -> bytes:
        """Return what `task` left without a line end, as a line."""
        rest = self._rest.pop(task, b"")
        return self._labelled(task, rest + b"\n") if rest else b""

    def _labelled(self, task: str, lines: bytes) -> bytes:
        label = task.encode("utf-8", "surrogateescape") + b": "
        if self._colour:
            label = b"\x1b[0;2m" + label + b"\x1b[0m"
        lines = strip_ansi(lines, keep_colours=self._colour)
        return label + lines[:-1].replace(b"\n", b"\n" + label) + (b"\x1b[0m\n" if self._colour else b"\n")
