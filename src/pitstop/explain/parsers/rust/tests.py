"""Rust's tests: libtest (text and JSON), nextest, doc tests; and panics wherever they happen."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.finding import TEST, Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_LONGEST = 16  # lines of one panic without its backtrace
_FAR = 60  # lines from a section's head to a panic in it


class _Panic(NamedTuple):
    thread: str
    place: Place | None
    message: str
    last: int


@cache
def _thread() -> re.Pattern[str]:
    return re.compile(r"\s*+thread '(.*?)' (?:\(\d+\) )?panicked at (.*)")


@cache
def _new_place() -> re.Pattern[str]:
    return re.compile(r"(\S[^:]*(?::\\[^:]*)?):(\d+):(\d+):$")


@cache
def _old_place() -> re.Pattern[str]:
    return re.compile(r"', ([^\s':][^':]*):(\d+)(?::(\d+))?$")


@cache
def _overflow() -> re.Pattern[str]:
    return re.compile(r"\s*+thread '([^']{1,300})' (?:\(\d+\) )?has overflowed its stack$")


@cache
def _section() -> re.Pattern[str]:
    return re.compile(r"\s*+---- (\S.*?) (?:stdout|stderr) ----$")


@cache
def _failed() -> re.Pattern[str]:
    return re.compile(r"\s*+test (\S.*?)(?: - should panic)? \.\.\. FAILED(?: \(.*\))?$")


@cache
def _nextest() -> re.Pattern[str]:
    return re.compile(
        r"\s*+(?:TRY \d+ )?(FAIL|SIG[A-Z]+|ABORT|TIMEOUT|LEAK-FAIL|XFAIL)(?: \+ LEAK)? \[[ >]*[\d.]+s\] "
        r"+(?:\([ \d/]+\) )?(\S+) (\S.*)"
    )


@cache
def _summary() -> re.Pattern[str]:
    return re.compile(
        r"\s*+(?:(test result: FAILED\..*)|error: ((?:doc)?tests? failed, to rerun .*|test run failed|\d+ targets? failed:)"
        r"|(Summary \[.* [1-9]\d* failed.*))"
    )


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each failed test once by what it says itself, else by its name; each panic; and the lines that count."""
    told: set[str] = set()
    for position in positions(at, "panicked"):
        if panic := _panic_at(lines, position):
            test = _test_of(lines, position, panic.thread)
            told.add(test)
            kind = TEST if test else "crash"
            first, last = lines[position].number, lines[panic.last].number
            yield Failure("libtest" if test else "rust", kind, panic.message, first, last, panic.place, "", test)
    for position in positions(at, "overflowed"):
        if found := _overflow().match(text_at(lines, position)):
            number = lines[position].number
            test = "" if found[1] == "main" else found[1]
            told.add(test)
            tool, kind = ("libtest", TEST) if test else ("rust", "crash")
            yield Failure(tool, kind, f"thread '{found[1]}' has overflowed its stack", number, number, test=test)
    for position in positions(at, "stdout", "stderr"):
        text = text_at(lines, position)
        if "---- " in text and (found := _section().match(text)) and found[1] not in told:
            said = _first_words(lines, position)
            if said is not None:
                told.add(found[1])
                number = lines[said].number
                yield Failure("libtest", TEST, sentence(text_at(lines, said)), number, number, test=found[1])
    for position in positions(at, "failed"):
        text = text_at(lines, position)
        number = lines[position].number
        if found := _failed().match(text):
            yield Failure(
                "libtest", TEST, sentence(text), number, number, test=found[1], summary=_known(found[1], told)
            )
            told.add(found[1])
        elif found := _summary().match(text):
            tool = "nextest" if found[3] or found[2] == "test run failed" else "libtest"
            yield Failure(tool, TEST, sentence(found[found.lastindex or 0]), number, number, summary=True)
        elif text.startswith("{") and '"event"' in text:
            yield from _of_json(text, number)
    for position in positions(at, "fail", "sigabrt", "sigsegv", "sigkill", "sigill", "sigbus", "abort", "timeout"):
        text = text_at(lines, position)
        if "s] " in text and (found := _nextest().match(text)):
            number = lines[position].number
            known = _known(found[3], told)
            kind = TEST if found[1] in {"FAIL", "TIMEOUT", "LEAK-FAIL"} else "crash"
            yield Failure("nextest", kind, sentence(text), number, number, test=found[3], summary=known)
            told.add(found[3])


def _known(test: str, told: set[str]) -> bool:
    return test in told or test.rpartition("$")[2] in told


def _panic_at(lines: Sequence[Line], position: int) -> _Panic | None:
    found = _thread().match(text_at(lines, position))
    if not found:
        return None
    thread, rest = found[1], found[2]
    if rest.startswith("'"):  # before Rust 1.73: 'message', src/lib.rs:3:5
        whole = rest
        for last in range(position, min(position + _LONGEST, len(lines))):
            if last > position:
                whole = text_at(lines, last)
            if old := _old_place().search(whole):
                said = " ".join(text_at(lines, each) for each in range(position + 1, last + 1))
                message = f"{rest} {said}"[1:] if last > position else rest[1:]
                message = sentence(_old_place().sub("", message))
                return _Panic(thread, Place(old[1], int(old[2]), int(old[3] or 0)), message or "panicked", last)
        return _Panic(thread, None, sentence(rest.strip("'")) or "panicked", position)
    place = _new_place().match(rest)
    last = position
    said = ""
    for ahead in range(position + 1, min(position + _LONGEST, len(lines))):
        text = text_at(lines, ahead).strip()
        if not text or text.startswith(("note: ", "stack backtrace:", "thread '", "---- ", "test ")):
            break
        said += f" {text}"
        last = ahead
    where = Place(place[1], int(place[2]), int(place[3])) if place else None
    return _Panic(thread, where, sentence(said) or sentence(f"panicked at {rest}"), last)


def _test_of(lines: Sequence[Line], position: int, thread: str) -> str:
    for behind in range(position - 1, max(position - _FAR, -1), -1):
        text = text_at(lines, behind)
        if "----" in text and (found := _section().match(text)):
            return found[1]
        if text.endswith(" ... FAILED") or "s] " in text:
            found = _failed().match(text) or None
            if found and (found[1] == thread or found[1].endswith(f"::{thread}")):
                return found[1]
            if (run := _nextest().match(text)) and thread in {run[3], "main"}:
                return run[3]
    return thread if "::" in thread and " " not in thread else ""


def _first_words(lines: Sequence[Line], position: int) -> int | None:
    for ahead in range(position + 1, min(position + 6, len(lines))):
        text = text_at(lines, ahead)
        if not text.strip() or text.startswith("stderr:"):
            continue
        if _section().match(text) or text.startswith(("failures:", "error")):
            return None
        return ahead
    return None


def _of_json(text: str, number: int) -> Iterator[Failure]:
    """Read a line of libtest's `--format json`."""
    import json

    try:
        event = json.loads(text)
    except (ValueError, RecursionError):
        return
    if not isinstance(event, dict) or event.get("event") != "failed":
        return
    name = event.get("name")
    if event.get("type") == "suite" or not isinstance(name, str) or not name:
        yield Failure("libtest", TEST, sentence(text), number, number, summary=True)
        return
    yield Failure("libtest", TEST, sentence(f"test {name} ... FAILED"), number, number, test=name)
