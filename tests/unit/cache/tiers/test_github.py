"""GitHub's cache as a tier: what it keeps under which keys, and what each refusal becomes."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

import pytest
from tests.parts.act_cache import act_cache
from tests.parts.github_cache import TOKEN, GitHubCache, serving_cache

from pitstop.cache.actions import ActionResult, OutputFile, encode_result
from pitstop.cache.disk import DiskStore
from pitstop.cache.tiers.framed import frame
from pitstop.cache.tiers.github import GitHubTier, open_tier
from pitstop.cache.tiers.layers import Got, Parcel, bring, look, send
from pitstop.cache.tiers.tier import DAMAGED, Address, TierError
from pitstop.core.digest import Digest, digest_of
from pitstop.links.github.cache import blobs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import BinaryIO

ADDRESS = Address("github")
ACTION, OTHER = "a" * 64, "b" * 64
PULL = "the-token-of-a-pull-request"


@pytest.fixture
def cache() -> Iterator[GitHubCache]:
    scopes = {TOKEN: ("refs/heads/main",), PULL: ("refs/pull/7/merge", "refs/heads/main")}
    with serving_cache(GitHubCache(scopes)) as served:
        yield served


@pytest.fixture
def tier(cache: GitHubCache) -> Iterator[GitHubTier]:
    opened = open_tier(ADDRESS, cache.environ())
    yield opened
    opened.close()


class Kept(dict[Digest, bytes]):
    """Takes what a tier hands over, as the local store does: right bytes alone."""

    def sink(self, digest: Digest, pieces: Iterable[bytes]) -> bool:
        data = b"".join(pieces)
        if digest_of(data) != digest:
            return False
        self[digest] = data
        return True


def source(*blobs: bytes) -> dict[Digest, bytes]:
    return {digest_of(data): data for data in blobs}


def put(tier: GitHubTier, *blobs: bytes) -> list[Digest]:
    known = source(*blobs)

    def opened(digest: Digest) -> BinaryIO:
        return io.BytesIO(known[digest])

    tier.put_blobs(list(known), opened)
    return list(known)


def test_what_one_job_keeps_the_next_one_gets(cache: GitHubCache, tier: GitHubTier) -> None:
    tier.put_results({ACTION: b"the result" * 100, OTHER: b"x"})
    digests = put(tier, b"small", os.urandom(300_000), b"text " * 100_000)
    again = open_tier(ADDRESS, cache.environ())
    kept = Kept()
    again.get_blobs([*digests, digest_of(b"never sent")], kept.sink)
    assert kept.keys() == set(digests)
    assert again.get_results([ACTION, "c" * 64, OTHER]) == {ACTION: b"the result" * 100, OTHER: b"x"}
    assert again.missing([*digests, digest_of(b"never sent")]) == {digest_of(b"never sent")}
    assert min(cache.kept()) == f"pitstop-ac-{ACTION}-0"
    assert any(key == f"pitstop-cas-{digests[0].hash}-0" for key in cache.kept())
    again.close()


def test_entries_are_compressed(cache: GitHubCache, tier: GitHubTier) -> None:
    put(tier, b"text " * 100_000)
    assert len(cache.entries[0].data) < 1000


def test_a_blob_larger_than_a_block_is_sent_in_blocks_and_comes_back_whole(
    cache: GitHubCache, tier: GitHubTier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs, "BLOCK", 1 << 20)
    data = os.urandom(3_500_000)
    (digest,) = put(tier, data)
    assert cache.entries[0].uploads == 4
    kept = Kept()
    tier.get_blobs([digest], kept.sink)
    assert kept[digest] == data


def test_a_result_written_again_is_found_instead_of_the_older_one(cache: GitHubCache, tier: GitHubTier) -> None:
    tier.put_results({ACTION: b"one"})
    tier.put_results({ACTION: b"two"})
    tier.put_results({ACTION: b"three"})
    assert tier.get_results([ACTION]) == {ACTION: b"three"}
    assert len(cache.kept()) == 3
    assert len(set(cache.kept())) == 3


def test_the_same_result_is_kept_once_although_two_jobs_send_it(cache: GitHubCache, tier: GitHubTier) -> None:
    tier.put_results({ACTION: b"one"})
    tier.put_results({ACTION: b"one"})
    assert cache.kept() == [f"pitstop-ac-{ACTION}-0"]


def test_an_entry_that_somebody_began_and_never_finished_does_not_block_its_key(
    cache: GitHubCache, tier: GitHubTier
) -> None:
    assert tier._service.create(f"pitstop-ac-{ACTION}-0", [b"x"])
    digest = digest_of(b"blob")
    assert tier._service.create(f"pitstop-cas-{digest.hash}-0", [b"x"])
    for entry in cache.entries:
        entry.complete = False
    tier.put_results({ACTION: b"one"})
    put(tier, b"blob")
    assert tier.get_results([ACTION]) == {ACTION: b"one"}
    kept = Kept()
    tier.get_blobs([digest], kept.sink)
    assert kept


def test_a_removed_result_is_hidden_and_can_be_written_anew(cache: GitHubCache, tier: GitHubTier) -> None:
    tier.put_results({ACTION: b"one"})
    tier.remove([ACTION, OTHER])
    assert tier.get_results([ACTION, OTHER]) == {}
    assert len(cache.kept()) == 2  # nothing is laid over what is not there
    tier.put_results({ACTION: b"one"})
    assert tier.get_results([ACTION]) == {ACTION: b"one"}


@pytest.mark.parametrize("wrong", [b"", b"\x00other bytes", b"\x01no zstd", b"\x07"])
def test_a_blob_with_wrong_bytes_is_missing_and_written_over(
    cache: GitHubCache, tier: GitHubTier, wrong: bytes
) -> None:
    (digest,) = put(tier, b"right bytes")
    cache.entries[0].data = wrong
    kept = Kept()
    tier.get_blobs([digest], kept.sink)
    assert not kept
    assert tier.missing([digest]) == {digest}
    put(tier, b"right bytes")
    tier.get_blobs([digest], kept.sink)
    assert kept
    assert tier.missing([digest]) == set()


def test_a_blob_with_wrong_bytes_is_written_over_by_who_never_read_it(cache: GitHubCache, tier: GitHubTier) -> None:
    (digest,) = put(tier, b"right bytes")
    cache.entries[0].data = b"\x00other bytes"
    another = open_tier(ADDRESS, cache.environ())
    put(another, b"right bytes")
    kept = Kept()
    another.get_blobs([digest], kept.sink)
    assert kept
    put(another, b"right bytes")
    assert len(cache.kept()) == 2  # what is right is not sent again
    another.close()


@pytest.mark.parametrize("wrong", [b"\x00other bytes", b"\x01no zstd", b"\x07", frame(OTHER, b"one")])
def test_a_result_with_wrong_bytes_is_damaged_and_written_over(
    cache: GitHubCache, tier: GitHubTier, wrong: bytes
) -> None:
    tier.put_results({ACTION: b"one"})
    cache.entries[0].data = wrong
    assert tier.get_results([ACTION]) == {ACTION: DAMAGED}
    tier.put_results({ACTION: b"one"})
    assert tier.get_results([ACTION]) == {ACTION: b"one"}


def test_outputs_of_middling_size_are_in_the_one_entry_of_their_result(
    cache: GitHubCache, tier: GitHubTier, tmp_path: Path
) -> None:
    store = DiskStore(str(tmp_path))
    digests = [digest for size in (200_000,) * 4 + (300_000,) if (digest := store.put(os.urandom(size)))]
    result = ActionResult(tuple(OutputFile(f"dist/{number}", digest) for number, digest in enumerate(digests)))
    assert send(tier, store, [Parcel(ACTION, encode_result(result), tuple(digests))]).results == (ACTION,)
    assert sorted(key.split("-")[1] for key in cache.kept()) == ["ac", "cas"]  # the largest is by itself
    got, refused = look(tier, [ACTION], lambda _action, _message: "")
    other, here = DiskStore(str(tmp_path / "other")), list[Got]()
    assert (bring(tier, other, got, here.append), refused) == (set(), {})
    assert [one.result for one in here] == [result]
    assert all(other.get(digest) == store.get(digest) is not None for digest in digests)


def test_a_pull_request_reads_what_the_main_branch_wrote_and_not_the_other_way_round(cache: GitHubCache) -> None:
    main, pull = open_tier(ADDRESS, cache.environ()), open_tier(ADDRESS, cache.environ(PULL))
    main.put_results({ACTION: b"of main"})
    assert pull.get_results([ACTION]) == {ACTION: b"of main"}
    pull.put_results({ACTION: b"of the pull request", OTHER: b"too"})
    assert pull.get_results([ACTION, OTHER]) == {ACTION: b"of the pull request", OTHER: b"too"}
    assert main.get_results([ACTION, OTHER]) == {ACTION: b"of main"}
    pull.remove([ACTION])
    assert pull.get_results([ACTION]) == {}
    main.close()
    pull.close()


def test_prefixes_keep_repositories_of_one_cache_apart(cache: GitHubCache, tier: GitHubTier) -> None:
    tier.put_results({ACTION: b"one"})
    other = open_tier(ADDRESS._replace(options={"prefix": "pitstop-linux"}), cache.environ())
    assert other.get_results([ACTION]) == {}
    other.close()


def test_a_download_that_breaks_off_is_taken_up_where_it_broke(cache: GitHubCache, tier: GitHubTier) -> None:
    data = os.urandom(3 << 20)
    (digest,) = put(tier, data)
    cache.cut_downloads = 2
    kept = Kept()
    tier.get_blobs([digest], kept.sink)
    assert kept[digest] == data
    ranges = [headers["range"] for method, _, headers in cache.asked if method == "GET" and "range" in headers]
    assert len(ranges) == 2


def test_a_server_that_breaks_every_download_is_an_error_and_no_loop(cache: GitHubCache, tier: GitHubTier) -> None:
    (digest,) = put(tier, os.urandom(3 << 20))
    cache.cut_downloads = 1000
    with pytest.raises(TierError, match="does not answer"):
        tier.get_blobs([digest], Kept().sink)


def test_the_rate_limit_says_when_to_come_again(cache: GitHubCache, tier: GitHubTier) -> None:
    cache.uploads_left = 2
    with pytest.raises(TierError, match="200 a minute") as caught:
        tier.put_results({f"{number:064x}": b"x" for number in range(40)})
    assert caught.value.retry_after_s == 42
    assert not caught.value.permanent
    assert len(cache.kept()) == 2


def test_a_pull_request_from_a_fork_may_not_write(cache: GitHubCache, tier: GitHubTier) -> None:
    cache.denied = True
    with pytest.raises(TierError, match="may only read") as caught:
        tier.put_results({ACTION: b"x"})
    assert caught.value.permanent


def test_a_token_that_does_not_hold_is_refused_once_and_never_printed(cache: GitHubCache) -> None:
    tier = open_tier(ADDRESS, cache.environ("very-secret"))
    with pytest.raises(TierError, match="ACTIONS_RUNTIME_TOKEN") as caught:
        tier.get_results([ACTION])
    assert caught.value.permanent
    assert "very-secret" not in caught.value.render() + tier.place
    tier.close()


def test_a_service_that_is_down_is_an_error_without_a_signed_address(cache: GitHubCache, tier: GitHubTier) -> None:
    cache.down = True
    with pytest.raises(TierError, match=r"503|unavailable") as caught:
        tier.missing([digest_of(b"x")])
    assert not caught.value.permanent
    with serving_cache(GitHubCache()) as gone:
        lost = open_tier(ADDRESS, gone.environ())
    with pytest.raises(TierError, match="does not answer") as caught:
        lost.get_results([ACTION])
    assert "sig=" not in caught.value.render()


def test_a_service_that_stumbles_once_is_asked_again(cache: GitHubCache, tier: GitHubTier) -> None:
    tier.put_results({ACTION: b"one"})
    cache.stumbles = 1
    assert tier.get_results([ACTION]) == {ACTION: b"one"}


def test_the_token_goes_to_the_service_and_never_to_the_storage(cache: GitHubCache, tier: GitHubTier) -> None:
    (digest,) = put(tier, b"bytes")
    tier.get_blobs([digest], Kept().sink)
    at_storage = [headers for _, path, headers in cache.asked if path.startswith("/blob/")]
    assert len(at_storage) == 2
    assert not any("authorization" in headers for headers in at_storage)


@pytest.mark.parametrize(("mode", "reads", "writes"), [("none", False, False), ("read", True, False), ("write", True, True), ("write-only", False, True)])  # fmt: skip
def test_the_mode_that_a_job_has_been_given_is_kept(
    cache: GitHubCache, tier: GitHubTier, mode: str, *, reads: bool, writes: bool
) -> None:
    tier.put_results({OTHER: b"there"})
    limited = open_tier(ADDRESS, {**cache.environ(), "ACTIONS_CACHE_MODE": mode})
    limited.put_results({ACTION: b"x"})
    assert (ACTION in tier.get_results([ACTION])) == writes
    assert (OTHER in limited.get_results([OTHER])) == reads
    limited.close()


@pytest.mark.parametrize(
    "environ",
    [{}, {"ACTIONS_RESULTS_URL": "https://results.example/"}, {"ACTIONS_RUNTIME_TOKEN": "t"},
     {"ACTIONS_RESULTS_URL": "nonsense", "ACTIONS_RUNTIME_TOKEN": "t"}],
)  # fmt: skip
def test_without_what_the_runner_gives_to_actions_it_says_how_to_get_it(environ: dict[str, str]) -> None:
    with pytest.raises(TierError) as caught:
        open_tier(ADDRESS, environ)
    assert caught.value.permanent
    assert "cache setup" in caught.value.hint


@pytest.mark.parametrize("prefix", ["", "a,b", "x" * 401, "a b", "ä"])
def test_a_prefix_that_no_key_may_begin_with_is_refused(cache: GitHubCache, prefix: str) -> None:
    with pytest.raises(TierError, match="prefix"):
        open_tier(ADDRESS._replace(options={"prefix": prefix}), cache.environ())


@pytest.mark.slow
def test_the_older_protocol_works_with_the_server_that_act_carries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs, "BLOCK", 1 << 20)
    with act_cache(tmp_path) as url:
        tier = open_tier(ADDRESS, {"ACTIONS_CACHE_URL": url, "ACTIONS_RUNTIME_TOKEN": "any"})
        assert tier.place == "github 127.0.0.1 (v1)"
        assert tier.missing([digest_of(b"x")]) == {digest_of(b"x")}
        data = [b"small", os.urandom(2_500_000)]
        digests = put(tier, *data)
        kept = Kept()
        tier.get_blobs(digests, kept.sink)
        assert kept == source(*data)
        tier.put_results({ACTION: b"one"})
        tier.put_results({ACTION: b"two"})
        assert tier.get_results([ACTION]) == {ACTION: b"two"}
        tier.remove([ACTION])
        assert tier.get_results([ACTION]) == {}
        tier.close()


@pytest.mark.parametrize(
    ("environ", "protocol"),
    [
        ({"ACTIONS_RESULTS_URL": "https://r/"}, "v2"),
        ({"ACTIONS_RESULTS_URL": "https://r/", "ACTIONS_CACHE_URL": "https://c/"}, "v1"),
        ({"ACTIONS_RESULTS_URL": "https://r/", "ACTIONS_CACHE_URL": "https://c/", "ACTIONS_CACHE_SERVICE_V2": "True"}, "v2"),
        ({"ACTIONS_RESULTS_URL": "https://r/", "ACTIONS_CACHE_URL": "https://c/", "ACTIONS_CACHE_SERVICE_V2": "True",
          "GITHUB_SERVER_URL": "https://git.example"}, "v1"),
        ({"ACTIONS_RESULTS_URL": "https://r/", "ACTIONS_CACHE_SERVICE_V2": "True",
          "GITHUB_SERVER_URL": "https://team.ghe.com"}, "v2"),
    ],
)  # fmt: skip
def test_the_protocol_is_chosen_as_actions_cache_chooses_it(environ: dict[str, str], protocol: str) -> None:
    tier = open_tier(ADDRESS, {**environ, "ACTIONS_RUNTIME_TOKEN": "t"})
    assert tier.place.endswith(f"({protocol})")
    tier.close()
