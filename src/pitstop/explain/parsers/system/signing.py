"""Signing and notarising for Apple's systems, and Windows' signtool.

Formats: codesign(1), notarytool(1), security(1), learn.microsoft.com on SignTool.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.explain.parsers.rows import Row, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.core.finding import Failure
    from pitstop.explain.lines import Line

_ROWS = (
    Row(
        "errsecinternalcomponent",
        "errSecInternalComponent",
        r"(?:(?P<file>[^:]+): )?(?P<message>errSecInternalComponent)",
        "codesign",
        "configuration",
    ),
    Row(
        "codesign",
        "no identity found|is ambiguous|unable to build chain|User interaction is not allowed|resource fork, Finder information",
        r"(?:error: )?(?P<message>.*(?:no identity found|is ambiguous|unable to build chain|User interaction is not allowed|resource fork, Finder information).*)",
        "codesign",
        "configuration",
    ),
    Row(
        "identity",
        "no identity found|o signing |0 valid identities found",
        r"(?:error: )?(?P<message>.*(?:no identity found|[Nn]o signing (?:certificate|identity)|0 valid identities found).*)",
        "codesign",
        "configuration",
    ),
    Row(
        "interaction",
        "User interaction is not allowed",
        r"(?P<message>.*User interaction is not allowed\.?.*)",
        "security",
        "configuration",
    ),
    Row("security", "security: Sec", r"security: (?P<message>Sec\w+: .+)", "security", "configuration"),
    Row(
        "keychain",
        "keychain could not be found|The specified keychain|unable to ",
        r"(?P<message>.*(?:keychain could not be found|The specified keychain|unable to (?:open|unlock) keychain).*)",
        "security",
        "configuration",
    ),
    Row(
        "signing",
        "error: ",
        r"(?:(?P<file>\S.*?): )?error: (?P<message>(?:Signing for .+ requires a development team|No signing certificate .+|Code ?[Ss]igning .+|Provisioning profile .+).*)",
        "xcodebuild",
        "configuration",
    ),
    Row(
        "provisioning",
        "rovisioning profile",
        r"(?:.*: )?error: (?P<message>[^:]*[Pp]rovisioning profile.*)",
        "xcodebuild",
        "configuration",
    ),
    Row(
        "profiles were",
        "error: No profiles for ",
        r"(?:.*: )?error: (?P<message>No profiles for .+ were found.*)",
        "xcodebuild",
        "configuration",
    ),
    Row(
        "code object signed",
        ": code object is not signed at all",
        r"(?P<file>\S.*): (?P<message>code object is not signed at all)",
        "codesign",
        "configuration",
        more=r"In subcomponent: ",
    ),
    Row(
        "signature",
        ": invalid signature|: a sealed resource is missing or invalid|: code has no resources",
        r"(?P<file>\S.*): (?P<message>(?:invalid signature|a sealed resource is missing or invalid|code has no resources).*)",
        "codesign",
        "configuration",
    ),
    Row(
        "status",
        "status: ",
        r"\s*(?:Current )?status: (?P<message>(?:Invalid|Rejected))\b.*",
        "notarytool",
        "configuration",
    ),
    Row(
        "notarytool",
        "Error: ",
        r"(?P<message>Error: (?:No Keychain password item|HTTP status code: 40|.*credentials).*)",
        "notarytool",
        "configuration",
    ),
    Row("signtool", "SignTool Error: ", r"SignTool Error: (?P<message>.+)", "signtool", "configuration"),
    Row(
        "notarized",
        "source=Unnotarized Developer ID|not been notarized",
        r"(?P<message>.*(?:source=Unnotarized Developer ID|not been notarized).*)",
        "spctl",
        "configuration",
    ),
    Row(
        "staple validate action",
        "The staple and validate action failed! Error ",
        r"(?P<message>.*The staple and validate action failed! Error \d+.*)",
        "stapler",
        "configuration",
    ),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield each refusal to sign."""
    return read(_ROWS, lines, at)
