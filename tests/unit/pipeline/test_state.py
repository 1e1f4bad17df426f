"""Small remembered files: whole or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pitstop.pipeline import state

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

LEAF = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.binary(), st.text())
VALUE = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(), inner, max_size=3),
    ),
    max_leaves=8,
)
FIXTURE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)


@FIXTURE
@given(VALUE)
def test_what_is_saved_is_loaded(tmp_path: Path, value: Any) -> None:
    path = str(tmp_path / "state")
    assert state.save(path, value)
    assert state.load(path) == value
    assert os.listdir(tmp_path) == ["state"]


@FIXTURE
@given(VALUE, st.data())
def test_any_damage_is_nothing_remembered(tmp_path: Path, value: Any, data: st.DataObject) -> None:
    path = tmp_path / "state"
    state.save(str(path), value)
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    flipped = bytes((whole[at] ^ data.draw(st.integers(1, 255)),))
    for damaged in (whole[:at], whole[:at] + flipped + whole[at + 1 :], whole + flipped):
        path.write_bytes(damaged)
        assert state.load(str(path)) is None


@FIXTURE
@given(st.binary(max_size=200))
def test_any_file_is_read_without_an_error(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "state").write_bytes(data)
    assert state.load(str(tmp_path / "state")) is None


def test_a_file_of_another_version_is_nothing_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(tmp_path / "state")
    with monkeypatch.context() as patch:
        patch.setattr(state, "_TAG", state._TAG.replace(b"pitstop ", b"pitstop 9"))
        state.save(path, 1)
        assert state.load(path) == 1
    assert state.load(path) is None


def test_what_is_missing_or_a_folder_is_nothing_remembered(tmp_path: Path) -> None:
    assert state.load(str(tmp_path / "nothing")) is None
    assert state.load(str(tmp_path)) is None


def test_folders_are_made_and_pitstops_own_is_kept_out_of_git(tmp_path: Path) -> None:
    path = tmp_path / ".pitstop" / "state" / "tasks"
    assert state.save(str(path), {"a": (1, b"x")})
    assert state.load(str(path)) == {"a": (1, b"x")}
    assert (tmp_path / ".pitstop" / ".gitignore").read_text().startswith("/*\n")
    assert os.listdir(path.parent) == ["tasks"]


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    assert not state.save(str(tmp_path / "file" / "state"), 1)
    assert (tmp_path / "file").read_bytes() == b"mine"
    (tmp_path / "folder").mkdir()
    assert not state.save(str(tmp_path / "folder"), 1)
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"], "and nothing half written"
