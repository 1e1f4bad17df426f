r"""Travis CI: `travis_fold:start:NAME\r\e[0K`, `travis_time:end:ID:start=…,finish=…\r\e[0K`, and `$ command` lines.

Source: travis-build's shell functions, and logs. In some archives each CR has become a line end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.text import strip_ansi

if TYPE_CHECKING:
    from pitstop.explain.markup.columns import Columns

_MARK = r"travis_(fold|time):(start|end):([^\s\x1b]{1,200})\r?(?:\x1b\[0K)?"
_FINISH = r"finish=(\d{9,19})"


def read(columns: Columns) -> None:
    """Read folds and commands; a command is the step of what follows, until a fold or the next command."""
    import re

    pattern, finish = re.compile(_MARK, re.ASCII), re.compile(_FINISH, re.ASCII)
    for at, raw in enumerate(columns.raws):
        fold = None
        if "travis_" in raw and (found := list(pattern.finditer(raw))):
            mark = "debug"
            for each in found:
                kind, verb, name = each.groups()
                if kind == "fold":
                    mark, fold = ("group", name) if verb == "start" else ("endgroup", "")
                elif told := finish.search(name):
                    columns.times[at] = int(told[1]) / 1e9
            columns.mark(at, mark, strip_ansi(pattern.sub("", raw)))
        text = columns.texts[at]
        if text[:2] == "$ ":
            columns.marks[at] = "command"
            columns.turn(at, text[2:])
        elif fold is not None:
            columns.turn(at if fold else at + 1, fold)
