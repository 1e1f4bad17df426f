"""The process that holds the tiers, run in a thread: near before far, nobody waits long, nothing is lost."""

from __future__ import annotations

import os
import socket
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from tests.support.memory_tier import SERVERS, Server
from tests.support.pit import until

from pitstop.cache import frames
from pitstop.cache.actions import ActionResult, OutputFile, encode_result
from pitstop.cache.disk import DiskStore
from pitstop.cache.tiers import history, journal
from pitstop.cache.tiers import open as opening
from pitstop.cache.tiers.breaker import Breaker, Limits
from pitstop.cache.tiers.far import Far
from pitstop.cache.tiers.journal import Pending
from pitstop.cache.tiers.open import identity
from pitstop.cache.tiers.policy import number_of, resumed
from pitstop.cache.tiers.sign import HMAC, new_keys
from pitstop.cache.tiers.tier import DAMAGED, Address, TierError
from pitstop.cache.tiers.worker import uploads
from pitstop.cache.tiers.worker.lookups import Lookup
from pitstop.cache.tiers.worker.serve import Worker
from pitstop.core import clock
from pitstop.core.digest import Digest, digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NEAR, FAR = "memory://near", "memory://far"
ACTIONS = [f"{number:064x}" for number in range(1, 40)]

OPEN: list[Serving] = []


class Serving:
    """A worker at work in a thread of the test, and the run's end of the line to it."""

    def __init__(self, root: Path, *tiers: Address, sign: str = "", verify: tuple[str, ...] = ()) -> None:
        self.store = DiskStore(str(root))
        self.tiers = tiers
        self.notices: list[str] = []
        self.far = Far(str(root), tiers, dict(os.environ), self.notices.append, sign=sign, verify=verify)
        self.far._start = self._start  # type: ignore[method-assign]  # instead of a process
        self._threads: list[threading.Thread] = []
        self._ends: list[socket.socket] = []
        OPEN.append(self)

    def _start(self) -> bool:
        ours, theirs = socket.socketpair()
        self._ends.append(theirs)
        self.far._link = ours
        ours.settimeout(0.0)
        self.far._inbox = frames.Inbox()
        tiers = [tuple(tier._replace(options=dict(tier.options))) for tier in self.tiers]
        worker = Worker(theirs, {"root": self.store.root, "tiers": tiers, **self.far._keys})
        self._threads.append(threading.Thread(target=worker.run, args=(frames.Inbox(),), daemon=True))
        self._threads[-1].start()
        return True

    def ask(self, *actions: str) -> dict[str, str]:
        """Ask, and wait for all answers: the place by action."""
        self.far.ask(actions)
        found: dict[str, str] = {}

        def all_there() -> bool:
            found.update((answer.action, answer.place) for answer in self.far.answers())
            return len(found) == len(set(actions))

        until(all_there, "answers")
        return found

    def settle(self) -> int:
        """Wait until nothing more is to be sent; return what is left."""
        pause = threading.Event()
        return self.far.settle(float("inf"), lambda seconds: not pause.wait(min(seconds, 0.01)))

    def close(self) -> None:
        """End it, and wait until it has."""
        self.far.close()
        for thread in self._threads:
            thread.join(30)
            assert not thread.is_alive()
        for end in self._ends:
            end.close()


@pytest.fixture(autouse=True)
def memory_tiers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(opening.MODULES, "memory", "tests.support.memory_tier")
    yield
    for server in SERVERS.values():
        if server.hangs is not None:
            server.hangs.set()
    for serving in OPEN:
        serving.close()
    OPEN.clear()
    SERVERS.clear()


def tier(name: str, server: Server | None = None, **options: Any) -> Address:
    name = f"memory://{name}"
    SERVERS[name] = server or SERVERS.get(name) or Server()
    return Address("memory", name, **options)


def filled(count: int = 1, **options: Any) -> Server:
    """Return a server with results, each with a file and a log of its own."""
    server = Server(**options)
    for action in ACTIONS[:count]:
        blobs = [b"out of " + action.encode(), b"log of " + action.encode()]
        server.blobs |= {digest_of(data).hash: data for data in blobs}
        server.results[action] = encode_result(
            ActionResult((OutputFile("out/x", digest_of(blobs[0])),), log_digest=digest_of(blobs[1]))
        )
    return server


