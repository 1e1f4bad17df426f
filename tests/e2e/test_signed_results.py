"""Machines that believe only what is signed, through servers that keep results in their own way."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from tests.cli.scripted import endings, tasks
from tests.e2e.faults import World, entry, server
from tests.parts.http_cache import HttpCache, serving
from tests.support.pit import Pit

from pitstop.cache.tiers.sign import ED25519, HMAC, new_keys

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.pit import Result

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="its servers run there")]

SETTINGS = """\
[cache]
upload_wait = "30s"
{keys}
[[cache.tiers]]
{tier}
[tasks.build]
command = "mkdir -p dist && cat a.txt a.txt > dist/b.txt; echo built"
inputs = ["//a.txt"]
outputs = ["dist/b.txt"]
"""
SIGN = 'sign = "env:SIGNING_KEY"\n'
VERIFY = 'verify = ["keys/ci.pub", "env:OTHER_KEYS"]\n'


WORKS = [("http", ED25519), ("reapi", ED25519), ("redis", HMAC)]


def world_of(kind: str, folder: Path, request: pytest.FixtureRequest) -> World:
    found = World(kind, folder)
    if kind == "reapi":
        found.address = request.getfixturevalue("casd_address")
    if kind == "redis":
        found.address = request.getfixturevalue("redis_address")
    return found


def machine(world: World, name: str, address: str, keys: str, public: str, env: dict[str, str]) -> Result:
    """Run the task on a new machine; on one that is `forced`, whatever is known of it."""
    tier = entry(world, address, prefix=world.folder.name)
    pit = tasks(Pit(world.folder / name), SETTINGS.format(keys=keys, tier=tier))
    pit.write("a.txt", f"{world.folder}").write("keys/ci.pub", public).commit()
    forced = ["--force"] if name == "forced" else []
    result = pit("run", "build", *forced, "--output", "json", env={"CI": "true", **env})
    pit.close()
    assert result.exit == 0, result
    assert pit.read("dist/b.txt") == f"{world.folder}" * 2
    return result


def notices(result: Result) -> list[str]:
    return [event["message"] for event in result.events if event["event"] == "Notice"]


@pytest.mark.parametrize(("kind", "algorithm"), WORKS)
def test_only_what_a_known_key_has_signed_is_taken(
    kind: str, algorithm: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    world = world_of(kind, tmp_path, request)
    private, public = new_keys(algorithm, b"k" * 32)
    stranger, _ = new_keys(algorithm, b"s" * 32)
    later, later_public = new_keys(ED25519, b"n" * 32)
    with server(world) as (address, _):
        ways = {
            "unsigned": ("", {}, "run", []),
            "refuses-unsigned": (VERIFY, {}, "run", ["is not signed"]),
            "stranger": (SIGN, {"SIGNING_KEY": stranger}, "cache", []),
            "forced": (SIGN, {"SIGNING_KEY": stranger}, "run", []),
            "refuses-stranger": (SIGN + VERIFY, {"SIGNING_KEY": private}, "run", ["which is not among those"]),
            "believes": (VERIFY, {}, "cache", []),
            "knows-a-later-key": (SIGN + VERIFY, {"SIGNING_KEY": later, "OTHER_KEYS": later_public}, "cache", []),
        }
        for name, (keys, env, how, said) in ways.items():
            result = machine(world, name, address, keys, public, env)
            assert (name, endings(result)) == (name, {"//:build": how})
            told = notices(result)
            assert len(told) == len(said), told
            assert all(part in text for part, text in zip(said, told, strict=True)), told


def test_what_another_machine_made_is_not_signed_and_sent_on_by_who_does_not_verify(tmp_path: Path) -> None:
    private, public = new_keys(HMAC, b"k" * 32)
    with serving(HttpCache()) as unsigned, serving(HttpCache()) as other:
        toml = SETTINGS.format(keys="{}", tier='url = "{}"')
        for name in ("maker", "taker"):
            pit = Pit(tmp_path / name).write("pitstop.toml", toml.format("", unsigned.base)).write("a.txt", "a")
            result = pit("run", "build", "--output", "json", env={"CI": "true"})
        assert endings(result) == {"//:build": "cache"}
        (pit.root / ".pitstop/state/offered").unlink()  # as if it had come before anybody counted
        env = {"CI": "true", "SIGNING_KEY": private, "OTHER_KEYS": public}
        for keys, sent in ((SIGN, 0), (SIGN + 'verify = ["env:OTHER_KEYS"]\n', 1)):
            pit.write("pitstop.toml", toml.format(keys, other.base))
            pushed = pit("cache", "push", "build", env={"SIGNING_KEY": private}) if not sent else None
            assert pushed is None or (pushed.exit, "would be signed although" in pushed.err) == (2, True)
            assert pit("run", "build", env=env).exit == 0
            assert len(other.results) == sent
