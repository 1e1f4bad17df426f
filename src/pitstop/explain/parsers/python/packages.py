"""pip, uv, Poetry, PDM, conda, setuptools: resolving, building, installing.

Formats: pip's own errors (pip/_internal/exceptions.py documents them), uv's reports, Poetry's and conda's solvers.
"""

# ruff: noqa: RUF001  signs that the tool prints

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.explain.parsers.reading import sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, position_of, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.core.finding import Failure
    from pitstop.explain.lines import Line

_E = r"\s*(?:ERROR: )?(?P<message>"
_ROWS = (
    Row(
        "satisfies version requirement",
        "Could not find a version that satisfies the requirement ",
        _E + r"Could not find a version that satisfies the requirement .+)",
        "pip",
        "package",
    ),
    Row(
        "matching distribution found",
        "No matching distribution found for ",
        _E + r"No matching distribution found for .+)",
        "pip",
        "package",
        summary=True,
    ),
    Row(
        "conflicting install because",
        " because these package versions have conflicting dependencies.",
        _E + r"Cannot install .+ because these package versions have conflicting dependencies\.)",
        "pip",
        "package",
    ),
    Row(
        "resolutionimpossible",
        "ResolutionImpossible: ",
        _E + r"ResolutionImpossible: .+)",
        "pip",
        "package",
        summary=True,
    ),
    Row(
        "requirement",
        "Invalid requirement|Could not open requirements file",
        _E + r"(?:Invalid requirement|Could not open requirements file)\b.+)",
        "pip",
        "package",
    ),
    Row(
        "requirements open",
        "Could not open requirements file",
        _E + r"Could not open requirements file.+)",
        "pip",
        "package",
    ),
    Row(
        "hashes",
        "THESE PACKAGES DO NOT MATCH THE HASHES|Hashes are required in --require-hashes mode",
        _E + r"(?:THESE PACKAGES DO NOT MATCH THE HASHES|Hashes are required in --require-hashes mode).*)",
        "pip",
        "package",
    ),
    Row("installable", " is not installable.", _E + r"(?:Directory|File) .+ is not installable\..*)", "pip", "package"),
    Row(
        "supported wheel platform",
        " is not a supported wheel on this platform.",
        r"ERROR: (?P<message>.+ is not a supported wheel on this platform\.)",
        "pip",
        "package",
    ),
    Row(
        "python package requires",
        " requires a different Python: ",
        r"ERROR: (?P<message>Package .+ requires a different Python: .+)",
        "pip",
        "package",
    ),
    Row(
        "incompatible",
        "ERROR: ",
        r"ERROR: (?P<message>.+ (?:has requirement|requires) .+(?:incompatible|you(?:'ll)? have).+)",
        "pip",
        "package",
    ),
    Row(
        "externally",
        "externally-managed-environment|This environment is externally managed",
        r"\s*(?:error: |× )(?P<message>(?:externally-managed-environment|This environment is externally managed))",
        "pip",
        "package",
    ),
    Row(
        "wheel",
        "Failed building wheel for|Could not build wheels for|Failed to build",
        _E + r"(?:Failed building wheel for|Could not build wheels for|Failed to build) .+)",
        "pip",
        "compile",
        summary=True,
    ),
    Row(
        "wheels",
        "Could not build wheels for|Failed to build installable wheels",
        _E + r"(?:Could not build wheels for|Failed to build installable wheels) .+)",
        "pip",
        "compile",
        summary=True,
    ),
    Row(
        "subprocess exited",
        ": subprocess-exited-with-error",
        r"\s*(?:ERROR|error): (?P<message>subprocess-exited-with-error)",
        "pip",
        "package",
        summary=True,
    ),
    Row(
        "egg",
        "Command ",
        r"(?:ERROR: )?(?P<message>Command .*(?:setup\.py|egg_info).* failed with error code.*|Command errored out with exit status .+)",
        "pip",
        "package",
        summary=True,
    ),
    Row(
        "errored out exit",
        "Command errored out with exit status ",
        r"\s*(?:ERROR: )?(?P<message>Command errored out with exit status .+)",
        "pip",
        "package",
        summary=True,
    ),
    Row(
        "solution found when",
        "No solution found when resolving ",
        r"\s*(?:× |error: )?(?P<message>No solution found when resolving .+)",
        "uv",
        "package",
        more=r"\s*(?:╰─▶|cause:|[Bb]ecause|And |we can|hint:)|\s{4,}\S",
    ),
    Row(
        "solverproblemerror",
        "SolverProblemError",
        r"\s*(?P<message>SolverProblemError)",
        "poetry",
        "package",
        summary=True,
    ),
    Row(
        "solving version",
        " version solving failed",
        r"\s*(?P<message>Because .+ version solving failed.*)",
        "poetry",
        "package",
        more=r"\s*(?:And because|So, because|Thus,|, version solving failed)",
    ),
    Row(
        "lock",
        "pyproject.toml changed significantly since poetry.lock was last generated|poetry.lock is not up to date with pyproject.toml",
        r"\s*(?P<message>(?:Error: )?(?:pyproject\.toml changed significantly since poetry\.lock was last generated|poetry\.lock is not up to date with pyproject\.toml).*)",
        "poetry",
        "package",
    ),
    Row(
        "lockfile needs",
        "error: The lockfile at ",
        r"error: (?P<message>The lockfile at .+ needs to be updated.*)",
        "uv",
        "package",
    ),
    Row("unsatisfiableerror", "UnsatisfiableError: ", r"\s*(?P<message>UnsatisfiableError: .+)", "conda", "package"),
    Row(
        "packagesnotfounderror",
        "PackagesNotFoundError: ",
        r"\s*(?P<message>PackagesNotFoundError: .+)",
        "conda",
        "package",
    ),
    Row(
        "resolvepackagenotfound",
        "ResolvePackageNotFound:",
        r"\s*(?P<message>ResolvePackageNotFound:.*)",
        "conda",
        "package",
        more=r"\s+- ",
    ),
    Row("condahttperror", "CondaHTTPError: ", r"\s*(?P<message>CondaHTTPError: .+)", "conda", "network"),
    Row(
        "distribution suitable",
        "error: Could not find suitable distribution for ",
        r"error: (?P<message>Could not find suitable distribution for .+)",
        "setuptools",
        "package",
    ),
    Row(
        "version installed but",
        " is installed but ",
        r"error: (?P<message>\S+ \S+ is installed but .+ is required by .+)",
        "setuptools",
        "package",
    ),
    Row(
        "installed but required",
        " is installed but ",
        r"error: (?P<message>\S+ \S+ is installed but .+ is required by .+)",
        "setuptools",
        "package",
    ),
    Row(
        "command failed exit",
        "' failed with exit ",
        r"\s*error: (?P<message>command '\S+' failed with exit (?:status|code) \d+)",
        "setuptools",
        "compile",
        summary=True,
    ),
    Row(
        "retries install packages",
        "ERROR: Could not install packages due to an ",
        r"ERROR: (?P<message>Could not install packages due to an .*)",
        "pip",
        "network",
    ),
    Row(
        "oserror install packages",
        "ERROR: Could not install packages due to an OSError",
        r"ERROR: (?P<message>Could not install packages due to an OSError.*)",
        "pip",
        "package",
    ),
    Row(
        "environmenterror install packages",
        "Could not install packages due to an EnvironmentError",
        r"(?:ERROR: )?(?P<message>Could not install packages due to an EnvironmentError.*)",
        "pip",
        "package",
    ),
    Row(
        "file setup",
        'Error: File "setup.py" ',
        r"\s*(?:E\s+)?\w*Error: File \"(?P<file>setup\.py)\" .*(?P<message>not found)",
        "pip",
        "package",
    ),
    Row(
        "twine",
        "HTTPError: 4|InvalidDistribution: ",
        r"(?P<message>(?:HTTPError: 4\d\d|InvalidDistribution: ).+)",
        "twine",
        "package",
    ),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield each error of an installer."""
    for failure in read(_ROWS, lines, at):
        if failure.tool == "uv" and failure.last > failure.first:
            yield failure._replace(message=_joined(failure, lines))
        else:
            yield failure


def _joined(failure: Failure, lines: Sequence[Line]) -> str:
    """Return uv's reason, which stands below its first line and may be wrapped."""
    first = position_of(lines, failure.first)
    told = [text_at(lines, n).strip(" │╰─▶") for n in range(first + 1, first + 1 + failure.last - failure.first)]
    cause = " ".join(told).removeprefix("cause: ")
    found = compiled(r"hint: ").search(cause)
    return sentence(cause[: found.start()] if found else cause)
