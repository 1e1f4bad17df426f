"""rustc, as cargo calls it: which calls are one compilation that can be done elsewhere. Pure.

What is linked (programs, tests, procedural macros, dynamic libraries) and what is compiled incrementally stays here.
"""

from __future__ import annotations

from posixpath import basename

from pitstop.pipeline.execute.remote.compile.wanted import Wanted

_LIBRARIES = frozenset(("lib", "rlib"))
_EMITS = frozenset(("dep-info", "metadata", "link"))
_VALUES = frozenset(
    (
        *("--crate-name", "--crate-type", "--edition", "--emit", "--cfg", "--check-cfg", "--cap-lints", "--out-dir"),
        *("--error-format", "--json", "--color", "--diagnostic-width", "--extern", "-L", "-C"),
        *("-A", "-W", "-D", "-F", "--warn", "--allow", "--deny", "--forbid"),
    )
)


def is_compiler(program: str) -> bool:
    """Return whether a program is rustc by its name."""
    return basename(program) == "rustc"


def understood(argv: tuple[str, ...], manifest_dir: str) -> Wanted | None:
    """Return the compilation that `argv` asks for; None: leave it to this machine.

    `manifest_dir` is the folder of its package, which cargo names in CARGO_MANIFEST_DIR.
    """
    given: dict[str, list[str]] = {}
    paths: list[int] = []
    fronts: list[int] = []
    source = ""
    place = 1
    while place < len(argv):
        word = argv[place]
        option, value, at, front = word, "", place, 0
        if word in _VALUES and place + 1 < len(argv):
            at = place = place + 1
            value = argv[at]
        elif word.startswith("--") and "=" in word:
            option, _, value = word.partition("=")
            front = len(option) + 1
            if option not in _VALUES:
                return None
        elif word[:2] in {"-C", "-L", "-A", "-W", "-D", "-F"} and len(word) > 2:
            option, value, front = word[:2], word[2:], 2
        elif word.endswith(".rs") and not word.startswith("-"):
            if source:
                return None
            source = word
            paths.append(place)
            fronts.append(0)
        else:
            return None
        if value:
            given.setdefault(option, []).append(value)
        if option in {"-L", "--extern", "--out-dir"}:
            paths.append(at)
            fronts.append(front + (value.index("=") + 1 if "=" in value else 0))
        place += 1
    return _checked(argv, given, source, manifest_dir, (tuple(paths), tuple(fronts)))


def _checked(
    argv: tuple[str, ...],
    given: dict[str, list[str]],
    source: str,
    manifest_dir: str,
    places: tuple[tuple[int, ...], tuple[int, ...]],
) -> Wanted | None:
    kinds = {kind for value in given.get("--crate-type", []) for kind in value.split(",")}
    emits = {kind for value in given.get("--emit", []) for kind in value.split(",")}
    codegen = [value.partition("=")[0] for value in given.get("-C", [])]
    options = dict(value.partition("=")[::2] for value in given.get("-C", []))
    name, folder = given.get("--crate-name", [""])[0], given.get("--out-dir", [""])[0]
    if not (source and manifest_dir and name and folder and kinds and kinds <= _LIBRARIES and emits <= _EMITS):
        return None
    if {"incremental", "linker", "save-temps", "profile-use", "profile-generate"} & set(codegen):
        return None
    if options.get("target-cpu") == "native" or any(
        "native" in value.partition("=")[0] for value in given.get("-L", [])
    ):
        return None
    stem = f"{name}{options.get('extra-filename', '')}"
    outputs = [
        f"{folder}/{made}"
        for kind, made in (("dep-info", f"{stem}.d"), ("metadata", f"lib{stem}.rmeta"), ("link", f"lib{stem}.rlib"))
        if kind in emits
    ]
    externs = [value.partition("=")[2] for value in given.get("--extern", []) if "=" in value]
    searched = [value.partition("=")[2] or value for value in given.get("-L", [])]
    return Wanted(
        argv,
        *places,
        tuple(outputs),
        (folder, *searched),
        inputs=(manifest_dir, source, *externs, *searched),
        variables=("CARGO_*", "RUSTC_BOOTSTRAP", "RUSTC_FORCE_INCR_COMP_ARTIFACT_HEADER"),
    )
