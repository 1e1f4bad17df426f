"""Many runs at once, in one checkout and in many with one cache: the outputs are those of a serial run."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest
from tests.cli.scripted import endings
from tests.e2e.mill import Mill, differences, living_in
from tests.support.pit import until

if TYPE_CHECKING:
    from tests.support.pit import Pit

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")]


def test_four_runs_in_one_checkout_end_with_the_outputs_of_one(pit: Pit) -> None:
    mill = Mill(pit.root, 120, seed=5)
    for turn in range(3):
        results = [running.wait() for running in [pit.start("run", "--output", "json") for _ in range(4)]]
        assert [result.exit for result in results] == [0] * 4, turn
        assert differences(mill.found(), mill.expected()) == {}, turn
        for result in results:
            assert sorted(endings(result)) == sorted(f"//:{name}" for name in mill.names)
        mill.write({name: f"{name} in turn {turn}\n" for name in mill.rng.sample(mill.names, 30)})
    ran = (pit.home / "ran").read_text().split()
    assert sorted(set(ran)) == mill.names
    serial = pit("run", "--output", "json")
    assert differences(mill.found(), mill.expected()) == {}
    assert sorted(endings(serial)) == sorted(f"//:{name}" for name in mill.names)
    assert pit("cache", "verify").exit == 0
    until(lambda: not living_in(pit.root), "the end of every process")


def test_no_task_runs_twice_when_four_runs_want_it(pit: Pit) -> None:
    mill = Mill(pit.root, 40, seed=6)
    for running in [pit.start("run") for _ in range(4)]:
        assert running.wait().exit == 0
    assert sorted((pit.home / "ran").read_text().split()) == mill.names


def test_eight_checkouts_share_one_cache(pit: Pit) -> None:
    mill = Mill(pit.root, 80, seed=7)
    homes = [pit.home / f"checkout {number}" for number in range(8)]
    for home in homes:
        shutil.copytree(pit.root, home)
    home, pit.root = pit.root, homes[0]
    running = []
    for checkout in homes:
        pit.root = checkout
        running.append(pit.start("run"))
    results = [one.wait() for one in running]
    assert [result.exit for result in results] == [0] * 8
    expected = mill.expected()
    for checkout in homes:
        assert differences(mill.found(checkout), expected) == {}
    assert pit("cache", "verify").exit == 0
    pit.root = home
    assert set(endings(pit("run", "--output", "json")).values()) == {"cache"}
    assert differences(mill.found(), expected) == {}


def test_runs_of_other_contents_in_checkouts_with_one_cache_do_not_mix(pit: Pit) -> None:
    first = Mill(pit.root, 60, seed=8)
    second = Mill(pit.home / "other", 60, seed=8)
    second.write({name: f"{name} of another\n" for name in second.names[::2]})
    for turn in range(2):
        one = pit.start("run")
        two = pit.start("run", cwd=str(second.root))
        assert (one.wait().exit, two.wait().exit) == (0, 0)
        assert differences(first.found(), first.expected()) == {}
        assert differences(second.found(), second.expected()) == {}
        first.write({name: f"{name} of another\n" for name in first.names[turn::3]})
        second.write({name: f"{name} at first\n" for name in second.names[turn::3]})
