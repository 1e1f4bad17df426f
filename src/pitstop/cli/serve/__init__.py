"""Commands that stay and answer others."""
