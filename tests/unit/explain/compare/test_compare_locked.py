"""Entries of lock files in the format that each tool documents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.explain.compare.differences.locked import differing_entries, entries, is_lock
from pitstop.explain.compare.differences.values import LOCK, Difference

CARGO = (
    b'version = 4\n\n[[package]]\nname = "serde"\nversion = "1.0.1"\n\n[[package]]\nname = "rand"\nversion = "0.8.5"\n'
)
FILES = {
    "Cargo.lock": CARGO,
    "a/uv.lock": CARGO,
    "package-lock.json": b'{"lockfileVersion": 3, "packages": {"": {"name": "x"}, "node_modules/serde": {"version": "1.0.1"},'
    b' "node_modules/a/node_modules/rand": {"version": "0.8.5"}}}',
    "npm-shrinkwrap.json": b'{"dependencies": {"serde": {"version": "1.0.1", "dependencies": {"rand": {"version": "0.8.5"}}}}}',
    "composer.lock": b'{"packages": [{"name": "serde", "version": "1.0.1"}], "packages-dev": [{"name": "rand", "version": "0.8.5"}]}',
    "Pipfile.lock": b'{"default": {"serde": {"version": "==1.0.1"}}, "develop": {"rand": {"version": "==0.8.5"}}}',
    "pnpm-lock.yaml": b"packages:\n\n  serde@1.0.1:\n    resolution: {}\n\n  'rand@0.8.5(react@18.0.0)':\n    resolution: {}\n",
    "yarn.lock": b'serde@^1.0.0, serde@^1.0.1:\n  version "1.0.1"\n\n"rand@npm:^0.8.0":\n  version: 0.8.5\n',
    "go.sum": b"serde v1.0.1 h1:abc=\nserde v1.0.1/go.mod h1:abc=\nrand v0.8.5 h1:def=\n",
    "Gemfile.lock": b"GEM\n  specs:\n    serde (1.0.1)\n      rand (>= 0.8)\n    rand (0.8.5)\n",
    "requirements.txt": b"# pins\nserde==1.0.1\nrand[fast]==0.8.5 ; python_version > '3'\nother>=2\n",
    "gradle.lockfile": b"org.a:serde:1.0.1=compileClasspath\norg.a:rand:0.8.5=runtimeClasspath\nempty=\n",
}


@pytest.mark.parametrize("path", FILES)
def test_the_entries_of_each_kind_of_lock_file_are_read(path: str) -> None:
    found = {
        name.rpartition(":")[2]: {version.removeprefix("v") for version in versions}
        for name, versions in entries(path, FILES[path]).items()
    }
    assert found == {"serde": {"1.0.1"}, "rand": {"0.8.5"}}


def test_entries_that_differ_are_named_with_both_versions() -> None:
    after = CARGO.replace(b"1.0.1", b"1.0.2").replace(b'"rand"', b'"rand_core"')
    assert differing_entries("a/Cargo.lock", CARGO, after) == [
        Difference(LOCK, "rand", "0.8.5", "", "a/Cargo.lock"),
        Difference(LOCK, "rand_core", "", "0.8.5", "a/Cargo.lock"),
        Difference(LOCK, "serde", "1.0.1", "1.0.2", "a/Cargo.lock"),
    ]


def test_a_file_that_is_not_there_has_no_entries() -> None:
    assert [each.after for each in differing_entries("Cargo.lock", None, CARGO)] == ["0.8.5", "1.0.1"]
    assert not is_lock("src/Cargo.toml")


@given(st.sampled_from(sorted(FILES)), st.binary(max_size=200))
def test_any_bytes_are_no_crash(path: str, data: bytes) -> None:
    assert all(versions for versions in entries(path, data).values())


@given(st.sampled_from(sorted(FILES)), st.data())
def test_a_torn_file_is_no_crash(path: str, data: st.DataObject) -> None:
    whole = FILES[path]
    part = whole[: data.draw(st.integers(0, len(whole)))]
    assert set(differing_entries(path, part, part)) == set()
