"""C, C++, Objective-C and assembler: gcc, clang and what speaks like them; Microsoft's cl; sanitizers."""

# ruff: noqa: RUF001  words of other languages, as the compiler writes them

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import COMPILE, Place
from pitstop.explain.parsers.reading import text_at
from pitstop.explain.parsers.rows import Row, compiled, number, position_of, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.core.finding import Failure
    from pitstop.explain.lines import Line

_PLACE = (
    r"(?:\S*\| ?|\[ *\d+%\] ?)?\s{0,8}(?P<file>(?:[A-Za-z]:)?[^\s:()\"'][^:()\"']{0,300}"
    r"\.(?:c|cc|cpp|cxx|c\+\+|C|h|hh|hpp|hxx|H|m|mm|cu|cuh|inl|inc|ipp|tcc|y|yy|l|ll|S|s|asm|i|ii|cl|xs|pyx|g|in|def))"
    r":(?P<line>\d+)(?::(?P<column>\d+))?: "
)
# What gcc, whose messages are translated, calls an error where the machine does not speak English.
_ABROAD = "Fehler|erreur|errore|erro|fel|fout|błąd|chyba|hata|ошибка|помилка|错误|錯誤|エラー|오류"
_DRIVERS = (
    r"(?:\S*/)?(?:[\w.-]*-)?(?:gcc|g\+\+|clang|clang\+\+|cc|c\+\+|cc1|cc1plus|emcc|nvcc|icc)(?:-[\d.]+)?(?:\.exe)?: "
)
_FAR = 40  # lines from an error to the notes that say who asked for it

