"""What Playwright and Cypress printed."""

# ruff: noqa: RUF001  signs that the tools print

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
Running 2 tests using 1 worker

  ✘  1 [chromium] › tests/cart.spec.ts:10:5 › cart › adds a thing (5.0s)

  1) [chromium] › tests/cart.spec.ts:10:5 › cart › adds a thing ─────────────

    Error: expect(received).toBe(expected) // Object.is equality

    Expected: 2
    Received: 1

      8 | test

  1 failed
""",
        [
            Failure(
                "playwright",
                "test",
                "Error: expect(received).toBe(expected) // Object.is equality",
                5,
                7,
                Place("tests/cart.spec.ts", 10, 5),
                test="cart adds a thing",
            ),
            Failure("playwright", "test", "1 failed", 14, 14, summary=True),
        ],
    ),
    (
        """\
Cypress could not verify that this server is running:

  > http://localhost:3000

    ✖  1 of 2 failed (50%)                      00:12        4        3        1
""",
        [
            Failure("cypress", "command", "Cypress could not verify that this server is running:", 1, 1),
            Failure("cypress", "test", "✖ 1 of 2 failed (50%) 00:12 4 3 1", 5, 5, summary=True),
        ],
    ),
]

GREEN = [
    """\
Running 2 tests using 1 worker

  ✓  1 [chromium] › tests/cart.spec.ts:10:5 › cart › adds a thing (5.0s)

  2 passed (7.0s)
""",
]
