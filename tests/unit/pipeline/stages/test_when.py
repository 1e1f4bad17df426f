"""The language of conditions: what it says, what it refuses, what can never hold."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.pipeline.stages.conditions import all_of, branch_is, event_is, paths_changed, tag_is
from pitstop.pipeline.stages.impossible import find_impossible
from pitstop.pipeline.stages.when import Context, WhenError, check, evaluate

MAIN = Context("main", "", "push", ("src/lib.rs", "docs/index.md"), {"CI": "true", "MODE": ""})
RELEASE = Context("release/2.x", "v2.0.1", "schedule", (), {})


@pytest.mark.parametrize(
    ("expression", "on_main", "on_release"),
    [
        ('branch == "main"', True, False),
        ("branch != 'main'", False, True),
        ('branch.matches("release/*")', False, True),
        ('branch.startswith("rel") and branch.endswith(".x")', False, True),
        ('"ai" in branch', True, False),
        ('event in ["push", "pull_request"]', True, False),
        ('event not in ("push",)', False, True),
        ("tag", False, True),
        ("not tag", True, False),
        ('tag.matches("v*") or env.CI == "true"', True, True),
        ("env.MODE or env.NONE", False, False),
        ('changed("src/**")', True, False),
        ('changed("*.py", "docs")', True, False),
        ('not changed("docs/**") and branch', False, True),
        ('  \n branch == "main"\n  and event == "push"', True, False),
        ('branch == "main" # the trunk', True, False),
    ],
)
def test_a_condition_says_what_it_says_in_python(expression: str, on_main: bool, on_release: bool) -> None:
    assert evaluate(expression, MAIN) == on_main
    assert evaluate(expression, RELEASE) == on_release


def test_a_star_stays_inside_a_part_of_a_branch() -> None:
    assert not evaluate('branch.matches("release/*")', Context("release/2/x"))
    assert evaluate('branch.matches("release/**")', Context("release/2/x"))
    assert not evaluate('branch.matches("release")', Context("release/2"))


def test_when_nobody_knows_what_changed_everything_may_have() -> None:
    assert evaluate('changed("src/**")', Context(changed=None))
    assert not evaluate('changed("src/**")', Context(changed=()))


@pytest.mark.parametrize(
    ("expression", "column", "problem", "hint"),
    [
        ("brnch == 'a'", 0, "unknown name `brnch`", "did you mean `branch`?"),
        ("branch == main", 10, "unknown name `main`", 'a text stands in quotes: `"main"`'),
        ("'é' == tag and evnt == 'x'", 15, "unknown name `evnt`", "did you mean `event`?"),
        ("branch.match('a')", 0, "unknown method `match`", "did you mean `matches`?"),
        ("branch.matches()", 0, "`matches` takes one text", 'for example `branch.matches("release/*")`'),
        ("env == 'a'", 0, "`env` needs the name of a variable", "for example `env.CI`"),
        ("changed", 0, "`changed` needs a glob", 'for example `changed("src/**")`'),
        ("changed(branch)", 8, "`changed` takes globs in quotes", ""),
        ("changed()", 0, "`changed` takes one glob or more", 'for example `changed("src/**", "Cargo.lock")`'),
        ("True", 0, "`True` is no text", 'write it in quotes: `"True"`'),
        ("env.N == 3", 9, "`3` is no text", 'write it in quotes: `"3"`'),
        ("env.N > 'a'", 0, "only `==`, `!=`, `in` and `not in` compare", ""),
        ("'a' == branch == 'b'", 0, "comparisons in a row", "join them by `and`"),
        ("branch == 'a' | tag == 'b'", 10, "`&` and `|` mean nothing here", "write `and` and `or`"),
        ("__import__('os').system('x')", 0, "unknown method `system`", 'for example `branch.matches("release/*")`'),
        ("open('x')", 0, "unknown function `open`", ""),
        ("[branch for branch in 'a']", 0, "`[branch for branch in 'a']` is not of the language of conditions", ""),
        ("branch.__class__", 0, "`.__class__` means nothing here", ""),
        ("not " * 2000 + "tag", 0, "the condition is longer than 4096 characters", ""),
    ],
)
def test_what_is_no_condition_is_said_with_its_column(expression: str, column: int, problem: str, hint: str) -> None:
    with pytest.raises(WhenError) as caught:
        check(expression)
    assert (caught.value.column, caught.value.problem, caught.value.hint) == (column, problem, hint)


@pytest.mark.parametrize(
    ("expression", "hint"),
    [
        ("branch = 'a'", ""),
        ("branch == 'a' && tag", "write `and`"),
        ("tag || branch", "write `or`"),
        ("!tag", "write `not`"),
        ("${{ tag }}", "write it without `${{ }}`"),
        ("branch ==", ""),
        (r"'\d' == branch", ""),
        ("", ""),
        ("(" * 300, ""),
        ("a\0b", ""),
    ],
)
def test_what_python_cannot_read_is_refused(expression: str, hint: str) -> None:
    with pytest.raises(WhenError, match="this is no condition") as caught:
        check(expression)
    assert caught.value.hint == hint
    assert 0 <= caught.value.column <= len(expression)


def test_what_breaks_off_is_wrong_at_its_end() -> None:
    with pytest.raises(WhenError) as caught:
        check("branch ==")
    assert caught.value.column == 9


def refusal(text: str) -> WhenError | None:
    try:
        check(text)
    except WhenError as error:
        return error
    return None


@given(st.text(max_size=40))
def test_any_text_is_a_condition_or_refused(text: str) -> None:
    if error := refusal(text):
        assert 0 <= error.column <= len(text)
        assert error.problem


TEXTS = st.sampled_from(["", "a", "b", "ab", "ba"])
LEAVES = st.one_of(
    st.builds(
        lambda n, o, t: f"{n} {o} {t!r}", st.sampled_from(["branch", "tag"]), st.sampled_from(["==", "!="]), TEXTS
    ),
    st.builds(lambda t, o, n: f"{t!r} {o} {n}", TEXTS, st.sampled_from(["==", "in"]), st.sampled_from(["branch"])),
    st.builds(lambda o, t: f"branch {o} {t!r}", st.sampled_from(["in", "not in"]), st.lists(TEXTS, max_size=2)),
    st.builds(lambda m, t: f"branch.{m}({t!r})", st.sampled_from(["startswith", "endswith", "matches"]), TEXTS),
    st.sampled_from(["branch", "env.X", "tag == branch", "changed('a')", "'a' == 'b'", "branch.matches('a*')"]),
)
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda a, b: f"({a} and {b})", inner, inner),
        st.builds(lambda a, b: f"({a} or {b})", inner, inner),
        st.builds(lambda a: f"(not {a})", inner),
    ),
    max_leaves=6,
)
CONTEXTS = [
    Context(branch, tag, "", changed, {"X": x})
    for branch in ("", "a", "b", "ab", "ba", "aba", "bab", "abab", "c", "ca", "acb")
    for tag in ("", "a", "b", "ab", "ba", "c")
    for changed in (("a",), ())
    for x in ("", "x")
]


@pytest.mark.slow
@given(EXPRESSIONS)
def test_what_is_called_impossible_holds_nowhere(expression: str) -> None:
    if find_impossible(expression):
        assert not any(evaluate(expression, context) for context in CONTEXTS)


@pytest.mark.slow
@given(EXPRESSIONS)
def test_a_condition_means_what_python_means_by_it(expression: str) -> None:
    """The oracle: Python itself, with the names bound."""

    class Text(str):
        __slots__ = ()

        def matches(self, glob: str) -> bool:
            return self.startswith("a") if glob == "a*" else self == glob

    code = compile(ast.parse(expression, mode="eval"), "x", "eval")
    for context in CONTEXTS[::7]:
        env = type("Env", (), {"X": context.env["X"]})
        names = {
            "branch": Text(context.branch),
            "tag": Text(context.tag),
            "env": env,
            "changed": lambda glob, context=context: glob in (context.changed or ()),
        }
        assert evaluate(expression, context) == bool(eval(code, {"__builtins__": {}}, names))


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("branch == 'a' and branch == 'b'", "`branch == 'a'` and `branch == 'b'` exclude each other"),
        ("branch == 'a' and not branch == 'a'", "`branch == 'a'` and `not branch == 'a'` exclude each other"),
        ("tag == 'v1' and not tag", "`tag == 'v1'` and `not tag` exclude each other"),
        ("event in ['push'] and event == 'tag'", "`event in ['push']` and `event == 'tag'` exclude each other"),
        ("env.A == 'x' and env.A != 'x'", "`env.A == 'x'` and `env.A != 'x'` exclude each other"),
        (
            "branch == 'main' and branch.startswith('rel')",
            "`branch == 'main'` and `branch.startswith('rel')` exclude each other",
        ),
        (
            "tag.startswith('a') and tag.startswith('b')",
            "`tag.startswith('a')` and `tag.startswith('b')` exclude each other",
        ),
        ("changed('a') and not changed('a')", "`changed('a')` and `not changed('a')` exclude each other"),
        ("branch in []", "`branch in []` exclude each other"),
        ("'a' == 'b'", "`'a' == 'b'` is false"),
        ("not (tag or not tag)", "`tag` and `not tag` exclude each other"),
    ],
)
def test_a_contradiction_is_named(expression: str, reason: str) -> None:
    assert find_impossible(expression) == f"the condition can never hold: {reason}"


@pytest.mark.parametrize(
    "expression",
    [
        "branch == 'a' or branch == 'b'",
        "branch == 'a' and tag == 'v1'",
        "branch == tag",
        "not (tag and not tag)",
        "env.A == 'x' and env.B != 'x'",
        "branch.matches('a*') and branch.matches('*b')",
        " or ".join(f"(branch == '{n}' and tag == '{n}')" for n in range(40)),
        " and ".join(f"(branch == '{n}' or tag == '{n}')" for n in range(40)),
    ],
)
def test_what_may_hold_is_not_called_impossible(expression: str) -> None:
    assert find_impossible(expression) == ""


def test_short_conditions_are_expressions() -> None:
    assert branch_is("main") == "branch == 'main'"
    assert branch_is("main", "dev") == "branch in ['main', 'dev']"
    assert branch_is("main", "release/*") == "(branch == 'main' or branch.matches('release/*'))"
    assert tag_is() == "tag"
    assert tag_is("v*") == "tag.matches('v*')"
    assert all_of(event_is("push"), paths_changed("src/**", "x")) == "event == 'push' and changed('src/**', 'x')"
