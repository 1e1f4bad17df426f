"""Fixtures for every test."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from tests.support.parts import how_to_install, is_ci
from tests.support.pit import Pit

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from tests.parts.buildgrid import Grid, Guarded
    from tests.parts.github_cache import GitHubCache
    from tests.parts.s3_server import S3Server

# What is installed beside this Python (cargo-nextest) is found without the environment being activated.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

# Whoever starts the tests in the background of a script has them ignore Ctrl-C, and all that they start would too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A machine that is busy with something else must not fail a test: examples are not timed.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let tools that are started without a home of their own (go counts what it did) write their settings elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        yield


@pytest.fixture
def pit(tmp_path: Path) -> Iterator[Pit]:
    """A temporary repository with the installed program in it."""
    pit = Pit(tmp_path)
    yield pit
    pit.close()


@pytest.fixture(scope="session")
def redis_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Host and port of a real Redis, which all tests share."""
    from tests.parts.redis_server import redis_server

    with redis_server(tmp_path_factory.mktemp("redis")) as address:
        yield address


@pytest.fixture(scope="session")
def github_cache() -> Iterator[GitHubCache]:
    """A stand-in of the cache of GitHub Actions (v2), which all tests share."""
    from tests.parts.github_cache import GitHubCache, serving_cache

    with serving_cache(GitHubCache()) as cache:
        yield cache


@pytest.fixture(scope="session")
def act_cache_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What ACTIONS_CACHE_URL is to the cache server of act (v1), which all tests share."""
    from tests.parts.act_cache import act_cache

    with act_cache(tmp_path_factory.mktemp("act")) as url:
        yield url


@pytest.fixture(scope="session")
def casd_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Host and port of a real buildbox-casd without an instance name, which all tests share."""
    from tests.parts.casd import casd

    with casd(tmp_path_factory.mktemp("casd")) as address:
        yield address


@pytest.fixture(scope="session")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grid]:
    """A real BuildGrid with two workers, which all tests share that leave the workers alone."""
    from tests.parts.buildgrid import buildgrid

    with buildgrid(tmp_path_factory.mktemp("buildgrid")) as grid:
        yield grid


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """The cache of a real BuildGrid that demands a client certificate and a token, which all tests share."""
    from tests.parts.buildgrid import guarded_cache

    with guarded_cache(tmp_path_factory.mktemp("guarded"), instance="main/linux") as guarded:
        yield guarded


@pytest.fixture(scope="session")
def s3_bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real S3 server with one bucket, which all tests share."""
    from tests.parts.s3_server import s3_server

    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where CI should have brought a tool, a test that misses it has failed: a skip there would never be seen."""
    report = yield
    if report.skipped and is_ci() and isinstance(report.longrepr, tuple) and "is not installed" in report.longrepr[2]:
        report.outcome = "failed"
        report.longrepr = f"{report.longrepr[2]}; in CI it must be: {how_to_install(report.longrepr[2])}"
    return report
