"""Globs of workspaces against folders that hold a manifest."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pitstop.pipeline.detect.members import Folders, folder_matcher

NAMES = st.sampled_from(["a", "b", "ab", "packages", "app", ".x"])
FOLDERS = st.lists(st.lists(NAMES, max_size=4).map("/".join), max_size=12)
GLOBS = st.lists(
    st.sampled_from(["a", "b", "packages", "*", "**", "a*", "?b", "[ab]", ".x"]), min_size=1, max_size=4
).map("/".join)


def oracle(folder: list[str], glob: list[str]) -> bool:
    """Part by part, with recursion; names that start with a dot only where the glob has one."""
    if not glob:
        return not folder
    if glob[0] == "**":
        return oracle(folder, glob[1:]) or (bool(folder) and oracle(folder[1:], glob))
    return bool(folder) and fnmatchcase(folder[0], glob[0]) and oracle(folder[1:], glob[1:])


@settings(deadline=None, max_examples=60)
@given(FOLDERS, GLOBS, st.sampled_from(["", "packages", "a"]))
def test_a_glob_takes_the_folders_that_it_takes_part_by_part(folders: list[str], glob: str, top: str) -> None:
    found = Folders(folders).matching(top, glob)
    hidden = ".x" in glob
    expected = set()
    for folder in set(folders):
        inner = folder[len(top) :].lstrip("/") if top else folder
        below = folder != "" and (not top or folder.startswith(top + "/"))
        if below and (hidden or ".x" not in inner) and oracle(inner.split("/"), glob.split("/")):
            expected.add(folder)
    assert set(found) == expected
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("top", "glob", "expected"),
    [
        ("", "packages/*", ["packages/a", "packages/b"]),
        ("", "./packages/*/", ["packages/a", "packages/b"]),
        ("", "packages/**", ["packages/a", "packages/a/b", "packages/b"]),
        ("", "{apps,packages}/*", ["apps/web", "packages/a", "packages/b"]),
        ("", "apps/web", ["apps/web"]),
        ("", ".", [""]),
        ("", "../x", []),
        ("apps", "../packages/*", ["packages/a", "packages/b"]),
        ("apps", "web", ["apps/web"]),
        ("", "packages/[a-", []),
        ("", "packages/[z-a]", []),
    ],
)
def test_globs_as_people_write_them(top: str, glob: str, expected: list[str]) -> None:
    assert Folders(["", "packages/a", "packages/b", "packages/a/b", "apps/web"]).matching(top, glob) == expected


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=8), st.text(max_size=8))
def test_no_glob_is_too_odd(glob: str, folder: str) -> None:
    folder_matcher(glob)(folder)
