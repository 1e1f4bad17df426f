"""`cargo build`, `check`, `clippy` and `doc` for many packages: cargo's JSON messages become results.

The messages are described in doc.rust-lang.org/cargo/reference/external-tools.html#json-messages. With `--keep-going`
cargo builds all that can be built, so when it came to its end (`build-finished`) a package without an error of its own
passed if one of its artifacts was made: all targets of a package need the same dependencies, except that tests,
examples and benches need the development dependencies as well, so there one of those has to be among what was made.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from pitstop.pipeline.batch.cargo import Crates, Template, alike, can_keep_going, template_of
from pitstop.pipeline.batch.cargo_wide import wider
from pitstop.pipeline.batch.diagnostics import is_status, named_in, note, plain_text
from pitstop.pipeline.batch.rounds import Batch
from pitstop.pipeline.batch.values import Piece, Told, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pitstop.core.package import Package
    from pitstop.core.task import TaskId
    from pitstop.pipeline.batch.values import Member

_DEVELOPMENT = ("--all-targets", "--tests", "--test", "--examples", "--example", "--benches", "--bench")
_LIBRARIES = (".rlib", ".rmeta", ".d")
"""What only cargo itself has use for."""


class BuildReader:
    """Reads what cargo prints with `--message-format=json`, both of its streams."""

    def __init__(
        self,
        crates: Crates,
        members: Sequence[Member],
        need: str,
        *,
        keep_going: bool,
        stop: Callable[[], None] | None = None,
    ) -> None:
        self.crates = crates
        self.members = members
        self.complaint = ""
        self.finished: bool | None = None
        """What `build-finished` said."""
        self.executables: dict[str, str] = {}
        """Names of the files of tests -> id of the package."""
        self.suites: dict[str, str] = {}
        """The same names -> what nextest calls the binary."""
        self.libraries: dict[str, str] = {}
        """Names of libraries as Rust writes them -> id of the package."""
        self.broken: dict[str, str] = {}
        self._need = need
        """What an artifact must be to show that a package was done: `normal`, `dev` or `doc`."""
        self._keep_going = keep_going
        self._stop = stop
        """Makes the step leave `--keep-going` out; None: it is not the step that put it in."""
        self._refused = False
        self._made: dict[str, set[str]] = {}
        self._outputs: dict[str, set[str]] = {}
        self._sticky: TaskId | None = None

    def skim(self, lines: bytes) -> None:
        """Every line may say something."""

    def line(self, line: bytes) -> Iterable[Told]:
        """Read one line of either stream."""
        if line.startswith(b"{") and (message := read_message(line)) is not None:
            return self._message(message)
        return self._text(line)

    def rest(self) -> Iterable[Told]:
        """Nothing is held back."""
        return ()

    def verdict(self, exit_code: int) -> Verdict:
        """Return what is known; see the top of the module."""
        failed = {
            member.task: self.broken[member.package.id] for member in self.members if member.package.id in self.broken
        }
        if self._refused and self._stop is not None and self.finished is None and not self._made:
            self._stop()
            return Verdict(refused=True)
        if exit_code < 0 or self.finished is None or not (self._keep_going and self.broken):
            return Verdict(failed=failed, broken=self.broken)
        done = {
            member.task
            for member in self.members
            if member.task not in failed and self._need in self._made.get(member.package.id, ())
        }
        names = [self.crates.names.get(package, package) for package in self.broken]
        why = f"not built, because `{names[0]}` failed"
        skipped = {member.task: why for member in self.members if member.task not in failed and member.task not in done}
        return Verdict(frozenset(done), failed, self.broken, skipped)

    def outputs(self) -> Mapping[TaskId, tuple[str, ...]]:
        """Return executables and C libraries, without those of tests."""
        return {
            self.crates.tasks[package]: tuple(sorted(path for path in paths if self._exists(path)))
            for package, paths in self._outputs.items()
            if package in self.crates.tasks
        }

    def _exists(self, path: str) -> bool:
        return os.path.isfile(os.path.join(self.crates.root, path))

    def _message(self, message: dict[str, Any]) -> Iterable[Told]:
        reason = message["reason"]
        if reason == "compiler-message":
            return self._diagnostic(message)
        if reason == "compiler-artifact":
            self._artifact(message)
        elif reason == "build-finished":
            self.finished = message.get("success") is True
        return ()

    def _owner(self, message: dict[str, Any]) -> str:
        manifest = message.get("manifest_path")
        return self.crates.of_manifest(manifest) if isinstance(manifest, str) else ""

    def _diagnostic(self, message: dict[str, Any]) -> Iterable[Told]:
        package = self._owner(message)
        body = message.get("message")
        if not isinstance(body, dict):
            return ()
        rendered = str(body.get("rendered") or "")
        if str(body.get("level", "")).startswith("error"):
            code = body.get("code")
            number = str(code.get("code")) if isinstance(code, dict) else ""  # of a lint it is the name
            text = f"error[{number}]: " if re.fullmatch(r"E\d+", number) else "error: "
            text += str(body.get("message", ""))
            self.complaint = self.complaint or text
            spans = body.get("spans")
            places = [span for span in spans if isinstance(span, dict)] if isinstance(spans, list) else []
            first = next((span for span in places if span.get("is_primary")), None)
            if first:
                text += f" ({first.get('file_name')}:{first.get('line_start')})"
            name = package or _package_name(message)
            if name and not text.startswith("error: aborting"):
                self.broken.setdefault(name, text)
        data = rendered.encode("utf-8", "surrogateescape")
        task = self.crates.tasks.get(package)
        if not data or not note(self.crates.seen, task, plain_text(data)):
            return ()  # the test build of a library says the same again
        return (Piece(task, data),)

    def _artifact(self, message: dict[str, Any]) -> None:
        package = self._owner(message)
        target = message.get("target")
        if not package or not isinstance(target, dict):
            return
        profile = message.get("profile")
        kinds = _texts(target.get("kind"))
        test = isinstance(profile, dict) and profile.get("test") is True
        files = _texts(message.get("filenames"))
        made = self._made.setdefault(package, set())
        if any(file.endswith("index.html") for file in files):
            made.add("doc")
        elif "custom-build" not in kinds:
            made.add("normal")
            if test or not {"test", "example", "bench"}.isdisjoint(kinds):
                made.add("dev")
        name, executable = target.get("name"), message.get("executable")
        if isinstance(name, str) and not {"bin", "test", "bench", "example", "custom-build"}.intersection(kinds):
            self.libraries[name.replace("-", "_")] = package
        if test:
            if isinstance(executable, str):
                file = re.split(r"[/\\]", executable)[-1]
                self.executables[file] = package
                self.suites[file] = _suite(self.crates.names[package], kinds, str(name))
        elif executable is not None or {"cdylib", "staticlib"}.intersection(kinds):
            self._outputs.setdefault(package, set()).update(
                inside
                for file in files
                if not file.endswith(_LIBRARIES) and (inside := self.crates.relative(file)) is not None
            )

    def _text(self, line: bytes) -> Iterable[Told]:
        plain = plain_text(line)
        if plain.startswith(b"error"):
            self._sticky = self._failing(plain)
        elif plain.startswith(b"warning: "):
            self._sticky = None
        elif is_status(plain):
            return (Piece(None, line),)
        elif plain.strip() and not plain.startswith((b"  ", b"Caused by:")):
            self._sticky = None
        return (Piece(self._sticky, line),)

    def _failing(self, line: bytes) -> TaskId | None:
        """Note a package that a line about an error names."""
        text = line.decode("utf-8", "replace").strip()
        self.complaint = self.complaint or text
        self._refused = self._refused or "--keep-going" in text
        if not (name := named_in(line)):
            return None
        package = self.crates.of_name(name)
        self.broken.setdefault(package or name, text)
        return self.crates.tasks.get(package)


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def read_message(line: bytes) -> dict[str, Any] | None:
    """Return one of cargo's messages, or None when the line is none."""
    if b'"reason":' not in line:
        return None
    import json

    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    known = {"compiler-message", "compiler-artifact", "build-finished", "build-script-executed"}
    return message if isinstance(message, dict) and message.get("reason") in known else None


