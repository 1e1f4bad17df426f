"""ccache in its three layouts and sccache over WebDAV, the real ones, share what they compile by `pitstop cache serve`."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.parts.cache_server import READER, TOKEN, Server, cache_server, call, tool_environment, write
from tests.support.parts import require
from tests.support.servers import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

SOURCES = {"m.c": "int main(void) { return 0; }\n", "n.c": "int n(void) { return 1; }\n"}
CRATE = {
    "Cargo.toml": '[package]\nname = "pit"\nversion = "0.1.0"\nedition = "2021"\n[workspace]\n',
    "src/lib.rs": "pub fn two() -> u32 { 2 }\n",
    "src/main.rs": 'fn main() { println!("{}", pit::two()) }\n',
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with cache_server(tmp_path_factory.mktemp("serve")) as server:
        yield server


def ccache(folder: Path, place: str, token: str) -> dict[str, int]:
    """Compile in a folder of its own, with no local cache; return ccache's counters."""
    write(folder, SOURCES)
    env = tool_environment(
        folder,
        CCACHE_DIR=str(folder / "local"),
        CCACHE_REMOTE_STORAGE=f"{place}|bearer-token={token}",
        CCACHE_REMOTE_ONLY="1",
        CCACHE_BASEDIR=str(folder),
        CCACHE_NOHASHDIR="1",
    )
    for source in SOURCES:
        call(["ccache", "gcc", "-c", source], folder, env)
    lines = call(["ccache", "--print-stats"], folder, env).splitlines()
    return {name: int(value) for name, _, value in (line.partition("\t") for line in lines)}


@pytest.mark.parametrize("layout", ["flat", "subdirs", "bazel"])
def test_ccache_takes_its_second_build_from_the_server(tmp_path: Path, server: Server, layout: str) -> None:
    require("ccache", "gcc")
    place = f"{server.base}/ccache/{layout}|layout={layout}"
    cold = ccache(tmp_path / "one", place, TOKEN)
    warm = ccache(tmp_path / "two", place, TOKEN)
    assert (cold["cache_miss"], cold["remote_storage_hit"], cold["remote_storage_error"]) == (2, 0, 0)
    assert (warm["cache_miss"], warm["remote_storage_hit"], warm["remote_storage_error"]) == (0, 2, 0)
    assert all(line["agent"].startswith("ccache/") for line in server.told(protocol="ccache"))


def test_a_compilation_passes_when_the_token_is_wrong(tmp_path: Path, server: Server) -> None:
    require("ccache", "gcc")
    counted = ccache(tmp_path, f"{server.base}/ccache/wrong", "w" * 32)
    assert counted["cache_miss"] == 2
    assert counted["remote_storage_error"] > 0


def sccache(folder: Path, server: Server, **login: str) -> dict[str, int]:
    """Build a crate in a folder, with no local cache; return hits, misses and errors of writing."""
    write(folder / "crate", CRATE)
    env = tool_environment(
        folder,
        RUSTC_WRAPPER="sccache",
        CARGO_INCREMENTAL="0",
        CARGO_TARGET_DIR=str(folder / "crate/target"),
        SCCACHE_WEBDAV_ENDPOINT=f"{server.base}/sccache",
        SCCACHE_WEBDAV_KEY_PREFIX="rust",
        SCCACHE_SERVER_PORT=str(free_port()),
        SCCACHE_CONF="/dev/null",
        **login,
    )
    try:
        call(["cargo", "build", "--quiet", "--offline"], folder / "crate", env)
        stats = json.loads(call(["sccache", "--show-stats", "--stats-format=json"], folder, env))["stats"]
    finally:
        subprocess.run(["sccache", "--stop-server"], env=env, capture_output=True, timeout=30, check=False)
    return {
        "hits": sum(stats["cache_hits"]["counts"].values()),
        "misses": sum(stats["cache_misses"]["counts"].values()),
        "write_errors": stats["cache_write_errors"],
    }


def test_sccache_takes_its_second_build_from_the_server(tmp_path: Path, server: Server) -> None:
    require("sccache", "cargo")
    folder = tmp_path / "build"  # rustc's outputs name the folder, so both users build at the same place
    cold = sccache(folder, server, SCCACHE_WEBDAV_TOKEN=TOKEN)
    (folder / "crate/target").rename(tmp_path / "away")
    warm = sccache(folder, server, SCCACHE_WEBDAV_TOKEN=TOKEN)
    assert cold["misses"] > 0
    assert warm == {"hits": cold["misses"], "misses": 0, "write_errors": 0}
    (folder / "crate/target").rename(tmp_path / "away2")
    reader = sccache(folder, server, SCCACHE_WEBDAV_USERNAME="anybody", SCCACHE_WEBDAV_PASSWORD=READER)
    assert reader["hits"] == cold["misses"], "a reading token, given as a password"
    assert server.told(method="MKCOL") == [], "folders are always there: nothing has to be made"


def test_sccache_with_a_reading_token_compiles_what_is_missing(tmp_path: Path, server: Server) -> None:
    require("sccache", "cargo")
    found = sccache(tmp_path, server, SCCACHE_WEBDAV_TOKEN=READER)
    assert found["hits"] == 0
    assert found["misses"] > 0
