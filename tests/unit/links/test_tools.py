"""Programs: found along a PATH, their versions told once and remembered as long as nothing they hang on changes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pitstop.links.tools import Tools, find, hold, signature

if TYPE_CHECKING:
    from pitstop.links.tools import Tool

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the tools are shell scripts")


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def look(
    root: Path, name: str, *folders: Path, known: dict[str, object] | None = None, cwd: str = "", **environ: str
) -> Tool:
    tools = Tools(str(root), {"PATH": "/usr/bin:/bin", **environ}, {} if known is None else known)  # type: ignore[arg-type]
    return tools.look(name, tuple(map(str, folders)), cwd or str(root))


def test_the_first_on_the_path_that_may_be_executed_is_found(tmp_path: Path) -> None:
    (tmp_path / "one/tool").mkdir(parents=True)
    (tmp_path / "two").mkdir()
    (tmp_path / "two/tool").write_text("not executable")
    script(tmp_path / "three/tool", "")
    script(tmp_path / "four/tool", "")
    folders = [str(tmp_path / name) for name in ("none", "one", "two", "three", "four")]
    if os.geteuid() == 0 or not os.access(tmp_path / "two/tool", os.X_OK):
        assert find("tool", folders) == f"{tmp_path}/three/tool"
    assert find("other", folders) == find("a\0b", folders) == ""
    assert find(f"{tmp_path}/four/tool", ()) == f"{tmp_path}/four/tool"
    assert find(f"{tmp_path}/two/tool", ()) == ""


def test_a_known_tool_is_asked_and_another_is_hashed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    script(tmp_path / "bin/protoc", 'echo "libprotoc  25.1"; echo more')
    script(tmp_path / "bin/unknown", "exit 1")
    assert look(root, "protoc", tmp_path / "bin").version == "libprotoc 25.1 more"
    assert look(root, "unknown", tmp_path / "bin").version.startswith("sha256:")
    assert look(root, "missing", tmp_path / "bin") == ("missing", "", "", ())


@pytest.mark.parametrize("behaviour", ["exit 3", "echo", "kill -9 $$"])
def test_a_tool_that_does_not_tell_its_version_is_hashed(tmp_path: Path, behaviour: str) -> None:
    one = look(tmp_path, "protoc", script(tmp_path / "../bin-one/protoc", behaviour).parent)
    assert one.version.startswith("sha256:")


def test_a_version_is_asked_for_once(tmp_path: Path) -> None:
    root, asked = tmp_path / "root", tmp_path / "asked"
    root.mkdir()
    script(tmp_path / "bin/protoc", f"echo x >> {asked}; echo 1.0")
    known: dict[str, object] = {}
    for _ in range(3):
        assert look(root, "protoc", tmp_path / "bin", known=known).version == "1.0"
    assert asked.read_text() == "x\n"
    script(tmp_path / "bin/protoc", f"echo x >> {asked}; echo 1.10")
    assert look(root, "protoc", tmp_path / "bin", known=known).version == "1.10"
    assert asked.read_text() == "x\nx\n"


def test_a_link_to_another_version_is_another_version(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    for version in ("1", "2"):
        script(tmp_path / f"v{version}/protoc", f"echo {version}")
    (tmp_path / "bin").mkdir()
    link = tmp_path / "bin/protoc"
    known: dict[str, object] = {}
    for version in ("1", "2", "1"):
        link.unlink(missing_ok=True)
        link.symlink_to(tmp_path / f"v{version}/protoc")
        assert look(root, "protoc", tmp_path / "bin", known=known).version == version


def test_what_lies_in_the_repository_has_no_version_of_its_own(tmp_path: Path) -> None:
    script(tmp_path / "node_modules/.bin/tsc", "echo 5.0")
    found = look(tmp_path, "tsc", tmp_path / "node_modules/.bin")
    assert (found.path, found.version, found.checks) == (f"{tmp_path}/node_modules/.bin/tsc", "", ())


def test_what_a_version_hangs_on_is_checked(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    path = script(tmp_path / "bin/protoc", "echo 1.0")
    tools = Tools(str(root), {}, {})
    tools.look("protoc", (str(path.parent),), str(root))
    assert tools.learned
    checks = tools.checks()
    assert hold(checks)
    script(path, "echo 2.0 and more")
    assert not hold(checks)


def test_a_signature_changes_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    assert signature(str(path)) == "-"
    path.write_text("a")
    one = signature(str(path))
    path.write_text("aa")
    assert signature(str(path)) != one
    other = tmp_path / "b"
    other.write_text("aa")
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    assert signature(str(other)) != signature(str(path))  # another inode


def test_a_pinned_toolchain_is_asked_for_in_its_folder(tmp_path: Path) -> None:
    """As rustup does it: one program, and a file in the folder that says which version it is."""
    script(tmp_path / "bin/rustc", "cat rust-toolchain 2> /dev/null || echo stable")
    root = tmp_path / "root"
    (root / "nightly").mkdir(parents=True)
    (root / "nightly/rust-toolchain").write_text("nightly")
    known: dict[str, object] = {}
    for cwd, version in (("", "stable"), ("nightly", "nightly"), ("", "stable")):
        folder = str(root / cwd).rstrip("/")
        assert look(root, "rustc", tmp_path / "bin", known=known, cwd=folder).version == version
    (root / "nightly/rust-toolchain").write_text("1.2.3")
    assert look(root, "rustc", tmp_path / "bin", known=known, cwd=str(root / "nightly")).version == "1.2.3"


@pytest.mark.slow
def test_a_virtual_environment_counts_with_what_is_installed_in_it(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    subprocess.run((sys.executable, "-m", "venv", "--without-pip", root / ".venv"), check=True)
    known: dict[str, object] = {}
    one = look(root, "python", root / ".venv/bin", known=known)
    assert one.version.startswith("Python 3.")
    (site,) = (root / ".venv/lib").glob("python3*/site-packages")
    (site / "six-1.16.0.dist-info").mkdir()
    two = look(root, "python", root / ".venv/bin", known=known)
    assert two.version != one.version
    (site / "six-1.16.0.dist-info").rename(site / "six-1.17.0.dist-info")
    assert look(root, "python", root / ".venv/bin", known=known).version not in {one.version, two.version}


def test_a_repository_may_be_the_root_of_the_machine() -> None:
    assert look(Path("/"), "sh", Path("/bin"), cwd="/tmp").path == "/bin/sh"
    assert look(Path("/"), "node", Path("/nowhere"), cwd="/").path == ""
