"""`pitstop cache serve` before a bucket and before a folder: large objects, little memory, and storages that fail."""

from __future__ import annotations

import os
import shutil
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.parts.cache_server import READER, TOKEN, Server, cache_server
from tests.parts.s3_server import BUCKET, KEY, SECRET, S3Server, s3_server
from tests.support.pit import until
from tests.support.servers import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("obstore", reason="obstore is not installed")
pytestmark = pytest.mark.slow

LARGE = 96 << 20


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


def before(s3: S3Server, prefix: str) -> tuple[str, ...]:
    return ("--s3", f"s3://{BUCKET}/{prefix}", "--s3-endpoint", s3.endpoint, "--s3-region", "us-east-1")


def cas(data: bytes) -> str:
    return f"/cas/{sha256(data).hexdigest()}"


def keys(s3: S3Server, prefix: str) -> list[str]:
    folder = s3.root / BUCKET / prefix
    return sorted(str(file.relative_to(folder)) for file in folder.glob("**/*") if file.is_file())


def test_a_bucket_keeps_objects_of_every_size_for_the_next_server(tmp_path: Path, s3: S3Server) -> None:
    bodies = [os.urandom(size) for size in (1, 65_536, 300_000, 12_000_000)]
    with cache_server(tmp_path / "one", *before(s3, "sizes"), env=s3.environ) as server:
        for body in bodies:
            assert server.ask("PUT", cas(body), body).status == 201
        assert server.ask("PUT", "/v8/artifacts/0123456789abcdef", b"x", headers={"x-artifact-tag": "t"}).status == 202
        assert server.ask("PUT", cas(b"right"), b"wrong").status == 400
        assert list((tmp_path / "one/kept/new").iterdir()) == []
    (tmp_path / "two/kept/new").mkdir(parents=True)
    (tmp_path / "two/kept/new/99999999-left-1").write_bytes(b"half")
    (tmp_path / f"two/kept/new/{os.getpid()}-being-1").write_bytes(b"half")
    with cache_server(tmp_path / "two", *before(s3, "sizes"), env=s3.environ) as server:
        assert f"{len(bodies) + 1} objects" in server.said()
        for body in bodies:
            found = server.ask("GET", cas(body), token=READER)
            assert (found.status, found.body == body) == (200, True)
            assert server.ask("HEAD", cas(body)).headers["content-length"] == str(len(body))
        assert server.ask("GET", "/v8/artifacts/0123456789abcdef").headers["x-artifact-tag"] == "t"
        assert [file.name for file in (tmp_path / "two/kept/new").iterdir()] == [f"{os.getpid()}-being-1"]
        assert server.ask("DELETE", cas(bodies[0])).status == 204
        assert server.ask("HEAD", cas(bodies[0])).status == 404
        assert server.ask("GET", cas(bodies[0])).status == 404
    assert len(keys(s3, "sizes")) == len(bodies)


def test_two_servers_before_one_bucket_find_what_the_other_keeps(tmp_path: Path, s3: S3Server) -> None:
    options = before(s3, "two")
    with (
        cache_server(tmp_path / "one", *options, env=s3.environ) as one,
        cache_server(tmp_path / "two", *options, env=s3.environ) as two,
    ):
        assert two.ask("GET", cas(b"late")).status == 404
        assert one.ask("PUT", cas(b"late"), b"late").status == 201
        assert two.ask("GET", cas(b"late")).body == b"late"
        assert one.ask("DELETE", cas(b"late")).status == 204
        assert two.ask("GET", cas(b"late")).status == 404


def test_a_quota_lets_objects_of_a_bucket_go(tmp_path: Path, s3: S3Server) -> None:
    with cache_server(tmp_path, *before(s3, "quota"), "--max-size", "10kB", env=s3.environ) as server:
        for number in range(8):
            assert server.ask("PUT", f"/cache/{number:032x}", bytes(3_000)).status == 201
    assert keys(s3, "quota") == [f"web/gradle/{number:032x}" for number in (5, 6, 7)]


