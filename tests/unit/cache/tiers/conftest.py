"""A tier of each kind on a real server, or on a stand-in that is itself proven: `<kind>_given` for the kind's tests.

What a fixture gives is of this test alone: servers are shared, names are not.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from tests.parts.http_cache import HttpCache, serving
from tests.parts.s3_server import BUCKET
from tests.unit.cache.tiers.given import Given

from pitstop.cache.tiers.tier import Address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.parts.buildgrid import Guarded
    from tests.parts.github_cache import GitHubCache
    from tests.parts.s3_server import S3Server

    from pitstop.cache.tiers.tier import Tier

CERTIFICATES = {"ca": "ca.pem", "certificate": "client.pem", "key": "client.key"}


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A word of this test alone."""
    return sha256(request.node.nodeid.encode()).hexdigest()[:16]


@pytest.fixture
def redis_given(redis_address: str, name: str) -> Given:
    return Given(Address("redis", f"redis://{redis_address}/0", options={"prefix": name}))


@pytest.fixture
def github_given(github_cache: GitHubCache, name: str) -> Given:
    return Given(Address("github", options={"prefix": name}), github_cache.environ(), many=200)


@pytest.fixture
def github_older_given(act_cache_url: str, name: str) -> Given:
    """The older protocol, at the server that act carries."""
    environ = {"ACTIONS_CACHE_URL": act_cache_url, "ACTIONS_RUNTIME_TOKEN": "any"}
    return Given(Address("github", options={"prefix": name}), environ, many=25)


@pytest.fixture
def http_given() -> Iterator[Given]:
    with serving(HttpCache()) as cache:
        yield Given(Address("http", f"{cache.base}/cache"), many=300)


@pytest.fixture
def reapi_given(casd_address: str) -> Given:
    return Given(Address("reapi", f"grpc://{casd_address}"))


@pytest.fixture
def reapi_guarded_given(guarded: Guarded) -> Given:
    """With TLS, a client's certificate, a token and an instance name."""
    files = {name: str(guarded.certificates / file) for name, file in CERTIFICATES.items()}
    address = Address("reapi", f"grpcs://{guarded.address}/{guarded.instance}", options={"token_env": "TOKEN", **files})
    return Given(address, {"TOKEN": guarded.token("writer")}, many=200)


@pytest.fixture
def s3_given(s3_bucket: S3Server, name: str) -> Given:
    return Given(
        Address("s3", f"s3://{BUCKET}/{name}", options={"endpoint": s3_bucket.endpoint}), s3_bucket.environ, many=300
    )


@pytest.fixture(params=["redis", "http", "s3", "reapi", "reapi_guarded", "github", "github_older"])
def given(request: pytest.FixtureRequest) -> Given:
    """An entry of each kind."""
    found: Given = request.getfixturevalue(f"{request.param}_given")
    return found


@pytest.fixture
def tier(given: Given) -> Iterator[Tier]:
    """A tier of each kind, with nothing in it."""
    opened = given.open()
    yield opened
    opened.close()
