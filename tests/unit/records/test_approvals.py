"""Answers to a waiting run: whole or absent, and the first one stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.records.approvals import Answer, answer, find_answer, path_of


@given(st.text(st.characters(codec="utf-8") | st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF), max_size=20))
def test_an_answer_is_found_under_any_name_of_a_task(tmp_path_factory: pytest.TempPathFactory, task: str) -> None:
    folder = str(tmp_path_factory.mktemp("run"))
    assert find_answer(folder, task) is None
    assert answer(folder, task, Answer(approved=True, by="ada@engine", time=1.5))
    assert find_answer(folder, task) == Answer(approved=True, by="ada@engine", time=1.5)
    assert Path(path_of(folder, task)).parent == Path(folder, "approvals")


def test_the_first_answer_stays(tmp_path: Path) -> None:
    assert answer(str(tmp_path), "a", Answer(approved=False, by="ada"))
    assert not answer(str(tmp_path), "a", Answer(approved=True, by="eve"))
    assert find_answer(str(tmp_path), "a") == Answer(approved=False, by="ada")
    assert [file.name for file in (tmp_path / "approvals").iterdir()] == ["a.json"]


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"approved": 1}', b'{"by": "x"}', b"\xff"])
def test_what_is_no_answer_is_none(tmp_path: Path, data: bytes) -> None:
    answer(str(tmp_path), "a", Answer(approved=True))
    Path(path_of(str(tmp_path), "a")).write_bytes(data)
    assert find_answer(str(tmp_path), "a") is None
