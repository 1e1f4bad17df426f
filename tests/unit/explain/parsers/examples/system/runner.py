"""What CI services printed of the end of a job."""

from __future__ import annotations

from pitstop.core.finding import Failure

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
##[error]Process completed with exit code 1.
""",
        [
            Failure("github", "exit", "Process completed with exit code 1.", 1, 1, summary=True),
        ],
    ),
    (
        """\
##[error]The operation was canceled.
##[error]The job running on runner GitHub Actions 2 has exceeded the maximum execution time of 360 minutes.
##[error]The runner has received a shutdown signal. This can happen when the runner service is stopped.
The hosted runner: GitHub Actions 3 lost communication with the server.
""",
        [
            Failure("github", "cancel", "The operation was canceled.", 1, 1),
            Failure(
                "github",
                "time",
                "The job running on runner GitHub Actions 2 has exceeded the maximum execution time of 360 minutes.",
                2,
                2,
            ),
            Failure(
                "github",
                "runner",
                "The runner has received a shutdown signal. This can happen when the runner service is stopped.",
                3,
                3,
            ),
            Failure(
                "github", "runner", "The hosted runner: GitHub Actions 3 lost communication with the server.", 4, 4
            ),
        ],
    ),
    (
        """\
The command "make test" exited with 2.
No output has been received in the last 10m0s, this potentially indicates a stalled build.
Done. Your build exited with 1.
""",
        [
            Failure("travis", "exit", "make test", 1, 1, code="2", summary=True),
            Failure(
                "travis",
                "time",
                "No output has been received in the last 10m0s, this potentially indicates a stalled build.",
                2,
                2,
            ),
            Failure("travis", "exit", "Done. Your build exited with 1.", 3, 3, summary=True),
        ],
    ),
    (
        """\
ERROR: Job failed: exit code 1
ERROR: Job failed (system failure): prepare environment: exit code 1
Finished: FAILURE
""",
        [
            Failure("gitlab", "exit", "Job failed: exit code 1", 1, 1, summary=True),
            Failure("gitlab", "runner", "Job failed (system failure): prepare environment: exit code 1", 2, 2),
            Failure("jenkins", "exit", "FAILURE", 3, 3, summary=True),
        ],
    ),
]

GREEN = [
    """\
The command "make test" exited with 0.
Done. Your build exited with 0.
Job succeeded
Finished: SUCCESS
""",
]
