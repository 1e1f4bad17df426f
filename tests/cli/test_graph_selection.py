"""`pitstop graph` chooses packages with the options of `pitstop run`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.pit import Pit

pytestmark = pytest.mark.slow


def crates(pit: Pit) -> Pit:
    pit.write("Cargo.toml", '[workspace]\nmembers = ["a", "b", "c"]\n')
    for name, needs in (("a", ""), ("b", 'a = { path = "../a" }\n'), ("c", "")):
        pit.write(f"{name}/Cargo.toml", f'[package]\nname = "{name}"\nversion = "1.0.0"\n[dependencies]\n{needs}')
        pit.write(f"{name}/src/lib.rs", "")
    pit.commit()
    return pit


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (("-p", "b"), {"a", "b"}),
        (("-p", "a", "-p", "c"), {"a", "c"}),
        (("--filter", "...a"), {"a", "b"}),
        (("b",), {"a", "b"}),
        (("-p", "a", "--invert"), {"a", "b"}),
        (("--affected", "--base", "HEAD"), {"c"}),
        (("-F", "[HEAD]"), {"c"}),
        (("-p", "b", "--tasks", "build"), {"b:build"}),
    ],
)
def test_packages_are_chosen_as_for_a_run(pit: Pit, options: tuple[str, ...], shown: set[str]) -> None:
    crates(pit).write("c/src/lib.rs", "// changed\n")
    said = pit("graph", *options)
    assert said.exit == 0, said
    assert {line.lstrip("└─├│ ").split("  ")[0] for line in said.out.splitlines()} == shown


def test_a_package_that_is_not_there_is_named_and_one_that_did_not_change_is_not_shown(pit: Pit) -> None:
    crates(pit)
    assert pit("graph", "-p", "d").err == "error: no package is called `d`\nhint: `pitstop graph` shows the packages\n"
    said = pit("graph", "--affected", "--base", "HEAD")
    assert (said.exit, said.out) == (0, "")
    assert said.err == "no packages here, or none that the filters mean\n"
