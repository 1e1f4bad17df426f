"""Every console block of the documentation says what the program says."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest
from tests.docs.console import ROOT, agrees, needs, place, play, prepare, steps
from tests.support.parts import require

if TYPE_CHECKING:
    from tests.support.pit import Pit

PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*.md"))
    if "```console\n" in path.read_text()
)
FILES = {"toml": "pitstop.toml", "python": "pitstop_pipeline.py"}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the pages show a Linux machine")
@pytest.mark.parametrize("name", PAGES)
def test_the_page_shows_what_its_commands_print(name: str, pit: Pit) -> None:
    page = (ROOT / name).read_text()
    require(*needs(page))
    script = steps(page)
    assert script, f"{name}: no command in its console blocks"
    for step, printed in play(prepare(pit, place(page)), script):
        assert agrees(step.expected, printed), (
            f"{name}:{step.line}: $ {step.command}says\n{printed}\nthe page says\n{step.expected}\n"
            f"To take over what it says: python -m tests.docs.console {name}"
        )


CONFIGURED = [
    (path.relative_to(ROOT).as_posix(), kind, number, text)
    for path in sorted((*ROOT.glob("docs/guides/*.md"), ROOT / "docs/start.md"))
    for kind in FILES
    for number, text in enumerate(re.findall(rf"^```{kind}\n(.*?)^```$", path.read_text(), re.MULTILINE | re.DOTALL))
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "kind", "number", "text"), CONFIGURED)
def test_the_configuration_that_a_page_shows_is_understood(
    name: str, kind: str, number: int, text: str, pit: Pit
) -> None:
    prepare(pit, "examples")
    for file in FILES.values():
        (pit.root / file).unlink()
    pit.write(FILES[kind], text)
    assert pit("config", "check").exit == 0, f"{name}, block {number}: {pit('config', 'check')}"


def test_commands_and_what_they_print_are_told_apart() -> None:
    page = "<!-- console: empty -->\n\n```console\n$ echo a \\\n>\n> b\na b\n$ true\n$ false\n```\n\n```sh\n$ no\n```\n"
    found = [(step.line, step.command, step.expected) for step in steps(page)]
    assert found == [(4, "echo a \\\n\nb\n", "a b\n"), (8, "true\n", ""), (9, "false\n", "")]


def test_commands_go_on_where_the_one_before_left_off(pit: Pit) -> None:
    page = "```console\n$ mkdir sub\n$ cd sub\n$ pwd\n$ exit 3\n$ echo $?\n$ export A=b\n$ echo $A\n```\n"
    assert [printed for _, printed in play(pit, steps(page))] == ["", "", "~/shop/sub\n", "", "3\n", "", "b\n"]


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        ("took 3 s\n", "took 12 ms\n", True),
        ("name     time\na     0.12 s\n", "name  time\na     3 s\n", True),
        ("a\n...\nc\n", "a\nb\nb\nc\n", True),
        ("a\n...\nc\n", "a\nc\n", True),
        ("...\n", "", True),
        ("a\n", "a\nb\n", False),
        ("a.c\n", "abc\n", False),
        ("", "a\n", False),
    ],
)
def test_a_page_agrees_where_only_times_and_left_out_lines_differ(expected: str, printed: str, same: bool) -> None:
    assert agrees(expected, printed) is same
