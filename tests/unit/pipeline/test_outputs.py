"""What tasks leave: found by globs, kept, put back, and told from what lies elsewhere."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pitstop.cache.actions import ActionResult
from pitstop.cache.disk import DiskStore
from pitstop.core.errors import PlanError
from pitstop.core.globs import matcher
from pitstop.pipeline import outputs
from pitstop.pipeline.rows import present

if TYPE_CHECKING:
    from pathlib import Path

FRESH = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
PATHS = st.lists(st.sampled_from(("a", "b", "dist", "x.js", "ü y")), min_size=1, max_size=3).map("/".join)
CONTENTS = st.binary(max_size=3) | st.sampled_from(("-> a", "-> ../nowhere"))
TREES = st.dictionaries(PATHS, CONTENTS, max_size=6).filter(
    lambda tree: not any(other.startswith(f"{path}/") for path in tree for other in tree)
)


def place(root: Path, tree: dict[str, bytes | str]) -> None:
    for name, content in tree.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            path.symlink_to(content[3:])
        else:
            path.write_bytes(content)


def found(root: Path) -> dict[str, bytes | str]:
    return {
        str(path.relative_to(root)): f"-> {path.readlink()}" if path.is_symlink() else path.read_bytes()
        for path in root.rglob("*")
        if path.is_symlink() or path.is_file()
    }


@pytest.mark.parametrize(
    ("root", "glob", "expected"),
    [
        ("", "dist/**", "dist/**"),
        ("packages/a", "dist/**", "packages/a/dist/**"),
        ("packages/a", "./dist/", "packages/a/dist"),
        ("packages/a", "!dist/x", "!packages/a/dist/x"),
        ("packages/a", "../b/dist", "packages/b/dist"),
        ("packages/a", "//target/**", "target/**"),
        ("packages/a", "!//target/x", "!target/x"),
        ("packages/a", "../../out", "out"),
    ],
)
def test_globs_of_a_package_become_globs_of_the_repository(root: str, glob: str, expected: str) -> None:
    assert outputs.patterns(root, (glob,)) == (expected,)


@pytest.mark.parametrize("glob", ["../../../x", "../../..", "//../x", "dist/../../../../x", "!../../../x"])
def test_a_glob_that_leads_out_of_the_repository_is_refused(glob: str) -> None:
    with pytest.raises(PlanError, match=r"package\.json: the output `.*` lies outside of the repository"):
        outputs.patterns("packages/a", (glob,), "package.json")


@FRESH
@given(
    tree=TREES,
    globs=st.lists(st.sampled_from(("dist", "dist/**", "**/*.js", "a/*", "!dist/b/**", "!**/x.js", "**")), max_size=3),
)
def test_what_is_found_is_what_matches(tmp_path: Path, tree: dict[str, bytes | str], globs: list[str]) -> None:
    root = tmp_path / os.urandom(6).hex()
    root.mkdir()
    place(root, tree)
    fits = matcher(globs)
    positive = [glob for glob in globs if not glob.startswith("!")]
    assert outputs.find(str(root), globs) == sorted(path for path in tree if positive and fits(path))


@FRESH
@given(before=TREES, after=TREES)
def test_what_is_kept_comes_back_whatever_lies_there(
    tmp_path: Path, before: dict[str, bytes | str], after: dict[str, bytes | str]
) -> None:
    root, store = tmp_path / os.urandom(6).hex(), DiskStore(str(tmp_path / "store"))
    root.mkdir()
    place(root, before)
    first = outputs.keep(str(root), sorted(before), store.put_file)
    shutil.rmtree(root)
    root.mkdir()
    place(root, after)
    second = outputs.keep(str(root), sorted(after), store.put_file)
    assert first.complete
    assert second.complete
    assert present(str(root), second.rows)
    rows = outputs.restore(str(root), ActionResult(first.files, first.links), second.rows, store)
    assert rows is not None
    assert found(root) == before
    assert present(str(root), rows)
    assert outputs.rows_to_result(rows, [len(before[row[0]]) for row in rows]) == (first.files, first.links)


def test_what_lies_there_as_it_should_is_left_alone(tmp_path: Path) -> None:
    root, store = tmp_path / "root", DiskStore(str(tmp_path / "store"))
    place(root, {"dist/a": b"a", "dist/b": b"b"})
    kept = outputs.keep(str(root), ["dist/a", "dist/b"], store.put_file)
    (root / "dist/b").write_bytes(b"changed")
    inode = (root / "dist/a").stat().st_ino
    assert outputs.restore(str(root), ActionResult(kept.files), kept.rows, store) is not None
    assert (root / "dist/a").stat().st_ino == inode
    assert (root / "dist/b").read_bytes() == b"b"


def test_a_file_of_before_that_somebody_changed_is_not_taken_away(tmp_path: Path) -> None:
    root, store = tmp_path / "root", DiskStore(str(tmp_path / "store"))
    place(root, {"dist/a": b"a", "dist/b": b"b"})
    kept = outputs.keep(str(root), ["dist/a", "dist/b"], store.put_file)
    (root / "dist/b").write_bytes(b"somebody's")
    assert outputs.restore(str(root), ActionResult(), kept.rows, store) == ()
    assert found(root) == {"dist/b": b"somebody's"}


def test_a_result_whose_blob_is_gone_is_not_restored(tmp_path: Path) -> None:
    root, store = tmp_path / "root", DiskStore(str(tmp_path / "store"))
    place(root, {"dist/a": b"a"})
    kept = outputs.keep(str(root), ["dist/a"], store.put_file)
    shutil.rmtree(tmp_path / "store")
    (root / "dist/a").unlink()
    assert outputs.restore(str(root), ActionResult(kept.files), (), store) is None


def test_a_blob_in_the_store_does_not_change_with_the_output(tmp_path: Path) -> None:
    root, store = tmp_path / "root", DiskStore(str(tmp_path / "store"))
    large = bytes(500_000)
    place(root, {"small": b"small", "large": large})
    kept = outputs.keep(str(root), ["large", "small"], store.put_file)
    for name in ("small", "large"):
        (root / name).unlink()
    outputs.restore(str(root), ActionResult(kept.files), (), store)
    for name in ("small", "large"):
        with (root / name).open("r+b") as file:
            file.write(b"written in place")
    assert [store.get(file.digest) for file in kept.files] == [large, b"small"]


@pytest.mark.parametrize(
    ("globs", "link", "expected"),
    [
        (("dist/**",), "", ""),
        (("dist/**",), "dist", "dist"),
        (("dist",), "dist", ""),  # the link itself is the output
        (("dist/deep/**",), "dist", "dist"),
        (("dist/deep/file",), "dist/deep", "dist/deep"),
        (("dist/deep/file",), "dist/deep/file", ""),
        (("**/*.js",), "dist", ""),
        (("!dist/**", "out/**"), "dist", ""),
        (("a/b/c/**", "dist/**"), "dist", "dist"),
    ],
)
def test_a_link_on_the_way_to_outputs_is_named(
    tmp_path: Path, globs: tuple[str, ...], link: str, expected: str
) -> None:
    (tmp_path / "elsewhere").mkdir()
    if link:
        (tmp_path / link).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / link).symlink_to(tmp_path / "elsewhere")
    assert outputs.behind_link(str(tmp_path), globs) == expected


def test_an_output_that_cannot_be_read_makes_the_rest_incomplete(tmp_path: Path) -> None:
    place(tmp_path, {"a": b"a"})
    os.mkfifo(tmp_path / "pipe")
    kept = outputs.keep(str(tmp_path), ["a", "gone"], outputs.measure)
    assert not kept.complete
    assert [file.path for file in kept.files] == ["a"]
    assert outputs.find(str(tmp_path), ("**",)) == ["a"]
