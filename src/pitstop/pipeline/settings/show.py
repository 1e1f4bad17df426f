"""The settings that hold, as lines of TOML and as plain data, each with where it comes from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from pitstop.core.task import CACHE_CHECKOUT, CACHE_STORE, TaskSpec
from pitstop.pipeline.settings.fields.remote import REMOTE
from pitstop.pipeline.settings.fields.sections import CACHE, RECORD, RUN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pitstop.pipeline.settings.fields.table import Field
    from pitstop.pipeline.settings.model import Laid, Settings, TierEntry

DEFAULT = "default"


class Shown(NamedTuple):
    """One value."""

    table: str
    """The table it stands in; empty: the top."""
    key: str
    value: Any
    """As TOML and JSON have it; None: not limited, which TOML has no word for."""
    origin: str
    """`pitstop.toml:3`, a manifest, or `default`."""
    words: str = ""
    """What a default means that has no value of its own."""


def shown_settings(settings: Settings) -> list[Shown]:
    """Return everything but the tasks and the pipelines."""
    origins = dict(settings.origins)
    env = [*(f"{name}={value}" for name, value in settings.env), *settings.read_env]
    found = []
    for key, listed in (("env", env), ("pass_env", list(settings.pass_env))):
        written = next((str(origin) for name, origin in origins.items() if name.partition(".")[0] == key), DEFAULT)
        found.append(Shown("", key, listed, written))
    for section, fields in (("run", RUN), ("cache", CACHE), ("remote", REMOTE), ("record", RECORD)):
        for field in fields:
            value = _plain(field, getattr(getattr(settings, section), field.name))
            origin = str(origins.get(f"{section}.{field.name}", DEFAULT))
            words = field.default if origin == DEFAULT and not value and value is not False else ""
            found.append(Shown(section, field.name, value, origin, "" if words == "0" else words))
    return found


def _plain(field: Field, value: Any) -> Any:
    if field.kind.name == "size" and value:
        return size_text(value)
    if field.kind.name == "tiers":
        return [_tier(entry) for entry in value]
    return list(value) if isinstance(value, tuple) else value


def _tier(entry: TierEntry) -> str | dict[str, Any]:
    """Return an entry as it may be printed: the shortest way to write it, without a password."""
    from pitstop.cache.tiers.open import printable
    from pitstop.pipeline.settings.model import TierEntry

    found: dict[str, Any] = {"url": printable(entry.url)}
    usual = TierEntry("")
    if entry.read != usual.read:
        found["read"] = entry.read
    if entry.write != usual.write:
        found["write"] = False if entry.write == "false" else entry.write
    if entry.timeout_s != usual.timeout_s:
        found["timeout"] = entry.timeout_s
    if entry.room:
        found["room"] = size_text(entry.room)
    found |= entry.options
    return found if len(found) > 1 else str(found["url"])


def shown_task(task: str, laid: Laid, root: str, detected: str) -> list[Shown]:
    """Return what the task of this id is in the end, in the words of `[tasks.NAME]`.

    `root` is the folder of its package, `detected` where it was declared before any rule; keys that nobody set are
    `default`.
    """
    spec, origins = laid
    retry: dict[str, Any] = {"count": spec.retry.times} if spec.retry.times else {}
    if spec.retry.backoff_s:
        retry["backoff"] = spec.retry.backoff_s
    if spec.retry.exit_codes:
        retry["exit_codes"] = list(spec.retry.exit_codes)
    values: dict[str, tuple[Any, bool]] = {
        "command": (spec.command if isinstance(spec.command, str) else list(spec.command), True),
        "cwd": (f"//{root if spec.cwd is None else spec.cwd}", spec.cwd is not None),
        "depends_on": (list(spec.depends_on), bool(spec.depends_on)),
        "inputs": (list(spec.inputs), bool(spec.inputs)),
        "outputs": (list(spec.outputs), bool(spec.outputs)),
        "env": ([*(f"{name}={value}" for name, value in spec.env), *spec.read_env], bool(spec.env or spec.read_env)),
        "pass_env": (list(spec.pass_env), bool(spec.pass_env)),
        "secrets": (list(spec.secrets), bool(spec.secrets)),
        "timeout": (spec.timeout_s, spec.timeout_s is not None),
        "retry": (retry, spec.retry != TaskSpec("").retry),
        "continue_on_error": (spec.continue_on_error, spec.continue_on_error),
        "cache": (_cache(spec.cache), spec.cache != CACHE_STORE),
        "remote": (
            {"run": spec.remote, "platform": dict(spec.platform)} if spec.platform else bool(spec.remote),
            spec.remote is not None,
        ),
        "resources": (
            {"cpu": spec.cpu, "memory": size_text(spec.memory) if spec.memory else 0},
            (spec.cpu, spec.memory) != (1.0, 0),
        ),
        "when": (spec.when, bool(spec.when)),
        "tools": (list(spec.tools), bool(spec.tools)),
        "lock": (spec.lock, bool(spec.lock)),
        "reports": (list(spec.reports), bool(spec.reports)),
        "artifacts": (
            {one.name: {"paths": list(one.paths), "keep": one.keep_s} for one in spec.artifacts},
            bool(spec.artifacts),
        ),
        "description": (spec.description, bool(spec.description)),
    }
    return [
        Shown(
            f"tasks.{key_text(task)}",
            key,
            value,
            str(origins[key]) if key in origins else detected if is_set else DEFAULT,
        )
        for key, (value, is_set) in values.items()
    ]


def _cache(cache: str) -> bool | str:
    return cache if cache == CACHE_CHECKOUT else cache == CACHE_STORE


def lines(values: Iterable[Shown]) -> list[str]:
    """Return the values as TOML with their origins as comments, in columns within each table."""
    out: list[str] = []
    tables: dict[str, list[Shown]] = {}
    for value in values:
        if value.table.startswith("tasks.") and value.origin == DEFAULT and not value.value:
            continue  # of a task only what is
        tables.setdefault(value.table, []).append(value)
    for table, inside in tables.items():
        if table:
            out += ["", f"[{table}]"] if out else [f"[{table}]"]
        texts = [f"# {one.key}: {one.words}" if one.words else f"{one.key} = {toml(one.value)}" for one in inside]
        width = min(max(map(len, texts)), 60)
        out += [f"{text:<{width}}  # {one.origin}" for text, one in zip(texts, inside, strict=True)]
    return out


def toml(value: Any) -> str:
    """Return a value as TOML writes it, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key_text(key)} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value)


def key_text(key: str) -> str:
    """Return a key as TOML writes it, in quotes where it must be."""
    bare = key.replace("-", "").replace("_", "")
    return key if bare.isalnum() and bare.isascii() else toml(key)


def size_text(size: int) -> str:
    """Return bytes exactly: `2GiB`, `1536MiB`, `1000` bytes as they are."""
    for unit, power in (("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)):
        if size % (1 << power) == 0:
            return f"{size >> power}{unit}"
    return f"{size}B"
