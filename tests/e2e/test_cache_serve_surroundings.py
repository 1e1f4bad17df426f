"""`pitstop cache serve` as a process: what it refuses, what it bears, and how it ends."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import threading
from hashlib import sha256
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import pytest
from tests.parts.cache_server import OTHER, READER, TOKEN, cache_server
from tests.support.parts import require
from tests.support.pit import Pit, until
from tests.support.servers import PATIENCE_S, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.parts.cache_server import Server

pytestmark = pytest.mark.slow

KEY = "a" * 64


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with cache_server(tmp_path_factory.mktemp("serve"), "--max-object", "4MiB", "--quota", "app=100kB") as server:
        yield server


def cas(data: bytes) -> str:
    return f"/cas/{sha256(data).hexdigest()}"


def test_nobody_without_a_token_gets_or_leaves_anything(server: Server) -> None:
    for token in ("", "w" * 32, TOKEN[:-1], TOKEN + "x"):
        assert server.ask("PUT", f"/ac/{KEY}", b"x", token=token).status == 401
        assert server.ask("GET", f"/ac/{KEY}", token=token).status == 401
        assert server.ask("GET", "/metrics", token=token).status == 401
    assert server.ask("GET", "/health", token="").body == b'{"status": "ok"}'
    assert server.ask("GET", "/health", token="w" * 32).status == 401
    assert server.ask("GET", "/health", token=READER).body == b'{"status": "ok", "team": "web", "write": false}'


def test_a_reading_token_reads_and_leaves_nothing(server: Server) -> None:
    assert server.ask("PUT", "/cache/" + "1" * 32, b"mine").status == 201
    assert server.ask("GET", "/cache/" + "1" * 32, token=READER).body == b"mine"
    for method in ("PUT", "DELETE"):
        assert server.ask(method, "/cache/" + "1" * 32, b"theirs", token=READER).status == 403
    assert server.ask("GET", "/cache/" + "1" * 32).body == b"mine"


def test_teams_and_protocols_do_not_see_each_other(server: Server) -> None:
    places = [f"/ac/{KEY}", f"/ccache/ac/{KEY}", f"/sccache/ac/{KEY}", f"/cache/{KEY}", f"/v8/artifacts/{KEY}"]
    places.append(f"/v1/cache/{KEY}")
    for number, place in enumerate(places):
        assert server.ask("GET", place).status == 404, place
        assert server.ask("PUT", place, b"%d" % number).status in {200, 201, 202}
        assert server.ask("GET", place, token=OTHER).status == 404, place
    assert [server.ask("GET", place).body for place in places] == [b"%d" % number for number in range(len(places))]


def test_bytes_that_are_not_what_their_digest_names_are_refused(server: Server) -> None:
    path = cas(b"right")
    assert server.ask("PUT", path, b"wrong").status == 400
    assert server.ask("GET", path).status == 404
    assert server.ask("PUT", path, b"right").status == 201
    assert server.ask("PUT", path, b"wrong").status == 400
    assert server.ask("GET", path).body == b"right"
    assert server.ask("HEAD", path).headers["content-length"] == "5"
    assert server.ask("GET", cas(b"")).status == 200, "nothing is always there"


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 262_144, 1_000_000, (4 << 20) - 100])
def test_objects_of_every_size_come_back_as_they_were(server: Server, size: int) -> None:
    data = os.urandom(size)
    for path in (cas(data), f"/cache/{size:032x}", f"/v8/artifacts/{size:016x}"):
        assert server.ask("PUT", path, data, headers={"x-artifact-tag": "t"}).status in {201, 202}
        found = server.ask("GET", path)
        assert (found.status, found.body == data, found.headers["content-length"]) == (200, True, str(size))
        assert server.ask("HEAD", path).headers["content-length"] == str(size)
    assert found.headers["x-artifact-tag"] == "t"


def test_what_is_larger_than_an_object_may_be_is_refused_before_and_while_it_comes(server: Server) -> None:
    large = bytes((4 << 20) + 1)
    assert server.ask("PUT", "/cache/" + "2" * 32, large).status == 413
    connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
    pieces = (large[begin : begin + 65536] for begin in range(0, len(large), 65536))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    connection.request("PUT", "/cache/" + "2" * 32, pieces, headers, encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()
    assert server.ask("GET", "/cache/" + "2" * 32).status == 404
    assert list((server.folder / "kept/new").iterdir()) == []


def test_a_quota_lets_go_what_was_used_longest_ago(server: Server) -> None:
    def path(number: int) -> str:
        return f"/cache/{number:032x}"

    for number in range(3):
        server.ask("PUT", path(number), bytes(30_000), token=OTHER)
    server.ask("GET", path(0), token=OTHER)
    server.ask("PUT", path(3), bytes(30_000), token=OTHER)
    there = [server.ask("HEAD", path(number), token=OTHER).status for number in range(4)]
    assert there == [200, 404, 200, 200]
    assert server.ask("PUT", path(4), bytes(100_001), token=OTHER).status == 413
    kept = (server.folder / "kept/objects/app/gradle").glob("*/*")
    assert sum(file.stat().st_size for file in kept) <= 100_000


def test_a_body_that_breaks_off_leaves_nothing(server: Server) -> None:
    for sent in (b"", b"x" * 10, b"x" * 300_000):
        with socket.create_connection(("127.0.0.1", server.port), PATIENCE_S) as raw:
            head = f"PUT /cache/{'3' * 32} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
            raw.sendall(f"{head}Content-Length: 1000000\r\n\r\n".encode() + sent)
    until(lambda: len(server.told(path=f"/cache/{'3' * 32}")) == 3, "three broken bodies")
    assert server.ask("GET", f"/cache/{'3' * 32}").status == 404
    assert list((server.folder / "kept/new").iterdir()) == []


def test_of_writers_of_one_key_one_wins_and_readers_see_one_of_them_whole(server: Server) -> None:
    bodies = [bytes([number]) * 700_000 for number in range(4)]
    seen: list[bytes] = []

    def write(body: bytes) -> None:
        for _round in range(5):
            assert server.ask("PUT", f"/cache/{'4' * 32}", body).status == 201
            seen.append(server.ask("GET", f"/cache/{'4' * 32}").body)

    threads = [threading.Thread(target=write, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 20
    assert set(seen) <= set(bodies)


def test_the_log_tells_each_request_and_no_token(server: Server) -> None:
    server.ask("GET", "/cache/" + "5" * 32 + "?token=in-a-query", headers={"User-Agent": 'a"b\n'.strip()})
    told = server.told(path="/cache/" + "5" * 32)
    assert [(line["agent"], line["status"], line["result"], line["team"]) for line in told] == [
        ('a"b', 404, "miss", "web")
    ]
    text = (server.folder / "access.jsonl").read_text() + server.said()
    assert not [secret for secret in (TOKEN, READER, OTHER, "in-a-query") if secret in text]


def test_what_was_kept_is_there_after_a_restart_and_half_a_body_is_not(tmp_path: Path) -> None:
    with cache_server(tmp_path) as server:
        assert server.ask("PUT", cas(b"kept"), b"kept").status == 201
        assert server.stop() == 0
    (tmp_path / "kept/new/123-left-1").write_bytes(b"half")
    with cache_server(tmp_path) as server:
        assert "1 object, 4 B of 20 GiB" in server.said()
        assert server.ask("GET", cas(b"kept")).body == b"kept"
        assert list((tmp_path / "kept/new").iterdir()) == []
        server.process.kill()
        server.process.wait()
    with cache_server(tmp_path) as server:
        assert server.ask("GET", cas(b"kept")).body == b"kept"


def test_a_signal_lets_what_has_begun_come_to_its_end(tmp_path: Path) -> None:
    with cache_server(tmp_path) as server:
        with socket.create_connection(("127.0.0.1", server.port), PATIENCE_S) as raw:
            head = (
                f"PUT {cas(b'ab')} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 2\r\n\r\na"
            )
            raw.sendall(head.encode())
            until(lambda: b"in_flight_requests 2" in server.ask("GET", "/metrics").body, "the upload has begun")
            server.process.send_signal(signal.SIGINT)
            until(lambda: _refused(server.port), "no more connections are taken")
            raw.sendall(b"b")
            assert raw.recv(100).startswith(b"HTTP/1.1 201")
        assert server.process.wait(PATIENCE_S) == 0
    with cache_server(tmp_path) as server:
        assert server.ask("GET", cas(b"ab")).body == b"ab"


def _refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return True
    return False


def test_without_tokens_only_this_machine_is_answered_and_no_page_in_a_browser(tmp_path: Path) -> None:
    with cache_server(tmp_path, tokens=False) as server:
        assert server.ask("PUT", cas(b"x"), b"x", token="").status == 201
        assert server.ask("GET", cas(b"x"), token="", headers={"Host": "localhost:1"}).status == 200
        rebound = server.ask("GET", cas(b"x"), token="", headers={"Host": "evil.example:80"})
        assert rebound.status == 403
        assert "open to anybody on this machine" in server.said()


def test_tls_with_certificates_of_clients(tmp_path: Path) -> None:
    require("openssl")
    for name in ("server", "client"):
        made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
        subprocess.run(
            ["openssl", *made.split(), "-keyout", f"{name}.key", "-out", f"{name}.pem"],
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )
    tls = ("--tls-cert", "../server.pem", "--tls-key", "../server.key", "--tls-client-ca", "../client.pem")
    with cache_server(tmp_path / "serve", *tls) as server:
        import urllib.request

        context = ssl.create_default_context(cafile=str(tmp_path / "server.pem"))
        context.load_cert_chain(tmp_path / "client.pem", tmp_path / "client.key")
        with urllib.request.urlopen(f"{server.base}/health", context=context, timeout=PATIENCE_S) as answer:
            assert answer.read() == b'{"status": "ok"}'
        body = bytes(300_000)
        headers = {"Authorization": f"Bearer {TOKEN}"}
        put = urllib.request.Request(f"{server.base}{cas(body)}", body, headers, method="PUT")
        urllib.request.urlopen(put, context=context, timeout=PATIENCE_S).close()
        get = urllib.request.Request(f"{server.base}{cas(body)}", headers=headers)
        with urllib.request.urlopen(get, context=context, timeout=PATIENCE_S) as answer:
            assert answer.read() == body
        stranger = ssl.create_default_context(cafile=str(tmp_path / "server.pem"))
        with pytest.raises(OSError):
            urllib.request.urlopen(f"{server.base}/health", context=stranger, timeout=PATIENCE_S)


def test_tokens_in_a_file_come_and_go_while_the_server_runs(tmp_path: Path, pit: Pit) -> None:
    file = tmp_path / "tokens"
    first = pit("cache", "serve", "--tokens", str(file), "--add-token", "web").raw_out.decode().strip()
    assert first not in file.read_text()
    assert file.stat().st_mode & 0o77 == 0
    with cache_server(tmp_path / "serve", "--tokens", str(file), tokens=False) as server:
        assert server.ask("PUT", cas(b"x"), b"x", token=first).status == 201
        reader = (
            pit("cache", "serve", "--tokens", str(file), "--add-token", "web", "--read-only").raw_out.decode().strip()
        )
        until(lambda: server.ask("GET", cas(b"x"), token=reader).status == 200, "the new token holds")
        assert server.ask("PUT", cas(b"x"), b"x", token=reader).status == 403
        file.write_text(file.read_text().splitlines()[1] + "\n")
        until(lambda: server.ask("GET", cas(b"x"), token=first).status == 401, "the old token is gone")
        file.write_text("nonsense\n")

        def told() -> bool:
            server.ask("GET", cas(b"x"), token=first)
            return "the tokens stay as they were" in server.said()

        until(told, "a broken file is told")
        assert server.ask("GET", cas(b"x"), token=reader).status == 200, "and changes nothing"


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--host", "0.0.0.0"], 2, "can be reached by others, and nobody would need a token"),
        (["--token-env", "NOT_THERE"], 2, "the variable `NOT_THERE` holds no token"),
        (["--token-env", "SHORT"], 2, "the token of team `default` is shorter than 16 characters"),
        (["--token-env", "../up=LONG"], 2, "`../up` is no name of a team"),
        (["--port", "99999"], 2, "`99999` is no port"),
        (["--max-size", "much"], 2, "`much` is no size"),
        (["--quota", "web/ftp=1G"], 2, "`web/ftp=1G` is no quota"),
        (["--tls-cert", "x.pem"], 2, "TLS needs a certificate and its key"),
        (["--tls-cert", "x.pem", "--tls-key", "x.pem"], 3, "cannot be used"),
        (["--dir", "/dev/null/x"], 3, "cannot keep objects"),
        (["--tokens", "none"], 3, "cannot read the tokens in `none`"),
        (["--add-token", "web"], 2, "`--add-token` needs to know the file"),
        (["--read-only"], 2, "`--read-only` goes with `--add-token`"),
        (["--s3", "https://user:p4ss@host/bucket"], 2, "`--s3` takes the name of a bucket"),
    ],
)
def test_what_cannot_be_served_is_said_and_how_to_mend_it(pit: Pit, options: list[str], code: int, said: str) -> None:
    done = pit("cache", "serve", "--port", str(free_port()), *options, env={"LONG": "l" * 40, "SHORT": "s"})
    assert (done.exit, said in done.err) == (code, True), done
    assert "Traceback" not in done.err
    assert "p4ss" not in done.err


def test_a_server_that_is_made_too_large_says_what_to_take_instead(tmp_path: Path, pit: Pit) -> None:
    with cache_server(tmp_path, "--max-size", "300GiB") as server:
        until(lambda: "take bazel-remote instead" in server.said(), "the start says so")
        assert (tmp_path / "kept").stat().st_mode & 0o77 == 0
    assert "Take bazel-remote" in pit("cache", "serve", "--help").out


def test_a_folder_and_a_port_serve_one_server_at_a_time(tmp_path: Path, pit: Pit) -> None:
    with cache_server(tmp_path) as server:
        second = pit("cache", "serve", "--port", str(free_port()), "--dir", str(tmp_path / "kept"))
        assert (second.exit, "another server uses" in second.err) == (3, True), second
        third = pit("cache", "serve", "--port", str(server.port))
        assert (third.exit, f"port {server.port}" in third.err) == (3, True), third
