"""Which lines of one log, with nothing to compare it to, a person would cut out as the reason why it failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pitstop.core.finding import Evidence, Failure
    from pitstop.explain.lines import Line
    from pitstop.explain.seen import Seen


USUAL = 2.5
"""What a line of every recorded run loses; a line beside one that is shown loses 2."""


def rank(
    lines: Sequence[Line],
    failures: Sequence[Failure] = (),
    at: Mapping[str, Sequence[int]] | None = None,
    seen: Seen | None = None,
) -> list[Evidence]:
    """Return the lines of a log that are worth showing, the most telling first; their scores fall.

    `failures` is what tools say in it, `at` what `words.find_words` finds of at least `place.WORDS`, `seen` what other
    logs of the same repository hold. Scores are comparable within one log only.
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
    if seen:
        usual = [seen.usual(found.texts[found.solid[index]]) for index in found.chosen]
        scores = [score - USUAL * each for score, each in zip(scores, usual, strict=True)]
    return [Evidence(lines[at].number, lines[at].text, score) for at, score in choose(found, scores)]


def explain_line(
    lines: Sequence[Line], number: int, failures: Sequence[Failure] = (), seen: Seen | None = None
) -> Evidence | None:
    """Return the line `number` with the parts of its score by name; None where it did not even come into question.

    The score is that of the line alone: in `rank` it falls by the lines that are shown before it.
    """
    from pitstop.core.finding import Evidence
    from pitstop.core.text import plural
    from pitstop.explain.rank.features import features
    from pitstop.explain.rank.model import load_model
    from pitstop.explain.rank.survey import survey

    found = survey(lines)
    model = load_model()
    for index, row in zip(found.chosen, features(found, failures), strict=True):
        line = lines[found.solid[index]]
        if line.number == number:
            score, why = model.score(row), model.reasons(row)
            if seen and (lost := USUAL * seen.usual(line.text)):
                passed, failed = seen.logs_with(line.text)
                name = f"in {plural(passed, 'recorded log')} that passed and {failed} that failed"
                score, why = score - lost, sorted([*why, (name, round(-lost, 4))], key=lambda part: -abs(part[1]))
            return Evidence(number, line.text, round(score, 4), tuple(why))
    return None
