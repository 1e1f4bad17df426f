"""Logs of PHP's tools."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
There was 1 failure:

1) Shop\\TillTest::testAdds
Failed asserting that 3 matches expected 4.

/src/tests/TillTest.php:12

FAILURES!
Tests: 2, Assertions: 2, Failures: 1.
""",
        [
            Failure(
                "phpunit",
                "test",
                "Failed asserting that 3 matches expected 4.",
                3,
                6,
                Place("/src/tests/TillTest.php", 12),
                test="Shop\\TillTest::testAdds",
            ),
            Failure("phpunit", "test", "FAILURES!", 8, 8, summary=True),
            Failure("phpunit", "test", "Tests: 2, Assertions: 2, Failures: 1.", 9, 9, summary=True),
        ],
    ),
    (
        """\
There were 2 errors:

1) Shop\\TillTest::testPays
Error: Call to undefined method Shop\\Till::pay()

/src/src/Till.php:30
/src/tests/TillTest.php:22

2) Shop\\TillTest::testAdds with data set #0 (1, 2)
TypeError: Argument 1 passed to add() must be an int

/src/tests/TillTest.php:12

--

There was 1 failure:

1) Shop\\TillTest::testCloses
Failed asserting that false is true.

/src/tests/TillTest.php:40

ERRORS!
Tests: 3, Assertions: 1, Errors: 2, Failures: 1.
""",
        [
            Failure(
                "phpunit",
                "test",
                "Error: Call to undefined method Shop\\Till::pay()",
                3,
                7,
                Place("/src/tests/TillTest.php", 22),
                test="Shop\\TillTest::testPays",
            ),
            Failure(
                "phpunit",
                "test",
                "TypeError: Argument 1 passed to add() must be an int",
                9,
                12,
                Place("/src/tests/TillTest.php", 12),
                test="Shop\\TillTest::testAdds with data set #0 (1, 2)",
            ),
            Failure(
                "phpunit",
                "test",
                "Failed asserting that false is true.",
                18,
                21,
                Place("/src/tests/TillTest.php", 40),
                test="Shop\\TillTest::testCloses",
            ),
            Failure("phpunit", "test", "ERRORS!", 23, 23, summary=True),
            Failure("phpunit", "test", "Tests: 3, Assertions: 1, Errors: 2, Failures: 1.", 24, 24, summary=True),
        ],
    ),
    (
        """\
PHP Parse error:  syntax error, unexpected '}' in /src/Till.php on line 12
PHP Fatal error:  Uncaught Error: Call to undefined function missing() in /src/shop.php:3
Stack trace:
#0 {main}
  thrown in /src/shop.php on line 3
""",
        [
            Failure("php", "compile", "syntax error, unexpected '}'", 1, 1, Place("/src/Till.php", 12)),
            Failure(
                "php", "crash", "Uncaught Error: Call to undefined function missing()", 2, 5, Place("/src/shop.php", 3)
            ),
        ],
    ),
    (
        """\
Your requirements could not be resolved to an installable set of packages.

  Problem 1
    - Root composer.json requires no/till 9, found no/till[1.0] but it does not match the constraint.
""",
        [
            Failure(
                "composer",
                "package",
                "Your requirements could not be resolved to an installable set of packages.",
                1,
                4,
            )
        ],
    ),
    (
        """\
FILE: /src/Till.php
--------------------------------------------------------------------------------
FOUND 1 ERROR AFFECTING 1 LINE
--------------------------------------------------------------------------------
 12 | ERROR | [x] Expected 1 space after comma; 0 found
--------------------------------------------------------------------------------
""",
        [
            Failure("phpcs", "style", "FOUND 1 ERROR AFFECTING 1 LINE", 3, 3, summary=True),
            Failure("phpcs", "style", "Expected 1 space after comma; 0 found", 5, 5, Place("/src/Till.php", 12)),
        ],
    ),
    (
        """\
There was 1 failure:

1) TillCest: Adds the prices
 Test  tests/TillCest.php:adds
Failed asserting that 3 matches expected 4.

FAILURES!
""",
        [
            Failure(
                "phpunit",
                "test",
                "Test tests/TillCest.php:adds Failed asserting that 3 matches expected 4.",
                3,
                5,
                test="TillCest: Adds the prices",
            ),
            Failure("phpunit", "test", "FAILURES!", 7, 7, summary=True),
        ],
    ),
    (
        """\
$ vendor/bin/behat features/till.feature
--- Failed scenarios:

    features/till.feature:12

2 scenarios (1 passed, 1 failed)
""",
        [
            Failure(
                "behat", "test", "features/till.feature:12", 4, 4, Place("features/till.feature", 12), summary=True
            ),
            Failure("cucumber", "test", "2 scenarios (1 passed, 1 failed)", 6, 6, summary=True),
        ],
    ),
    (
        """\
PHPUnit 9.6.7 by Sebastian Bergmann and contributors.

Z
 ✔ Empty
 ✘ Total of two
   │
   │ Failed asserting that 6 matches expected 5.
   │
   │ /app/tests/ZTest.php:6
   │

FAILURES!
Tests: 2, Assertions: 2, Failures: 1.
""",
        [
            Failure(
                "phpunit",
                "test",
                "Failed asserting that 6 matches expected 5.",
                5,
                10,
                Place("/app/tests/ZTest.php", 6),
                test="Total of two",
            ),
            Failure("phpunit", "test", "FAILURES!", 12, 12, summary=True),
            Failure("phpunit", "test", "Tests: 2, Assertions: 2, Failures: 1.", 13, 13, summary=True),
        ],
    ),
    (
        """\
Loading composer repositories with package information

In RemoteFilesystem.php line 476:

  The "https://repo.example.org/packages.json" file could not be downloaded
  : php_network_getaddresses: getaddrinfo for repo.example.org failed: Name
   or service not known


install [--prefer-source] [--prefer-dist]

In JsonFile.php line 347:

  "./composer.json" does not contain valid JSON
  Parse error on line 1:

""",
        [
            Failure(
                "php",
                "network",
                'The "https://repo.example.org/packages.json" file could not be downloaded : php_network_getaddresses: getaddrinfo for repo.example.org failed: Name or service not known',
                5,
                7,
            ),
            Failure(
                "php",
                "configuration",
                '"./composer.json" does not contain valid JSON Parse error on line 1:',
                14,
                15,
            ),
        ],
    ),
]
GREEN = [
    """\
PHPUnit 9.5.0 by Sebastian Bergmann and contributors.
OK (2 tests, 2 assertions)
There were no errors: all is well in Error.php
""",
]
