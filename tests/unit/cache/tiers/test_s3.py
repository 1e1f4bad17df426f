"""What only S3 does: keys and regions, codes of errors, uploads in parts, reading in ranges, asking what there is."""

from __future__ import annotations

import io
import socket
from random import Random
from typing import TYPE_CHECKING

import pytest
from tests.parts.http_cache import HttpCache, serving
from tests.parts.s3_server import BUCKET, SECRET, S3Server
from tests.support.servers import free_port
from tests.unit.cache.tiers.given import Given

from pitstop.cache.disk import DiskStore
from pitstop.cache.intake import opened, receive
from pitstop.cache.tiers.s3 import aws
from pitstop.cache.tiers.s3.bucket import PAGE, Bucket
from pitstop.cache.tiers.s3.tier import S3Tier
from pitstop.cache.tiers.tier import DAMAGED, Address, TierError
from pitstop.core.digest import Digest, digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pitstop.cache.tiers.tier import Tier

ONE, TWO = digest_of(b"one").hash, digest_of(b"two").hash
KEYS = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "hunter2"}
LARGE = 20_000_000
DATA = Random(1).randbytes(LARGE)


def entry(url: str, endpoint: str, environ: dict[str, str] | None = None, **options: str) -> Given:
    timeout_s = float(options.pop("timeout", 5))
    found = {"endpoint": endpoint, **options} if endpoint else options
    return Given(Address("s3", url, timeout_s=timeout_s, options=found), KEYS if environ is None else environ)


@pytest.fixture
def tier(s3_given: Given) -> Iterator[Tier]:
    opened = s3_given.open()
    yield opened
    opened.close()


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    return DiskStore(str(tmp_path / "here"))


def kept(store: DiskStore, data: bytes) -> Digest:
    found = store.put(data)
    assert found is not None
    return found


def folder_of(server: S3Server, name: str) -> Path:
    return server.root / BUCKET / name


@pytest.mark.parametrize(
    ("value", "size"),
    [(b"", 9), (b"\x00other", 9), (b"\x01\x28\xb5\x2f\xfd", 9), (b"\x07?", LARGE), (b"\x00" + bytes(LARGE), LARGE)],
)
def test_an_object_that_somebody_else_wrote_is_not_taken(
    tier: Tier, s3_bucket: S3Server, tmp_path: Path, name: str, value: bytes, size: int
) -> None:
    there = DiskStore(str(tmp_path / "there"))
    wanted = Digest(digest_of(b"wanted").hash, size)
    tier.put_results({ONE: b"\x20\x01", TWO: b"\x20\x02"})
    tier.put_blobs([wanted], lambda _digest: io.BytesIO(b"x"))
    (folder_of(s3_bucket, name) / "ac" / ONE).write_bytes(value)
    (folder_of(s3_bucket, name) / "cas" / wanted.hash).write_bytes(value)
    taken: dict[Digest, bool] = {}

    def sink(digest: Digest, pieces: Iterable[bytes]) -> bool:
        taken[digest] = receive(there, digest, pieces)
        return taken[digest]

    assert tier.get_results([ONE, TWO]) == {ONE: DAMAGED, TWO: b"\x20\x02"}
    tier.get_blobs([wanted], sink)
    assert taken == {wanted: False}


@pytest.mark.slow
def test_an_object_that_changes_while_it_is_read_is_passed_over(
    tier: Tier, s3_bucket: S3Server, store: DiskStore, tmp_path: Path, name: str
) -> None:
    there = DiskStore(str(tmp_path / "there"))
    large = kept(store, DATA)
    tier.put_blobs([large], lambda digest: opened(store, digest))
    path = folder_of(s3_bucket, name) / "cas" / large.hash

    def sink(digest: Digest, pieces: Iterable[bytes]) -> bool:
        arriving = iter(pieces)
        next(arriving)
        path.unlink()
        return receive(there, digest, arriving)

    tier.get_blobs([large], sink)
    assert there.get(large) is None
    assert tier.missing([large]) == {large}


