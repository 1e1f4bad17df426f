"""Lines without what varies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.explain.compare.masks import roughen, template


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5 tests in 0.3 s", "7 tests in 12.05 ms"),
        ("took 0 s", "took 0.014 s"),
        ("Progress: 0/1.9 MB", "Progress: 0.3/1.9 MB"),
        ("at 0f3a9bc1 (HEAD)", "at 77e0aa12 (HEAD)"),
        ("id 6ba7b810-9dad-11d1-80b4-00c04fd430c8 done", "id 16fd2706-8baf-433b-82eb-8c7fada847da done"),
        ("2026-11-22T01:02:03Z ok then", "2025-01-02T23:59:59.123Z ok then"),
        ("get https://a.example/x/1.pom now", "get http://b.example/y?z=2 now"),
        ("wrote /tmp/pip-a8xkq/x.whl, done", "wrote /tmp/pip-zz/y.whl, done"),
        ("Sun Nov 22 10:00:00 UTC 2026 start", "Mon Jan  2 11:30:00 UTC 2025 start"),
    ],
)
def test_lines_that_differ_in_what_varies_have_one_template(one: str, other: str) -> None:
    assert template(one) == template(other) != b""


@pytest.mark.parametrize(
    ("one", "other"),
    [("0 failures", "1 failures"), ("cannot open a", "cannot open b"), ("exit code 0", "exit code 2")],
)
def test_lines_that_say_something_else_have_not(one: str, other: str) -> None:
    assert template(one) != template(other)


def test_rough_texts_differ_where_a_count_of_failures_is_none() -> None:
    none, some, more = roughen(["3 passed, 0 failed", "2 passed, 1 failed", "1 passed, 12 failed"])
    assert none != some == more


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n"))))
def test_each_text_has_its_rough_text(texts: list[str]) -> None:
    assert roughen(texts) == [roughen([text])[0] for text in texts]
