"""sccache and ccache, the real ones, beside the tasks of a run, on each storage that `[cache] tiers` may name."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
from base64 import b64encode
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from tests.parts.cache_server import TOKEN, cache_server
from tests.parts.redis_server import redis_server
from tests.parts.s3_server import BUCKET
from tests.support.parts import require
from tests.support.servers import free_port
from tests.support.workspaces import cargo_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.parts.github_cache import GitHubCache
    from tests.parts.s3_server import S3Server
    from tests.support.pit import Pit

pytestmark = pytest.mark.slow

MAKEFILE = """\
CC = gcc
all: one two
one: one.o
two: two.o
"""


class Shared(NamedTuple):
    """A storage on another machine: how `[cache] tiers` names it, and the variables that it needs."""

    tiers: str
    env: Mapping[str, str] = {}


@pytest.fixture
def local_shared() -> Shared:
    return Shared("[]")


@pytest.fixture
def redis_shared(redis_address: str, tmp_path: Path) -> Shared:
    return Shared(f'[{{ url = "redis://{redis_address}/3", prefix = "{tmp_path.name}" }}]')


@pytest.fixture
def s3_shared(s3_bucket: S3Server, tmp_path: Path) -> Shared:
    entry = f'{{ url = "s3://{BUCKET}/{tmp_path.name}", endpoint = "{s3_bucket.endpoint}", region = "us-east-1" }}'
    return Shared(f"[{entry}]", {name: value for name, value in s3_bucket.environ.items() if name != "HOME"})


@pytest.fixture
def http_shared(tmp_path: Path) -> Iterator[Shared]:
    with cache_server(tmp_path / "server") as server:
        yield Shared(f'[{{ url = "{server.base}", token_env = "SHARED_TOKEN" }}]', {"SHARED_TOKEN": TOKEN})


@pytest.fixture
def github_shared(github_cache: GitHubCache, tmp_path: Path) -> Shared:
    entry = f'{{ url = "github", prefix = "{tmp_path.name}" }}'
    return Shared(f"[{entry}]", {"GITHUB_ACTIONS": "true", **github_cache.environ()})


def build(pit: Pit, env: Mapping[str, str], *argv: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Build all from nothing on a machine that never did; return what compiler caches were used for, and the notes."""
    shutil.rmtree(pit.root / "target", ignore_errors=True)
    for made in pit.root.glob("*.o"):
        made.unlink()
    shutil.rmtree(pit.cache / "pitstop", ignore_errors=True)
    result = pit("run", "build", "--force", "--output", "json", *argv, env={"CI": "true", **env})
    assert result.exit == 0, result
    used = [event for event in result.events if event["event"] == "CompilerCacheUsed"]
    return used, [event["message"] for event in result.events if event["event"] == "Notice"]


@pytest.mark.parametrize("kind", ["redis", "s3", "http", "github"])
def test_another_machine_compiles_nothing_again(pit: Pit, request: pytest.FixtureRequest, kind: str) -> None:
    require("cargo", "sccache")
    shared: Shared = request.getfixturevalue(f"{kind}_shared")
    cargo_workspace(pit, {"one": [], "two": ["one"]}).write(
        "pitstop.toml", f'[cache]\ncompilers = "auto"\ntiers = {shared.tiers}\n'
    )
    pit.commit()
    (cold,), notes = build(pit, shared.env)
    assert (cold["tool"], cold.get("hits", 0), cold["misses"], cold.get("errors", 0)) == ("sccache", 0, 2, 0)
    assert cold["task"] == "cargo-build (2 packages)"
    assert [note for note in notes if "sccache" not in note] == []
    (warm,), notes = build(pit, shared.env)
    assert (warm["hits"], warm.get("misses", 0), warm.get("errors", 0)) == (2, 0, 0)
    assert any(note.startswith("sccache answered 2 of 2 compilations (") for note in notes)
    assert not any(TOKEN in note or "secret" in note for note in notes)
    assert "  compilers sccache answered 2 of 2\n" in pit("show", "--task", "one:build").out


@pytest.mark.parametrize(("kind", "tool"), [("local", "ccache"), ("redis", "ccache"), ("s3", "sccache")])
def test_c_goes_by_ccache_and_by_sccache_where_only_that_can_reach_the_storage(
    pit: Pit, request: pytest.FixtureRequest, kind: str, tool: str
) -> None:
    require("ccache", "sccache", "gcc", "make")
    shared: Shared = request.getfixturevalue(f"{kind}_shared")
    pit.write("Makefile", MAKEFILE).write(".gitignore", "*.o\none\ntwo\n.pitstop/\n")
    for name in ("one", "two"):
        pit.write(f"{name}.c", f"int main(void) {{ return {len(name)}; }}\n")
    pit.write(
        "pitstop.toml", f'[cache]\ncompilers = true\ntiers = {shared.tiers}\n[tasks."//:build"]\ncommand = "make -B"\n'
    )
    pit.commit()
    (cold,), _ = build(pit, shared.env)
    assert (cold["task"], cold["tool"], cold.get("hits", 0), cold["misses"]) == ("//:build", tool, 0, 2)
    kept = pit.cache / "pitstop" / "compilers"
    if kind == "local":
        shutil.copytree(kept, pit.home / "kept", symlinks=True)
    (warm,), notes = build(pit, shared.env)
    if kind == "local":
        assert warm["misses"] == 2  # another machine knows nothing of it
        shutil.rmtree(pit.cache / "pitstop" / "ac", ignore_errors=True)
        shutil.rmtree(kept)
        shutil.copytree(pit.home / "kept", kept, symlinks=True)
        result = pit("run", "build", "--force", "--output", "json", env=dict(shared.env))
        (warm,) = [event for event in result.events if event["event"] == "CompilerCacheUsed"]
    assert (warm["hits"], warm.get("misses", 0)) == (2, 0)
    assert all(TOKEN not in note for note in notes)


