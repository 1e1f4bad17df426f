"""README's two commands are what its readers and CI copy."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def start_blocks() -> list[str]:
    """Return the fenced `sh` blocks of README's section Start."""
    section = (ROOT / "README.md").read_text().partition("\n## Start\n")[2].partition("\n## ")[0]
    return re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


def test_start_holds_two_commands_of_one_line() -> None:
    assert [block.count("\n") for block in start_blocks()] == [1, 1]


def test_readme_says_in_three_lines_what_this_is() -> None:
    opening = (ROOT / "README.md").read_text().partition("\n\n")[2].partition("\n\n")[0]
    assert len(opening.splitlines()) == 3


def test_ci_runs_the_second_command_as_it_stands_in_readme() -> None:
    script = (ROOT / ".ci/run").read_text()
    assert "README.md" in script
    assert start_blocks()[1].rstrip().endswith("pytest -q")
    assert (ROOT / ".ci/run").stat().st_mode & 0o111
