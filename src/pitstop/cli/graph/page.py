"""A graph as one page that needs nothing else: no network, no server, no library."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pitstop.cli.graph.net import Net

_TITLE = "<!--title-->"
_DATA = "/*data*/"


def page(net: Net, title: str, *, what: str) -> str:
    """Return the HTML. `what` is what the nodes are, `package` or `task`; layout happens in the reader's browser."""
    from html import escape
    from json import dumps

    numbers = {name: number for number, name in enumerate(net)}
    data = {
        "title": title,
        "what": what,
        "nodes": [
            {
                "id": node.id,
                "kind": node.kind,
                "note": node.note,
                "needs": [numbers[need] for need in node.needs],
                "dev": [numbers[need] for need in node.dev_needs],
                "detail": node.detail,
            }
            for node in net.values()
        ],
    }
    # No `<` can end the script element or begin a comment; JSON's own escape says the same.
    text = dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    template = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
    head, _, rest = template.partition(_TITLE)
    middle, _, tail = rest.partition(_DATA)
    return f"{head}{escape(title)}{middle}{text}{tail}"
