"""What only the REAPI tier does: results that are written over, errors of the client as those of a tier."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import grpc
import pytest
from tests.parts.reapi_server import Cache, Fault, capabilities, serving

from pitstop.cache.actions import ActionResult, decode_result, encode_result
from pitstop.cache.reapi.proto import remote_execution_pb2 as reapi
from pitstop.cache.tiers.reapi import ACTION_SIZE, open_tier
from pitstop.cache.tiers.removed import REMOVED
from pitstop.cache.tiers.tier import Address, TierError
from pitstop.core.digest import digest_of

if TYPE_CHECKING:
    from tests.unit.cache.tiers.given import Given

ACTION, OTHER = digest_of(b"one").hash, digest_of(b"other").hash
MESSAGE = encode_result(ActionResult(log=b"said", worker="w"))
SIGNED = reapi.ActionResult.FromString(MESSAGE)
SIGNED.execution_metadata.auxiliary_metadata.add(type_url="pitstop/signature", value=b"\x00\xffsigned")


@pytest.mark.parametrize("kind", ["reapi", "reapi_guarded"])
def test_a_removed_result_is_gone_and_can_come_back(request: pytest.FixtureRequest, kind: str) -> None:
    given: Given = request.getfixturevalue(f"{kind}_given")
    tier = given.open()
    tier.put_results({ACTION: MESSAGE})
    tier.remove([ACTION, OTHER])
    assert tier.get_results([ACTION, OTHER]) == {}
    tier.put_results({ACTION: MESSAGE})
    assert tier.get_results([ACTION, OTHER]) == {ACTION: MESSAGE}
    tier.close()


@pytest.mark.parametrize("kind", ["reapi", "reapi_guarded"])
def test_servers_keep_signatures_without_knowing_what_they_are(request: pytest.FixtureRequest, kind: str) -> None:
    given: Given = request.getfixturevalue(f"{kind}_given")
    tier = given.open()
    message = SIGNED.SerializeToString()
    tier.put_results({ACTION: message})
    assert tier.get_results([ACTION]) == {ACTION: message}
    tier.close()


def test_what_stands_where_a_result_was_is_of_no_use_to_anybody() -> None:
    (file,) = decode_result(REMOVED).files
    cache = Cache()
    with serving(cache):
        tier = open_tier(Address("reapi", f"grpc://{cache.address}"), {})
        tier.put_results({ACTION: MESSAGE})
        tier.remove([ACTION, OTHER])
        assert cache.results == {ACTION: REMOVED}  # what was not there is not written over
        assert tier.get_results([ACTION]) == {}
        assert tier.missing([file.digest]) == {file.digest}
        tier.close()


def test_actions_are_named_by_hash_and_one_size_for_all() -> None:
    cache = Cache(instance="a/b")
    with serving(cache):
        tier = open_tier(Address("reapi", f"grpc://{cache.address}/a/b"), {})
        tier.put_results({ACTION: MESSAGE})
        assert tier.get_results([ACTION]) == {ACTION: MESSAGE}
        tier.close()
    asked = [*cache.calls("UpdateActionResult"), *cache.calls("GetActionResult")]
    assert {(each.action_digest.hash, each.action_digest.size_bytes) for each in asked} == {(ACTION, ACTION_SIZE)}


@pytest.mark.parametrize(
    ("fault", "permanent", "waits"),
    [
        (Fault(grpc.StatusCode.UNAUTHENTICATED), True, False),
        (Fault(grpc.StatusCode.RESOURCE_EXHAUSTED), False, True),
        (Fault(grpc.StatusCode.INTERNAL), False, False),
    ],
)
def test_what_the_server_says_is_what_the_tier_says(fault: Fault, permanent: bool, waits: bool) -> None:
    cache = Cache()
    cache.fail("GetActionResult", fault)
    with serving(cache):
        tier = open_tier(Address("reapi", f"grpc://{cache.address}"), {})
        with pytest.raises(TierError) as caught:
            tier.get_results([ACTION])
        tier.close()
    assert caught.value.permanent is permanent
    assert (caught.value.retry_after_s > 0) is waits
    assert f"`grpc://{cache.address}`" in caught.value.problem


def test_a_server_that_takes_no_results_says_how_to_live_with_that() -> None:
    said = capabilities()
    said.cache_capabilities.action_cache_update_capabilities.update_enabled = False
    with serving(Cache(said)) as cache:
        tier = open_tier(Address("reapi", f"grpc://{cache.address}"), {})
        with pytest.raises(TierError, match="takes no results from clients") as caught:
            tier.put_results({ACTION: MESSAGE})
        tier.close()
    assert caught.value.permanent
    assert "write = false" in caught.value.hint


@pytest.mark.parametrize(
    ("url", "options"),
    [("grpc://", {}), ("grpc://h:1", {"token_env": "GONE"}), ("grpcs://h:1", {"ca": "/nowhere/ca.pem"})],
)
def test_an_entry_that_cannot_be_is_a_permanent_error(url: str, options: dict[str, str]) -> None:
    with pytest.raises(TierError) as caught:
        open_tier(Address("reapi", url, options=options), {})
    assert caught.value.permanent


@pytest.mark.slow
def test_without_its_libraries_the_tier_says_how_to_get_them_and_costs_nothing_before() -> None:
    script = """if True:
        import sys
        from pitstop.cache.tiers.reapi import open_tier
        from pitstop.cache.tiers.tier import Address, TierError
        assert not {"grpc", "google.protobuf", "ssl", "asyncio"} & sys.modules.keys()
        sys.modules["grpc"] = None  # as if it were not there
        try:
            open_tier(Address("reapi", "grpc://h:1"), {})
        except TierError as error:
            assert error.permanent
            print(error.render())
    """
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert "needs `grpcio` and `protobuf`" in ended.stdout
    assert "pip install 'pitstop[reapi]'" in ended.stdout
