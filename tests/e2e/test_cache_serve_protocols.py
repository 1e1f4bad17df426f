"""What HTTP and WebDAV allow clients of `pitstop cache serve` to do, beyond what today's clients were seen to do."""

from __future__ import annotations

import socket
import sys
from contextlib import ExitStack, suppress
from hashlib import sha256
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from tests.parts.cache_server import READER, TOKEN, Server, cache_server
from tests.support.pit import PROGRAM, until
from tests.support.servers import PATIENCE_S

from pitstop.cache.reapi.proto import remote_execution_pb2 as reapi

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

IMPATIENT = """
import sys
from pitstop.cli.main import main
from pitstop.serve.cache import exchange, server
server.IDLE_S = exchange.PATIENCE_S = 1
sys.exit(main())
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with cache_server(tmp_path_factory.mktemp("serve"), "--max-object", "1MiB") as server:
        yield server


def head(method: str, path: str, *headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {TOKEN}", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def digest(data: bytes) -> reapi.Digest:
    return reapi.Digest(hash=sha256(data).hexdigest(), size_bytes=len(data))


def test_a_result_is_given_away_while_all_that_it_names_is_there_trees_included(server: Server) -> None:
    file, log, action = b"a file", b"a log", "/ac/" + "b" * 64
    tree = reapi.Tree(root=reapi.Directory(files=[reapi.FileNode(name="f", digest=digest(file))])).SerializeToString()
    result = reapi.ActionResult(stdout_digest=digest(log))
    result.output_directories.add(path="out", tree_digest=digest(tree))
    assert server.ask("PUT", action, result.SerializeToString()).status == 201
    for blob in (log, tree, file):
        assert server.ask("GET", action).status == 404
        assert server.ask("PUT", f"/cas/{digest(blob).hash}", blob).status == 201
    assert server.ask("GET", action).body == result.SerializeToString()
    assert server.ask("DELETE", f"/cas/{digest(file).hash}").status == 204
    assert server.ask("GET", action).status == 404
    assert server.results("bazel")["incomplete"] == 4


def test_webdav_shows_folders_that_are_always_there_and_the_sizes_of_objects(server: Server) -> None:
    def properties(path: str) -> tuple[bool, str | None]:
        answer = server.ask("PROPFIND", path, b"<propfind/>")
        assert answer.status == 207
        tree = ET.fromstring(answer.body)
        return tree.find(".//{DAV:}collection") is not None, tree.findtext(".//{DAV:}getcontentlength")

    assert server.ask("PROPFIND", "/sccache/a/b").status == 404
    assert server.ask("PUT", "/sccache/a/b", b"12345").status == 201
    assert properties("/sccache/a/b") == (False, "5")
    assert properties("/sccache/") == (True, None)
    assert properties("/sccache/not/there/") == (True, None)
    assert server.ask("MKCOL", "/sccache/x/").status == 201
    assert server.ask("MKCOL", "/sccache/x/", token=READER).status == 403
    assert server.ask("PROPFIND", "/sccache/", token="").status == 401


def test_a_body_that_will_be_refused_is_not_asked_for(server: Server) -> None:
    for size, wanted in ((2 << 20, b"HTTP/1.1 413"), (2, b"HTTP/1.1 100")):
        with socket.create_connection(("127.0.0.1", server.port), PATIENCE_S) as raw:
            raw.sendall(head("PUT", "/cache/" + "6" * 32, f"Content-Length: {size}", "Expect: 100-continue"))
            assert raw.recv(1000).startswith(wanted)
            if size == 2:
                raw.sendall(b"ok")
                assert raw.recv(1000).startswith(b"HTTP/1.1 201")


def test_a_body_whose_length_nobody_said_is_kept(server: Server) -> None:
    body = b"0123456789abcdef" * 30_000
    connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
    pieces = (body[begin : begin + 10_000] for begin in range(0, len(body), 10_000))
    path = f"/cas/{digest(body).hash}"
    connection.request("PUT", path, pieces, {"Authorization": f"Bearer {TOKEN}"}, encode_chunked=True)
    assert connection.getresponse().status == 201
    connection.close()
    assert server.ask("GET", path).body == body


def test_requests_may_follow_one_another_before_they_are_answered(server: Server) -> None:
    server.ask("PUT", "/cache/" + "7" * 32, b"seven")
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE_S) as raw:
        raw.sendall(head("GET", "/cache/" + "7" * 32) * 3 + head("GET", "/cache/" + "8" * 32, "Connection: close"))
        found = b"".join(iter(lambda: raw.recv(65536), b""))
    assert found.count(b"HTTP/1.1 200") == found.count(b"seven") == 3
    assert found.count(b"HTTP/1.1 404") == 1


@pytest.mark.parametrize(
    "nonsense", [b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\r\n" * 9 + b"\0" * 99]
)
def test_what_is_no_http_is_refused_and_the_next_is_answered(server: Server, nonsense: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE_S) as raw:
        raw.sendall(nonsense)
        raw.shutdown(socket.SHUT_WR)
        assert b"200" not in raw.recv(1000)
    assert server.ask("GET", "/health").status == 200
    assert "Traceback" not in server.said()


def test_a_head_without_end_is_refused_before_it_fills_the_memory(server: Server) -> None:
    raw = socket.create_connection(("127.0.0.1", server.port), PATIENCE_S)
    with raw, suppress(ConnectionError):  # what is sent beyond what it takes is not read
        raw.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nX: " + b"x" * (1 << 24))
        assert raw.recv(1000).startswith(b"HTTP/1.1 400")
        assert raw.recv(1000) == b""
    assert server.ask("GET", "/health").status == 200


def test_of_two_who_leave_the_same_for_nx_at_once_one_does(server: Server) -> None:
    path = "/v1/cache/4711"
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE_S) as raw:
        raw.sendall(head("PUT", path, "Content-Length: 4") + b"sl")
        until(lambda: b"in_flight_requests 2" in server.ask("GET", "/metrics").body, "the first is on its way")
        assert server.ask("PUT", path, b"fast").status == 200
        raw.sendall(b"ow")
        assert raw.recv(1000).startswith(b"HTTP/1.1 409")
    assert server.ask("GET", path).body == b"fast"


def test_more_connections_than_may_be_open_are_told_once_and_the_next_is_answered(tmp_path: Path) -> None:
    with cache_server(tmp_path, program=("sh", "-c", 'ulimit -n 50; exec "$@"', "sh", *PROGRAM)) as server:
        with ExitStack() as many:
            for _ in range(80):
                many.enter_context(socket.create_connection(("127.0.0.1", server.port), PATIENCE_S))
            until(lambda: "Too many open files" in server.said(), "it is told")
        assert server.ask("GET", "/health").status == 200
        assert server.said().count("Too many open files") == 1
        assert "Traceback" not in server.said()


def test_a_client_that_stands_still_is_let_go(tmp_path: Path) -> None:
    program = (sys.executable, "-P", "-c", IMPATIENT)
    with cache_server(tmp_path, program=program) as server:
        path = "/cache/" + "9" * 32
        for sent in (b"", b"GET /hea", head("PUT", path, "Content-Length: 9") + b"half", head("GET", "/health")):
            with socket.create_connection(("127.0.0.1", server.port), PATIENCE_S) as raw:
                raw.sendall(sent)
                while raw.recv(1000):  # ends when the server closes the connection
                    pass
        until(lambda: [line["result"] for line in server.told(path=path)] == ["cut-off"], "given up")
        assert list((tmp_path / "kept/new").iterdir()) == []


def test_a_head_that_comes_byte_by_byte_is_not_waited_for_without_end(tmp_path: Path) -> None:
    program = (sys.executable, "-P", "-c", IMPATIENT)
    with cache_server(tmp_path, program=program) as server:
        raw = socket.create_connection(("127.0.0.1", server.port), PATIENCE_S)
        with raw, suppress(ConnectionError):
            raw.settimeout(0.1)
            raw.sendall(b"GET /health HTTP/1.1\r\nX: ")
            for _ in range(int(PATIENCE_S * 10)):
                with suppress(TimeoutError):
                    assert raw.recv(1000)[:12] in {b"HTTP/1.1 400", b""}
                    return
                raw.sendall(b"x")
            pytest.fail("the server waits on")
