"""The lines that prove a failure are found in the output of the common tools."""

# ruff: noqa: RUF001  signs that test runners print

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitstop.core.text import strip_ansi
from pitstop.explain.evidence import Place, place_of, telling_lines

_LOGS = {
    "rustc": (
        """\
           Compiling shop v0.1.0 (/r/crates/shop)
        warning: unused variable: `x`
         --> src/lib.rs:1:5
        error[E0308]: mismatched types
          --> src/lib.rs:12:5
           |
        12 |     "a"
           |     ^^^ expected `i32`, found `&str`

        error: aborting due to 1 previous error
        error: could not compile `shop` (lib) due to 1 previous error
        """,
        ["error[E0308]: mismatched types", "  --> src/lib.rs:12:5"],
    ),
    "libtest": (
        """\
        running 2 tests
        test tests::adds ... ok
        test tests::divides ... FAILED

        failures:

        ---- tests::divides stdout ----

        thread 'tests::divides' (4242) panicked at src/lib.rs:30:9:
        assertion `left == right` failed
          left: 2
         right: 3
        note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace

        test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
        """,
        [
            "test tests::divides ... FAILED",
            "thread 'tests::divides' (4242) panicked at src/lib.rs:30:9:",
            "assertion `left == right` failed",
            "  left: 2",
            " right: 3",
        ],
    ),
    "nextest": (
        """\
            PASS [   0.004s] shop tests::adds
            FAIL [   0.005s] shop tests::divides
        error: test run failed
        """,
        ["    FAIL [   0.005s] shop tests::divides"],
    ),
    "nextest in a frame": (
        """\
            PASS [   0.046s] (  98/1846) shop sync::assert_no_stack_overflow
            FAIL [   0.042s] ( 193/1846) shop::exists try_exists
          stdout ───
            test try_exists ... FAILED
          stderr ───
            thread 'try_exists' (18556) panicked at tests/exists.rs:44:44:
            called `Option::unwrap()` on a `None` value
            note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
            PASS [   0.012s] (1362/1846) shop::socket assert_usage
        error: test run failed
        """,
        [
            "    FAIL [   0.042s] ( 193/1846) shop::exists try_exists",
            "    test try_exists ... FAILED",
            "    thread 'try_exists' (18556) panicked at tests/exists.rs:44:44:",
            "    called `Option::unwrap()` on a `None` value",
        ],
    ),
    "pytest": (
        """\
        tests/test_cart.py F.                                                    [100%]
        ______________________________ test_total ______________________________

            def test_total():
        >       assert total([1, 2]) == 4
        E       assert 3 == 4
        E        +  where 3 = total([1, 2])

        tests/test_cart.py:7: AssertionError
        =========================== short test summary info ============================
        FAILED tests/test_cart.py::test_total - assert 3 == 4
        ========================= 1 failed, 1 passed in 0.03s =========================
        """,
        [
            "E       assert 3 == 4",
            "E        +  where 3 = total([1, 2])",
            "FAILED tests/test_cart.py::test_total - assert 3 == 4",
        ],
    ),
    "traceback": (
        """\
        starting
        Traceback (most recent call last):
          File "/r/app.py", line 9, in <module>
            main()
          File "/r/app.py", line 4, in main
            open("missing")
        FileNotFoundError: [Errno 2] No such file or directory: 'missing'
        """,
        [
            '  File "/r/app.py", line 4, in main',
            "FileNotFoundError: [Errno 2] No such file or directory: 'missing'",
        ],
    ),
    "go": (
        """\
        === RUN   TestTotal
            cart_test.go:9: total is 3, want 4
        --- FAIL: TestTotal (0.00s)
        FAIL
        FAIL    example.org/cart        0.002s
        """,
        ["    cart_test.go:9: total is 3, want 4", "--- FAIL: TestTotal (0.00s)"],
    ),
    "go build": ("# example.org/cart\n./cart.go:7:2: undefined: x\n", ["./cart.go:7:2: undefined: x"]),
    "jest": (
        """\
        FAIL src/cart.test.js
          ● cart › adds up

            expect(received).toBe(expected) // Object.is equality

            Expected: 4
            Received: 3

        Tests:       1 failed, 1 total
        """,
        [
            "  ● cart › adds up",
            "    expect(received).toBe(expected) // Object.is equality",
            "    Expected: 4",
            "    Received: 3",
        ],
    ),
    "vitest": (
        """\
         ❯ src/cart.test.ts (1 test | 1 failed) 4ms
           × adds up 3ms
        AssertionError: expected 3 to be 4 // Object.is equality
         ❯ src/cart.test.ts:5:20
        """,
        [
            "   × adds up 3ms",
            "AssertionError: expected 3 to be 4 // Object.is equality",
            " ❯ src/cart.test.ts:5:20",
        ],
    ),
    "tsc": (
        "src/a.ts(3,5): error TS2322: Type 'string' is not assignable to type 'number'.\n",
        ["src/a.ts(3,5): error TS2322: Type 'string' is not assignable to type 'number'."],
    ),
    "eslint": (
        "\n/r/src/a.js\n  1:7  error  'x' is assigned a value but never used  no-unused-vars\n\n✖ 1 problem (1 error, 0 warnings)\n",
        ["  1:7  error  'x' is assigned a value but never used  no-unused-vars", "✖ 1 problem (1 error, 0 warnings)"],
    ),
    "mypy": (
        "app.py:3: error: Incompatible return value type  [return-value]\nFound 1 error in 1 file (checked 1 source file)\n",
        ["app.py:3: error: Incompatible return value type  [return-value]"],
    ),
    "ruff": (
        "app.py:1:8: F401 `os` imported but unused\nFound 1 error.\n",
        ["app.py:1:8: F401 `os` imported but unused"],
    ),
    "gcc": (
        "cc -c main.c\nmain.c:4:3: error: expected ';' before 'return'\nmake: *** [Makefile:2: main.o] Error 1\n",
        ["main.c:4:3: error: expected ';' before 'return'"],
    ),
    "pnpm": (
        "✗ Lockfile failed its check (484 entries)\n[ERR_PNPM_FETCH_404] GET https://r.example/x: Not Found - 404\n",
        ["[ERR_PNPM_FETCH_404] GET https://r.example/x: Not Found - 404"],
    ),
    "npm": (
        "npm error code E404\nnpm error 404 Not Found - GET https://r.example/x\nnpm error A complete log of this run\n",
        ["npm error 404 Not Found - GET https://r.example/x"],
    ),
    "shell": ("building\nsh: 1: frobnicate: not found\n", ["sh: 1: frobnicate: not found"]),
    "words": ("0 errors so far\nError: no configuration\ndone\n", ["Error: no configuration"]),
    "nothing": ("one\n\ntwo\nthree\n", ["one", "two", "three"]),
}


