"""Tokens, results, tags, answers, metrics and log lines of the cache server."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.cache.reapi.proto import remote_execution_pb2 as reapi
from pitstop.core.errors import ConfigError, UsageError
from pitstop.serve.cache import answers, tags
from pitstop.serve.cache.access_log import AccessLog, Request, line_of
from pitstop.serve.cache.complete import Blobs, blobs_of, files_of
from pitstop.serve.cache.metrics import Metrics
from pitstop.serve.cache.routes import SPACES
from pitstop.serve.cache.shelves import Name, Quotas, Shelves
from pitstop.serve.cache.tokens import Grant, find_grant, grant_of, new_token, parse_tokens, presented

PRINTABLE = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=":"), min_size=16)
DIGESTS = st.binary(min_size=1).map(lambda data: reapi.Digest(hash=sha256(data).hexdigest(), size_bytes=len(data)))


@pytest.mark.slow
@given(st.lists(st.tuples(st.sampled_from(["web", "app"]), PRINTABLE, st.booleans()), unique_by=lambda each: each[1]))
def test_a_token_is_found_after_a_round_through_the_file_and_no_other_one_is(
    tokens: list[tuple[str, str, bool]],
) -> None:
    lines = [grant_of(team, token, write=write).line for team, token, write in tokens]
    grants = parse_tokens("# of the team\n\n" + "\n".join(f"{line}  # laptop" for line in lines), "tokens")
    for team, token, write in tokens:
        for header in (
            f"Bearer {token}",
            f"bearer {token}",
            _basic("", token),
            _basic("user", token),
            _basic(token, ""),
        ):
            found = find_grant(grants, presented(header.encode()))
            assert found is not None
            assert (found.team, found.write) == (team, write)
        assert token not in "".join(lines)
        if token[:-1] not in {other for _team, other, _write in tokens}:
            assert find_grant(grants, token[:-1]) is None
    assert find_grant(grants, "") is None


def _basic(user: str, password: str) -> str:
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


@given(st.binary())
def test_no_header_is_too_strange_to_be_refused(header: bytes) -> None:
    assert find_grant([Grant("web", write=True, digest=sha256(b"t" * 20).hexdigest())], presented(header)) is None


@pytest.mark.parametrize(
    "line", ["web", "web rw", "web rwx sha256:" + "0" * 64, "../x rw sha256:" + "0" * 64, "a..b ro sha256:" + "0" * 64]
)
def test_a_wrong_line_of_a_token_file_is_named(line: str) -> None:
    with pytest.raises(ConfigError, match=r"^tokens:2:1: this is no line of a token file"):
        parse_tokens(f"\n{line}\n", "tokens")


def test_a_token_that_could_be_guessed_is_refused_and_a_drawn_one_is_not() -> None:
    with pytest.raises(UsageError, match="shorter than 16"):
        grant_of("web", "hunter2", write=True)
    assert grant_of("web", new_token(), write=True).write
    assert new_token() != new_token()
    assert new_token().isalnum()


@given(st.lists(DIGESTS, max_size=4), st.lists(DIGESTS, max_size=3), st.lists(DIGESTS, max_size=2), st.booleans())
def test_a_result_stands_on_what_it_names_and_does_not_carry(
    files: list[reapi.Digest], trees: list[reapi.Digest], logs: list[reapi.Digest], carried: bool
) -> None:
    message = reapi.ActionResult(exit_code=1)
    message.output_files.extend(reapi.OutputFile(path="x", digest=digest, contents=b"c" * carried) for digest in files)
    message.output_directories.extend(reapi.OutputDirectory(path="y", tree_digest=digest) for digest in trees)
    for name, digest in zip(("stdout_digest", "stderr_digest"), logs, strict=False):
        getattr(message, name).CopyFrom(digest)
    message.output_files.append(reapi.OutputFile(path="empty", digest=reapi.Digest(hash=sha256().hexdigest())))
    found = blobs_of(message.SerializeToString())
    assert sorted(found.plain) == sorted(digest.hash for digest in [*(() if carried else files), *logs])
    assert found.trees == tuple(digest.hash for digest in trees)
    tree = reapi.Tree(root=reapi.Directory(files=[reapi.FileNode(name="f", digest=digest) for digest in files]))
    tree.children.append(reapi.Directory(files=[reapi.FileNode(name="g", digest=digest) for digest in logs]))
    assert files_of(tree.SerializeToString()) == tuple(digest.hash for digest in [*files, *logs])


@given(st.binary())
def test_what_is_no_result_stands_on_nothing_or_on_real_digests(data: bytes) -> None:
    found = blobs_of(data)
    assert all(len(name) == 64 and int(name, 16) >= 0 for name in (*found.plain, *found.trees, *files_of(data)))


def test_what_ccache_keeps_under_its_bazel_layout_is_no_result() -> None:
    assert blobs_of(bytes.fromhex("ccac0100010101000000006b022a2005")) == Blobs((), ())


def test_a_digest_that_is_a_path_is_no_digest() -> None:
    path = "../" * 21 + "x"
    message = reapi.ActionResult(output_files=[reapi.OutputFile(digest=reapi.Digest(hash=path, size_bytes=1))])
    assert len(path) == 64
    assert blobs_of(message.SerializeToString()) == Blobs((), ())


HEADERS = st.lists(
    st.tuples(
        st.sampled_from([b"x-artifact-tag", b"x-artifact-duration", b"x-artifact-sha", b"authorization", b"x-other"]),
        st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=60).map(
            lambda t: t.encode("latin-1")
        ),
    ),
    unique_by=lambda each: each[0],
)


@pytest.mark.slow
@given(HEADERS, st.binary())
def test_what_turbo_says_of_an_artifact_comes_back_with_it_and_nothing_else(
    headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    whole = tags.packed(headers) + body
    skip, found = tags.unpacked(whole)
    assert whole[skip:] == body
    assert sorted(found) == sorted(each for each in headers if each[0].startswith(b"x-artifact"))


@given(st.binary(max_size=40))
def test_a_beginning_that_is_not_ours_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        tags.unpacked(b"PST" + data[:1].replace(b"B", b"") + data)


WHYS = ["token", "read-only", "too-large", "full", "wrong-digest", "storage", "exists", "host"]


@pytest.mark.parametrize("why", WHYS)
def test_every_client_can_bear_every_refusal(why: str) -> None:
    for space in ("", *SPACES):
        for method in ("GET", "HEAD", "PUT", "DELETE"):
            answer = answers.refused(space, method, why)
            assert answer.status >= 400
            if space == "nx":  # whatever else it is told fails the build
                assert answer.status in ({404} if method in {"GET", "HEAD"} else {403, 409})
            if space == "turbo":
                assert set(json.loads(answer.body)["error"]) == {"code", "message"}


def test_the_metrics_page_is_what_prometheus_reads() -> None:
    metrics, shelves = Metrics(), Shelves(Quotas(10))
    for size in (6, 7):
        for gone in shelves.keep(Name("web", "nx", str(size)), size):
            metrics.on_evicted(gone)
    for seconds in (0.001, 0.2, 99.0):
        metrics.count(Request("", "", "GET", "/x", "nx", "web", 200, "hit", 0, 7, seconds))
    lines = metrics.page(shelves).splitlines()
    for wanted in (
        'pitstop_cache_requests_total{protocol="nx",method="GET",status="200"} 3',
        'pitstop_cache_results_total{protocol="nx",team="web",result="hit"} 3',
        'pitstop_cache_sent_bytes_total{protocol="nx",team="web"} 21',
        'pitstop_cache_evictions_total{protocol="nx",team="web"} 1',
        'pitstop_cache_stored_bytes{protocol="nx",team="web"} 7',
        'pitstop_cache_stored_objects{protocol="nx",team="web"} 1',
        'pitstop_cache_request_seconds_bucket{protocol="nx",le="0.001"} 1',
        'pitstop_cache_request_seconds_bucket{protocol="nx",le="0.25"} 2',
        'pitstop_cache_request_seconds_bucket{protocol="nx",le="30.0"} 2',
        'pitstop_cache_request_seconds_bucket{protocol="nx",le="+Inf"} 3',
        'pitstop_cache_request_seconds_count{protocol="nx"} 3',
    ):
        assert wanted in lines
    families = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(families) == len(set(families))
    for line in lines:
        if not line.startswith("#"):
            name = line.partition("{")[0].partition(" ")[0]
            assert any(name.startswith(family) for family in families)
            float(line.rpartition(" ")[2])


@given(st.text(), st.text())
def test_whatever_a_client_calls_itself_a_request_is_one_line_of_json(agent: str, path: str) -> None:
    request = Request("::1", agent, "GET", path, "nx", "web", 404, "miss", 0, 0, 0.00123)
    line = line_of(request, 0.0)
    assert line.count("\n") == 1
    found = json.loads(line)
    assert (found["agent"], found["path"], found["time"]) == (agent[:300], path[:300], "1970-01-01T00:00:00Z")
    assert found["ms"] == 1.23


def test_lines_are_written_a_few_at_a_time_and_none_is_lost() -> None:
    written: list[str] = []

    async def requests() -> None:
        log = AccessLog(written.append)
        for number in range(3):
            log(Request("", "", "GET", f"/{number}", "", "", 200, "", 0, 0, 0.0))
        assert written == []
        log.flush()
        log.flush()

    asyncio.run(requests())
    assert len(written) == 1
    assert [json.loads(line)["path"] for line in written[0].splitlines()] == ["/0", "/1", "/2"]
