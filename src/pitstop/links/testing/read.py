"""Test results in a log of which nobody said what wrote it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from pitstop.links.testing.case import TestCase

_PART = 16 << 20
"""Bytes that are looked at from the beginning and from the end."""

_PARSERS: tuple[tuple[str, tuple[tuple[bytes, ...], ...]], ...] = (
    ("junit:read_junit_bytes", ((b"<testcase", b"<testsuite"), (b"<testcase", b"</testcase"))),
    ("gotest:read_gotest", ((b'"Action":"', b'"Package":"'),)),
    ("nextest:read_libtest_json", ((b'"type":"test"', b'"event":"'), (b'"type": "test"', b'"event": "'))),
    ("nextest:read_nextest", ((b"Summary [", b"tests run:"), (b" Nextest run",))),
    ("libtest:read_libtest", ((b"\ntest result: ",), (b"running ", b"\ntest "))),
    ("gotest:read_gotest_text", ((b"--- FAIL: ",), (b"--- PASS: ",))),
    ("pytest:read_pytest", ((b"test session starts",), (b"short test summary info",), (b".py::", b" passed"))),
    ("tap:read_tap", ((b"TAP version ",), (b"\nok 1 ",), (b"not ok 1 ",))),
    (
        "javascript:read_javascript",
        ((b"Test Suites:",), (b"Test Files ",), (b" passing (",), ("\u2139 tests ".encode(),)),
    ),
)
"""Module and function -> marks: a log that has all of any of these rows is for it."""


def read_tests(log: bytes) -> list[TestCase]:
    """Return the test cases that a log tells of, whichever runners wrote it; of a huge one its beginning and its end.

    Any bytes will do. A log in which several runners wrote gives what each of them said.
    """
    if len(log) > 2 * _PART:
        log = log[:_PART] + b"\n" + log[-_PART:]
    if b"\x1b" in log:
        from pitstop.core.text import strip_ansi

        marked = strip_ansi(log)
    else:
        marked = log
    marked = b"\n" + marked
    found: list[TestCase] = []
    read: set[str] = set()
    for name, rows in _PARSERS:
        if not any(all(mark in marked for mark in row) for row in rows):
            continue
        module, _, function = name.partition(":")
        if name == "gotest:read_gotest_text" and "gotest:read_gotest" in read:
            continue  # the same lines, inside of events
        parse: Callable[[bytes], list[TestCase]] = getattr(import_module(f"pitstop.links.testing.{module}"), function)
        cases = parse(marked)
        if cases and name.startswith("junit") and log.lstrip()[:1] == b"<":
            return cases  # what the tests printed stands in the document
        if cases:
            read.add(name)
            found += cases
    return found
