"""The kinds of lines: what is only looked at where it may be is found all the same."""

from __future__ import annotations

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pitstop.explain.rank import classes
from pitstop.explain.rank.classes import NAMES, SHAPES, shapes_of

PARTS = st.sampled_from(
    [
        *(
            "error",
            "Error",
            "FAILED",
            "warning",
            "note",
            "ok",
            "PASS",
            "make",
            "npm ERR!",
            "exit",
            "failures",
            "there were",
        ),
        *(
            ": ",
            " ",
            "\t",
            "(3)",
            "12) ",
            "1 | ",
            "│ ",
            "+",
            "-",
            "@@",
            "====",
            "~~~~",
            "──────",
            "> ",
            "$ ",
            "L3:4",
            "٣:٤ ",
        ),
        *(
            "[",
            "]",
            "#",
            "*",
            "…",
            "✓ ",
            "✗ ",
            "3 failed",
            "0 errors",
            "Exception",
            "\u017f",
            "\u212a",
            "went wrong",
            "to ",
        ),
    ]
)
TEXTS = st.lists(st.lists(st.one_of(PARTS, st.text(max_size=4)), max_size=6).map("".join), max_size=6)


EACH = [
    *(
        "- gone",
        "+ new",
        "@@ -1 +1 @@",
        "--- a",
        "======",
        "~~~~~~",
        "######",
        "- - - - - -",
        "══════",
        "== a ==",
        "## b ##",
    ),
    *("1) x", "2. y", "1 | x", "| x", "│ x", "> 3 | x", "3:4 x", "L3:4", "line 3", "[1,2] x", "$ x", "> x", "+ x"),
    *("++ x", "[command] x", "  ^", "ok", "PASS", "[+] x", "[-] x", "not ok 1", "Warning: x", "aError: x", "2 failed"),
]


@settings(deadline=None)
@given(TEXTS)
@example(EACH)
@example(["  ٣) x", "ERROR: x", "    ok", " ─────── ", "failure\u017f"])
def test_no_shape_is_missed_by_looking_only_at_lines_that_may_have_it(texts: list[str]) -> None:
    found = shapes_of(texts, [[] for _ in texts])
    for at, (_, pattern) in enumerate(classes._SHAPES):
        assert [row[at] for row in found] == [int(bool(re.search(pattern, text))) for text in texts], SHAPES[at]


def test_words_are_counted_by_kind_and_what_is_not_asked_for_is_nothing() -> None:
    row = shapes_of(["error: not found, not here"], [[b"error", b"not", b"found", b"not", b"here"]], range(0))[0]
    assert {name: many for name, many in zip(NAMES, row, strict=True) if many} == {
        "missing": 2,
        "find": 1,
        "failure": 1,
    }
