"""Test results in the Test Anything Protocol (testanything.org), versions 12 to 14, as node, mocha, bats and prove write it."""

from __future__ import annotations

import re

from pitstop.core.events import FAILURE, SKIP, SUCCESS
from pitstop.links.testing.case import TestCase, shorten, to_text
from pitstop.links.testing.place import place_in

_POINT = re.compile(r"( *)(not )?ok\b(?: (\d{1,9}))?(?: - | -$| )?(.*)")
_DIRECTIVE = re.compile(r"(.*?)\s*(?<!\\)#\s*(skip|todo)\b\S*\s*(.*)", re.IGNORECASE)
_SUBTEST = re.compile(r"( *)# Subtest: (.*)")
_KEY = re.compile(r" *(duration_ms|type|location|error|message|failureType): *(.*)")
_OTHER = re.compile(r" *(?:#.*|at .*|1\.\.\d+)")
_BLOCK = 100
_LINE = 4096


def read_tap(log: bytes) -> list[TestCase]:
    """Return the test points; those that stand for a group of others are left out."""
    found: list[TestCase] = []
    groups: dict[int, str] = {}
    nested: set[int] = set()
    """Depths at which points came since the last point of a lesser depth."""
    details: list[str] = []
    last: int | None = None
    for raw in [*log.split(b"\n"), b"ok"]:
        line = to_text(raw[:_LINE]).rstrip()
        point = _POINT.fullmatch(line)
        subtest = _SUBTEST.fullmatch(line)
        if point is None and subtest is None:
            if last is not None and len(details) < _BLOCK:
                details.append(line)
            continue
        if last is not None:
            _finish(found, last, details)
        details, last = [], None
        if subtest is not None:
            groups[len(subtest[1])] = subtest[2]
        elif point is not None and (point[3] or point[4]):
            depth = len(point[1])
            inner = any(other > depth for other in nested)
            nested = {other for other in nested if other < depth} | {depth}
            case = _case(point, [groups[level] for level in sorted(groups) if level < depth])
            if inner:
                continue
            found.append(case)
            last = len(found) - 1
    return found


def _case(point: re.Match[str], groups: list[str]) -> TestCase:
    name, outcome, reason = point[4], FAILURE if point[2] else SUCCESS, ""
    if directive := _DIRECTIVE.fullmatch(name):
        name, outcome, reason = directive[1], SKIP, directive[3]
    return TestCase(
        " > ".join(groups), name.replace("\\#", "#") or f"{point[3]}", outcome, 0.0, shorten(reason.strip("- "))
    )


def _finish(found: list[TestCase], last: int, details: list[str]) -> None:
    """Add what follows a point: node's YAML block, or free text."""
    case = found[last]
    keys = {match[1]: match[2].strip("'\"") for line in details if (match := _KEY.fullmatch(line))}
    if keys.get("type") == "suite":
        del found[last]
        return
    duration = keys.get("duration_ms", "")
    if re.fullmatch(r"\d{1,9}(?:\.\d{1,9})?", duration):
        case = case._replace(duration_s=float(duration) / 1000)
    if case.outcome == FAILURE:
        text = "\n".join(details)
        file, line = place_in(keys.get("location", "")) if "location" in keys else place_in(text)
        message = keys.get("error") or keys.get("message") or ""
        if message in {"|-", "|"}:
            message = _block(details, "error" if "error" in keys else "message")
        if not message:
            message = "\n".join(line.strip() for line in details if line.strip() and not _OTHER.fullmatch(line))
        case = case._replace(message=shorten(message), file=file, line=line)
    found[last] = case


def _block(details: list[str], key: str) -> str:
    """Return the text of YAML's `key: |-`: the lines below it that are indented further."""
    found: list[str] = []
    depth = -1
    for line in details:
        indent = len(line) - len(line.lstrip())
        if depth < 0:
            depth = indent if line.lstrip().startswith(f"{key}:") else -1
        elif line.strip() and indent <= depth:
            break
        elif line.strip():
            found.append(line.strip())
    return "\n".join(found)
