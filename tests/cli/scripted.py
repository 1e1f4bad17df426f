"""Repositories whose tasks are plain shell scripts, and what a run did with them."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.support.pit import Pit, Result

IGNORED = "node_modules/\ndist/\n.pitstop/\n"


def workspace(pit: Pit, packages: Mapping[str, Sequence[str]], settings: str = "") -> Pit:
    """Write an npm workspace without anything to install; each name is a package that needs the names it is given.

    `build` writes what is in `src/` and what the needed packages built to `dist/out.txt`, `test` wants to find `good`
    there. `settings` is `pitstop.toml`. No script starts node, so one that only tells its version will do.
    """
    pit.tool("node", "echo v20.11.0")
    for name, needs in packages.items():
        read = " ".join(("src/*", *(f"../{need}/dist/out.txt" for need in needs)))
        manifest = {
            "name": name,
            "version": "1.0.0",
            "scripts": {"build": f"mkdir -p dist && cat {read} > dist/out.txt", "test": "grep -q good dist/out.txt"},
            "dependencies": dict.fromkeys(needs, "*"),
        }
        pit.write(f"packages/{name}/package.json", json.dumps(manifest, indent=2))
        pit.write(f"packages/{name}/src/{name}.txt", f"{name} is good\n")
    pit.write("package.json", json.dumps({"name": "ws", "private": True, "workspaces": ["packages/*"]}))
    if settings:
        pit.write("pitstop.toml", settings)
    return pit.write(".gitignore", IGNORED)


def tasks(pit: Pit, settings: str) -> Pit:
    """Write a repository that has only the tasks in `settings`, which is `pitstop.toml`."""
    return pit.write("pitstop.toml", settings).write(".gitignore", IGNORED)


def endings(result: Result) -> dict[str, str]:
    """Return how each task of a run with `--output json` ended: `run`, `cache`, `fresh`, or its bad outcome."""
    return {
        event["task"]: event.get("origin", "run") if event["outcome"] == "success" else event["outcome"]
        for event in result.events
        if event["event"] == "TaskFinished"
    }


def run(pit: Pit, *argv: str, env: dict[str, str] | None = None, cwd: str = "") -> dict[str, str]:
    """Run `pitstop run ARGV` and return how each task ended."""
    result = pit("run", *argv, "--output", "json", env=env, cwd=cwd)
    assert not result.err, result.err
    return endings(result)


def ran(pit: Pit, *argv: str, env: dict[str, str] | None = None) -> list[str]:
    """Run `pitstop run ARGV`, which must pass, and return the tasks that a process was started for, sorted."""
    ended = run(pit, *argv, env=env)
    assert set(ended.values()) <= {"run", "cache", "fresh"}, ended
    return sorted(task for task, how in ended.items() if how == "run")


def alive(mark: str, program: str = "") -> list[int]:
    """Return the ids of the processes, all or of one program, that have `mark` in one of their arguments (Linux)."""
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                with open(f"/proc/{entry.name}/cmdline", "rb") as file:
                    words = file.read()
            except OSError:
                continue
            if mark.encode() in words and words.startswith(program.encode()):
                found.append(int(entry.name))
    return found


def holding(folder: Path, text: str) -> list[str]:
    """Return the files below `folder` that hold `text` in any of their bytes."""
    wanted = text.encode()
    return sorted(
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and wanted in path.read_bytes()
    )
