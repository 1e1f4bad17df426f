"""What is wrong with a pipeline in itself, before its tasks are looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitstop.core.errors import did_you_mean
from pitstop.pipeline.graph import find_cycle
from pitstop.pipeline.stages.matrix import MOST_LEGS, legs, size, variable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pitstop.pipeline.stages.model import PipelineSpec, StageSpec


class Problem(NamedTuple):
    """Something that cannot be meant, and where."""

    path: tuple[str | int, ...]
    """From the pipeline: `("stages", 1, "depends_on", 0)`."""
    text: str
    hint: str = ""


def problems(pipeline: PipelineSpec) -> Iterator[Problem]:
    """Yield what is wrong: names twice, unknown stages, circles, matrices without legs."""
    places: dict[str, int] = {}
    for index, stage in enumerate(pipeline.stages):
        if stage.name in places:
            yield Problem(("stages", index, "name"), f"there are two stages `{stage.name}`", "rename one of them")
        places.setdefault(stage.name, index)
    known = True
    for index, stage in enumerate(pipeline.stages):
        for number, other in enumerate(stage.depends_on):
            if other not in places:
                known = False
                hint = did_you_mean(other, places, "the stages are " + ", ".join(f"`{name}`" for name in places))
                yield Problem(("stages", index, "depends_on", number), f"there is no stage `{other}`", hint)
        yield from _matrix(index, stage)
    needs = {stage.name: stage.depends_on for stage in pipeline.stages}
    if known and (cycle := find_cycle(needs, lambda name: needs[name])):
        text = " -> ".join(f"`{name}`" for name in (*cycle, cycle[0]))
        yield Problem(("stages", places[cycle[0]], "depends_on"), f"stages wait for each other in a circle: {text}")


def _matrix(index: int, stage: StageSpec) -> Iterator[Problem]:
    matrix = stage.matrix
    at = ("stages", index, "matrix")
    if matrix == type(matrix)():
        return
    axes = dict(matrix.axes)
    for name, values in matrix.axes:
        if not values:
            yield Problem((*at, name), f"the axis `{name}` is empty", "give it values, or remove it")
            return
    for number, gone in enumerate(matrix.exclude):
        for name, value in gone:
            if name not in axes:
                hint = did_you_mean(name, axes, "the axes are " + ", ".join(f"`{axis}`" for axis in axes))
                yield Problem((*at, "exclude", number, name), f"there is no axis `{name}`", hint)
                return
            if value not in axes[name]:
                hint = did_you_mean(value, axes[name])
                yield Problem((*at, "exclude", number, name), f"`{name}` is never `{value}`", hint)
                return
    if size(matrix) > MOST_LEGS:
        yield Problem(at, f"the matrix has {size(matrix)} legs, more than {MOST_LEGS}", "leave out some values")
        return
    found = legs(matrix)
    if not found:
        yield Problem(at, f"the matrix of `{stage.name}` leaves no leg", "all its combinations are excluded")
    if len(found) > MOST_LEGS:
        yield Problem(at, f"the matrix has {len(found)} legs, more than {MOST_LEGS}", "leave out some values")
    names = {name for leg in found for name, _ in leg}
    if len({variable(name) for name in names}) < len(names):
        yield Problem(at, "two axes would set the same variable", "rename one: `-` and `_` are the same there")
