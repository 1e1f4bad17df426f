"""Files outside a package that its tools read: settings in the folders around it, and what they extend."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pitstop.pipeline.detect.draft import above, at

if TYPE_CHECKING:
    from pitstop.pipeline.detect.node.tsconfig import TsConfigs
    from pitstop.pipeline.detect.node.workspaces import Module, Modules
    from pitstop.pipeline.files import Files

_SETTINGS = re.compile(
    r"package\.json|(?:tsconfig|jsconfig)[\w.-]*\.json|\.(?:eslintrc|prettierrc|babelrc|stylelintrc|swcrc|browserslistrc"
    r"|npmrc|yarnrc|nvmrc|node-version|tool-versions|editorconfig|eslintignore|prettierignore|oxlintrc|postcssrc|mocharc"
    r"|lintstagedrc)(?:\.\w+)?|(?:eslint|prettier|babel|jest|vitest|vite|biome|postcss|tailwind|rollup|webpack|stylelint"
    r"|playwright|tsup|tsdown|svelte|nuxt|next|astro|knip|dprint|oxlint|bunfig|mise|\.mise)"
    r"(?:[.-](?:config|preset|setup|workspace|shared|base))*\.\w+"
)
_ENV_FILES = (".env", ".env.local", ".env.production", ".env.production.local", ".env.test", ".env.test.local")
_READ_ENV_FILES = (
    "next",
    "vite",
    "react-scripts",
    "nuxt",
    "astro",
    "gatsby",
    "@sveltejs/kit",
    "@vue/cli-service",
    "expo",
)


class Surroundings:
    """The settings in the folders around the packages, found in one pass over the repository's files."""

    def __init__(self, files: Files, modules: Modules, tsconfigs: TsConfigs) -> None:
        self._files = files
        self._tsconfigs = tsconfigs
        self._in: dict[str, list[str]] = {place: [] for folder in modules.modules for place in above(folder)}
        for path in files.paths if self._in else ():
            folder, _, name = path.rpartition("/")
            if folder in self._in and _SETTINGS.fullmatch(name):
                self._in[folder].append(path)

    def of(self, module: Module) -> tuple[str, ...]:
        """Return what the tools of a package read outside it, and what of its own git ignores: `.env` files."""
        folder = module.folder
        found = [path for place in above(folder) for path in self._in[place]]
        if at(folder, "tsconfig.json") in self._files:
            inside = folder + "/" if folder else ""
            known = {*found}
            found += [
                path for path in self._tsconfigs.of(folder).extends if not path.startswith(inside) and path not in known
            ]
        listed = [module.table.get(part) for part in ("dependencies", "devDependencies")]
        if any(name in part for part in listed if isinstance(part, dict) for name in _READ_ENV_FILES):
            for name in _ENV_FILES:
                path = at(folder, name)
                if path not in self._files and self._files.read(path) is not None:
                    found.append(path)
        return tuple(found)
