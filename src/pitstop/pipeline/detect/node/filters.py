"""Which members a script of the workspace's root runs a task in, where it says so plainly."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pitstop.core.globs import matcher
from pitstop.pipeline.detect.members import folder_matcher

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pitstop.pipeline.detect.node.workspaces import Module

_EXCLUDE = re.compile(r"--exclude(?:=|\s+)(?:'([^']+)'|\"([^\"]+)\"|([^\s'\"&|;]+))")
_FILTER = re.compile(r"(?:--filter|-F)(?:=|\s+)(?:'([^']+)'|\"([^\"]+)\"|([^\s'\"&|;]+))")


def left_out(text: str, members: Iterable[Module], top: str) -> set[str]:
    """Return the folders of the members that `--filter` (pnpm, turbo) or `--exclude` (nx) in `text` leave out.

    Nothing is left out where the script is not one single call, or where a filter asks for more than names and folders
    (`...`, `[since]`). What turbo is told to run by name it runs with all that it needs, so only folders count there.
    """
    program = re.match(r"\s*(?:npx\s+)?(pnpm|turbo|nx)\s", text)
    if program is None or re.search(r"[&|;]", re.sub(r"'[^']*'|\"[^\"]*\"", "", text)):
        return set()
    form = _EXCLUDE if program[1] == "nx" else _FILTER
    filters = [one or two or three for one, two, three in form.findall(text)]
    if not filters or any("..." in name or "[" in name or "{" in name or "^" in name for name in filters):
        return set()
    if program[1] == "nx":
        filters = [f"!./{name}" if "/" in name else f"!{name}" for item in filters for name in item.split(",")]
    elif program[1] == "turbo" and not all(name.startswith(("!", ".")) for name in filters):
        return set()
    start = len(top) + 1 if top else 0
    wanted = [name for name in filters if not name.startswith("!")]
    unwanted = [name[1:] for name in filters if name.startswith("!")]

    def fits(module: Module, name: str) -> bool:
        if name.startswith("."):
            return folder_matcher(name)(module.folder[start:])
        return matcher([name if "/" in name else f"{{{name},@*/{name}}}"])(module.name)

    return {
        module.folder
        for module in members
        if (wanted and not any(fits(module, name) for name in wanted)) or any(fits(module, name) for name in unwanted)
    }
