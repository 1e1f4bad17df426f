"""Takes from lines what tools that run the scripts of many packages write before each of them.

Formats: `web:test: ` (Turborepo), `packages/web test: ` (`pnpm -r`), `@acme/web: ` (`lerna --stream`), `[0] ` (concurrently).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.explain.parsers.reading import text_at
from pitstop.explain.parsers.rows import compiled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pitstop.explain.lines import Line

_LEVEL = r"(?:error|warn|warning|info|note|debug|fatal)\b"
_FORMS = {
    "turbo": r"([@\w][\w@/.-]{0,80}:(?!" + _LEVEL + r")[a-z][\w:-]{0,40}:)(?: |$)",
    "pnpm": r"([\w@.][\w@/.-]{0,80} (?!" + _LEVEL + r")[a-z][\w:-]{0,40}:)(?: |$)",
    "lerna": r"(@[\w.-]{1,60}/[\w.-]{1,60}:)(?: |$)",
    "concurrently": r"(\[[\w:-]{1,40}\])(?: |$)",
}
_FEWEST = 5  # lines that begin in the same way, below which that means nothing


def without_packages(lines: Sequence[Line], at: Mapping[str, list[int]]) -> Sequence[Line]:
    """Return `lines` with texts as the packages' own tools wrote them, where `at` names a tool that sets names before.

    Only what at least five lines begin with counts as such a name.
    """
    for runner, form in _FORMS.items():
        if runner not in at:
            continue
        pattern, counts = compiled(form), dict[str, int]()
        for position in range(len(lines)):
            if found := pattern.match(text_at(lines, position)):
                counts[found[1]] = counts.get(found[1], 0) + 1
        names = {name for name, count in counts.items() if count >= _FEWEST}
        if names:
            lines = [
                line._replace(text=line.text[found.end() :]) if found and found[1] in names else line
                for line in lines
                for found in (pattern.match(line.text[:300]),)
            ]
    return lines
