"""What is taken from a tier and what is not; what is sent, and in which order; small files inside results."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.memory_tier import MemoryTier, Server

from pitstop.cache import wire
from pitstop.cache.actions import ActionResult, OutputFile, OutputLink, decode_result, encode_result
from pitstop.cache.disk import DiskStore
from pitstop.cache.tiers import inline, journal
from pitstop.cache.tiers.journal import Pending
from pitstop.cache.tiers.layers import Got, Parcel, bring, look, read, send, unsafe
from pitstop.cache.tiers.tier import DAMAGED
from pitstop.core.digest import EMPTY, Digest, digest_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ACTION, OTHER = "ab" * 32, "cd" * 32
SMALL, LARGE = b"small", b"large" * 10_000


def believed(_action: str, _message: bytes) -> str:
    return ""


def result_of(*contents: bytes, log: bytes = b"") -> ActionResult:
    files = tuple(OutputFile(f"out/{place}", digest_of(data)) for place, data in enumerate(contents))
    return ActionResult(files, log_digest=digest_of(log) if log else None)


def holding(folder: Path, *contents: bytes) -> DiskStore:
    store = DiskStore(str(folder))
    for data in contents:
        assert store.put(data) is not None
    return store


def parcel(result: ActionResult, action: str = ACTION, *, replace: bool = False) -> Parcel:
    blobs = [file.digest for file in result.files]
    return Parcel(action, encode_result(result), (*blobs, *([result.log_digest] if result.log_digest else [])), replace)


def there_and_back(
    tmp_path: Path, server: Server, result: ActionResult, *contents: bytes
) -> tuple[DiskStore, list[Got]]:
    """Send a result from one store and bring it into another."""
    tier = MemoryTier("memory", server)
    sent = send(tier, holding(tmp_path / "one", *contents), [parcel(result)])
    assert sent.results == (ACTION,)
    found, refused = look(tier, [ACTION, OTHER], believed)
    assert refused == {}
    store, here = DiskStore(str(tmp_path / "two")), list[Got]()
    assert bring(tier, store, found, here.append) == set()
    return store, here


@pytest.mark.parametrize("inlines", [False, True])
def test_what_was_sent_comes_back_whole(tmp_path: Path, inlines: bool) -> None:
    result = result_of(SMALL, LARGE, b"", log=LARGE * 2)
    server = Server(inlines=inlines)
    store, here = there_and_back(tmp_path, server, result, SMALL, LARGE, LARGE * 2)
    assert [(got.action, got.result) for got in here] == [(ACTION, result)]
    assert store.get(digest_of(SMALL)) == SMALL
    assert store.get(digest_of(LARGE)) == LARGE
    assert (digest_of(SMALL).hash in server.blobs) == (not inlines)
    assert [method for method, _ in server.asked if method.startswith("put")] == ["put_blobs", "put_results"]


def test_many_small_files_are_one_request(tmp_path: Path) -> None:
    contents = [b"%d" % number for number in range(100)]
    server = Server(inlines=True)
    store, here = there_and_back(tmp_path, server, result_of(*contents), *contents)
    assert [call for call in server.asked if call[0].startswith("get")] == [("get_results", 2)]
    assert len(here) == 1
    assert all(store.has(digest_of(data)) for data in contents)


def test_a_result_is_here_only_when_every_blob_is(tmp_path: Path) -> None:
    server = Server()
    tier = MemoryTier("memory", server)
    store = holding(tmp_path / "one", SMALL, LARGE, b"x", b"y")
    send(tier, store, [parcel(result_of(SMALL, LARGE)), parcel(result_of(SMALL, b"x"), OTHER)])
    del server.blobs[digest_of(LARGE).hash]
    found, _ = look(tier, [ACTION, OTHER], believed)
    here: list[Got] = []
    assert bring(tier, DiskStore(str(tmp_path / "two")), found, here.append) == set()
    assert [got.action for got in here] == [OTHER]


@pytest.mark.parametrize("inlines", [False, True])
def test_wrong_bytes_are_not_taken_and_are_named(tmp_path: Path, inlines: bool) -> None:
    server = Server(inlines=inlines)
    tier = MemoryTier("memory", server)
    send(tier, holding(tmp_path / "one", SMALL, LARGE), [parcel(result_of(SMALL, LARGE))])
    server.blobs[digest_of(LARGE).hash] = LARGE[:-1] + b"!"
    server.results[ACTION] = server.results[ACTION].replace(SMALL, b"SMALL")
    found, _ = look(tier, [ACTION], believed)
    here: list[Got] = []
    wrong = bring(tier, DiskStore(str(tmp_path / "two")), found, here.append)
    assert here == []
    assert wrong == {digest_of(LARGE)} | ({digest_of(SMALL)} if inlines else set())
    again = send(tier, holding(tmp_path / "one"), [parcel(result_of(SMALL, LARGE))], frozenset(wrong))
    assert again.results == (ACTION,)
    assert server.blobs[digest_of(LARGE).hash] == LARGE


def test_what_the_tier_has_is_not_sent_again_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    server = Server()
    tier = MemoryTier("memory", server)
    store = holding(tmp_path, SMALL)
    send(tier, store, [parcel(result_of(SMALL))])
    assert ("put_blobs", 1) in server.asked
    server.asked.clear()
    send(tier, store, [parcel(result_of(SMALL))])
    assert server.asked == [("missing", 1), ("put_results", 1)]
    server.asked.clear()
    server.blobs[digest_of(SMALL).hash] = b"wrong"
    send(tier, store, [parcel(result_of(SMALL), replace=True)])
    assert server.asked == [("put_blobs", 1), ("put_results", 1)]
    assert server.blobs[digest_of(SMALL).hash] == SMALL


def test_what_may_be_there_already_is_asked_for_first_and_sent_only_where_it_is_not(tmp_path: Path) -> None:
    spoilt, message = "ef" * 32, encode_result(result_of(SMALL))
    server = Server(results={ACTION: b"what another machine made", spoilt: DAMAGED})
    store = holding(tmp_path, SMALL)
    again = [parcel(result_of(SMALL), action)._replace(if_absent=True) for action in (ACTION, OTHER, spoilt)]
    sent = send(MemoryTier("memory", server), store, again)
    assert (sent.results, sent.there, sent.gone) == ((OTHER, spoilt), (ACTION,), ())
    assert server.results == {ACTION: b"what another machine made", OTHER: message, spoilt: message}
    assert server.asked == [("get_results", 3), ("missing", 1), ("put_blobs", 1), ("put_results", 2)]


def test_a_result_whose_blob_is_gone_here_is_not_sent_and_holds_no_other_up(tmp_path: Path) -> None:
    server = Server()
    sent = send(
        MemoryTier("memory", server),
        holding(tmp_path, SMALL),
        [parcel(result_of(LARGE)), parcel(result_of(SMALL), OTHER)],
    )
    assert (sent.results, sent.gone) == ((OTHER,), (ACTION,))
    assert list(server.results) == [OTHER]


def test_a_blob_that_goes_while_it_is_sent_costs_its_result_alone(tmp_path: Path) -> None:
    store = holding(tmp_path, SMALL, LARGE)
    server = Server()

    class Slow(MemoryTier):
        def missing(self, digests: Sequence[Digest]) -> set[Digest]:
            (tmp_path / f"cas/{digest_of(LARGE).hash[:2]}/{digest_of(LARGE).hash}").unlink(missing_ok=True)
            return super().missing(digests)

    sent = send(Slow("memory", server), store, [parcel(result_of(LARGE)), parcel(result_of(SMALL), OTHER)])
    assert (sent.results, sent.gone) == ((OTHER,), (ACTION,))


# Results that are not taken


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (b"\xff\xff", "it is no result"),
        (DAMAGED, "its bytes are not those that were kept there"),
        (encode_result(ActionResult(exit_code=1)), ""),
        (encode_result(ActionResult()) + wire.message(3, b""), ""),
        (encode_result(ActionResult((OutputFile("../x", EMPTY),))), "it would write `../x`"),
        (encode_result(ActionResult((OutputFile("a/.git/hooks/post-commit", EMPTY),))), "it would write"),
    ],
)
def test_what_is_no_good_result_is_a_miss(message: bytes, why: str) -> None:
    server = Server(results={ACTION: message})
    found, refused = look(MemoryTier("memory", server), [ACTION], believed)
    assert found == []
    assert refused.keys() == {ACTION}
    assert refused[ACTION].startswith(why)
    assert bool(refused[ACTION]) == bool(why)


def test_a_result_that_is_not_believed_is_a_miss() -> None:
    message = encode_result(result_of(SMALL))
    assert read(ACTION, message, lambda action, _: f"{action[:2]} is not signed") == "ab is not signed"


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "a/../../b", "./a", "a//b", "", ".git/config", "a/.GIT/x", "a\0b", ".pitstop/state/tasks"]
)
def test_a_path_that_leads_elsewhere_is_unsafe(path: str) -> None:
    assert unsafe(ActionResult((OutputFile("a/good", EMPTY), OutputFile(path, EMPTY)))) == path
    assert unsafe(ActionResult(links=(OutputLink(path, "x"),))) == path


def test_a_file_behind_a_link_of_the_same_result_is_unsafe() -> None:
    assert unsafe(ActionResult((OutputFile("out/a/x", EMPTY),), (OutputLink("out/a", "/etc"),))) == "out/a/x"
    assert not unsafe(ActionResult((OutputFile("out/ab/x", EMPTY),), (OutputLink("out/a", "/etc"),)))


# Small files inside results

CONTENTS = st.lists(st.one_of(st.binary(max_size=40), st.just(b"x" * (inline.MOST_FILE + 1))), max_size=8)


@given(CONTENTS)
def test_carried_bytes_come_out_as_they_went_in_and_leave_the_message_as_it_was(contents: list[bytes]) -> None:
    blobs = {digest_of(data): data for data in contents}
    message = encode_result(result_of(*contents))
    whole, carried = inline.filled(message, blobs.get)
    assert inline.filled(whole, blobs.get) == (whole, carried)
    result, plain, found, _ = inline.taken(whole)
    assert (result, plain) == (decode_result(message), message)
    assert found == {digest: blobs[digest] for digest in carried if digest != EMPTY}
    assert carried == {digest for digest in blobs if digest.size <= inline.MOST_FILE}
    assert decode_result(whole).files == decode_result(message).files


def test_a_result_carries_no_more_than_it_may() -> None:
    contents = [bytes([number]) * inline.MOST_FILE for number in range(100)]
    blobs = {digest_of(data): data for data in contents}
    whole, carried = inline.filled(encode_result(result_of(*contents)), blobs.get)
    assert len(carried) == inline.MOST // inline.MOST_FILE
    assert len(whole) < inline.MOST * 1.1


# The journal


def test_what_is_noted_is_pending_until_it_is_done(tmp_path: Path) -> None:
    root = str(tmp_path)
    entries = [Pending(ACTION, True, "ef" * 32, "aa/3"), Pending(OTHER, if_absent=True)]
    for one in entries:
        assert journal.add(root, "tier", one)
    now = (tmp_path / "uploads/tier" / ACTION).stat().st_mtime
    assert sorted(journal.pending(root, "tier", now)) == sorted(entries)
    assert journal.pending(root, "other", now) == []
    journal.done(root, "tier", [ACTION])
    assert journal.pending(root, "tier", now) == [Pending(OTHER, if_absent=True)]
    journal.give_up_old(root, now + journal.KEPT_S + 1)
    assert list((tmp_path / "uploads/tier").iterdir()) == []


def test_a_file_that_is_torn_is_given_up(tmp_path: Path) -> None:
    journal.add(str(tmp_path), "tier", Pending(ACTION))
    path = tmp_path / "uploads/tier" / ACTION
    path.write_bytes(path.read_bytes()[:20])
    assert journal.pending(str(tmp_path), "tier", path.stat().st_mtime) == []
    assert not path.exists()


def test_only_one_at_a_time_sends_to_a_tier(tmp_path: Path) -> None:
    first = journal.claim(str(tmp_path), "tier")
    assert first >= 0
    assert journal.claim(str(tmp_path), "tier") == -1
    other = journal.claim(str(tmp_path), "other")
    assert other >= 0
    os.close(first)
    again = journal.claim(str(tmp_path), "tier")
    assert again >= 0
    os.close(again)
    os.close(other)


def test_a_disk_that_cannot_be_written_takes_nothing(tmp_path: Path) -> None:
    (tmp_path / "uploads").write_text("a file in the place of the folder")
    assert not journal.add(str(tmp_path), "tier", Pending(ACTION))
    assert journal.claim(str(tmp_path), "tier") == -1
    assert Digest(ACTION, 0)
