"""The process that holds the tiers of a run, so that no library can slow the run down, hang it or end it."""
