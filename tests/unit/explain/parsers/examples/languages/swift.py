"""Logs of Swift and Xcode."""

# ruff: noqa: W291  as the tools print it

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
CompileSwift normal x86_64 /src/Till.swift
/src/Till.swift:12:5: error: cannot find 'missing' in scope
    missing
    ^~~~~~~
** BUILD FAILED **


The following build commands failed:
	CompileSwift normal x86_64 /src/Till.swift
(1 failure)
""",
        [
            Failure("swiftc", "compile", "cannot find 'missing' in scope", 2, 4, Place("/src/Till.swift", 12, 5)),
            Failure("xcodebuild", "build", "** BUILD FAILED **", 5, 5, summary=True),
            Failure("xcodebuild", "build", "The following build commands failed:", 8, 9, summary=True),
        ],
    ),
    (
        """\
Test Case '-[ShopTests.TillTests testAdds]' started.
/src/TillTests.swift:12: error: -[ShopTests.TillTests testAdds] : XCTAssertEqual failed: ("3") is not equal to ("4") - 
Test Case '-[ShopTests.TillTests testAdds]' failed (0.003 seconds).
Executed 2 tests, with 1 failure (0 unexpected) in 0.004 (0.005) seconds
** TEST FAILED **
""",
        [
            Failure(
                "xctest",
                "test",
                'XCTAssertEqual failed: ("3") is not equal to ("4") -',
                2,
                2,
                Place("/src/TillTests.swift", 12),
                test="ShopTests.TillTests testAdds",
            ),
            Failure(
                "xctest",
                "test",
                "Test Case '-[ShopTests.TillTests testAdds]' failed (0.003 seconds).",
                3,
                3,
                test="ShopTests.TillTests testAdds",
                summary=True,
            ),
            Failure(
                "xctest",
                "test",
                "Executed 2 tests, with 1 failure (0 unexpected) in 0.004 (0.005) seconds",
                4,
                4,
                summary=True,
            ),
            Failure("xcodebuild", "build", "** TEST FAILED **", 5, 5, summary=True),
        ],
    ),
    (
        """\
❌  /src/Till.swift:12:5: cannot find 'missing' in scope

    missing
    ^

""",
        [Failure("xcodebuild", "compile", "cannot find 'missing' in scope", 1, 4, Place("/src/Till.swift", 12, 5))],
    ),
    (
        """\
xcodebuild: error: Unable to find a destination matching the provided destination specifier:
		{ platform:iOS Simulator, name:iPhone 5 }
[!] Unable to find a specification for `Till (~> 9)` in `pod install`
""",
        [
            Failure(
                "xcodebuild",
                "configuration",
                "Unable to find a destination matching the provided destination specifier:",
                1,
                2,
            ),
            Failure("pod", "package", "Unable to find a specification for `Till (~> 9)` in `pod install`", 3, 3),
        ],
    ),
    (
        """\
    ✗ testAdds, XCTAssertEqual failed: ("3") is not equal to ("4")
ShopTests.TillTests
  testAdds, XCTAssertEqual failed: ("3") is not equal to ("4")
  /src/TillTests.swift:12
  ```
    XCTAssertEqual(total([1, 2]), 4)
  ```
""",
        [
            Failure(
                "xctest",
                "test",
                'XCTAssertEqual failed: ("3") is not equal to ("4")',
                1,
                1,
                test="testAdds",
                summary=True,
            ),
            Failure(
                "xctest",
                "test",
                'XCTAssertEqual failed: ("3") is not equal to ("4")',
                3,
                4,
                Place("/src/TillTests.swift", 12),
                test="testAdds",
            ),
        ],
    ),
    (
        """\
TillTests
    ✗ testAdds, Test crashed
""",
        [Failure("xctest", "test", "Test crashed", 2, 2, test="testAdds")],
    ),
    (
        """\
Fatal error: Unexpectedly found nil while unwrapping an Optional value: file /src/Till.swift, line 12
""",
        [
            Failure(
                "swift",
                "crash",
                "Fatal error: Unexpectedly found nil while unwrapping an Optional value",
                1,
                1,
                Place("/src/Till.swift", 12),
            )
        ],
    ),
    (
        """\
$ carthage build
A shell task (/usr/bin/xcrun xcodebuild -project Till.xcodeproj) failed with exit code 65:
""",
        [
            Failure(
                "carthage",
                "build",
                "A shell task (/usr/bin/xcrun xcodebuild -project Till.xcodeproj) failed with exit code 65:",
                2,
                2,
            )
        ],
    ),
]
GREEN = [
    """\
/src/Error.swift:3:4: warning: variable 'error' was never used
** BUILD SUCCEEDED **
Test Case '-[ShopTests.TillTests testFailed]' passed (0.003 seconds).
Executed 2 tests, with 0 failures (0 unexpected) in 0.004 (0.005) seconds
""",
]
