"""What every kind of tier must do, on a real server each: see `tier.Tier`."""

from __future__ import annotations

import io
import random
import re
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from tests.support.servers import free_port

from pitstop.cache.actions import ActionResult, OutputFile, encode_result
from pitstop.cache.disk import DiskStore
from pitstop.cache.intake import opened, receive
from pitstop.cache.tiers.tier import TierError
from pitstop.core.digest import Digest, digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from tests.unit.cache.tiers.given import Given

    from pitstop.cache.tiers.tier import Tier

SIZES = (1, 63, 64, 1024, 70_000, 1 << 20, (1 << 20) + 1, (1 << 22) + 1, (1 << 23) + 1)


class Blobs:
    """Bytes of this test alone, kept where a run would keep them."""

    def __init__(self, root: Path, name: str) -> None:
        self.here = DiskStore(str(root / "here"))
        self.there = DiskStore(str(root / "there"))
        self._random = random.Random(name)
        self.taken: list[tuple[Digest, bool]] = []

    def make(self, size: int, *, dull: bool = False) -> Digest:
        """Keep `size` bytes that were never there before; `dull` ones compress well."""
        data = self._random.randbytes(min(size, 32)) + bytes(size - 32) if dull else self._random.randbytes(size)
        found = self.here.put(data)
        assert found is not None
        return found

    def source(self, digest: Digest) -> BinaryIO:
        return opened(self.here, digest)

    def sink(self, digest: Digest, pieces: Iterable[bytes]) -> bool:
        right = receive(self.there, digest, pieces)
        self.taken.append((digest, right))
        return right

    def same(self, digests: Sequence[Digest]) -> bool:
        return all(self.there.get(digest) == self.here.get(digest) is not None for digest in digests)


@pytest.fixture
def blobs(tmp_path: Path, given: Given, name: str) -> Blobs:
    return Blobs(tmp_path, given.address.kind + name)


@pytest.fixture
def results(tier: Tier, blobs: Blobs) -> Mapping[str, bytes]:
    """Results by action, with all that they name already in the tier."""
    named = [blobs.make(size) for size in (10, 2000)]
    tier.put_blobs(named, blobs.source)
    return {
        digest_of(digest.hash.encode()).hash: encode_result(
            ActionResult((OutputFile("a/b", digest, executable=True),), log=b"said", duration_s=1.5, worker="w")
        )
        for digest in named
    }


def test_a_result_comes_back_as_it_was_sent_and_what_is_not_there_is_left_out(
    tier: Tier, results: Mapping[str, bytes]
) -> None:
    other = digest_of(b"another action").hash
    assert tier.get_results([*results, other]) == {}
    tier.put_results(results)
    assert tier.get_results([*results, other]) == dict(results)
    assert tier.get_results([]) == {}


def test_a_result_takes_the_place_of_the_one_before(tier: Tier, results: Mapping[str, bytes]) -> None:
    first, second = results
    tier.put_results(results)
    tier.put_results({first: results[second]})
    assert tier.get_results(list(results)) == {first: results[second], second: results[second]}


def test_a_removed_result_is_gone_and_may_come_again(tier: Tier, results: Mapping[str, bytes]) -> None:
    first, second = results
    tier.put_results(results)
    tier.remove([first, digest_of(b"never there").hash])
    assert tier.get_results(list(results)) == {second: results[second]}
    tier.put_results(results)
    assert tier.get_results(list(results)) == results


def test_missing_are_those_that_were_not_sent(tier: Tier, blobs: Blobs) -> None:
    sent, kept = [blobs.make(size) for size in SIZES[:7]], [blobs.make(size) for size in SIZES[:7]]
    assert tier.missing([*sent, *kept]) == {*sent, *kept}
    tier.put_blobs(sent, blobs.source)
    assert tier.missing([*sent, *kept]) == set(kept)
    assert tier.missing([]) == set()


@pytest.mark.slow
@pytest.mark.parametrize("dull", [False, True], ids=["random", "dull"])
def test_blobs_of_any_size_come_back(tier: Tier, blobs: Blobs, dull: bool) -> None:
    sent = [blobs.make(size, dull=dull and size > 32) for size in SIZES]
    tier.put_blobs(sent, blobs.source)
    assert tier.missing(sent) == set()
    tier.get_blobs(sent, blobs.sink)
    assert sorted(blobs.taken) == sorted((digest, True) for digest in sent)
    assert blobs.same(sent)


