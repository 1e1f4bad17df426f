"""What the last keys of a task were made of, so that a machine which has never run it can say how its own key differs.

Beside results a tier keeps, under the SHA-256 of `pitstop keys 1`, the project and the task, an `ActionResult` whose
output files are the last keys with which the task passed, wherever that was: the path is `<UTC seconds>-<action>`, the
digest that of a JSON text:

    {"machine": …, "parts": {"command": …, "env CI": …, …}, "files": D, "package": D}
    files    {"paths": [ … ], "hashes": "<64 hex digits for each path>"}
    package  {"name": …, "own": …, "lock": …, "files": D, "needs": [[name, print, D], …]}

D is `hash/size`, or empty: not told. What two keys share is one blob. Nothing rests on any of this but an explanation.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from pitstop.cache import wire
from pitstop.cache.actions import ActionResult, OutputFile, decode_result, encode_result
from pitstop.core.digest import Digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pitstop.cache.tiers.tier import Tier

    Tables = dict[str, Any]
    """`files` and `packages` as `pipeline.reasons.remember` fills them."""

KEPT = 8
"""Keys of a task that are told of."""
MOST = 8 << 20
"""Bytes of the largest text that is read."""


class Entry(NamedTuple):
    """One key of a task."""

    made: float
    """When the task passed with it, in seconds since 1970 UTC."""
    action: str
    text: Digest
    """Of what it was made of."""


def place_of(project: str, task: str) -> str:
    """Return under what the keys of a task are kept."""
    return sha256(f"pitstop keys 1\0{project}\0{task}".encode("utf-8", "surrogateescape")).hexdigest()


def entries(message: bytes) -> list[Entry]:
    """Return the keys that a message tells of, the newest first; none when it is none of ours."""
    found: list[Entry] = []
    try:
        for file in decode_result(message).files:
            made, _, action = file.path.partition("-")
            if made.isdecimal() and len(action) == 64 and file.digest.size <= MOST:
                found.append(Entry(float(made), action, file.digest))
    except (wire.WireError, ValueError):
        return []
    return sorted(found, reverse=True)


def with_entry(known: Iterable[Entry], entry: Entry) -> bytes:
    """Return the message that tells of one key more, and of no more than are kept."""
    others = sorted((one for one in known if one.action != entry.action), reverse=True)[: KEPT - 1]
    named = [OutputFile(f"{one.made:.0f}-{one.action}", one.text) for one in (entry, *others)]
    return encode_result(ActionResult(tuple(named)))


# Writing


def describe(
    tables: Mapping[str, Any],
    package: str,
    parts: Mapping[str, str],
    machine: str,
    put: Callable[[bytes], Digest | None],
    told: dict[tuple[str, str], str],
) -> str:
    """Keep by `put` what a key is made of; return the digest of the text about it, empty when that cannot be kept.

    `told` remembers what was kept, for the next key of the same run.
    """

    def kept(value: Any) -> str:
        digest = put(json.dumps(value, sort_keys=True, separators=(",", ":")).encode())
        return "" if digest is None else str(digest)

    def files(mark: str) -> str:
        if ("", mark) not in told and mark in tables["files"]:
            names, digests = tables["files"][mark]
            told["", mark] = kept({"paths": names.split("\0") if names else [], "hashes": digests.hex()})
        return told.get(("", mark), "")

    def about(name: str, mark: str) -> str:
        known = tables["packages"].get(mark, {}).get(name)
        if known is None or (name, mark) in told:
            return told.get((name, mark), "")
        told[name, mark] = ""  # packages may need each other: who comes round again is not told twice
        own, lock, needs = known
        listed = [[need, at, about(need, at)] for need, at in needs]
        value = {"name": name, "own": own, "lock": lock, "files": files(own), "needs": listed}
        told[name, mark] = kept(value)
        return told[name, mark]

    text = {"machine": machine, "parts": dict(parts), "files": files(parts.get("files", ""))}
    return kept(text | {"package": about(package, parts.get("packages", ""))})


def named(text: str, read: Callable[[Digest], bytes | None], seen: set[str]) -> list[Digest]:
    """Return the digests of a text and of all that it names, in an order in which each comes after what it names.

    `seen` holds those that need not be returned again, and grows.
    """
    found: list[Digest] = []
    digest = _digest(text)
    if digest is None or text in seen:
        return found
    seen.add(text)
    for inner in _links(_value(read(digest))):
        found += named(inner, read, seen)
    return [*found, digest]


def _links(value: dict[str, Any]) -> list[str]:
    found = [value.get("files"), value.get("package")]
    needs = value.get("needs")
    if isinstance(needs, list):
        found += [need[2] for need in needs if isinstance(need, list) and len(need) == 3]
    return [one for one in found if isinstance(one, str)]


# Reading


class Told(NamedTuple):
    """A key as a tier tells of it."""

    entry: Entry
    machine: str
    parts: dict[str, str]


def read(tier: Tier, known: Iterable[Entry], tables: Tables, package: str) -> list[Told]:
    """Return what keys were made of, and add to `tables` what it takes to compare them. Raises TierError."""
    found: list[Told] = []
    names = list(known)
    texts = _get(tier, [entry.text for entry in names])
    waiting: list[tuple[str, str, str]] = []
    files: dict[str, str] = {}
    for entry in names:
        value = _value(texts.get(entry.text))
        parts = value.get("parts")
        if not isinstance(parts, dict) or not all(isinstance(one, str) for one in (*parts, *parts.values())):
            continue
        found.append(Told(entry, str(value.get("machine", "")), parts))
        files[parts.get("files", "")] = str(value.get("files", ""))
        waiting.append((package, parts.get("packages", ""), str(value.get("package", ""))))
    entered: set[tuple[str, str]] = set()
    while waiting:
        asked = [one for one in dict.fromkeys(waiting) if one[:2] not in entered and _digest(one[2])]
        entered.update(one[:2] for one in asked)
        asked = [one for one in asked if one[0] not in tables["packages"].get(one[1], {})]
        texts = _get(tier, [digest for _, _, text in asked if (digest := _digest(text)) is not None])
        waiting = []
        for name, mark, text in asked:
            digest = _digest(text)
            value = _value(texts.get(digest)) if digest is not None else {}
            needs = value.get("needs")
            own, lock = value.get("own"), value.get("lock")
            if not isinstance(needs, list) or not isinstance(own, str) or not isinstance(lock, str):
                continue
            pairs = [need for need in needs if isinstance(need, list) and [type(one) for one in need] == [str] * 3]
            tables["packages"].setdefault(mark, {})[name] = (own, lock, tuple((need, at) for need, at, _ in pairs))
            files[own] = str(value.get("files", ""))
            waiting += [(need, at, inner) for need, at, inner in pairs]
    _add_files(tier, {mark: text for mark, text in files.items() if mark not in tables["files"]}, tables)
    return found


def _add_files(tier: Tier, wanted: Mapping[str, str], tables: Tables) -> None:
    digests = {mark: digest for mark, text in wanted.items() if (digest := _digest(text)) is not None}
    texts = _get(tier, list(digests.values()))
    for mark, digest in digests.items():
        value = _value(texts.get(digest))
        paths, hashes = value.get("paths"), value.get("hashes")
        if isinstance(paths, list) and isinstance(hashes, str) and len(hashes) == 64 * len(paths):
            try:
                tables["files"][mark] = ("\0".join(map(str, paths)), bytes.fromhex(hashes))
            except ValueError:
                continue


def _get(tier: Tier, digests: list[Digest]) -> dict[Digest, bytes]:
    found: dict[Digest, bytes] = {}

    def sink(name: Digest, pieces: Iterable[bytes]) -> bool:
        data = b""
        for piece in pieces:
            data += piece
            if len(data) > name.size:
                return False
        if len(data) != name.size or sha256(data).hexdigest() != name.hash:
            return False
        found[name] = data
        return True

    if digests:
        tier.get_blobs(list(dict.fromkeys(digests)), sink)
    return found


def _value(data: bytes | None) -> dict[str, Any]:
    try:
        value = json.loads(data or b"{}")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _digest(text: str) -> Digest | None:
    name, _, size = text.partition("/")
    right = len(name) == 64 and set(name) <= set("0123456789abcdef") and size.isdecimal() and int(size) <= MOST
    return Digest(name, int(size)) if right else None
