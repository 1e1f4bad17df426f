"""Why a key is not what it was: two sets of pieces laid side by side, each difference named. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pitstop.pipeline.inputs import Inputs
    from pitstop.pipeline.keys import Parts


class Change(NamedTuple):
    """One piece of a key that differs."""

    kind: str
    """`file`, `package`, `env`, `secret`, `tool`, `task`, `lock`, `command`, `outputs`, `timeout`, `version` …"""
    name: str
    before: str
    """Empty: it was not there; digests are shortened."""
    after: str

    def text(self) -> str:
        """Return it in a few words: `src/lib.rs changed`."""
        named = self.name if self.kind in {"file", "lock"} or not self.name else f"{self.kind} {self.name}"
        named = named or self.kind
        if not self.before:
            return f"{named} is new"
        if not self.after:
            return f"{named} is gone"
        if self.kind in {"env", "tool"} and len(self.before) + len(self.after) < 120:
            return f"{named}: {self.before} -> {self.after}"
        return f"{named} changed"


def remember(store: dict[str, Any], inputs: Inputs, task: str, package: str, parts: Parts, rows: Any) -> None:
    """Put what `compare` needs to know of a key later into `store` (`memory.load_parts()`)."""
    store["parts"][task] = parts
    dev = parts.get("packages") == inputs.closure_print(package, dev=True)
    waiting = [(package, dev)] if "packages" in parts else []
    entered = set()
    while waiting:
        name, dev = waiting.pop()
        own, lock, needs = inputs.describe(name, dev=dev)
        mark = inputs.closure_print(name, dev=dev)
        if mark in entered or ((known := store["packages"].get(mark)) is not None and name in known):
            continue
        entered.add(mark)
        store["packages"].setdefault(mark, {})[name] = (own, lock, needs)
        if own not in store["files"]:
            store["files"][own] = inputs.files_of_package(name)
        waiting.extend((need, False) for need, _ in needs)
    if parts["files"] not in store["files"]:
        store["files"][parts["files"]] = inputs.files_of(rows)


def compare(before: Parts, after: Parts, package: str, tables: Mapping[str, Any]) -> list[Change]:
    """Return how the pieces `after` differ from `before`, the most telling first. `tables` is what `remember` filled."""
    return sorted(dict.fromkeys(_changes(before, after, package, tables)), key=lambda change: _ORDER.index(change.kind))


_ORDER = (
    "command",
    "cwd",
    "env",
    "secret",
    "tool",
    "file",
    "lock",
    "package",
    "task",
    "outputs",
    "timeout",
    "shared",
    "version",
    "packages",
)


def _changes(before: Parts, after: Parts, package: str, tables: Mapping[str, Any]) -> Iterator[Change]:
    for piece in sorted(before.keys() | after.keys()):
        old, new = before.get(piece, ""), after.get(piece, "")
        if old == new:
            continue
        kind, _, name = piece.partition(" ")
        if piece == "files":
            yield from _files(old, new, tables)
        elif piece == "packages":
            yield from _packages(old, new, package, tables)
        elif kind in {"file", "task", "secret"}:
            yield Change(kind, name, old[:12], new[:12])
        elif kind == "lock":
            yield Change("lock", "lock file entries", old[:12], new[:12])
        else:
            yield Change(kind if kind in _ORDER else "version", name, old.replace("\0", " "), new.replace("\0", " "))


def _files(old: str, new: str, tables: Mapping[str, Any]) -> Iterator[Change]:
    if old not in tables["files"] or new not in tables["files"]:
        yield Change("file", "files of the package", old[:12], new[:12])
        return
    before, after = _hashes(*tables["files"][old]), _hashes(*tables["files"][new])
    for path in sorted(before.keys() | after.keys()):
        was, now = before.get(path, ""), after.get(path, "")
        if was != now:
            yield Change("file", path, was[:12], now[:12])


def _hashes(names: str, digests: bytes) -> dict[str, str]:
    paths = names.split("\0") if names else []
    return {path: digests[32 * row : 32 * row + 32].hex() for row, path in enumerate(paths)}


def _packages(old: str, new: str, package: str, tables: Mapping[str, Any]) -> Iterator[Change]:
    """Walk down both graphs of packages where they differ."""
    known = tables["packages"]
    waiting, entered = [(package, old, new)], set()
    while waiting:
        name, was, now = waiting.pop()
        if was == now or (name, was, now) in entered:
            continue
        entered.add((name, was, now))
        before, after = known.get(was, {}).get(name), known.get(now, {}).get(name)
        if before is None or after is None:
            yield Change("package", name, was[:12], now[:12])
            continue
        if before[0] != after[0]:
            if before[1] != after[1]:
                yield Change("lock", f"lock file entries of {name}", before[1][:12], after[1][:12])
            yield from _files(before[0], after[0], tables)
        former, present = dict(before[2]), dict(after[2])
        for need in sorted(former.keys() | present.keys()):
            if need in former and need in present:
                waiting.append((need, former[need], present[need]))
            else:
                yield Change("package", need, former.get(need, "")[:12], present.get(need, "")[:12])


def forget(tables: dict[str, Any]) -> None:
    """Drop what no remembered key of a task is made of, once that is more than what is. Changes `tables`."""
    parts, files, packages = tables["parts"], tables["files"], tables["packages"]
    if len(files) < 2 * len(parts) + 1000:
        return
    used, waiting = set(), [one["packages"] for one in parts.values() if "packages" in one]
    while waiting:
        mark = waiting.pop()
        if mark not in used:
            used.add(mark)
            waiting += [need for _, _, needs in packages.get(mark, {}).values() for _, need in needs]
    tables["packages"] = {mark: packages[mark] for mark in used if mark in packages}
    kept = {own for members in tables["packages"].values() for own, _, _ in members.values()}
    kept.update(one["files"] for one in parts.values())
    tables["files"] = {mark: files[mark] for mark in kept if mark in files}
