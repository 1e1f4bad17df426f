"""Logs of Lua and Vim."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
$ busted
Failure → spec/till_spec.lua @ 5
Till adds
spec/till_spec.lua:6: Expected objects to be equal.
Passed in:
(number) 3
Expected:
(number) 4

1 success / 1 failure / 0 errors / 0 pending : 0.01 seconds
""",
        [
            Failure(
                "busted",
                "test",
                "Till adds spec/till_spec.lua:6: Expected objects to be equal. Passed in: (number) 3 Expected: (number) 4",
                2,
                8,
                Place("spec/till_spec.lua", 5),
                test="Till adds",
            ),
            Failure(
                "busted", "test", "1 success / 1 failure / 0 errors / 0 pending : 0.01 seconds", 10, 10, summary=True
            ),
        ],
    ),
    (
        """\
lua: till.lua:12: attempt to call a nil value (global 'missing')
stack traceback:
	till.lua:12: in main chunk
""",
        [Failure("lua", "crash", "attempt to call a nil value (global 'missing')", 1, 1, Place("till.lua", 12))],
    ),
    (
        """\
Checking till.lua                                 1 warning

    till.lua:12:5: (W113) accessing undefined variable missing

Total: 1 warning / 0 errors in 1 file
""",
        [
            Failure(
                "luacheck", "style", "accessing undefined variable missing", 3, 3, Place("till.lua", 12, 5), code="W113"
            ),
            Failure("luacheck", "style", "Total: 1 warning / 0 errors in 1 file", 5, 5, summary=True),
        ],
    ),
    (
        """\
$ vim -S test.vim
Error detected while processing function Total:
line    1:
E121: Undefined variable: missing
""",
        [Failure("vim", "crash", "line 1: E121: Undefined variable: missing", 2, 4)],
    ),
    (
        """\
autoload/till.vim:12:5: Error: EVL101: undefined variable `missing`
Error: Could not satisfy dependency till >= 9
""",
        [
            Failure("vint", "style", "EVL101: undefined variable `missing`", 1, 1, Place("autoload/till.vim", 12, 5)),
            Failure("luarocks", "package", "Could not satisfy dependency till >= 9", 2, 2),
        ],
    ),
    (
        """\
[err]: till adds in tests/unit/till.tcl
Expected '4' to equal or match '3'
""",
        [
            Failure(
                "tcl",
                "test",
                "Expected '4' to equal or match '3'",
                1,
                2,
                Place("tests/unit/till.tcl"),
                test="till adds",
            )
        ],
    ),
    (
        """\
++++ half-49 PASSED


==== half-odd half of seven FAILED
==== Contents of test case:
half 7
---- Result was:
3
---- Result should have been (exact matching):
3.5
==== half-odd FAILED

all.tcl:\tTotal\t52\tPassed\t51\tSkipped\t0\tFailed\t1
""",
        [
            Failure("tcltest", "test", "half of seven", 4, 10, test="half-odd"),
            Failure("tcltest", "test", "all.tcl: Total 52 Passed 51 Skipped 0 Failed 1", 13, 13, summary=True),
        ],
    ),
    (
        """\
ok 39 - half
command line..script /home/ada/half/test.vim[14]..function Test_half line 2: seven: Expected 4 but got 3
command line..script /home/ada/half/test.vim[14]..function Test_half line 3: Expected 'True' but got 0
2 FAILED
""",
        [
            Failure("vim", "test", "seven: Expected 4 but got 3", 2, 2),
            Failure("vim", "test", "Expected 'True' but got 0", 3, 3),
        ],
    ),
    (
        """\
page 10 rendered
key "b" not known in dictionary
    while executing
"dict get {a 1} $n"
    (procedure "price" line 1)
    invoked from within
"price b"
    invoked from within
"puts [price b]"
    (file "a.tcl" line 3)
""",
        [Failure("tcl", "runtime", 'key "b" not known in dictionary', 2, 10, Place("a.tcl", 3))],
    ),
    (
        """\
start
can't find package dockkit 2.0
    while executing
"package require dockkit 2.0"
    (file "a.tcl" line 2)
""",
        [Failure("tcl", "package", "can't find package dockkit 2.0", 2, 5, Place("a.tcl", 2))],
    ),
]
GREEN = [
    """\
$ busted
2 successes / 0 failures / 0 errors / 0 pending : 0.01 seconds
Total: 0 warnings / 0 errors in 1 file
""",
]
