"""Findings as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), for code scanning and editors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pitstop.core.text import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pitstop.core.finding import Failure, Finding, Place
    from pitstop.explain.report.explained import Explained

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_MESSAGE = 1000  # characters


def as_sarif(explained: Iterable[Explained], version: str) -> dict[str, Any]:
    """Return what was explained as one SARIF log: a result for each place that a tool names, else for each finding."""
    results = []
    rules: dict[str, dict[str, Any]] = {}
    for one in explained:
        for finding in one.findings:
            told = [failure for failure in finding.failures if failure.place and not failure.summary]
            for failure in told or (None,):
                rule = _rule(finding, failure)
                rules.setdefault(rule["id"], rule)
                results.append(_result(finding, failure, rule["id"], list(rules).index(rule["id"]), one))
    driver = {
        "name": "pitstop",
        "version": version,
        "semanticVersion": version,
        "rules": list(rules.values()),
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _rule(finding: Finding, failure: Failure | None) -> dict[str, Any]:
    own = failure.code or failure.kind if failure else ""
    name = (
        f"{failure.tool}/{own}"
        if failure and own
        else finding.code or f"{finding.category}/{finding.kind or 'unknown'}"
    )
    rule: dict[str, Any] = {"id": name.replace(" ", "-"), "shortDescription": {"text": finding.details or name}}
    if finding.references:
        rule["helpUri"] = finding.references[0]
    return rule


def _result(finding: Finding, failure: Failure | None, rule: str, index: int, explained: Explained) -> dict[str, Any]:
    text = failure.message if failure else finding.summary
    result: dict[str, Any] = {
        "ruleId": rule,
        "ruleIndex": index,
        "level": "error",
        "message": {"text": shorten(text, _MESSAGE) or finding.summary or "failed"},
        "properties": {
            "category": finding.category,
            "kind": finding.kind,
            "confidence": round(finding.confidence, 3),
            "log": explained.source,
        },
    }
    place = failure.place if failure else None
    if place:
        result["locations"] = [{"physicalLocation": _location(place)}]
    elif explained.file and finding.evidence:
        region = {"startLine": max(finding.evidence[0].number, 1)}
        artifact = {"uri": _uri(explained.file)}
        result["locations"] = [{"physicalLocation": {"artifactLocation": artifact, "region": region}}]
    return result


def _location(place: Place) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.file)}}
    if place.line > 0:
        location["region"] = {"startLine": place.line} | ({"startColumn": place.column} if place.column > 0 else {})
    return location


def _uri(path: str) -> str:
    from urllib.parse import quote

    path = path.replace("\\", "/")
    if path.startswith("/"):
        return "file://" + quote(path)
    return quote(path.removeprefix("./"))