def test_blobs_that_are_not_there_are_passed_over(tier: Tier, blobs: Blobs) -> None:
    sent = blobs.make(500)
    gone = [blobs.make(size) for size in (0, 1, 500, (1 << 23) + 1)]
    tier.put_blobs([sent], blobs.source)
    tier.get_blobs([*gone, sent], blobs.sink)
    assert [digest for digest, _ in blobs.taken if digest.size] == [sent]  # to some, nothing is always there


@pytest.mark.slow
def test_thousands_of_names_are_taken_at_once(tier: Tier, given: Given, blobs: Blobs) -> None:
    sent, kept = [blobs.make(40) for _ in range(given.many)], [blobs.make(40) for _ in range(given.many)]
    tier.put_blobs(sent, blobs.source)
    assert tier.missing([*kept, *sent]) == set(kept)
    tier.get_blobs([*sent, *kept], blobs.sink)
    assert sorted(blobs.taken) == sorted((digest, True) for digest in sent)


def test_a_blob_that_is_refused_does_not_keep_the_others_away(tier: Tier, blobs: Blobs) -> None:
    sent = [blobs.make(size) for size in (100, (1 << 23) + 5, 200, (1 << 23) + 6)]
    refused, kept = sent[:2], sent[2:]
    tier.put_blobs(sent, blobs.source)

    def sink(digest: Digest, pieces: Iterable[bytes]) -> bool:
        return False if digest in refused else blobs.sink(digest, pieces)

    tier.get_blobs(sent, sink)
    assert blobs.same(kept)


def test_bytes_under_a_wrong_name_are_never_taken(tier: Tier, blobs: Blobs) -> None:
    """A server may refuse them, too: then they are not there."""
    wanted = blobs.make(1000)
    with suppress(TierError):
        tier.put_blobs([wanted], lambda _digest: io.BytesIO(b"x" * 1000))
    tier.get_blobs([wanted], blobs.sink)
    assert blobs.taken in ([], [(wanted, False)])


def test_a_blob_that_is_gone_when_it_is_to_be_sent_is_the_callers_error(tier: Tier, blobs: Blobs) -> None:
    with pytest.raises(FileNotFoundError):
        tier.put_blobs([digest_of(b"never kept")], blobs.source)


def test_a_closed_tier_can_be_closed_again(tier: Tier, results: Mapping[str, bytes]) -> None:
    tier.put_results(results)
    tier.close()
    tier.close()


def test_a_server_that_is_not_there_is_one_error_with_its_place(given: Given, blobs: Blobs) -> None:
    port = str(free_port())
    address = given.address._replace(
        url=re.sub(r":\d+", f":{port}", given.address.url),
        timeout_s=1.0,
        options={key: re.sub(r":\d+", f":{port}", value) for key, value in given.address.options.items()},
    )
    environ = {key: re.sub(r":\d+", f":{port}", value) for key, value in given.environ.items()}
    tier = given._replace(address=address, environ=environ).open()
    sent = blobs.make(10)
    asks = (
        lambda: tier.get_results([digest_of(b"x").hash]),
        lambda: tier.put_results({digest_of(b"x").hash: encode_result(ActionResult(worker="w"))}),
        lambda: tier.missing([sent]),
        lambda: tier.get_blobs([sent, blobs.make(1 << 24)], blobs.sink),
        lambda: tier.put_blobs([sent], blobs.source),
    )
    for ask in asks:
        with pytest.raises(TierError) as caught:
            ask()
        assert tier.place in str(caught.value)
        assert caught.value.hint
        assert not caught.value.permanent
    tier.close()
    assert blobs.taken in ([], [(sent, False)])


def test_an_option_that_the_kind_does_not_know_is_an_error_that_helps(given: Given) -> None:
    with pytest.raises(TierError) as caught:
        given.option(prefixx="x").open()
    assert caught.value.permanent
    assert "prefixx" in str(caught.value)
    assert caught.value.hint
