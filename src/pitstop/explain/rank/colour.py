"""Which lines of a log are written in colours: red is how many tools say that something is wrong."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.explain.lines import Line

RED = 4
BOLD = 2
OTHER = 1

_LONGEST = 4000  # characters of a line that are looked at
_REDS = frozenset(("31", "91", "41", "101"))
_ENDS = frozenset(("", "0", "00", "39", "49"))
_OF_CODES = "0123456789;"


def read_colours(lines: Sequence[Line]) -> list[int]:
    """Return a sum of `RED`, `BOLD` and `OTHER` for each line, also where the colour was begun on a line before."""
    found = []
    state = 0
    for line in lines:
        raw = line.raw
        if "\x1b[" not in raw:
            found.append(state if raw else 0)
            continue
        best = 0
        before, *parts = raw[:_LONGEST].rstrip().split("\x1b[")
        if before:
            best = state
        for part in parts:
            codes, ends, after = part.partition("m")
            if ends and not codes.strip(_OF_CODES):
                state = _after(state, codes)
                if after:
                    best |= state
            else:  # another sequence: it writes something
                best |= state
        found.append(best)
    return found


@lru_cache(maxsize=1024)
def _after(state: int, codes: str) -> int:
    """Return the state after a `ESC [ codes m`."""
    for code in codes.split(";"):
        if code in _ENDS:
            state = state & BOLD if code[1:] == "9" else 0
        elif code in _REDS:
            state = (state & BOLD) | RED
        elif code in {"1", "01"}:
            state |= BOLD
        elif code == "22":
            state &= ~BOLD
        elif code[:1] in "349" and len(code) == 2:  # 30 to 49, 90 to 97: the colours
            state = (state & BOLD) | OTHER
    return state
