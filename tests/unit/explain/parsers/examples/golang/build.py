"""What the go command printed while it built, and panics."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
# example.com/m/bad
bad/b.go:2:8: "os" imported and not used
./b.go:3:29: cannot use x (variable of type string) as int value in argument to f:
\thave (string)
\twant (int)
""",
        [
            Failure("go", "compile", '"os" imported and not used', 2, 2, Place("bad/b.go", 2, 8)),
            Failure(
                "go",
                "compile",
                "cannot use x (variable of type string) as int value in argument to f:",
                3,
                5,
                Place("b.go", 3, 29),
            ),
        ],
    ),
    (
        """\
vet: bad/b.go:3:29: undefined: y
a.go:3:38: fmt.Printf format %d has arg "x" of wrong type string
main.go:5:2: Error return value of `f.Close` is not checked (errcheck)
\tf.Close()
\t       ^
""",
        [
            Failure("go", "compile", "undefined: y", 1, 1, Place("bad/b.go", 3, 29)),
            Failure(
                "go", "compile", 'fmt.Printf format %d has arg "x" of wrong type string', 2, 2, Place("a.go", 3, 38)
            ),
            Failure(
                "golangci-lint",
                "style",
                "Error return value of `f.Close` is not checked",
                3,
                5,
                Place("main.go", 5, 2),
                "errcheck",
            ),
        ],
    ),
    (
        """\
panic: assignment to entry in nil map [recovered, repanicked]

goroutine 20 [running]:
testing.tRunner.func1.2({0x55a7a0, 0x6cae10})
\t/usr/local/go/src/testing/testing.go:1974 +0x232
example.com/m.TestPanic(0xa21cb6d66c8?)
\t/app/m/a_test.go:4 +0x28
exit status 2
""",
        [
            Failure("go", "runtime", "panic: assignment to entry in nil map", 1, 1, Place("/app/m/a_test.go", 4)),
        ],
    ),
    (
        """\
go: example.com/nope@v1.0.0: reading example.com/nope/go.mod at revision v1.0.0: unknown revision v1.0.0
bad/c.go:2:8: no required module provides package example.com/nope/x; to add it:
\tgo get example.com/nope/x
""",
        [
            Failure(
                "go",
                "package",
                "example.com/nope@v1.0.0: reading example.com/nope/go.mod at revision v1.0.0: unknown revision v1.0.0",
                1,
                1,
            ),
            Failure(
                "go",
                "compile",
                "no required module provides package example.com/nope/x; to add it:",
                2,
                2,
                Place("bad/c.go", 2, 8),
            ),
        ],
    ),
    (
        """\
diff a.go.orig a.go
--- a.go.orig
+++ a.go
""",
        [
            Failure("gofmt", "style", "diff a.go.orig a.go", 1, 1, Place("a.go")),
        ],
    ),
    (
        """\
eth/config.go:1::warning: file is not gofmted with -s (gofmt)
""",
        [
            Failure("gometalinter", "style", "file is not gofmted with -s", 1, 1, Place("eth/config.go", 1), "gofmt"),
        ],
    ),
    (
        """\
main.go:3:6: exported function Run should have comment or be unexported
""",
        [
            Failure(
                "golint",
                "style",
                "exported function Run should have comment or be unexported",
                1,
                1,
                Place("main.go", 3, 6),
            ),
        ],
    ),
    (
        """\
go: downloading github.com/google/uuid v1.3.0
verifying github.com/google/uuid@v1.3.0: checksum mismatch
\tdownloaded: h1:t6JiXgmwXMjEs8VusXIJk2BXHsn+wx8BZdTaoZ5fu7I=
\tgo.sum:     h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

SECURITY ERROR
This download does NOT match an earlier download recorded in go.sum.
""",
        [Failure("go", "package", "verifying github.com/google/uuid@v1.3.0: checksum mismatch", 2, 4)],
    ),
    (
        """\
2026/11/22 12:00:53 reading tables
2026/11/22 12:00:53 table "ships" has no rows
exit status 1
gen.go:3: running "go": exit status 1
""",
        [Failure("go", "build", 'running "go": exit status 1', 4, 4, Place("gen.go", 3), summary=True)],
    ),
]

GREEN = [
    """\
go: downloading github.com/pkg/errors v0.9.1
ok  \texample.com/m\t0.004s
go: finding module for package example.com/failed
""",
]
