"""`pitstop explain learn`: a failure that was resolved becomes an entry that is known the next time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inline_snapshot import snapshot
from tests.cli.scripted import tasks

if TYPE_CHECKING:
    from tests.support.pit import Pit

LOG = """\
starting the shop
Error: no stock service at http://10.0.0.7:8080/api after 3 tries
giving up
"""
SETTINGS = """\
[tasks.shop]
command = "cat build.log && test ! -e broken"
cache = false
"""


def test_a_line_is_learned_and_known_the_next_time(pit: Pit) -> None:
    pit.write("build.log", LOG)
    learned = pit(
        *("explain", "learn", "build.log", "--line", "2", "--category", "infrastructure"),
        *("--summary", "the stock service is down", "--solution", "Start it", "--command", "make stock"),
    )
    assert learned == snapshot("""\
exit: 0
learned learned/stock-service-tries: the stock service is down
  pattern  Error: no stock service at \\S+ after \\d+ tries
  checked  against nothing: no run is recorded here
  commit it: git add .pitstop/knowledge/learned.toml
""")
    assert (pit.root / ".pitstop/knowledge/learned.toml").read_text() == snapshot("""\
[[entry]]
code = "learned/stock-service-tries"
patterns = ['Error: no stock service at \\S+ after \\d+ tries']
summary = "the stock service is down"
category = "infrastructure"
solutions = [
  { text = "Start it", command = "make stock" },
]
matches = ["Error: no stock service at http://10.0.0.7:8080/api after 3 tries"]
""")
    pit.write("later.log", LOG.replace("10.0.0.7:8080", "stock.internal").replace("3 tries", "5 tries"))
    (finding,) = pit("explain", "later.log", "--json").json["findings"]
    assert finding["code"] == "learned/stock-service-tries"
    again = pit("explain", "learn", "later.log", "--line", "2")
    assert (again.exit, again.err) == snapshot(
        (
            2,
            """\
error: this line is known: `learned/stock-service-tries`
hint: `pitstop explain --show learned/stock-service-tries` tells what; give another `--line`, or `--anyway`
""",
        )
    )


def test_a_line_that_passing_runs_print_too_is_not_learned(pit: Pit) -> None:
    pit.write("build.log", "the quux is lukewarm today\nError: the frobnicator is stuck in gear 7\n")
    tasks(pit, SETTINGS)
    pit("run", "shop")
    pit.write("broken", "")
    pit.write("build.log", "the quux is lukewarm today\nError: the frobnicator is stuck in gear 9, for ever\n")
    pit("run", "shop")
    refused = pit("explain", "learn", "last-failed", "--line", "1")
    assert refused.exit == 2
    assert "`the quux is lukewarm today` is also found in 1 log of what passed" in refused.err
    taken = pit("explain", "learn", "last-failed", "--line", "2")
    assert taken.exit == 0
    assert "checked  found in 1 of 1 recorded log of what failed, in 0 of 1 of what passed" in taken.out


def test_a_pattern_that_may_take_for_ever_is_refused(pit: Pit) -> None:
    pit.write("build.log", LOG)
    refused = pit("explain", "learn", "build.log", "--line", "2", "--pattern", "(o+)+k")
    assert refused.exit == 2
    assert "it repeats a group, which may take for ever" in refused.err
    assert not (pit.root / ".pitstop/knowledge/learned.toml").exists()


def test_dry_run_prints_the_entry_and_writes_nothing(pit: Pit) -> None:
    pit.write("build.log", LOG)
    shown = pit("explain", "learn", "build.log", "--line", "2", "--dry-run")
    assert shown.exit == 0
    assert shown.out.startswith("[[entry]]\n")
    assert not (pit.root / ".pitstop").exists()


def test_a_line_that_is_not_there_is_said(pit: Pit) -> None:
    pit.write("build.log", LOG)
    assert pit("explain", "learn", "build.log", "--line", "9").err == snapshot(
        "error: line 9 of build.log is empty or not there; it has 3\n"
    )


def test_a_broken_file_of_the_repository_is_named_and_the_rest_is_known(pit: Pit) -> None:
    pit.write("build.log", LOG)
    pit("explain", "learn", "build.log", "--line", "2")
    pit.write(".pitstop/knowledge/broken.toml", '[[entry]]\ncode = "a/b"\npatterns = ["(x+)+"]\n')
    shown = pit("explain", "--show", "stock-service-tries")
    assert "from: " in shown.out
    assert "broken.toml:1: `a/b`: `summary` is missing" in shown.err


def test_what_is_known_is_listed_for_programs(pit: Pit) -> None:
    listed = pit("explain", "--list", "--json").json
    assert len(listed) >= 300
    assert [row["code"] for row in listed] == sorted(row["code"] for row in listed)
    (shown,) = pit("explain", "--show", "E0277", "--json").json
    assert (shown["code"], shown["category"], shown["solutions"][0]) == (
        "rust/e0277",
        "code",
        {"text": "Read the compiler's own explanation", "command": "rustc --explain E0277"},
    )
    assert pit("explain", "--show", "nothing-like-it", "--json").exit == 2
