"""Digests over the entries of a lock file."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pitstop.pipeline.detect.reach import Entry, combined, digests

KEYS = "abcdefgh"
GRAPHS = st.fixed_dictionaries({key: st.lists(st.sampled_from(KEYS + "?"), max_size=3) for key in KEYS})


def reached(graph: dict[str, list[str]], start: str) -> set[str]:
    """The slow, obvious way."""
    found: set[str] = set()
    queue = [start]
    while queue:
        key = queue.pop()
        if key in graph and key not in found:
            found.add(key)
            queue += graph[key]
    return found


@settings(deadline=None, max_examples=60)
@given(GRAPHS, st.sampled_from(KEYS))
def test_changing_an_entry_changes_exactly_the_digests_of_those_that_reach_it(
    graph: dict[str, list[str]], changed: str
) -> None:
    before = digests({key: Entry(key, tuple(needs)) for key, needs in graph.items()})
    after = digests({key: Entry(key + "!" * (key == changed), tuple(needs)) for key, needs in graph.items()})
    assert {key for key in graph if before[key] != after[key]} == {
        key for key in graph if changed in reached(graph, key)
    }


@settings(deadline=None, max_examples=60)
@given(GRAPHS, st.randoms())
def test_the_order_of_entries_and_needs_does_not_matter(graph: dict[str, list[str]], random: object) -> None:
    def shuffled(items: list[str]) -> list[str]:
        items = list(items)
        random.shuffle(items)  # type: ignore[attr-defined]
        return items

    straight = digests({key: Entry(key, tuple(needs)) for key, needs in graph.items()})
    crooked = digests({key: Entry(key, tuple(shuffled(graph[key]))) for key in shuffled(list(graph))})
    assert straight == crooked


def test_a_chain_of_many_thousand_entries_needs_no_recursion() -> None:
    chain = {str(number): Entry(str(number), (str(number + 1),)) for number in range(5_000)}
    assert len(digests(chain)) == 5_000


def test_a_set_of_digests_has_one_digest_whatever_the_order() -> None:
    assert combined([b"a", b"b", b"a"]) == combined([b"b", b"a"])
    assert combined([b"a"]) != combined([b"b"])
