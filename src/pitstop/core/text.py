"""Text for people: durations, sizes, plurals, clean and shortened lines, and secrets masked."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, AnyStr

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MASK = b"***"
"""What stands where a secret was."""

_SHORTEST_LINE = 4  # bytes; a line of a secret below that ("{") would mask half a log
_SHORTEST_GUESS = 8  # characters; a value below that, of a name that only looks secret, is rather a switch


def duration(seconds: float) -> str:
    """Return a length of time with two or three figures: `4 ms`, `0.31 s`, `2.3 s`, `12 s`, `2 min 05 s`, `1 h 02 min`."""
    if seconds < 0.00995:
        return f"{max(seconds, 0) * 1000:.0f} ms"
    if seconds < 0.995:
        return f"{seconds:.2f} s"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02} min"


def size(count: int) -> str:
    """Return a number of bytes as `512 B`, `1.5 KiB`, `20 MiB`."""
    if count < 1024:
        return f"{count} B"
    value = float(count)
    for unit in ("KiB", "MiB", "GiB"):
        value /= 1024
        if value < 9.95:
            return f"{value:.1f} {unit}"
        if value < 1023.5:
            return f"{value:.0f} {unit}"
    return f"{value / 1024:.1f} TiB"


def plural(count: int, one: str, many: str = "") -> str:
    """Return `1 task`, `2 tasks`; `many` where an s is not enough."""
    return f"{count} {one}" if count == 1 else f"{count} {many or one + 's'}"


def strip_ansi(text: AnyStr, *, keep_colours: bool = False) -> AnyStr:
    """Return `text` as it would stand on a screen in the end: no control codes, of each progress bar the last state.

    Escape sequences (CSI, OSC, DCS, single) and control characters other than tab and line feed are removed; a
    carriage return inside a line drops what stood before it, at the end of a line only itself. `keep_colours` leaves
    the sequences that only colour what follows.
    """
    if isinstance(text, str):
        data = text.replace("\x9b", "\x1b[").encode("utf-8", "surrogateescape")
        return _strip_bytes(data, keep_colours=keep_colours).decode("utf-8", "surrogateescape")
    return _strip_bytes(text, keep_colours=keep_colours)


_CONTROLS = bytes({*range(0x20), 0x7F} - {0x09, 0x0A, 0x0D, 0x1B})
_ESCAPE = (
    rb"(?:\[[0-?]*[ -/]*[@-~]?"  # CSI: colours, cursor
    rb"|\][^\x07\x1b\n]*(?:\x07|\x1b\\)?"  # OSC: titles, hyperlinks
    rb"|[PX^_][^\x1b\n]*(?:\x1b\\)?"  # DCS, SOS, PM, APC
    rb"|[ -/]+[0-~]|[0-Z\\-~])?"  # character sets, single functions, a torn one
)


def _strip_bytes(data: bytes, *, keep_colours: bool) -> bytes:
    if b"\x1b" in data:
        import re

        data = re.sub((rb"\x1b(?!\[[0-9;:]*m)" if keep_colours else rb"\x1b") + _ESCAPE, b"", data)
    data = data.translate(None, _CONTROLS)
    if b"\r" not in data:
        return data
    return b"\n".join(_last_state(line) if b"\r" in line else line for line in data.split(b"\n"))


def _last_state(line: bytes) -> bytes:
    return line.rstrip(b"\r").rpartition(b"\r")[2]


def width(text: str) -> int:
    """Return how many columns of a terminal `text` takes; control characters are counted as one."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(char: str) -> int:
    if char < "\u0300":
        return 1
    from unicodedata import category, east_asian_width

    if category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if east_asian_width(char) in {"W", "F"} else 1


def shorten(text: str, columns: int, *, mark: str = "…") -> str:
    """Return `text` in at most `columns` columns; where the end is cut off stands `mark`."""
    if len(text) <= columns and text.isascii():
        return text
    if width(text) <= columns:
        return text
    room = columns - width(mark)
    if room < 0:
        return ""
    end = 0
    for char in text:
        room -= _columns(char)
        if room < 0:
            break
        end += 1
    return text[:end] + mark


_WORDS = {
    *("TOKEN", "TOKENS", "SECRET", "SECRETS", "PASSWORD", "PASSWORDS", "PASSWD", "PASSPHRASE"),
    *("CREDENTIAL", "CREDENTIALS", "APIKEY", "JWT"),
}
_LAST_WORDS = {"KEY", "KEYS", "PASS", "PAT", "PWD", "AUTH", "COOKIE", "DSN"}
_ENDINGS = ("TOKEN", "SECRET", "PASSWORD", "PASSWD", "APIKEY")


@lru_cache(maxsize=4096)
def looks_secret(name: str) -> bool:
    """Return whether a variable of this name probably holds a secret: `GITHUB_TOKEN`, `DB_PASSWORD`, `API_KEY`."""
    upper = name.upper().replace("-", "_")
    if upper.endswith(_ENDINGS):
        return True
    words = upper.split("_")
    if "PUBLIC" in words:
        return False
    return not _WORDS.isdisjoint(words) or (len(words) > 1 and words[-1] in _LAST_WORDS)


