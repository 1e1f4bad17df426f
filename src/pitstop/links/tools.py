"""Find foreign programs and tell their versions, without starting them twice.

A version is remembered with the size, times and inode of everything it depends on, so a second look is a few `stat`s.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Check = tuple[str, str]
"""A path and what `signature` said of it."""

_VERSION_ARGUMENTS: dict[str, tuple[str, ...]] = {
    "go": ("version",),
    "rustc": ("-vV",),
    "cargo": ("-V",),
    **dict.fromkeys(
        (
            *("node", "npm", "pnpm", "yarn", "bun", "deno", "tsc", "uv", "ruff", "mypy", "pyright", "black", "pytest"),
            *("rustfmt", "cargo-clippy", "cargo-nextest", "cargo-deny", "wasm-pack", "maturin"),
            *(
                "make",
                "cmake",
                "ninja",
                "gcc",
                "g++",
                "clang",
                "clang++",
                "cc",
                "c++",
                "protoc",
                "just",
                "golangci-lint",
            ),
            *("git", "docker", "terraform", "helm", "buf", "shellcheck"),
        ),
        ("--version",),
    ),
}
_RUSTUP = frozenset({"cargo", "rustc", "rustfmt", "cargo-fmt", "cargo-clippy", "clippy-driver", "rustdoc"})
_PYTHONS = frozenset({"python", "python3"})
_BY_FOLDER = _RUSTUP | _PYTHONS | {"go", "node"}
"""Programs that a file in the folder they are started in, or above it, may turn into another version."""
_TOOLCHAIN_FILES = (
    "rust-toolchain.toml",
    "rust-toolchain",
    ".python-version",
    ".node-version",
    ".nvmrc",
    ".tool-versions",
)
_TIMEOUT_S = 20
_INSTALLING_S = 1200
"""rustup installs the toolchain that a repository pins when it is first asked; tasks that all ask at once break that."""


class Tool(NamedTuple):
    """A program as it was found."""

    name: str
    path: str
    """Absolute; `""`: not found."""
    version: str
    """One line; for a program that is not known to tell its version, the SHA-256 of its file."""
    checks: tuple[Check, ...]
    """What the version depends on."""


def find(name: str, folders: Sequence[str]) -> str:
    """Return the absolute path of the program `name`, looked for in `folders` in their order, or `""`."""
    if "\0" in name:
        return ""
    if "/" in name:
        return name if os.access(name, os.X_OK) else ""
    for folder in folders:
        path = f"{folder}/{name}"
        if os.access(path, os.X_OK) and not os.path.isdir(path):
            return path
    return ""


def signature(path: str) -> str:
    """Return a text that changes when the file or folder behind `path` does; `-` when there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return "-"
    return f"{status.st_mtime_ns}.{status.st_size}.{status.st_ino}"


def hold(checks: Sequence[Check]) -> bool:
    """Return whether everything in `checks` still is what it was."""
    return all(signature(path) == sign for path, sign in checks)


