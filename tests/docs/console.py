"""Console blocks of a page: found, run in order in a repository of their own, and written back on demand.

A page says before its first block where its commands run:

    <!-- console: examples -->    a copy of `examples/`, committed to a new repository
    <!-- console: empty -->       a new repository with no file
    <!-- console: folder -->      a folder without git
    <!-- needs: cargo node -->    and which tools the machine must have

Lines starting with `$ ` are commands for `sh`, each followed by what it prints on either stream; a line `...` stands for
any number of lines. A command that ends with a backslash goes on in the next line, written after `> `. `cd` holds for the
commands that follow, and so do exported variables of a line that is nothing but `export NAME=value`.

`python -m tests.docs.console docs/start.md` writes what the commands print today into the page.
"""

from __future__ import annotations

import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.support.pit import DEADLINE_S, Pit
from tests.support.redact import redact

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
ANY = "..."
_BLOCK = re.compile(r"^```console\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_PLACE = re.compile(r"<!-- console: (examples|empty|folder) -->")
_NEEDS = re.compile(r"<!-- needs: ([\w -]+) -->")
_EXPORT = re.compile(r"export (\w+)=(\S*)")


class Step(NamedTuple):
    """One command of a page and what the page says it prints."""

    line: int
    """Of the command, from 1."""
    command: str
    expected: str
    start: int
    """Where `expected` begins in the page, in characters."""


def place(page: str) -> str:
    """Return where the page's commands run; a page with commands must say so."""
    found = _PLACE.search(page)
    assert found, "say where the commands run: <!-- console: examples -->"
    return found[1]


def needs(page: str) -> list[str]:
    """Return the tools that the page's commands need."""
    return [tool for found in _NEEDS.finditer(page) for tool in found[1].split()]


def steps(page: str) -> list[Step]:
    """Return the commands of all console blocks, in order."""
    found: list[Step] = []
    for block in _BLOCK.finditer(page):
        line = page.count("\n", 0, block.start("text")) + 1
        at = block.start("text")
        for text in re.split(r"^(?=\$ )", block["text"], flags=re.MULTILINE):
            if not text.startswith("$ "):
                assert not text, f"line {line}: a console block starts with `$ `"
                continue
            lines = text.splitlines(keepends=True)
            count = 1
            while count < len(lines) and (lines[count - 1].endswith("\\\n") or lines[count].startswith(">")):
                count += 1
            command = "".join(part[2:] if part != ">\n" else "\n" for part in lines[:count])
            found.append(Step(line, command, "".join(lines[count:]), at + len("".join(lines[:count]))))
            line += len(lines)
            at += len(text)
    return found


def prepare(pit: Pit, kind: str) -> Pit:
    """Make the repository of `pit` what the page asks for."""
    if kind == "examples":
        listed = subprocess.run(
            ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "examples"),
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout
        for path in filter(None, listed.split("\0")):
            file = ROOT / path
            if file.is_file():
                mode = bool(file.stat().st_mode & 0o100)
                pit.write(path.removeprefix("examples/"), file.read_bytes(), executable=mode)
        pit.commit("Open the shop")
    elif kind == "folder":
        pit(*("rm", "-rf", ".git"), program=False)
    return pit


def play(pit: Pit, script: list[Step]) -> Iterator[tuple[Step, str]]:
    """Run each command where the one before it left off; yield it with what it printed."""
    places = {**dict.fromkeys((str(pit.root), str(pit.root.resolve())), "~/shop")}
    places |= dict.fromkeys((str(pit.home), str(pit.home.resolve())), "~")
    cwd = pit.root
    env = {**pit.env, "COLUMNS": "100"}
    code = 0
    for step in script:
        if found := _EXPORT.fullmatch(step.command.strip()):
            env[found[1]] = found[2]
            yield step, ""
            continue
        if step.command.startswith("cd "):
            cwd = cwd / step.command[3:].strip()
            yield step, ""
            continue
        done = subprocess.run(
            ("sh", "-c", f"(exit {code})\n{step.command}"),
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=DEADLINE_S,
        )
        code = done.returncode
        printed = done.stdout.decode("utf-8", "backslashreplace")
        for path in sorted(places, key=len, reverse=True):
            printed = printed.replace(path, places[path])
        printed = re.sub(rf"\bon {re.escape(platform.node())}$", "on desk", printed, flags=re.MULTILINE)
        yield step, printed


def agrees(expected: str, printed: str) -> bool:
    """Return whether the page and the program say the same, but for times, sizes, digests and run ids."""
    parts = re.split(rf"^{re.escape(ANY)}\n", _plain(expected), flags=re.MULTILINE)
    return bool(re.fullmatch("(?:.*\n)*".join(map(re.escape, parts)), _plain(printed)))


def _plain(text: str) -> str:
    # Columns of a table are as wide as their longest time, so a gap is a gap, however wide.
    return "".join(re.sub("  +", "  ", line.rstrip()) + "\n" for line in redact(text, {}).splitlines())


def rewrite(path: Path) -> bool:
    """Write into the page what its commands print now where it differs; return whether the page changed."""
    before = page = path.read_text()
    shift = 0
    with tempfile.TemporaryDirectory() as base:
        pit = prepare(Pit(Path(base)), place(page))
        for step, printed in play(pit, steps(page)):
            if not agrees(step.expected, printed):
                printed = "".join(f"{line.rstrip()}\n" for line in printed.splitlines())
                start = step.start + shift
                page = page[:start] + printed + page[start + len(step.expected) :]
                shift += len(printed) - len(step.expected)
    path.write_text(page)
    return page != before


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(f"{name}: {'changed' if rewrite(Path(name)) else 'as it was'}")
