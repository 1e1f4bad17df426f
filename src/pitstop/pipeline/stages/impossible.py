"""Find conditions that can never hold. Only what is certain is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.pipeline.stages.when import NAMES, Context, parse, value_of

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

_MOST = 256
"""Alternatives that are looked at; a condition with more is taken for possible."""

Leaf = tuple["ast.expr", bool]
"""A part without `and`, `or`, `not`, and whether it must hold."""


def find_impossible(expression: str) -> str:
    """Return why the checked `expression` can never hold, or nothing."""
    alternatives = _alternatives(parse(expression), positive=True)
    if alternatives is None:
        return ""
    reasons = [_contradiction(leaves) for leaves in alternatives]
    return f"the condition can never hold: {reasons[0]}" if all(reasons) else ""


def _alternatives(node: ast.expr, *, positive: bool) -> list[list[Leaf]] | None:
    """Return the disjunctive normal form; None when it is too large."""
    import ast
    from itertools import product

    match node:
        case ast.UnaryOp(operand=operand):
            return _alternatives(operand, positive=not positive)
        case ast.BoolOp(op=operator, values=values):
            parts = []
            for value in values:
                if (part := _alternatives(value, positive=positive)) is None:
                    return None
                parts.append(part)
            if isinstance(operator, ast.Or) == positive:
                joined = [leaves for part in parts for leaves in part]
                return joined if len(joined) <= _MOST else None
            size = 1
            for part in parts:
                if (size := size * len(part)) > _MOST:
                    return None
            return [[leaf for leaves in chosen for leaf in leaves] for chosen in product(*parts)]
        case _:
            return [[(node, positive)]]


def _contradiction(leaves: list[Leaf]) -> str:
    """Return what contradicts itself in `leaves`, which must all hold."""
    import ast

    whole: dict[str, bool] = {}
    by_name: dict[str, list[Leaf]] = {}
    for node, positive in leaves:
        if whole.setdefault(ast.dump(node), positive) != positive:
            return _both([(node, True), (node, False)])
        names = _names(node)
        if not names and bool(value_of(node, Context())) != positive:
            return f"{_show((node, positive))} is false"
        if len(names) == 1 and "changed" not in names:
            by_name.setdefault(names.pop(), []).append((node, positive))
    for name, about in by_name.items():
        for index, first in enumerate(about):
            for second in about[index + 1 :]:
                if _exclude(name, [first, second]):
                    return _both([first, second])
        if _exclude(name, about):
            return _both(about)
    return ""


def _exclude(name: str, leaves: list[Leaf]) -> bool:
    """Return whether no text can be that makes all of `leaves`, all about `name`, hold."""
    import ast

    for leaf in leaves:
        if (texts := _possible(leaf)) is not None:
            return not any(
                all(bool(value_of(node, _context(name, text))) == positive for node, positive in leaves)
                for text in texts
            )
    for method in ("startswith", "endswith"):
        fixed = [
            argument
            for node, positive in leaves
            if positive
            and isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, (ast.Name, ast.Attribute))
            and node.func.attr == method
            for argument in [value_of(node.args[0], Context())]
            if isinstance(argument, str)
        ]
        longest = max(fixed, key=len, default="")
        if any(not getattr(longest, method)(text) for text in fixed):
            return True
    return False


def _possible(leaf: Leaf) -> list[str] | None:
    """Return the only texts that a name may be for `leaf` to hold; None: there is no end of them."""
    import ast

    node, positive = leaf
    match node:
        case ast.Name() | ast.Attribute() if not positive:
            return [""]
        case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq() as operator], comparators=[right]):
            if isinstance(operator, ast.Eq) != positive:
                return None
            return [text for side in (left, right) if isinstance(text := _constant(side), str)] or None
        case ast.Compare(
            left=ast.Name() | ast.Attribute(), ops=[ast.In() | ast.NotIn() as operator], comparators=[right]
        ):
            texts = _constant(right)
            return texts if isinstance(texts, list) and isinstance(operator, ast.In) == positive else None
        case _:
            return None


def _constant(node: ast.expr) -> str | list[str] | None:
    if _names(node):
        return None
    found = value_of(node, Context())
    return None if isinstance(found, bool) else found


def _names(node: ast.expr) -> set[str]:
    import ast

    found = {f"env.{n.attr}" for n in ast.walk(node) if isinstance(n, ast.Attribute) and _is_env(n)}
    return found | {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in {*NAMES, "changed"}}


def _is_env(node: ast.Attribute) -> bool:
    import ast

    return isinstance(node.value, ast.Name) and node.value.id == "env"


def _context(name: str, text: str) -> Context:
    if name.startswith("env."):
        return Context(env={name[4:]: text})
    branch, tag, event = (text if name == other else "" for other in NAMES)
    return Context(branch, tag, event)


def _show(leaf: Leaf) -> str:
    import ast

    text = ast.unparse(leaf[0])
    return f"`{text}`" if leaf[1] else f"`not {text}`"


def _both(leaves: Iterable[Leaf]) -> str:
    return " and ".join(map(_show, leaves)) + " exclude each other"
