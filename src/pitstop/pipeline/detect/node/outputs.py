"""What a package's scripts write, as its manifest, its compilers' settings and the names in use say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pitstop.pipeline.detect.draft import at, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pitstop.pipeline.detect.node.ground import Ground
    from pitstop.pipeline.detect.node.tsconfig import TsConfigs
    from pitstop.pipeline.detect.node.workspaces import Module

_COMMON = ("dist", "build", "out", "lib", "es", "esm", "cjs", "umd")
_FLAGS = re.compile(
    r"--(?:out-?dir|outDir|declarationDir|dist-dir|output-path|outputPath|out)(?:=|\s+)[\"']?([\w./@-]+)"
    r"|\b(?:babel|swc)\b[^&|;]*\s-d\s+[\"']?([\w./@-]+)"
)
_FRAMEWORKS = (
    ("next", (".next/**", "!.next/cache/**")),
    ("nuxt", (".output/**", ".nuxt/**")),
    ("@sveltejs/kit", (".svelte-kit/**",)),
    ("@remix-run/dev", ("public/build/**",)),
    ("gatsby", ("public/**",)),
    ("vitepress", (".vitepress/dist/**", "docs/.vitepress/dist/**")),
    ("@docusaurus/core", (".docusaurus/**",)),
    ("storybook", ("storybook-static/**",)),
    ("@angular/cli", ("www/**",)),
    ("nitropack", (".output/**",)),
)


def build_outputs(ground: Ground, module: Module, text: str, tsconfigs: TsConfigs) -> tuple[str, ...]:
    """Return globs, relative to the package, of what its build, with the script `text`, writes.

    Empty only when the build plainly writes beside its sources. A folder that holds files of git is no output.
    """
    found: dict[str, None] = {}
    for path in (*_named(module), *(one or other for one, other in _FLAGS.findall(text))):
        found.update(dict.fromkeys(_folder(ground, module, path)))
    emits = re.search(r"\b(?:tsc|vue-tsc)\b", text) is not None and "noEmit" not in text
    settings = tsconfigs.of(module.folder, text) if emits else None
    if settings is not None:
        for place in settings.writes:
            found.update(dict.fromkeys(_place(ground, module, place)))
        if not settings.writes and not found:
            return ()
        found["*.tsbuildinfo"] = None
    for path in ground.bundled_to(module.folder):
        found.update(dict.fromkeys(_folder(ground, module, path)))
    if re.search(r"\b(?:napi|neon|node-gyp|prebuildify)\b", text):
        found["*.node"] = None
    if "wasm-pack" in text:
        found.update(dict.fromkeys(_folder(ground, module, "pkg")))
    names = _dependencies(module)
    for name, globs in _FRAMEWORKS:
        if name in names:
            found.update(dict.fromkeys(globs))
    for name in _COMMON:
        if not ground.holds(at(module.folder, name)):
            found[f"{name}/**"] = None
    return tuple(found)


def offers_built(ground: Ground, module: Module) -> bool:
    """Return whether the manifest publishes files that something has to make first."""
    return any(True for path in _named(module) for _ in _folder(ground, module, path))


def doc_outputs(ground: Ground, module: Module) -> tuple[str, ...]:
    """Return globs of where documentation goes."""
    names = ("docs", "doc", "api-docs", "docs/api", "docs/dist", "docs/build", "docs/.vitepress/dist", "site")
    return tuple([f"{name}/**" for name in names if not ground.holds(at(module.folder, name))])


def _named(module: Module) -> Iterator[str]:
    """Yield the paths that the manifest publishes."""
    table = module.table
    stack: list[Any] = [table.get(key) for key in ("main", "module", "browser", "types", "typings", "bin", "exports")]
    published = table.get("files")
    stack += [item for item in (published if isinstance(published, list) else ()) if isinstance(item, str)]
    budget = 1000
    while stack and budget:
        budget -= 1
        item = stack.pop()
        if isinstance(item, str):
            if not item.startswith("!"):
                yield item
        elif isinstance(item, dict):
            stack += item.values()
        elif isinstance(item, list):
            stack += item


def _folder(ground: Ground, module: Module, path: str) -> list[str]:
    place = resolve(module.folder, path.partition("*")[0])
    return [] if place is None else _place(ground, module, place, is_file="." in path.rpartition("/")[2])


def _place(ground: Ground, module: Module, place: str, *, is_file: bool = False) -> list[str]:
    """Return the glob of the outermost folder on the way to `place` that holds no file of git, or nothing."""
    start = f"{module.folder}/" if module.folder else ""
    if place == module.folder or ground.knows(place):
        return []
    inside = place.startswith(start)
    parts = place[len(start) :].split("/") if inside else [place]
    if "node_modules" in parts:
        return []
    for length in range(1, len(parts) + 1):
        folder = "/".join(parts[:length])
        if not ground.holds(start + folder if inside else folder):
            glob = folder if inside else f"//{folder}"
            return [glob if is_file and length == len(parts) else f"{glob}/**"]
    return []


def _dependencies(module: Module) -> set[str]:
    listed = [module.table.get(part) for part in ("dependencies", "devDependencies")]
    return {name for part in listed if isinstance(part, dict) for name in part}
