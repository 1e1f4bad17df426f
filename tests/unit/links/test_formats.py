"""Readers of TOML, JSON, JSONC and YAML: values, places of mistakes, and any bytes at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pitstop.core.errors import ConfigError
from pitstop.links.formats import _blocks, read_block_yaml, read_json, read_jsonc, read_toml, read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable

READERS = (read_toml, read_json, read_jsonc, read_yaml, read_block_yaml)

PIECES = st.lists(
    st.sampled_from(
        [
            "a",
            "b: ",
            "- ",
            "  ",
            "\n",
            '"',
            "'",
            "{",
            "}",
            "[",
            "]",
            ":",
            ", ",
            "#",
            "//",
            "/*",
            "*/",
            "= ",
            "1",
            "&a ",
            "*a",
            "<<: ",
            "?",
            "| ",
            "> ",
            "\t",
            "\\",
            "é",
            "\r\n",
            "!!x ",
            "---\n",
            "1" * 5000,
            "[" * 3000,
            "2001-99-99",
        ]
    )
).map("".join)


def problem_of(reader: Callable[..., Any], data: bytes) -> str:
    """Return what a reader says against `data`; nothing else may come out of it than a ConfigError."""
    try:
        reader(data, "some/file")
    except ConfigError as error:
        return error.problem
    return ""


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "data", [b"[", b"{a: ", b'{"a":', b"- ", b"? ", b"a: [", b"[[", b"1", b"{", b"[{", b"&a [*a]", b'"', b"!", b"\xff"]
)
def test_what_is_nested_too_deep_is_a_mistake_and_no_crash(reader: Callable[..., Any], data: bytes) -> None:
    for repeated in (data * 20_000, b"a = " + data * 20_000):
        assert len(problem_of(reader, repeated)) < 300


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.slow
@settings(deadline=None)
@given(st.one_of(st.binary(), st.text().map(str.encode), PIECES.map(str.encode)))
def test_whatever_the_bytes_are_a_reader_returns_a_value_or_names_the_file(
    reader: Callable[..., Any], data: bytes
) -> None:
    problem = problem_of(reader, data)
    assert not problem or problem.startswith("some/file")
    assert "\n" not in problem


@pytest.mark.parametrize(
    ("reader", "data", "place"),
    [
        (read_toml, b'[a]\nb = "x\n', "f:2:7"),
        (read_toml, b"a = 1\na = 2\n", "f:2:6"),
        (read_toml, b"a = [1", "f:1:7"),
        (read_json, b'{"a": 1,\n "b": }', "f:2:7"),
        (read_jsonc, b'{\n  // here\n  "a": tru\n}', "f:3:8"),
        (read_yaml, b"a: 1\nb: [1\n", "f:3:1"),
        (read_yaml, b"a: 1\n\tb: 2\n", "f:2:1"),
        (read_json, b"\xef\xbb\xbf\n\xff", "f:2:1"),
    ],
)
def test_a_mistake_is_named_by_line_and_column(reader: Callable[..., Any], data: bytes, place: str) -> None:
    with pytest.raises(ConfigError) as caught:
        reader(data, "f")
    assert caught.value.problem.startswith(place + ": ")


def test_a_byte_order_mark_is_no_part_of_the_value() -> None:
    assert read_json(b'\xef\xbb\xbf{"a": 1}', "f") == {"a": 1}
    assert read_toml(b"\xef\xbb\xbfa = 1", "f") == {"a": 1}


def test_numbers_and_words_of_yaml_stay_as_they_are_written() -> None:
    assert read_yaml(b"a: 1.10\nb: no\nc: 2001-01-01\n", "f") == {"a": "1.10", "b": "no", "c": "2001-01-01"}


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=6)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=8,
)


@pytest.mark.slow
@settings(deadline=None)
@given(VALUES, st.sampled_from(["", '// a " }, b\n', "/* , ] */", "/* \n // */ "]))
def test_comments_and_final_commas_do_not_change_what_jsonc_says(value: object, comment: str) -> None:
    def written(value: object) -> str:
        match value:
            case dict():
                items = [f"{comment}{json.dumps(key)}{comment}: {written(item)}" for key, item in value.items()]
                return "{" + ",".join(items) + ("," if items else "") + comment + "}"
            case list():
                return "[" + "".join(f"{written(item)}{comment}," for item in value) + "]"
            case _:
                return json.dumps(value)

    assert read_jsonc(written(value).encode(), "f") == value


WORDS = st.one_of(
    st.from_regex(r"[a-zA-Z@/0-9^~>=*.()_:' \"{},\[\]#&-]{0,12}", fullmatch=True), st.sampled_from(["", "''", "a: b"])
)
BLOCKS = st.recursive(
    st.one_of(WORDS, st.lists(WORDS, max_size=3)),
    lambda inner: st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.slow
@settings(deadline=None)
@given(st.dictionaries(WORDS, BLOCKS, max_size=4), st.sampled_from([None, False]))
def test_the_fast_reader_of_yaml_says_what_the_whole_one_says(value: dict[str, Any], flow: bool | None) -> None:
    text = yaml.dump(value, default_flow_style=flow, width=10_000, allow_unicode=True)
    fast = _blocks(text)
    if fast is not None:
        assert fast == read_yaml(text.encode(), "f")
    assert read_block_yaml(text.encode(), "f") == read_yaml(text.encode(), "f") or value == {}


LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "  ", "    "]),
        st.sampled_from(["a", "'b c'", '"d"', "/e@1.0", "- f", "g: h"]),
        st.sampled_from([":", ": i", ": 'j'", ": {k: l}", ": [m, n]", ": o: p", " # q", ": 'r''s'", ""]),
    )
)


@pytest.mark.slow
@settings(deadline=None)
@given(LINES)
def test_lines_that_look_like_blocks_are_read_as_yaml_reads_them(lines: list[tuple[str, str, str]]) -> None:
    text = "".join("".join(line) + "\n" for line in lines)
    fast = _blocks(text)
    if fast:
        assert fast == read_yaml(text.encode(), "f")


def test_lock_files_of_package_managers_go_the_fast_way() -> None:
    text = """\
lockfileVersion: '9.0'

settings:
  autoInstallPeers: true

importers:

  .:
    devDependencies:
      '@scope/tool':
        specifier: ^1.0.0
        version: 1.2.0(typescript@5.0.0)
  packages/a: {}

packages:

  '@scope/tool@1.2.0':
    resolution: {integrity: sha512-abc==}
    engines: {node: '>=18', npm: ^9 || >=10}
    cpu: [x64, arm64]
    hasBin: true

snapshots:

  '@scope/tool@1.2.0(typescript@5.0.0)':
    transitivePeerDependencies:
      - supports-color
"""
    assert _blocks(text) == read_yaml(text.encode(), "f")
