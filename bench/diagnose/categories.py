"""Whether the category of a failure is right, on logs of which a person said what kind of failure it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pitstop.core.finding import CODE, COMPILE, DEPENDENCY, INFRASTRUCTURE, STYLE, TEST
from pitstop.explain.diagnose import explain
from pitstop.explain.lines import read_lines
from pitstop.explain.report.explained import SURE, certainty

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bench.diagnose.logs import Log
    from pitstop.core.finding import Finding

_RIGHT: dict[str, Callable[[Finding], bool]] = {
    "Test": lambda one: one.category == TEST,
    "Compilation": lambda one: one.category == CODE and one.kind in {COMPILE, "types"},
    "Checkstyle": lambda one: one.category == CODE and one.kind == STYLE,
    "Missing library": lambda one: one.category == DEPENDENCY,
    "Unable to clone": lambda one: one.category == INFRASTRUCTURE and one.kind in {"git", "network"},
}
"""What pitstop must say where a person chose the word on the left."""


def score_categories(logs: Iterable[Log]) -> dict[str, Any]:
    """Return a table for people (`lines`), its figures (`summary`) and what was said of each log (`logs`)."""
    rows = [_row(log, explain(read_lines(log.read()))) for log in logs]
    lines = [f"{'category':<17}{'logs':>6}{'right':>8}{'sure':>8}{'right of sure':>16}"]
    figures = {}
    for name in (*_RIGHT, ""):
        own = [row for row in rows if name in {"", row["label"]}]
        sure = [row for row in own if row["certainty"] == SURE]
        share, of_sure = _share(own), _share(sure)
        figures[name or "all"] = {"logs": len(own), "right": share, "sure": len(sure), "right of sure": of_sure}
        lines.append(f"{name or 'all':<17}{len(own):>6}{share:>8.3f}{len(sure):>8}{of_sure:>16.3f}")
    return {"lines": lines, "set": "categories", "summary": figures, "logs": rows}


def _row(log: Log, findings: list[Finding]) -> dict[str, Any]:
    one = findings[0] if findings else None
    return {
        "name": log.name,
        "label": log.category,
        "category": one.category if one else "",
        "kind": one.kind if one else "",
        "certainty": certainty(one.confidence) if one else "",
        "right": bool(one and _RIGHT[log.category](one)),
    }


def _share(rows: list[dict[str, Any]]) -> float:
    return round(sum(row["right"] for row in rows) / len(rows), 4) if rows else 0.0
