"""git, git-lfs, gh and ssh.

Formats: git's messages (`fatal:`, `error:`, `CONFLICT (kind):`), OpenSSH's, docs.github.com on authentication.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.explain.parsers.rows import Row, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.core.finding import Failure
    from pitstop.explain.lines import Line

_F = r"(?:remote: )?fatal: (?P<message>"
_ROWS = (
    Row(
        "fatal read remote",
        "ould not read from remote repository",
        _F + r"[Cc]ould not read from remote repository.*)",
        "git",
        "git",
        summary=True,
    ),
    Row(
        "fatal unable access",
        "fatal: unable to access ",
        _F
        + r"unable to access .+: .*(?:resolve|timed out|connect|SSL|TLS|GnuTLS|HTTP|URL returned|[Cc]ertificate|reset|Empty reply|transfer).*)",
        "git",
        "network",
    ),
    Row(
        "fatal",
        "fatal: ",
        _F
        + r"(?:the remote end hung up|unable to look up|unable to connect|early EOF|fetch-pack|index-pack|protocol error|read error|expected flush|RPC failed).*)",
        "git",
        "network",
    ),
    Row(
        "fatal",
        "fatal: ",
        _F + r"(?:Authentication failed|could not read (?:Username|Password)|No user exists).*)",
        "git",
        "permission",
    ),
    Row(
        "fatal detected dubious",
        "fatal: detected dubious ownership",
        _F + r"detected dubious ownership.*)",
        "git",
        "permission",
    ),
    Row(
        "fatal",
        "fatal: ",
        _F
        + r"(?:not a git repository|[Rr]emote branch|[Cc]ouldn't find remote ref|[Nn]o such remote|repository '|bad (?:revision|object)|ambiguous argument|[Rr]eference|[Rr]efusing|[Nn]o tag|No names found|unable to|clone of|'.*' does not appear|[Nn]eed|no submodule|No url found|[Uu]nable to (?:checkout|find|create)|destination path|pathspec|invalid|shallow|Not possible|[Cc]annot|No configured|couldn't|[Cc]ould not|Unable|loose object|pack|transport|Failed|not something|You have not|Needed|branch|remote error|A branch|unrecognized|Too many|path).*)",
        "git",
        "git",
    ),
    Row(
        "conflict",
        "CONFLICT (",
        r"CONFLICT \((?P<code>[\w/ -]+)\): (?P<message>.*?(?: in (?P<file>\S+))?)$",
        "git",
        "git",
    ),
    Row(
        "merge automatic failed",
        "Automatic merge failed; fix conflicts",
        r"(?P<message>Automatic merge failed; fix conflicts.*)",
        "git",
        "git",
        summary=True,
    ),
    Row("pathspec match", "error: pathspec '", r"error: (?P<message>pathspec '.+' did not match .+)", "git", "git"),
    Row("patch failed", "error: patch failed: ", r"error: (?P<message>patch failed: .+)", "git", "git"),
    Row("apply", "error: ", r"error: (?P<message>.*(?:patch does not apply|could not apply).*)", "git", "git"),
    Row(
        "overwritten",
        "error: ",
        r"error: (?P<message>Your local changes .+ would be overwritten by .+|The following untracked .+ would be overwritten .+)",
        "git",
        "git",
        more=r"\t",
    ),
    Row(
        "push failed some",
        "error: failed to push some refs to ",
        r"error: (?P<message>failed to push some refs to .+)",
        "git",
        "git",
        summary=True,
    ),
    Row("rejected", "rejected]", r" ! \[(?:remote )?rejected\] +(?P<message>.+)", "git", "git"),
    Row(
        "error",
        "error: ",
        r"error: (?P<message>(?:RPC failed|unable to (?:create|write|read)|object file|refs?/|src refspec|Server does not allow|cannot lock ref|Couldn't find|you need to resolve).*)",
        "git",
        "git",
    ),
    Row("rpc", "error: RPC failed", r"error: (?P<message>RPC failed.+)", "git", "network"),
    Row(
        "remote",
        "remote: ",
        r"remote: (?P<message>(?:Repository not found|Permission to .+ denied|Invalid username or (?:password|token)|Support for password authentication|Write access to repository not granted|error: GH\d+|error: File .+ exceeds|HTTP Basic: Access denied|The project you were looking for).*)",
        "git",
        "permission",
    ),
    Row(
        "lfs",
        "batch response: |Error downloading object: |: smudge filter lfs failed|error: external filter 'git-lfs |LFS: ",
        r"(?:batch response: |Error downloading object: |\S+: smudge filter lfs failed|error: external filter 'git-lfs .*|LFS: ).*",
        "git-lfs",
        "git",
    ),
    Row(
        "budget repository",
        "This repository ",
        r".*(?P<message>This repository (?:exceeded its LFS budget|is over its data quota).*)",
        "git-lfs",
        "git",
    ),
    Row(
        "submodule",
        "Failed to clone '|fatal: clone of ",
        r"(?P<message>Failed to clone '.+'.*|fatal: clone of .+ into submodule path .+ failed)",
        "git",
        "git",
        summary=True,
    ),
    Row(
        "publickey denied",
        "Permission denied (publickey",
        r"(?:\S+@\S+: )?(?P<message>Permission denied \(publickey.*\)\.?)",
        "ssh",
        "permission",
    ),
    Row(
        "ssh",
        "connect to host|Could not resolve hostname",
        r"(?:ssh: )?(?P<message>(?:connect to host|Could not resolve hostname) .+)",
        "ssh",
        "network",
    ),
    Row(
        "host key verification",
        "Host key verification failed.",
        r"(?P<message>Host key verification failed\.)",
        "ssh",
        "network",
    ),
    Row(
        "identification remote host",
        "WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!",
        r"@ +WARNING: (?P<message>REMOTE HOST IDENTIFICATION HAS CHANGED!)",
        "ssh",
        "network",
    ),
    Row(
        "kex_exchange_identification",
        "kex_exchange_identification: ",
        r"(?P<message>kex_exchange_identification: .+)",
        "ssh",
        "network",
    ),
    Row(
        "libcrypto load key",
        ": error in libcrypto",
        r"(?P<message>Load key .+: error in libcrypto)",
        "ssh",
        "permission",
    ),
    Row("gh http", " (HTTP ", r"gh: (?P<message>.+ \(HTTP \d+\))", "gh", "network"),
    Row(
        "dirty",
        "orking ",
        r"(?P<message>.*(?:[Ww]orking (?:directory|tree|copy) is (?:dirty|not clean)).*)",
        "git",
        "git",
    ),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield each refusal of git and ssh."""
    return read(_ROWS, lines, at)
