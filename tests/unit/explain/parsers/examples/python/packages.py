"""What installers of Python printed."""

# ruff: noqa: RUF001  signs that the tools print

from __future__ import annotations

from pitstop.core.finding import Failure

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
Collecting nowhere-package
ERROR: Could not find a version that satisfies the requirement nowhere-package==9 (from versions: none)
ERROR: No matching distribution found for nowhere-package==9
""",
        [
            Failure(
                "pip",
                "package",
                "Could not find a version that satisfies the requirement nowhere-package==9 (from versions: none)",
                2,
                2,
            ),
            Failure("pip", "package", "No matching distribution found for nowhere-package==9", 3, 3, summary=True),
        ],
    ),
    (
        """\
ERROR: Cannot install requests==2.0 and requests>2.5 because these package versions have conflicting dependencies.

The conflict is caused by:
    The user requested requests==2.0
ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/en/latest/
""",
        [
            Failure(
                "pip",
                "package",
                "Cannot install requests==2.0 and requests>2.5 because these package versions have conflicting dependencies.",
                1,
                1,
            ),
            Failure(
                "pip",
                "package",
                "ResolutionImpossible: for help visit https://pip.pypa.io/en/latest/",
                5,
                5,
                summary=True,
            ),
        ],
    ),
    (
        """\
error: No solution found when resolving dependencies
  cause: Because nowhere-package was not found in the package registry and you require nowhere-package, we can conclude that your requirements are unsatisfiable.
""",
        [
            Failure(
                "uv",
                "package",
                "Because nowhere-package was not found in the package registry and you require nowhere-package, we can conclude that your requirements are unsatisfiable.",
                1,
                2,
            ),
        ],
    ),
    (
        """\
  error: subprocess-exited-with-error
  × Getting requirements to build wheel did not run successfully.
      ModuleNotFoundError: No module named 'nothing_here'
ERROR: Failed building wheel for x
""",
        [
            Failure("pip", "package", "subprocess-exited-with-error", 1, 1, summary=True),
            Failure("pip", "compile", "Failed building wheel for x", 4, 4, summary=True),
        ],
    ),
    (
        """\
Because shop depends on nowhere (^9.0) which doesn't match any versions, version solving failed.
""",
        [
            Failure(
                "poetry",
                "package",
                "Because shop depends on nowhere (^9.0) which doesn't match any versions, version solving failed.",
                1,
                1,
            ),
        ],
    ),
]

GREEN = [
    """\
$ pip install -r requirements.txt
Collecting requests
Successfully installed requests-2.0.0
Resolved 12 packages in 4ms
""",
]
