"""Run `pitstop_pipeline.py` and take the pipelines that it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitstop.core.origin import Origin
from pitstop.pipeline.stages.builder import FILE, Pipeline, collected

if TYPE_CHECKING:
    from pitstop.core.errors import ConfigError
    from pitstop.pipeline.settings.model import Settings
    from pitstop.pipeline.stages.model import PipelineSpec


def with_python(settings: Settings, source: bytes) -> Settings:
    """Return `settings` with the pipelines that `source`, the text of `pitstop_pipeline.py`, makes.

    The file runs in this process. What it prints goes to standard error. Raises ConfigError for what is wrong in it.
    """
    pipelines = list(settings.pipelines)
    origins = list(settings.origins)
    for made in _run(source):
        spec = _spec_of(made)
        if twin := next((other for other in pipelines if other.name == spec.name), None):
            raise spec.origin.error(
                f"there are two pipelines `{spec.name}`, the other at {twin.origin}", hint="rename one of them"
            )
        pipelines.append(spec)
        origins.append((f"pipelines.{spec.name}", spec.origin))
    return settings._replace(pipelines=tuple(pipelines), origins=tuple(origins))


def _run(source: bytes) -> list[Pipeline]:
    import contextlib
    import sys

    try:
        code = compile(source, FILE, "exec", dont_inherit=True)
    except SyntaxError as error:
        origin = Origin(FILE, error.lineno or 1, max(error.offset or 1, 1))
        raise origin.error(f"this is no Python: {error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:  # NUL bytes; nested too deeply
        raise Origin(FILE).error(f"this is no Python: {error}") from error
    try:
        with collected() as made, contextlib.redirect_stdout(sys.stderr):
            exec(code, {"__name__": FILE.removesuffix(".py"), "__file__": FILE})  # noqa: S102  what the file is for
    except (Exception, SystemExit) as error:
        raise _failed(error) from error
    if not made:
        raise Origin(FILE).error("the file makes no pipeline", hint='for example `Pipeline("check").stage("test")`')
    return made


def _failed(error: BaseException) -> ConfigError:
    """Name the last line of the file that was on the way to `error`."""
    import traceback

    steps = [step for step in traceback.extract_tb(error.__traceback__) if step.filename == FILE]
    origin = Origin(FILE, steps[-1].lineno or 0, (steps[-1].colno or 0) + 1) if steps else Origin(FILE)
    return origin.error(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)


def _spec_of(made: Pipeline) -> PipelineSpec:
    from pitstop.pipeline.settings.fields.checks import read_filled
    from pitstop.pipeline.settings.fields.pipelines import PIPELINE
    from pitstop.pipeline.settings.pipelines import pipeline_of
    from pitstop.pipeline.settings.place import At
    from pitstop.pipeline.settings.positions import Positions

    places = {("pipelines", str(made.name), *path): (line, 1) for path, line in made.lines.items() if line}
    at = At(FILE, Positions(dict(places), dict(places)), ("pipelines", str(made.name)))
    return pipeline_of(read_filled(made.name, at), PIPELINE.check(made.table, at), at)
