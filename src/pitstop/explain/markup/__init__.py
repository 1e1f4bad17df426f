"""What CI systems write around the output of commands: one module a system, found by a word that it cannot do without."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from pitstop.explain.markup.columns import Columns
from pitstop.explain.markup.stamps import strip_stamps

if TYPE_CHECKING:
    from collections.abc import Callable

# Module, and of what one part must be in the log. Each costs a search through everything: what several begin with is
# looked for first.
_SYSTEMS: tuple[tuple[str, bytes, tuple[bytes, ...]], ...] = (
    ("jenkins", b"", (b"[Pipeline] ", b"] $ ")),
    ("buildkite", b"", (b"_bk;t=", b"^^^ +++", b"\n~~~ ")),
    ("travis", b"travis_", (b"travis_fold:", b"travis_time:")),
    ("gitlab", b"section_", (b"section_start:", b"section_end:")),
    ("teamcity", b":\t ", (b"] :\t ", b"]i:\t ", b"]W:\t ")),
    ("buildx", b"", (b"#",)),
    ("azure", b"##", (b"##[section]", b"##vso[")),
    ("github", b"", (b"##[", b"[command]", b"::error", b"::warning", b"::notice", b"::group::", b"::debug", b"::set-")),
    ("compose", b" | ", (b"-1 ", b"_1 ", b"Attaching to ")),
)
_PROBE = 4096  # bytes at the beginning that tell of columns


def read_markup(data: bytes, raws: list[str], texts: list[str]) -> tuple[list[str], list[str], list[float]]:
    """Take stamps and markup out of `texts`, in place; return marks, steps and times, each empty where nothing has one.

    `data` is the whole log, `raws` its lines as written, `texts` the same without control codes.
    """
    columns = Columns(texts, raws)
    if b"\t20" in data[:_PROBE]:  # a year behind a tab
        from pitstop.explain.markup.gh import read as read_columns

        read_columns(columns)
    strip_stamps(columns)
    for name, common, words in _SYSTEMS:
        if common in data and any(word in data for word in words):
            read: Callable[[Columns], None] = import_module(f"pitstop.explain.markup.{name}").read
            read(columns)
    return columns.filled(columns.marks, ""), columns.steps(), columns.filled(columns.times, 0.0)
