"""Time stamps at the beginning of lines, as CI systems put them there."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re

    from pitstop.explain.markup.columns import Columns

_SAMPLE = 400
"""Lines that are looked at before a form is believed."""

_DATE = r"\d{4}-\d\d-\d\d"
_CLOCK = r"\d\d:\d\d:\d\d"
_FRACTION = r"([.,]\d{1,9})?"
# Form, and the share of lines that must have it before it is taken for the CI system's and not for a program's own.
_FORMS = (
    # RFC 3339: GitHub, Azure, docker; Jenkins in brackets; GitLab with the number and kind of the stream behind it.
    (rf"\[?({_DATE}T{_CLOCK}){_FRACTION}(Z|[+-]\d\d:?\d\d)(?:\] ?|(?: \d\d[OE][ +]?)|[ \t]|$)", 0.1),
    (rf"\[?({_DATE}[ T]{_CLOCK}){_FRACTION}()\]?(?: {{1,2}}|$)", 0.5),
    (r"\[?\d\d:\d\d:\d\d(?:[.,]\d{1,6})?\]?(?: {1,2}|$)", 0.5),  # Jenkins' timestamper: time of day, or since the start
)
_DIGITS = frozenset("0123456789")


def strip_stamps(columns: Columns) -> None:
    """Take the stamps out of the texts, and keep what time they say."""
    form = _form_of(columns.texts)
    if form is None:
        return
    texts, times = columns.texts, columns.times
    match = form.match
    if not form.groups:
        for at, text in enumerate(texts):
            if text[:1] in "[012" and (found := match(text)):
                texts[at] = text[found.end() :]
        return
    known: dict[str, float] = {}
    for at, text in enumerate(texts):
        # As GitHub writes it, a line a microsecond: seven digits, `Z` and a blank, in a second that was there before.
        if text[27:29] == "Z " and (time := known.get(text[:19])) is not None and text[29:30] not in _DIGITS:
            digits = text[20:27]
            if text[19] == "." and digits.isdigit() and digits.isascii():
                texts[at] = text[29:]
                times[at] = time + int(digits) / 1e7
                continue
        if not (found := match(text)):
            continue
        texts[at] = text[found.end() :]
        second, fraction, zone = found.groups()
        if len(zone) > 1:
            second += zone
        time = known.get(second)
        if time is None:
            time = known[second] = _seconds(second)
        times[at] = time + float("." + fraction[1:]) if fraction else time


def _form_of(texts: list[str]) -> re.Pattern[str] | None:
    sample = [text for text in texts[:: len(texts) // _SAMPLE + 1] if text.strip()]
    for form, share in _forms():
        if sum(1 for text in sample if form.match(text)) > len(sample) * share:
            return form
    return None


@cache
def _forms() -> list[tuple[re.Pattern[str], float]]:
    import re

    return [(re.compile(form, re.ASCII), share) for form, share in _FORMS]


def _seconds(stamp: str) -> float:
    """Return `2024-01-02T03:04:05+01:00`, the zone left out for UTC, as seconds since 1970 UTC.

    By the proleptic Gregorian calendar; impossible dates run over into the next month.
    """
    year, month, day = int(stamp[:4]), int(stamp[5:7]), int(stamp[8:10])
    if month <= 2:  # years that begin in March, so that the leap day is a year's last
        year, month = year - 1, month + 12
    days = 365 * year + year // 4 - year // 100 + year // 400 + (153 * month - 457) // 5 + day - 719_469
    zone, offset = stamp[19:], 0
    if zone:
        offset = (int(zone[1:3]) * 60 + int(zone[-2:])) * (-60 if zone[0] == "-" else 60)
    return float(days * 86_400 + int(stamp[11:13]) * 3600 + int(stamp[14:16]) * 60 + int(stamp[17:19]) - offset)
