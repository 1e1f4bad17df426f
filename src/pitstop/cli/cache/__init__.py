"""The commands that look into the store."""
