"""The scripts of a package.json as tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.task import CACHE_CHECKOUT, CACHE_NEVER, CACHE_STORE, TaskSpec
from pitstop.pipeline.detect.draft import at
from pitstop.pipeline.detect.node.commands import (
    expanded,
    joined,
    once,
    only_checks_format,
    rewrites,
    runs_others,
    serves,
    tools_in,
    without_fix,
    without_others,
)
from pitstop.pipeline.detect.node.filters import left_out
from pitstop.pipeline.detect.node.outputs import build_outputs, doc_outputs, offers_built
from pitstop.pipeline.detect.node.tauri import bundles
from pitstop.pipeline.detect.node.workspaces import MANIFEST
from pitstop.pipeline.files import Note

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pitstop.pipeline.detect.node.ground import Ground
    from pitstop.pipeline.detect.node.tsconfig import TsConfigs
    from pitstop.pipeline.detect.node.turbo import Turbo
    from pitstop.pipeline.detect.node.workspaces import Module, Workspace

_NAMES: dict[str, tuple[str, ...]] = {
    "format": (
        "format:check", "check:format", "format-check", "check-format", "fmt:check", "check:fmt", "prettier:check",
        "check:prettier", "format:ci", "fmt:ci", "lint:format", "lint:prettier", "test:format", "format", "fmt", "prettier",
    ),
    "lint": (
        "lint", "lint:check", "check:lint", "lint:ci", "eslint:check", "check:eslint", "eslint", "lint:js", "lint:ts",
        "lint:es", "biome:check", "test:eslint", "test:lint", "eslint:ci", "oxlint",
    ),
    "typecheck": (
        "typecheck", "type-check", "check-types", "check:types", "types:check", "check:type", "typescript", "tsc",
        "check:ts", "lint:types", "test:types", "ts:check", "types",
    ),
    "build": ("build",),
    "test": ("test", "test:ci", "test:run", "test:unit", "test-unit", "unit", "tests", "test:lib"),
    "doc": ("doc", "docs:build", "build:docs", "typedoc", "docs"),
}  # fmt: skip
"""The scripts that may be one of our tasks; the first that is there and fits is taken."""


class Setting(NamedTuple):
    """What the tasks of one package depend on beside its scripts."""

    workspace: Workspace
    install: str
    """What to wait for, or `""`."""
    members: Sequence[Module]
    """For the root of a workspace: its members."""
    turbo: Turbo | None
    tsconfigs: TsConfigs
    ground: Ground
    crates: Sequence[str]
    """Manifests of the crates that the package's app consists of (Tauri)."""
    left_out: frozenset[str]
    """Scripts that the workspace's own script of the same name does not run in this package."""
    built_at: str = ""
    """The task that builds the members which have no build of their own, or `""`: the build of the workspace's root."""