def secret_values(variables: Mapping[str, str], declared: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the values to mask: of the `declared` names all, of names that look secret those that may be one."""
    names = set(declared)
    found = {variables[name] for name in names if variables.get(name)}
    for name, value in variables.items():
        if len(value) >= _SHORTEST_GUESS and name not in names and not value.startswith("/") and looks_secret(name):
            found.add(value)
    return tuple(sorted(found))


class Masker:
    """Replaces secrets in a stream of bytes, whatever its chunks are. Without secrets it hands the chunks through.

    A secret is found as it is, in each of its lines, and as base64 (at every alignment, also URL-safe), URL-encoded
    or JSON text. It keeps back at most the bytes that may be the beginning of one.
    """

    def __init__(self, values: Iterable[str | bytes] = ()) -> None:
        forms: set[bytes] = set()
        for value in values:
            forms |= _forms(value if isinstance(value, bytes) else value.encode("utf-8", "surrogateescape"))
        self._forms = sorted(forms)
        # A form that contains another needs no look of its own to know that there is nothing to do.
        self._needles = [form for form in self._forms if not any(o in form for o in self._forms if o != form)]
        self._longest = max(map(len, self._forms), default=0)
        self._held = b""
        self._covered = 0  # so many of the first held bytes belong to a secret whose mask was written already

    def feed(self, data: bytes) -> bytes:
        """Return what can be told by now, masked."""
        if not self._forms:
            return data
        if self._held:
            data = self._held + data
        return self._cut(data, self._safe_end(data))

    def flush(self) -> bytes:
        """Return what was kept back: the stream has ended. The masker can be used for another one."""
        return self._cut(self._held, len(self._held))

    def _cut(self, data: bytes, end: int) -> bytes:
        """Mask `data[:end]`, hold the rest."""
        covered = self._covered
        self._held = data[end:]
        self._covered = 0
        if not covered and not any(needle in data for needle in self._needles):
            return data[:end]
        pieces: list[bytes] = []
        done = 0
        for first, last in _merge(self._spans(data), covered):
            begun = covered and not first  # its mask is written
            if first >= end and not begun:
                break
            pieces.append(data[done:first])
            if not begun:
                pieces.append(MASK)
            done = last
        self._covered = max(done - end, 0)
        pieces.append(data[done:end])
        return b"".join(pieces)

    def _spans(self, data: bytes) -> list[tuple[int, int]]:
        spans = []
        for form in self._forms:
            at = data.find(form)
            while at >= 0:
                spans.append((at, at + len(form)))
                at = data.find(form, at + 1)
        return spans

    def _safe_end(self, data: bytes) -> int:
        """Return where the longest end of `data` begins that may be the beginning of a secret."""
        tail = data[-(self._longest - 1) :] if self._longest > 1 else b""
        best = len(tail)
        for form in self._forms:
            at = tail.find(form[:1], max(len(tail) - len(form) + 1, 0), best)
            while at >= 0:
                if form.startswith(tail[at:]):
                    best = at
                    break
                at = tail.find(form[:1], at + 1, best)
        return len(data) - len(tail) + best


def mask(data: bytes, values: Iterable[str | bytes]) -> bytes:
    """Return `data` with each of the secret `values` masked."""
    masker = Masker(values)
    return masker.feed(data) + masker.flush()


def _merge(spans: list[tuple[int, int]], covered: int) -> list[tuple[int, int]]:
    """Return `spans` in order, overlapping ones as one; the first `covered` bytes are a span too."""
    merged = [(0, covered)] if covered else []
    for first, last in sorted(spans):
        if merged and first < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _forms(value: bytes) -> set[bytes]:
    """Return the byte strings under which `value` may turn up."""
    value = value.strip()
    if not value:
        return set()
    forms = {value, *(line.strip() for line in value.splitlines() if len(line.strip()) >= _SHORTEST_LINE)}
    if len(value) < _SHORTEST_LINE:
        return forms
    from base64 import b64encode
    from json import dumps
    from urllib.parse import quote, quote_plus

    for shift in range(3):  # bytes before it in the same base64 text, modulo 3
        encoded = b64encode(b"\0" * shift + value)
        whole = (shift + len(value)) * 8 // 6  # of the last characters, one depends on what follows
        core = encoded[(shift * 8 + 5) // 6 : whole]
        forms.add(core)
        forms.add(core.translate(bytes.maketrans(b"+/", b"-_")))
    forms.add(b64encode(value))
    text = value.decode("utf-8", "surrogateescape")
    for escaped in (quote(value, safe=""), quote_plus(value), dumps(text)[1:-1], dumps(text, ensure_ascii=False)[1:-1]):
        forms.add(escaped.encode("utf-8", "surrogateescape"))
    return forms
