"""A failing run beside a good one: what is new in its log, and what else differs."""

from pitstop.explain.compare.comparison import Comparison, compare

__all__ = ["Comparison", "compare"]
