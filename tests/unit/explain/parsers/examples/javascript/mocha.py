"""What Mocha, Jasmine and Karma printed."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
  math
    1) adds
    deep
      2) "before all" hook for "x"


  0 passing (59ms)
  2 failing

  1) math
       adds:

      AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:

2 !== 3

      + expected - actual

      -2
      +3

      at Context.<anonymous> (test/a.js:2:52)
      at process.processImmediate (node:internal/timers:483:21)

  2) math
       deep
         "before all" hook for "x":
     Error: Timeout of 50ms exceeded.
      at listOnTimeout (node:internal/timers:581:17)

""",
        [
            Failure("mocha", "test", "2 failing", 8, 8, summary=True),
            Failure(
                "mocha",
                "test",
                "AssertionError [ERR_ASSERTION]: Expected values to be strictly equal: 2 !== 3",
                13,
                15,
                Place("test/a.js", 2, 52),
                test="math adds",
            ),
            Failure(
                "mocha", "test", "Error: Timeout of 50ms exceeded.", 28, 28, test='math deep "before all" hook for "x"'
            ),
        ],
    ),
    (
        """\
Failures:
1) math adds
  Message:
    Expected 2 to be 3.
  Stack:
        at <Jasmine>
        at UserContext.<anonymous> (/app/spec/a.spec.js:1:59)

2 specs, 1 failure
Finished in 0.014 seconds
""",
        [
            Failure(
                "jasmine", "test", "Expected 2 to be 3.", 4, 4, Place("/app/spec/a.spec.js", 1, 59), test="math adds"
            ),
            Failure("jasmine", "test", "2 specs, 1 failure", 9, 9, summary=True),
        ],
    ),
    (
        """\
HeadlessChrome 80.0.3987 (Linux 0.0.0) Cart adds a thing FAILED
\tExpected 1 to be 2.
\t    at UserContext.<anonymous> (src/cart.spec.js:10:5)
HeadlessChrome 80.0.3987 (Linux 0.0.0): Executed 12 of 12 (1 FAILED) (0.1 secs / 0.05 secs)
""",
        [
            Failure(
                "karma", "test", "Expected 1 to be 2.", 1, 2, Place("src/cart.spec.js", 10, 5), test="Cart adds a thing"
            ),
            Failure(
                "karma",
                "test",
                "HeadlessChrome 80.0.3987 (Linux 0.0.0): Executed 12 of 12 (1 FAILED) (0.1 secs / 0.05 secs)",
                4,
                4,
                summary=True,
            ),
        ],
    ),
    (
        """\
PhantomJS 2.1.1 (Linux 0.0.0) ERROR
  ReferenceError: Can't find variable: angular
  at src/app.js:3:1
PhantomJS 2.1.1 (Linux 0.0.0): Executed 0 of 0 ERROR (0.1 secs / 0 secs)
karma failed
""",
        [
            Failure("karma", "test", "ReferenceError: Can't find variable: angular", 1, 2, Place("src/app.js", 3, 1)),
        ],
    ),
    (
        """\
<testsuite name="Mocha Tests" tests="32" failures="0" errors="2" skipped="0" time="0.04">
<testcase classname="feed" name="reads 29" file="/app/test/a.js" time="0"/>
<testcase classname="feed" name="fetches" file="/app/test/a.js" time="0.001"><failure>no feed at that address
""",
        [
            Failure("junit", "test", "no feed at that address", 3, 3, test="fetches"),
        ],
    ),
    (
        """\
$ mocha "test/**/*.spec.js"

Error: No test files found: "test/**/*.spec.js"
""",
        [
            Failure("mocha", "configuration", 'No test files found: "test/**/*.spec.js"', 3, 3),
        ],
    ),
]

GREEN = [
    """\
  math
    ✓ adds
    - throws

  1 passing (5ms)
  1 pending

12 specs, 0 failures
HeadlessChrome 80.0.3987 (Linux 0.0.0): Executed 12 of 12 SUCCESS (0.1 secs / 0.05 secs)
""",
]
