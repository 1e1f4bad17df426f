"""Which object a request means: no path leaves its place, and no two protocols or keys share one."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pitstop.serve.cache.folder import Folder
from pitstop.serve.cache.routes import SPACES, NoRoute, Route, file_of, find_route, key_of
from pitstop.serve.cache.shelves import Name

H = "0123456789abcdef" * 4
METHODS = st.sampled_from(["GET", "HEAD", "PUT", "DELETE", "PROPFIND", "MKCOL", "OPTIONS", "POST", "PATCH"])
WORDS = [
    "..",
    ".",
    "~",
    "%2e%2e",
    "\\",
    "\x00",
    "é",
    "a",
    "ac",
    "cas",
    "v8",
    "artifacts",
    "v1",
    "cache",
    "ccache",
    "sccache",
    ".sccache_check",
    "status",
    "events",
    "-",
    "_",
    "a..",
    ".a",
]
PIECES = st.sampled_from([*WORDS, "", "/", "\n", H, H[:32], H[:16], H.upper(), "a" * 300])
BEGINNINGS = st.sampled_from(["/", "/ac/", "/cas/", "/cache/", "/v1/cache/", "/v8/artifacts/", "/ccache/", "/sccache/"])
JOINED = st.lists(PIECES, max_size=5).map("/".join) | st.text("ab.~/_-0", max_size=12) | st.text()
PATHS = st.builds(lambda begin, rest: begin + rest, BEGINNINGS, JOINED)


@pytest.mark.parametrize(
    ("method", "path", "space", "key"),
    [
        ("GET", f"/ac/{H}", "bazel", f"ac/{H}"),
        ("PUT", f"/cas/{H}", "bazel", f"cas/{H}"),
        ("PUT", f"/v8/artifacts/{H[:16]}", "turbo", H[:16]),
        ("GET", "/v1/cache/15616590650926535816", "nx", "15616590650926535816"),
        ("GET", f"/cache/{H[:32]}", "gradle", H[:32]),
        ("GET", "/ccache/b30fvhdl9grtsjpsnggj4q19v82bt2du8", "ccache", "b30fvhdl9grtsjpsnggj4q19v82bt2du8"),
        ("GET", "/ccache/x/b3/0fvhdl9grtsjpsnggj4q19v82bt2du8", "ccache", "x/b3/0fvhdl9grtsjpsnggj4q19v82bt2du8"),
        ("PUT", f"/ccache/ac/{H}", "ccache", f"ac/{H}"),
        ("PUT", "/sccache/.sccache_check", "sccache", ".sccache_check"),
        ("GET", f"/sccache/my.repo/1/3/f/{H}", "sccache", f"my.repo/1/3/f/{H}"),
    ],
)
def test_what_clients_ask_for_is_understood(method: str, path: str, space: str, key: str) -> None:
    digest = H if path.startswith("/cas/") else ""
    assert find_route(method, path) == Route(space, "object", key, digest)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/ac/", 404),
        ("GET", f"/ac/{H.upper()}", 404),
        ("GET", f"/ac/{H}/", 404),
        ("GET", f"/ac/{H}\n", 404),
        ("GET", f"//ac/{H}", 404),
        ("GET", "/cache/../ac", 404),
        ("GET", "/ccache/../x", 404),
        ("GET", "/ccache/x/", 404),
        ("GET", f"/sccache/{'a/' * 9}b", 404),
        ("GET", f"/ccache/{'a' * 201}", 404),
        ("PATCH", f"/ac/{H}", 405),
        ("PROPFIND", f"/ac/{H}", 405),
        ("PUT", "/v8/artifacts/events", 404),
        ("PUT", "/health", 405),
    ],
)
def test_what_nobody_should_ask_for_is_not_there(method: str, path: str, status: int) -> None:
    route = find_route(method, path)
    assert isinstance(route, NoRoute)
    assert route.status == status


@given(METHODS, PATHS, st.sampled_from(["web", "a..b"]))
@example("PUT", "/ccache/a..", "web")
def test_no_path_leaves_the_folder_of_its_team_and_protocol(method: str, path: str, team: str) -> None:
    route = find_route(method, path)
    if isinstance(route, NoRoute) or route.kind != "object":
        return
    folder = Folder.__new__(Folder)
    folder.root = "/srv/kept"
    found = folder.path(Name(team, route.space, route.key))
    home = f"/srv/kept/objects/{team}/{route.space}"
    assert os.path.normpath(found) == found
    assert Path(found).parents[1] == Path(home)
    assert len(Path(found).name.encode()) <= 255
    assert not set(Path(found).name) & set("/\0\n\\")


@given(PATHS, PATHS)
def test_two_paths_mean_the_same_object_only_when_they_are_the_same(one: str, two: str) -> None:
    first, second = find_route("GET", one), find_route("GET", two)
    if isinstance(first, NoRoute) or isinstance(second, NoRoute) or "object" not in {first.kind, second.kind}:
        return
    same = (first.space, file_of(first.key)) == (second.space, file_of(second.key))
    assert same == (one == two)
    assert key_of(file_of(first.key)) == first.key


def test_every_request_that_the_real_clients_were_seen_to_make_is_understood() -> None:
    recorded = Path(__file__).with_name("recorded_requests.json")
    for tool, requests in json.loads(recorded.read_text()).items():
        for method, path in requests:
            route = find_route(method, path)
            assert isinstance(route, Route), (tool, method, path)
            assert route.space == tool, (tool, method, path)
    assert set(json.loads(recorded.read_text())) == set(SPACES)
