"""Cargo.lock, versions 1 to 4: which entries a crate's dependencies reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.links.formats import read_toml
from pitstop.pipeline.detect.reach import Entry, digests

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pitstop.links.formats import Table
    from pitstop.pipeline.files import Files


class Reach:
    """The digests of the entries of one Cargo.lock."""

    def __init__(self, packages: list[Table], checksums: dict[str, str], features: Mapping[str, str]) -> None:
        names: dict[str, list[str]] = {}
        keys = []
        for package in packages:
            key = f"{package['name']} {package['version']} ({package.get('source', '')})"
            keys.append(key)
            names.setdefault(str(package["name"]), []).append(key)
        self._names = names
        entries = {}
        for key, package in zip(keys, packages, strict=True):
            checksum = package.get("checksum") or checksums.get(key, "")
            listed = package.get("dependencies")
            needs = [
                found
                for need in (listed if isinstance(listed, list) else ())
                if isinstance(need, str)
                for found in self._find(need)
            ]
            entries[key] = Entry(f"{key} {checksum} {features.get(str(package['name']), '')}", tuple(needs))
        self._digests = digests(entries)

    def _find(self, need: str) -> list[str]:
        """Return the keys that `name`, `name version` or `name version (source)` means."""
        name, _, rest = need.partition(" ")
        found = self._names.get(name, [])
        if rest and len(found) > 1:
            version, _, source = rest.partition(" ")
            start = f"{name} {version} {source}" if source else f"{name} {version} ("
            found = [key for key in found if key.startswith(start)] or found
        return found

    def of(self, name: str, version: str) -> str:
        """Return the hex digest over what the crate of the workspace reaches; `""` where the file has no entry."""
        found = self._names.get(name, [])
        local = [key for key in found if key.endswith(" ()")]
        exact = [key for key in local if key == f"{name} {version} ()"]
        for key in exact or local:
            return self._digests[key].hex()
        return ""


def read_lock(files: Files, path: str, features: Mapping[str, str]) -> Reach | None:
    """Return what the lock file `path` says, or None where there is none.

    `features` says for packages, by their names, with which features they are built: that counts as a part of them.
    """
    data = files.read(path)
    if data is None:
        return None
    table = read_toml(data, path)
    listed = table.get("package")
    found = [*(listed if isinstance(listed, list) else ()), table.get("root")]  # `root`: version 1 of before 2017
    packages = [
        package
        for package in found
        if isinstance(package, dict)
        and isinstance(package.get("name"), str)
        and isinstance(package.get("version"), str)
    ]
    metadata = table.get("metadata", {})
    checksums = {
        key.removeprefix("checksum "): value
        for key, value in (metadata.items() if isinstance(metadata, dict) else ())
        if key.startswith("checksum ") and isinstance(value, str)
    }
    return Reach(packages, checksums, features)
