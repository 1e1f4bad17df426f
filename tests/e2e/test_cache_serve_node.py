"""turbo and nx, the real ones, share what they build by `pitstop cache serve`."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.parts.cache_server import READER, TOKEN, Server, cache_server, call, tool_environment, write
from tests.parts.node_tools import node_tool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

PACKAGE = {"name": "a", "version": "1.0.0", "scripts": {"build": "mkdir -p dist && date +%N > dist/out && echo built"}}
LOCK = {
    "name": "ws",
    "lockfileVersion": 3,
    "requires": True,
    "packages": {
        "": {"name": "ws", "workspaces": ["a"]},
        "a": {"version": "1.0.0"},
        "node_modules/a": {"resolved": "a", "link": True},
    },
}
WORKSPACE = {
    "package.json": json.dumps(
        {"name": "ws", "private": True, "version": "1.0.0", "workspaces": ["a"], "packageManager": "npm@10.0.0"}
    ),
    "package-lock.json": json.dumps(LOCK),
    "a/package.json": json.dumps(PACKAGE),
    "turbo.json": json.dumps({"tasks": {"build": {"outputs": ["dist/**"]}}, "remoteCache": {"signature": True}}),
    "nx.json": json.dumps({"targetDefaults": {"build": {"cache": True, "outputs": ["{projectRoot}/dist"]}}}),
    ".gitignore": "node_modules\ndist\n.nx\n.turbo\n",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with cache_server(tmp_path_factory.mktemp("serve")) as server:
        yield server


def checkout(folder: Path, tool: str, *, content: str = "") -> dict[str, str]:
    """Make the same workspace in another place; return the environment of its user, who has built nothing yet."""
    write(folder / "ws", {**WORKSPACE, "a/content": content})
    (folder / "ws/node_modules").symlink_to(node_tool(tool))
    env = tool_environment(folder)
    for argv in (["git", "init", "-q"], ["git", "add", "."], ["git", "commit", "-qm", "x"]):
        subprocess.run(argv, cwd=folder / "ws", env=env, check=True)
    return env


def turbo(folder: Path, server: Server, token: str, *, content: str = "", key: str = "k" * 32) -> tuple[str, str]:
    """Build in a checkout of its own; return what turbo said, and what was built."""
    env = checkout(folder, "turbo", content=content) | {
        "TURBO_API": server.base,
        "TURBO_TOKEN": token,
        "TURBO_TEAM": "web",
        "TURBO_TELEMETRY_DISABLED": "1",
        "TURBO_REMOTE_CACHE_SIGNATURE_KEY": key,
    }
    said = call(["node_modules/.bin/turbo", "run", "build"], folder / "ws", env)
    return said, (folder / "ws/a/dist/out").read_text()


def nx(folder: Path, server: Server, token: str, *, content: str = "") -> tuple[str, str]:
    env = checkout(folder, "nx", content=content) | {
        "NX_SELF_HOSTED_REMOTE_CACHE_SERVER": server.base,
        "NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN": token,
        "NX_DAEMON": "false",
        "NX_NO_CLOUD": "true",
    }
    said = call(["node_modules/.bin/nx", "run", "a:build"], folder / "ws", env)
    return said, (folder / "ws/a/dist/out").read_text()


def test_turbo_takes_its_second_build_from_the_server(tmp_path: Path, server: Server) -> None:
    _, built = turbo(tmp_path / "one", server, TOKEN)
    said, again = turbo(tmp_path / "two", server, TOKEN)
    assert "1 cached, 1 total" in said
    assert again == built
    assert server.results("turbo")["hit"] == 1


def test_turbo_checks_the_signature_that_was_kept_for_it(tmp_path: Path, server: Server) -> None:
    turbo(tmp_path / "one", server, TOKEN, content="signed")
    said, _ = turbo(tmp_path / "two", server, TOKEN, content="signed", key="another" * 5)
    assert "0 cached, 1 total" in said, "an artifact that another key signed was believed"


def test_turbo_with_a_reading_token_or_a_wrong_one_builds_and_passes(tmp_path: Path, server: Server) -> None:
    for name, token in (("reader", READER), ("wrong", "w" * 32)):
        said, _ = turbo(tmp_path / name, server, token, content=name)
        assert "1 successful, 1 total" in said
        again, _ = turbo(tmp_path / f"{name}2", server, TOKEN, content=name)
        assert "0 cached, 1 total" in again, "it must have left nothing"


def test_nx_takes_its_second_build_from_the_server(tmp_path: Path, server: Server) -> None:
    _, built = nx(tmp_path / "one", server, TOKEN)
    said, again = nx(tmp_path / "two", server, TOKEN)
    assert "1/1 hit" in said
    assert again == built
    assert server.results("nx")["hit"] == 1


@pytest.mark.parametrize("trouble", ["reader", "wrong-token", "too-large", "storage"])
def test_nx_passes_its_build_whatever_is_wrong_with_the_cache(tmp_path: Path, trouble: str) -> None:
    token = {"reader": READER, "wrong-token": "w" * 32}.get(trouble, TOKEN)
    options = ["--max-object", "64"] if trouble == "too-large" else []
    with cache_server(tmp_path / "serve", *options) as server:
        if trouble == "storage":
            shutil.rmtree(tmp_path / "serve/kept")
            (tmp_path / "serve/kept").write_text("a file where the folder was")
        said, _ = nx(tmp_path / "one", server, token)
        assert "0/1 hit" in said
        assert sum(server.results("nx").get(each, 0) for each in ("read-only", "token", "too-large", "storage")) >= 1
