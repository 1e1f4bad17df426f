"""Azure Pipelines: `##[section]Starting: step`, and commands like `##vso[task.logissue type=error;sourcepath=a.c]bad`.

Source: "Logging commands" in the documentation of Azure Pipelines. `##[group]` and `##[error]` are the same as GitHub's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.explain.markup.github import unescaped, with_place

if TYPE_CHECKING:
    from pitstop.explain.markup.columns import Columns

_NAMES = {"sourcepath": "file", "linenumber": "line", "columnnumber": "col"}


def read(columns: Columns) -> None:
    """Read sections and commands."""
    for at, text in enumerate(columns.texts):
        if text[:1] != "#":
            continue
        if text.startswith("##[section]"):
            verb, _, name = text[11:].partition(": ")
            columns.mark(at, "endgroup" if verb == "Finishing" else "group", text[11:])
            columns.turn(at, name or verb)
            if verb == "Finishing":
                columns.turn(at + 1, "")
        elif text.startswith("##vso["):
            head, bracket, message = text[6:].partition("]")
            name, _, options = head.partition(" ")
            given = dict(pair.partition("=")[::2] for pair in options.split(";"))
            said = given.get("type", "")
            if bracket and name == "task.logissue" and said in {"error", "warning"}:
                place = {_NAMES[key]: value for key, value in given.items() if key in _NAMES}
                columns.mark(at, said, with_place(said, place, unescaped(message)))
            elif bracket and name == "task.complete" and given.get("result") == "Failed":
                columns.mark(at, "error", message)
            else:
                columns.mark(at, "debug", message if bracket else text)
