"""Pitstop runs a repository's pipeline, remembers every run and says why one failed."""

__version__ = "0.1.0"
