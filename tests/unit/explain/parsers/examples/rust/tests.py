"""Logs of libtest and nextest."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
     Running unittests src/lib.rs (target/debug/deps/shop-507999230d6984fa)

running 4 tests
test tests::first_of_none ... FAILED
test tests::no_panic - should panic ... FAILED
test tests::passes ... ok
test tests::result ... FAILED

failures:

---- tests::first_of_none stdout ----

thread 'tests::first_of_none' (2761) panicked at src/lib.rs:20:70:
called `Option::unwrap()` on a `None` value
stack backtrace:
   0: __rustc::rust_begin_unwind

---- tests::no_panic stdout ----
note: test did not panic as expected at src/lib.rs:25:8
---- tests::result stdout ----
Error: "no till"


failures:
    tests::first_of_none
    tests::no_panic
    tests::result

test result: FAILED. 1 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.11s

error: test failed, to rerun pass `--lib`
""",
        [
            Failure(
                "libtest",
                "test",
                "test tests::first_of_none ... FAILED",
                4,
                4,
                test="tests::first_of_none",
                summary=True,
            ),
            Failure(
                "libtest",
                "test",
                "test tests::no_panic - should panic ... FAILED",
                5,
                5,
                test="tests::no_panic",
                summary=True,
            ),
            Failure("libtest", "test", "test tests::result ... FAILED", 7, 7, test="tests::result", summary=True),
            Failure(
                "libtest",
                "test",
                "called `Option::unwrap()` on a `None` value",
                13,
                14,
                Place("src/lib.rs", 20, 70),
                test="tests::first_of_none",
            ),
            Failure(
                "libtest",
                "test",
                "note: test did not panic as expected at src/lib.rs:25:8",
                19,
                19,
                test="tests::no_panic",
            ),
            Failure("libtest", "test", 'Error: "no till"', 21, 21, test="tests::result"),
            Failure(
                "libtest",
                "test",
                "test result: FAILED. 1 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.11s",
                29,
                29,
                summary=True,
            ),
            Failure("libtest", "test", "test failed, to rerun pass `--lib`", 31, 31, summary=True),
        ],
    ),
    (
        """\
   Doc-tests shop

running 1 test
test src/lib.rs - total (line 6) ... FAILED

failures:

---- src/lib.rs - total (line 6) stdout ----
Test executable failed (exit status: 101).

stderr:

thread 'main' (2781) panicked at src/lib.rs:5:1:
assertion `left == right` failed: sum
  left: 3
 right: 4
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
""",
        [
            Failure(
                "libtest",
                "test",
                "test src/lib.rs - total (line 6) ... FAILED",
                4,
                4,
                test="src/lib.rs - total (line 6)",
                summary=True,
            ),
            Failure(
                "libtest",
                "test",
                "assertion `left == right` failed: sum left: 3 right: 4",
                13,
                16,
                Place("src/lib.rs", 5, 1),
                test="src/lib.rs - total (line 6)",
            ),
        ],
    ),
    (
        """\
    Starting 3 tests across 1 binary
        FAIL [   0.006s] (1/3) shop tests::adds
  stdout ───

    running 1 test
    test tests::adds ... FAILED

  stderr ───

    thread 'tests::adds' (2828) panicked at src/lib.rs:18:17:
    assertion `left == right` failed: sum
      left: 3
     right: 4
    note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace

        PASS [   0.005s] (2/3) shop tests::passes
     SIGABRT [   0.173s] (3/3) shop tests::aborts
────────────
     Summary [   0.177s] 3 tests run: 1 passed, 2 failed, 0 skipped
        FAIL [   0.006s] (1/3) shop tests::adds
     SIGABRT [   0.173s] (3/3) shop tests::aborts
error: test run failed
""",
        [
            Failure("nextest", "test", "FAIL [ 0.006s] (1/3) shop tests::adds", 2, 2, test="tests::adds", summary=True),
            Failure("libtest", "test", "test tests::adds ... FAILED", 6, 6, test="tests::adds", summary=True),
            Failure(
                "libtest",
                "test",
                "assertion `left == right` failed: sum left: 3 right: 4",
                10,
                13,
                Place("src/lib.rs", 18, 17),
                test="tests::adds",
            ),
            Failure("nextest", "crash", "SIGABRT [ 0.173s] (3/3) shop tests::aborts", 17, 17, test="tests::aborts"),
            Failure(
                "nextest", "test", "Summary [ 0.177s] 3 tests run: 1 passed, 2 failed, 0 skipped", 19, 19, summary=True
            ),
            Failure(
                "nextest", "test", "FAIL [ 0.006s] (1/3) shop tests::adds", 20, 20, test="tests::adds", summary=True
            ),
            Failure(
                "nextest",
                "crash",
                "SIGABRT [ 0.173s] (3/3) shop tests::aborts",
                21,
                21,
                test="tests::aborts",
                summary=True,
            ),
            Failure("nextest", "test", "test run failed", 22, 22, summary=True),
        ],
    ),
    (
        """\
test tests::adds ... FAILED

failures:

---- tests::adds stdout ----
	thread 'tests::adds' panicked at 'assertion failed: `(left == right)`
  left: `3`,
 right: `4`: sum', src/lib.rs:18:17
note: Run with `RUST_BACKTRACE=1` for a backtrace.
""",
        [
            Failure("libtest", "test", "test tests::adds ... FAILED", 1, 1, test="tests::adds", summary=True),
            Failure(
                "libtest",
                "test",
                "assertion failed: `(left == right)` left: `3`, right: `4`: sum",
                6,
                8,
                Place("src/lib.rs", 18, 17),
                test="tests::adds",
            ),
        ],
    ),
    (
        """\
$ cargo run
thread 'main' panicked at src/main.rs:2:5:
no till found
""",
        [Failure("rust", "crash", "no till found", 2, 3, Place("src/main.rs", 2, 5))],
    ),
    (
        """\
running with --format json under cargo test
{ "type": "test", "event": "failed", "name": "tests::adds", "stdout": "\\nthread panicked" }
{ "type": "suite", "event": "failed", "passed": 0, "failed": 1, "ignored": 0 }
""",
        [
            Failure("libtest", "test", "test tests::adds ... FAILED", 2, 2, test="tests::adds"),
            Failure(
                "libtest",
                "test",
                '{ "type": "suite", "event": "failed", "passed": 0, "failed": 1, "ignored": 0 }',
                3,
                3,
                summary=True,
            ),
        ],
    ),
    (
        """\
running 2 tests
test shallow ... ok

thread 'deep_one' (10105) has overflowed its stack
fatal runtime error: stack overflow, aborting
error: test failed, to rerun pass `--test deep`
""",
        [
            Failure("libtest", "test", "thread 'deep_one' has overflowed its stack", 4, 4, test="deep_one"),
            Failure("libtest", "test", "test failed, to rerun pass `--test deep`", 6, 6, summary=True),
        ],
    ),
]
GREEN = [
    """\
$ cargo test
   Doc-tests shop
running 2 tests
test tests::a_task_that_failed ... ok
test tests::panicked_at_nothing ... ok

test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.11s
""",
    """\
Nextest run
    Starting 1 tests across 1 binary
        PASS [   0.005s] (1/1) shop tests::will_fail
     Summary [   0.177s] 1 tests run: 1 passed, 0 skipped
""",
]
