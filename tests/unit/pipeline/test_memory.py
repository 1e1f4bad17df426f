"""What a checkout remembers, when several runs write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pitstop.pipeline.memory import Last, Memory

if TYPE_CHECKING:
    from pathlib import Path

TASKS = st.sampled_from("abcd")


def last(action: str) -> Last:
    return Last(action, 1.0, f"print of {action}", (("path", action, 1, 2, 3, 4),), (5,))


def test_what_is_saved_is_there_the_next_time(tmp_path: Path) -> None:
    memory = Memory(str(tmp_path))
    memory.set("a", last("one"))
    memory.fresh["all"] = ("certificate",)
    memory.load_keys()["seen"]["print"] = "action"
    memory.load_parts()["parts"]["a"] = {"command": "x"}
    assert memory.save(keys=True)
    again = Memory(str(tmp_path))
    assert again.tasks == {"a": last("one")}
    assert again.fresh == {"all": ("certificate",)}
    assert again.load_keys()["seen"] == {"print": "action"}
    assert again.load_parts()["parts"] == {"a": {"command": "x"}}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 2), TASKS | st.just("save"), st.none() | st.sampled_from(("x", "y"))), max_size=20
    )
)
def test_runs_at_once_keep_what_each_has_learned_last(tmp_path: Path, steps: list[tuple[int, str, str | None]]) -> None:
    """The oracle: one table; a save lays what its run has touched over it."""
    root = str(tmp_path / str(hash(tuple(steps))))
    runs = [Memory(root) for _ in range(3)]
    touched: list[dict[str, str | None]] = [{}, {}, {}]
    table: dict[str, str] = {}
    for number, task, action in steps:
        if task == "save":
            assert runs[number].save(keys=False)
            for name, value in touched[number].items():
                table.pop(name, None)
                if value is not None:
                    table[name] = value
            assert {name: one.action for name, one in runs[number].tasks.items()} == table
        else:
            runs[number].set(task, None if action is None else last(action))
            touched[number][task] = action
    assert {name: one.action for name, one in Memory(root).tasks.items()} == table


def test_a_refresh_brings_what_others_saved_and_keeps_what_is_ours(tmp_path: Path) -> None:
    one, other = Memory(str(tmp_path)), Memory(str(tmp_path))
    one.set("a", last("of one"))
    one.set("b", last("of one"))
    one.save(keys=False)
    other.set("b", last("of the other"))
    other.refresh()
    assert {name: found.action for name, found in other.tasks.items()} == {"a": "of one", "b": "of the other"}


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / ".pitstop").write_text("in the way")
    memory = Memory(str(tmp_path))
    memory.set("a", last("one"))
    assert not memory.save(keys=True)
