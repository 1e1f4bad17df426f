"""Logs of R and Julia."""

# ruff: noqa: RUF001  as the tools print it

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
── Failure (test-till.R:5:3): adds ─────────────────────────────────────────────
total(c(1, 2)) not equal to 4.
1/1 mismatches

[ FAIL 1 | WARN 0 | SKIP 0 | PASS 3 ]
Error: Test failures
Execution halted
""",
        [
            Failure(
                "testthat",
                "test",
                "total(c(1, 2)) not equal to 4. 1/1 mismatches",
                1,
                3,
                Place("test-till.R", 5, 3),
                test="adds",
            ),
            Failure("testthat", "test", "[ FAIL 1 | WARN 0 | SKIP 0 | PASS 3 ]", 5, 5, summary=True),
            Failure("R", "crash", "Execution halted", 7, 7, summary=True),
        ],
    ),
    (
        """\
* checking tests ... ERROR
Running the tests in ‘tests/testthat.R’ failed.
Last 13 lines of output:
  Error in total(1) : object 'missing' not found
  Execution halted
Status: 1 ERROR
""",
        [
            Failure("R", "test", "checking tests ... ERROR", 1, 1, summary=True),
            Failure("R", "test", "Running the tests in ‘tests/testthat.R’ failed.", 2, 3),
            Failure("R", "crash", "total(1) : object 'missing' not found", 4, 5),
            Failure("R", "build", "Status: 1 ERROR", 6, 6, summary=True),
        ],
    ),
    (
        """\
Error in library(till) : there is no package called ‘till’
Execution halted
""",
        [
            Failure("R", "package", "there is no package called ‘till’", 1, 1),
            Failure("R", "crash", "Execution halted", 2, 2, summary=True),
        ],
    ),
    (
        """\
adds: Test Failed at /src/test/runtests.jl:5
  Expression: total([1, 2]) == 4
   Evaluated: 3 == 4
ERROR: LoadError: Some tests did not pass: 1 passed, 1 failed, 0 errored, 0 broken.
in expression starting at /src/test/runtests.jl:3
""",
        [
            Failure(
                "julia", "test", "Expression: total([1, 2]) == 4", 1, 3, Place("/src/test/runtests.jl", 5), test="adds"
            ),
            Failure(
                "julia", "test", "Some tests did not pass: 1 passed, 1 failed, 0 errored, 0 broken.", 4, 4, summary=True
            ),
        ],
    ),
    (
        """\
R/till.R:12:5: style: [line_length_linter] Lines should not be more than 80 characters.
    total(c(1, 2))
    ^
$ Rscript -e 'lintr::lint_package()'
""",
        [
            Failure(
                "lintr",
                "style",
                "Lines should not be more than 80 characters.",
                1,
                3,
                Place("R/till.R", 12, 5),
                code="line_length_linter",
            )
        ],
    ),
    (
        """\
✖ | 2      20 | half [1.0s]
────────────────────────────────────────────────────────────────────────────────
Failure ('test-half.R:22'): half of seven
half(7) not equal to 4.
1/1 mismatches
[1] 3 - 4 == -1

Error ('test-half.R:25'): half of text
Error in `x%/%2`: non-numeric argument to binary operator
Backtrace:
 1. testthat::expect_equal(half("a"), 1)
      at test-half.R:25:2
 4. half("a")
────────────────────────────────────────────────────────────────────────────────
[ FAIL 2 | WARN 0 | SKIP 0 | PASS 20 ]
""",
        [
            Failure(
                "testthat",
                "test",
                "half(7) not equal to 4. 1/1 mismatches [1] 3 - 4 == -1",
                3,
                6,
                Place("test-half.R", 22),
                test="half of seven",
            ),
            Failure(
                "testthat",
                "test",
                'Error in `x%/%2`: non-numeric argument to binary operator Backtrace: 1. testthat::expect_equal(half("a"), 1) at test-half.R:25:2 4. half("a")',
                8,
                13,
                Place("test-half.R", 25),
                test="half of text",
            ),
            Failure("testthat", "test", "[ FAIL 2 | WARN 0 | SKIP 0 | PASS 20 ]", 15, 15, summary=True),
        ],
    ),
    (
        """\
* installing *source* package 'inn' ...
** R
Error in parse(outFile) :
  /home/ada/inn/R/a.R:3:1: unexpected '}'
2:   y <- x +
3: }
   ^
ERROR: unable to collate and parse R files for package 'inn'
* removing '/usr/local/lib/R/site-library/inn'
""",
        [
            Failure("R", "compile", "unexpected '}'", 4, 4, Place("/home/ada/inn/R/a.R", 3, 1)),
            Failure("R", "compile", "unable to collate and parse R files for package 'inn'", 8, 8, summary=True),
        ],
    ),
]
GREEN = [
    """\
$ Rscript tests/testthat.R
* using R version 4.2.0
Error in total(1) : caught, and said by a test
* checking tests ... OK
[ FAIL 0 | WARN 0 | SKIP 0 | PASS 3 ]
Status: OK
""",
]
