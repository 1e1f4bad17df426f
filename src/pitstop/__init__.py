"""Pitstop runs a repository's pipeline, remembers every run and says why one failed.

The names below are for `pitstop_pipeline.py`; they are imported when they are used.
"""

from __future__ import annotations

TYPE_CHECKING = False  # what type checkers take for true; `typing` would cost each start of the program its import
if TYPE_CHECKING:
    from pitstop.pipeline.stages.builder import Condition, Pipeline, branch, event, expression, paths, tag

__version__ = "0.1.0"
__all__ = ["Condition", "Pipeline", "branch", "event", "expression", "paths", "tag"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pitstop.pipeline.stages import builder

    return getattr(builder, name)