def _suite(package: str, kinds: list[str], target: str) -> str:
    """Return the id of a test binary as nextest writes it (nexte.st/docs/glossary, binary ID)."""
    if "test" in kinds:
        return f"{package}::{target}"
    kind = next((kind for kind in ("bin", "example", "bench") if kind in kinds), "")
    return f"{package}::{kind}/{target}" if kind else package


def _package_name(message: dict[str, Any]) -> str:
    """Return `serde` for `registry+https://github.com/rust-lang/crates.io-index#serde@1.0.0` or `serde 1.0.0 (...)`."""
    text = str(message.get("package_id", ""))
    if "#" in text:
        text = text.rpartition("#")[2]
        target = message.get("target")
        name = target.get("name", text) if isinstance(target, dict) else text
        return text.partition("@")[0] if "@" in text else str(name)
    return text.partition(" ")[0]


class BuildStep:
    """One `cargo build`, `check`, `clippy` or `doc`."""

    def __init__(self, template: Template, crates: Crates, *, keep_going: bool, color: bool, need: str = "") -> None:
        self._template = template
        self._crates = crates
        self._keep_going = keep_going or "--keep-going" in template.flags
        self._color = color
        tests = any(flag.partition("=")[0] in _DEVELOPMENT for flag in template.flags)
        self.need = need or ("doc" if template.subcommand in {"doc", "rustdoc"} else "dev" if tests else "normal")

    def takes(self, member: Member) -> bool:
        """Every member."""
        return member is not None

    def argv(self, members: Sequence[Member]) -> tuple[str, ...]:
        """Return the command for `members`."""
        more = ("--keep-going",) if self._keep_going and "--keep-going" not in self._template.flags else ()
        return self._template.argv((m.package.name for m in members), *more, *formats(color=self._color))

    def reader(self, members: Sequence[Member]) -> BuildReader:
        """Return what reads its output."""
        stop = self._stop if self._keep_going and "--keep-going" not in self._template.flags else None
        return BuildReader(self._crates, members, self.need, keep_going=self._keep_going, stop=stop)

    def _stop(self) -> None:
        """Leave `--keep-going` out: this cargo is older than the one that was asked for its version."""
        self._keep_going = False


def formats(*, color: bool) -> tuple[str, ...]:
    """Return the options that make cargo's messages readable for us, and coloured where people want that."""
    if color:
        return "--message-format=json-diagnostic-rendered-ansi", "--color=always"
    return "--message-format=json", "--color=never"


def start(
    members: Sequence[Member], root: str, packages: Sequence[Package], tools: Mapping[str, str], *, color: bool
) -> Batch:
    """Return the batch of one `cargo build`, `check`, `clippy` or `doc`."""
    template = template_of(members[0].spec.command, members[0].package.name)
    assert template is not None
    crates = Crates(members, packages, root)
    step = BuildStep(template, crates, keep_going=can_keep_going(tools), color=color)
    return Batch(
        members, [(step, None)], packages, crates.cwd, wider=wider(members, packages, root), dev=step.need == "dev"
    )


__all__ = ["alike", "start"]
