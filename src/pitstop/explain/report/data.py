"""Findings as JSON; the schema is documented in docs/reference/findings.md, which is generated from the types here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pitstop.explain.report.explained import certainty

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pitstop.core.finding import Finding
    from pitstop.explain.report.explained import Explained

SCHEMA = 1
"""Version of the form; fields may be added within one."""


def as_data(explained: Iterable[Explained]) -> dict[str, Any]:
    """Return what was explained as one value for JSON."""
    logs = []
    findings = []
    for number, one in enumerate(explained):
        logs.append(
            {
                "name": one.source,
                "file": one.file,
                "run": one.run,
                "task": one.task,
                "lines": len(one.lines),
                "against": one.against,
                "failed": bool(one.findings),
            }
        )
        findings += [_finding(finding, one, number) for finding in one.findings]
    return {"schema": SCHEMA, "failed": bool(findings), "findings": findings, "logs": logs}


def _finding(finding: Finding, explained: Explained, log: int) -> dict[str, Any]:
    return {
        "summary": finding.summary,
        "category": finding.category,
        "kind": finding.kind,
        "confidence": round(finding.confidence, 3),
        "certainty": certainty(finding.confidence),
        "reasons": list(finding.reasons),
        "step": finding.step,
        "evidence": [
            {"number": one.number, "text": one.text, "score": round(one.score, 4)}
            | ({"why": dict(one.why)} if one.why else {})
            for one in finding.evidence
        ],
        "failures": [
            failure._asdict() | {"place": failure.place._asdict() if failure.place else None}
            for failure in finding.failures
        ],
        "code": finding.code,
        "details": finding.details,
        "solutions": [solution._asdict() for solution in finding.solutions],
        "references": list(finding.references),
        "retry": finding.retry,
        "again": list(explained.again),
        "hints": list(explained.hints),
        "log": log,
    }
