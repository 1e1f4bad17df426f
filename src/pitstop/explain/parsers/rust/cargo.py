"""cargo, rustup and rustfmt: what is wrong with packages, manifests, toolchains, build scripts and layout."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, STYLE, Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_LONGEST = 60  # lines of one error with its causes
_KINDS = (
    # Kind, tool, and the beginnings of the sentences after `error: `.
    ("command", "rustc", r"linker `[^`]*` not found"),
    ("link", "rustc", r"linking with `|linker `"),
    ("package", "cargo", r"failed to select a version|no matching package|failed to load source for|failed to get `"),
    (
        "package",
        "cargo",
        r"package `[^`]*` cannot be built|checksum for `|failed to resolve|failed to load pkg lockfile",
    ),
    ("package", "cargo", r"the lock file .* needs to be updated|package ID specification|cyclic package dependency"),
    ("package", "cargo", r"cannot (?:update the lock file|create the lock file)|rustc [\d.]+ is not supported"),
    ("network", "cargo", r"failed to download|unable to update|failed to (?:fetch|clone)|download of .* failed"),
    ("network", "rustup", r"could not download file"),
    ("configuration", "cargo", r"failed to parse manifest|could not find `Cargo|no such (?:sub)?command|no bin target"),
    (
        "configuration",
        "cargo",
        r"(?:the )?package `?[^ ]+`? does not (?:contain|have)|no example target|no test target",
    ),
    ("configuration", "cargo", r"failed to (?:read|load) (?:manifest|`)|virtual manifests|current package believes"),
    (
        "configuration",
        "rustup",
        r"toolchain '|the '.*' (?:component|binary|target)|component '|'.*' is not installed for",
    ),
    ("configuration", "rustup", r"override toolchain|no (?:default )?(?:toolchain|override)|rustup could not choose"),
    ("crash", "rustc", r"internal compiler error: "),
    ("build", "cargo", r"failed to run custom build command"),
)
_SUMMARIES = r"process didn't exit successfully: |build failed|failed to compile `"


@cache
def _error() -> re.Pattern[str]:
    told = "|".join(f"({sentences})" for _, _, sentences in _KINDS)
    return re.compile(rf"error: (?:{told}|({_SUMMARIES}))")


@cache
def _diff() -> re.Pattern[str]:
    return re.compile(r"Diff in (\S.*?)(?::| at line )(\d+):?$")


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give cargo's own errors with their causes, rustup's, and the places that rustfmt would change."""
    for position in positions(at, "error"):
        text = text_at(lines, position)
        if text.startswith("error: ") and (found := _error().match(text)):
            yield _error_of(found, text, lines, position)
    for position in positions(at, "diff"):
        if found := _diff().match(text_at(lines, position)):
            number = lines[position].number
            last = position
            while last + 1 < min(len(lines), position + 40) and text_at(lines, last + 1)[:1] in {" ", "+", "-"}:
                last += 1
            place = Place(found[1], int(found[2]))
            yield Failure("rustfmt", STYLE, sentence(found[0].rstrip(":")), number, lines[last].number, place)


def _error_of(found: re.Match[str], text: str, lines: Sequence[Line], position: int) -> Failure:
    number = lines[position].number
    message = sentence(text.removeprefix("error: "))
    which = (found.lastindex or 1) - 1
    if which == len(_KINDS):
        signal = "(signal:" in text
        return Failure("cargo", "crash" if signal else COMPILE, message, number, number, summary=not signal)
    kind, tool, _ = _KINDS[which]
    # A linker says below, and itself, what is missing.
    last, cause = (position, "") if kind in {"command", "link"} else _causes(lines, position)
    if cause:
        message = sentence(f"{message}: {cause}")
    return Failure(tool, kind, message, number, lines[last].number)


def _causes(lines: Sequence[Line], position: int) -> tuple[int, str]:
    """Return the position of the last line of an error with `Caused by:` blocks, and the first line of the last of them."""
    last, cause = position, ""
    ahead = position + 1
    while ahead < min(len(lines), position + _LONGEST):
        text = text_at(lines, ahead)
        if text.startswith("Caused by:"):
            cause = text_at(lines, ahead + 1).strip() or cause
        elif text.strip() and not text.startswith((" ", "\t")):
            break
        if text.strip():
            last = ahead
        elif ahead + 1 < len(lines) and not text_at(lines, ahead + 1).startswith(("Caused by:", " ")):
            break
        ahead += 1
    return last, cause
