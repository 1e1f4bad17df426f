"""The store, damaged: a miss and a note, never a wrong file."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from inline_snapshot import snapshot
from tests.cli.scripted import ran, run, tasks

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.pit import Pit

pytestmark = pytest.mark.slow

BUILD = """\
[tasks.build]
command = "mkdir -p dist && cat in.txt in.txt > dist/twice.txt && head -c 300000 /dev/zero | tr '\\\\0' x > dist/large.txt && seq 5000"
outputs = ["dist/**"]
"""


def repository(pit: Pit) -> dict[str, bytes]:
    """Build once and return what was built."""
    tasks(pit, BUILD).write("in.txt", "in\n")
    assert ran(pit, "build") == ["//:build"]
    return outputs(pit)


def outputs(pit: Pit) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (pit.root / "dist").iterdir()}


def store(pit: Pit) -> list[Path]:
    return sorted(path for room in ("cas", "ac") for path in pit.cache.glob(f"pitstop/{room}/*/*"))


def forget(pit: Pit) -> None:
    shutil.rmtree(pit.root / "dist")
    shutil.rmtree(pit.root / ".pitstop/state")


@pytest.mark.parametrize("room", ["cas", "ac"])
@pytest.mark.parametrize("how", ["a flipped bit", "cut short", "emptied", "made longer", "gone", "of something else"])
def test_a_file_of_the_store_that_is_damaged_is_a_miss(pit: Pit, room: str, how: str) -> None:
    good = repository(pit)
    files = [path for path in store(pit) if path.parts[-3] == room]
    rng = random.Random(how + room)
    for path in files:
        data = bytearray(path.read_bytes())
        match how:
            case "a flipped bit":
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            case "cut short":
                data = data[: rng.randrange(len(data))]
            case "emptied":
                data.clear()
            case "made longer":
                data += b"x"
            case _:
                data[:] = rng.randbytes(len(data))
        path.write_bytes(data)
        if how == "gone":
            path.unlink()
    forget(pit)
    assert run(pit, "build") == {"//:build": "run"}
    assert outputs(pit) == good
    forget(pit)
    assert run(pit, "build") == {"//:build": "cache"}  # the damage is mended
    assert outputs(pit) == good


def test_a_wrong_blob_is_said_and_taken_away(pit: Pit) -> None:
    repository(pit)
    blob = min((path for path in store(pit) if path.parts[-3] == "cas"), key=lambda path: path.stat().st_size)
    data = bytearray(blob.read_bytes())
    data[0] ^= 1
    blob.write_bytes(data)
    forget(pit)
    assert pit("run", "build") == snapshot("""\
exit: 0
note    `[cache]/pitstop/cas/2a/[hash]` had wrong bytes: removed, and counted as a miss
ok      //:build [time]
1 task: 0 cached, 1 ran, 0 failed in [time]
""")


def test_verify_names_what_is_wrong_and_leaves_the_rest(pit: Pit) -> None:
    repository(pit)
    assert pit("cache", "verify") == snapshot("""\
exit: 0
4 files read, 0 wrong
""")
    for path in store(pit)[:2]:
        path.write_bytes(b"wrong")
    assert pit("cache", "verify") == snapshot("""\
exit: 3
removed cas/[hash]: wrong bytes
removed ac/[hash]: wrong bytes
4 files read, 2 wrong
""")
    assert pit("cache", "verify") == snapshot("""\