def test_a_bucket_that_is_gone_costs_each_client_a_miss_in_its_own_words(tmp_path: Path) -> None:
    """Nothing listens there: the start says so; and when it goes later, nobody's build fails."""
    with s3_server(tmp_path) as s3, cache_server(tmp_path / "serve", *before(s3, "gone"), env=s3.environ) as server:
        assert server.ask("PUT", "/v1/cache/1", b"x").status == 200
        shutil.rmtree(s3.root / BUCKET)
        assert server.ask("GET", "/v1/cache/1").status == 404
        assert server.ask("PUT", "/v1/cache/2", b"x").status == 403
        assert server.ask("PUT", "/cache/" + "1" * 32, b"x").status == 503
        assert server.ask("GET", "/health").status == 200


def test_keys_and_address_of_a_bucket_are_found_where_the_aws_tools_find_them(tmp_path: Path, s3: S3Server) -> None:
    (tmp_path / "config").write_text(f"[default]\nendpoint_url = {s3.endpoint}\nregion = us-east-1\n")
    keys_of = f"aws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
    (tmp_path / "credentials").write_text(f"[default]\n{keys_of}")
    env = {"AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials")}
    with cache_server(tmp_path, "--s3", f"s3://{BUCKET}/found", env=env) as server:
        assert server.ask("PUT", cas(b"x"), b"x").status == 201
    assert keys(s3, "found") == [f"web/bazel/cas~{sha256(b'x').hexdigest()}"]


def test_wrong_credentials_are_said_at_the_start(tmp_path: Path, s3: S3Server) -> None:
    with (
        pytest.raises(AssertionError, match=r"cannot read what is kept: .*\(SignatureDoesNotMatch\)"),
        cache_server(tmp_path, *before(s3, "x"), env={**s3.environ, "AWS_SECRET_ACCESS_KEY": "wrong"}),
    ):
        pass
    assert "wrong" not in (tmp_path / "said").read_text()


def stream(server: Server, size: int) -> str:
    """Send `size` bytes and read them again, never all of them in memory; return the path."""
    piece = os.urandom(1 << 20)
    hasher = sha256()
    for _ in range(size >> 20):
        hasher.update(piece)
    path = f"/cas/{hasher.hexdigest()}"
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Length": str(size)}
    connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
    connection.request("PUT", path, (piece for _ in range(size >> 20)), headers)
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (201, b"")
    connection.request("GET", path, headers={"Authorization": f"Bearer {TOKEN}"})
    answer = connection.getresponse()
    found = sha256()
    while data := answer.read(1 << 20):
        found.update(data)
    connection.close()
    assert found.hexdigest() == hasher.hexdigest()
    return path


def peak(server: Server) -> int:
    """Return the most memory that the server ever had, in bytes."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmHWM"))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells how much memory a process had")
@pytest.mark.parametrize("storage", ["folder", "bucket"])
def test_a_large_object_passes_through_a_small_server(tmp_path: Path, s3: S3Server, storage: str) -> None:
    options = before(s3, "large") if storage == "bucket" else ()
    with cache_server(tmp_path, *options, env=s3.environ) as server:
        stream(server, 1 << 20)
        small = peak(server)
        stream(server, LARGE)
        assert peak(server) - small < LARGE // 2


def test_a_client_that_reads_no_further_holds_nothing_up(tmp_path: Path) -> None:
    with cache_server(tmp_path) as server:
        path = stream(server, LARGE)
        slow = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
        slow.request("GET", path, headers={"Authorization": f"Bearer {TOKEN}"})
        assert slow.getresponse().read(10)
        assert server.ask("PUT", cas(b"next"), b"next").status == 201
        slow.close()
        until(lambda: bool(server.told(path=path, result="gone")), "the server notices that the client went away")


def test_a_full_disk_is_told_and_what_is_there_is_still_given(tmp_path: Path) -> None:
    with cache_server(tmp_path) as server:
        assert server.ask("PUT", cas(b"there"), b"there").status == 201
        full = tmp_path / "kept/new"
        full.rmdir()
        full.symlink_to("/dev/full")
        assert server.ask("PUT", cas(b"new"), b"new").status in {503, 507}
        assert server.ask("GET", cas(b"there")).body == b"there"
