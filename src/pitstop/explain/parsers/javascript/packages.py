"""npm, pnpm, Yarn, Lerna, Nx and Turborepo.

Formats: docs.npmjs.com (`npm error code E…`), pnpm.io/errors (`ERR_PNPM_…`), yarnpkg.com/advanced/error-codes (`YN0000`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.finding import Failure, Place
from pitstop.explain.parsers.reading import positions, sentence, text_at
from pitstop.explain.parsers.rows import Row, compiled, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pitstop.explain.lines import Line

_ROWS = (
    Row(
        "bower",
        "bower ",
        r"bower (?:\S+ +)?(?P<code>E[A-Z]{3,}) +(?P<message>.+)",
        "bower",
        "package",
        more=r"Additional error details|fatal: |error: ",
    ),
    Row(
        "nvm",
        "Version '|N/A: version |nvm: ",
        r"(?P<message>(?:Version '.+' not found - try|N/A: version .+ is not yet installed|nvm: ).*)",
        "nvm",
        "package",
    ),
    Row(
        "version installed",
        " is not yet installed",
        r"N/A: (?P<message>version .+ is not yet installed.*)",
        "nvm",
        "package",
    ),
    Row("elifecycle", "ELIFECYCLE", r"(?!npm ).*\bELIFECYCLE\b", "pnpm", "command", summary=True),
    Row(
        "error command",
        "error Command ",
        r"error (?P<message>Command failed with (?:exit code|signal) .*|Command \".+\" not found\.?)",
        "yarn",
        "command",
        summary=True,
    ),
    Row(
        "error",
        "error ",
        r"error (?P<message>(?:Couldn't|Could not|An unexpected error|Your lockfile|Incorrect integrity|Integrity check|Package \"|Found incompatible module|The engine|An error occurred|Unable to|https?:|(?:/|[A-Z]:)\S*node_modules\S*: |Received malformed|Lockfile).*|\S+@\S+: The (?:engine|platform) .*)",
        "yarn",
        "package",
    ),
    Row(
        "lerna err",
        "lerna ERR! ",
        r"lerna ERR! (?P<message>.+ exited (?:\d+|null).*|E\w+ .+)",
        "lerna",
        "command",
        summary=True,
    ),
    Row("err_pnpm_recursive_run_first_fail", "", r".*", "pnpm", "command", summary=True),
    Row(
        "failed",
        "Failed:|: command ",
        r"\s*(?P<message>(?:Failed: +\S+#\S+|\S+#\S+: command .* exited \(\d+\)).*)",
        "turbo",
        "command",
        summary=True,
    ),
    Row(
        "failed",
        " run failed: command ",
        r"\s*ERROR  (?P<message>run failed: command .*exited \(\d+\))",
        "turbo",
        "command",
        summary=True,
    ),
    Row(
        "nx",
        "   Running target |   Ran target ",
        r"\s*(?:NX|>  NX)   (?P<message>(?:Running target .* failed|Ran target .*failed).*)",
        "nx",
        "command",
        summary=True,
    ),
    Row(
        "gyp err",
        "gyp ERR! ",
        r"(?:npm ERR! |npm error )?gyp ERR! (?P<message>(?:find Python|find VS|stack Error:) .+)",
        "node-gyp",
        "compile",
    ),
    Row(
        "gyp err",
        "gyp ERR! ",
        r"(?:npm ERR! |npm error )?gyp ERR! (?P<message>(?:build|configure) error)",
        "node-gyp",
        "compile",
        summary=True,
    ),
    Row(
        "unsupported",
        "ERR_PNPM_UNSUPPORTED_ENGINE ",
        r"\s*(?P<message>ERR_PNPM_UNSUPPORTED_ENGINE .+)",
        "pnpm",
        "package",
    ),
)
_NPM = r"(?:npm ERR!|npm error) ?(.*)"
_PNPM = r".*?\b(ERR_PNPM_\w+)\b[\s:]*(.*)"
_BERRY = r"(?:.*?[➤│|] ?)?(YN\d{4}): (?:[│┌└] ?)*(.*)"
_COUNTS = frozenset({"ELIFECYCLE", "ERR_PNPM_RECURSIVE_RUN_FIRST_FAIL", "ERR_PNPM_RECURSIVE_EXEC_FIRST_FAIL"})
_NETWORK = frozenset(
    {"ECONNRESET", "ECONNREFUSED", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN", "ENETUNREACH", "ERR_SOCKET_TIMEOUT"}
    | {"E429", "E500", "E502", "E503", "E504", "FETCH_ERROR", "ENETWORK", "ESOCKETTIMEDOUT"}
)
_IDLE = r"(?:code|errno|syscall|path|dest|spawnargs|file|type|cwd|command|node|argv|System|not ok)\b|A complete log|For a full report|$"
_HINT = r"npm (?:ERR!|error) *(?:Fix the upstream|To see a list of|npm run$|\S*/_logs/|\S*debug\.log|If you need help|This is probably not|There is likely|Make sure|Additional logging|Please include|Tell the author|Or if|You can get)"
_FAR = 40


def failures(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    """Yield each failure once: npm says one in many lines, which stand together."""
    yield from read(_ROWS, lines, at)
    yield from _npm(lines, at)
    for word in at:
        if word.startswith("err_pnpm_"):
            for position in at[word]:
                found = compiled(_PNPM).match(text_at(lines, position))
                if found and found[1] not in _COUNTS:
                    here = lines[position].number
                    kind = "network" if "FETCH" in found[1] or "META" in found[1] else "package"
                    yield Failure("pnpm", kind, sentence(found[2] or found[1]), here, here, code=found[1])
    for position in positions(at, "➤", "yn0001", "yn0028", "yn0018", "yn0002", "yn0009", "yn0035", "yn0081", "yn0082"):
        text = text_at(lines, position)
        found = compiled(_BERRY).match(text)
        if found and found[1] in _BERRY_ERRORS and found[2]:
            here = lines[position].number
            yield Failure("yarn", "package", sentence(found[2]), here, here, code=found[1])


_BERRY_ERRORS = frozenset(
    {"YN0001", "YN0009", "YN0016", "YN0018", "YN0020", "YN0027", "YN0028", "YN0035", "YN0041", "YN0046", "YN0047"}
    | {"YN0072", "YN0078", "YN0080", "YN0081", "YN0082", "YN0083"}
)


def _npm(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Iterator[Failure]:
    done = -1
    for position in at.get("npm", []):
        if position <= done or not compiled(_NPM).match(text_at(lines, position)):
            continue
        done = position
        while compiled(_NPM).match(text_at(lines, done + 1)):
            done += 1
        yield _block(lines, position, done)


def _block(lines: Sequence[Line], first: int, last: int) -> Failure:
    """Return what the lines of npm from `first` to `last` say."""
    code, place, told, summary = "", None, [], False
    for position in range(first, min(last, first + _FAR) + 1):
        text = text_at(lines, position)
        found = compiled(_NPM).match(text)
        said = found[1].strip() if found else ""
        if coded := compiled(r"code (\w+)$").match(said):
            code = code or coded[1]
            summary = summary or coded[1] in {"ELIFECYCLE", "1"}
        elif named := compiled(r"path (\S+)$").match(said):
            place = Place(named[1])
        elif said and not compiled(_IDLE).match(said) and not compiled(_HINT).match(text):
            told.append(position)
    best = next(
        (n for n in told if compiled(r".*(?:peer|peerOptional) \S+@").match(text_at(lines, n))),
        None,
    )
    if code != "ERESOLVE" or best is None:
        best = told[0] if told else first
    found = compiled(_NPM).match(text_at(lines, best))
    message = found[1] if found else ""
    if code and message.startswith(code):
        message = message.removeprefix(code).strip() or message
    last = max([best, *told])
    kind = (
        "network"
        if code in _NETWORK
        else "disk"
        if code == "ENOSPC"
        else "permission"
        if code in {"EACCES", "EPERM"}
        else "package"
    )
    summary = (
        summary
        or not told
        or bool(compiled(r"\S+@\S+ [\w:]+: `").match(message))
        or message.startswith(("Test failed.", "weird error", "Failed at the", "Lifecycle script", "Exit status"))
    )
    if summary or message.startswith("Missing script"):
        kind = "command"
    number = lines[best].number
    return Failure(
        "npm", kind, sentence(message) or code or "npm failed", number, lines[last].number, place, code, summary=summary
    )
