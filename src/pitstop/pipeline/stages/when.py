"""The language of conditions: a small part of Python's expressions, read but never executed.

    branch == "main" and not changed("docs/**")
    tag.matches("v*") or event in ["schedule", "manual"]
    env.DEPLOY == "yes"

`branch`, `tag`, `event` and `env.NAME` are texts, empty when there is none; a text alone holds when it is not empty.
`changed(...)` holds when a changed file is matched by one of its globs, and when it is not known what changed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Mapping

NAMES = ("branch", "tag", "event")
METHODS = ("startswith", "endswith", "matches")
_OTHER_LANGUAGES = {"&&": "write `and`", "||": "write `or`", "${{": "write it without `${{ }}`", "!": "write `not`"}
_LONGEST = 4096  # characters; more is no condition but a program


class Context(NamedTuple):
    """What conditions ask about."""

    branch: str = ""
    tag: str = ""
    event: str = ""
    """`push`, `pull_request`, `schedule`, …; as the CI service names it, `local` for a run at somebody's desk."""
    changed: tuple[str, ...] | None = None
    """Paths of the changed files; None: not known."""
    env: Mapping[str, str] = {}


class WhenError(Exception):
    """An expression is wrong; `column` counts characters from 0."""

    def __init__(self, problem: str, *, column: int = 0, hint: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.column = column
        self.hint = hint


def check(expression: str) -> None:
    """Raise WhenError when `expression` is none."""
    parse(expression)


def evaluate(expression: str, context: Context) -> bool:
    """Return whether `expression` holds. Raises WhenError when it is none."""
    return bool(value_of(parse(expression), context))


@lru_cache(maxsize=1024)
def parse(expression: str) -> ast.expr:
    """Return the tree of a checked expression. Raises WhenError when it is none."""
    import ast
    import warnings

    if len(expression) > _LONGEST:
        raise WhenError(f"the condition is longer than {_LONGEST} characters")
    text = expression.translate(dict.fromkeys(map(ord, "\t\n\r\f\v"), " "))
    blank = len(text) - len(text.lstrip(" "))
    text = text[blank:]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # `"\d"` is an error in the making
            tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        column = error.offset - 1 if error.offset else len(text)
        hint = next((hint for sign, hint in _OTHER_LANGUAGES.items() if sign in text), "")
        raise WhenError(
            f"this is no condition: {error.msg}", column=blank + min(column, len(text)), hint=hint
        ) from error
    except (ValueError, RecursionError, MemoryError, Warning) as error:
        raise WhenError("this is no condition", column=blank) from error
    try:
        if _type_of(tree, text, blank) == "list":
            raise WhenError("a list alone is no condition", column=blank, hint="for example `branch in [...]`")
    except RecursionError as error:
        raise WhenError("the condition is nested too deeply", column=blank) from error
    return tree


def _type_of(node: ast.expr, text: str, blank: int) -> str:
    """Return `text`, `list` or `truth`, or raise WhenError at the first thing that is not of the language."""
    import ast

    def inner(child: ast.expr, *wanted: str) -> str:
        kind = _type_of(child, text, blank)
        if kind not in wanted:
            raise wrong(child, f"a {' or a '.join(wanted)} is wanted here, not a {kind}")
        return kind

    def wrong(at: ast.expr, problem: str, hint: str = "") -> WhenError:
        column = len(text.encode()[: at.col_offset].decode())
        return WhenError(problem, column=blank + column, hint=hint)

    match node:
        case ast.Constant(value=str()):
            return "text"
        case ast.Name(id=name) if name in NAMES:
            return "text"
        case ast.Attribute(value=ast.Name(id="env")):
            return "text"
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            for item in items:
                inner(item, "text")
            return "list"
        case ast.BoolOp(values=values):
            for value in values:
                inner(value, "truth", "text")
            return "truth"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner(operand, "truth", "text")
            return "truth"
        case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq()], comparators=[right]):
            inner(left, "text")
            inner(right, "text")
            return "truth"
        case ast.Compare(left=left, ops=[ast.In() | ast.NotIn()], comparators=[right]):
            inner(left, "text")
            inner(right, "list", "text")
            return "truth"
        case ast.Compare(ops=[_]):
            raise wrong(node, "only `==`, `!=`, `in` and `not in` compare")
        case ast.Compare(comparators=others) if not any(isinstance(other, ast.BinOp) for other in others):
            raise wrong(node, "comparisons in a row", hint="join them by `and`")
        case ast.Call(func=ast.Name(id="changed"), args=[_, *_] as globs, keywords=[]):
            for glob in globs:
                if not (isinstance(glob, ast.Constant) and isinstance(glob.value, str) and glob.value):
                    raise wrong(glob, "`changed` takes globs in quotes")
            return "truth"
        case ast.Call(func=ast.Attribute(value=owner, attr=method), args=[argument], keywords=[]) if method in METHODS:
            inner(owner, "text")
            inner(argument, "text")
            return "truth"
        case _:
            raise _unknown(node, wrong)


