"""Where a failure happened, read out of its text: messages and traces of many languages."""

from __future__ import annotations

import re

_SIZE = 1 << 16
_RUST = re.compile(r"panicked at (?:'.*', )?([^\s':]+\.rs):(\d+):\d+")
_PYTEST = re.compile(r"^([^\s:]+\.py):(\d+): \w", re.MULTILINE)
_PYTHON = re.compile(r'^ *File "([^"\n]+)", line (\d+)', re.MULTILINE)
_SCRIPT = re.compile(
    r"(?:^|[\s(])(?:file://)?([^\s():]+\.[cm]?[jt]sx?|[A-Za-z]:[^\s():]+\.[cm]?[jt]sx?):(\d+)(?::\d+)?"
)
_GO = re.compile(r"^\s*(\S+_test\.go):(\d+)", re.MULTILINE)
_JVM = re.compile(r"\bat ([\w.$]+)\.[\w$<>]+\((\w+\.(?:java|kt|scala|groovy)):(\d+)\)")
_SHARP = re.compile(r" in (\S.*\.(?:cs|fs|vb)):line (\d+)")
_FOREIGN = ("node_modules", "node:", "site-packages", "/lib/python", "dist-packages")


def place_in(text: str, owner: str = "") -> tuple[str, int]:
    """Return the file, as it is written there, and line in `text` that a person would look at; `("", 0)` for none.

    `owner` is the class of the test: in a trace of the JVM its own lines go before those of libraries.
    """
    text = text[:_SIZE]
    for pattern, last in (
        (_RUST, False),
        (_PYTEST, True),
        (_PYTHON, True),
        (_SHARP, False),
        (_SCRIPT, False),
        (_GO, False),
    ):
        found = [
            (match[1], int(match[2]))
            for match in pattern.finditer(text)
            if not any(part in match[1] for part in _FOREIGN) and len(match[2]) < 9
        ]
        if found:
            return found[-1 if last else 0]
    frames = [(match[1], match[2], int(match[3])) for match in _JVM.finditer(text) if len(match[3]) < 9]
    if not frames:
        return "", 0
    best = next((frame for frame in frames if owner and frame[0].partition("$")[0] == owner), frames[0])
    return f"{best[0].rpartition('.')[0].replace('.', '/')}/{best[1]}".lstrip("/"), best[2]
