"""Which of the differences may be the reason: those that the evidence speaks of."""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING

from pitstop.core.events import SUCCESS
from pitstop.explain.compare.differences.values import COMMIT, FILE, INPUT, LOCK, TOOL, Commit, Difference, Suspect

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Sequence

    from pitstop.core.finding import Evidence

_MOST = 5
_LEAST_STEM = 4
_LEAST_TOOL = 3
_COMMON = frozenset(
    [
        "index",
        "main",
        "test",
        "tests",
        "util",
        "utils",
        "mod",
        "lib",
        "init",
        "setup",
        "config",
        "build",
        "common",
        "types",
        "helper",
        "helpers",
        "app",
        "base",
        "core",
        "package",
        "readme",
        "changelog",
        "license",
        "makefile",
        "dockerfile",
        "conftest",
        "__init__",
        "error",
        "errors",
        "java",
        "python",
        "node",
        "src",
    ]
)
_FULL, _NAME, _STEM, _ENTRY, _TOOL, _ONLY = 0.95, 0.85, 0.55, 0.75, 0.5, 0.35


def find_suspects(
    evidence: Sequence[Evidence],
    differences: Iterable[Difference],
    commits: Sequence[Commit] = (),
    turned: Sequence[Difference] = (),
) -> list[Suspect]:
    """Return the differences whose name occurs in the `evidence` or in the tests that `turned`, at most 5.

    The most probable comes first: a whole path says more than a file's name, that more than its stem (a class, a module); the earlier a line of
    evidence, the more its word counts. Without any, the only commit between the runs is a weak suspect.
    """
    texts = [(f"line {line.number}", line.text) for line in evidence]
    texts += [("the failed test", f"{test.name} {test.detail}") for test in turned if test.after != SUCCESS]
    found: dict[tuple[str, str], Suspect] = {}
    for difference in differences:
        if (got := _weigh(difference, texts)) is None:
            continue
        confidence, reason = got
        made = [commit for commit in commits if difference.name in commit.files or difference.detail in commit.files]
        found.setdefault(
            (difference.kind, difference.name),
            Suspect(difference, confidence, reason, made[0] if len(made) == 1 else None),
        )
    ranked = sorted(found.values(), key=lambda suspect: -suspect.confidence)[:_MOST]
    if not ranked and len(commits) == 1:
        only = commits[0]
        named = Difference(COMMIT, only.revision[:12], after=only.subject)
        return [Suspect(named, _ONLY, "it is the only commit between the two runs", only)]
    return ranked


def _weigh(difference: Difference, texts: Sequence[tuple[str, str]]) -> tuple[float, str] | None:
    """Return how strongly the lines point to `difference`, and why."""
    for weight, name, said in _names(difference):
        pattern = _word(name)
        for place, (where, text) in enumerate(texts):
            if name in text and pattern.search(text):
                return round(weight * (1.0 if place < 3 else 0.9 if place < 20 else 0.8), 3), said.format(where)
    return None


def _names(difference: Difference) -> list[tuple[float, str, str]]:
    """Return under which names a line may speak of `difference`, the surest first."""
    name = difference.name
    if difference.kind == INPUT:
        name = name.removesuffix(" changed").removesuffix(" is new").removesuffix(" is gone")
    if difference.kind == FILE or (difference.kind == INPUT and "." in basename(name) and " " not in name):
        file = basename(name)
        stem = file.partition(".")[0]
        names = [(_FULL, name, "{} names it")] if "/" in name else []
        names.append((_NAME if "/" in name else _FULL, file, f"{{}} names `{file}`"))
        if len(stem) >= _LEAST_STEM and stem.lower() not in _COMMON:
            names.append((_STEM, stem, f"{{}} speaks of `{stem}`"))
        return names
    if difference.kind == LOCK:
        short = name.rpartition("/")[2].rpartition(":")[2]
        names = [(_ENTRY, name, "{} names it")]
        for other in {short, short.replace("-", "_")} - {name}:
            if len(other) >= _LEAST_STEM and other.lower() not in _COMMON:
                names.append((_STEM, other, f"{{}} speaks of `{other}`"))
        return names
    if difference.kind == INPUT:
        named = name.rpartition(" ")[2].rpartition(":")[
            2
        ]  # `tool rustc`, `env RUSTFLAGS`, `lock file entries of money`
        if name != named and len(named) >= _LEAST_STEM and named.lower() not in _COMMON:
            return [(_TOOL, named, f"{{}} speaks of `{named}`")]
        return []
    if difference.kind == TOOL and len(name) >= _LEAST_TOOL:
        return [(_TOOL, name, f"{{}} speaks of `{name}`")]
    return []


def _word(name: str) -> re.Pattern[str]:
    import re

    return re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
