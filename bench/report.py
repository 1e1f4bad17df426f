"""Results as a file, as a page, and beside earlier results."""

from __future__ import annotations

import json
import os
import platform
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from bench import peers
from bench.measure import Sample, median
from bench.targets import MIB, TIMES, Row, Verdict, verdicts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bench.tools import Tool

Results: TypeAlias = "dict[str, object]"


def this_machine() -> dict[str, object]:
    """Return what is known about this machine that may explain a figure; nothing that names it."""
    model = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
    except OSError:
        pass
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "memory_gib": round(memory / (1 << 30)),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
    }


def short_name() -> str:
    """Return a name for machines like this one: `linux-x86_64-2`."""
    return f"{platform.system()}-{platform.machine()}-{os.cpu_count()}".lower()


def rows_of(samples: Mapping[str, Mapping[str, Iterable[Sample]]]) -> dict[str, dict[str, Row]]:
    """Return the medians of each tool in each scenario."""
    return {
        scenario: {tool: _medians(list(of)) for tool, of in tools.items() if of} for scenario, tools in samples.items()
    }


def _medians(samples: list[Sample]) -> Row:
    own = [sample.own_cpu_s for sample in samples if sample.own_cpu_s is not None]
    return Row(
        wall_s=median([sample.wall_s for sample in samples]),
        cpu_s=median([sample.cpu_s for sample in samples]),
        own_cpu_s=median(own) if own else None,
        peak_bytes=median([sample.peak_bytes for sample in samples]),
        runs=len(samples),
    )


def seconds(value: float) -> str:
    """Return a time with as many digits as it deserves: `42.1 s`, `1.23 s`, `123 ms`, `12.3 ms`."""
    if value >= 10:
        return f"{value:.1f} s"
    if value >= 1:
        return f"{value:.2f} s"
    return f"{value * 1000:.0f} ms" if value >= 0.1 else f"{value * 1000:.1f} ms"


