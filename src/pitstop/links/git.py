"""git on the hot path: the root of a repository, its files, its commit; no process that can be avoided.

What changed between commits is in `links/changes.py`. Paths are bytes as git prints them with `-z`: POSIX, relative to
the root, in no promised encoding. The layout of `.git` is from gitrepository-layout(5).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.environ import environ
from pitstop.core.errors import SurroundingError, UsageError

if TYPE_CHECKING:
    import subprocess

_LIST = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
_PIPE_SIZE = 1 << 20  # what Linux gives to anyone: git need not wait for us while it lists 20,000 files
_SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ, named in the fcntl module from Python 3.10 on, on Linux only
_WORKSPACES = (
    ("pitstop.toml", b""),
    ("pnpm-workspace.yaml", b""),
    ("go.work", b""),
    ("Cargo.toml", b"[workspace"),
    ("package.json", b'"workspaces"'),
    ("pyproject.toml", b"[tool.uv.workspace"),
)
_MANIFESTS = (*(name for name, _ in _WORKSPACES), "go.mod", "setup.py", "setup.cfg")


class Listing(NamedTuple):
    """A listing under way, from `start_listing` to `finish_listing`; to be finished exactly once."""

    root: str
    pid: int = 0
    pipe: int = -1
    process: subprocess.Popen[bytes] | None = None
    """Where the system has no `posix_spawn`."""


def environment() -> dict[str, str]:
    """Return the variables for a git that shall look at the folder it runs in, not where a hook's git points it."""
    kept = dict(environ)
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY"):
        kept.pop(name, None)
    kept["GIT_OPTIONAL_LOCKS"] = "0"  # a listing must not be in the way of a person's own git
    kept["LC_ALL"] = "C"
    return kept


def find_git_dir(root: str) -> str | None:
    """Return the git folder of the work tree at `root` itself, or None. For a worktree or submodule it lies elsewhere."""
    entry = os.path.join(root, ".git")
    if os.path.isfile(os.path.join(entry, "HEAD")):
        return entry
    if (text := _read(entry)) is None or not text.startswith(b"gitdir:"):
        return None
    return os.path.normpath(os.path.join(root, os.fsdecode(text[7:].strip())))


def find_root(start: str) -> str:
    """Return the absolute path of the repository that `start` lies in.

    That is the nearest folder upwards whose `pitstop.toml` says `root = true` (an example, kept in a repository), or the
    top of the git work tree; outside of git the nearest folder upwards with a `pitstop.toml` or the manifest of a
    workspace; without one `start` itself.
    """
    start = os.path.abspath(start)
    workspace = ""
    folder = start
    while True:
        if find_git_dir(folder) is not None or is_own_root(folder):
            return folder
        if not workspace and _holds_workspace(folder):
            workspace = folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return workspace or start
        folder = parent


def is_own_root(folder: str) -> bool:
    """Return whether `folder` is a repository of its own although it lies in another: its `pitstop.toml` says so."""
    for line in (_read(os.path.join(folder, "pitstop.toml")) or b"").splitlines():
        text = line.partition(b"#")[0].replace(b" ", b"").strip()
        if text.startswith(b"["):
            return False
        if text == b"root=true":
            return True
    return False


def _holds_workspace(folder: str) -> bool:
    for name, marker in _WORKSPACES:
        text = _read(os.path.join(folder, name))
        if text is not None and (not marker or marker in text):
            return True
    return False


def start_listing(root: str) -> Listing:
    """Start to list the files below `root` that git does not ignore, and return at once.

    Outside of a git work tree, and without a git program, `finish_listing` walks the folders itself.
    """
    if up_to_git(root) is None:
        return Listing(root)
    argv = ("git", "-C", root, *_LIST)
    if not hasattr(os, "posix_spawnp"):
        import subprocess

        try:
            nothing = subprocess.DEVNULL
            process = subprocess.Popen(argv, stdin=nothing, stdout=subprocess.PIPE, stderr=nothing, env=environment())
            return Listing(root, process=process)
        except OSError:
            return Listing(root)
    # The module subprocess takes 10 ms to import: a twentieth of a run with nothing to do.
    reading, writing = os.pipe()
    try:
        _widen(writing)
        pid = os.posix_spawnp(
            "git",
            argv,
            environment(),
            file_actions=(
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, writing, 1),
                (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
            ),
        )
    except OSError:
        os.close(reading)
        return Listing(root)
    finally:
        os.close(writing)
    return Listing(root, pid, reading)


