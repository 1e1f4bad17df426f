"""GitHub: runs of its Actions, and their logs."""
