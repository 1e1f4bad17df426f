"""Processes that stay and answer others."""
