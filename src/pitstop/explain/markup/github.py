"""GitHub Actions: workflow commands (`::error file=a.c,line=3::bad`) and what its runner makes of them (`##[error]bad`).

Source: "Workflow commands for GitHub Actions" in GitHub's documentation, and the runner's own logs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pitstop.explain.markup.columns import Columns

_SAID = frozenset({"error", "warning", "notice", "debug"})
_SETTING = frozenset(
    {
        *("add-mask", "add-matcher", "remove-matcher", "add-path", "set-env", "set-output", "save-state"),
        *("stop-commands", "echo", "save-cache"),
    }
)
_AFTER = {"Post job cleanup.": "Post job cleanup", "Cleaning up orphan processes": "Complete job"}
_BLANK = frozenset(" \t")
_HEAD = 400
"""Lines that the head of a step may have; where its group does not end within them, the log was cut."""
_ENDS = ("##[endgroup]", "::endgroup::")


def read(columns: Columns) -> None:
    """Read the commands; a group `Run …` is the head of its step, whose output follows the group.

    What stands in that group is the script, its shell and its environment: nothing in it is said by a program.
    """
    run = ""
    in_head = False
    for at, text in enumerate(columns.texts):
        if in_head:
            if not text.startswith(_ENDS):
                columns.marks[at] = "command"
                continue
            in_head = False
        first = text[:1]
        if first in _BLANK:
            if "::" not in text and "##[" not in text:
                continue
            text = text.lstrip()
            first = text[:2]
            if first not in {"::", "##"}:
                continue
            first = first[0]
        if first == "#":
            name, mark, rest = _runner(text)
        elif first == ":":
            name, mark, rest = _command(text)
        elif first == "[" and text.startswith("[command]"):
            name, mark, rest = "", "command", text[9:]
        elif first in {"P", "C"} and text in _AFTER:
            run = _AFTER[text]
            columns.turn(at, run)
            continue
        else:
            continue
        if not mark:
            continue
        columns.mark(at, mark, rest)
        if mark == "group":
            if name.startswith("Run "):
                run = name
                in_head = _has_head(columns.texts, at)
            columns.turn(at, name)
        elif mark == "endgroup":
            columns.turn(at + 1, run)


def _has_head(texts: list[str], at: int) -> bool:
    """Return whether the group that begins at `at` is what the runner writes before a step, and no program's own group."""
    told = texts[at + 1 : at + 2] in (["with:"], ["env:"])
    for text in texts[at + 1 : at + _HEAD]:
        if text.startswith(_ENDS):
            return told
        told = told or text.startswith("shell: ")
    return False


def _runner(text: str) -> tuple[str, str, str]:
    """Return name of the group, mark and text of a line like `##[error]bad`."""
    if text[1:3] != "#[":
        return "", "", text
    word, bracket, rest = text[3:].partition("]")
    if bracket and (word in _SAID or word in {"command", "endgroup"}):
        return "", word, rest
    return (rest, word, rest) if bracket and word == "group" else ("", "", text)


def _command(text: str) -> tuple[str, str, str]:
    """Return name of the group, mark and text of a line like `::error file=a.c::bad`."""
    head, colons, message = text[2:].partition("::")
    word, _, options = head.partition(" ")
    if not colons or text[:2] != "::":
        return "", "", text
    if word == "group":
        name = unescaped(message)
        return name, word, name
    if word == "endgroup":
        return "", word, ""
    if word in _SETTING:
        return "", "debug", text
    if word not in _SAID:
        return "", "", text
    given = dict(pair.partition("=")[::2] for pair in options.split(","))
    place = {key.strip(): unescaped(value).replace("%3A", ":").replace("%2C", ",") for key, value in given.items()}
    return "", word, with_place(word, place, unescaped(message))


def with_place(mark: str, place: Mapping[str, str], message: str) -> str:
    """Return a message with the place that it was given for, as compilers write it."""
    title = place.get("title", "")
    if title and title not in message:
        message = f"{title}: {message}"
    if not place.get("file"):
        return message
    numbers = [place[key] for key in ("line", "col") if place.get(key, "").isdecimal()]
    return ":".join([place["file"], *numbers, f" {mark}: {message}"])


def unescaped(text: str) -> str:
    """Return the text of a command as one line."""
    if "%" not in text:
        return text
    return text.replace("%0D", "").replace("%0A", " ").replace("%25", "%")
