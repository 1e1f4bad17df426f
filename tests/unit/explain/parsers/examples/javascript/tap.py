"""What runners printed that speak TAP, and the like."""

# ruff: noqa: RUF001  signs that the tools print

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
TAP version 13
# Subtest: adds
not ok 1 - adds
  ---
  duration_ms: 4.882787
  location: '/app/a.test.mjs:3:1'
  failureType: 'testCodeFailure'
  error: '2 == 3'
  code: 'ERR_ASSERTION'
  stack: |-
    TestContext.<anonymous> (file:///app/a.test.mjs:3:29)
  ...
# Subtest: group
not ok 2 - group
  ---
  location: '/app/a.test.mjs:4:1'
  failureType: 'subtestsFailed'
  error: '1 subtest failed'
  ...
1..2
# fail 2
""",
        [
            Failure("tap", "test", "2 == 3", 3, 8, Place("/app/a.test.mjs", 3, 1), test="adds"),
            Failure(
                "tap", "test", "1 subtest failed", 14, 18, Place("/app/a.test.mjs", 4, 1), test="group", summary=True
            ),
            Failure("node", "test", "# fail 2", 21, 21, summary=True),
        ],
    ),
    (
        """\
not ok 1 - adds # TODO later
not ok 2 - removes
  ---
    name: AssertionError
    details:
      'Error thrown in test:': |-
        TypeError {
          message: 'boom',
        }
    message: Error thrown in test
    at: 'file:///app/a.test.mjs:3:29'
  ...
not ok 3 shows the way
# (in test file test/a.bats, line 6)
#   `[ "$status" -eq 0 ]' failed
""",
        [
            Failure("tap", "test", "Error thrown in test", 2, 10, Place("/app/a.test.mjs", 3, 29), test="removes"),
            Failure(
                "tap", "test", '`[ "$status" -eq 0 ]\' failed', 13, 15, Place("test/a.bats", 6), test="shows the way"
            ),
        ],
    ),
    (
        """\
✖ adds (2.5ms)
  AssertionError [ERR_ASSERTION]: 2 == 3
      at TestContext.<anonymous> (file:///app/a.test.mjs:3:29)
ℹ fail 1

✖ failing tests:

test at a.test.mjs:3:1
✖ adds (2.5ms)
  AssertionError [ERR_ASSERTION]: 2 == 3
      at TestContext.<anonymous> (file:///app/a.test.mjs:3:29)
""",
        [
            Failure("node", "test", "AssertionError [ERR_ASSERTION]: 2 == 3", 1, 2, test="adds", summary=True),
            Failure("node", "test", "ℹ fail 1", 4, 4, summary=True),
            Failure("node", "test", "✖ failing tests:", 6, 6, summary=True),
            Failure(
                "node", "test", "AssertionError [ERR_ASSERTION]: 2 == 3", 9, 10, Place("a.test.mjs", 3, 1), test="adds"
            ),
        ],
    ),
    (
        """\
  ✘ [fail]: adds
  ─

  2 tests failed
""",
        [
            Failure("ava", "test", "✘ [fail]: adds", 1, 1, test="adds"),
            Failure("ava", "test", "2 tests failed", 4, 4, summary=True),
        ],
    ),
    (
        """\
# adds
not ok 1 sum
  ---
    operator: equal
    expected: 2
    actual:   1
    at: Test.<anonymous> (/app/t.js:1:40)
  ...
""",
        [
            Failure("tap", "test", "sum: expected 2, actual 1", 2, 2, Place("/app/t.js", 1, 40), test="sum"),
        ],
    ),
    (
        """\
  ✔ keeps word 39
  ✘ [fail]: slugs umlauts
  ✘ [fail]: rejects
  ─

  slugs umlauts

  test.js:42

   41: test('keeps word 39',t=>{t.pass();});
   42: test('slugs umlauts',t=>{ t.is('gr-n','gruen'); });

  Difference (- actual, + expected):

  - 'gr-n'
  + 'gruen'

  › file://test.js:42:29



  rejects

  test.js:43

   43: test('rejects',async t=>{ await t.throwsAsync(async()=>1); });

  Returned promise resolved with:

  1

  › file://test.js:43:35

  ─

  2 tests failed
""",
        [
            Failure("ava", "test", "✘ [fail]: slugs umlauts", 2, 2, test="slugs umlauts", summary=True),
            Failure("ava", "test", "✘ [fail]: rejects", 3, 3, test="rejects", summary=True),
            Failure(
                "ava", "test", "Difference (- actual, + expected):", 6, 16, Place("test.js", 42), test="slugs umlauts"
            ),
            Failure("ava", "test", "Returned promise resolved with:", 22, 28, Place("test.js", 43), test="rejects"),
            Failure("ava", "test", "2 tests failed", 36, 36, summary=True),
        ],
    ),
    (
        """\
a.js
• • • • • ✘   (30 / 31)

   FAIL  "rolls a six"
    Expected values to be strictly equal:  (is)

        ++6    (Expected)
        --5    (Actual)

    at assert (/app/node_modules/uvu/assert/index.js:33:8)
    at Object.handler (/app/tests/a.js:32:33)
""",
        [
            Failure("uvu", "test", "Expected values to be strictly equal: (is)", 4, 8, test="rolls a six"),
        ],
    ),
    (
        """\
tests/t.sql ..
# Failed test 2: "has two rows"
#         have: 2
#         want: 3
# Looks like you failed 1 test of 3
Result: FAIL
""",
        [
            Failure("tap", "test", '# Failed test 2: "has two rows"', 2, 4, test="has two rows"),
            Failure("prove", "test", "Result: FAIL", 6, 6, summary=True),
        ],
    ),
]

GREEN = [
    """\
TAP version 13
ok 1 - adds
not ok 2 - removes # SKIP on this system
1..2
# pass 1
# fail 0
""",
]
