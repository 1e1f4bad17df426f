"""Which members a script of the workspace's root runs a task in, where it says so plainly."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pitstop.core.globs import matcher
from pitstop.pipeline.detect.members import folder_matcher

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pitstop.pipeline.detect.node.workspaces import Module

_FILTER = re.compile(r"(?:--filter|-F)(?:=|\s+)(?:'([^']+)'|\"([^\"]+)\"|([^\s'\"&|;]+))")


def left_out(text: str, members: Iterable[Module], top: str) -> set[str]:
    """Return the folders of the members that `pnpm --filter` in `text` leaves out.

    Nothing is left out where the script is not one single call of pnpm, or where a filter asks for more than names and
    folders (`...`, `[since]`).
    """
    if re.search(r"[&|;]", re.sub(r"'[^']*'|\"[^\"]*\"", "", text)) or not re.match(r"\s*pnpm\s", text):
        return set()
    filters = [one or two or three for one, two, three in _FILTER.findall(text)]
    if not filters or any("..." in name or "[" in name or "{" in name or "^" in name for name in filters):
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