def table(rows: Mapping[str, Row]) -> str:
    """Return one scenario as a Markdown table; the last column is the time as a multiple of pitstop's."""
    ours = rows.get("pitstop")
    lines = [
        f"| tool | time | CPU | peak memory | {TIMES} pitstop | runs |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, row in rows.items():
        ratio = f"{row.wall_s / ours.wall_s:.2f}" if ours else ""
        memory = f"{row.peak_bytes / MIB:.0f} MiB"
        lines.append(f"| {name} | {seconds(row.wall_s)} | {seconds(row.cpu_s)} | {memory} | {ratio} | {row.runs} |")
    return "\n".join(lines) + "\n"


def targets_table(found: Iterable[Verdict], titles: Mapping[str, str]) -> str:
    """Return the targets, what was measured, and whether they are met, as a Markdown table."""
    lines = ["| scenario | figure | target | measured | |", "| --- | --- | ---: | ---: | --- |"]
    for verdict in found:
        bound = "≥" if verdict.at_least else "≤"
        shown = "met" if verdict.met else "**missed**"
        title = titles.get(verdict.scenario, verdict.scenario)
        value = f"{verdict.value:.3g}" if verdict.value < 100 else f"{verdict.value:.0f}"
        lines.append(
            f"| {title} | {verdict.text} | {bound} {verdict.limit:g} {verdict.unit} | {value} {verdict.unit} | {shown} |"
        )
    return "\n".join(lines) + "\n"


def page(
    results: Mapping[str, object],
    rows: Mapping[str, Mapping[str, Row]],
    titles: Mapping[str, str],
    tools: Iterable[Tool],
    notes: str,
) -> str:
    """Return `docs/benchmarks.md`."""
    versions = results["versions"]
    assert isinstance(versions, dict)
    parts = [
        "<!-- Written by `python -m bench`; change that, or bench/notes.md. -->\n# How fast pitstop is\n",
        _measured_on(results),
        _HOW,
        "## Targets\n",
        targets_table(verdicts(rows), titles),
        notes,
        "## Figures\n",
    ]
    for scenario, title in titles.items():
        if scenario in rows:
            parts += [f"### {title}\n", table(rows[scenario])]
    parts += ["## Tools and their settings\n", "| tool | version | run as |\n| --- | --- | --- |"]
    parts[-1] += "".join(f"\n| {tool.name} | {versions.get(tool.name, '')} | {tool.note} |" for tool in tools) + "\n"
    return "\n".join(parts)


def _measured_on(results: Mapping[str, object]) -> str:
    machine = results["machine"]
    assert isinstance(machine, dict)
    return (
        f"Measured on {results['date']} with `python -m bench`: {machine['cpu']}, {machine['cores']} cores, "
        f"{machine['memory_gib']} GiB, {machine['system']}, Python {machine['python']}; load before the start "
        f"{results['load']}.\n"
    )


_HOW = """\
Each tool works on its own copy of the same generated workspace: 500 packages of 20 tracked files, each with up to
three dependencies, in one git commit. Each build is four short programs (`mkdir`, `cat`, `cksum` and their shell), so
that the runner is measured and not the work. Time is that of the whole process, CPU is user and system time of the
process and its descendants, memory is the largest process. Figures are medians; the tools take turns, one run each, so
that a disturbance of the machine meets all of them. The outputs of all tools are compared after each round. A peer
whose first run needs more than eight times what the fastest needs is run once only.
"""


def save(path: Path, results: Mapping[str, object]) -> None:
    """Write results as JSON, one line a run, so that two files can be compared by eye."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def load_samples(path: Path) -> dict[str, dict[str, list[Sample]]]:
    """Return the samples that a results file holds."""
    saved = json.loads(path.read_text(encoding="utf-8"))["samples"]
    return {
        scenario: {tool: [Sample(*sample) for sample in of] for tool, of in tools.items()}
        for scenario, tools in saved.items()
    }


def latest(folder: Path) -> Path | None:
    """Return the newest results file of machines like this one."""
    return max(folder.glob(f"*-{short_name()}.json"), default=None)


def compared(before: Mapping[str, Mapping[str, Row]], after: Mapping[str, Mapping[str, Row]]) -> str:
    """Return what moved between two results, as a Markdown table."""
    lines = ["| scenario | tool | time before | now | | CPU before | now | |", "| --- | --- |" + " ---: |" * 6]
    for scenario, tools in after.items():
        for tool, now in tools.items():
            then = before.get(scenario, {}).get(tool)
            if then is None:
                continue
            wall, cpu = now.wall_s / then.wall_s - 1, now.cpu_s / then.cpu_s - 1 if then.cpu_s else 0.0
            lines.append(
                f"| {scenario} | {tool} | {seconds(then.wall_s)} | {seconds(now.wall_s)} | {wall:+.0%} "
                f"| {seconds(then.cpu_s)} | {seconds(now.cpu_s)} | {cpu:+.0%} |"
            )
    return "\n".join(lines) + "\n"


def put_in(page: str, title: str, section: str) -> str:
    """Return `page` with a section, which begins with `title`, in the place of the one before, or at the end."""
    before, _, old = page.partition(f"{title}\n")
    _, heading, after = old.partition("\n## ")
    return before.rstrip("\n") + "\n\n" + section.rstrip("\n") + "\n" + (f"\n## {after}" if heading else "")


def keep(name: str, title: str, figures: dict[str, Any], section: Callable[[dict[str, Any]], str]) -> None:
    """Write figures, with where and on what they were taken, to `results/<name>.json` and as a section of the page."""
    when = time.strftime("%Y-%m-%d", time.gmtime())
    results = {"date": when, "machine": this_machine(), "commit": peers.pitstop_version(), **figures}
    (Path(__file__).parent / "results" / f"{name}.json").write_text(json.dumps(results, indent=1) + "\n")
    page = peers.REPOSITORY / "docs" / "benchmarks.md"
    page.write_text(put_in(page.read_text(encoding="utf-8"), title, section(results)), encoding="utf-8")


def with_others(page: str, before: str) -> str:
    """Return `page`, which was made anew, with the sections of the page before it that other benches have put there."""
    for section in before.split("\n## ")[1:]:
        title = section.partition("\n")[0]
        if f"\n## {title}\n" not in page:
            page = put_in(page, f"## {title}", f"## {section}")
    return page
