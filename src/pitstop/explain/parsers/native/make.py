"""make, ninja and Bazel: which target failed, and what they cannot build at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, TEST
from pitstop.explain.parsers.rows import Row, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.core.finding import Failure
    from pitstop.explain.lines import Line

_MAKE = r"\s*+(?:\S*/)?[gm]?(?:min|nm|bsd)?make(?:\.exe)?(?:\[\d+\])?: "

_ROWS = (
    Row(
        "make|gmake|mingw32|bmake|nmake",
        "No rule to make target",
        _MAKE
        + r"\*\*\* (?:\[(?P<file>[^\s:\]]+):(?P<line>\d+): .*\] )?(?P<message>No rule to make target .*?)(?:\.? +Stop\.?)?$",
        "make",
        "build",
    ),
    Row(
        "make|gmake",
        ": *** [",
        _MAKE
        + r"\*\*\* (?P<message>\[(?:(?P<file>[^\s:\]]+):(?P<line>\d+): )?.*\] (?:Error \d+|Killed|Terminated|Segmentation fault|Aborted|"
        r"Bus error|Illegal instruction|Hangup|Interrupt|Broken pipe|Floating point).*)",
        "make",
        "build",
        summary=True,
    ),
    Row("make|gmake", ": Command not found", _MAKE + r"(?P<message>.*: Command not found)", "make", "package"),
    Row(
        "make|gmake",
        "No such file or directory",
        _MAKE + r"(?P<message>\S+: No such file or directory)",
        "make",
        "build",
    ),
    Row("make|gmake", "not remade", _MAKE + r"Target .* not remade because of errors\.", "make", "build", summary=True),
    Row("make|gmake", ": *** ", _MAKE + r"\*\*\* (?P<message>\S.*?)(?: +Stop\.)?$", "make", "build"),
    Row(
        "stop|makefile|mk",
        ": *** ",
        r"\s*+(?P<file>[^\s:]+):(?P<line>\d+): \*\*\* (?P<message>.*?)(?: +Stop\.)?$",
        "make",
        "configuration",
    ),
    Row("ninja", "ninja: ", r"\s*+ninja: (?P<message>build stopped: .*)", "ninja", "build", summary=True),
    Row("ninja", "ninja: ", r"\s*+ninja: (?:error|fatal): (?P<message>.*)", "ninja", "build"),
    Row(
        "failed",
        "FAILED: ",
        r"\s*+FAILED: (?:\[code=\d+\] )?(?P<message>\S+\.(?:o|obj|a|so|dylib|dll|exe|pcm|gch|pch|rlib|h|stamp)\b.*)",
        "ninja",
        COMPILE,
        summary=True,
    ),
    Row(
        "build|bazel|bzl",
        "ERROR: ",
        r"(?:\(\d\d:\d\d:\d\d\) )?ERROR: (?P<file>[^\s:]+(?:BUILD|WORKSPACE|BUILD\.bazel|\.bzl|\.bazel)):(?P<line>\d+):(?P<column>\d+): (?P<message>.*)",
        "bazel",
        "build",
    ),
    Row(
        "bazel|test_suite|failed|fail", "FAIL: //", r"(?:\(\d\d:\d\d:\d\d\) )?FAIL: (?P<test>//[^\s]+).*", "bazel", TEST
    ),
    Row(
        "failed",
        "FAILED",
        r"(?P<test>//[^\s:]++:[^\s]++) ++(?:\(\d\d:\d\d:\d\d\) )?(?P<message>FAILED(?: TO BUILD)?(?: in .*)?)$",
        "bazel",
        TEST,
        summary=True,
    ),
    Row("timeout", "TIMEOUT in ", r"(?P<test>//[^\s:]++:[^\s]++) ++(?P<message>TIMEOUT in .*)$", "bazel", TEST),
    Row(
        "complete|build|tests",
        "Build did NOT complete|Build failed. Not running|Not all tests",
        r"(?:ERROR|FAILED): (?P<message>Build did NOT complete successfully.*|Build failed\. Not running tests.*|Not all tests.*)",
        "bazel",
        "build",
        summary=True,
    ),
    Row("scons", "scons: ***", r"\s*+scons: \*\*\* (?P<message>\[.*\] Error .*)", "scons", "build", summary=True),
    Row(
        "scons",
        "scons: ",
        r"\s*+scons: (?:\*\*\* )?(?P<message>building terminated because of errors\.)",
        "scons",
        "build",
        summary=True,
    ),
    Row("scons", "scons: ***", r"\s*+scons: \*\*\* (?P<message>.*)", "scons", "build"),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give what cannot be built and why, and, as summaries, the targets that failed."""
    return read(_ROWS, lines, at)
