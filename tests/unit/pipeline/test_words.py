"""Which programs a command starts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.pipeline.words import command_words

PROGRAMS = ["cargo", "tsc", "python3.11", "g++", "node-gyp"]
BUILTINS = ["cd", "echo", "rm", "export"]
ARGUMENTS = st.lists(st.sampled_from(["-p", "src", "--out=dist", "'a b'"]), max_size=2)
SIMPLE = st.tuples(
    st.lists(st.sampled_from(["A=1", "PATH=x:y"]), max_size=2), st.sampled_from(PROGRAMS + BUILTINS), ARGUMENTS
)


@given(st.lists(st.tuples(SIMPLE, st.sampled_from([" && ", " || ", "; ", " | ", "\n", "&&", ";"])), max_size=4))
def test_the_first_word_of_each_simple_command_that_is_no_builtin(
    commands: list[tuple[tuple[list[str], str, list[str]], str]],
) -> None:
    text = "".join(" ".join([*variables, program, *rest]) + sign for (variables, program, rest), sign in commands)
    expected = dict.fromkeys(program for (_, program, _), _ in commands if program in PROGRAMS)
    assert command_words(text) == tuple(expected)


@given(st.lists(st.text(max_size=4)).map(tuple))
def test_of_an_argument_vector_it_is_the_first(argv: tuple[str, ...]) -> None:
    assert command_words(argv) == argv[:1]


@given(st.text(st.sampled_from("a=-;&|\n '\"$(){}[]\\<>#"), max_size=20))
def test_any_text_gives_words_of_that_text(text: str) -> None:
    words = command_words(text)
    assert len(set(words)) == len(words)
    assert all(word in text.split() or any(word in part for part in text.split()) for word in words)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("", ()),
        ("tsc -p . && node dist/index.js", ("tsc", "node")),
        ("NODE_ENV=test jest", ("jest",)),
        ("./run.sh", ()),
        ("$CC x.c", ()),
        ("rm -rf dist; tsc", ("tsc",)),
    ],
)
def test_examples(command: str, words: tuple[str, ...]) -> None:
    assert command_words(command) == words
