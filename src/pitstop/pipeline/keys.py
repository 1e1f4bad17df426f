"""The key of a task: everything its outcome may depend on, piece by piece, and the REAPI Action made of it.

Two digests are made. The *print* is cheap and local: a hash over the pieces, of which those for packages are chained
along the graph of packages. The *action* is the digest of the REAPI `Action` message, the key in every store; making it
means building the Merkle tree of all inputs, so `Keys` is given the actions of prints that were seen before.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.digest import digest_of
from pitstop.core.globs import is_literal, literal_prefix, matcher
from pitstop.core.package import REPOSITORY
from pitstop.pipeline import environment
from pitstop.pipeline.graph import strong_components

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pitstop.cache.actions import OutputFile, OutputLink
    from pitstop.cache.merkle import Folder
    from pitstop.core.package import Package
    from pitstop.core.task import Task, TaskId
    from pitstop.links.tools import Tools
    from pitstop.pipeline.index import Snapshot

Parts = dict[str, str]
"""The pieces of a key by name: `command`, `env NODE_ENV`, `tool node`, `files`, `packages`, `task api:build` …"""

VERSION = "1"
"""Part of every key; raised when what a key covers changes."""


class Upstream(NamedTuple):
    """What a task that has ended means for the keys of those that wait for it."""

    print: str
    """Digest of its outputs, or its action when it declares none."""
    files: tuple[OutputFile, ...] = ()
    links: tuple[OutputLink, ...] = ()


class Key(NamedTuple):
    """The key of one task."""

    parts: Parts
    action: str
    """SHA-256 of the Action message, hex."""
    rows: tuple[range, ...] | tuple[int, ...]
    """The files of the snapshot that are its own inputs."""
    unreadable: str
    """A file among its inputs that could not be read; then the result must not be kept."""


class Keys:
    """Makes keys from one snapshot of the repository; what it computed it keeps."""

    def __init__(
        self,
        root: str,
        snapshot: Snapshot,
        packages: Sequence[Package],
        environ: Mapping[str, str],
        tools: Tools,
        seen: dict[str, str],
        secret: Callable[[], bytes],
    ) -> None:
        self._root = root
        self._snapshot = snapshot
        self._packages = {package.id: package for package in packages}
        self._environ = environ
        self.tools = tools
        self.seen = seen
        """Action by print; grows."""
        self.learned = False
        """Whether it grew."""
        self._secret = secret
        self._always = environment.chosen(environ, environment.KEYED)
        self._kinds = bytes(mode >> 6 & 1 | (mode & 0o170000 == 0o120000) << 1 for mode in snapshot.stats[4::5])
        self._ranges = _owned(snapshot, packages)
        self._own: dict[str, str] = {}
        self._closure: dict[str, str] = {}
        self._folders: dict[str, Folder] = {}
        self._chosen: dict[tuple[str, tuple[str, ...]], tuple[tuple[int, ...], tuple[tuple[str, str], ...]]] = {}
        self._shared: dict[tuple[str, ...], str] = {}
        self._needed: dict[str, tuple[str, ...]] = {}

    def key(self, task: Task, upstream: Mapping[TaskId, Upstream]) -> Key:
        """Return the key of `task`; `upstream` has an entry for each task it waits for."""
        package = self._packages[task.package]
        spec = task.spec
        parts: Parts = {
            "version": VERSION,
            "command": spec.command if isinstance(spec.command, str) else "\0".join(spec.command),
            "cwd": package.root if spec.cwd is None else spec.cwd,
            "outputs": "\0".join(spec.outputs),
        }
        if spec.timeout_s is not None:
            parts["timeout"] = str(spec.timeout_s)
        for name, value in environment.keyed(task, self._environ, self._always).items():
            parts[f"env {name}"] = value
        for name, value in environment.chosen(self._environ, spec.secrets).items():
            parts[f"secret {name}"] = _keyed_hash(self._secret(), value)
        folders = environment.folders(self._root, package, self._environ)
        cwd = f"{self._root}/{parts['cwd']}".rstrip("/")
        for name in spec.tools or command_words(spec.command):
            tool = self.tools.look(name.removeprefix("?"), folders, cwd)
            if tool.version or (spec.tools and name[:1] != "?"):
                parts[f"tool {tool.name}"] = tool.version or ("in the repository" if tool.path else "missing")
        default = not spec.inputs or "$default" in spec.inputs
        patterns = tuple(pattern for pattern in spec.inputs if pattern != "$default")
        rows: tuple[range, ...] | tuple[int, ...]
        if default and not patterns:
            rows = self._ranges[package.id]
            parts["files"] = self._own_print(package)
        else:
            rows, extra = self._choose(package, patterns, default=default)
            parts["files"] = self._rows_print(rows)
            parts["shared"] = self._shared_print(package.shared)
            parts["lock"] = package.lock
            for path, digest in extra:
                parts[f"file {path}"] = digest
        if default:
            parts["packages"] = self.closure_print(package.id)
        for need in task.needs:
            if (known := upstream[need]).print:
                parts[f"task {need}"] = known.print
        unreadable = next(iter(self._snapshot.unreadable(_each(rows))), "") if rows else ""
        mark = print_of(parts)
        action = self.seen.get(mark)
        if action is None:
            self.learned = True
            action = self.seen[mark] = self._action(task, parts, rows, upstream, default=default)
        return Key(parts, action, rows, unreadable)

    def describe(self, package: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """Return (own files' print, lock, prints of the packages it needs) of a package: what `packages` is made of."""
        here = self._packages[package]
        needs = self._direct(package)
        return self._own_print(here), here.lock, tuple((need, self.closure_print(need)) for need in needs)

    def files_of(self, rows: tuple[range, ...] | tuple[int, ...]) -> dict[str, str]:
        """Return the hash of each of these files by path."""
        digests, paths = self._snapshot.digests, self._snapshot.paths
        return {paths[row]: digests[32 * row : 32 * row + 32].hex() for row in _each(rows)}

    def files_of_package(self, package: str) -> dict[str, str]:
        """Return the hash by path of the files of a package, and of those outside that all its tasks read."""
        shared = [row for row in map(self._snapshot.row, self._packages[package].shared) if row >= 0]
        return self.files_of(self._ranges[package]) | self.files_of(tuple(shared))

    def moved(self, key: Key) -> str:
        """Return a file among the inputs of `key` that is no longer what it was when the key was made, or `""`."""
        return self._snapshot.moved(self._root, _each(key.rows))

    # Prints

    def _rows_print(self, rows: Sequence[range] | Sequence[int]) -> str:
        """Return a hash over paths, digests and kinds of rows; the same on every machine."""
        snapshot, whole = self._snapshot, sha256()
        for row in rows:
            first, last = (row.start, row.stop) if isinstance(row, range) else (row, row + 1)
            whole.update("\0".join(snapshot.paths[first:last]).encode("utf-8", "surrogateescape"))
            whole.update(snapshot.digests[32 * first : 32 * last])
            whole.update(self._kinds[first:last])
        return whole.hexdigest()

    def _own_print(self, package: Package) -> str:
        known = self._own.get(package.id)
        if known is None:
            whole = sha256(self._rows_print(self._ranges[package.id]).encode())
            whole.update(f"\0{package.lock}\0{self._shared_print(package.shared)}".encode())
            known = self._own[package.id] = whole.hexdigest()
        return known

    def _shared_print(self, shared: tuple[str, ...]) -> str:
        known = self._shared.get(shared)
        if known is None:
            rows = [row for row in map(self._snapshot.row, shared) if row >= 0]
            known = self._shared[shared] = self._rows_print(rows)
        return known

    def _direct(self, package: str) -> tuple[str, ...]:
        known = self._needed.get(package)
        if known is None:
            here = self._packages[package]
            needs = {need for need in (*here.needs, *here.dev_needs) if need in self._packages and need != package}
            known = tuple(sorted(needs))
            self._needed[package] = known
        return known

    def closure_print(self, package: str) -> str:
        """Return the hash over a package and all it needs, however far."""
        if not self._closure:
            self._chain()
        return self._closure[package]

    def _chain(self) -> None:
        """Give every package a print over itself and all it needs; packages in a circle share theirs."""
        components = strong_components({name: self._direct(name) for name in self._packages})
        members: dict[int, list[str]] = {}
        for name, number in components.items():
            members.setdefault(number, []).append(name)
        for number, names in members.items():  # upstream first
            whole = sha256()
            for name in sorted(names):
                whole.update(f"{name}\0{self._own_print(self._packages[name])}\0".encode("utf-8", "surrogateescape"))
                for need in self._direct(name):
                    if components[need] != number:
                        whole.update(f"{need}\0{self._closure[need]}\0".encode("utf-8", "surrogateescape"))
            for name in names:
                self._closure[name] = whole.hexdigest()

    # Inputs

    def _choose(
        self, package: Package, patterns: tuple[str, ...], *, default: bool
    ) -> tuple[tuple[int, ...], tuple[tuple[str, str], ...]]:
        """Return the rows that the patterns choose, and (path, digest) of named files that git ignores."""
        known = self._chosen.get((package.id, (*patterns, str(default))))
        if known is not None:
            return known
        base = f"{package.root}/" if package.root else ""
        absolute = [_absolute(pattern, base) for pattern in patterns]
        positive = [pattern for pattern in absolute if not pattern.startswith("!")]
        unwanted = matcher([pattern[1:] for pattern in absolute if pattern.startswith("!")] or ["\0"])
        paths = self._snapshot.paths
        rows: set[int] = set(_each(self._ranges[package.id])) if default else set()
        extra: list[tuple[str, str]] = []
        for pattern in positive:
            if is_literal(pattern) and (row := self._snapshot.row(pattern)) >= 0:
                rows.add(row)
                continue
            fits = matcher([pattern])
            found = [row for row in _below(self._snapshot, literal_prefix(pattern)) if fits(paths[row])]
            rows.update(found)
            if not found and is_literal(pattern):
                extra.append((pattern, _digest_on_disk(f"{self._root}/{pattern}")))
        known = tuple(sorted(row for row in rows if not unwanted(paths[row]))), tuple(extra)
        self._chosen[package.id, (*patterns, str(default))] = known
        return known

    # Actions

    def _action(
        self,
        task: Task,
        parts: Parts,
        rows: tuple[range, ...] | tuple[int, ...],
        upstream: Mapping[TaskId, Upstream],
        *,
        default: bool,
    ) -> str:
        from pitstop.cache import actions, merkle

        package = self._packages[task.package]
        trees = [self._rows_folder(rows)] if not default or task.spec.inputs else []
        trees += [self._package_folder(name) for name in (self._reach(package.id) if default else ())]
        trees.append(self._rows_folder([row for row in map(self._snapshot.row, package.shared) if row >= 0]))
        produced = merkle.Folder()
        for need in task.needs:
            for path, digest, executable in upstream[need].files:
                produced.add(path, merkle.File(digest, executable))
            for path, target in upstream[need].links:
                produced.add(path, target)
        trees.append(produced)
        root = merkle.merge(trees).encode()[1]
        command = task.spec.command
        argv = ("sh", "-c", command) if isinstance(command, str) else command
        variables = {name[4:]: value for name, value in parts.items() if name.startswith("env ")}
        outputs = tuple(sorted({literal_prefix(one) for one in task.spec.outputs if not one.startswith("!")}))
        message = actions.encode_command(argv, variables, outputs, parts["cwd"])
        salted = ("version", "outputs", "lock", "shared", "packages")
        salt = "\n".join(
            f"{name}={value}"
            for name, value in sorted(parts.items())
            if name in salted or name.startswith(("tool ", "secret ", "file ", "task "))
        )
        action = actions.encode_action(
            digest_of(message),
            root,
            timeout_s=task.spec.timeout_s,
            platform=_platform(),
            salt=salt.encode("utf-8", "surrogateescape"),
        )
        return sha256(action).hexdigest()

    def _reach(self, package: str) -> list[str]:
        """Return the ids of `package` and of all packages it needs, however far."""
        found = {package: None}
        stack = [package]
        while stack:
            for need in self._direct(stack.pop()):
                if need not in found:
                    found[need] = None
                    stack.append(need)
        return list(found)

    def _package_folder(self, package: str) -> Folder:
        known = self._folders.get(package)
        if known is None:
            known = self._folders[package] = self._rows_folder(self._ranges[package])
        return known

    def _rows_folder(self, rows: Sequence[range] | Sequence[int]) -> Folder:
        from pitstop.cache import merkle

        snapshot, folder = self._snapshot, merkle.Folder()
        for row in _each(rows):
            path = snapshot.paths[row]
            if snapshot.is_link(row):
                folder.add(path, _link_target(f"{self._root}/{path}"))
            else:
                folder.add(path, merkle.File(snapshot.digest(row), snapshot.executable(row)))
        return folder


def print_of(parts: Parts) -> str:
    """Return the SHA-256 (hex) over the pieces of a key."""
    text = "\n".join(f"{name}={parts[name]}" for name in sorted(parts))
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def command_words(command: tuple[str, ...] | str) -> tuple[str, ...]:
    """Return the programs that a command starts, as far as its text shows: the first word of each simple command."""
    if not isinstance(command, str):
        return command[:1]
    import re

    words: list[str] = []
    for simple in re.split(r"&&|\|\||[;|\n]", command):
        for word in simple.split():
            if "=" in word and not word.startswith(("=", "-")):
                continue
            if re.fullmatch(r"[A-Za-z0-9_.+-]+", word) and word not in _BUILTINS:
                words.append(word)
            break
    return tuple(dict.fromkeys(words))


_BUILTINS = frozenset(
    {"cd", "echo", "exit", "export", "set", "test", "true", "false", "exec", "if", "then", "else", "fi", "for", "do"}
    | {"done", "while", "case", "esac", "pwd", "printf", "eval", "trap", "unset", "source", ".", ":", "[", "wait"}
    | {"cat", "cp", "mv", "rm", "mkdir", "ls", "sh", "touch", "sleep"}
)
"""Words that a shell understands itself, and programs of POSIX whose version decides nothing."""


def _absolute(pattern: str, base: str) -> str:
    negated = "!" if pattern.startswith("!") else ""
    pattern = pattern.removeprefix("!")
    return negated + (pattern[2:] if pattern.startswith("//") else base + pattern.removeprefix("./"))


def _each(rows: Sequence[range] | Sequence[int]) -> list[int]:
    found: list[int] = []
    for row in rows:
        if isinstance(row, range):
            found.extend(row)
        else:
            found.append(row)
    return found


def _below(snapshot: Snapshot, folder: str) -> range:
    from bisect import bisect_left

    if not folder:
        return range(len(snapshot.paths))
    return range(bisect_left(snapshot.paths, folder + "/"), bisect_left(snapshot.paths, folder + "0"))


def _owned(snapshot: Snapshot, packages: Sequence[Package]) -> dict[str, tuple[range, ...] | tuple[int, ...]]:
    """Return the rows of each package: what lies in its folder and in no package further down."""
    # With the slash at the end, what lies inside a folder follows right behind it: `a-b/`, `a/`, `a/b/`.
    roots = sorted(
        {package.root for package in packages if package.id != REPOSITORY}, key=lambda one: one and one + "/"
    )
    spans: dict[str, tuple[range, ...]] = {}
    for index, root in enumerate(roots):
        whole = _below(snapshot, root)
        parts: list[range] = []
        start = whole.start
        at = index + 1
        while at < len(roots) and (not root or roots[at].startswith(root + "/")):
            inner = _below(snapshot, roots[at])
            if inner.start >= start:
                parts.append(range(start, inner.start))
                start = inner.stop
            at += 1
        parts.append(range(start, whole.stop))
        spans[root] = tuple(part for part in parts if part)
    everything = (range(len(snapshot.paths)),)
    return {
        package.id: _less_outputs(snapshot, package, everything if package.id == REPOSITORY else spans[package.root])
        for package in packages
    }


def _less_outputs(
    snapshot: Snapshot, package: Package, owned: tuple[range, ...]
) -> tuple[range, ...] | tuple[int, ...]:
    """Leave out what tasks of the package itself make, where git does not ignore that."""
    base = f"{package.root}/" if package.root else ""
    globs = [_absolute(glob, base) for spec in package.tasks for glob in spec.outputs]
    prefixes = {literal_prefix(glob) for glob in globs if not glob.startswith("!")}
    if not any(prefix == package.root or snapshot.row(prefix) >= 0 or _below(snapshot, prefix) for prefix in prefixes):
        return owned
    made = matcher(globs)
    return tuple(row for row in _each(owned) if not made(snapshot.paths[row]))


def _digest_on_disk(path: str) -> str:
    import os

    try:
        if os.path.isdir(path):
            return "folder"
        with open(path, "rb") as file:
            return sha256(file.read()).hexdigest()
    except OSError:
        return "missing"


def _link_target(path: str) -> str:
    import os

    try:
        return os.readlink(path)
    except OSError:
        return ""


def _keyed_hash(secret: bytes, value: str) -> str:
    from hashlib import blake2b

    return blake2b(value.encode("utf-8", "surrogateescape"), key=secret, digest_size=16).hexdigest()


def _platform() -> dict[str, str]:
    """Return the platform properties that REAPI servers know by these names (platform.md of the specification)."""
    import os
    import sys

    system = {"linux": "linux", "darwin": "macos", "win32": "windows"}.get(sys.platform, sys.platform)
    machine = os.uname().machine if hasattr(os, "uname") else os.environ.get("PROCESSOR_ARCHITECTURE", "")  # noqa: TID251
    return {
        "OSFamily": system,
        "ISA": {"x86_64": "x86-64", "aarch64": "arm-a64", "arm64": "arm-a64"}.get(machine, machine),
    }