@pytest.mark.parametrize("tool", _LOGS)
def test_the_lines_that_prove_it_are_told(tool: str) -> None:
    log, proof = _LOGS[tool]
    told = [line.text for line in telling_lines(dedent(log).encode())]
    assert told[: len(proof)] == proof or set(proof) <= set(told)
    assert len(told) <= len(proof) + 2


_PIECES = st.sampled_from(
    [
        b"error: x\n",
        b"Traceback (most recent call last):\n",
        b'  File "a", line 1\n',
        b"E   assert\n",
        b"\x1b[31m",
        b"\r",
        b"\xff\x00",
        b"\n",
        b"fail",
        b"panic: ",
        b"a.py:1:2: E1 \n",
        b"thread 'a' panicked at b:1:1:\n",
        b"ordinary\n",
    ]
)


@given(st.lists(_PIECES | st.binary(max_size=6), max_size=60).map(b"".join), st.integers(0, 8))
def test_any_bytes_give_lines_of_the_log_in_order(log: bytes, limit: int) -> None:
    told = telling_lines(log, limit)
    lines = [line.rstrip() for line in strip_ansi(log).decode("utf-8", "replace").split("\n")]
    assert len(told) <= limit
    assert [line.number for line in told] == sorted({line.number for line in told})
    assert all(lines[line.number - 1] == line.text for line in told)


def test_lines_that_differ_only_in_numbers_are_told_once() -> None:
    log = b"".join(b"Error: worker %d failed\n" % number for number in range(50))
    assert [line.number for line in telling_lines(log)] == [50]


@pytest.mark.slow
def test_of_a_huge_log_the_ends_are_read_and_the_numbers_are_right() -> None:
    log = b"fatal: first\n" + b"all is well here\n" * 600_000 + b"panic: last\n"
    assert [tuple(line) for line in telling_lines(log)] == [(1, "fatal: first"), (600_002, "panic: last")]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("  --> src/lib.rs:12:5", Place("src/lib.rs", 12, 5)),
        ("src/a.ts(3,5): error TS2322: x", Place("src/a.ts", 3, 5)),
        ('  File "/r/app.py", line 4, in main', Place("/r/app.py", 4)),
        ("    cart_test.go:9: total is 3", Place("cart_test.go", 9)),
        ("thread 'x' panicked at src/lib.rs:30:9:", Place("src/lib.rs", 30, 9)),
        ("version 1.2:3 of it", None),
        ("nothing", None),
    ],
)
def test_a_line_says_where_it_points_to(text: str, place: Place | None) -> None:
    assert place_of(text) == place
