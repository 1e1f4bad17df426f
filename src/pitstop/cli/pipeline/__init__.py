"""The commands that plan and run."""