def _unknown(node: ast.expr, wrong: Callable[[ast.expr, str, str], WhenError]) -> WhenError:
    import ast

    from pitstop.core.errors import did_you_mean

    match node:
        case ast.Name(id="env"):
            return wrong(node, "`env` needs the name of a variable", "for example `env.CI`")
        case ast.Name(id="changed"):
            return wrong(node, "`changed` needs a glob", 'for example `changed("src/**")`')
        case ast.Name(id="true" | "false" | "and" | "or" as name):
            return wrong(node, f"`{name}` is no name here", "a condition that always holds is none: leave it out")
        case ast.Name(id=name):
            hint = did_you_mean(name, (*NAMES, "env", "changed"), f'a text stands in quotes: `"{name}"`')
            return wrong(node, f"unknown name `{name}`", hint)
        case ast.Call(func=ast.Name(id="changed")):
            return wrong(node, "`changed` takes one glob or more", 'for example `changed("src/**", "Cargo.lock")`')
        case ast.Call(func=ast.Name(id=name)):
            return wrong(node, f"unknown function `{name}`", did_you_mean(name, ("changed",)))
        case ast.Call(func=ast.Attribute(attr=name)):
            example = 'for example `branch.matches("release/*")`'
            if name in METHODS:
                return wrong(node, f"`{name}` takes one text", example)
            return wrong(node, f"unknown method `{name}`", did_you_mean(name, METHODS, example))
        case ast.Attribute(attr=name):
            return wrong(node, f"`.{name}` means nothing here", did_you_mean(name, METHODS))
        case ast.Constant(value=value):
            return wrong(node, f"`{value!r}` is no text", f'write it in quotes: `"{value!r}"`')
        case ast.BinOp(op=ast.BitAnd() | ast.BitOr()):
            return wrong(node, "`&` and `|` mean nothing here", "write `and` and `or`")
        case ast.Compare(comparators=others):
            return next(_unknown(other, wrong) for other in others if isinstance(other, ast.BinOp))
        case _:
            return wrong(node, f"`{ast.unparse(node)}` is not of the language of conditions", "")


def value_of(node: ast.expr, context: Context) -> str | bool | list[str]:
    """Return what a checked expression is in `context`."""
    import ast

    def text(child: ast.expr) -> str:
        found = value_of(child, context)
        assert isinstance(found, str)
        return found

    match node:
        case ast.Constant(value=str(value)):
            return value
        case ast.Name(id=name):
            found = getattr(context, name)
            assert isinstance(found, str)
            return found
        case ast.Attribute(attr=name):
            return context.env.get(name, "")
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            return [text(item) for item in items]
        case ast.BoolOp(op=ast.And(), values=values):
            return all(value_of(value, context) for value in values)
        case ast.BoolOp(values=values):
            return any(value_of(value, context) for value in values)
        case ast.UnaryOp(operand=operand):
            return not value_of(operand, context)
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            return _compare(operator, text(left), value_of(right, context))
        case ast.Call(func=ast.Attribute(value=owner, attr=method), args=[argument]):
            return _method(method, text(owner), text(argument))
        case ast.Call(args=globs):
            if context.changed is None:
                return True
            from pitstop.core.globs import matcher

            return any(map(matcher(map(text, globs)), context.changed))
        case _:
            raise AssertionError(ast.dump(node))


def _compare(operator: ast.cmpop, left: str, right: object) -> bool:
    import ast

    match operator:
        case ast.Eq():
            return left == right
        case ast.NotEq():
            return left != right
        case _:
            assert isinstance(right, (str, list))
            return (left in right) == isinstance(operator, ast.In)


def _method(method: str, text: str, argument: str) -> bool:
    if method == "startswith":
        return text.startswith(argument)
    if method == "endswith":
        return text.endswith(argument)
    from pitstop.pipeline.stages.names import matches_name

    return matches_name(argument, text)
