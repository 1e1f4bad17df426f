"""What a tier moves: its bytes dropped, brought into a local store, and as part of a whole `pitstop run`."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from itertools import count as counting
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from bench import measure
from bench.measure import BenchError
from pitstop.cache.actions import ActionResult, OutputFile, encode_result
from pitstop.cache.disk import DiskStore
from pitstop.cache.tiers.layers import Parcel, bring, look, send
from pitstop.cache.tiers.open import open_tier
from pitstop.core.digest import Digest, digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from bench.tiers.servers import Served

_FILES = 100
"""Outputs of a task, where they are small."""


class Load(NamedTuple):
    """What is restored: `files` outputs of `size` bytes that nothing makes smaller."""

    files: int
    size: int

    @property
    def tasks(self) -> int:
        """How many tasks they are of."""
        return -(-self.files // _FILES)


class Kept(NamedTuple):
    """What a tier was given."""

    served: Served
    actions: list[str]
    load: Load


def fill(served: Served, load: Load, folder: Path) -> Kept:
    """Send the results of `load`, with all that they name, as a run does."""
    store = DiskStore(str(folder / "source"))
    numbers = random.Random(5)
    parcels = []
    for task in range(load.tasks):
        files = []
        for number in range(min(_FILES, load.files - task * _FILES)):
            name = store.put(_bytes(numbers, load.size))
            if name is None:
                raise BenchError(store.trouble)
            files.append(OutputFile(f"out/{task}/{number}", name))
        message = encode_result(ActionResult(tuple(files), worker="bench", duration_s=1.0))
        parcels.append(Parcel(digest_of(message).hash, message, tuple(file.digest for file in files)))
    tier = open_tier(served.address._replace(timeout_s=60), served.environ)
    sent = send(tier, store, parcels)
    tier.close()
    _cleared(folder / "source", load)
    if len(sent.results) != len(parcels):
        raise BenchError(f"{served.address.kind} took {len(sent.results)} of {len(parcels)} results")
    return Kept(served, [parcel.action for parcel in parcels], load)


def _bytes(numbers: random.Random, size: int) -> bytes:
    return os.urandom(size) if size > 1 << 20 else numbers.randbytes(size)


def moved(kept: Kept) -> float:
    """Return the seconds in which all bytes are asked for and dropped."""
    start = time.perf_counter()
    tier = open_tier(kept.served.address, kept.served.environ)
    got, _ = look(tier, kept.actions, lambda _action, _message: "")
    size = sum(len(data) for one in got for data in one.carried.values())
    left = [digest for one in got for digest in one.blobs if digest not in one.carried]
    lock = Lock()

    def sink(_digest: Digest, pieces: Iterable[bytes]) -> bool:
        nonlocal size
        found = sum(len(piece) for piece in pieces)
        with lock:
            size += found
        return True

    if left:
        tier.get_blobs(left, sink)
    took = time.perf_counter() - start
    tier.close()
    _expect(kept, size)
    return took


def brought(kept: Kept, folder: Path) -> float:
    """Return the seconds in which all of it is in a local store, verified."""
    store = DiskStore(str(folder / "brought"))
    start = time.perf_counter()
    tier = open_tier(kept.served.address, kept.served.environ)
    got, _ = look(tier, kept.actions, lambda _action, _message: "")
    here: list[str] = []
    bring(tier, store, got, lambda one: here.append(one.action))
    took = time.perf_counter() - start
    tier.close()
    _expect(kept, store.stored_bytes)
    _cleared(folder / "brought", kept.load)
    return took


def written(load: Load, folder: Path) -> float:
    """Return the seconds in which as many files of the same size are written, by whoever has their bytes."""
    root = folder / "written"
    root.mkdir()
    data = os.urandom(min(load.size, 8 << 20))
    start = time.perf_counter()
    for number in range(load.files):
        fd = os.open(f"{root}/{number}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        for _ in range(max(1, load.size // len(data))):
            os.write(fd, data)
        os.close(fd)
    took = time.perf_counter() - start
    _cleared(root, load)
    return took


def _cleared(path: Path, load: Load) -> None:
    """Make room for the next round.

    Many small files are only moved aside: ext4 does not give out inodes that were freed within the last minutes, and
    looks at each of them first, so that removing ten thousand files would slow down making the next ten thousand.
    """
    if load.size > 1 << 20:
        shutil.rmtree(path)
    else:
        path.rename(f"{path}-{time.monotonic_ns()}")


def _expect(kept: Kept, size: int) -> None:
    wanted = kept.load.files * kept.load.size
    if size != wanted:
        raise BenchError(f"{kept.served.address.kind}: {size} bytes came, not {wanted}")


class Whole:
    """A repository whose tasks make the load, run on machines that have only the tier in common."""

    def __init__(self, served: Served, load: Load, folder: Path, scripts: Path) -> None:
        self._served = served
        self._folder = folder
        self._program = str(scripts / "pitstop")
        self._numbers = counting()
        self._load = load
        self._root = folder / "repository"
        self._root.mkdir()
        files = min(_FILES, load.files)
        each = f"mkdir -p out/$1; for n in $(seq {files}); do head -c {load.size} /dev/urandom > out/$1/$n; done\n"
        (self._root / "make.sh").write_text(each)
        names = [f"t{task}" for task in range(load.tasks)]
        settings = f"[run]\ntasks = {names}\n{served.settings}"
        for name in names:
            settings += (
                f"[tasks.{name}]\ncommand = 'sh make.sh {name}'\noutputs = ['out/{name}/**']\ninputs = ['make.sh']\n"
            )
        (self._root / "pitstop.toml").write_text(settings)
        (self._root / ".gitignore").write_text("out/\n.pitstop/\n")
        for argv in (
            ["init", "-q"],
            ["add", "-A"],
            ["-c", "user.name=b", "-c", "user.email=b@b", "commit", "-qm", "."],
        ):
            subprocess.run(["git", *argv], cwd=self._root, check=True)
        self._run({"CI": "true"}, self._machine())

    def from_tier(self) -> measure.Sample:
        """Return what it costs on a machine that has nothing."""
        return self._run({}, self._machine())

    def from_store(self) -> measure.Sample:
        """Return what it costs on a machine whose local store has it all."""
        machine = self._machine()
        self._run({}, machine)
        return self._run({}, machine)

    def _machine(self) -> Path:
        for old in self._folder.glob("machine*") if self._load.files == 1 else ():
            shutil.rmtree(old)
        machine = self._folder / f"machine{next(self._numbers)}"
        machine.mkdir()
        return machine

    def _run(self, env: Mapping[str, str], machine: Path) -> measure.Sample:
        for name in ("out", ".pitstop"):
            if (self._root / name).exists():
                _cleared(self._root / name, self._load)
        given = {**self._served.environ, "PATH": os.environ["PATH"], "HOME": str(machine), **env}
        sample = measure.once([self._program, "run"], cwd=self._root, env=given, log=self._folder / "log")
        if not env and f"{self._load.tasks} " not in (self._folder / "log").read_text():
            raise BenchError((self._folder / "log").read_text()[-2000:])
        return sample
