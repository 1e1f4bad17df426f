"""The page about events, made from the types and their docstrings."""

from __future__ import annotations

import ast
from pathlib import Path

from pitstop.core import events

_INTRODUCTION = """\
# Events

A run is a stream of events. `pitstop run --output json` prints it, and `.pitstop/runs/<run id>/events.jsonl` keeps it:
one JSON object a line, its kind in `event`, fields that have their default left out. This page is schema {schema}.

A reader skips kinds and fields that it does not know, and refuses a `RunStarted` whose `schema` is greater than its
own. A last line without its line end is torn and does not count. Text is UTF-8; bytes of names that are not are
written as lone surrogates, `\\udc80` to `\\udcff`, as Python's `surrogateescape` does.

Outcomes are {outcomes}.
"""


_TYPES = {
    "str": "string",
    "float": "number",
    "int": "integer",
    "int | None": "integer or null",
    "bool": "boolean",
    "tuple[str, ...]": "array of strings",
    "bytes": "string",
}


def events_reference() -> str:
    """Return `docs/reference/events.md`: each kind of event with its fields, in Markdown."""
    source = ast.parse(Path(events.__file__).read_text("utf-8"))
    classes = {node.name: node for node in source.body if isinstance(node, ast.ClassDef)}
    outcomes = ", ".join(f"`{outcome}`" for outcome in events.OUTCOMES)
    pages = [_INTRODUCTION.format(schema=events.SCHEMA, outcomes=outcomes)]
    pages += [_kind(classes[name], kind._field_defaults) for name, kind in events.KINDS.items()]
    return "\n".join(pages)


def _kind(node: ast.ClassDef, defaults: dict[str, object]) -> str:
    lines = [f"## {node.name}", "", ast.get_docstring(node) or "", ""]
    lines += ["| field | type | default | meaning |", "| --- | --- | --- | --- |"]
    for statement, following in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            name = statement.target.id
            hint = _TYPES[ast.unparse(statement.annotation)]
            default = f"`{_json(defaults[name])}`" if name in defaults else ""
            lines.append(f"| `{name}` | {hint} | {default} | {_meaning(following)} |")
    return "\n".join(lines) + "\n"


def _meaning(node: ast.stmt | None) -> str:
    """Return the docstring that follows a field, on one line."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return " ".join(node.value.value.split()).replace("|", "\\|")
    return ""


def _json(value: object) -> str:
    from json import dumps

    return dumps(list(value)) if isinstance(value, tuple) else dumps(value if value != b"" else "")