def made(store: DiskStore, action: str, data: bytes = b"made here") -> None:
    digest = store.put(data)
    assert digest is not None
    assert store.put_result(action, ActionResult((OutputFile("out/x", digest),), worker="here", made=5.0))


def test_results_are_found_in_whatever_tier_has_them_and_lie_here_then(tmp_path: Path) -> None:
    near, far = filled(1), filled(3)
    serving = Serving(tmp_path, tier("near", near, write=False), tier("far", far))
    assert serving.ask(*ACTIONS[:5]) == dict(zip(ACTIONS, [NEAR, FAR, FAR, "", ""], strict=False))
    for action in ACTIONS[:3]:
        result = serving.store.get_result(action)
        assert result is not None
        assert serving.store.get(result.files[0].digest) == b"out of " + action.encode()
        assert serving.store.get_log(action) == b"log of " + action.encode()
    assert near.asked[0] == ("get_results", 5)
    assert far.asked[0] == ("get_results", 4)
    assert [(used.place, used.asked, used.hits) for used in serving.far.used] == [(NEAR, 5, 1), (FAR, 4, 2)]
    assert serving.notices == []
    serving.close()


def test_what_comes_from_far_goes_up_to_those_nearer_that_may_be_written(tmp_path: Path) -> None:
    names = ["first", "second", "third"]
    serving = Serving(
        tmp_path, tier("first", Server(inlines=True)), tier("second", write=False), tier("third", filled(2))
    )
    serving.ask(*ACTIONS[:2])
    assert serving.settle() == 0
    assert [len(SERVERS[f"memory://{name}"].results) for name in names] == [2, 0, 2]
    logs = {digest_of(b"log of " + action.encode()).hash for action in ACTIONS[:2]}
    assert SERVERS["memory://first"].blobs.keys() == logs  # small files travel inside results
    serving.close()
    again = Serving(tmp_path / "another", tier("first"))
    assert again.ask(*ACTIONS[:2]) == dict.fromkeys(ACTIONS[:2], "memory://first")
    again.close()


def test_only_what_is_wanted_goes_up_into_a_tier_with_little_room(tmp_path: Path) -> None:
    near = tier("near", room=1)
    serving = Serving(tmp_path, near, tier("far", filled(2)))
    assert serving.ask(*ACTIONS[:2]) == dict.fromkeys(ACTIONS[:2], FAR)
    serving.settle()
    serving.close()
    assert SERVERS["memory://near"].results == {}
    assert (tmp_path / "tiers" / identity(near)).exists()  # what is wanted is remembered


def test_what_a_near_tier_has_is_remembered_as_wanted(tmp_path: Path) -> None:
    near = tier("near", filled(2), room=1 << 20)
    serving = Serving(tmp_path, near, tier("far"))
    assert serving.ask(*ACTIONS[:3]) == dict(zip(ACTIONS[:3], [NEAR, NEAR, ""], strict=True))
    serving.settle()
    serving.close()
    sketch = resumed((tmp_path / "tiers" / identity(near)).read_bytes(), 1 << 20).sketch
    assert sketch.count(number_of(ACTIONS[0])) == 2  # which is the number of all three: they begin alike


def test_what_is_offered_is_sent_to_all_that_may_be_written(tmp_path: Path) -> None:
    serving = Serving(tmp_path, tier("one"), tier("two", write=False), tier("three"))
    made(serving.store, ACTIONS[0])
    serving.far.offer([Pending(ACTIONS[0])])
    assert serving.settle() == 0
    assert [list(SERVERS[f"memory://{name}"].results) for name in ("one", "two", "three")] == [
        [ACTIONS[0]],
        [],
        [ACTIONS[0]],
    ]
    assert serving.far.used[0].sent == 1
    serving.close()
    assert not list((tmp_path / "uploads").glob("*/[!.]*"))


