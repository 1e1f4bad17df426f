"""The figures of `bench.tiers` as lines, and as a section of `docs/benchmarks.md`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.report import seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

TARGET = 0.7
TITLE = "## Shared caches"
_CLIENTS = {
    "redis": "`redis-benchmark` GET",
    "s3": "obstore, 16 threads",
    "reapi": "gRPC, `BatchReadBlobs`/`Read`",
    "http": "urllib3, 8 threads",
}
_TEXT = """
`python -m bench.tiers`, servers on the loopback of the same machine (Redis, versitygw, buildbox-casd, `pitstop cache
serve`); {cpu}, {cores} cores, {date}, medians of {rounds}. Restored are 10,000 outputs of 1 KiB, which belong to 100
tasks, or one of 1 GiB; nothing compresses them. *Plain* is what the server's own client needs to move as many bytes in
as many values and drop them; *moved* is the same by the tier. *Written* is what it takes to write as many files of that
size, *in the store* what the tier and the local store need together, every byte verified by its digest. Speeds are
plain ÷ moved, and (plain + written) ÷ in the store: at least {target:.0%} are asked for. The whole of `pitstop run` on
a machine that has nothing stands beside one whose local store has it all.

"""


def ratios(row: Mapping[str, Any]) -> tuple[float, float]:
    """Return how fast the tier moves, and how fast it fills the store, as parts of what is plainly possible."""
    return row["plain"] / row["moved"], (row["plain"] + row["written"]) / row["brought"]


def line(name: str, row: Mapping[str, Any]) -> str:
    """Return the figures of one tier and load as a line."""
    moving, storing = ratios(row)
    text = f"{name:<13} plain {seconds(row['plain']):>8}  moved {seconds(row['moved']):>8} ({moving:.0%})"
    text += f"  written {seconds(row['written']):>8}  in the store {seconds(row['brought']):>8} ({storing:.0%})"
    if "run" in row:
        text += f"  run {seconds(row['run']):>8}  run, local {seconds(row['run_local']):>8}"
    return text


def of(results: Mapping[str, Any]) -> str:
    """Return the section."""
    machine = results["machine"]
    text = _TEXT.format(target=TARGET, rounds=results["rounds"], date=results["date"], **machine)
    rows = [
        "| tier | restored | plain client | plain | moved | speed | written | in the store | speed | run | run, local store |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, row in results["rows"].items():
        kind, _, load = name.partition(" ")
        moving, storing = (f"{ratio:.0%}" if ratio >= TARGET else f"**{ratio:.0%}**" for ratio in ratios(row))
        what = "10,000 of 1 KiB" if load == "small" else "1 GiB"
        cells = [kind, what, _CLIENTS[kind], seconds(row["plain"]), seconds(row["moved"]), moving]
        cells += [
            seconds(row["written"]),
            seconds(row["brought"]),
            storing,
            seconds(row["run"]),
            seconds(row["run_local"]),
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return f"{TITLE}\n" + text + "\n".join(rows) + "\n"