def tasks_of(module: Module, setting: Setting, notes: list[Note]) -> tuple[TaskSpec, ...]:
    """Return the tasks that the scripts of `module` make, canonical ones under canonical names.

    Any other script can be called by its name and is never cached: nothing says what it reads and writes. The name of
    a script that became a canonical task stays as another name of it.
    """
    scripts = _texts(module)
    if not scripts:
        return ()
    manifest = at(module.folder, MANIFEST)
    chosen = _choose(scripts)
    by_script = {script: task for task, script in chosen.items()}
    specs: dict[str, TaskSpec] = {}
    for name, text in scripts.items():
        if _is_hook(name, scripts):
            continue
        task = by_script.get(name)
        own = without_others(text, scripts) if task is not None and setting.members else text
        command = _with_hooks(name, own if task != "build" else text, scripts, setting.workspace.manager)
        if task is not None and own != text and (not own or task == "build"):
            notes.append(Note(manifest, f"the script `{name}` is left out: it runs the scripts of the members"))
        elif task is not None and name in setting.left_out:
            notes.append(Note(manifest, f"its script `{name}` is left out, as the workspace's own `{name}` does"))
        elif task is not None:
            spec = _canonical(task, command, module, setting)
            if own != text:
                notes.append(Note(manifest, f"of the script `{name}` only `{own}` is run: the members run their own"))
            if task == "lint" and rewrites(command):
                notes.append(Note(manifest, f"the script `{name}` is run without the flag that changes files"))
            if setting.turbo is not None:
                spec = setting.turbo.applied(spec, name, module, setting.install)
            specs[task] = spec
            if name != task:
                specs.setdefault(name, TaskSpec(name, depends_on=(task,), cache=CACHE_NEVER, origin=manifest))
        elif name == "test" or (name in _NAMES and name not in chosen and not rewrites(text)):
            continue  # npm's placeholder, or another one of the name was better
        else:
            free = f"{name}:fix" if name in _NAMES else name
            more = (setting.install,) if setting.install else ()
            depends = more if serves(name) or free != name else ("^build", *more)
            spec = TaskSpec(
                free, command, depends_on=depends, cache=CACHE_NEVER, tools=tools_in(command), origin=manifest
            )
            if setting.turbo is not None:
                spec = setting.turbo.applied(spec, name, module, setting.install)._replace(cache=CACHE_NEVER)
            specs.setdefault(free, spec)
    if "typecheck" in specs:
        if "lint" in specs:
            lint = specs["lint"]
            specs["lint"] = lint._replace(depends_on=tuple(dict.fromkeys((*lint.depends_on, "typecheck"))))
        else:
            specs["lint"] = TaskSpec("lint", depends_on=("typecheck",), origin=manifest)
    return tuple(specs.values())


def left_out_of(root: Module, members: Sequence[Module]) -> dict[str, set[str]]:
    """Return the folders of the members in which a script of the root, which runs those of members, does not run."""
    scripts = _texts(root)
    return {
        name: left_out(expanded(text, scripts), members, root.folder)
        for name, text in scripts.items()
        if members and any(name in names for names in _NAMES.values()) and runs_others(expanded(text, scripts))
    }


def _texts(module: Module) -> dict[str, str]:
    scripts = module.table.get("scripts")
    if not isinstance(scripts, dict):
        return {}
    return {name: text for name, text in scripts.items() if isinstance(text, str) and text.strip()}


def _choose(scripts: Mapping[str, str]) -> dict[str, str]:
    """Return the script of each canonical task that has one."""
    chosen = {}
    for task, names in _NAMES.items():
        for name in names:
            if name in scripts and _fits(task, name, scripts[name]):
                chosen[task] = name
                break
    check = scripts.get("check", "")
    for task, words in (("typecheck", ("svelte-check", "astro check", "tsc")), ("lint", ("biome", "eslint", "oxlint"))):
        if check and task not in chosen and "check" not in chosen.values() and any(word in check for word in words):
            chosen[task] = "check"
    return chosen


def _fits(task: str, name: str, text: str) -> bool:
    match task:
        case "format":
            return only_checks_format(text) if name in {"format", "fmt", "prettier"} else not rewrites(text)
        case "test":
            return "no test specified" not in text
        case "typecheck":
            return name != "types" or "noEmit" in text
        case "lint":
            return name == "lint" or not rewrites(text)
        case "doc":
            return name != "docs" or "build" in text or "typedoc" in text
        case _:
            return True


def _is_hook(name: str, scripts: Mapping[str, str]) -> bool:
    """Return whether a script is run before or after another one."""
    return (name.startswith("pre") and name[3:] in scripts) or (name.startswith("post") and name[4:] in scripts)


def _with_hooks(name: str, text: str, scripts: Mapping[str, str], manager: str) -> str:
    """Return the text of a script with what runs before and after it.

    Yarn 2 and later has no such hooks; without `node_modules` only yarn itself finds the programs of a script.
    """
    if manager in {"berry", "pnp"}:
        return text if manager == "berry" else f"yarn run {name}"
    return joined([part for part in (scripts.get("pre" + name), text, scripts.get("post" + name)) if part is not None])


