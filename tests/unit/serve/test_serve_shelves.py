"""What goes when a quota is passed, beside an oracle that sorts everything anew each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.serve.cache.shelves import UNBOUNDED, Kept, Name, Quotas, Shelves

if TYPE_CHECKING:
    from collections.abc import Iterable

TEAMS = ("app", "web")
SPACES = ("bazel", "nx")
NAMES = st.builds(Name, st.sampled_from(TEAMS), st.sampled_from(SPACES), st.sampled_from("abc"))
SIZES = st.sampled_from([0, 1, 9, 10, 20, 30, 40])
QUOTAS = st.builds(
    Quotas,
    st.sampled_from([60, 100, UNBOUNDED]),
    st.dictionaries(st.sampled_from((*TEAMS, "*")), st.integers(20, 90)),
    st.dictionaries(st.tuples(st.sampled_from((*TEAMS, "*")), st.sampled_from(SPACES)), st.integers(10, 60)),
    st.sampled_from([30, UNBOUNDED]),
)
STEPS = st.lists(
    st.tuples(st.sampled_from(["keep", "use", "drop"]), NAMES, st.sampled_from([0, 10, 20, 30])),
    min_size=20,
    max_size=60,
)


class Oracle:
    """A list of (name, size), the longest unused first."""

    def __init__(self, quotas: Quotas) -> None:
        self.quotas = quotas
        self.kept: list[tuple[Name, int]] = []

    def keep(self, name: Name, size: int) -> list[Name]:
        self.drop(name)
        self.kept.append((name, size))
        team, shelf = self.quotas.teams, self.quotas.shelves
        gone = self._shrink(
            [each for each in self.kept if each[0][:2] == name[:2]],
            shelf.get((name.team, name.space), shelf.get(("*", name.space), UNBOUNDED)),
        )
        gone += self._shrink(
            [each for each in self.kept if each[0].team == name.team], team.get(name.team, team.get("*", UNBOUNDED))
        )
        return gone + self._shrink(list(self.kept), self.quotas.total)

    def _shrink(self, scope: list[tuple[Name, int]], most: int) -> list[Name]:
        gone = []
        while sum(size for _name, size in scope) > most:
            gone.append(scope.pop(0))
        self.kept = [each for each in self.kept if each not in gone]
        return [name for name, _size in gone]

    def use(self, name: Name) -> None:
        self.kept.sort(key=lambda each: each[0] == name)

    def drop(self, name: Name) -> bool:
        before = len(self.kept)
        self.kept = [each for each in self.kept if each[0] != name]
        return len(self.kept) < before


def same(shelves: Shelves, kept: Iterable[tuple[Name, int]]) -> None:
    listed = list(kept)
    for team in TEAMS:
        for space in SPACES:
            for key in "abc":
                name = Name(team, space, key)
                assert shelves.size_of(name) == dict(listed).get(name)
    assert (shelves.objects, shelves.bytes) == (len(listed), sum(size for _name, size in listed))
    by_shelf = {(shelf.team, shelf.space): (shelf.objects, shelf.bytes) for shelf in shelves.listed()}
    for place, counted in by_shelf.items():
        sizes = [size for name, size in listed if name[:2] == place]
        assert counted == (len(sizes), sum(sizes))


@pytest.mark.slow
@given(QUOTAS, STEPS)
def test_the_accounts_are_those_of_an_oracle_after_every_step(
    quotas: Quotas, steps: list[tuple[str, Name, int]]
) -> None:
    shelves, oracle = Shelves(quotas), Oracle(quotas)
    for step, name, size in steps:
        if step == "keep":
            if size <= shelves.room(name.team, name.space):
                assert shelves.keep(name, size) == oracle.keep(name, size)
                assert shelves.size_of(name) == size, "what was just kept never goes"
        elif step == "use":
            shelves.use(name)
            oracle.use(name)
        else:
            assert shelves.drop(name) == oracle.drop(name)
        same(shelves, oracle.kept)


@pytest.mark.slow
@given(QUOTAS, st.dictionaries(NAMES, st.tuples(SIZES, st.floats(0, 9))))
def test_loading_keeps_to_the_quotas_in_any_order_and_lets_the_oldest_go(
    quotas: Quotas, found: dict[Name, tuple[int, float]]
) -> None:
    listed = [Kept(name, size, used) for name, (size, used) in found.items()]
    shelves, other = Shelves(quotas), Shelves(quotas)
    gone = shelves.load(listed)
    assert set(gone) == set(other.load(reversed(listed)))
    assert shelves.bytes <= quotas.total
    for team in TEAMS:
        held = sum(shelf.bytes for shelf in shelves.listed() if shelf.team == team)
        assert held <= quotas.teams.get(team, quotas.teams.get("*", UNBOUNDED))
    for shelf in shelves.listed():
        place = (shelf.team, shelf.space)
        left = [kept.used for kept in listed if kept.name[:2] == place and kept.name not in gone]
        lost = [kept.used for kept in listed if kept.name in gone and kept.name[:2] == place]
        assert not left or not lost or max(lost) <= min(left)


def test_an_object_that_can_never_fit_is_known_by_its_size() -> None:
    shelves = Shelves(Quotas(100, {"web": 50, "*": 70}, {("web", "nx"): 10, ("*", "turbo"): 20}, 60))
    assert shelves.room("web", "nx") == 10
    assert shelves.room("web", "turbo") == 20
    assert shelves.room("web", "bazel") == 50
    assert shelves.room("app", "bazel") == 60
    assert Shelves(Quotas(100)).room("app", "nx") == 100