def test_a_tier_that_is_offered_what_it_may_have_keeps_what_it_has_and_nothing_stays_to_be_sent(tmp_path: Path) -> None:
    server = filled(1)
    before = dict(server.results)
    serving = Serving(tmp_path, tier("one", server), tier("two"))
    for action in ACTIONS[:2]:
        made(serving.store, action)
    assert serving.far.offer([Pending(action, if_absent=True) for action in ACTIONS[:2]], serving.far.takers[:1])
    assert serving.settle() == 0
    assert sorted(server.results) == ACTIONS[:2]
    assert server.results[ACTIONS[0]] == before[ACTIONS[0]]
    assert SERVERS["memory://two"].results == {}
    serving.close()
    assert not list((tmp_path / "uploads").glob("*/[!.]*"))


def test_the_worker_sends_on_when_the_run_has_ended(tmp_path: Path) -> None:
    slow = Server(hangs=threading.Event())
    serving = Serving(tmp_path, tier("slow", slow))
    for action in ACTIONS:
        made(serving.store, action)
    serving.far.offer([Pending(action) for action in ACTIONS])
    until(lambda: bool(slow.asked), "the first request")
    serving.far.close()
    assert serving._threads[0].is_alive()
    assert slow.hangs is not None
    slow.hangs.set()
    serving.close()
    assert sorted(slow.results) == ACTIONS


def test_what_an_earlier_run_could_not_send_goes_with_the_next(tmp_path: Path) -> None:
    server = Server(failing_puts=TierError("it is full"))
    serving = Serving(tmp_path, tier("full", server))
    made(serving.store, ACTIONS[0])
    serving.far.offer([Pending(ACTIONS[0])])
    assert serving.settle() == 1
    serving.close()
    assert len(serving.notices) == 1
    assert "`memory://full`: it is full" in serving.notices[0]
    server.failing_puts = None
    later = Serving(tmp_path, tier("full", server))
    later.ask(ACTIONS[5])  # which has nothing to do with it
    assert later.settle() == 0
    later.close()
    assert list(server.results) == [ACTIONS[0]]


@dataclass
class Limited(Server):
    """Takes some results, and then wants to be left alone for a while."""

    rest_s: float = 0.01
    taken: int = 0
    rests: int = 0

    def begin(self, method: str, count: int) -> None:
        super().begin(method, count)
        if method == "put_results":
            if self.taken >= 20:
                self.taken, self.rests = 0, self.rests + 1
                raise TierError("20 a minute", retry_after_s=self.rest_s)
            self.taken += count


@pytest.mark.parametrize(("rest_s", "left"), [(0.01, 0), (60.0, 19)])
def test_a_tier_that_takes_some_at_a_time_gets_the_others_when_it_takes_more_if_the_run_waits_so_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rest_s: float, left: int
) -> None:
    monkeypatch.setattr(uploads, "_BATCH", 10)
    monkeypatch.setattr(uploads, "Breaker", lambda: Breaker(Limits(rest_s=0.0)))
    rested = threading.Event()
    monkeypatch.setattr(uploads.Uploads, "_sleep", lambda _self, seconds: rested.wait(seconds))
    server = Limited(rest_s=rest_s)
    serving = Serving(tmp_path, tier("limited", server))
    for action in ACTIONS:
        made(serving.store, action)
    serving.far.offer([Pending(action) for action in ACTIONS])
    pause = threading.Event()
    assert serving.far.settle(clock.monotonic() + 30, lambda seconds: not pause.wait(min(seconds, 0.01))) == left
    assert len(server.results) == len(ACTIONS) - left
    assert (server.rests, len(serving.notices)) == (1, 1)
    rested.set()  # for the worker to end


def test_a_result_that_is_no_longer_here_is_not_sent(tmp_path: Path) -> None:
    serving = Serving(tmp_path, tier("one"))
    serving.far.offer([Pending(ACTIONS[0])])
    assert serving.settle() == 0
    serving.close()
    assert SERVERS["memory://one"].results == {}


# Tiers that fail


def test_a_tier_that_hangs_is_waited_for_once_and_its_questions_go_on_to_the_next(tmp_path: Path) -> None:
    hanging = Server(hangs=threading.Event())
    serving = Serving(tmp_path, tier("hangs", hanging, timeout_s=0.2), tier("far", filled(3), timeout_s=60))
    assert serving.ask(ACTIONS[0]) == {ACTIONS[0]: FAR}
    calls = len(hanging.asked)
    assert serving.ask(*ACTIONS[1:4]) == dict(zip(ACTIONS[1:4], [FAR, FAR, ""], strict=True))
    assert len(hanging.asked) == calls
    assert len(serving.notices) == 1
    assert serving.notices[0].startswith("`memory://hangs`: it did not answer within")
    assert hanging.hangs is not None
    hanging.hangs.set()
    serving.close()


