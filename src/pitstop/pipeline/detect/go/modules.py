"""Which Go modules there are, and which of them are built from each other's folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.errors import ConfigError, PlanError
from pitstop.pipeline.detect.draft import at, parent, resolve
from pitstop.pipeline.files import Note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pitstop.pipeline.files import Files


class Directives(NamedTuple):
    """What a go.mod or go.work file says, as far as planning needs it."""

    module: str
    requires: dict[str, str]
    """Version by module path."""
    replaces: dict[str, str]
    """What stands after `=>`, by `path` or `path version`."""
    uses: list[str]


class Module(NamedTuple):
    """One Go module."""

    name: str
    """Its module path."""
    folder: str
    top: str
    """The folder of its go.work, else its own."""
    requires: dict[str, str]
    replaces: dict[str, str]
    needs: tuple[str, ...] = ()
    """Folders of the modules it is built from, sorted."""


def find_modules(files: Files, notes: list[Note]) -> dict[str, Module]:
    """Return the modules by folder, in the order of the folders.

    Modules need each other only where go takes them from their folders: in one go.work, or by `replace`. Folders that
    go itself passes over (`testdata`, `vendor`, `_x`, `.x`) hold no module of ours, unless a go.work names them.
    """
    used: dict[str, str] = {}
    works: dict[str, Directives] = {}
    for path in files.named("go.work"):
        top = parent(path)
        if _is_passed_over(top):
            continue
        work = read_directives(files.read(path) or b"", path)
        works[top] = work
        for use in work.uses:
            place = resolve(top, use)
            if place is None:
                continue
            if files.read(at(place, "go.mod")) is None:
                raise PlanError(
                    f"{path}: `use {use}` names a folder without go.mod", hint="mend `use`, or add the file"
                )
            used.setdefault(place, top)
    found: dict[str, Module] = {}
    passed_over = []
    for folder in sorted({*map(parent, files.named("go.mod")), *used}):
        if folder not in used and _is_passed_over(folder):
            passed_over.append(folder)
            continue
        path = at(folder, "go.mod")
        told = read_directives(files.read(path) or b"", path)
        if not told.module:
            raise ConfigError("no `module` line", file=path)
        found[folder] = Module(told.module, folder, used.get(folder, folder), told.requires, told.replaces)
    notes += [Note(at(folder, "go.mod"), "not planned: go passes over its folder") for folder in passed_over]
    return {folder: module._replace(needs=_needs(module, found, works)) for folder, module in found.items()}


def _is_passed_over(folder: str) -> bool:
    return any(
        part in {"testdata", "vendor", "node_modules"} or part.startswith((".", "_")) for part in folder.split("/")
    )


def _needs(module: Module, modules: dict[str, Module], works: dict[str, Directives]) -> tuple[str, ...]:
    beside: dict[str, str] = {}
    replaces = module.replaces
    place = module.folder
    if module.top in works:
        beside = {other.name: folder for folder, other in modules.items() if other.top == module.top}
    found: set[str] = set()
    for name, version in module.requires.items():
        folder = beside.get(name)
        target = replaces.get(f"{name} {version}") or replaces.get(name)
        if folder is None and module.top in works:
            shared = works[module.top].replaces
            if wide := shared.get(f"{name} {version}") or shared.get(name):
                target, place = wide, module.top
        if folder is None and target is not None and target.startswith(("./", "../")):
            folder = resolve(place, target)
        if folder is not None and folder in modules and folder != module.folder:
            found.add(folder)
        place = module.folder
    return tuple(sorted(found))


def read_directives(data: bytes, file: str) -> Directives:
    """Return what a go.mod or go.work file says; what planning does not need is passed over unread."""
    found = Directives("", {}, {}, [])
    for words in _lines(data, file):
        match words:
            case ["module", name, *_]:
                found = found._replace(module=name)
            case ["require", name, version, *_]:
                found.requires[name] = version
            case ["use", place, *_]:
                found.uses.append(place)
            case ["replace", *rest] if "=>" in rest:
                arrow = rest.index("=>")
                if rest[:arrow] and rest[arrow + 1 :]:
                    found.replaces[" ".join(rest[:arrow])] = " ".join(rest[arrow + 1 :])
    return found


def _lines(data: bytes, file: str) -> Iterator[list[str]]:
    """Yield the words of each directive, those of a block with the block's word before them."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError("not UTF-8", file=file, line=data[: error.start].count(b"\n") + 1, column=1) from error
    block = ""
    opened = 0
    for number, line in enumerate(text.split("\n"), 1):
        words = [_unquoted(word) for word in line.partition("//")[0].split()]
        if not words:
            continue
        if block:
            if words == [")"]:
                block = ""
            else:
                yield [block, *words]
        elif words[-1] == "(" and len(words) == 2:
            block, opened = words[0], number
        elif words[-1].startswith("(") and words[-1] != "()" and len(words) == 1:
            raise ConfigError("a block without a word before it", file=file, line=number, column=1)
        else:
            yield words
    if block:
        raise ConfigError(f"the block `{block} (` is not closed", file=file, line=opened, column=1)


def _unquoted(word: str) -> str:
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in '"`' else word
