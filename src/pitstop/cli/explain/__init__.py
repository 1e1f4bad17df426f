"""Commands that say why a run failed."""
