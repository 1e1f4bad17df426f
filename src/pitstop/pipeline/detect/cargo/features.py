"""Features of crates: which of them the repository's own automation builds with, and which its crates turn on in others.

cargo builds what one call selects with the features that all of that asks for together. The second part of this module
says what a whole workspace asks for, so that it can be part of the keys of the crates it reaches (docs/design/0005).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pitstop.links.formats import Table
    from pitstop.pipeline.detect.cargo.workspace import Crate

ALL = "--all-features"
_NONE = "--no-default-features"
_SOME = "--features="
_CALL = (
    r"\bcargo[ \t]+(?:\+(?:stable|\$\{\{[^\n}]*\}\})[ \t]+)?(?:-[\w-]+(?:[= ]\S+)?[ \t]+){0,3}?"
    r"(nextest run|llvm-cov nextest|llvm-cov test|llvm-cov|test|t|clippy|build|b|check|c|doc|rustdoc|d)\b(?!-)([^\n|;&#]*)"
)
_MEANS = {
    **dict.fromkeys(("nextest run", "llvm-cov nextest", "llvm-cov test", "llvm-cov", "test", "t"), "test"),
    **dict.fromkeys(("build", "b", "check", "c"), "build"),
    **dict.fromkeys(("doc", "rustdoc", "d"), "doc"),
    "clippy": "lint",
}
_PART = ("-p", "--package", "--manifest-path", "--target", "-Z", "--bin")
"""Options of calls that are about a part of the workspace, or about another machine."""

Flags = tuple[str, ...]
Asks = tuple[tuple[str, tuple[str, ...]], ...]
"""Names of packages, each with the features that are turned on in it; sorted."""


def said(text: str) -> dict[str, Flags]:
    """Return by task the options about features with which `text`, of CI and the like, calls cargo for a whole workspace.

    All features win where several calls are made; then the default ones, which need no option; then what comes first.
    """
    found: dict[str, list[Flags]] = {}
    for task, call in whole_calls(text):
        found.setdefault(task, []).append(_flags(_words(call), call))
    return {task: ((ALL,) if (ALL,) in calls else () if () in calls else calls[0]) for task, calls in found.items()}


def whole_calls(text: str) -> Iterator[tuple[str, str]]:
    """Yield each call of cargo in `text` that is about a whole workspace: the task it means, and what follows its name."""
    import re

    for call in re.finditer(_CALL, text.replace("\\\n", " ")):
        if not any(word.partition("=")[0] in _PART or (word[:2] == "-p" and word[2:]) for word in _words(call[2])):
            yield _MEANS[call[1]], call[2]


def _words(call: str) -> list[str]:
    """Return the words of a call of cargo that are meant for cargo itself."""
    return call.partition(" -- ")[0].replace('"', " ").replace("'", " ").split()


def _flags(words: list[str], text: str) -> Flags:
    """Return the options about features among `words`; those that only the automation itself can fill in are none."""
    import re

    if ALL in words:
        return (ALL,)
    names: list[str] = []
    for value in re.findall(r"(?:--features|-F)[= ]\s*(\"[^\"]*\"|'[^']*'|[^\s\"']+)", text):
        names += re.split(r"[\s,]+", value.strip("\"'"))
    names = [name for name in names if re.fullmatch(r"[\w./?+-]+", name)]
    chosen = (_SOME + ",".join(names),) if names else ()
    return (_NONE, *chosen) if _NONE in words else chosen


def fit(flags: Flags, crate: Crate) -> Flags:
    """Return `flags` without the features that `crate` has not got: cargo refuses a call that names one."""
    known = dict(_dependencies(crate.table))
    has = {*_table(crate.table, "features"), *(key for key, optional in known.items() if optional)}
    kept: list[str] = []
    for flag in flags:
        if not flag.startswith(_SOME):
            kept.append(flag)
            continue
        names = (name.removeprefix(f"{crate.name}/") for name in flag.removeprefix(_SOME).split(","))
        own = dict.fromkeys(name for name in names if name in has or ("/" in name and name.partition("/")[0] in known))
        if own:
            kept.append(_SOME + ",".join(own))
    return tuple(kept)


def _dependencies(table: Table) -> list[tuple[str, bool]]:
    """Return the dependencies by the names that features know, and whether they are optional."""
    targets = [target for target in _table(table, "target").values() if isinstance(target, dict)]
    return [
        (key, isinstance(value, dict) and value.get("optional") is True)
        for owner in (table, *targets)
        for key, value in _table(owner, "dependencies").items()
    ]


def together(crates: Iterable[Asks]) -> dict[str, str]:
    """Return for each package that some of `crates` depend on, by its name, the features that they turn on in it."""
    found: dict[str, set[str]] = {}
    for one in crates:
        for name, features in one:
            found.setdefault(name, set()).update(features)
    return {name: ",".join(sorted(features)) for name, features in found.items()}


def asks(needs: Iterable[tuple[str, str, Mapping[str, object]]], table: Table) -> Asks:
    """Return what a crate turns on, or may turn on by a feature of its own, in each package that it depends on.

    `needs`: its dependencies as (key in the manifest, name of the package, what the manifests say of it).
    """
    found: dict[str, set[str]] = {}
    called: dict[str, str] = {}
    for key, name, value in needs:
        called[key] = name
        own = found.setdefault(name, set())
        features = value.get("features")
        own.update(one for one in (features if isinstance(features, list) else ()) if isinstance(one, str))
        if value.get("default-features", value.get("default_features", True)) is not False:
            own.add("default")
    for listed in _table(table, "features").values():
        for one in listed if isinstance(listed, list) else ():
            key, slash, feature = one.partition("/") if isinstance(one, str) else ("", "", "")
            if slash and key.rstrip("?") in called:
                found[called[key.rstrip("?")]].add(feature)
    return tuple((name, tuple(sorted(features))) for name, features in sorted(found.items()))


def _table(value: Table, key: str) -> Table:
    found = value.get(key)
    return found if isinstance(found, dict) else {}
