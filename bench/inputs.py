"""Makes the workspaces that the benches run on: the same bytes, and the same commit, from the same shape.

A workspace is a folder of npm packages. Each has a `build` script of four short-lived programs that reads its sources
and the manifests of the packages it needs and writes `dist/`. `configs.py` says the same graph and the same commands
in the words of every tool that is measured.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from bench import configs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORDS = (
    *("axle", "brake", "camber", "chassis", "clutch", "corner", "delta", "drag", "fuel", "gear", "grid", "grip", "hub"),
    *("jack", "lap", "lead", "marshal", "nut", "pace", "pit", "pole", "rain", "rim", "slick", "spring", "start"),
    *("stint", "stop", "torque", "track", "tyre", "vane", "wheel", "wing"),
)
COMMIT_DATE = "2026-01-01T00:00:00Z"


class Shape(NamedTuple):
    """How large a workspace is and what its build leaves behind."""

    packages: int = 500
    files: int = 20
    """Files of each package that git tracks; two of them are `package.json` and `moon.yml`, the rest sources."""
    most_needs: int = 3
    """Each package but the first needs one to this many packages before it."""
    copies: bool = False
    """`dist/` holds a copy of each source, as a compiler leaves it, not only a bundle and a manifest."""
    manager: str = "npm"
    """Whose lock file it has: `npm`, which is a Node program, or `pnpm`, which from 11 on is none."""
    seed: int = 1


def graph(shape: Shape) -> list[tuple[int, ...]]:
    """Return for each package the packages it needs, ascending.

    Each needs only packages before it, and each but the first needs at least one, so a change of package 0 reaches
    all of them, and nothing needs the last one.
    """
    rng = random.Random(shape.seed)
    return [
        tuple(sorted(rng.sample(range(package), min(package, rng.randint(1, shape.most_needs)))))
        for package in range(shape.packages)
    ]


def packages(shape: Shape) -> list[configs.Package]:
    """Return the packages of a workspace of this shape, each after those it needs."""
    names = [f"p{number:04}" for number in range(shape.packages)]
    return [
        configs.Package(
            name=names[number],
            needs=tuple(names[need] for need in needs),
            sources=tuple(f"src/s{source:02}.txt" for source in range(shape.files - 2)),
            copies=shape.copies,
        )
        for number, needs in enumerate(graph(shape))
    ]


def contents(shape: Shape) -> Iterator[tuple[str, str]]:
    """Yield the path (POSIX, relative) and text of each tracked file of a workspace of this shape."""
    everything = packages(shape)
    yield from configs.root_files(everything, shape.manager)
    rng = random.Random(shape.seed)
    lines = [" ".join(rng.choices(WORDS, k=9)) + "\n" for _ in range(997)]
    for package in everything:
        yield from configs.package_files(package, shape.manager)
        for source in package.sources:
            text = "".join(rng.choices(lines, k=rng.randint(8, 40)))
            yield f"{package.folder}/{source}", f"{package.name} {source}\n{text}"


def make(root: Path, shape: Shape) -> str:
    """Write a workspace of this shape into the empty or absent folder `root`, commit it, and return the commit."""
    for path, text in contents(shape):
        place = os.path.join(root, path)
        try:
            file = open(place, "w", encoding="utf-8")  # noqa: SIM115  closed below
        except FileNotFoundError:
            os.makedirs(os.path.dirname(place))
            file = open(place, "w", encoding="utf-8")  # noqa: SIM115  closed below
        with file:
            file.write(text)
    return commit(root)


def commit(root: Path) -> str:
    """Make `root` a git repository with one commit of all that it does not ignore, and return its name."""
    env = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "bench",
        "GIT_AUTHOR_EMAIL": "bench@example.invalid",
        "GIT_AUTHOR_DATE": COMMIT_DATE,
        "GIT_COMMITTER_NAME": "bench",
        "GIT_COMMITTER_EMAIL": "bench@example.invalid",
        "GIT_COMMITTER_DATE": COMMIT_DATE,
    }

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=root, env=env, check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout.strip()

    git("init", "--quiet", "--initial-branch=main")
    git("add", "--all")
    git("commit", "--quiet", "--message", "The workspace of the bench")
    return git("rev-parse", "HEAD")


def many_tasks(root: Path, count: int) -> str:
    """Write a workspace of `count` packages whose `build` does nothing at all, commit it, and return the commit.

    A ninja file with the same commands lies beside it.
    """
    names = [f"t{number:05}" for number in range(count)]
    for name in names:
        folder = root / "packages" / name
        folder.mkdir(parents=True)
        (folder / "package.json").write_text(
            json.dumps({"name": name, "version": "1.0.0", "scripts": {"build": "true"}}) + "\n"
        )
    (root / "package.json").write_text(json.dumps({"private": True, "workspaces": ["packages/*"]}, indent=2) + "\n")
    (root / ".gitignore").write_text(configs.IGNORED)
    lines = ["rule run", "  command = cd packages/$out && true"]
    lines += [f"build {name}: run" for name in names]
    (root / "build.ninja").write_text("\n".join(lines) + "\n")
    return commit(root)


def one_task(root: Path, command: str) -> str:
    """Write a workspace of one package whose `build` is `command`, commit it, and return the commit."""
    folder = root / "packages" / "flood"
    folder.mkdir(parents=True)
    manifest = {"name": "flood", "version": "1.0.0", "scripts": {"build": command}}
    (folder / "package.json").write_text(json.dumps(manifest) + "\n")
    (root / "package.json").write_text(json.dumps({"private": True, "workspaces": ["packages/*"]}, indent=2) + "\n")
    (root / ".gitignore").write_text(configs.IGNORED)
    return commit(root)


def fresh(root: Path) -> Path:
    """Remove the folder `root` and all in it, make its parent, and return it."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    return root
