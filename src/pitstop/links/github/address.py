"""Which run is meant: an address as the browser shows it, `owner/repository` with an id, or the remote of a repository."""

from __future__ import annotations

from typing import NamedTuple

from pitstop.core.environ import environ
from pitstop.core.errors import UsageError
from pitstop.links import git

GITHUB = "github.com"


class Address(NamedTuple):
    """A run of GitHub Actions, or a job of it."""

    host: str
    repository: str
    """`owner/name`."""
    run: int = 0
    """0: not named."""
    attempt: int = 0
    """From 1; 0: the last one."""
    job: int = 0
    """0: all of them."""


def parse_address(text: str) -> Address | None:
    """Return what an address like `https://github.com/o/r/actions/runs/7/job/9` or `o/r/7` means, or None.

    That of a repository names no run.
    """
    import re

    browser = re.compile(
        r"https?://(?P<host>[^/@\s]+)/(?P<repository>[\w.-]+/[\w.-]+)(?:/actions/?|/?"
        r"|/(?:actions/)?runs/(?P<run>\d{1,19})(?:/attempts/(?P<attempt>\d{1,9}))?(?:/jobs?/(?P<job>\d{1,19}))?"
        r"(?:[/?#]\S*)?)",
        re.ASCII,
    )
    short = re.compile(r"(?P<repository>[\w.-]+/[\w.-]+)[/#@ ](?P<run>\d{1,19})", re.ASCII)
    if found := browser.fullmatch(text):
        return Address(
            found["host"].lower(),
            found["repository"],
            int(found["run"] or 0),
            int(found["attempt"] or 0),
            int(found["job"] or 0),
        )
    if found := short.fullmatch(text):
        return Address(server(), found["repository"], int(found["run"]))
    return None


def server() -> str:
    """Return the host of the GitHub that this machine works with."""
    return environ.get("GITHUB_SERVER_URL", "").partition("://")[2].strip("/").lower() or GITHUB


def repository_at(root: str) -> Address:
    """Return the repository on GitHub that `root` was cloned from. Raises UsageError when it was not."""
    code, out, _ = git.call(root, "config", "--get-regexp", r"^remote\..*\.url$")
    lines = out.decode("utf-8", "replace").splitlines() if code == 0 else []
    remotes = dict(line.partition(" ")[::2] for line in lines)
    urls = [remotes.pop("remote.origin.url", ""), *remotes.values()]
    for url in urls:
        if (found := parse_remote(url)) and found.host in {GITHUB, server()}:
            return found
    raise UsageError(
        "this repository has no remote on GitHub",
        hint="name the run: `owner/repository/ID`, or its address in the browser",
    )


def parse_remote(url: str) -> Address | None:
    """Return the repository of a URL that git clones from: `git@github.com:o/r.git`, `https://github.com/o/r`."""
    import re

    found = re.fullmatch(
        r"(?:\w+://)?(?:[^@/\s]+@)?(?P<host>[\w.-]+)(?::\d+)?[:/]/?(?P<repository>[\w.-]+/[\w.-]+?)(?:\.git)?/?",
        url.strip(),
        re.ASCII,
    )
    if not found:
        return None
    host = found["host"].lower()
    return Address(GITHUB if host == "ssh.github.com" else host, found["repository"])
