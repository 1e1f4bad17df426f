"""What the repository configures: read from its files, checked, laid over what was detected."""

from pitstop.pipeline.settings.model import Settings
from pitstop.pipeline.settings.rules import apply
from pitstop.pipeline.settings.sources import load

__all__ = ["Settings", "apply", "load"]
