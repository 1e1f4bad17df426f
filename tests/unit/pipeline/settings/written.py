"""Configuration files as text, read as a repository's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pitstop.core.errors import ConfigError
from pitstop.core.package import Package
from pitstop.core.task import TaskSpec
from pitstop.pipeline.files import Files
from pitstop.pipeline.settings import Settings, apply, load

if TYPE_CHECKING:
    from collections.abc import Sequence


class Written(Files):
    """Files that exist only here."""

    def __init__(self, texts: dict[str, str | bytes]) -> None:
        super().__init__("", sorted(texts))
        self.texts = texts

    def read(self, path: str) -> bytes | None:
        """Return what was given for `path`."""
        self.reads.add(path)
        text = self.texts.get(path)
        return text.encode() if isinstance(text, str) else text


def loaded(toml: str = "", python: str = "", others: dict[str, str] | None = None) -> Settings:
    """Return the settings of a `pitstop.toml` and a `pitstop_pipeline.py`."""
    texts: dict[str, str | bytes] = {}
    if toml:
        texts["pitstop.toml"] = toml
    if python:
        texts["pitstop_pipeline.py"] = python
    texts.update(others or {})
    return load(Written(texts))


def package(name: str, *tasks: str, root: str | None = None, ecosystem: str = "node") -> Package:
    """Return a package whose tasks each run the program of their name."""
    folder = name if root is None else root
    specs = tuple(TaskSpec(task, (task,), outputs=("out/**",), origin=f"{folder}/package.json") for task in tasks)
    return Package(name, name, ecosystem, folder, f"{folder}/package.json", tasks=specs)


PACKAGES = (
    package("web", "build", "test", root="apps/web"),
    package("api", "build", "test", "codegen", root="apps/api"),
    package("lib", "build", root="lib"),
)


def tasks(
    toml: str, packages: Sequence[Package] = PACKAGES, others: dict[str, str] | None = None
) -> dict[str, TaskSpec]:
    """Return the tasks by id after a `pitstop.toml`."""
    made = apply(loaded(toml, "", others), packages)
    return {f"{one.id}:{spec.name}": spec for one in made for spec in one.tasks}


def refusal(
    toml: str = "",
    python: str = "",
    packages: Sequence[Package] = PACKAGES,
    others: dict[str, str] | None = None,
) -> str:
    """Return the error that the configuration gives."""
    with pytest.raises(ConfigError) as caught:
        apply(loaded(toml, python, others), packages)
    return caught.value.render()
