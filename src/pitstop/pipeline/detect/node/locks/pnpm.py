"""pnpm-lock.yaml, lockfileVersion 5 to 9."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pitstop.core.errors import ConfigError
from pitstop.links.formats import read_block_yaml
from pitstop.pipeline.detect.node.locks import LockFile
from pitstop.pipeline.detect.reach import Entry

if TYPE_CHECKING:
    from pitstop.links.formats import Table

_LISTS = ("dependencies", "optionalDependencies", "devDependencies")


def read_pnpm(data: bytes, file: str) -> LockFile:
    """Return what the lock file says.

    Of two documents the second is meant. Versions 5 and 6 have one entry for each package and its peers (`/a/1.0.0_b@2.0.0`, `/a@1.0.0(b@2.0.0)`), version 9
    splits it: `snapshots` with the peers, `packages` without. `importers` say what each package of the repository got.
    """
    before, _, rest = data.removeprefix(b"---\n").partition(b"\n---\n")  # pnpm 11 writes what it needs itself before
    table = read_block_yaml(rest or before, file)
    if table == "":
        table = {}
    if not isinstance(table, dict):
        raise ConfigError("not a mapping", file=file, line=1, column=1)
    importers = table.get("importers")
    if not isinstance(importers, dict):
        importers = {".": table}
    packages = _table(table, "packages")
    snapshots = _table(table, "snapshots") if "snapshots" in table else packages
    known = {**packages, **snapshots}
    patches = str(_table(table, "patchedDependencies"))

    def key_of(name: str, version: Any) -> list[str]:
        if isinstance(version, dict):
            version = version.get("version")
        if not isinstance(version, str) or version.startswith(("link:", "workspace:")):
            return []
        for key in (f"{name}@{version}", version, f"/{name}@{version}", f"/{name}/{version}", f"/{version}"):
            if key in known:
                return [key]
        return []

    entries = {}
    for key in known:
        snapshot, package = _table(snapshots, key), _table(packages, key.partition("(")[0])
        text = f"{key} {package.get('resolution', snapshot.get('resolution'))} {package.get('version')}"
        if patches != "{}" and "patch_hash=" in key:
            text += patches
        needs = [
            found
            for part in ("dependencies", "optionalDependencies")
            for name, version in _table(snapshot, part).items()
            for found in key_of(name, version)
        ]
        entries[key] = Entry(text, tuple(needs))

    def find(folder: str, name: str, _text: str) -> list[str]:
        importer = _table(importers, folder or ".")
        return [key for part in _LISTS if name in _table(importer, part) for key in key_of(name, importer[part][name])]

    return LockFile(entries, find)


def _table(table: Table, key: str) -> Table:
    found = table.get(key)
    return found if isinstance(found, dict) else {}
