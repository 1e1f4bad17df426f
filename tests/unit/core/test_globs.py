"""Globs against a matcher that walks the pattern's own tree, and the short way against the expression."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.core.globs import _folders, is_literal, literal_prefix, matcher, translate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# A pattern as a tree. A token is one of ("text", "x"), ("escaped", "*"), ("star",), ("any",), ("set", negated, low,
# high), ("either", [tokens, tokens …]); a part is a list of tokens, or "**".
Token = tuple[object, ...]
Part = list[Token] | str
NAMES = "ab*{,}[]?!\\-\n.ß"
PLAIN = "ab.-ß"

TEXT = st.tuples(st.just("text"), st.sampled_from(PLAIN))
ESCAPED = st.tuples(st.just("escaped"), st.sampled_from("*{},[]?!\\ab"))
SET = st.tuples(st.just("set"), st.booleans(), *[st.sampled_from("ab")] * 2).map(
    lambda one: (one[0], one[1], *sorted(one[2:]))
)
SIMPLE: st.SearchStrategy[Token] = st.one_of(TEXT, TEXT, ESCAPED, st.just(("star",)), st.just(("any",)), SET)
EITHER = st.tuples(st.just("either"), st.lists(st.lists(SIMPLE, max_size=2), min_size=1, max_size=3))


def no_double_star(part: list[Token]) -> bool:
    """Two stars side by side would be read as `**`, so a tree must not hold them; nor an empty part."""
    shown = show([part])
    return "**" not in shown.replace("\\*", "") and bool(shown)


PART = st.lists(st.one_of(SIMPLE, SIMPLE, EITHER), min_size=1, max_size=3).filter(no_double_star)
PATTERN: st.SearchStrategy[list[Part]] = st.lists(st.one_of(PART, st.just("**")), min_size=1, max_size=4).filter(
    lambda parts: not show(parts).startswith(("!", "./")) and show(parts) != "."
)
PATH = st.lists(st.text(st.sampled_from(NAMES), min_size=1, max_size=3), min_size=1, max_size=4).map("/".join)


def show(parts: Sequence[Part]) -> str:
    def text(token: Token) -> str:
        match token:
            case ("text", character):
                return str(character)
            case ("escaped", character):
                return f"\\{character}"
            case ("star",):
                return "*"
            case ("any",):
                return "?"
            case ("set", negated, low, high):
                return f"[{'!' if negated else ''}{low}-{high}]"
            case ("either", list() as ways):
                return "{" + ",".join("".join(map(text, way)) for way in ways) + "}"
            case _:
                raise AssertionError(token)

    return "/".join(part if isinstance(part, str) else "".join(map(text, part)) for part in parts)


def rests(tokens: list[Token], name: str) -> Iterator[str]:
    """The oracle for one part of a path: what may be left of `name` once `tokens` have taken their share."""
    if not tokens:
        yield name
        return
    token, after = tokens[0], tokens[1:]
    left: list[str] = []
    match token:
        case ("text" | "escaped", str(character)):
            left = [name[1:]] if name[:1] == character else []
        case ("any",):
            left = [name[1:]] if name else []
        case ("star",):
            left = [name[cut:] for cut in range(len(name) + 1)]
        case ("set", negated, str(low), str(high)):
            left = [name[1:]] if name and (low <= name[0] <= high) != negated else []
        case ("either", list() as ways):
            left = [rest for way in ways for rest in rests(way, name)]
        case _:
            raise AssertionError(token)
    for rest in left:
        yield from rests(after, rest)


def fits(parts: Sequence[Part], names: Sequence[str]) -> bool:
    """The oracle: does the pattern name this path, or a folder that it lies in?"""
    if not parts:
        return True
    if parts[0] == "**":
        if set(map(str, parts)) == {"**"}:
            return True
        return any(fits(parts[1:], names[skip:]) for skip in range(len(names)))
    if not names:
        return False
    here = parts[0]
    return not isinstance(here, str) and "" in rests(here, names[0]) and fits(parts[1:], names[1:])


@pytest.mark.slow
@given(PATTERN, PATH)
def test_a_glob_matches_what_a_walk_over_its_parts_finds(parts: list[Part], path: str) -> None:
    pattern = show(parts)
    expected = fits(parts, path.split("/"))
    assert matcher([pattern])(path) == expected
    assert matcher([f"./{pattern}/"])(path) == expected, "a leading `./` and a trailing slash say nothing"
    assert matcher([pattern, "!"])(path) is False, "an empty pattern stands for everything"


@pytest.mark.slow
@given(st.data(), PATTERN)
def test_a_path_made_from_a_glob_is_matched_and_so_is_all_below_it(data: st.DataObject, parts: list[Part]) -> None:
    def made(token: Token) -> str:
        match token:
            case ("text" | "escaped", str(character)):
                return character
            case ("star",):
                return data.draw(st.text("abc", max_size=2))
            case ("any",):
                return data.draw(st.sampled_from("abc"))
            case ("set", negated, str(low), _):
                return "z" if negated else low
            case ("either", list() as ways):
                return "".join(map(made, data.draw(st.sampled_from(ways))))
            case _:
                raise AssertionError(token)

    names: list[str] = []
    for part in parts:
        names += data.draw(st.lists(st.just("n"), max_size=2)) if isinstance(part, str) else ["".join(map(made, part))]
    path = "/".join(names)
    if all(names) and path:
        assert matcher([show(parts)])(path)
        assert matcher([show(parts)])(f"{path}/below/it")
        start = literal_prefix(show(parts))
        assert not start or path == start or path.startswith(f"{start}/")


@pytest.mark.slow
@given(st.lists(PATTERN, max_size=3), st.lists(PATTERN, max_size=3), PATH)
def test_a_list_means_any_of_its_globs_and_none_of_those_with_a_mark(
    wanted: list[list[Part]], unwanted: list[list[Part]], path: str
) -> None:
    names = path.split("/")
    expected = (not wanted or any(fits(parts, names) for parts in wanted)) and not any(
        fits(parts, names) for parts in unwanted
    )
    assert matcher([*map(show, wanted), *(f"!{show(parts)}" for parts in unwanted)])(path) == expected


def by_expression(pattern: str, path: str) -> bool:
    """A negative pattern that means nothing here keeps `matcher` from its short way."""
    return matcher([pattern, "!no such path"])(path)


SHORT = st.lists(st.sampled_from(["a", "b", "a.b", ".", "\\", "**", ""]), min_size=1, max_size=4).map("/".join)
WHERE = st.lists(st.sampled_from(["a", "b", "a.b", "a-b"]), min_size=1, max_size=4).map("/".join)


@given(SHORT, WHERE)
def test_the_short_way_for_folders_finds_what_the_expression_finds(pattern: str, path: str) -> None:
    assert matcher([pattern])(path) == by_expression(pattern, path)


@given(st.text("ab/.*\\", max_size=6), st.text("ab/.*\\", min_size=1, max_size=6))
def test_the_short_way_agrees_for_any_text(pattern: str, path: str) -> None:
    if not pattern.startswith("!"):
        assert matcher([pattern])(path) == by_expression(pattern, path)


@pytest.mark.parametrize("pattern", ["dist", "dist/", "dist//", "dist/**", "dist/**/", "a/dist", "a\nb/**"])
def test_a_folder_needs_no_expression(pattern: str) -> None:
    assert _folders((pattern,)) is not None


@given(st.lists(st.text(st.sampled_from("!^[]{}*?,\\/.-&|~#()ab\n"), max_size=8), max_size=3), st.text(max_size=4))
def test_any_text_is_a_pattern(patterns: list[str], path: str) -> None:
    matcher(patterns)(path)
    for pattern in patterns:
        re.compile(translate(pattern))
        literal_prefix(pattern)
        assert is_literal(pattern) or set(pattern) & set("*?[{")


def test_a_pattern_that_cannot_be_leaves_the_others_as_they_are() -> None:
    fits = matcher(["dist/*.js", "[user-id]/page"])
    assert fits("dist/a.js")
    assert fits("[user-id]/page/x")
    assert not fits("u/page")


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("src/**/*.rs", ["src/a.rs", "src/a/b/c.rs"], ["a.rs", "src/a.rsx", "lib/src/a.rs"]),
        ("**/node_modules", ["node_modules", "a/node_modules/b"], ["a/node_modules2"]),
        ("*.{ts,tsx}", ["a.ts", "a.tsx"], ["a.t", "a/b.ts", "a.ts,tsx"]),
        ("{a/b,c/**}/d", ["a/b/d", "c/x/y/d"], ["a/d", "a/b"]),
        ("[!a]x", ["bx"], ["ax", "/x"]),
        ("[]]", ["]"], ["[", "[]"]),
        (r"\[id\].ts", ["[id].ts"], ["i.ts"]),
        ("[a--]", ["[a--]"], ["a", "-"]),
        ("a[-b]", ["a-", "ab"], ["a"]),
        ("[&&~~||]", ["&", "~", "|"], ["a"]),
        (".", ["a", "a/b"], []),
        ("./**", ["a", "a/b"], []),
        ("dist/**", ["dist", "dist/a"], ["dista"]),
        ("/**", ["/a"], ["a"]),
    ],
)
def test_what_the_signs_mean(pattern: str, yes: list[str], no: list[str]) -> None:
    for fits in (matcher([pattern]), lambda path: by_expression(pattern, path)):
        assert [path for path in (*yes, *no) if fits(path)] == yes
