"""Networks and the tools that fetch over them: curl, wget, apt, yum, dnf, apk, brew, names, certificates, status codes.

Formats: curl.se/docs/manpage.html (exit codes), wget, apt(8), gai_strerror(3), OpenSSL's verify errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.explain.parsers.reading import text_at
from pitstop.explain.parsers.rows import Row, only_told, position_of, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.core.finding import Failure
    from pitstop.explain.lines import Line

_BEGIN = r"(?:.*?[:>\]] |\s*)?"
_ROWS = (
    Row(
        "certificate",
        "ERROR: ",
        r"ERROR: (?P<message>(?:no certificate subject alternative name matches|cannot verify .+ certificate).*)",
        "wget",
        "network",
        more=r"[ \t]",
    ),
    Row("curl", "curl: (", r".*?\bcurl: \((?P<code>\d+)\) (?P<message>.+)", "curl", "network"),
    Row(
        "wget",
        "wget: unable to resolve host address |server returned error|wget: bad address |onnection ",
        r"wget: (?P<message>unable to resolve host address .+|.*server returned error.*|bad address .+|.*[Cc]onnection (?:refused|timed out).*)",
        "wget",
        "network",
    ),
    Row("error", "ERROR ", r"(?:\d{4}-\d\d-\d\d \S+ )?ERROR (?P<code>[45]\d\d): (?P<message>.+)", "wget", "network"),
    Row("resolving failed", "... failed: ", r"Resolving .+\.\.\. (?P<message>failed: .+)", "wget", "network"),
    Row(
        "e",
        "E: Unable to locate package |E: Package '|E: Version '|E: Couldn't find any package by ",
        r"E: (?P<message>Unable to locate package .+|Package '.+' has no installation candidate|Version '.+' for '.+' was not found|Couldn't find any package by .+)",
        "apt",
        "package",
    ),
    Row(
        "e",
        "E: Failed to fetch |E: The repository '|E: Release file for |E: Some index files failed to download",
        r"E: (?P<message>Failed to fetch .+|The repository '.+' (?:does not have|is not signed|no longer has).+|Release file for .+ is not valid yet.+|Some index files failed to download.*)",
        "apt",
        "network",
    ),
    Row(
        "e",
        "E: ",
        r"E: (?P<message>Could not get lock .+|Unable to (?:acquire|lock) .+|dpkg was interrupted.+|Unmet dependencies.+|Unable to correct problems.+|Sub-process .+ returned an error code.*|Broken packages|You must put some .+|The package .+ needs to be reinstalled.+|Aborting, .+|Unable to fetch some archives.*|GPG error.+|Malformed .+|Type .+ is not known .+|There were unauthenticated packages .+)",
        "apt",
        "package",
    ),
    Row(
        "dpkg",
        "dpkg: error|dpkg: dependency problems",
        r"dpkg: (?:error|dependency problems).*",
        "dpkg",
        "package",
        more=r" \S",
    ),
    Row("hash sum mismatch", "Hash Sum mismatch", r".*(?P<message>Hash Sum mismatch)$", "apt", "network"),
    Row(
        "nothing",
        "Nothing to do|- nothing provides ",
        r"(?:Error: )?(?P<message>Nothing to do)$|\s*- nothing provides .+",
        "dnf",
        "package",
    ),
    Row("provides nothing", "- nothing provides ", r"(?P<message>\s*- nothing provides .+)", "dnf", "package"),
    Row(
        "match",
        "Unable to find a match: |No match for argument: ",
        r"(?:Error: )?(?P<message>Unable to find a match: .+|No match for argument: .+)",
        "dnf",
        "package",
    ),
    Row(
        "mirrors",
        "Cannot download |No more mirrors to try",
        r".*(?P<message>(?:Cannot download .*all mirrors were already tried|No more mirrors to try).*)",
        "dnf",
        "network",
    ),
    Row(
        "unsatisfiable constraints",
        "ERROR: unsatisfiable constraints:",
        r"ERROR: (?P<message>unsatisfiable constraints:)",
        "apk",
        "package",
        more=r" ",
    ),
    Row(
        "formula",
        " formula",
        r"(?:Error|Warning): (?P<message>No (?:available|similarly named) formula.+)",
        "brew",
        "package",
    ),
    Row(
        "brew",
        "Error: ",
        r"Error: (?P<message>(?:Your Xcode|Cask|The following formula|The `brew link` step|Failed to download|No bottle|An exception occurred|SHA256 mismatch|.+ already installed|undefined method).*)",
        "brew",
        "package",
    ),
    Row("sha256", "Error: SHA", r"Error: (?P<message>(?:SHA256|SHA1) mismatch.*)", "brew", "package"),
    Row("bottle", "Error: ", r"Error: (?P<message>Failed to download resource .+|.*[Bb]ottle .+)", "brew", "network"),
    Row("download", "Error: ", r"Error: (?P<message>(?:Download failed|Failed to download).+)", "brew", "network"),
    Row(
        "choco installed package",
        " not installed. The package was not found with the source",
        r"(?P<message>.* not installed\. The package was not found with the source.*)",
        "choco",
        "package",
    ),
    Row(
        "resolve",
        " resolve ",
        _BEGIN + r"(?P<message>[Cc]ould(?: not|n't) resolve (?:host|proxy|hostname)\b.*)",
        "network",
        "network",
    ),
    Row(
        "resolution failure name",
        "emporary failure in name resolution",
        _BEGIN + r"(?P<message>[Tt]emporary failure in name resolution.*)",
        "network",
        "network",
    ),
    Row(
        "service",
        "Name or service not known|nodename nor servname provided",
        r".*?(?P<message>(?:Name or service not known|nodename nor servname provided).*)",
        "network",
        "network",
    ),
    Row(
        "getaddrinfo", "getaddrinfo E", r".*?(?P<message>getaddrinfo (?:ENOTFOUND|EAI_AGAIN) .+)", "network", "network"
    ),
    Row(
        "lookup tcp",
        "dial tcp: lookup ",
        r".*?(?P<message>dial tcp: lookup .+: (?:no such host|i/o timeout|server misbehaving).*)",
        "network",
        "network",
    ),
    Row("dial", "dial tcp|dial udp", r".*?(?P<message>dial (?:tcp|udp) \S+: .+)", "network", "network"),
    Row("econnrefused", "ECONNREFUSED ", r".*?(?P<message>(?:connect )?ECONNREFUSED .+)", "network", "network"),
    Row("econnreset", "ECONNRESET", r".*?(?P<message>(?:read )?ECONNRESET.*)", "network", "network"),
    Row("etimedout", "TIMEDOUT", r".*?(?P<message>(?:connect )?E(?:SOCKET)?TIMEDOUT.*)", "network", "network"),
    Row(
        "tls",
        "TLS handshake timeout|tls: failed to verify|tls: handshake failure|tls: bad certificate|tls: first record",
        r".*?(?P<message>TLS handshake timeout|tls: (?:failed to verify|handshake failure|bad certificate|first record).*)",
        "network",
        "network",
    ),
    Row("x509", "x509: ", r".*?(?P<message>x509: .+)", "network", "network"),
    Row(
        "certificate_verify_failed ssl",
        "[SSL: CERTIFICATE_VERIFY_FAILED]",
        r".*?(?P<message>\[SSL: CERTIFICATE_VERIFY_FAILED\].*)",
        "network",
        "network",
    ),
    Row(
        "certificate",
        "SSL certificate problem|unable to get local issuer certificate|signed certificate|certificate has expired",
        r"(?!verify error:).*?(?P<message>(?:SSL certificate problem|unable to get local issuer certificate|self[- ]signed certificate|certificate has expired).*)",
        "network",
        "network",
    ),
    Row("ssl_error_syscall", "SSL_ERROR_SYSCALL", r"(?P<message>.*SSL_ERROR_SYSCALL.*)", "network", "network"),
    Row("handshake", "SSLHandshakeException: ", r".*?(?P<message>SSLHandshakeException: .+)", "network", "network"),
    Row(
        "limit",
        "API rate limit exceeded|secondary rate limit",
        r".*?(?P<message>API rate limit exceeded.*|secondary rate limit.*)",
        "network",
        "service",
    ),
    Row(
        "requests",
        "429 Too Many Requests|HTTP |status",
        r".*?(?P<message>(?:429 Too Many Requests|HTTP (?:Error )?429|status(?: code)?:? 429).*)",
        "network",
        "service",
    ),
    Row(
        "unavailable service",
        "Unavailable",
        r".*?(?P<message>(?:HTTP(?:/\S+)? (?:Error )?)?503:? Service (?:Temporarily )?Unavailable.*)",
        "network",
        "network",
    ),
    Row(
        "gateway",
        " Bad Gateway| Gateway Time",
        r".*?(?P<message>50[24]:? (?:Bad Gateway|Gateway Time-?[Oo]ut).*)",
        "network",
        "network",
    ),
    Row("urlopen", "<urlopen error ", r".*?(?P<message><urlopen error .+>)", "network", "network"),
    Row("refused", "onnection refused", r".*?(?P<message>[Cc]onnection refused.*)", "network", "network"),
    Row(
        "keyserver gpg", "gpg: keyserver ", r"gpg: (?P<message>keyserver (?:receive|timed|refresh).+)", "gpg", "network"
    ),
    Row(
        "gpg",
        "gpg: no valid OpenPGP data found|gpg: signing failed: |gpg: decryption failed: |gpg: Can't check signature: |gpg: BAD signature ",
        r"gpg: (?P<message>(?:no valid OpenPGP data found|signing failed: .+|decryption failed: .+|Can't check signature: .+|BAD signature .+))",
        "gpg",
        "configuration",
    ),
    Row("unreachable", "etwork is unreachable", r".*?(?P<message>[Nn]etwork is unreachable.*)", "network", "network"),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield each refusal of a server or a name, and each package of the system that cannot be had."""
    for failure in read(_ROWS, lines, at):
        if failure.tool != "network" or not only_told(text_at(lines, position_of(lines, failure.first))):
            yield failure
