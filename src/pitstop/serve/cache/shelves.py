"""How much each team keeps with each protocol, and what goes when a quota is passed. Pure: no files, no clock.

A shelf is what one team keeps with one protocol. Every use of an object gets the next number of one counter, so the
object that was used longest ago is the first of one of the shelves, and nothing has to be searched.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

UNBOUNDED = 1 << 62


class Name(NamedTuple):
    """An object: whose it is, the protocol, its key there."""

    team: str
    space: str
    key: str


class Kept(NamedTuple):
    """An object that was found in the storage."""

    name: Name
    size: int
    used: float
    """Seconds since 1970 UTC of its last use, as far as the storage knows."""


class Quotas(NamedTuple):
    """Bytes that may be kept."""

    total: int = UNBOUNDED
    teams: Mapping[str, int] = {}
    """By team, over all protocols."""
    shelves: Mapping[tuple[str, str], int] = {}
    """By team and protocol; the team `*` is each team without a number of its own."""
    largest: int = UNBOUNDED
    """Of one object."""


class Shelf(NamedTuple):
    """What a shelf holds, for people and metrics."""

    team: str
    space: str
    objects: int
    bytes: int


class Shelves:
    """The accounts: sizes of all objects, in the order of their use. Nothing here may be called by two threads."""

    def __init__(self, quotas: Quotas) -> None:
        self.quotas = quotas
        self.objects = 0
        self.bytes = 0
        self._shelves: dict[tuple[str, str], OrderedDict[str, tuple[int, int]]] = {}
        self._sizes: dict[tuple[str, str], int] = {}
        self._teams: dict[str, int] = {}
        self._uses = 0

    def load(self, found: Iterable[Kept]) -> list[Name]:
        """Take what a storage holds; return what has to go because a quota was passed."""
        for kept in sorted(found, key=lambda kept: (kept.used, kept.name)):
            self._add(kept.name, kept.size)
        places = list(self._shelves)
        return [gone for place in places for gone in self._shrink(*place)]

    def size_of(self, name: Name) -> int | None:
        """Return the bytes of an object, None when it is not there. That is no use of it."""
        entry = self._shelves.get(name[:2], _NOTHING).get(name.key)
        return None if entry is None else entry[0]

    def use(self, name: Name) -> None:
        """Note that an object was used now; one that is not there is none."""
        shelf = self._shelves.get(name[:2])
        if shelf is not None and (entry := shelf.get(name.key)) is not None:
            self._uses += 1
            shelf[name.key] = (entry[0], self._uses)
            shelf.move_to_end(name.key)

    def room(self, team: str, space: str) -> int:
        """Return the size of the largest object that can be kept at all."""
        return min(self.quotas.largest, self._shelf_quota(team, space), self._team_quota(team), self.quotas.total)

    def keep(self, name: Name, size: int) -> list[Name]:
        """Add an object, or replace it; return what goes for it, already taken out of the accounts.

        `size` must be at most `room`, so the object itself never goes.
        """
        self.drop(name)
        self._add(name, size)
        return self._shrink(name.team, name.space)

    def drop(self, name: Name) -> bool:
        """Take an object out; return whether it was there."""
        shelf = self._shelves.get(name[:2])
        entry = shelf.pop(name.key, None) if shelf is not None else None
        if entry is None:
            return False
        self._count(name[:2], -1, -entry[0])
        return True

    def listed(self) -> Iterator[Shelf]:
        """Yield each shelf, sorted by team and protocol."""
        for team, space in sorted(self._shelves):
            yield Shelf(team, space, len(self._shelves[team, space]), self._sizes[team, space])

    def _add(self, name: Name, size: int) -> None:
        self._uses += 1
        self._shelves.setdefault(name[:2], OrderedDict())[name.key] = (size, self._uses)
        self._count(name[:2], 1, size)

    def _count(self, place: tuple[str, str], objects: int, size: int) -> None:
        self.objects += objects
        self.bytes += size
        self._sizes[place] = self._sizes.get(place, 0) + size
        self._teams[place[0]] = self._teams.get(place[0], 0) + size

    def _shrink(self, team: str, space: str) -> list[Name]:
        """Take out what was used longest ago until the shelf, the team and the whole are within their quotas."""
        gone: list[Name] = []
        while self._sizes[team, space] > self._shelf_quota(team, space):
            gone.append(self._oldest([(team, space)]))
        while self._teams[team] > self._team_quota(team):
            gone.append(self._oldest([place for place in self._shelves if place[0] == team]))
        while self.bytes > self.quotas.total:
            gone.append(self._oldest(list(self._shelves)))
        return gone

    def _oldest(self, places: list[tuple[str, str]]) -> Name:
        filled = [place for place in places if self._shelves[place]]
        place = min(filled, key=lambda place: next(iter(self._shelves[place].values()))[1])
        key, (size, _use) = self._shelves[place].popitem(last=False)
        self._count(place, -1, -size)
        return Name(*place, key)

    def _shelf_quota(self, team: str, space: str) -> int:
        quotas = self.quotas.shelves
        return quotas.get((team, space), quotas.get(("*", space), UNBOUNDED))

    def _team_quota(self, team: str) -> int:
        return self.quotas.teams.get(team, self.quotas.teams.get("*", UNBOUNDED))


_NOTHING: Mapping[str, tuple[int, int]] = {}
