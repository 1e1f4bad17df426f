"""Lay the rules of `[tasks.NAME]` over the tasks that were detected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.package import REPOSITORY, Package
from pitstop.core.task import TaskSpec
from pitstop.pipeline.settings.model import Cache, Laid, Record, Run, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pitstop.pipeline.settings.model import TaskRule


def apply(settings: Settings, packages: Sequence[Package]) -> tuple[Package, ...]:
    """Return `packages` with the tasks that the configuration makes of theirs.

    Lists replace what was detected, `env` is added to it. Tasks of the repository itself and stages of pipelines belong
    to the package `//`, which is made when there is none. Raises ConfigError for a rule or a dependency that means
    nothing.
    """
    if settings._replace(file="", run=Run(), cache=Cache(), record=Record(), origins=(), notes=()) == Settings():
        return tuple(packages)
    every, laid = trace(settings, packages)
    return tuple(
        package._replace(tasks=tuple(task.spec for task in laid[package.id].values()))
        for package in every
        if package.id != REPOSITORY or laid[REPOSITORY] or settings.pipelines
    )


def trace(settings: Settings, packages: Sequence[Package]) -> tuple[tuple[Package, ...], dict[str, dict[str, Laid]]]:
    """Return the packages, and of each by its id the tasks by name with the origins of their keys."""
    from pitstop.pipeline.settings.lay import check_dependencies, lay, lay_globals
    from pitstop.pipeline.settings.sources import folder_rules

    every = tuple(packages)
    if not any(package.id == REPOSITORY for package in every):
        every = (*every, Package(REPOSITORY, REPOSITORY, "", "", settings.file))
    laid = {package.id: {spec.name: Laid(spec, {}) for spec in package.tasks} for package in every}
    rules = [(_rank(rule), rule) for rule in settings.tasks]
    rules += [(3, rule) for rule in folder_rules(settings, {package.root for package in every if package.root})]
    rules.sort(key=lambda ranked: ranked[0])
    owners: dict[str, list[Package]] = {}
    beside: dict[str, list[Package]] = {}
    for package in every:
        if package.id != REPOSITORY:
            beside.setdefault(package.root, []).append(package)
        for called in {package.id, package.name}:
            owners.setdefault(called, []).append(package)
    for _, rule in rules:
        if "command" in dict(rule.given):  # so that a wider rule finds what a narrower one makes
            name, targets = _targets(rule, every, owners, beside, laid)
            for package in targets:
                laid[package.id].setdefault(name, Laid(TaskSpec(name), {}))
    used = []
    for _, rule in rules:
        name, targets = _targets(rule, every, owners, beside, laid)
        for package in targets:
            laid[package.id][name] = lay(laid[package.id][name], rule, package)
        used.append((rule, name, targets))
    lay_globals(settings, laid)
    check_dependencies(used, every, laid)
    return every, laid


def _rank(rule: TaskRule) -> int:
    """The wider a rule, the earlier it is laid."""
    if ":" in rule.key:
        return 2
    return 1 if "packages" in dict(rule.given) else 0


def _targets(
    rule: TaskRule,
    packages: Sequence[Package],
    owners: dict[str, list[Package]],
    beside: dict[str, list[Package]],
    laid: dict[str, dict[str, Laid]],
) -> tuple[str, list[Package]]:
    """Return the name of the task that a rule is about, and the packages that get it.

    `owners` has the packages by id and by name, `beside` by folder.
    """
    makes = "command" in dict(rule.given)
    owner, colon, name = rule.key.partition(":")
    own = owners.get(owner, []) if colon and name else []
    if rule.folder is not None:
        here = beside[rule.folder]
        own = [package for package in own if package.root == rule.folder]
        name, own = (name, own) if own else (rule.key, here)
    if own:
        chosen = [package for package in own if name in laid[package.id]] or (own if makes else [])
        if not chosen:
            place = "the repository" if own[0].id == REPOSITORY else f"`{own[0].id}`"
            raise _no_task(rule, name, f"{place} has no task `{name}`", (n for p in own for n in laid[p.id]))
        if len(chosen) > 1 and name not in laid[chosen[0].id]:
            raise rule.origin.error(
                f"`{rule.key}` may mean any of " + ", ".join(f"`{package.id}`" for package in chosen),
                hint=f'name one: `[tasks."{chosen[0].id}:{name}"]`',
            )
        return name, chosen
    named = dict(rule.given).get("packages")
    everywhere = [package for package in packages if rule.key in laid[package.id]]
    if named is not None:
        chosen = _chosen(rule, named, packages)
        if not makes:
            chosen = [package for package in chosen if rule.key in laid[package.id]]
        if not chosen:
            names = (n for tasks in laid.values() for n in tasks)
            raise _no_task(rule, rule.key, f"none of these packages has a task `{rule.key}`", names)
        return rule.key, chosen
    if colon and not everywhere:
        from pitstop.core.errors import did_you_mean

        hint = f'`[tasks."//:{rule.key}"]` makes a task of the repository'
        ids = [f"{package.id}:{task}" for package in packages for task in laid[package.id]]
        raise rule.origin.error(f"there is no package `{owner}`", hint=did_you_mean(rule.key, ids, hint))
    if makes:
        return rule.key, [package for package in packages if package.id == REPOSITORY]
    if not everywhere:
        names = (n for tasks in laid.values() for n in tasks)
        raise _no_task(rule, rule.key, f"no package has a task `{rule.key}`", names)
    return rule.key, everywhere


def _no_task(rule: TaskRule, name: str, problem: str, known: Iterable[str]) -> Exception:
    from pitstop.core.errors import did_you_mean

    others = set(known) - {name}
    return rule.origin.error(problem, hint=did_you_mean(name, others, "a `command` would make it one"))


def _chosen(rule: TaskRule, patterns: tuple[str, ...], packages: Sequence[Package]) -> list[Package]:
    """Return the packages that the patterns mean: a name, an id or a folder each, `!` leaves out."""
    from pitstop.pipeline.stages.names import matches_name

    chosen: dict[str, Package] = {}
    if patterns and all(pattern.startswith("!") for pattern in patterns):
        chosen = {package.id: package for package in packages if package.id != REPOSITORY}
    for index, pattern in enumerate(patterns):
        bare = pattern.removeprefix("!").removeprefix("./").rstrip("/") if pattern != REPOSITORY else pattern
        found = [
            package
            for package in packages
            if package.id == bare
            or (
                package.id != REPOSITORY
                and any(matches_name(bare, text) for text in (package.id, package.name, package.root or "."))
            )
        ]
        if not found:
            from pitstop.core.errors import did_you_mean

            known = {text for package in packages for text in (package.name, package.root) if text}
            origin = dict(rule.origins).get(f"packages[{index}]", rule.origin)
            raise origin.error(
                f"`{bare}` means no package", hint=did_you_mean(bare, known, "`pitstop graph` lists the packages")
            )
        for package in found:
            if pattern.startswith("!"):
                chosen.pop(package.id, None)
            else:
                chosen[package.id] = package
    return list(chosen.values())