def test_keys_are_those_of_a_machine_without_compiler_caches(pit: Pit, redis_shared: Shared) -> None:
    require("cargo", "sccache")
    cargo_workspace(pit, {"one": []})
    actions = []
    for compilers in ("false", "true"):
        pit.write("pitstop.toml", f"[cache]\ncompilers = {compilers}\n")
        pit.commit()
        shutil.rmtree(pit.root / "target", ignore_errors=True)
        result = pit("run", "build", "--force", "--output", "json")
        actions += [event["action"] for event in result.events if event["event"] == "TaskFinished"]
    assert len(actions) == 2
    assert actions[0] == actions[1]


def test_a_storage_that_is_gone_costs_a_line_and_compiling_goes_on_here(pit: Pit) -> None:
    require("cargo", "sccache")
    cargo_workspace(pit, {"one": []}).write(
        "pitstop.toml", f'[cache]\ncompilers = true\nupload_wait = 1\ntiers = ["redis://127.0.0.1:{free_port()}"]\n'
    )
    pit.commit()
    (used,), notes = build(pit, {})
    assert used["misses"] == 1
    assert len([note for note in notes if "sccache keeps to this machine: it cannot use redis://" in note]) == 1


def test_tasks_see_no_secret_of_the_storage_and_what_is_not_compiled_sees_nothing(pit: Pit, redis_address: str) -> None:
    require("sccache", "ccache")
    pit.write(
        "pitstop.toml",
        f"""
[cache]
compilers = true
tiers = [{{ url = "redis://{redis_address}/4", password_env = "SHARED_PASSWORD", user = "default" }}]
[tasks."//:build"]
command = "echo make; env"
[tasks."//:other"]
command = "env"
""",
    ).write(".gitignore", ".pitstop/\n").commit()
    env = {"SHARED_PASSWORD": "very-secret"}
    compiling = pit("run", "//:build", "--logs", "full", env=env).out
    assert "CCACHE_CONFIGPATH=" in compiling
    assert "very-secret" not in compiling
    assert "CCACHE" not in pit("run", "//:other", "--logs", "full", env=env).out


def test_what_the_user_has_configured_alone_stays(pit: Pit) -> None:
    require("cargo", "sccache")
    cargo_workspace(pit, {"one": []}).write(
        "pitstop.toml", '[cache]\ncompilers = true\n[tasks.build]\nenv = { RUSTC_WRAPPER = "" }\n'
    )
    pit.commit()
    used, notes = build(pit, {})
    assert used == []
    assert notes == []


def test_no_process_and_no_folder_is_left(pit: Pit, tmp_path: Path) -> None:
    require("cargo", "sccache")
    cargo_workspace(pit, {"one": []}).write("pitstop.toml", "[cache]\ncompilers = true\n")
    pit.commit()
    (tmp_path / "tmp").mkdir()
    build(pit, {"TMPDIR": str(tmp_path / "tmp")})
    assert os.listdir(tmp_path / "tmp") == []


def test_a_storage_that_hangs_in_the_middle_of_a_build_is_given_up_and_the_build_goes_on(
    pit: Pit, tmp_path: Path
) -> None:
    """sccache itself waits a minute for each answer."""
    require("cargo", "sccache")
    with redis_server(tmp_path) as address:
        host, _, port = address.partition(":")
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            connection.sendall(b"INFO server\r\n")
            found = re.search(rb"process_id:(\d+)", connection.recv(1 << 16))
        assert found is not None
        server = int(found[1])
        entry = f'{{ url = "redis://{address}", timeout = 1 }}'
        cargo_workspace(pit, {"one": [], "two": ["one"]}).write(
            "pitstop.toml", f"[cache]\ncompilers = true\nupload_wait = 1\ntiers = [{entry}]\n"
        )
        stop = f'std::process::Command::new("kill").args(["-STOP", "{server}"]).status().unwrap();'
        pit.write("crates/one/build.rs", f"fn main() {{ {stop} }}\n")
        pit.commit()
        try:
            _, notes = build(pit, {})
        finally:
            os.kill(server, signal.SIGCONT)
    assert len([note for note in notes if "stopped answering: compiling goes on without sccache" in note]) == 1


def test_where_signatures_are_demanded_compilations_stay_here(pit: Pit, redis_address: str) -> None:
    require("cargo", "sccache")
    entry = f'{{ url = "redis://{redis_address}/5" }}'
    cargo_workspace(pit, {"one": []}).write(
        "pitstop.toml", f'[cache]\ncompilers = true\nsign = "env:KEY"\nverify = ["env:KEY"]\ntiers = [{entry}]\n'
    )
    pit.commit()
    env = {"KEY": f"pitstop-hmac-sha256 {b64encode(bytes(32)).decode()}"}
    build(pit, env)
    (used,), notes = build(pit, env)
    assert used["misses"] == 1
    assert "sccache answered 0 of 1 compilation" in notes
