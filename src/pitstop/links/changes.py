"""What changed since a commit, asked of git."""

from __future__ import annotations

import os
from typing import NamedTuple, NoReturn

from pitstop.core.environ import environ, is_github
from pitstop.core.errors import SurroundingError, UsageError
from pitstop.links import git

_BASES = ("refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master")
"""Tried in this order when nobody says what the main branch is."""


class Changes(NamedTuple):
    """What differs from a commit."""

    paths: tuple[str, ...]
    """Relative to the folder that was asked about, POSIX, sorted; deleted files and both names of a renamed one are
    among them. A submodule is one path."""
    base: str
    """The commit compared with, in full."""


def default_base(root: str) -> str:
    """Return what a branch of this repository is compared with.

    The base of the pull request that GitHub Actions runs for, the default branch of `origin`, or a branch called main
    or master. Raises UsageError when there is none of these.
    """
    if base := environ.get("GITHUB_BASE_REF"):
        return f"origin/{base}"
    if git.up_to_git(root) is None:
        raise UsageError(f"nothing to compare with: `{root}` is in no git repository", hint="choose by name: `-p NAME`")
    code, out, _ = git.call(root, "for-each-ref", "--format=%(refname) %(symref)", "refs/remotes/origin/HEAD", *_BASES)
    found = dict(line.partition(" ")[::2] for line in os.fsdecode(out).splitlines()) if code == 0 else {}
    if default := found.get("refs/remotes/origin/HEAD"):
        return default.removeprefix("refs/remotes/")
    for name in _BASES:
        if name in found:
            return name.removeprefix("refs/remotes/").removeprefix("refs/heads/")
    raise UsageError(
        "no branch to compare with: there is no `origin/HEAD`, `main` or `master` here",
        hint="name a commit or branch: `--base REF`",
    )


def changed_files(root: str, commits: str) -> Changes:
    """Return what changed since `commits`, a commit or branch, or `a...b`.

    For one name: everything that the working tree has different from the last commit that it shares with that name,
    whether committed, staged, changed or new. For two: what the commits of `b` change that are not in `a`.
    Raises UsageError for an unknown name, SurroundingError where the history that is there does not reach far enough.
    """
    start, dots, end = commits.partition("...")
    if git.up_to_git(root) is None:
        raise UsageError(f"`{commits}` cannot be compared with: `{root}` is in no git repository")
    _resolve(root, start)
    tip = _resolve(root, end) if dots else "HEAD"
    base = _merge_base(root, start, tip)
    asked = ("diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--relative", base)
    changed = _paths(root, *asked, *((tip,) if dots else ()), "--")
    if not dots:
        changed |= _paths(root, "ls-files", "-z", "--others", "--exclude-standard")
    return Changes(tuple(sorted(changed)), base)


def file_at(root: str, revision: str, path: str) -> bytes | None:
    """Return the bytes that `path`, relative to `root`, had in a commit; None when it was not there."""
    code, data, _ = git.call(root, "cat-file", "blob", f"{revision}:./{path}")
    return data if code == 0 else None


def _paths(root: str, *arguments: str) -> set[str]:
    code, out, said = git.call(root, *arguments)
    if code:
        _refuse(f"git cannot tell what changed in `{root}`", said)
    return {os.fsdecode(path).rstrip("/") for path in out.split(b"\0")[:-1]}


def _resolve(root: str, name: str) -> str:
    """Return the commit that `name` means."""
    code, out, said = git.call(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if code == 0 and out.strip():
        return out.decode().strip()
    if b"dubious ownership" in said:
        _refuse(f"git cannot read `{root}`", said)
    raise UsageError(f"there is no commit or branch `{name}` here", hint=_how_to_fetch(root, name))


def _merge_base(root: str, start: str, tip: str) -> str:
    code, out, _ = git.call(root, "merge-base", start, tip)
    if code == 0:
        return out.decode().split()[0]
    if git.call(root, "rev-parse", "--verify", "--quiet", "HEAD")[0]:
        raise UsageError("nothing is committed here yet, so nothing can be compared")
    if git.call(root, "rev-parse", "--is-shallow-repository")[1].strip() == b"true":
        raise SurroundingError(
            f"the history here is too short: it does not reach the commit that `{tip}` shares with `{start}`",
            hint=_how_to_fetch(root, start, shallow=True),
        )
    raise UsageError(f"`{tip}` shares no commit with `{start}`", hint="compare with a branch of the same history")


def _how_to_fetch(root: str, name: str, *, shallow: bool = False) -> str:
    """Return the command that brings what is missing."""
    if is_github():
        return "give `actions/checkout` the option `fetch-depth: 0`"
    if shallow:
        return "`git fetch --unshallow` brings the rest"
    code, out, _ = git.call(root, "remote")
    remotes = os.fsdecode(out).split() if code == 0 else []
    remote, _, branch = name.partition("/")
    if branch and remote in remotes:
        return f"`git fetch {remote} +refs/heads/{branch}:refs/remotes/{name}` brings it"
    return "`git branch --all` lists the branches" + (f", `git fetch {remotes[0]}` brings new ones" if remotes else "")


def _refuse(problem: str, said: bytes) -> NoReturn:
    lines = said.decode("utf-8", "replace").strip().splitlines()
    first = lines[0].removeprefix("fatal: ") if lines else "it did not say why"
    hint = next((line.strip() for line in lines if "git config --global --add safe.directory" in line), "")
    raise SurroundingError(f"{problem}: {first}", hint=hint and f"if you trust it: `{hint}`")
