"""Which tasks compile, and what: told by the programs that their commands name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pitstop.core.task import TaskSpec

RUST, C = "rust", "c"

_RUST = frozenset({"cargo", "rustc", "maturin", "wasm-pack", "cross"})
_NOT_COMPILING = frozenset(
    {"fmt", "deny", "audit", "metadata", "tree", "update", "fetch", "vendor", "clean", "add", "remove", "search"}
    | {"login", "owner", "yank", "generate-lockfile", "locate-project", "pkgid", "version", "help", "new", "init"}
)
"""What `cargo` is asked for without compiling anything."""
_C = frozenset({"make", "gmake", "cmake", "ctest", "ninja", "meson", "scons", "node-gyp", "cc", "c++", "gcc", "g++"})
_C_COMPILER = re.compile(r"(?:[\w.]+-)*(?:gcc|g\+\+|clang|clang\+\+)(?:-\d+)?")


def compiled(spec: TaskSpec) -> frozenset[str]:
    """Return what the command of a task compiles: any of `RUST` and `C`, or nothing."""
    words = _words(spec.command)
    found = set()
    for at, word in enumerate(words):
        if word in _RUST:
            following = next((one for one in words[at + 1 :] if not one.startswith(("-", "+"))), "")
            if word != "cargo" or following not in _NOT_COMPILING:
                found.add(RUST)
        elif word in _C or _C_COMPILER.fullmatch(word):
            found.add(C)
    return frozenset(found)


def _words(command: tuple[str, ...] | str) -> list[str]:
    """Return the words of a command, paths of programs cut to their names; a shell's own signs are none."""
    raw = command if isinstance(command, tuple) else re.split(r"[\s;&|()`\"']+", command)
    return [word.rpartition("/")[2] for word in raw if word]