@pytest.mark.parametrize("error", [OSError(5, "the disk is broken"), FileNotFoundError(2, "the disk is broken")])
def test_a_file_that_cannot_be_read_to_its_end_leaves_no_object(
    tier: Tier, s3_bucket: S3Server, name: str, error: OSError
) -> None:
    class Breaking(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > LARGE // 2:
                raise error
            return super().read(size)

    large = digest_of(DATA)
    with pytest.raises(type(error), match="the disk is broken"):
        tier.put_blobs([large], lambda _digest: Breaking(DATA))
    assert not (folder_of(s3_bucket, name) / "cas" / large.hash).exists()


@pytest.mark.parametrize(
    ("bucket", "environ", "message"),
    [
        ("nowhere", None, "NoSuchBucket"),
        (BUCKET, {"AWS_ACCESS_KEY_ID": "AKIAWRONG"}, "InvalidAccessKeyId"),
        (BUCKET, {"AWS_SECRET_ACCESS_KEY": "hunter2"}, "SignatureDoesNotMatch"),
    ],
)
def test_a_bucket_that_is_not_ours_is_told_with_its_code(
    s3_bucket: S3Server, bucket: str, environ: dict[str, str] | None, message: str
) -> None:
    tier = entry(f"s3://{bucket}", s3_bucket.endpoint, s3_bucket.environ | (environ or {})).open()
    with pytest.raises(TierError, match=message) as caught:
        tier.put_results({ONE: b"\x20\x01"})
    assert caught.value.permanent
    assert caught.value.hint
    assert str(caught.value).startswith(f"`s3://{bucket} at {s3_bucket.endpoint}` answers with 40")
    for word in ("hunter2", SECRET, "AKIA", ONE):
        assert word not in caught.value.render()
    tier.close()


@pytest.mark.parametrize(
    ("status", "code", "permanent", "wait", "hint"),
    [
        (503, "SlowDown", False, 5.0, "busy"),
        (429, "TooManyRequests", False, 5.0, "busy"),
        (500, "InternalError", False, 5.0, "busy"),
        (403, "AccessDenied", True, 0.0, "s3:ListBucket"),
        (403, "ExpiredToken", True, 0.0, "expired"),
        (403, "RequestTimeTooSkewed", True, 0.0, "clock"),
        (301, "PermanentRedirect", True, 0.0, "region"),
        (400, "AuthorizationHeaderMalformed", True, 0.0, "region"),
        (400, "", False, 0.0, "S3"),
    ],
)
def test_codes_say_whether_and_when_to_ask_again(
    status: int, code: str, permanent: bool, wait: float, hint: str
) -> None:
    words = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>AKIA was seen</Message></Error>".encode()
    with serving(HttpCache(refusal=(status, {}, words))) as server:
        tier = entry("s3://b", server.base, timeout="0.3").open()
        for ask in (lambda: tier.get_results([ONE]), lambda: tier.put_results({ONE: b"\x20\x01"})):
            with pytest.raises(TierError, match=f"{status}|elsewhere") as caught:
                ask()
            assert (caught.value.permanent, caught.value.retry_after_s) == (permanent, wait)
            assert hint in caught.value.hint
            assert "AKIA" not in caught.value.render()
        tier.close()


def test_no_credentials_anywhere_is_told_as_that(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The library asks the service of an EC2 instance last, and reads where that is from the environment."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", f"http://127.0.0.1:{free_port()}")
    tier = entry("s3://b", "http://127.0.0.1:9", {"HOME": str(tmp_path)}, timeout="0.3").open()
    with pytest.raises(TierError, match="no credentials are found") as caught:
        tier.get_results([ONE])
    assert caught.value.permanent
    tier.close()


def test_a_server_that_never_answers_costs_one_short_wait() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        tier = entry("s3://b", endpoint, timeout="0.2").open()
        with pytest.raises(TierError) as caught:
            tier.get_results([ONE])
        assert str(caught.value) == f"`s3://b at {endpoint}` did not answer within 0.2 s"
        tier.close()


class Names(Bucket):
    """A bucket of which only the names are known."""

    def __init__(self, names: list[str]) -> None:
        super().__init__("s3://names", {"bucket": "names", "region": "r", "skip_signature": True}, "p", "", 1.0)
        self.names = sorted(names)
        self.asked = 0

    def pages(self, folder: str) -> Iterator[list[str]]:
        assert folder == "cas"
        for begin in range(0, len(self.names), PAGE):
            self.asked += 1
            yield self.names[begin : begin + PAGE]

    def has(self, name: str) -> bool:
        self.asked += 1
        return name.rpartition("/")[2] in self.names


@pytest.mark.parametrize(("there", "wanted"), [(0, 300), (900, 300), (3000, 300), (30_000, 300), (30_000, 2000)])
def test_what_is_missing_is_found_with_few_requests(there: int, wanted: int) -> None:
    kept = [digest_of(b"%d" % number) for number in range(there)]
    some = kept[: wanted // 2]
    others = [digest_of(b"-%d" % number) for number in range(wanted - len(some))]
    bucket = Names([digest.hash for digest in kept])
    asked = [*some, *others]
    assert S3Tier(bucket).missing(asked) == set(others)
    one_by_one, listing = len(asked) / 16, there / 1000 + 1
    assert bucket.asked <= 1 + (len(asked) if one_by_one < listing else listing * 1.3 + 1)


def test_what_aws_tools_know_is_found(tmp_path: Path) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text(
        "[default]\nregion = eu-west-1\n[profile ci]\nregion = eu-west-3\nendpoint_url = https://s3.example.org\n"
        "[profile sso]\nsso_session = x\n"
    )
    (tmp_path / ".aws/credentials").write_text(
        "[default]\naws_access_key_id = A\naws_secret_access_key = a%b\n"
        "[ci]\naws_access_key_id = C\naws_secret_access_key = c\naws_session_token = t\n"
    )
    home = {"HOME": str(tmp_path)}
    assert aws.found(home) == aws.Aws("A", "a%b", "", "eu-west-1")
    assert aws.found(home, "ci") == aws.Aws("C", "c", "t", "eu-west-3", "https://s3.example.org")
    assert aws.found({**home, "AWS_PROFILE": "ci"}).key == "C"
    assert aws.found({**home, **KEYS, "AWS_REGION": "r"}) == aws.Aws("AKIA", "hunter2", "", "r")
    assert aws.found({**home, **KEYS}, "ci").key == "C"
    assert aws.found({**home, "AWS_PROFILE": "sso"}).unusable == "sso"
    assert aws.found({"HOME": "/nonexistent"}) == aws.Aws()
    (tmp_path / ".aws/credentials").write_bytes(b"no [ini\xff")
    assert aws.found(home) == aws.Aws(region="eu-west-1")


def test_addresses_of_servers_that_want_the_bucket_in_the_name() -> None:
    tier = entry("s3://b/deep/er/", "https://s3.example.org:9000/", addressing="virtual").open()
    assert isinstance(tier, S3Tier)
    assert tier._bucket._config["endpoint"] == "https://b.s3.example.org:9000"
    assert tier.place == "s3://b/deep/er at https://s3.example.org:9000"


@pytest.mark.parametrize(
    ("url", "options", "environ"),
    [
        ("s3://", {}, {}),
        ("s3://b", {}, {"AWS_ENDPOINT_URL": "ftp://u:hunter2@h"}),
        ("s3://b/../x", {}, {}),
        ("s3://b", {"profile": "nobody"}, {"HOME": "/nonexistent"}),
        ("s3://b", {"regionn": "x"}, {}),
    ],
)
def test_an_entry_that_is_wrong_is_told_without_its_password(
    url: str, options: dict[str, str], environ: dict[str, str]
) -> None:
    with pytest.raises(TierError) as caught:
        entry(url, "", {**KEYS, **environ}, **options).open()
    assert caught.value.permanent
    assert caught.value.hint
    assert "hunter2" not in caught.value.render()
