"""Which lines of one log, with nothing to compare it to, a person would cut out as the reason why it failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pitstop.core.finding import Evidence, Failure
    from pitstop.explain.lines import Line


def rank(
    lines: Sequence[Line], failures: Sequence[Failure] = (), at: Mapping[str, Sequence[int]] | None = None
) -> list[Evidence]:
    """Return the lines of a log that are worth showing, the most telling first; their scores fall.

    `failures` is what tools say in it, `at` what `words.find_words` finds of at least `place.WORDS`. Scores are comparable within one log only.
    """
    from pitstop.core.finding import Evidence
    from pitstop.explain.rank.choose import choose
    from pitstop.explain.rank.features import features
    from pitstop.explain.rank.model import load_model
    from pitstop.explain.rank.survey import survey

    found = survey(lines, at)
    if not found.chosen:
        return []
    scores = load_model().scores(features(found, failures))
    return [Evidence(lines[at].number, lines[at].text, score) for at, score in choose(found, scores)]


def explain_line(lines: Sequence[Line], number: int, failures: Sequence[Failure] = ()) -> Evidence | None:
    """Return the line `number` with the parts of its score by name; None where it did not even come into question.

    The score is that of the line alone: in `rank` it falls by the lines that are shown before it.
    """
    from pitstop.core.finding import Evidence
    from pitstop.explain.rank.features import features
    from pitstop.explain.rank.model import load_model
    from pitstop.explain.rank.survey import survey

    found = survey(lines)
    model = load_model()
    for index, row in zip(found.chosen, features(found, failures), strict=True):
        line = lines[found.solid[index]]
        if line.number == number:
            return Evidence(number, line.text, round(model.score(row), 4), tuple(model.reasons(row)))
    return None
