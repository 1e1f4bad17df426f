"""Jenkins: the frame of a pipeline (`[Pipeline] { (Build)`), and the commands that it starts (`[dir] $ make`, `+ make`).

Source: logs of the workflow-job and durable-task plug-ins. Its time stamps are in `stamps.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pitstop.explain.markup.columns import Columns

_FRAME = "[Pipeline] "
_SOON = 3  # lines after `[Pipeline] sh` in which the shell tells its first command


def read(columns: Columns) -> None:
    """Read the frame; the name of a stage is the step of what stands in it."""
    stages: list[str] = []
    shell = -_SOON - 1
    for at, text in enumerate(columns.texts):
        if text[:1] == "[":
            if text.startswith(_FRAME):
                word = text[len(_FRAME) :].strip()
                if word[:1] == "{":
                    name = word[1:].strip(" ()")
                    stages.append(name or (stages[-1] if stages else ""))
                    columns.mark(at, "group", name)
                    columns.turn(at, stages[-1])
                elif word == "}":
                    del stages[-1:]
                    columns.mark(at, "endgroup", "")
                    columns.turn(at + 1, stages[-1] if stages else "")
                else:
                    columns.mark(at, "debug", text)
                    shell = at if word in {"sh", "bat", "powershell", "pwsh"} else shell
            else:
                folder, bracket, command = text[1:].partition("] $ ")
                if bracket and "]" not in folder:
                    columns.mark(at, "command", command)
        elif text[:2] == "+ " and at - shell <= _SOON:
            columns.mark(at, "command", text[2:])
            shell = -_SOON - 1
