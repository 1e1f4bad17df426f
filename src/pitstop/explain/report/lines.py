"""The evidence alone, for other programs: number, score and text of each line, the most telling first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pitstop.core.finding import Evidence
    from pitstop.explain.report.explained import Explained


def as_lines(explained: Iterable[Explained]) -> Iterator[str]:
    """Yield `NUMBER<TAB>SCORE<TAB>TEXT` for each line of evidence; of several logs the first goes first."""
    for one in explained:
        told: dict[int, Evidence] = {}
        for finding in one.findings:
            for line in finding.evidence:
                told.setdefault(line.number, line)
        for number, text, score, _ in sorted(told.values(), key=lambda line: -line.score):
            yield f"{number}\t{score:.4f}\t{text}"