def _canonical(task: str, command: str, module: Module, setting: Setting) -> TaskSpec:
    """Return the task as it is without configuration.

    The scripts of a workspace's root may look at everything in it, so they read all of it, and its tests wait for what
    the members build.
    """
    install = (setting.install,) if setting.install else ()
    elsewhere = (setting.built_at,) if setting.built_at else ()
    install = (*elsewhere, *install)
    depends: tuple[str, ...] = ("^build", *install)
    outputs: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    read_env: tuple[str, ...] = ()
    tools = tools_in(command)
    cache = CACHE_STORE
    if task == "build" and setting.crates and bundles(module):
        tools, cache = (*tools, "cargo"), CACHE_CHECKOUT  # the app is in cargo's folder, too bound to be moved
    elif task == "build":
        command, _ = once(command)
        outputs = build_outputs(setting.ground, module, command, setting.tsconfigs) + _built_for(module, setting)
        read_env = _public(module)
        cache = CACHE_STORE if outputs else CACHE_NEVER
    elif task == "doc":
        outputs = doc_outputs(setting.ground, module)
        cache = CACHE_STORE if outputs else CACHE_NEVER
    elif task == "test":
        command, env = once(command)
        depends = ("?build", "^build", *_builds(setting, command), *install)
        outputs = ("coverage/**",) if "--coverage" in command or command.startswith(("c8 ", "nyc ")) else ()
        cache = CACHE_NEVER if rewrites(command) else CACHE_STORE
    elif task == "typecheck":
        own = ("?build",) if builds_members(module, setting.members, setting.ground) else ()
        depends = (*own, "^build", *_builds(setting, command), *install)
    elif task == "lint":
        command = without_fix(command)
    elif task == "format":
        depends = (setting.install,) if setting.install else ()
    return TaskSpec(
        name=task,
        command=command,
        depends_on=depends,
        inputs=("**",) if setting.members else (),
        outputs=outputs,
        env=env,
        read_env=read_env,
        cache=cache,
        tools=tools,
        origin=at(module.folder, MANIFEST),
    )


_ENTRIES = frozenset(("main", "module", "exports", "bin", "types", "typings", "browser"))


def _builds(setting: Setting, command: str) -> list[str]:
    """Return the builds of the members that a script of the workspace's root may look at.

    What is private and has no entry (a site, an app) cannot be imported; only tests in a browser look at it.
    """
    looks_at_all = any(word in command for word in ("playwright", "cypress", "e2e"))
    return [
        f"?{member.name}:build"
        for member in setting.members
        if "build" in _texts(member)
        and (looks_at_all or member.table.get("private") is not True or not _ENTRIES.isdisjoint(member.table))
    ]


def builds_members(root: Module, members: Sequence[Module], ground: Ground) -> bool:
    """Return whether the build of a workspace's root makes what members without a build of their own publish."""
    scripts = _texts(root)
    if "build" not in scripts or runs_others(expanded(scripts["build"], scripts)):
        return False
    return any(
        offers_built(ground, member) for member in members if _texts(member).keys().isdisjoint(("build", "prepare"))
    )


def _built_for(module: Module, setting: Setting) -> tuple[str, ...]:
    """Return what the build of the workspace's root may write in members that have no build of their own."""
    start = len(module.folder) + 1 if module.folder else 0
    return tuple(
        [
            f"{member.folder[start:]}/{glob}"
            for member in setting.members
            if "build" not in _texts(member)
            for glob in build_outputs(setting.ground, member, "", setting.tsconfigs)
        ]
    )


_PUBLIC = (
    ("next", "NEXT_PUBLIC_*"), ("vite", "VITE_*"), ("react-scripts", "REACT_APP_*"), ("nuxt", "NUXT_*"),
    ("gatsby", "GATSBY_*"), ("astro", "PUBLIC_*"), ("@sveltejs/kit", "PUBLIC_*"), ("expo", "EXPO_PUBLIC_*"),
    ("@vue/cli-service", "VUE_APP_*"),
)  # fmt: skip


def _public(module: Module) -> tuple[str, ...]:
    """Return the variables that the package's framework writes into what it builds."""
    listed = [module.table.get(part) for part in ("dependencies", "devDependencies")]
    names = {name for part in listed if isinstance(part, dict) for name in part}
    return tuple([variable for name, variable in _PUBLIC if name in names])
