"""Logs of tests and checks of shells."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
$ shellcheck build.sh

In build.sh line 12:
  echo $x
       ^-- SC2086: Double quote to prevent globbing and word splitting.

""",
        [
            Failure(
                "shellcheck",
                "style",
                "Double quote to prevent globbing and word splitting.",
                3,
                5,
                Place("build.sh", 12),
                code="SC2086",
            )
        ],
    ),
    (
        """\
$ bats test
 ✗ adds
   (in test file test/till.bats, line 5)
     `[ "$x" = 4 ]' failed
 ✓ pays
""",
        [Failure("bats", "test", '`[ "$x" = 4 ]\' failed', 2, 4, Place("test/till.bats", 5), test="adds")],
    ),
    (
        """\
Describing Till
  [-] adds 12ms
    Expected 4, but got 3.
    at <ScriptBlock>, /src/Till.Tests.ps1: line 5
  [+] pays 3ms
Tests Passed: 1, Failed: 1, Skipped: 0
""",
        [
            Failure("pester", "test", "Expected 4, but got 3.", 2, 4, Place("/src/Till.Tests.ps1", 5), test="adds"),
            Failure("pester", "test", "Tests Passed: 1, Failed: 1, Skipped: 0", 6, 6, summary=True),
        ],
    ),
]
GREEN = [
    """\
$ shellcheck build.sh
$ bats test
 ✓ failed
Tests Passed: 2, Failed: 0, Skipped: 0
""",
]
