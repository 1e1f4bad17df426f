"""Bazel and Gradle, the real ones, and pitstop's own tier share what they build by `pitstop cache serve`."""

from __future__ import annotations

import io
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from tests.parts.cache_server import OTHER, READER, TOKEN, Server, cache_server, call, tool_environment, write
from tests.support.parts import require

from pitstop.cache.actions import ActionResult, OutputFile, encode_result
from pitstop.cache.tiers.http import open_tier
from pitstop.cache.tiers.tier import Address, TierError
from pitstop.core.digest import Digest, digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pitstop.cache.tiers.tier import Tier

pytestmark = pytest.mark.slow

BUILD = """\
genrule(name = "a", outs = ["a.txt"], cmd = "date +%N > $@")
genrule(name = "b", srcs = [":a"], outs = ["b.txt"], cmd = "sort $< > $@")
"""
GRADLE = """\
@CacheableTask
class Made extends DefaultTask {
  @Input String text = 'made'
  @OutputFile File out
  @TaskAction void make() { out.text = text }
}
task made(type: Made) { out = file("$buildDir/out.txt") }
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with cache_server(tmp_path_factory.mktemp("serve")) as server:
        yield server


def bazel(folder: Path, place: str, token: str) -> tuple[str, str]:
    """Build with no output base and no local cache; return what Bazel said and what was built."""
    write(folder / "ws", {"WORKSPACE": 'workspace(name = "pit")\n', "BUILD": BUILD})
    start = ["bazel", f"--output_user_root={folder}/root", "--batch", "--nohome_rc"]
    remote = [f"--remote_cache={place}", f"--remote_header=Authorization=Bearer {token}"]
    said = call([*start, "build", "//:b", "--nosandbox_debug", *remote], folder / "ws", tool_environment(folder))
    return said, (folder / "ws/bazel-bin/b.txt").read_text()


def test_bazel_takes_its_second_build_from_the_server(tmp_path: Path, server: Server) -> None:
    require("bazel")
    _, built = bazel(tmp_path / "one", server.base, TOKEN)
    said, again = bazel(tmp_path / "two", server.base, READER)
    assert "2 remote cache hit" in said
    assert again == built


def test_gradle_takes_its_second_build_from_the_server(tmp_path: Path, server: Server) -> None:
    require("gradle", "java")
    newer = "if (metaClass.hasProperty(it, 'allowInsecureProtocol')) it.allowInsecureProtocol = true; "
    remote = f"url = '{server.base}/cache/'; push = true; credentials {{ username = 'ci'; password = '{TOKEN}' }}"
    settings = f"buildCache {{ local {{ enabled = false }}\n remote(HttpBuildCache) {{ {newer}{remote} }} }}\n"
    said = []
    for name in ("one", "two"):
        write(tmp_path / name, {"settings.gradle": settings, "build.gradle": GRADLE})
        env = tool_environment(tmp_path / name, JAVA_TOOL_OPTIONS="-Xshare:auto -XX:TieredStopAtLevel=1")
        argv = ["gradle", "--no-daemon", "--build-cache", "-g", str(tmp_path / name / "home"), "made"]
        said.append(call(argv, tmp_path / name, env))
    assert "FROM-CACHE" not in said[0]
    assert "made FROM-CACHE" in said[1]
    assert server.results("gradle") == {"miss": 1, "stored": 1, "hit": 1}


def tier(server: Server, token: str) -> Tier:
    return open_tier(Address("http", server.base, options={"token_env": "T"}), {"T": token})


def test_pitstops_own_tier_finds_what_another_machine_left(server: Server) -> None:
    blobs = {digest_of(data): data for data in (b"small", b"large" * 100_000)}
    files = tuple(OutputFile(f"out/{digest.size}", digest, executable=False) for digest in blobs)
    action, message = sha256(b"an action").hexdigest(), encode_result(ActionResult(files))
    one, two, other = tier(server, TOKEN), tier(server, READER), tier(server, OTHER)
    taken: dict[Digest, bytes] = {}

    def sink(digest: Digest, pieces: Iterable[bytes]) -> bool:
        taken[digest] = b"".join(pieces)
        return True

    try:
        one.put_results({action: message})
        assert two.get_results([action]) == {}, "a result whose blobs are not there is none"
        assert one.missing(list(blobs)) == set(blobs)
        one.put_blobs(list(blobs), lambda digest: io.BytesIO(blobs[digest]))
        assert two.get_results([action]) == {action: message}
        two.get_blobs(list(blobs), sink)
        assert taken == blobs
        assert (other.get_results([action]), other.missing(list(blobs))) == ({}, set(blobs)), "another team's"
        with pytest.raises(TierError):
            two.put_results({action: b""})
    finally:
        for each in (one, two, other):
            each.close()
