"""One rule over one task, and the dependencies that rules name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pitstop.core.task import Retry
from pitstop.pipeline.settings.model import Laid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pitstop.core.origin import Origin
    from pitstop.core.package import Package
    from pitstop.core.task import TaskSpec
    from pitstop.pipeline.settings.model import Env, Settings, TaskRule

_AS_IT_IS = (
    "depends_on",
    "inputs",
    "outputs",
    "pass_env",
    "secrets",
    "cache",
    "when",
    "tools",
    "lock",
    "reports",
    "continue_on_error",
)


_WITH_FEATURES = ("cargo-clippy", "cargo-build", "cargo-test", "cargo-doc")


def with_features(command: tuple[str, ...], options: tuple[str, ...]) -> tuple[str, ...]:
    """Return a command of cargo with these options about features in the place of its own."""
    front, behind = (command, ()) if "--" not in command else (command[: (at := command.index("--"))], command[at:])
    kept = [w for w in front if w.partition("=")[0] not in {"--all-features", "--no-default-features", "--features"}]
    return (*kept, *options, *behind)


def lay(laid: Laid, rule: TaskRule, package: Package) -> Laid:
    """Return the task after the rule.

    With the command that was detected go the things that only it needed: its folder, its batch, its tools.
    """
    given = dict(rule.given)
    origins = dict(rule.origins)
    spec = laid.spec
    if "command" in given:
        spec = spec._replace(
            command=given["command"],
            cwd=spec.cwd if "cwd" in laid.origins else None,
            tools=spec.tools if "tools" in laid.origins else (),
            batch="",
            origin=str(rule.origin),
        )
    if "features" in given and "command" in given:
        raise origins["features"].error(
            "`features` changes a command that was detected, and here is one", hint="write them into `command`"
        )
    if "features" in given and spec.batch in _WITH_FEATURES and not isinstance(spec.command, str):
        spec = spec._replace(command=with_features(spec.command, given["features"]))
    changes: dict[str, Any] = {key: given[key] for key in _AS_IT_IS if key in given}
    if "description" in given:
        changes["description"] = given["description"]
    if "cwd" in given:
        changes["cwd"] = folder_of(given["cwd"], package)
    if "remote" in given:
        changes["remote"] = given["remote"].get("run", True)
        changes["platform"] = tuple(sorted(given["remote"].get("platform", {}).items()))
    if "timeout" in given:
        changes["timeout_s"] = given["timeout"]
    if "retry" in given:
        changes["retry"] = retry_of(given["retry"])
    if "env" in given:
        env: Env = given["env"]
        set_there = dict(env.sets)
        changes["env"] = tuple(sorted({**dict(spec.env), **set_there}.items()))
        changes["read_env"] = tuple(dict.fromkeys((*(n for n in spec.read_env if n not in set_there), *env.reads)))
    if "artifacts" in given:
        paths = [path for artifact in given["artifacts"] for path in artifact.paths]
        outputs = changes.get("outputs", spec.outputs)
        changes["artifacts"] = given["artifacts"]
        changes["outputs"] = (*outputs, *(path for path in dict.fromkeys(paths) if path not in outputs))
    resources = given.get("resources", {})
    changes |= {key: resources[key] for key in ("cpu", "memory") if key in resources}
    own = {key: origins[key] for key in given if key != "packages"}
    return Laid(spec._replace(**changes), {**laid.origins, **own})


def folder_of(cwd: str, package: Package) -> str:
    """Return `cwd`, written relative to the package or with `//` to the repository, relative to the repository."""
    from posixpath import normpath

    base, inner = ("", cwd[2:]) if cwd.startswith("//") else (package.root, cwd)
    folder = normpath(f"{base}/{inner}" if base else inner or ".")
    return "" if folder == "." else folder


def retry_of(given: dict[str, Any]) -> Retry:
    """Return the value of a `retry` as its kind reads it."""
    return Retry(given["count"], given.get("backoff", 0.0), given.get("exit_codes", ()))


def lay_globals(settings: Settings, laid: dict[str, dict[str, Laid]]) -> None:
    """Add the variables that hold for every task; what a task says itself is nearer."""
    if not (settings.env or settings.read_env or settings.pass_env):
        return
    where: dict[str, Origin] = {}
    for key, origin in settings.origins:
        where.setdefault(key.partition(".")[0], origin)
    known: dict[tuple[object, ...], tuple[dict[str, Any], dict[str, Origin]]] = {}  # most tasks are alike
    for tasks in laid.values():
        for name, (spec, origins) in tasks.items():
            alike = (spec.env, spec.read_env, spec.pass_env, spec.secrets)
            if (found := known.get(alike)) is None:
                found = known[alike] = _with_globals(settings, spec, where)
            changes, added = found
            tasks[name] = Laid(spec._replace(**changes), {**added, **origins} if added else origins)


def _with_globals(
    settings: Settings, spec: TaskSpec, where: dict[str, Origin]
) -> tuple[dict[str, Any], dict[str, Origin]]:
    own = {*dict(spec.env), *spec.read_env, *spec.secrets}
    sets = dict(spec.env) | {name: value for name, value in settings.env if name not in own}
    changes = {
        "env": tuple(sorted(sets.items())),
        "read_env": (*spec.read_env, *(name for name in settings.read_env if name not in own)),
        "pass_env": (*spec.pass_env, *(name for name in settings.pass_env if name not in {*own, *spec.pass_env})),
    }
    new = {"env": not (spec.env or spec.read_env), "pass_env": not spec.pass_env}
    return changes, {key: where[key] for key, added in new.items() if added and key in where}


def check_dependencies(
    used: Sequence[tuple[TaskRule, str, Sequence[Package]]],
    packages: Sequence[Package],
    laid: dict[str, dict[str, Laid]],
) -> None:
    """Raise ConfigError for a dependency that no task answers to. `used`: each rule, the task's name, who got it.

    A rule for many packages may name a task that only some of them have: for the others it becomes optional.
    """
    used = [one for one in used if "depends_on" in dict(one[0].given)]
    if not used:
        return
    names = {task for tasks in laid.values() for task in tasks}
    ids = {f"{package}:{task}" for package, tasks in laid.items() for task in tasks}
    ids |= {f"{package.name}:{task}" for package in packages for task in laid[package.id]}
    for rule, name, targets in used:
        _check_rule(rule, name, targets, names, ids, laid)


def _check_rule(
    rule: TaskRule,
    name: str,
    targets: Sequence[Package],
    names: set[str],
    ids: set[str],
    laid: dict[str, dict[str, Laid]],
) -> None:
    for index, dependency in enumerate(dict(rule.given)["depends_on"]):
        bare = dependency.lstrip("?").removeprefix("^").replace("//#", "//:", 1)
        if dependency.startswith("?") or bare in ids or (dependency.startswith("^") and bare in names):
            continue
        without = [package for package in targets if bare not in laid[package.id]]
        if len(without) < len(targets) or (len(targets) > 1 and bare in names):
            for package in without:
                spec, origins = laid[package.id][name]
                depends_on = tuple(f"?{d}" if d == dependency else d for d in spec.depends_on)
                laid[package.id][name] = Laid(spec._replace(depends_on=depends_on), origins)
            continue
        from pitstop.core.errors import did_you_mean

        origin = dict(rule.origins).get(f"depends_on[{index}]", rule.origin)
        one = f" of `{without[0].id}`" if len(targets) == 1 and "^" not in dependency and ":" not in bare else ""
        hint = next((f"`{other}:{bare}` is one" for other, tasks in laid.items() if bare in tasks), "")
        own = {name for name in ids if name.startswith(f"{bare.partition(':')[0]}:")}
        listed = "there is " + ", ".join(f"`{name}`" for name in sorted(own)[:8]) if own else ""
        raise origin.error(
            f"`{dependency}` is no task{one}", hint=hint or did_you_mean(bare, own or {*names, *ids}, listed)
        )
