"""The run's end of the line to the process that holds the tiers: it never waits, and never fails."""

from __future__ import annotations

import os
import signal
import socket
import sys
from typing import TYPE_CHECKING

import pytest
from tests.support.pit import until

from pitstop.cache.actions import ActionResult
from pitstop.cache.disk import DiskStore
from pitstop.cache.tiers import journal
from pitstop.cache.tiers.far import Answer, Far
from pitstop.cache.tiers.journal import Pending
from pitstop.cache.tiers.open import address_of, identity, kind_of, printable
from pitstop.cache.tiers.tier import Address, TierError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

ACTIONS = ["ab" * 32, "cd" * 32]


@pytest.fixture
def silent() -> Iterator[Address]:
    """A tier whose server takes connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield Address("redis", f"redis://127.0.0.1:{server.getsockname()[1]}/0", timeout_s=60.0)


def answers(far: Far, count: int) -> list[Answer]:
    found: list[Answer] = []

    def there() -> bool:
        found.extend(far.answers())
        return len(found) >= count

    until(there, "answers")
    return sorted(found)


def test_a_worker_that_dies_is_a_miss_for_all_that_was_asked_and_one_notice(tmp_path: Path, silent: Address) -> None:
    notices: list[str] = []
    far = Far(str(tmp_path), [silent], dict(os.environ), notices.append)
    far.ask(ACTIONS)
    assert far.answers() == []
    assert len(far) == 2
    os.kill(far._pid, signal.SIGKILL)
    assert answers(far, 2) == [Answer(action, "", 0) for action in ACTIONS]
    assert far.fileno() == -1
    far.ask(ACTIONS[:1])
    assert far.answers() == [Answer(ACTIONS[0], "", 0)]
    far.offer([Pending(ACTIONS[0])])  # noted for the next run
    assert [one.action for one in journal.pending(str(tmp_path), identity(silent), 0.0)] == [ACTIONS[0]]
    assert len(notices) == 1
    assert "ended unexpectedly" in notices[0]
    far.close()


def test_a_worker_that_cannot_be_started_is_a_miss_and_one_notice(
    tmp_path: Path, silent: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    notices: list[str] = []
    far = Far(str(tmp_path), [silent], dict(os.environ), notices.append)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-such-python"))
    far.ask(ACTIONS)
    far.ask(ACTIONS)
    assert answers(far, 4) == sorted(Answer(action, "", 0) for action in ACTIONS * 2)
    assert len(notices) == 1
    assert "cannot be started" in notices[0]
    far.close()


def test_a_worker_that_says_nothing_is_ended(tmp_path: Path, silent: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    notices: list[str] = []
    far = Far(str(tmp_path), [silent], dict(os.environ), notices.append)
    far.ask(ACTIONS)
    os.kill(far._pid, signal.SIGSTOP)
    monkeypatch.setattr(Far, "_patience", 0.05)
    assert [answer.place for answer in answers(far, 2)] == ["", ""]
    assert "does not answer" in notices[0]
    far.close()


def test_keys_that_cannot_be_read_are_said(tmp_path: Path, silent: Address) -> None:
    notices: list[str] = []
    far = Far(str(tmp_path), [silent], dict(os.environ), notices.append, verify=[str(tmp_path / "none")])
    far.ask(ACTIONS)
    answers(far, 2)
    assert len(notices) == 1
    assert f"`{tmp_path / 'none'}` cannot be read" in notices[0]
    far.close()


def test_nothing_is_started_before_there_is_something_to_ask_or_to_send(tmp_path: Path, silent: Address) -> None:
    far = Far(str(tmp_path), [silent], dict(os.environ), pytest.fail)
    assert far.answers() == []
    assert far.settle(float("inf"), lambda _: pytest.fail("waited")) == 0
    assert far.fileno() == -1
    far.close()
    assert list(tmp_path.iterdir()) == []


def test_where_the_journal_cannot_be_written_nothing_is_offered(tmp_path: Path, silent: Address) -> None:
    (tmp_path / "uploads").write_text("in the way")
    store = DiskStore(str(tmp_path))
    store.put_result(ACTIONS[0], ActionResult())
    far = Far(str(tmp_path), [silent], dict(os.environ), pytest.fail)
    far.offer([Pending(ACTIONS[0])])
    assert far.fileno() == -1
    far.close()


# Addresses


@pytest.mark.parametrize(
    ("url", "kind", "rest"),
    [
        ("redis://h", "redis", "redis://h"),
        ("rediss://h", "redis", "rediss://h"),
        ("s3://bucket/folder", "s3", "s3://bucket/folder"),
        ("http://h", "http", "http://h"),
        ("https://h", "http", "https://h"),
        ("grpc://h", "reapi", "grpc://h"),
        ("reapi grpcs://h/main", "reapi", "grpcs://h/main"),
        ("github", "github", ""),
        ("local", "local", ""),
    ],
)
def test_the_kind_of_a_tier_is_seen_from_its_address(url: str, kind: str, rest: str) -> None:
    assert kind_of(url) == (kind, rest)


@pytest.mark.parametrize("url", ["", "redsi://h", "ftp://h", "githubb", "/a/path"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(TierError, match="no kind of tier"):
        kind_of(url)


def test_ci_writes_where_laptops_only_read() -> None:
    for write, ci, writes in (("ci", True, True), ("ci", False, False), ("true", False, True), ("false", True, False)):
        address = address_of("redis://h", read=True, write=write, timeout_s=1.0, options=(), room=0, ci=ci)
        assert address.write == writes


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://:secret@h:1/0", "redis://h:1/0"),
        ("redis://me:secret@h", "redis://h"),
        ("https://h/a?token=secret", "https://h/a"),
        ("github", "github"),
    ],
)
def test_no_password_is_printed(url: str, shown: str) -> None:
    assert printable(url) == shown
