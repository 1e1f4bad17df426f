"""The outside world, each system in one place; knows core only."""
