"""Every command, option, setting, event and exit code has its place in the reference, and it is up to date."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs import generate
from pitstop.cli.table import COMMANDS
from pitstop.core.events import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs/reference"


@pytest.mark.slow
def test_the_reference_is_what_the_code_says() -> None:
    argv = [sys.executable, "docs/generate.py", "--check"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_is_on_its_page_with_its_meaning(name: str) -> None:
    page = (REFERENCE / f"commands/{name}.md").read_text()
    missing = [option for option, said in options(generate.parser_of(name)) if f"`{option}" not in page or not said]
    assert missing == []


def options(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    """Yield every option of a parser and its sub-commands with what `--help` says of it."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from options(inner)
        elif not isinstance(action, argparse._HelpAction) and action.help != argparse.SUPPRESS:
            yield from ((option, action.help or "") for option in action.option_strings)


def test_every_event_has_its_section() -> None:
    page = (REFERENCE / "events.md").read_text()
    assert [kind for kind in KINDS if f"\n## {kind}\n" not in page] == []


def test_the_pages_link_to_what_is_there() -> None:
    import re

    broken = []
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("**/*.md"), *(ROOT / "examples").glob("*.md")):
        text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            file, _, anchor = target.partition("#")
            if ":" in file:
                continue
            there = page.parent / file if file else page
            if not there.exists() or (anchor and there.suffix == ".md" and anchor not in anchors(there.read_text())):
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def anchors(page: str) -> set[str]:
    """Return the names that headings of a page get, as GitHub makes them."""
    import re

    headings = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
