"""Redaction: what differs from run to run becomes a word that does not."""

from __future__ import annotations

import re

_DURATION = r"(?:\d+ ?h )?(?:\d+ ?m(?:in)? )?\d+(?:\.\d+)? ?(?:ns|µs|us|ms|s|min)"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # a run's name: when it started and a few letters that make it unique
    (re.compile(r"\b\d{8}-\d{6}(?:-[0-9a-z]+)?\b"), "[run]"),
    (re.compile(r"\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?"), "[time]"),
    (re.compile(r"\b\d{2}:\d{2}:\d{2}\b"), "[time]"),
    # a digest with or without its size, a commit, a shortened one of either
    (re.compile(r"\b[0-9a-f]{64}/\d+\b"), "[hash]"),
    (re.compile(r"\b[0-9a-f]{8,64}\b"), "[hash]"),
    (re.compile(r"\bpid \d+\b"), "pid [pid]"),
    # right-aligned in tables: the padding goes with the number, down to one blank
    (re.compile(rf"(?:(?<= ) +)?(?<![\w.]){_DURATION}(?![\w/])"), "[time]"),
    (re.compile(r"(?:(?<= ) +)?(?<![\w.])\d[\d,]*(?:\.\d+)? ?(?:bytes|B|[kKMGT]i?B)(?![\w])"), "[size]"),
)


def redact(text: str, places: dict[str, str]) -> str:
    """Return `text` with each path of `places` written as its name, and times, sizes, digests and run ids as theirs."""
    for path in sorted(places, key=len, reverse=True):
        text = text.replace(path, places[path])
    for pattern, word in _RULES:
        text = pattern.sub(word, text)
    return text