class Tools:
    """The programs of one run, each looked up once; `known` is what an earlier run remembered, and may be kept."""

    def __init__(self, root: str, environ: Mapping[str, str], known: dict[str, tuple[str, tuple[Check, ...]]]) -> None:
        self.known = known
        self.learned = False
        self._root = root
        self._environ = environ
        self._seen: dict[tuple[str, str, tuple[str, ...]], Tool] = {}
        self._pinned: dict[str, tuple[str, ...]] = {}
        self._there: dict[str, bool] = {}
        self._by_path: dict[tuple[str, str, tuple[str, ...]], Tool] = {}

    def look(self, name: str, folders: tuple[str, ...], cwd: str) -> Tool:
        """Return the program that `name` means with these folders as PATH, for a command that runs in `cwd`."""
        asked = (name, cwd if name in _BY_FOLDER else "", folders)
        if (tool := self._seen.get(asked)) is None:
            tool = self._seen[asked] = self._look(name, folders, cwd)
        return tool

    def checks(self) -> list[Check]:
        """Return what the versions of all programs that were looked at depend on."""
        return list(dict.fromkeys(check for tool in self._seen.values() for check in tool.checks))

    def _look(self, name: str, folders: tuple[str, ...], cwd: str) -> Tool:
        path = self._find(name, folders)
        if not path:
            return Tool(name, "", "", ())
        pins = self._pins(cwd)
        where = (path, cwd if pins and name in _BY_FOLDER else "", pins)
        if (tool := self._by_path.get(where)) is None:
            tool = self._by_path[where] = self._examine(name, path, cwd)
        return tool

    def _find(self, name: str, folders: tuple[str, ...]) -> str:
        """Do as `find` does, looking at each place once."""
        if "/" in name:
            return find(name, ())
        for folder in folders:
            path = f"{folder}/{name}"
            if (there := self._there.get(path)) is None:
                there = self._there[path] = bool(find(name, (folder,)))
            if there:
                return path
        return ""

    def _examine(self, name: str, path: str, cwd: str) -> Tool:
        real = os.path.realpath(path)
        if real.startswith(self._root + "/") and not self._is_environment(path):
            return Tool(name, path, "", ())  # part of the repository or of what its lock file installs
        watched = [path, real, *self._around(name, path, real, cwd)]
        checks = tuple((one, signature(one)) for one in dict.fromkeys(watched))
        key = "\0".join((name, path, self._environ.get("RUSTUP_TOOLCHAIN", ""), *(one for one, _ in checks)))
        if (found := self.known.get(key)) is not None and found[1] == checks:
            return Tool(name, path, found[0], checks)
        version = _version(name, path, real, cwd, self._environ)
        if name in _PYTHONS:
            version = f"{version} {_installed(path)}".rstrip()
        self.known[key] = (version, checks)
        self.learned = True
        return Tool(name, path, version, checks)

    def _is_environment(self, path: str) -> bool:
        return os.path.exists(os.path.join(os.path.dirname(path), "..", "pyvenv.cfg"))

    def _around(self, name: str, path: str, real: str, cwd: str) -> list[str]:
        """Return what decides, beside the program itself, what version it is."""
        watched: list[str] = []
        if name in _RUSTUP:
            home = self._environ.get("RUSTUP_HOME") or os.path.expanduser("~/.rustup")
            watched += [f"{home}/settings.toml", f"{home}/toolchains"]
        if "shims" in path or "shims" in real:
            watched.append(f"{self._environ.get('PYENV_ROOT', os.path.expanduser('~/.pyenv'))}/version")
        if name in _PYTHONS:
            watched += _site_packages(path)
        return [*watched, *self._pins(cwd)]

    def _pins(self, folder: str) -> tuple[str, ...]:
        """Return the files in `folder` and above it, inside the repository, that choose the version of a tool."""
        if not f"{folder}/".startswith(self._root.rstrip("/") + "/"):
            return ()
        if (known := self._pinned.get(folder)) is None:
            own = (f"{folder}/{name}" for name in _TOOLCHAIN_FILES)
            known = (
                *(one for one in own if os.path.exists(one)),
                *(self._pins(os.path.dirname(folder)) if folder != "/" else ()),
            )
            self._pinned[folder] = known
        return known


def _version(name: str, path: str, real: str, cwd: str, environ: Mapping[str, str]) -> str:
    arguments = ("--version",) if name in _PYTHONS else _VERSION_ARGUMENTS.get(name)
    if arguments is not None:
        import subprocess

        try:
            done = subprocess.run(
                (path, *arguments),
                cwd=cwd,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=None if name in _RUSTUP else subprocess.STDOUT,  # how far an installation is, is shown
                timeout=_INSTALLING_S if name in _RUSTUP else _TIMEOUT_S,
                check=False,
            )
            if done.returncode == 0 and done.stdout.strip():
                return " ".join(done.stdout.decode("utf-8", "replace").split())
        except (OSError, subprocess.TimeoutExpired):
            pass
    from hashlib import sha256

    try:
        with open(real, "rb") as file:
            hasher = sha256()
            while piece := file.read(1 << 20):
                hasher.update(piece)
            return f"sha256:{hasher.hexdigest()}"
    except OSError:
        return "unreadable"


def _site_packages(path: str) -> list[str]:
    """Return the site-packages folders of the virtual environment that the interpreter at `path` belongs to."""
    base = os.path.dirname(os.path.dirname(path))
    if not os.path.exists(f"{base}/pyvenv.cfg"):
        return []
    try:
        versions = sorted(os.listdir(f"{base}/lib"))
    except OSError:
        return []
    return [f"{base}/lib/{one}/site-packages" for one in versions if one.startswith("python")]


def _installed(path: str) -> str:
    """Return a digest of the names and versions that are installed beside the interpreter at `path`; `""` outside one."""
    folders = _site_packages(path)
    if not folders:
        return ""
    from hashlib import sha256

    names = sorted(one for folder in folders for one in os.listdir(folder) if one.endswith(".dist-info"))
    return f"with {len(names)} distributions {sha256(chr(0).join(names).encode()).hexdigest()[:16]}"
