"""What go test printed."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
--- FAIL: TestAdd (0.00s)
    a_test.go:3: got 2, want 3
    --- FAIL: TestAdd/sub_case (0.00s)
        a_test.go:9: no
FAIL
FAIL\texample.com/m\t0.007s
FAIL\texample.com/m/bad [build failed]
""",
        [
            Failure("go", "test", "got 2, want 3", 1, 2, Place("a_test.go", 3), test="TestAdd"),
            Failure("go", "test", "no", 3, 4, Place("a_test.go", 9), test="TestAdd/sub_case"),
            Failure("go", "test", "FAIL example.com/m 0.007s", 6, 6, summary=True),
            Failure("go", "test", "FAIL example.com/m/bad [build failed]", 7, 7, summary=True),
        ],
    ),
    (
        """\
=== RUN   TestAdd
=== RUN   TestAdd/sub_case
    a_test.go:9: no
--- FAIL: TestAdd (0.00s)
    --- FAIL: TestAdd/sub_case (0.00s)
FAIL
FAIL\texample.com/m\t0.007s
""",
        [
            Failure("go", "test", "no", 3, 3, Place("a_test.go", 9), test="TestAdd/sub_case"),
            Failure("go", "test", "--- FAIL: TestAdd (0.00s)", 4, 4, test="TestAdd", summary=True),
            Failure("go", "test", "FAIL example.com/m 0.007s", 7, 7, summary=True),
        ],
    ),
    (
        """\
--- FAIL: TestUser (0.00s)
    user_test.go:12:\x20
        \tError Trace:\tuser_test.go:12
        \tError:      \tNot equal:\x20
        \t            \texpected: 1
        \t            \tactual  : 2
        \tTest:       \tTestUser
""",
        [
            Failure("go", "test", "Not equal: expected: 1 actual: 2", 1, 7, Place("user_test.go", 12), test="TestUser"),
        ],
    ),
    (
        """\
{"ImportPath":"example.com/m/bad","Action":"build-output","Output":"bad/b.go:3:29: undefined: y\\n"}
{"Time":"2026-11-22T04:43:04Z","Action":"output","Package":"example.com/m","Test":"TestAdd","Output":"    a_test.go:3: got 2, want 3\\n"}
{"Time":"2026-11-22T04:43:04Z","Action":"output","Package":"example.com/m","Test":"TestAdd","Output":"--- FAIL: TestAdd (0.00s)\\n"}
{"Time":"2026-11-22T04:43:04Z","Action":"fail","Package":"example.com/m","Test":"TestAdd","Elapsed":0}
{"Time":"2026-11-22T04:43:04Z","Action":"fail","Package":"example.com/m","Test":"TestBad","Elapsed":0}
""",
        [
            Failure("go", "compile", "undefined: y", 1, 1, Place("bad/b.go", 3, 29)),
            Failure("go", "test", "got 2, want 3", 2, 2, Place("a_test.go", 3), test="TestAdd"),
            Failure("go", "test", "TestBad failed", 5, 5, test="TestBad", summary=True),
        ],
    ),
    (
        """\
{"Time":"2026-11-22T11:49:57.28Z","Action":"run","Package":"example.org/inn","Test":"TestBeds"}
{"Time":"2026-11-22T11:49:57.28Z","Action":"output","Package":"example.org/inn","Test":"TestBeds","Output":"    inn_test.go:41: \\n"}
{"Time":"2026-11-22T11:49:57.28Z","Action":"output","Package":"example.org/inn","Test":"TestBeds","Output":"        \\tError Trace:\\t/home/ada/inn/inn_test.go:41\\n"}
{"Time":"2026-11-22T11:49:57.28Z","Action":"output","Package":"example.org/inn","Test":"TestBeds","Output":"        \\tError:      \\tNot equal: \\n"}
{"Time":"2026-11-22T11:49:57.29Z","Action":"fail","Package":"example.org/inn","Test":"TestBeds","Elapsed":0}
""",
        [Failure("go", "test", "Not equal:", 4, 4, Place("inn_test.go", 41), test="TestBeds")],
    ),
]

GREEN = [
    """\
=== RUN   TestAdd
    a_test.go:3: only said
--- PASS: TestAdd (0.00s)
PASS
ok  \texample.com/m\t0.007s
{"Action":"output","Package":"example.com/m","Test":"TestAdd","Output":"    a_test.go:3: only said\\n"}
""",
]
