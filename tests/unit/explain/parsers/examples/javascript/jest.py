"""What Jest and Vitest printed."""

# ruff: noqa: RUF001  signs that the tools print

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
PASS test/ok.test.js
FAIL test/math.test.js
  ● math › adds

    expect(received).toBe(expected) // Object.is equality

    Expected: 3
    Received: 2

    > 1 | test('adds', () => { expect(1 + 1).toBe(3) })
        |                                    ^
      2 |

      at Object.toBe (test/math.test.js:1:61)

  ● math › throws

    TypeError: boom

      at fail (node_modules/lib/index.js:1:1)
      at Object.<anonymous> (test/math.test.js:2:102)

FAIL test/b.test.js
  ● Test suite failed to run

    Cannot find module './missing' from 'test/b.test.js'

    > 1 | const x = require('./missing')
        |           ^

      at Resolver._throwModNotFoundError (node_modules/jest-resolve/build/index.js:1031:11)
      at Object.require (test/b.test.js:1:11)

Test Suites: 2 failed, 1 passed, 3 total
Tests:       2 failed, 4 passed, 6 total
""",
        [
            Failure("jest", "test", "FAIL test/math.test.js", 2, 2, summary=True),
            Failure(
                "jest",
                "test",
                "expect(received).toBe(expected) Expected: 3 Received: 2",
                3,
                8,
                Place("test/math.test.js", 1, 61),
                test="math adds",
            ),
            Failure("jest", "test", "TypeError: boom", 16, 18, Place("test/math.test.js", 2, 102), test="math throws"),
            Failure("jest", "test", "FAIL test/b.test.js", 23, 23, summary=True),
            Failure(
                "jest",
                "test",
                "Cannot find module './missing' from 'test/b.test.js'",
                24,
                26,
                Place("test/b.test.js", 1, 11),
            ),
            Failure("jest", "test", "Test Suites: 2 failed, 1 passed, 3 total", 34, 34, summary=True),
            Failure("jest", "test", "Tests: 2 failed, 4 passed, 6 total", 35, 35, summary=True),
        ],
    ),
    (
        """\
 ❯ a.test.mjs (2 tests | 1 failed) 60ms
     × adds 7ms

⎯⎯⎯⎯⎯⎯ Failed Suites 1 ⎯⎯⎯⎯⎯⎯⎯

 FAIL  b.test.mjs [ b.test.mjs ]
Error: Cannot find module './missing.js' imported from /app/b.test.mjs
 ❯ b.test.mjs:1:1

⎯⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯⎯

 FAIL  a.test.mjs > math > adds
AssertionError: expected 2 to be 3 // Object.is equality

- Expected
+ Received

- 3
+ 2

 ❯ a.test.mjs:2:61
      1| import { describe, test, expect } from 'vitest'

 Test Files  2 failed (2)
      Tests  1 failed | 1 passed (2)
""",
        [
            Failure("vitest", "test", "× adds 7ms", 2, 2, summary=True),
            Failure(
                "vitest",
                "test",
                "Error: Cannot find module './missing.js' imported from /app/b.test.mjs",
                6,
                7,
                Place("b.test.mjs", 1, 1),
            ),
            Failure(
                "vitest",
                "test",
                "AssertionError: expected 2 to be 3 // Object.is equality",
                12,
                19,
                Place("a.test.mjs", 2, 61),
                test="math adds",
            ),
            Failure("vitest", "test", "Test Files 2 failed (2)", 24, 24, summary=True),
            Failure("vitest", "test", "Tests 1 failed | 1 passed (2)", 25, 25, summary=True),
        ],
    ),
    (
        """\
Jest: "global" coverage threshold for branches (80%) not met: 71.4%
""",
        [
            Failure("jest", "test", '"global" coverage threshold for branches (80%) not met: 71.4%', 1, 1),
        ],
    ),
    (
        """\
  49 passing (160ms)

ERROR: Coverage for lines (40%) does not meet global threshold (95%)
""",
        [
            Failure("jest", "test", "Coverage for lines (40%) does not meet global threshold (95%)", 3, 3),
        ],
    ),
    (
        """\
$ jest
No tests found, exiting with code 1
Run with `--passWithNoTests` to exit with code 0
""",
        [
            Failure("jest", "configuration", "No tests found, exiting with code 1", 2, 2),
        ],
    ),
    (
        """\
 ✓ g9.test.js (1 test) 28ms

⎯⎯⎯⎯⎯⎯ Unhandled Errors ⎯⎯⎯⎯⎯⎯

Vitest caught 1 unhandled error during the test run.

⎯⎯⎯⎯⎯ Uncaught Exception ⎯⎯⎯⎯⎯
TypeError: socket closed early
 ❯ Timeout._onTimeout a.test.js:2:43
      1| import {test,expect,vi} from 'vitest';
      2| test('emits',()=>{ setTimeout(()=>{ throw new TypeError('socket closed…
       |                                           ^
 ❯ listOnTimeout node:internal/timers:581:17

 Test Files  11 passed (11)
""",
        [
            Failure("vitest", "test", "TypeError: socket closed early", 7, 8, Place("a.test.js", 2, 43)),
        ],
    ),
    (
        """\
 FAIL  ./a.test.ts
  ● Test suite failed to run

    Must use import to load ES Module: /app/a.test.ts

    The file contains ESM syntax (import/export) that could not be executed as CommonJS. Either:
      - Configure a transform (e.g. babel-jest) that compiles this file to CommonJS (see https://jestjs.io/docs/code-transformation)

      at createRequireEsmError (../../node_modules/jest-runtime/build/index.js:452:17)

Test Suites: 1 failed, 10 passed, 11 total
""",
        [
            Failure("jest", "test", "FAIL ./a.test.ts", 1, 1, summary=True),
            Failure("jest", "compile", "Must use import to load ES Module: /app/a.test.ts", 2, 7, Place("./a.test.ts")),
            Failure("jest", "test", "Test Suites: 1 failed, 10 passed, 11 total", 11, 11, summary=True),
        ],
    ),
]

GREEN = [
    """\
PASS test/ok.test.js
  ● Console

    console.error
      Error: only said
          at log (test/ok.test.js:3:9)

Test Suites: 1 passed, 1 total
Tests:       1 skipped, 4 passed, 5 total
 ✓ a.test.mjs (1 test) 3ms
 Test Files  1 passed (1)
""",
]