exit: 0
2 files read, 0 wrong
""")
    store(pit)[0].write_bytes(b"wrong")
    found = pit("cache", "verify", "--json")
    assert found.exit == 3
    assert found.json["files_read"] == 2
    (wrong,) = found.json["removed"]
    assert wrong.startswith(("ac/", "cas/"))


def test_what_is_in_the_way_in_the_store_is_no_crash(pit: Pit) -> None:
    good = repository(pit)
    for path in store(pit):
        path.unlink()
        path.mkdir()
    forget(pit)
    shown = pit("run", "build")
    assert shown.exit == 0
    assert "Traceback" not in shown.err
    assert outputs(pit) == good
    assert pit("cache", "verify").exit in {0, 3}
    assert pit("cache", "prune", "--max-size", "0").exit == 0


def test_the_longest_unused_go_first(pit: Pit) -> None:
    tasks(
        pit,
        "".join(
            f'[tasks.t{n}]\ncommand = "mkdir -p dist && seq {n} {n + 2000} > dist/{n}"\noutputs = ["dist/{n}"]\n'
            for n in range(4)
        ),
    )
    for n in range(4):
        ran(pit, f"t{n}")
        for path in store(pit):
            age = path.stat().st_mtime - 1000  # what is there already is a thousand seconds older than what comes
            os.utime(path, (age, age))
    shutil.rmtree(pit.root / ".pitstop/state")
    shutil.rmtree(pit.root / "dist")
    assert run(pit, "t0") == {"//:t0": "cache"}  # used again, it is the youngest now
    total = sum(path.stat().st_size for path in store(pit))
    assert pit("cache", "prune", "--max-size", str(total // 2 + 300)).exit == 0
    assert sum(path.stat().st_size for path in store(pit)) <= total // 2 + 300
    shutil.rmtree(pit.root / ".pitstop/state")
    shutil.rmtree(pit.root / "dist")
    assert run(pit, "t0", "t1", "t2", "t3") == {"//:t0": "cache", "//:t1": "run", "//:t2": "run", "//:t3": "cache"}
    left = [path.stat().st_size for path in store(pit)]
    removed = {"files_removed": len(left), "bytes_freed": sum(left), "bytes_left": 0}
    assert pit("cache", "prune", "--max-size=0", "--json").json == removed


def test_a_run_keeps_the_store_within_its_bound(pit: Pit) -> None:
    settings = '[cache]\nmax_size = "100kB"\n[tasks.build]\ncommand = "mkdir -p dist && seq $FROM 20000 > dist/out"\nenv = ["FROM"]\noutputs = ["dist/**"]\n'
    tasks(pit, settings)
    for start in range(6):
        assert run(pit, "build", env={"FROM": str(start)}) == {"//:build": "run"}
        assert sum(path.stat().st_size for path in store(pit)) <= 100_000 or start == 0
    assert pit("cache", "stats", "--json").json["max_bytes"] == 100_000


def test_stats_say_what_is_there(pit: Pit) -> None:
    repository(pit)
    assert pit("cache", "stats") == snapshot("""\
exit: 0
folder   [cache]/pitstop
results  1
blobs    3
size [size] of [size]
""")
    found = pit("cache", "stats", "--json").json
    assert found["bytes"] == sum(path.stat().st_size for path in store(pit))
    assert (found["results"], found["blobs"]) == (1, 3)


@pytest.mark.parametrize("size", ["five", "-1", "1XB", ""])
def test_a_size_that_is_none_is_refused(pit: Pit, size: str) -> None:
    tasks(pit, BUILD)
    assert pit("cache", "prune", f"--max-size={size}").exit == (0 if size == "" else 2)


def test_why_miss_names_the_file_the_variable_and_the_other_task(pit: Pit) -> None:
    settings = """\
[tasks.gen]
command = "mkdir -p dist && cat schema.txt > dist/gen.txt"
inputs = ["schema.txt"]
outputs = ["dist/gen.txt"]
[tasks.use]
command = "cat dist/gen.txt in.txt"
inputs = ["in.txt"]
env = ["MODE"]
depends_on = ["gen"]
"""
    tasks(pit, settings).write("in.txt", "in").write("schema.txt", "s1")
    assert pit("cache", "why-miss", "use") == snapshot("""\
exit: 0
//:use would be looked at after //:gen, whose outputs decide
""")
    ran(pit, "use")
    assert pit("cache", "why-miss", "use") == snapshot("""\
exit: 0
//:use would not run: its outputs here are up to date
""")
    pit.write("in.txt", "IN")
    assert pit("cache", "why-miss", "use", env={"MODE": "fast"}) == snapshot("""\
exit: 0
//:use would run: env MODE is new and 1 more
  env MODE is new
  in.txt changed
""")
    pit.write("schema.txt", "s2")
    assert pit("cache", "why-miss", "use") == snapshot("""\
exit: 0
//:use would be looked at after //:gen, whose outputs decide
""")
    assert pit("cache", "why-miss", "gen", "--json").json["changes"] == ["schema.txt changed"]
    ran(pit, "use")
    assert pit("cache", "why-miss", "use") == snapshot("""\
exit: 0
//:use would not run: its outputs here are up to date
it last missed in run [run]:
  in.txt changed
  task //:gen changed
""")


def test_what_a_killed_run_left_half_restored_is_cleared_away_and_is_no_output(pit: Pit) -> None:
    good = repository(pit)
    scratch = pit.root / ".pitstop/state"
    dead = subprocess.Popen(("true",))
    dead.wait()
    (scratch / f"restored-{dead.pid}-ab-1").write_bytes(b"half")
    (scratch / f"restored-{os.getpid()}-ab-1").write_bytes(b"of a run that goes on")
    (pit.root / "dist/large.txt").write_bytes(b"changed")
    assert run(pit, "build") == {"//:build": "cache"}
    assert outputs(pit) == good
    assert [path.name for path in scratch.glob("restored-*")] == [f"restored-{os.getpid()}-ab-1"]
