"""Whole folders in the store, cut into chunks."""
