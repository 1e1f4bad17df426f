"""Why a key changed, against two worlds laid side by side."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitstop.pipeline.reasons import Change, compare, forget, remember

if TYPE_CHECKING:
    from pitstop.pipeline.inputs import Inputs

PACKAGES = ("a", "b", "c", "d")


def mark(value: object) -> str:
    return sha256(repr(value).encode()).hexdigest()


class World(NamedTuple):
    """Packages without circles, told to `remember` as `Inputs` tells it."""

    files: dict[str, dict[str, str]]
    locks: dict[str, str]
    needs: dict[str, tuple[str, ...]]

    def describe(self, package: str, *, dev: bool = False) -> tuple[str, str, tuple[tuple[str, str], ...]]:  # noqa: ARG002  as Inputs has it
        own = mark((self.files_of_package(package), self.locks[package]))
        return own, self.locks[package], tuple((need, self.closure_print(need)) for need in self.needs[package])

    def closure_print(self, package: str, *, dev: bool = False) -> str:  # noqa: ARG002  as Inputs has it
        return mark((package, self.describe(package)))

    def files_of_package(self, package: str) -> tuple[str, bytes]:
        return self.files_of(f"{package}/{name}" for name in self.files[package])

    def files_of(self, rows: Any) -> tuple[str, bytes]:
        paths = sorted(rows)
        content = (self.files[path[0]][path[2:]] for path in paths)
        return "\0".join(paths), b"".join(sha256(one.encode()).digest() for one in content)

    def parts(self, package: str, rows: list[str]) -> dict[str, str]:
        return {"files": mark(self.files_of(rows)), "packages": self.closure_print(package)}


@st.composite
def worlds(draw: st.DrawFn) -> World:
    files = {one: draw(st.dictionaries(st.sampled_from("xyz"), st.sampled_from("12"))) for one in PACKAGES}
    locks = {one: draw(st.sampled_from(["", "L1", "L2"])) for one in PACKAGES}
    needs = {
        one: tuple(sorted(draw(st.sets(st.sampled_from(PACKAGES[number + 1 :]))))) if PACKAGES[number + 1 :] else ()
        for number, one in enumerate(PACKAGES)
    }
    return World(files, locks, needs)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[World, World]:
    """Two worlds that differ in some fields only."""
    one, other = draw(worlds()), draw(worlds())
    return one, one._replace(**{name: getattr(other, name) for name in draw(st.sets(st.sampled_from(one._fields)))})


def tables() -> dict[str, Any]:
    return {"parts": {}, "files": {}, "packages": {}}


def told(store: dict[str, Any], world: World, task: str = "a:build") -> dict[str, str]:
    rows = [f"a/{name}" for name in world.files["a"]]
    parts = world.parts("a", rows)
    remember(store, cast("Inputs", world), task, "a", parts, rows)
    return parts


def common(before: World, after: World) -> set[str]:
    """Packages that are reached in both worlds along the same edges: those whose inside can be compared."""
    found = {"a"}
    while more := {need for one in found for need in set(before.needs[one]) & set(after.needs[one])} - found:
        found |= more
    return found


@pytest.mark.slow
@settings(max_examples=60)
@given(pairs())
def test_each_difference_is_named_once_and_nothing_else(pair: tuple[World, World]) -> None:
    before, after = pair
    store = tables()
    old, new = told(store, before), told(store, after)
    expected: set[tuple[str, str]] = set()
    for one in common(before, after):
        was, now = before.files[one], after.files[one]
        expected |= {("file", f"{one}/{name}") for name in "xyz" if was.get(name) != now.get(name)}
        if before.locks[one] != after.locks[one]:
            expected.add(("lock", f"lock file entries of {one}"))
        expected |= {("package", need) for need in set(before.needs[one]) ^ set(after.needs[one])}
    found = compare(old, new, "a", store)
    assert {(change.kind, change.name) for change in found} == expected
    assert len(set(found)) == len(found)
    assert bool(found) == (old != new)
    assert all(change.before != change.after and change.text() for change in found)


@pytest.mark.slow
@settings(max_examples=40)
@given(st.lists(worlds(), min_size=2, max_size=4))
def test_what_is_forgotten_is_what_no_remembered_key_needs(several: list[World]) -> None:
    store = tables()
    parts = [told(store, world, f"a:{number % 2}") for number, world in enumerate(several)]
    last = parts[-1], parts[-2]
    before = compare(*last, "a", store)
    store["files"] |= {f"old {number}": ("", b"") for number in range(2000)}
    forget(store)
    assert compare(*last, "a", store) == before
    assert len(store["files"]) < 100
    assert set(store["packages"]) <= {world.closure_print(one) for world in several[-2:] for one in PACKAGES}


def test_little_is_not_worth_forgetting() -> None:
    store = tables()
    store["files"] = {str(number): ("", b"") for number in range(999)}
    forget(store)
    assert len(store["files"]) == 999


def test_packages_in_a_circle_are_walked_once() -> None:
    store = tables()
    store["packages"] = {
        "old": {"a": ("o", "", (("b", "old"),)), "b": ("p", "", (("a", "old"),))},
        "new": {"a": ("o", "", (("b", "new"),)), "b": ("q", "", (("a", "new"),))},
    }
    store["files"] = {"p": ("b/x", b"1" * 32), "q": ("b/x", b"2" * 32)}
    found = compare({"packages": "old"}, {"packages": "new"}, "a", store)
    assert [(change.kind, change.name) for change in found] == [("file", "b/x")]


def test_what_is_no_longer_remembered_is_named_as_a_whole() -> None:
    assert compare({"files": "1", "packages": "1"}, {"files": "2", "packages": "2"}, "a", tables()) == [
        Change("file", "files of the package", "1", "2"),
        Change("package", "a", "1", "2"),
    ]


PIECES = st.dictionaries(
    st.sampled_from(
        ["command", "cwd", "env A", "env B", "secret S", "tool cc", "file x", "task p:t", "outputs", "new 1"]
    ),
    st.text(max_size=20),
)


@given(PIECES, PIECES)
def test_every_piece_that_differs_is_a_change_and_the_most_telling_comes_first(
    before: dict[str, str], after: dict[str, str]
) -> None:
    found = compare(before, after, "a", tables())
    differ = {piece for piece in before | after if before.get(piece, "") != after.get(piece, "")}
    assert {change.name for change in found if change.name} == {
        piece.partition(" ")[2] for piece in differ if " " in piece
    }
    assert len(found) == len(differ)
    assert compare(before, before, "a", tables()) == []
    kinds = [change.kind for change in found]
    if "command" in kinds:
        assert kinds[0] == "command"
    if "version" in kinds:
        assert kinds[-1] == "version"


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (Change("file", "src/lib.rs", "ab", "cd"), "src/lib.rs changed"),
        (Change("file", "src/lib.rs", "", "cd"), "src/lib.rs is new"),
        (Change("file", "src/lib.rs", "ab", ""), "src/lib.rs is gone"),
        (Change("env", "CI", "1", "2"), "env CI: 1 -> 2"),
        (Change("env", "PATH", "x" * 100, "y" * 100), "env PATH changed"),
        (Change("tool", "rustc", "1.80", "1.81"), "tool rustc: 1.80 -> 1.81"),
        (Change("secret", "TOKEN", "ab", "cd"), "secret TOKEN changed"),
        (Change("command", "", "a", "b"), "command changed"),
    ],
)
def test_a_change_is_said_in_a_few_words(change: Change, text: str) -> None:
    assert change.text() == text