@pytest.mark.parametrize("permanent", [False, True])
def test_a_tier_that_fails_is_a_miss_and_one_notice(tmp_path: Path, permanent: bool) -> None:
    failing = Server(failure=TierError("it fails", hint="mend it", permanent=permanent))
    serving = Serving(tmp_path, tier("fails", failing))
    for action in ACTIONS[:6]:
        assert serving.ask(action) == {action: ""}
    assert len(failing.asked) == (1 if permanent else 3)
    assert len(serving.notices) == 1
    assert "`memory://fails`: it fails" in serving.notices[0]
    assert "mend it" in serving.notices[0]
    serving.close()


def test_a_tier_that_cannot_be_opened_is_a_miss_and_one_notice(tmp_path: Path) -> None:
    serving = Serving(tmp_path, Address("unheard-of", "x"), tier("far", filled(1)))
    assert serving.ask(ACTIONS[0]) == {ACTIONS[0]: FAR}
    assert serving.ask(ACTIONS[1]) == {ACTIONS[1]: ""}
    assert len(serving.notices) == 1
    serving.close()


def test_wrong_bytes_are_a_miss_and_are_written_over(tmp_path: Path) -> None:
    server = filled(2)
    (wrong,) = [name for name, data in server.blobs.items() if data == b"out of " + ACTIONS[0].encode()]
    server.blobs[wrong] = b"OUT OF " + ACTIONS[0].encode()
    serving = Serving(tmp_path, tier("wrong", server))
    assert serving.ask(*ACTIONS[:2]) == {ACTIONS[0]: "", ACTIONS[1]: "memory://wrong"}
    assert serving.notices == ["`memory://wrong` has files with wrong bytes: they are not taken"]
    made(serving.store, ACTIONS[0], b"out of " + ACTIONS[0].encode())
    serving.far.offer([Pending(ACTIONS[0])])
    assert serving.settle() == 0
    assert server.blobs[wrong] == b"out of " + ACTIONS[0].encode()
    serving.close()


# Signatures


def test_damaged_results_are_counted_said_once_and_written_over(tmp_path: Path) -> None:
    server = filled(3)
    good = dict(server.results)
    server.results |= dict.fromkeys(ACTIONS[:2], DAMAGED)
    serving = Serving(tmp_path, tier("server", server))
    assert serving.ask(*ACTIONS[:3]) == {ACTIONS[0]: "", ACTIONS[1]: "", ACTIONS[2]: "memory://server"}
    (said,) = serving.notices
    assert said.startswith("`memory://server` has a result ")
    assert said.endswith("that is not taken: its bytes are not those that were kept there")
    assert [(used.hits, used.refused) for used in serving.far.used] == [(1, 2)]
    made(serving.store, ACTIONS[0], b"out of " + ACTIONS[0].encode())
    serving.far.offer([Pending(ACTIONS[0])])
    assert serving.settle() == 0
    assert server.results[ACTIONS[0]] != DAMAGED
    assert server.results[ACTIONS[2]] == good[ACTIONS[2]]


def test_only_what_a_known_key_has_signed_is_taken(tmp_path: Path) -> None:
    paths = []
    for number in range(2):
        path = tmp_path / f"key{number}"
        path.write_text(new_keys(HMAC, bytes([number]) * 32)[0])
        paths.append(str(path))
    signing = Serving(tmp_path / "one", tier("shared", Server()), sign=paths[0])
    made(signing.store, ACTIONS[0])
    signing.far.offer([Pending(ACTIONS[0])])
    assert signing.settle() == 0
    signing.close()
    for keys, place in ((paths[:1], "memory://shared"), (paths[1:], ""), (paths, "memory://shared")):
        reading = Serving(tmp_path / f"for {keys}".replace("/", "-"), tier("shared"), verify=tuple(keys))
        assert reading.ask(ACTIONS[0]) == {ACTIONS[0]: place}
        assert len(reading.notices) == (not place)
        reading.close()


