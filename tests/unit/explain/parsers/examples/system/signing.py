"""What the tools printed that sign."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
/build/App.app: errSecInternalComponent
error: The specified item could not be found in the keychain.
Developer ID Application: Example (ABCDE12345): no identity found
""",
        [
            Failure("codesign", "configuration", "errSecInternalComponent", 1, 1, Place("/build/App.app")),
            Failure(
                "codesign", "configuration", "Developer ID Application: Example (ABCDE12345): no identity found", 3, 3
            ),
        ],
    ),
    (
        """\
error: No signing certificate "iOS Development" found: No "iOS Development" signing certificate was found.
  status: Invalid
SignTool Error: No certificates were found that met all the given criteria.
""",
        [
            Failure(
                "xcodebuild",
                "configuration",
                'No signing certificate "iOS Development" found: No "iOS Development" signing certificate was found.',
                1,
                1,
            ),
            Failure("notarytool", "configuration", "Invalid", 2, 2),
            Failure("signtool", "configuration", "No certificates were found that met all the given criteria.", 3, 3),
        ],
    ),
]

GREEN = [
    """\
/build/App.app: signed app bundle with Mach-O thin (arm64) [com.example.app]
  status: Accepted
""",
]
