"""A failing run beside a good one: what is new in its log, and what else differs."""

from pitstop.explain.compare.comparison import SURE, Comparison, compare

__all__ = ["SURE", "Comparison", "compare"]