def finish_listing(listing: Listing) -> bytes:
    r"""Return the paths, each ended by `\0`, each once, in no promised order.

    A path may name a file that was deleted and not yet staged: git knows without looking, and the caller looks at each
    file anyway. Files of submodules and of other repositories inside are listed as if they were one repository, those
    of its own further work trees are not. A symbolic link is listed, not followed. Raises SurroundingError when git
    refuses the repository, UsageError where there is none and the folder holds everything that a person has.
    """
    if listing.process is not None:
        data, code = listing.process.communicate()[0], listing.process.returncode
    elif listing.pid:
        data, code = _drain(listing.pipe), 0
        _, status = os.waitpid(listing.pid, 0)
        code = os.waitstatus_to_exitcode(status)
    else:
        from pitstop.links.walk import walk

        if _is_everything(listing.root) and not any(os.path.isfile(f"{listing.root}/{name}") for name in _MANIFESTS):
            raise UsageError(
                f"`{listing.root}` is no repository", hint="go to one, or say where it is: `pitstop -C FOLDER run`"
            )
        return walk(listing.root)
    if code:
        data = _list_again(listing.root)
    if b"/\0" not in data and not os.path.isfile(os.path.join(listing.root, ".gitmodules")):
        return data
    from pitstop.links.nested import with_nested

    own = up_to_git(listing.root) or ""
    return with_nested(listing.root, data, own, find_git_dir, lambda root: finish_listing(start_listing(root)))


def _is_everything(root: str) -> bool:
    """Return whether `root` holds all files of the machine, or of a person: nobody means to have those read."""
    home = environ.get("HOME", "")
    return os.path.dirname(root) == root or (bool(home) and os.path.realpath(root) == os.path.realpath(home))


def head(root: str) -> tuple[str, str]:
    """Return the commit that is checked out and its branch, read from the files of git.

    A detached head has the branch `""`, a branch without a commit the revision `""`, a folder without git neither.
    """
    folder = up_to_git(root)
    if folder is None or (text := _read(os.path.join(folder, "HEAD"))) is None:
        return "", ""
    common = _read(os.path.join(folder, "commondir"))
    shared = os.path.join(folder, os.fsdecode(common.strip())) if common is not None else folder
    if os.path.isdir(os.path.join(shared, "reftable")):
        return _ask_head(root)
    text = text.strip()
    branch = ""
    for depth in range(5):  # the limit of git itself for references to references
        if not text.startswith(b"ref:"):
            return (text.decode(), branch) if _is_hash(text) else _ask_head(root)
        name = text[4:].strip()
        if depth == 0:
            branch = os.fsdecode(name).removeprefix("refs/heads/")
        found = _reference(folder, shared, name)
        if found is None:
            return "", branch
        text = found
    return _ask_head(root)


def _reference(folder: str, shared: str, name: bytes) -> bytes | None:
    for place in dict.fromkeys((folder, shared)):
        if (text := _read(os.path.join(place, os.fsdecode(name)))) is not None:
            return text.strip()
    packed = _read(os.path.join(shared, "packed-refs")) or b""
    for line in packed.splitlines():
        if line.endswith(b" " + name):
            return line[: -len(name) - 1]
    return None


def _ask_head(root: str) -> tuple[str, str]:
    code, branch, _ = call(root, "symbolic-ref", "--quiet", "--short", "HEAD")
    revision = call(root, "rev-parse", "--verify", "--quiet", "HEAD")[1]
    return revision.decode().strip(), os.fsdecode(branch).strip() if code == 0 else ""


def call(root: str, *arguments: str, stdin: bytes = b"") -> tuple[int, bytes, bytes]:
    """Run git in `root`; return its exit code, standard output and standard error. Raises SurroundingError without git."""
    import subprocess

    try:
        done = subprocess.run(
            ("git", "-C", root, *arguments), input=stdin, capture_output=True, env=environment(), check=False
        )
    except FileNotFoundError as error:
        raise SurroundingError("`git` is not installed", hint="install git and put it on PATH") from error
    return done.returncode, done.stdout, done.stderr


def _list_again(root: str) -> bytes:
    """List with a git older than 2.31, or raise what git says: it was started before with its messages thrown away."""
    code, data, said = call(root, *_LIST[:-1])
    if not code:
        return b"".join(path + b"\0" for path in dict.fromkeys(data.split(b"\0")[:-1]))
    text = said.decode("utf-8", "replace").strip()
    first = text.splitlines()[0].removeprefix("fatal: ") if text else f"exit code {code}"
    hint = "`git status` in that folder shows it"
    if "dubious ownership" in text:
        hint = f"if you trust it: `git config --global --add safe.directory {root}`"
    raise SurroundingError(f"git cannot list the files of `{root}`: {first}", hint=hint)


def up_to_git(root: str) -> str | None:
    """Return the git folder of the work tree that `root` lies in, or None."""
    folder = os.path.abspath(root)
    while True:
        if (found := find_git_dir(folder)) is not None:
            return found
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def _is_hash(text: bytes) -> bool:
    return len(text) in {40, 64} and all(character in b"0123456789abcdef" for character in text)


def _drain(pipe: int) -> bytes:
    chunks = []
    try:
        while chunk := os.read(pipe, _PIPE_SIZE):
            chunks.append(chunk)
    finally:
        os.close(pipe)
    return b"".join(chunks)


def _widen(pipe: int) -> None:
    import sys

    if sys.platform == "linux":
        from fcntl import fcntl

        try:  # noqa: SIM105  contextlib is one more module on the hot path
            fcntl(pipe, _SET_PIPE_SIZE, _PIPE_SIZE)
        except OSError:
            pass  # this user has no room left for pipes


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None
