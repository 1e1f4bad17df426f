"""What the text of a script says: whether it rewrites sources, watches, serves, or runs the scripts of others."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_REWRITES = re.compile(
    r"--(?:write|fix|fix-type|apply|apply-unsafe|unsafe)\b|\bprettier\b.*\s-w\b|\bdprint fmt\b|\bstandard --fix\b"
    r"|\b(?:jest|vitest)\b.*\s(?:-u|--update|--updateSnapshot)\b"
)
_CHECKS = re.compile(
    r"--check\b|--list-different\b|--dry-run\b|\bprettier\b.*\s-(?:c|l)\b|\bbiome ci\b|\bdprint check\b|\bbiome format\b"
    r"|\bbiome check\b"
)
_FORMATTERS = re.compile(r"\b(?:prettier|biome|dprint|oxfmt|standard|rome)\b")
_OTHERS = re.compile(
    r"(?:^|[;&|(]\s*|\b(?:npx|bunx|dlx|exec|cross-env(?:\s+\w+=\S*)*)\s+)(?:"
    r"turbo\b|nx\b|lerna\b|wsrun\b|moon\b|rush\b|ultra\b"
    r"|pnpm\s+(?:\S+\s+)*?(?:-r|--recursive|-F|--filter(?:=\S+)?|--workspace-root)\b"
    r"|pnpm\s+(?:-r|--recursive|-F|--filter)\b"
    r"|npm\s+(?:\S+\s+)*?(?:-w|-ws|--workspace|--workspaces)\b"
    r"|yarn\s+workspaces?\b|bun\s+(?:\S+\s+)*?--filter\b"
    r"|cd\s+\S+\s*&&\s*(?:npm|pnpm|yarn|bun)\b|(?:npm|pnpm|yarn)\s+(?:\S+\s+)*?(?:--prefix|-C|--dir|--cwd)\b)"
)
_SERVES = frozenset({
    "dev", "start", "serve", "server", "watch", "preview", "develop", "storybook", "deploy", "publish", "release", "clean",
    "version", "changeset", "bump", "eject", "prepare", "preinstall", "install", "postinstall", "prepublish",
    "prepublishOnly", "prepack", "pack", "postpack", "dependencies", "reset", "nuke",
})  # fmt: skip
_WATCH = re.compile(r"\s+--watch(?:All)?(?:=true)?(?=\s|$)")
_SHORT_WATCH = re.compile(
    r"\b(tsc|mocha|ava|tsup|rollup|vite build|webpack|babel|esbuild|node --test)\b([^&|;]*?)\s+-w(?=\s|$)"
)
_TOOLS = re.compile(
    r"(?:^|[;&|(]\s*)(?:cross-env\s+)?(?:\w+=\S*\s+)*(cargo|wasm-pack|go|python3?|deno|bun|make|docker|uv|java|gradle|mvn)\b"
)


@cache
def rewrites(text: str) -> bool:
    """Return whether a script changes the files it looks at."""
    return _REWRITES.search(text) is not None


@cache
def only_checks_format(text: str) -> bool:
    """Return whether a script compares the files with how they should be formatted, and changes none."""
    return _FORMATTERS.search(text) is not None and _CHECKS.search(text) is not None and not rewrites(text)


@cache
def runs_others(text: str) -> bool:
    """Return whether a script starts scripts of other packages through a package manager or a task runner."""
    return _OTHERS.search(text) is not None


_CALL = re.compile(r"^\s*(?:npm run|npm run-script|pnpm run|pnpm|yarn run|yarn|bun run)\s+([\w:.-]+)\s*$")


def expanded(text: str, scripts: Mapping[str, str]) -> str:
    """Return the text that a script comes down to, which may only call another script of the same package."""
    for _ in range(5):
        call = _CALL.match(text)
        if call is None or call[1] not in scripts:
            break
        text = scripts[call[1]]
    return text


def without_others(text: str, scripts: Mapping[str, str], depth: int = 5) -> str:
    """Return a script less those of its parts, joined by `&&`, that start scripts of other packages.

    A part may be a call of another script of the same package. All of it is returned where nothing starts any.
    """
    apart = re.search(r"[;|()`\n]|\b(?:cd|export|exit)\b", text) is None
    parts = [part.strip() for part in text.split("&&")] if apart else [text]
    kept: list[str] = []
    for part in parts:
        inner = expanded(part, scripts)
        if inner == part or not depth:
            kept += [] if runs_others(part) else [part]
        else:
            rest = without_others(inner, scripts, depth - 1)
            kept += [part] if rest == inner else [rest] * bool(rest)
    return text if kept == parts else " && ".join(kept)


def serves(name: str) -> bool:
    """Return whether a script of this name stays, publishes or belongs to the package manager: never a check."""
    return any(part in _SERVES for part in (name, name.partition(":")[0], name.rpartition(":")[2]))


@cache
def once(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return a test or build script so that it ends by itself: the text, and variables it needs for that.

    `--watch` is taken out; `CI=true` keeps vitest and react-scripts from watching.
    """
    changed = _SHORT_WATCH.sub(r"\1\2", _WATCH.sub("", text)) if "-w" in text else text
    if re.search(r"\bng test\b", changed) and "--watch" not in changed:
        changed = re.sub(r"\bng test\b", "ng test --watch=false", changed)
    if re.search(r"\bkarma start\b", changed) and "--single-run" not in changed:
        changed = re.sub(r"\bkarma start\b", "karma start --single-run", changed)
    watches = re.search(
        r"\breact-scripts test\b|\bvitest\b(?! +(?:run|bench|list|related|typecheck)\b)|\bcraco test\b", changed
    )
    return changed, (("CI", "true"),) if watches and "--run" not in changed else ()


def without_fix(text: str) -> str:
    """Return a linting script without the flags by which it would change files."""
    return re.sub(r"\s+--(?:fix(?:-type\s+\S+)?|write|apply)(?=\s|$)", "", text)


@cache
def tools_in(text: str) -> tuple[str, ...]:
    """Return the programs, beside node, that a script starts by name and that no lock file pins."""
    return tuple(dict.fromkeys(("node", *_TOOLS.findall(text))))


def joined(parts: list[str]) -> str:
    """Return one shell text that runs `parts` one after the other, each by itself, until one fails."""
    if len(parts) == 1:
        return parts[0]
    plain = re.compile(r"[\w ./:@=,+*'\"-]*")
    return " && ".join(
        part if plain.fullmatch(part) and not re.match(r"\s*(?:cd|export|set|exit)\b", part) else f"({part}\n)"
        for part in parts
    )
