"""Large directories: what is stored and sent of 500 MB after a hundredth of it has changed, and how long packing takes.

`python -m bench.chunks` makes the directory from a seed, like a `target/` folder (large libraries and many small
files), packs it, changes it in three ways, and packs each of these; it writes `bench/results/chunks.json` and a section
of `docs/benchmarks.md`. What is sent to a tier is what was stored anew, less what zstd takes off; random bytes, as
these are, it takes nothing off.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import peers, report
from pitstop.cache.disk import DiskStore
from pitstop.cache.trees.pack import pack, walk
from pitstop.cache.trees.unpack import load, unpack

if TYPE_CHECKING:
    from collections.abc import Callable

LARGE, LARGE_SIZE = 40, 8_000_000
SMALL, SMALL_SIZE = 9_000, 20_000
TARGET = 0.05
_TITLE = "## Large directories"


def make(folder: Path) -> None:
    """Write the directory: 500 MB in 9,040 files."""
    numbers = random.Random(1)
    (folder / "deps").mkdir(parents=True)
    for index in range(LARGE):
        (folder / "deps" / f"lib{index:02}.rlib").write_bytes(numbers.randbytes(LARGE_SIZE))
    for index in range(SMALL):
        place = folder / "build" / f"{index % 100:02}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"unit{index:04}.o").write_bytes(numbers.randbytes(SMALL_SIZE))


def some_files(folder: Path, numbers: random.Random) -> None:
    """Write a hundredth of the small files and of the bytes of the large ones anew."""
    for path in numbers.sample(sorted((folder / "build").rglob("*.o")), SMALL // 100):
        path.write_bytes(numbers.randbytes(SMALL_SIZE + 300))
    one = folder / "deps" / "lib07.rlib"
    data = one.read_bytes()
    part = LARGE * LARGE_SIZE // 100
    one.write_bytes(data[:1_000_000] + numbers.randbytes(part) + data[1_000_000 + part :])


def one_library(folder: Path, numbers: random.Random) -> None:
    """Put 5 MB into the middle of one library, so that what follows moves."""
    one = folder / "deps" / "lib11.rlib"
    data = one.read_bytes()
    one.write_bytes(data[:3_000_000] + numbers.randbytes(5_000_000) + data[3_000_000:])


def every_library(folder: Path, numbers: random.Random) -> None:
    """Write 125 kB anew in one place of each library: a hundredth, spread over all of them."""
    for path in sorted((folder / "deps").iterdir()):
        data = bytearray(path.read_bytes())
        begin = numbers.randrange(len(data) - 125_000)
        data[begin : begin + 125_000] = numbers.randbytes(125_000)
        path.write_bytes(data)


CHANGES: dict[str, Callable[[Path, random.Random], None]] = {
    "a hundredth of the files": some_files,
    "5 MB put into one library": one_library,
    "125 kB in each library": every_library,
}


def main() -> int:
    """Measure, print and keep the figures."""
    rows: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(dir=peers.folder().parent) as temporary:
        folder, store = Path(temporary) / "target", DiskStore(f"{temporary}/store")
        make(folder)
        rows["all of it, the first time"] = packed(folder, store)
        for name, change in CHANGES.items():
            changed = Path(temporary) / "changed"
            shutil.copytree(folder, changed)
            change(changed, random.Random(name))
            rows[name] = packed(changed, store)
            shutil.rmtree(changed)
        manifest = load(store, pack(str(folder), walk(str(folder), [""]), store).manifest)  # type: ignore[union-attr]
        began = time.perf_counter()
        unpack(store, manifest, f"{temporary}/back")
        unpacking = round(time.perf_counter() - began, 3)
    for name, row in rows.items():
        print(f"{name:<28} {row['sent'] / 1e6:8.1f} MB of {row['size'] / 1e6:.0f} ({row['sent'] / row['size']:.1%})")
        print(f"{'':<28} {row['pack_s']:8.2f} s")
    report.keep("chunks", _TITLE, {"unpack_s": unpacking, "rows": rows}, section)
    return 0


def packed(folder: Path, store: DiskStore) -> dict[str, Any]:
    """Pack a directory; return its bytes, those that the store did not have, and the seconds."""
    began = time.perf_counter()
    done = pack(str(folder), walk(str(folder), [""]), store)
    assert done is not None
    return {"size": done.size, "sent": done.sent, "pack_s": round(time.perf_counter() - began, 3)}


def section(results: dict[str, Any]) -> str:
    """Return the section of `docs/benchmarks.md`."""
    machine = results["machine"]
    text = (
        f"{_TITLE}\n\n`python -m bench.chunks`: a directory of 500 MB in {LARGE + SMALL:,} files, packed into chunks as "
        f"an artifact is; {machine['cpu']}, {machine['cores']} cores, {results['date']}. At most {TARGET:.0%} may be sent "
        f"after a hundredth has changed. Unpacking all of it takes {results['unpack_s']:.1f} s.\n\n"
        "| changed | stored and sent | of all | packing |\n| --- | ---: | ---: | ---: |\n"
    )
    for name, row in results["rows"].items():
        text += f"| {name} | {row['sent'] / 1e6:.1f} MB | {row['sent'] / row['size']:.1%} | {row['pack_s']:.1f} s |\n"
    return text


if __name__ == "__main__":
    sys.exit(main())
