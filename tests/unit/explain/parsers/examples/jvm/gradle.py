"""Logs of Gradle."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
> Task :compileJava FAILED
/src/Till.java:2: error: cannot find symbol
    int total() { return missing; }
                         ^
  symbol:   variable missing
1 error

FAILURE: Build failed with an exception.

* What went wrong:
Execution failed for task ':compileJava'.
> Compilation failed; see the compiler error output for details.

* Try:
> Run with --info option to get more log output.

BUILD FAILED in 3s
""",
        [
            Failure("gradle", "build", "> Task :compileJava FAILED", 1, 1, summary=True),
            Failure("javac", "compile", "cannot find symbol", 2, 5, Place("/src/Till.java", 2)),
            Failure("javac", "compile", "1 error", 6, 6, summary=True),
            Failure("gradle", "build", "FAILURE: Build failed with an exception.", 8, 8, summary=True),
            Failure(
                "gradle",
                "compile",
                "Execution failed for task ':compileJava'. Compilation failed; see the compiler error output for details.",
                10,
                12,
                summary=True,
            ),
            Failure("gradle", "build", "BUILD FAILED in 3s", 17, 17, summary=True),
        ],
    ),
    (
        """\
FAILURE: Build failed with an exception.

* Where:
Build file '/src/build.gradle' line: 12

* What went wrong:
A problem occurred evaluating root project 'shop'.
> Could not find method tilll() for arguments [1] on root project 'shop'.

* Try:
Run with --stacktrace option to get the stack trace.
""",
        [
            Failure("gradle", "build", "FAILURE: Build failed with an exception.", 1, 1, summary=True),
            Failure(
                "gradle",
                "configuration",
                "A problem occurred evaluating root project 'shop'. Could not find method tilll() for arguments [1] on root project 'shop'.",
                6,
                8,
                Place("/src/build.gradle", 12),
            ),
        ],
    ),
    (
        """\
* What went wrong:
Execution failed for task ':app:preBuild'.
> Could not resolve all files for configuration ':app:compileClasspath'.
   > Could not find no.such:till:9.
     Searched in the following locations:
""",
        [
            Failure(
                "gradle",
                "package",
                "Execution failed for task ':app:preBuild'. Could not resolve all files for configuration ':app:compileClasspath'. Could not find no.such:till:9. Searched in the following locations:",
                1,
                5,
            )
        ],
    ),
]
GREEN = [
    """\
$ ./gradlew build
> Task :compileJava
> Task :testFailed UP-TO-DATE
BUILD SUCCESSFUL in 3s
""",
]
