"""`--filter`: which packages are meant, in the syntax of turbo. Pure.

From turbo's documentation of `turbo run --filter` (turborepo.dev/docs/reference/run) and, where that is silent, from the
behaviour of turbo 2:

| filter                           | packages                                                                        |
| -------------------------------- | ------------------------------------------------------------------------------- |
| `ui`, `@acme/ui`                 | with this name or id; none is an error                                          |
| `@acme/*`                        | whose name or id matches; `*` stands for any characters, `/` among them         |
| `./apps/*`, `{apps/*}`           | whose folder matches the glob as a whole: `./apps` is not what lies in it       |
| `.`                              | of the repository's own folder, and `//`                                        |
| `[main]`                         | changed since the last commit shared with `main`, committed or not              |
| `[a...b]`                        | with files changed by the commits of `b` that are not in `a`                    |
| `ui[main]`, `{apps/*}[main]`,    | for which all of the parts hold                                                 |
| `ui{packages/*}[main]`           |                                                                                 |
| `ui...[main]`                    | `ui`, if it or any package that it needs, however far, is in `[main]`           |
| `X...`                           | X and all that X needs, however far                                             |
| `...X`                           | X and all that need X, however far                                              |
| `...X...`                        | both, and all that the needing ones need                                        |
| `X^...`, `...^X`                 | the same without X (unless another way leads to it)                             |
| `!X`                             | not X                                                                           |

(turbo 2 compares `[main]` with the tip of main; where main went on meanwhile, that is less than a person means.)

Several filters: what any of them means, less what any with `!` means; only filters with `!`: all packages, less those.
`//`, the repository itself, is among "all" only where a filter says so (`//`, `*`, `.`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.errors import UsageError
from pitstop.core.package import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from pitstop.core.package import Package

_HINT = "such as `web`, `@acme/*`, `./apps/*`, `web...`, `...web`, `[origin/main]`, `!web`"


class Filter(NamedTuple):
    """One `--filter`, taken apart."""

    text: str
    """As it was written."""
    name: str = ""
    """Glob of names; `""`: any."""
    folder: str | None = None
    """Glob of folders relative to the repository, `""` its root; None: any."""
    changed: str = ""
    """`main` or `a...b`; `""`: changed or not."""
    exclude: bool = False
    dependencies: bool = False
    dependents: bool = False
    without_self: bool = False
    changed_below: bool = False
    """`changed` may also hold for a package that it needs."""


def parse(text: str) -> Filter:
    """Return `text` as a Filter. Raises UsageError when it is no filter."""
    rest = text
    if exclude := rest.startswith("!"):
        rest = rest[1:]
    without_self = False
    if dependencies := rest.endswith("..."):
        rest = rest[:-3]
        if rest.endswith("^"):
            without_self, rest = True, rest[:-1]
    if dependents := rest.startswith("..."):
        rest = rest[3:]
        if rest.startswith("^"):
            without_self, rest = True, rest[1:]
    if rest in {".", ".."} or rest.startswith(("./", "../")):
        if "[" in rest:
            place, _, commits = rest.partition("[")
            raise _wrong(text, f"put the folder in braces: `{{{place}}}[{commits}`")
        return Filter(text, "", _clean(rest, text), "", exclude, dependencies, dependents, without_self)
    changed = ""
    changed_below = False
    if rest.endswith("]") and "[" in rest:
        rest, _, changed = rest[:-1].rpartition("[")
        if rest.endswith("..."):
            changed_below, rest = True, rest[:-3]
            if not rest:
                raise _wrong(text, "a package or folder must stand before `...[`")
        start, dots, end = changed.partition("...")
        if not start or (dots and not end) or "]" in changed:
            raise _wrong(text, "`[ ]` holds a commit, or two as in `[a...b]`")
    folder: str | None = None
    if rest.endswith("}") and "{" in rest:
        rest, _, folder = rest[:-1].partition("{")
        if not folder or "}" in folder.partition("{")[0]:
            raise _wrong(text, "`{ }` holds one folder")
        folder = _clean(folder, text)
    if any(bracket in rest for bracket in "{}[]") or rest.startswith((".", "^")) or rest.endswith("^"):
        raise _wrong(text, f"`{rest}` is no name of a package")
    if not rest and folder is None and not changed:
        raise _wrong(text, "it names no package, folder or commit")
    return Filter(text, rest, folder, changed, exclude, dependencies, dependents, without_self, changed_below)


def _wrong(text: str, reason: str) -> UsageError:
    return UsageError(f"cannot read the filter `{text}`: {reason}", hint=_HINT)


def _clean(folder: str, text: str) -> str:
    parts: list[str] = []
    for part in folder.replace("\\", "/").split("/"):
        if part == "..":
            if not parts:
                raise _wrong(text, f"`{folder}` lies outside of the repository")
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def choose(
    packages: Sequence[Package], filters: Iterable[str], changed: Callable[[str], Collection[str]]
) -> frozenset[str]:
    """Return the ids of the packages that `filters` mean.

    `changed` is given what stands in `[ ]` and returns the ids of the packages that changed; it is called at most once
    for each text. Raises UsageError for a filter that cannot be read, or that names a package or a folder that there
    is none of.
    """
    read = [parse(text) for text in filters]
    seen: dict[str, Collection[str]] = {}

    def changed_once(commits: str) -> Collection[str]:
        if commits not in seen:
            seen[commits] = frozenset(changed(commits))
        return seen[commits]

    needs = {package.id: {*package.needs, *package.dev_needs} for package in packages}
    needed_by: dict[str, set[str]] = {}
    for package, others in needs.items():
        for other in others:
            needed_by.setdefault(other, set()).add(package)

    def meant(excluding: bool) -> set[str]:  # noqa: FBT001  used twice, below
        found: set[str] = set()
        for one in read:
            if one.exclude == excluding:
                found |= _walk(one, _matching(one, packages, needs, changed_once), needs, needed_by)
        return found

    if any(not one.exclude for one in read):
        included = meant(excluding=False)
    else:
        included = {package.id for package in packages if package.id != REPOSITORY}
    return frozenset(included - meant(excluding=True)) & needs.keys()


def _walk(one: Filter, matched: set[str], needs: Mapping[str, set[str]], needed_by: Mapping[str, set[str]]) -> set[str]:
    """Add to what matched what it needs and what needs it."""
    if not one.dependencies and not one.dependents:
        return matched
    found = set() if one.without_self else set(matched)
    for package in matched:
        if one.dependencies:
            found |= reach(needs, (package,)) - {package}
        if one.dependents:
            above = reach(needed_by, (package,)) - {package}
            found |= above
            if one.dependencies:
                found |= reach(needs, above)
    return found


def reach(edges: Mapping[str, Iterable[str]], start: Iterable[str]) -> set[str]:
    """Return `start` and all that its members lead to, however far."""
    found = set(start)
    waiting = list(found)
    while waiting:
        for following in edges.get(waiting.pop(), ()):
            if following not in found:
                found.add(following)
                waiting.append(following)
    return found


def _matching(
    one: Filter,
    packages: Sequence[Package],
    needs: Mapping[str, set[str]],
    changed: Callable[[str], Collection[str]],
) -> set[str]:
    """Return the packages that one filter names itself."""
    found = {package.id for package in packages}
    if one.folder is not None:
        found = _in_folder(one.folder, packages)
    if one.name:
        found &= _named(one.name, packages)
    if one.changed:
        hit = changed(one.changed)
        if one.changed_below:
            found = {
                package
                for package in found
                if not reach(needs, (package,)).isdisjoint(hit)
                and not (one.without_self and (reach(needs, (package,)) - {package}).isdisjoint(hit))
            }
        else:
            found = found.intersection(hit)
    return found


def _in_folder(folder: str, packages: Sequence[Package]) -> set[str]:
    from pitstop.core.globs import is_literal, matcher, translate

    if not folder:
        return {package.id for package in packages if not package.root}
    fixed = []
    for part in folder.split("/"):
        if not is_literal(part):
            break
        fixed.append(part)
    base = "/".join(fixed)
    if not any(f"{package.root}/".startswith(f"{base}/" if base else "") for package in packages):
        raise _unknown("folder", base, [package.root for package in packages if package.root])
    if folder == "**":
        return {package.id for package in packages}
    if folder.endswith("/**"):
        matches: Callable[[str], object] = matcher((folder[:-3],))
    else:
        import re

        # The glob of a folder also matches what lies below, which a filter does not mean.
        matches = re.compile(translate(folder).removesuffix("(?:/.*)?"), re.DOTALL).fullmatch
    return {package.id for package in packages if package.root and matches(package.root)}


def _named(name: str, packages: Sequence[Package]) -> set[str]:
    if "*" in name:
        matches = name_matcher(name)
        return {package.id for package in packages if matches(package.id) or matches(package.name)}
    found = {package.id for package in packages if name in {package.id, package.name}}
    if not found:
        raise _unknown("package", name, [word for package in packages for word in {package.id, package.name}])
    return found


def name_matcher(pattern: str) -> Callable[[str], bool]:
    """Return a test of names against `pattern`, in which only `*` is special: any characters."""
    import re

    found = re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.DOTALL).fullmatch
    return lambda name: found(name) is not None


def _unknown(kind: str, word: str, known: Sequence[str]) -> UsageError:
    where = "no package lies in the folder" if kind == "folder" else "no package is called"
    return UsageError(f"{where} `{word}`", hint=nearest(word, known) or "`pitstop graph` shows the packages")


def nearest(word: str, known: Iterable[str], limit: int = 3) -> str:
    """Return `did you mean ...?` with the known words that look most like `word`, or `""`."""
    from difflib import get_close_matches

    found = get_close_matches(word, sorted(set(known)), n=limit, cutoff=0.6)
    return f"did you mean {' or '.join(f'`{one}`' for one in found)}?" if found else ""
