"""The key of a task: everything its outcome may depend on, piece by piece, and the REAPI Action made of it.

Two digests are made. The *print* is cheap and local: a hash over the pieces, of which those for packages are chained
along the graph of packages. The *action* is the digest of the REAPI `Action` message, the key in every store; making it
means building the Merkle tree of all inputs, so `Keys` is given the actions of prints that were seen before.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.digest import digest_of
from pitstop.core.globs import literal_prefix
from pitstop.core.text import looks_secret
from pitstop.pipeline import environment
from pitstop.pipeline.inputs import Inputs
from pitstop.pipeline.words import command_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pitstop.cache.actions import OutputFile, OutputLink
    from pitstop.cache.merkle import Folder
    from pitstop.core.package import Package
    from pitstop.core.task import Task, TaskId, TaskSpec
    from pitstop.links.tools import Tools
    from pitstop.pipeline.index import Snapshot
    from pitstop.pipeline.owned import Rows

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
    known: bool = True
    """Whether these are all: where a task failed and the run goes on, or outputs lie behind a link, nobody knows."""


class Key(NamedTuple):
    """The key of one task."""

    parts: Parts
    action: str
    """SHA-256 of the Action message, hex."""
    rows: Rows
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
        self._packages = {package.id: package for package in packages}
        self._environ = environ
        self.tools = tools
        self.seen = seen
        """Action by print; grows."""
        self.learned = False
        """Whether it grew."""
        self._secret = secret
        self._always = environment.chosen(environ, environment.KEYED)
        self.inputs = Inputs(root, snapshot, self._packages)

    def key(self, task: Task, upstream: Mapping[TaskId, Upstream]) -> Key:
        """Return the key of `task`; `upstream` has an entry for each task it waits for."""
        package = self._packages[task.package]
        spec = task.spec
        parts: Parts = {
            "version": VERSION,
            "command": "\0".join(("sh", "-c", spec.command) if isinstance(spec.command, str) else spec.command),
            "cwd": package.root if spec.cwd is None else spec.cwd,
            "outputs": "\0".join(spec.outputs),
        }
        if spec.timeout_s is not None:
            parts["timeout"] = str(spec.timeout_s)
        if spec.platform:
            parts["platform"] = "\0".join(f"{name}={value}" for name, value in spec.platform)
        secrets = environment.chosen(self._environ, spec.secrets)
        for name, value in environment.keyed(task, self._environ, self._always).items():
            if spec.read_env and looks_secret(name) and self._environ.get(name) == value:
                secrets[name] = value
            if secrets.get(name) != value:
                parts[f"env {name}"] = value
        for name, value in secrets.items():
            parts[f"secret {name}"] = _keyed_hash(self._secret(), value)
        folders = environment.folders(self._root, package, self._environ)
        cwd = f"{self._root}/{parts['cwd']}".rstrip("/")
        for name in spec.tools or command_words(spec.command):
            tool = self.tools.look(name.removeprefix("?"), folders, cwd)
            if tool.version or (spec.tools and name[:1] != "?"):
                parts[f"tool {tool.name}"] = tool.version or ("in the repository" if tool.path else "missing")
        default = not spec.inputs or "$default" in spec.inputs
        patterns = tuple(pattern for pattern in spec.inputs if pattern != "$default")
        rows: Rows
        if default and not patterns:
            rows = self.inputs.owned(package.id)
            parts["files"] = self.inputs.own_print(package)
        else:
            rows, extra = self.inputs.choose(package, patterns, default=default)
            parts["files"] = self.inputs.rows_print(rows)
            parts["shared"] = self.inputs.shared_print(package.shared)
            parts["lock"] = package.lock
            for path, digest in extra:
                parts[f"file {path}"] = digest
        if default:
            parts["packages"] = self.inputs.closure_print(package.id, dev=_has_tests(spec))
        for need in task.needs:
            if (known := upstream[need]).print:
                parts[f"task {need}"] = known.print
        mark = print_of(parts)
        action = self.seen.get(mark)
        if action is None:
            self.learned = True
            action = self.seen[mark] = self._action(task, parts, rows, upstream, default=default)
        return Key(parts, action, rows, self.inputs.unreadable(package.id, rows, default=default))

    def input_root(self, task: Task, key: Key, upstream: Mapping[TaskId, Upstream]) -> Folder:
        """Return all that `task` reads as one tree: what was hashed into its key, as files.

        What its `inputs` name although git ignores it is not in there, only what it was made of (`file …` in the key).
        """
        return self._tree(task, key.rows, upstream, default="packages" in key.parts)

    def _tree(self, task: Task, rows: Rows, upstream: Mapping[TaskId, Upstream], *, default: bool) -> Folder:
        from pitstop.cache import merkle

        package = self._packages[task.package]
        reach = self.inputs.reach(package.id, dev=_has_tests(task.spec)) if default else ()
        trees = [self.inputs.rows_folder(rows)] if not default or task.spec.inputs else []
        trees += [self.inputs.package_folder(name) for name in reach]
        trees.append(self.inputs.rows_folder(self.inputs.shared_rows(package.id)))
        produced = merkle.Folder()
        for need in task.needs:
            for path, digest, executable in upstream[need].files:
                produced.add(path, merkle.File(digest, executable))
            for path, target in upstream[need].links:
                produced.add(path, target)
        trees.append(produced)
        return merkle.merge(trees)

    def _action(
        self,
        task: Task,
        parts: Parts,
        rows: Rows,
        upstream: Mapping[TaskId, Upstream],
        *,
        default: bool,
    ) -> str:
        from pitstop.cache import actions

        root = self._tree(task, rows, upstream, default=default).encode()[1]
        command = task.spec.command
        argv = ("sh", "-c", command) if isinstance(command, str) else command
        variables = {name[4:]: value for name, value in parts.items() if name.startswith("env ")}
        outputs = tuple(sorted({literal_prefix(one) for one in task.spec.outputs if not one.startswith("!")}))
        message = actions.encode_command(argv, variables, outputs, parts["cwd"])
        salted = ("version", "outputs", "lock", "shared", "packages", "platform")
        salt = {
            name: value
            for name, value in parts.items()
            if name in salted or name.startswith(("tool ", "secret ", "file ", "task "))
        }
        action = actions.encode_action(
            digest_of(message),
            root,
            timeout_s=task.spec.timeout_s,
            platform=this_platform(),
            salt=_text(salt),
        )
        return sha256(action).hexdigest()


_TARGETS = ("--all-targets", "--tests", "--test", "--examples", "--example", "--benches", "--bench")


def _has_tests(spec: TaskSpec) -> bool:
    """Return whether a task reads what only tests, examples and benches need: all but cargo's builds without these."""
    if spec.batch not in {"cargo-build", "cargo-doc", "cargo-clippy"}:
        return True
    return any(word.partition("=")[0] in _TARGETS for word in spec.command)


def print_of(parts: Parts) -> str:
    """Return the SHA-256 (hex) over the pieces of a key."""
    return sha256(_text(parts)).hexdigest()


def _text(parts: Parts) -> bytes:
    """Return the pieces in one text that no others have: names and values are quoted."""
    return repr(sorted(parts.items())).encode()


def _keyed_hash(secret: bytes, value: str) -> str:
    from hashlib import blake2b

    return blake2b(value.encode("utf-8", "surrogateescape"), key=secret, digest_size=16).hexdigest()


def this_platform() -> dict[str, str]:
    """Return the platform properties that REAPI servers know by these names (platform.md of the specification)."""
    import os
    import sys

    system = {"linux": "linux", "darwin": "macos", "win32": "windows"}.get(sys.platform, sys.platform)
    machine = os.uname().machine if hasattr(os, "uname") else os.environ.get("PROCESSOR_ARCHITECTURE", "")  # noqa: TID251
    return {
        "OSFamily": system,
        "ISA": {"x86_64": "x86-64", "aarch64": "arm-a64", "arm64": "arm-a64"}.get(machine, machine),
    }
