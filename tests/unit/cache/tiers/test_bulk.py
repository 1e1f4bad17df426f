"""Large values of Redis off its socket: however they are cut up on the way, and whatever else comes instead of them."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.cache.tiers.bulk import OtherReplyError, values


class Connection:
    """What `values` needs of a connection of redis-py."""

    def __init__(self, receiving: socket.socket) -> None:
        self._sock = receiving
        self.sent: list[tuple[str, ...]] = []

    def send_command(self, *command: str) -> None:
        self.sent.append(command)


def taken(replies: bytes, count: int, limit: int = 1 << 20, *, cuts: tuple[int, ...] = ()) -> list[bytes | None]:
    """Return what comes of `replies`, which arrive cut at `cuts`, before the server closes the connection."""
    here, there = socket.socketpair()

    def serve() -> None:
        with there, suppress(BrokenPipeError):
            begin = 0
            for cut in sorted(cuts):
                there.sendall(replies[begin:cut])
                begin = max(begin, cut)
            there.sendall(replies[begin:])

    server = threading.Thread(target=serve)
    server.start()
    try:
        with here:
            connection = Connection(here)
            found = list(values(connection, [str(number) for number in range(count)], limit))
            assert connection.sent == [("MGET", str(number)) for number in range(count)]
            return [value if value is None else bytes(value) for value in found]
    finally:
        server.join()


def reply(value: bytes | None) -> bytes:
    return b"*1\r\n$-1\r\n" if value is None else b"*1\r\n$%d\r\n%b\r\n" % (len(value), value)


VALUES = st.lists(
    st.none() | st.binary(max_size=50) | st.sampled_from([b"\r\n", b"*1\r\n$-1\r\n", bytes(9000)]), max_size=9
)


@given(VALUES, st.lists(st.integers(0, 300), max_size=12))
def test_values_come_whole_and_in_order_however_they_arrive(sent: list[bytes | None], cuts: list[int]) -> None:
    assert taken(b"".join(map(reply, sent)), len(sent), cuts=tuple(cuts)) == sent


@pytest.mark.parametrize(
    "said",
    [
        b"-NOPERM this user has no permissions to run the 'mget' command\r\n",
        b"+OK\r\n",
        b"*2\r\n$1\r\na\r\n$1\r\nb\r\n",
        b"*1\r\n$-2\r\n",
        b"*1\r\n$\r\n",
        b"*1\r\n:4\r\n",
        b"*1\r\n$2\r\nabc\r\n",
        b"x" * 20_000,
    ],
)
def test_any_other_reply_is_an_error(said: bytes) -> None:
    with pytest.raises(OtherReplyError):
        taken(said, 1)


def test_a_value_that_is_larger_than_it_may_be_is_never_received() -> None:
    assert taken(reply(bytes(10)), 1, limit=10) == [bytes(10)]
    with pytest.raises(OtherReplyError):
        taken(b"*1\r\n$99999999999999\r\n", 1, limit=10)


@given(st.integers(0, len(reply(bytes(99))) - 1))
def test_a_server_that_goes_away_in_the_middle_is_an_error(sent: int) -> None:
    with pytest.raises(ConnectionError):
        taken(reply(bytes(99))[:sent], 1)


def test_no_more_than_four_values_are_asked_for_before_one_is_taken() -> None:
    here, there = socket.socketpair()
    with here, there:
        connection = Connection(here)
        there.sendall(reply(b"0") * 2)
        found = values(connection, [str(number) for number in range(9)], 10)
        next(found)
        assert len(connection.sent) == 5
        next(found)
        assert len(connection.sent) == 6