def test_without_the_keys_to_verify_with_nothing_is_taken(tmp_path: Path) -> None:
    serving = Serving(tmp_path, tier("shared", filled(1)), verify=("env:PITSTOP_NO_SUCH_VARIABLE",))
    assert serving.ask(ACTIONS[0]) == {ACTIONS[0]: ""}
    assert len(serving.notices) == 1
    serving.close()


# What keys were made of


def test_the_last_keys_of_a_task_are_told_of_and_what_they_share_is_sent_once(tmp_path: Path) -> None:
    serving = Serving(tmp_path, tier("shared"))
    store, server, place = serving.store, SERVERS["memory://shared"], history.place_of("", "api:build")
    told: dict[tuple[str, str], str] = {}
    tables: dict[str, Any] = {
        "files": {"f": ("a\0b", bytes(64))},
        "packages": {"p": {"api": ("f", "lock", (("lib", "q"),))}, "q": {"lib": ("f", "", (("api", "p"),))}},
    }
    for number, action in enumerate(ACTIONS[: history.KEPT + 2]):
        made(store, action)
        parts = {"command": str(number), "files": "f", "packages": "p"}
        text = history.describe(tables, "api", parts, "here", store.put, told)
        serving.far.offer([Pending(action, task=place, parts=text)])
        assert serving.settle() == 0
    serving.close()
    known = history.entries(server.results[place])
    assert [one.action for one in known][:1] == [ACTIONS[history.KEPT + 1]]
    assert len(known) == history.KEPT
    empty: dict[str, Any] = {"files": {}, "packages": {}}
    from tests.support.memory_tier import MemoryTier

    read = history.read(MemoryTier("shared", server), known, empty, "api")
    assert [one.machine for one in read] == ["here"] * history.KEPT
    assert sorted(one.parts["command"] for one in read) == sorted(str(number) for number in range(2, history.KEPT + 2))
    assert empty["files"] == tables["files"]
    assert empty["packages"]["p"] == tables["packages"]["p"]


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b'{"parts": 3}', b'{"parts": {"a": 1}}', b"[" * 100_000])
def test_texts_about_keys_that_make_no_sense_tell_nothing(text: bytes) -> None:
    from tests.support.memory_tier import MemoryTier

    digest = digest_of(text)
    server = Server(blobs={digest.hash: text})
    entry = history.Entry(1.0, ACTIONS[0], digest)
    assert history.read(MemoryTier("x", server), [entry], {"files": {}, "packages": {}}, "api") == []
    assert history.named(str(digest), lambda _: text, set()) == [digest]
    assert history.entries(text) == []
    assert Digest("", 0)


def test_the_journal_of_this_tier_alone_is_looked_at(tmp_path: Path) -> None:
    journal.add(str(tmp_path), "another", Pending(ACTIONS[0]))
    serving = Serving(tmp_path, tier("one"))
    serving.ask(ACTIONS[1])
    assert serving.settle() == 0
    serving.close()
    assert (tmp_path / "uploads/another" / ACTIONS[0]).exists()


# How long is waited


def lookup(began: float, moved: int = 0, moved_at: float = 0.0, worth_s: float = 0.0) -> Lookup:
    one = Lookup(0, ACTIONS[:1])
    one.asked, one.began, one.moved, one.moved_at, one.worth_s = 100.0, began, moved, moved_at, worth_s
    return one


def test_a_question_may_take_as_long_as_what_comes_or_as_making_it_would() -> None:
    assert lookup(100.0).late_s(103.0, 1e6, 5.0) == 3.0
    assert lookup(100.0, moved=2_000_000, moved_at=103.0).late_s(103.0, 1e6, 5.0) == 1.0
    assert lookup(100.0, moved_at=103.0, worth_s=10.0).late_s(103.0, 1e6, 5.0) == -7.0


def test_while_nothing_comes_the_worth_of_it_does_not_count() -> None:
    assert lookup(100.0, moved_at=101.0, worth_s=10.0).late_s(107.0, 1e6, 5.0) == 7.0


def test_a_question_that_waits_for_its_turn_may_wait_longer() -> None:
    assert lookup(0.0).late_s(104.0, 1e6, 5.0) == 1.0
