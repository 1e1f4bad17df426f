"""What is told of a task that goes elsewhere: each folder and file once, outputs that do not lie in each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.cache.merkle import File, Folder
from pitstop.core.digest import digest_of
from pitstop.core.globs import literal_prefix
from pitstop.pipeline.execute.remote.errand import _command, _paths, untold
from pitstop.pipeline.execute.remote.state import Operation, Queue, State, Worker, unoffered

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = st.sampled_from(["a", "b", "c/d", "c/e", "f/g/h", "f/g/i"])


def tree_of(files: Mapping[str, bytes]) -> Folder:
    tree = Folder()
    for path, data in files.items():
        tree.add(path, File(digest_of(data)))
    return tree


@given(st.lists(st.dictionaries(NAMES, st.sampled_from([b"1", b"2", b"3"])), max_size=4))
def test_of_each_tree_only_what_is_new_is_told_and_together_it_is_all(trees: list[dict[str, bytes]]) -> None:
    told: set[str] = set()
    directories: dict[str, tuple[list[str], list[str]]] = {}
    files: dict[str, str] = {}
    for each in trees:
        more_directories, more_files = untold(tree_of(each), told)
        names = [one[0] for one in more_directories] + [one[0] for one in more_files]
        assert len(set(names)) == len(names)
        assert not set(names) & (directories.keys() | files.keys())
        directories |= {name: (below, leaves) for name, _, _, below, leaves in more_directories}
        files |= {name: path for name, _, path in more_files}
        assert all(each[path] for _, _, path in more_files)  # where it lies in this very tree
        stack, found = [tree_of(each).encode()[1].hash], set[str]()
        while stack:
            below, leaves = directories[stack.pop()]
            stack += below
            found.update(leaves)
        assert found == {digest_of(data).hash for data in each.values()}
        assert found <= files.keys()


@given(st.lists(st.sampled_from(["out/**", "out/a", "out/b/*.o", "lib", "lib/x.a", "*.txt", "!out/c", "outer/x"])))
def test_no_output_that_is_asked_for_lies_in_another_and_none_is_forgotten(globs: list[str]) -> None:
    paths = [path for path, _ in _paths(tuple(globs))]
    assert paths == sorted(set(paths))
    for path in paths:
        assert not any(other != path and (not other or path.startswith(f"{other}/")) for other in paths)
    for glob in globs:
        if not glob.startswith("!"):
            prefix = literal_prefix(glob)
            assert any(path in {"", prefix} or prefix.startswith(f"{path}/") for path in paths)


def test_what_has_a_wildcard_is_a_folder() -> None:
    assert _paths(("out/**", "one.txt")) == [("one.txt", False), ("out", True)]


def test_a_shell_goes_to_the_folder_and_keeps_both_outputs_in_order() -> None:
    assert _command("make x", "", ()) == ["/bin/sh", "-c", 'exec "$@" 2>&1', "sh", "sh", "-c", "make x"]
    assert _command(("make", "x y"), "a/b", ()) == [
        *("/bin/sh", "-c", 'cd -- "$1" && shift && exec "$@" 2>&1', "sh", "a/b", "make", "x y")
    ]
    front = _command(("x",), "", ("node_modules/.bin", "a b"))[2]
    assert front.startswith('PATH="$PWD"/node_modules/.bin:"$PWD"/\'a b\':"$PATH"; export PATH; ')


LINUX, LARGE = ("OSFamily", "linux"), ("pool", "large")
BUSY = Worker("w", operations=(Operation("op"),))


@pytest.mark.parametrize(
    ("state", "accepted", "missing"),
    [
        (State("reapi"), set(), None),
        (State("buildbarn", (Queue("", (LARGE, LINUX), workers=1),)), set(), []),
        (State("buildbarn", (Queue("", (LARGE, LINUX), workers=0),)), set(), ["OSFamily=linux", "pool=large"]),
        (State("buildbarn", (Queue("", (LINUX,), workers=1),)), set(), ["pool=large"]),
        # All are offered, but not together, and Buildbarn wants exactly these.
        (
            State("buildbarn", (Queue("", (LINUX,), workers=1), Queue("", (LARGE,), workers=1))),
            set(),
            ["OSFamily=linux", "pool=large"],
        ),
        (State("buildgrid"), set(), ["OSFamily=linux", "pool=large"]),
        (State("buildgrid", workers=(BUSY, BUSY)), set(), []),
        (State("buildgrid", workers=(BUSY, Worker("idle"))), {LINUX}, ["pool=large"]),
        (State("buildgrid", workers=(Worker("idle"),)), {LINUX, LARGE}, ["OSFamily=linux", "pool=large"]),
    ],
)
def test_what_nobody_offers_is_named(state: State, accepted: set[tuple[str, str]], missing: list[str] | None) -> None:
    assert unoffered((LINUX, LARGE), state, accepted) == missing
