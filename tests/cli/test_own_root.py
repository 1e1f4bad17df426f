"""A repository inside a repository: each leaves the other alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inline_snapshot import snapshot

if TYPE_CHECKING:
    from tests.support.pit import Pit


def two(pit: Pit) -> Pit:
    pit.write("go.mod", "module example.org/outer\n\ngo 1.21\n").write("a.go", "package outer\n")
    pit.write("examples/pitstop.toml", "root = true\n")
    return pit.write("examples/in/go.mod", "module example.org/inner\n\ngo 1.21\n").write(
        "examples/in/a.go", "package inner\n"
    )


def test_the_outer_repository_does_not_see_the_packages_of_the_inner(pit: Pit) -> None:
    assert two(pit)("graph") == snapshot("""\
exit: 0
example.org/outer  go  .
""")


def test_inside_the_inner_repository_only_its_own_packages_are_seen(pit: Pit) -> None:
    assert two(pit)("graph", cwd="examples/in") == snapshot("""\
exit: 0
example.org/inner  go  in
""")


def test_what_was_planned_is_forgotten_when_the_inner_one_is_none_any_more(pit: Pit) -> None:
    before = str(two(pit)("graph"))
    pit.write("examples/pitstop.toml", "")
    assert pit("graph") != before
    assert "inner" in pit("graph").out
