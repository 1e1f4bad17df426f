"""Logs of .NET."""

from __future__ import annotations

from pitstop.core.finding import Failure, Place

EXAMPLES: list[tuple[str, list[Failure]]] = [
    (
        """\
  Determining projects to restore...
/src/Shop/Till.cs(12,5): error CS0103: The name 'missing' does not exist in the current context [/src/Shop/Shop.csproj]
Build FAILED.

/src/Shop/Till.cs(12,5): error CS0103: The name 'missing' does not exist in the current context [/src/Shop/Shop.csproj]
    0 Warning(s)
    1 Error(s)
""",
        [
            Failure(
                "dotnet",
                "compile",
                "The name 'missing' does not exist in the current context",
                2,
                2,
                Place("/src/Shop/Till.cs", 12, 5),
                code="CS0103",
            ),
            Failure("dotnet", "build", "Build FAILED.", 3, 3, summary=True),
            Failure(
                "dotnet",
                "compile",
                "The name 'missing' does not exist in the current context",
                5,
                5,
                Place("/src/Shop/Till.cs", 12, 5),
                code="CS0103",
                summary=True,
            ),
            Failure("dotnet", "build", "1 Error(s)", 7, 7, summary=True),
        ],
    ),
    (
        """\
/src/Shop/Shop.csproj : error NU1101: Unable to find package No.Such. No packages exist with this id in source(s): nuget.org
/usr/share/dotnet/sdk/6.0.100/Sdks/Microsoft.NET.Sdk/targets/Microsoft.NET.TargetFrameworkInference.targets(144,5): error NETSDK1045: The current .NET SDK does not support targeting .NET 8.0. [/src/Shop/Shop.csproj]
""",
        [
            Failure(
                "dotnet",
                "package",
                "Unable to find package No.Such. No packages exist with this id in source(s): nuget.org",
                1,
                1,
                Place("/src/Shop/Shop.csproj"),
                code="NU1101",
            ),
            Failure(
                "dotnet",
                "configuration",
                "The current .NET SDK does not support targeting .NET 8.0.",
                2,
                2,
                Place(
                    "/usr/share/dotnet/sdk/6.0.100/Sdks/Microsoft.NET.Sdk/targets/Microsoft.NET.TargetFrameworkInference.targets",
                    144,
                    5,
                ),
                code="NETSDK1045",
            ),
        ],
    ),
    (
        """\
[xUnit.net 00:00:00.60]     Shop.TillTests.Adds [FAIL]
[xUnit.net 00:00:00.61]       Assert.Equal() Failure
[xUnit.net 00:00:00.61]       Expected: 4
[xUnit.net 00:00:00.61]       Actual:   3
  Failed Shop.TillTests.Adds [5 ms]
  Error Message:
   Assert.Equal() Failure
Expected: 4
Actual:   3
  Stack Trace:
     at Shop.TillTests.Adds() in /src/Shop.Tests/TillTests.cs:line 12

Failed!  - Failed:     1, Passed:     1, Skipped:     0, Total:     2, Duration: 5 ms - Shop.Tests.dll (net8.0)
""",
        [
            Failure("xunit", "test", "Assert.Equal() Failure", 1, 4, test="Shop.TillTests.Adds", summary=True),
            Failure(
                "dotnet",
                "test",
                "Assert.Equal() Failure",
                5,
                11,
                Place("/src/Shop.Tests/TillTests.cs", 12),
                test="Shop.TillTests.Adds",
            ),
            Failure(
                "dotnet",
                "test",
                "Failed! - Failed: 1, Passed: 1, Skipped: 0, Total: 2, Duration: 5 ms - Shop.Tests.dll (net8.0)",
                13,
                13,
                summary=True,
            ),
        ],
    ),
    (
        """\
NUnit Console
Errors and Failures

1) Failed : Shop.TillTests.Adds
  Expected: 4
  But was:  3
   at Shop.TillTests.Adds() in /src/Shop.Tests/TillTests.cs:line 12

""",
        [
            Failure(
                "nunit",
                "test",
                "Expected: 4",
                4,
                7,
                Place("/src/Shop.Tests/TillTests.cs", 12),
                test="Shop.TillTests.Adds",
            )
        ],
    ),
    (
        """\
***** CartTests.Opens

Tests run: 32, Errors: 1, Failures: 1, Inconclusive: 0, Time: 0.1302549 seconds

Errors and Failures:
1) Test Error : CartTests.Opens
   System.IO.DirectoryNotFoundException : Could not find a part of the path "/nope/a.txt".
  at System.IO.File.ReadAllText (System.String path) [0x00032] in <12b418a7818c4ca0893feeaaf67f1e7f>:0
  at CartTests.Opens () [0x00000] in /app/T.cs:34

2) Test Failure : CartTests.TotalIncludesTax
     net plus VAT
  Expected: 119
  But was:  118

at CartTests.TotalIncludesTax () [0x00000] in <739074e6ce3c430eafa8ed627e8e8970>:0

$ nunit-console T.dll
""",
        [
            Failure(
                "nunit",
                "test",
                'System.IO.DirectoryNotFoundException : Could not find a part of the path "/nope/a.txt".',
                6,
                9,
                Place("/app/T.cs", 34),
                test="CartTests.Opens",
            ),
            Failure("nunit", "test", "net plus VAT", 11, 16, test="CartTests.TotalIncludesTax"),
        ],
    ),
    (
        """\
loaded 39

Unhandled Exception:
System.IndexOutOfRangeException: Index was outside the bounds of the array.
  at Q.Pick (System.Int32[] a) [0x00001] in /app/A.cs:2
  at Q.Main () [0x00030] in /app/A.cs:2
[ERROR] FATAL UNHANDLED EXCEPTION: System.IndexOutOfRangeException: Index was outside the bounds of the array.
  at Q.Pick (System.Int32[] a) [0x00001] in /app/A.cs:2
  at Q.Main () [0x00030] in /app/A.cs:2
""",
        [
            Failure(
                "dotnet",
                "crash",
                "System.IndexOutOfRangeException: Index was outside the bounds of the array.",
                3,
                6,
                Place("/app/A.cs", 2),
                code="System.IndexOutOfRangeException",
            ),
            Failure(
                "dotnet",
                "crash",
                "System.IndexOutOfRangeException: Index was outside the bounds of the array.",
                7,
                9,
                Place("/app/A.cs", 2),
                code="System.IndexOutOfRangeException",
                summary=True,
            ),
        ],
    ),
]
GREEN = [
    """\
Build succeeded.
    0 Error(s)
/src/Shop/Error.cs(3,4): warning CS0168: The variable 'error' is declared but never used
Passed!  - Failed:     0, Passed:     2, Skipped:     0, Total:     2, Duration: 5 ms - Shop.Tests.dll (net8.0)
""",
]
