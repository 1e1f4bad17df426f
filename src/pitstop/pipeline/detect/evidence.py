"""What a repository's own automation says that it does: the text of its CI, hooks and task runners."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pitstop.pipeline.files import Files

_NAMED = (
    ".gitlab-ci.yml", ".pre-commit-config.yaml", ".pre-commit-config.yml", ".travis.yml", "azure-pipelines.yml",
    ".cirrus.yml", "Makefile", "makefile", "GNUmakefile", "justfile", "Justfile", ".justfile", "Makefile.toml",
    "tox.ini", "noxfile.py", "lefthook.yml", "Taskfile.yml",
)  # fmt: skip
_RUNNERS = frozenset(
    ("Makefile", "makefile", "GNUmakefile", "justfile", "Justfile", ".justfile", "Makefile.toml", "Taskfile.yml")
)
"""What only runs when somebody calls it."""
_FOLDERS = (".github/workflows", ".github/actions", ".circleci", ".ci", ".buildkite")
_ENDINGS = (".yml", ".yaml", ".sh")
_PYPROJECT = "pyproject.toml"
_HEAD = r"\[\[?[A-Za-z_][\w.\"'-]*\]\]?"
_TASKS = r"\[\[?tool\.(?:tox|poe|taskipy|nox|hatch\.envs|pdm\.scripts|rye\.scripts|pixi\.(?:feature\.\w+\.)?tasks)\b"
"""Begins the sections of pyproject.toml that belong to task runners."""


class Evidence:
    """Text that is read once, when the first question about it is asked. Comments are left out."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._text: str | None = None

    @property
    def text(self) -> str:
        """All of it, file after file."""
        if self._text is None:
            texts = [_lines(self._files.read(path)) for path in self.paths()]
            if _PYPROJECT in self._files:
                texts.append(_tasks_in(_lines(self._files.read(_PYPROJECT))))
            self._text = "\n".join(texts)
        return self._text

    @property
    def ci(self) -> str:
        """What of it runs by itself: less the text of task runners."""
        return "\n".join(_lines(self._files.read(path)) for path in self.paths() if path not in _RUNNERS)

    def paths(self) -> list[str]:
        """Return the files that are read."""
        found = [name for name in _NAMED if name in self._files]
        for folder in _FOLDERS:
            found += [path for path in self._files.below(folder) if path.endswith(_ENDINGS) or folder == ".ci"]
        return found

    def says(self, *patterns: str) -> bool:
        """Return whether one of the regular expressions is found in it."""
        import re

        return any(re.search(pattern, self.text) for pattern in patterns)


def _tasks_in(text: str) -> str:
    """Return the lines of a pyproject.toml that tell task runners what to call."""
    import re

    found: list[str] = []
    inside = False
    for line in text.split("\n"):
        if re.match(_HEAD, line):
            inside = re.match(_TASKS, line) is not None
        elif inside:
            found.append(line)
    return "\n".join(found)


def _lines(data: bytes | None) -> str:
    if data is None:
        return ""
    lines = data.decode("utf-8", "replace").splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))
