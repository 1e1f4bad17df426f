"""A mill: a repository of many small tasks whose outputs depend on each other, and what they must be."""

from __future__ import annotations

import os
import random
from hashlib import md5
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

STEP = """\
n=$1; shift
mkdir -p out/$n
echo "$n" >> "$HOME/ran"
echo begin > out/$n/file
if [ -e out/$n/big ]; then rm out/$n/big; fi
cat src/$n.txt >> out/$n/file
for d in "$@"; do md5sum < out/$d/file >> out/$n/file; done
case $n in *0) yes "$n" | head -c 150000 > out/$n/big; md5sum < out/$n/file | head -c 32 >> out/$n/big
  yes "$n" | head -c 150000 >> out/$n/big;; esac
echo end >> out/$n/file
"""
"""Writes each output in several steps, so that whoever sees it too early sees it torn."""


class Mill:
    """`count` tasks in `root`; each needs up to three that come before it."""

    def __init__(self, root: Path, count: int, seed: int) -> None:
        self.root = root
        self.rng = random.Random(seed)
        self.names = [f"t{number:03}" for number in range(count)]
        self.needs = {
            name: sorted(self.rng.sample(self.names[max(0, at - 40) : at], min(at, self.rng.randrange(4))))
            for at, name in enumerate(self.names)
        }
        settings = ""
        for name, needs in self.needs.items():
            settings += (
                f"[tasks.{name}]\ncommand = 'sh step.sh {' '.join((name, *needs))}'\noutputs = ['out/{name}/**']\n"
            )
            settings += f"inputs = ['src/{name}.txt', 'step.sh']\ndepends_on = {needs}\n"
        (root / "src").mkdir(parents=True)
        (root / "pitstop.toml").write_text(f"[run]\ntasks = {self.names}\n{settings}")
        (root / "step.sh").write_text(STEP)
        (root / ".gitignore").write_text("out/\n.pitstop/\n")
        self.sources = dict.fromkeys(self.names, "")
        self.write({name: f"{name} at first\n" for name in self.names})

    def write(self, sources: dict[str, str]) -> None:
        """Change sources."""
        for name, text in sources.items():
            self.sources[name] = text
            (self.root / f"src/{name}.txt").write_text(text)

    def expected(self) -> dict[str, bytes]:
        """Return what a serial run would leave in `out/`, by path."""
        found: dict[str, bytes] = {}
        for name in self.names:
            text = f"begin\n{self.sources[name]}".encode()
            text += b"".join(_sum(found[f"{need}/file"]) for need in self.needs[name])
            if name.endswith("0"):
                half = (f"{name}\n".encode() * 40_000)[:150_000]
                found[f"{name}/big"] = half + _sum(text)[:32] + half
            found[f"{name}/file"] = text + b"end\n"
        return found

    def found(self, root: Path | None = None) -> dict[str, bytes]:
        """Return what is in `out/`, by path."""
        out = (root or self.root) / "out"
        return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if not path.is_dir()}


def differences(found: dict[str, bytes], expected: dict[str, bytes]) -> dict[str, tuple[bytes, bytes]]:
    """Return what differs, shortened, by path."""
    return {
        path: (found.get(path, b"(missing)")[-60:], expected.get(path, b"(nothing)")[-60:])
        for path in sorted(found.keys() | expected.keys())
        if found.get(path) != expected.get(path)
    }


def living_in(root: Path) -> list[str]:
    """Return the command lines of the processes whose working folder is `root` or below (Linux)."""
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if f"{os.readlink(f'/proc/{entry.name}/cwd')}/".startswith(f"{root}/"):
                    with open(f"/proc/{entry.name}/cmdline", "rb") as file:
                        found.append(file.read().replace(b"\0", b" ").decode())
            except OSError:
                continue
    return found


def _sum(data: bytes) -> bytes:
    return f"{md5(data, usedforsecurity=False).hexdigest()}  -\n".encode()
