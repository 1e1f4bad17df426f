"""The page about findings as JSON, made from the types and their docstrings."""

from __future__ import annotations

import ast
from pathlib import Path

from pitstop.core import finding
from pitstop.explain.report.data import SCHEMA

_INTRODUCTION = """\
# Findings

`pitstop explain --json` prints one object, schema {schema}. A reader skips fields that it does not know; fields may be
added within one schema, none is taken away.

| field | type | meaning |
| --- | --- | --- |
| `schema` | integer | version of this form |
| `failed` | boolean | whether anything failed |
| `findings` | array of [findings](#finding) | one for each step that failed, in the order of the logs |
| `logs` | array of [logs](#log) | what was read |

## Log

| field | type | meaning |
| --- | --- | --- |
| `name` | string | what people call it |
| `file` | string | its path, where it is a file |
| `run`, `task` | string | the recorded run and the task that it belongs to |
| `lines` | integer | how many lines were read |
| `against` | string | what it was compared with |
| `failed` | boolean | whether there is a finding for it |
"""
_MORE = """\
| `certainty` | string | `confidence` as a word: `sure` from 0.9, `likely` from 0.6, else `maybe` |
| `again` | array of strings | commands that run just what failed, the smallest first |
| `hints` | array of strings | what the record knows of it |
| `log` | integer | which of `logs` it is of, from 0 |
"""
_TYPES = {
    "str": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "tuple[str, ...]": "array of strings",
    "Place | None": "[place](#place) or null",
    "tuple[tuple[str, float], ...]": "object; only where asked for",
    "tuple[Evidence, ...]": "array of [evidence](#evidence)",
    "tuple[Failure, ...]": "array of [failures](#failure)",
    "tuple[Solution, ...]": "array of [solutions](#solution)",
}
_MEANINGS = {
    "category": "whose failure it is: {categories}",
    "kind": "what went wrong, finer than the category: {kinds}, or another word where none of these is true",
    "failures": "what tools say in their own words, in the order of the log",
    "details": "what the entry says of this kind of failure",
    "solutions": "ways to mend it, the most likely first",
    "references": "addresses to read more",
    "tool": "its command: `rustc`, `pytest`, `npm`",
    "place": "where it points to",
    "file": "the path as the tool wrote it",
}


def findings_reference() -> str:
    """Return `docs/reference/findings.md`: the form of `pitstop explain --json`, in Markdown."""
    source = ast.parse(Path(finding.__file__).read_text("utf-8"))
    pages = [_INTRODUCTION.format(schema=SCHEMA)]
    classes = {node.name: node for node in source.body if isinstance(node, ast.ClassDef)}
    for name in ("Finding", "Evidence", "Failure", "Place", "Solution"):
        node = classes[name]
        table = "\n".join(_rows(node))
        pages.append(
            f"## {name}\n\n{ast.get_docstring(node) or ''}\n\n| field | type | meaning |\n| --- | --- | --- |\n{table}\n"
            + (_MORE if name == "Finding" else "")
        )
    return "\n".join(pages)


def _rows(node: ast.ClassDef) -> list[str]:
    rows = []
    words = {
        "categories": ", ".join(f"`{one}`" for one in finding.CATEGORIES),
        "kinds": ", ".join(f"`{one}`" for one in finding.KINDS),
    }
    for statement, following in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            name = statement.target.id
            own = ""
            if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
                own = " ".join(str(following.value.value).split())
            meaning = _MEANINGS.get(name, own).format(**words) if name in _MEANINGS else own
            rows.append(
                f"| `{name}` | {_TYPES[ast.unparse(statement.annotation)]} | {meaning.replace('|', chr(92) + '|')} |"
            )
    return rows
