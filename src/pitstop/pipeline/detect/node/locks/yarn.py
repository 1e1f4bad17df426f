"""yarn.lock, of yarn 1 and of later ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.errors import ConfigError
from pitstop.links.formats import read_block_yaml
from pitstop.pipeline.detect.node.locks import LockFile
from pitstop.pipeline.detect.reach import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pitstop.links.formats import Table

_LISTS = ("dependencies", "optionalDependencies", "peerDependencies")


def read_yarn(data: bytes, file: str) -> LockFile:
    """Return what the lock file says. Its keys are lists of `name@range`, in later versions `name@npm:range`."""
    blocks = _modern(data, file) if b"__metadata" in data else _classic(data, file)
    keys: dict[str, str] = {}
    names: dict[str, list[str]] = {}
    for key in blocks:
        for descriptor in key.split(", "):
            keys[descriptor] = key
            name = _name(descriptor)
            if key not in names.setdefault(name, []):
                names[name].append(key)

    def find(_folder: str, name: str, text: str) -> list[str]:
        for descriptor in (f"{name}@{text}", f"{name}@npm:{text}"):
            if descriptor in keys:
                found = [keys[descriptor]]
                break
        else:  # `resolutions`, a patch or a catalog gave it another range
            found = names.get(name, [])
        return [key for key in found if "@workspace:" not in key]

    entries = {}
    for key, block in blocks.items():
        what = [block.get(part) for part in ("version", "resolved", "resolution", "integrity", "checksum")]
        needs = [
            found
            for part in _LISTS
            if isinstance(block.get(part), dict)
            for name, text in block[part].items()
            if part != "peerDependencies" or f"{name}@{text}" in keys or f"{name}@npm:{text}" in keys
            for found in find("", name, text if isinstance(text, str) else "")
        ]
        entries[key] = Entry(f"{_name(key)} {what}", tuple(needs))
    return LockFile(entries, find)


def _name(descriptor: str) -> str:
    return descriptor[: descriptor.find("@", 1)] if "@" in descriptor[1:] else descriptor


def _modern(data: bytes, file: str) -> dict[str, Table]:
    table = read_block_yaml(data, file)
    if not isinstance(table, dict):
        raise ConfigError("not a mapping", file=file, line=1, column=1)
    return {key: value for key, value in table.items() if isinstance(value, dict) and key != "__metadata"}


def _classic(data: bytes, file: str) -> dict[str, Table]:
    """Return the blocks of a lock file of yarn 1; its format is its own."""
    found: dict[str, Table] = {}
    block: Table = {}
    inner: dict[str, str] | None = None
    for number, line in _lines(data, file):
        indent = len(line) - len(line.lstrip(" "))
        words = _words(line.strip(" ").removesuffix(":"))
        ends = line.endswith(":")
        if indent == 0 and ends and words:
            block, inner = {}, None
            found[", ".join(words)] = block
        elif indent == 2 and ends and len(words) == 1 and found:
            inner = block[words[0]] = {}
        elif indent == 2 and len(words) == 2 and found:
            block[words[0]], inner = words[1], None
        elif indent == 4 and len(words) == 2 and inner is not None:
            inner[words[0]] = words[1]
        elif indent < 4 or inner is None:
            raise ConfigError("not a line of a yarn.lock", file=file, line=number, column=indent + 1)
    return found


def _lines(data: bytes, file: str) -> Iterator[tuple[int, str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError("not UTF-8", file=file, line=data[: error.start].count(b"\n") + 1, column=1) from error
    for number, line in enumerate(text.split("\n"), 1):
        line = line.rstrip("\r")
        if line.startswith("<<<<<<<"):
            raise ConfigError("an unresolved merge conflict", file=file, line=number, column=1)
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line


def _words(line: str) -> list[str]:
    """Return the words of a line, which commas or blanks separate; quoted ones as they are inside."""
    import re

    return [quoted or plain for quoted, plain in re.findall(r'"((?:[^"\\]|\\.)*)"|([^\s,"]+)', line)]
