"""Installations as a whole: put back where they fit, and nowhere else, all or nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pitstop.cache.actions import ActionResult
from pitstop.cache.disk import DiskStore
from pitstop.pipeline import trees

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("pyfastcdc", reason="pip install 'pitstop[artifacts]'")


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    return DiskStore(str(tmp_path / "store"))


def kept(root: Path, store: DiskStore, *folders: str) -> ActionResult:
    """Keep folders of `root`."""
    result = trees.keep(str(root), folders, store, b"log", 1.5)
    assert isinstance(result, ActionResult)
    return result


def installed(root: Path) -> Path:
    """Make something like an installation."""
    for path in ("node_modules/x/index.js", "packages/a/node_modules/y/index.js"):
        (root / path).parent.mkdir(parents=True)
        (root / path).write_text(path)
    (root / "node_modules/a").symlink_to("../packages/a")
    return root


def test_folders_come_back_in_another_checkout(tmp_path: Path, store: DiskStore) -> None:
    folders = ("node_modules", "packages/a/node_modules", "packages/b/node_modules")
    result = kept(installed(tmp_path / "one"), store, *folders)
    assert (result.log, result.duration_s) == (b"log", 1.5)
    other = tmp_path / "two"
    (other / "packages/a").mkdir(parents=True)
    assert not trees.there(str(other), folders)
    assert trees.put_back(str(other), folders, store, result) == ""
    assert (other / "packages/a/node_modules/y/index.js").read_text() == "packages/a/node_modules/y/index.js"
    assert os.readlink(other / "node_modules/a") == "../packages/a"
    assert trees.there(str(other), folders)
    assert os.listdir(other / ".pitstop/state") == []


def test_an_environment_stays_where_it_was_made(tmp_path: Path, store: DiskStore) -> None:
    root = tmp_path / "one"
    (root / ".venv/bin").mkdir(parents=True)
    (root / ".venv/pyvenv.cfg").write_text("home = /usr/bin\n")
    (root / ".venv/bin/tool").write_text(f"#!{root}/.venv/bin/python\n")
    result = kept(root, store, ".venv")
    assert "speaks of that" in trees.put_back(str(tmp_path / "two"), (".venv",), store, result)
    assert not (tmp_path / "two/.venv").exists()
    (root / ".venv").rename(root / "away")
    assert trees.put_back(str(root), (".venv",), store, result) == ""


def test_a_link_to_what_is_not_here_makes_it_useless(tmp_path: Path, store: DiskStore) -> None:
    (tmp_path / "python").write_text("")
    (tmp_path / "one/tools").mkdir(parents=True)
    (tmp_path / "one/tools/python").symlink_to(tmp_path / "python")
    result = kept(tmp_path / "one", store, "tools")
    (tmp_path / "python").unlink()
    assert "is not here" in trees.put_back(str(tmp_path / "two"), ("tools",), store, result)


def test_what_is_not_complete_leaves_nothing(tmp_path: Path, store: DiskStore) -> None:
    result = kept(installed(tmp_path / "one"), store, "node_modules", "packages/a/node_modules")
    other = tmp_path / "two"
    (other / "packages/a/node_modules").mkdir(parents=True)  # somebody was quicker
    (other / "packages/a/node_modules/mine").write_text("")
    assert trees.put_back(str(other), ("node_modules", "packages/a/node_modules"), store, result) != ""
    assert not (other / "node_modules").exists()
    assert (other / "packages/a/node_modules/mine").exists()
    chunk = next(file for file in result.files if file.path.startswith("chunk/"))
    os.unlink(store.blob_path(chunk.digest))
    assert "missing" in trees.put_back(str(tmp_path / "three"), ("node_modules",), store, result)
    assert not (tmp_path / "three/node_modules").exists()
    assert trees.put_back(str(tmp_path / "three"), ("node_modules",), store, ActionResult()) != ""