_ROWS = (
    Row(
        "error",
        "rror: ",
        _PLACE
        + r"(?:fatal |internal compiler )?[Ee]rror: (?P<message>.*?)(?: \[(?P<code>-W[\w=+-]+)(?:,-W[\w=+-]+)?\])?$",
        "gcc",
        COMPILE,
        more=r"\s+\S|.*: note: ",
    ),
    Row(
        "c|cc|cpp|cxx|h|hh|hpp|hxx|m|mm|s",
        _ABROAD,
        _PLACE + rf"(?:\S+ )?(?:{_ABROAD})\s?[:：] ?(?P<message>.*?)(?: \[(?P<code>-W[\w=+-]+)\])?$",
        "gcc",
        COMPILE,
        more=r"\s+\S|.*: note: ",
    ),
    Row(
        "error",
        "error C|error RC|error D|error A|error MIDL",
        r"\s*+(?:\d+>)?+\s*+(?P<file>[^\s(][^(]{0,300})\((?P<line>\d+)(?:,(?P<column>\d+))?[^)]{0,20}\) ?: "
        r"(?:fatal )?error (?P<code>(?:C|RC|D|A|MIDL)\d{4}) ?: (?P<message>.*?)(?: \[[^\[\]]*\.\w*proj\])?$",
        "cl",
        COMPILE,
    ),
    Row(
        "error",
        "error ",
        r"\s*+(?:\d+>)?(?:cl|CL|RC|cvtres|CVTRES|c1|c1xx|C1XX) ?: (?:fatal |Command line )?error (?P<code>\w{1,5}\d{4}) ?: (?P<message>.*?)"
        r"(?: \[[^\[\]]*\.\w*proj\])?$",
        "cl",
        COMPILE,
    ),
    Row(
        "killed",
        "Killed",
        r"\s*+" + _DRIVERS + r"(?:fatal|internal compiler) error: (?P<message>Killed.*)",
        "gcc",
        "memory",
    ),
    Row(
        "warnings|errors|error",
        "treated as error",
        r"\s*+(?:" + _DRIVERS + r")?(?:error: )?(?:all|some) warnings being treated as errors",
        "gcc",
        COMPILE,
        summary=True,
    ),
    Row(
        "error",
        "error: linker command failed",
        r"\s*+" + _DRIVERS + r"error: (?P<message>linker command failed.*)",
        "clang",
        "link",
        summary=True,
    ),
    Row("error", "error: ", r"\s*+" + _DRIVERS + r"(?:fatal )?error: (?P<message>.*)", "gcc", COMPILE),
    Row(
        "generated",
        "generated",
        r"\d+ (?:warnings? and \d+ )?errors? generated(?: when compiling.*)?\.",
        "clang",
        COMPILE,
        summary=True,
    ),
    Row(
        "error",
        "runtime error: ",
        r"\s*+(?P<file>[^\s:]+):(?P<line>\d+):(?P<column>\d+): runtime error: (?P<message>.*)",
        "ubsan",
        "crash",
        more=r"\s+#\d|\s+\S",
        most=40,
    ),
    Row(
        "addresssanitizer|leaksanitizer|memorysanitizer|undefinedbehaviorsanitizer",
        "ERROR: ",
        r"(?:[|=>#*-]+ )?=+\d+=+ ?ERROR: (?P<message>\w+Sanitizer:? .*)",
        "sanitizer",
        "crash",
        more=r"(?:[|=>#*-]+ )?\s+\S|\w.* of size \d+|(?:[|=>#*-]+ )?=+\d+=+[A-Z]|[|=>#*-]*\s*$",
        most=60,
        below=r"\s+#\d+ 0x\w+ in \S+ (?P<file>/(?!build/)[^\s:]+\.(?:c|cc|cpp|cxx|m|mm|h|hpp)):(?P<line>\d+)(?::(?P<column>\d+))?",
    ),
    Row(
        "threadsanitizer",
        "WARNING: ",
        r"\s*+WARNING: (?P<message>ThreadSanitizer: .*)",
        "sanitizer",
        "crash",
        more=r"\s+\S|\s*$",
        most=40,
    ),
    Row(
        "summary",
        "SUMMARY: ",
        r"(?:[|=>#*-]+ )?SUMMARY: (?P<message>\w+Sanitizer: .*)",
        "sanitizer",
        "crash",
        summary=True,
    ),
    Row(
        "assertion",
        "Assertion `",
        r"\s*+(?:[^\s:]+: )?(?P<file>[^\s:]+):(?P<line>\d+): (?:.*: )?(?P<message>Assertion `.*' failed\.?)",
        "assert",
        "crash",
    ),
    Row(
        "assertion",
        "Assertion failed: ",
        r"\s*+(?P<message>Assertion failed: .*?),? (?:function \w+, )?file (?P<file>[^\s,]+), line (?P<line>\d+)",
        "assert",
        "crash",
    ),
    Row(
        "terminate|terminating",
        "terminat",
        r"\s*+(?P<message>terminate called .*|(?:libc\+\+abi(?:\.dylib)?: )?terminating (?:with|due to) uncaught exception.*)",
        "c++",
        "crash",
        more=r"\s+what\(\): ",
        most=1,
    ),
    Row(
        "c|cc|cpp|cxx|h|hh|hpp|cu",
        "] [",
        r"\s*+(?P<file>[^\s:]+\.\w+):(?P<line>\d+): +(?P<message>.*?) +\[(?P<code>[\w/+]+)\] \[\d\]$",
        "cpplint",
        "style",
    ),
    Row(
        "c|cc|cpp|cxx|h|hh|hpp",
        "]: (error) ",
        r"\s*+\[(?P<file>[^\s:]+\.\w+):(?P<line>\d+)\]: \(error\) (?P<message>.*)",
        "cppcheck",
        "style",
    ),
    Row(
        "total",
        "Total errors found: ",
        r"\s*+(?P<message>Total errors found: [1-9]\d*)",
        "cpplint",
        "style",
        summary=True,
    ),
)


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Give each error of a compiler with its place, crashes that the tested program tells of, and lines that count."""
    clang = any("generated." in lines[position].text[-60:] for position in at.get("generated", ()))
    for failure in read(_ROWS, lines, at):
        told = failure._replace(tool="clang") if clang and failure.tool == "gcc" else failure
        yield told._replace(place=_user(told, lines)) if told.place and told.place.file.startswith("/usr/") else told


def _user(failure: Failure, lines: Sequence[Line]) -> Place | None:
    """Return who asked for a template of the system's that does not compile; where nobody says so, the template."""
    position = position_of(lines, failure.first)
    asked = compiled(_PLACE + r"  required from here$").match(text_at(lines, position - 1))  # gcc
    for ahead in range(position + 1, min(position + _FAR, len(lines))):
        text = text_at(lines, ahead)
        if asked or " error: " in text:
            break
        found = compiled(_PLACE + r"note: in instantiation of .* requested here$").match(text)  # clang
        asked = found if found and not found["file"].startswith("/usr/") else None
    return Place(asked["file"], number(asked["line"]), number(asked["column"])) if asked else failure.place
