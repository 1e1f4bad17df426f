"""A cache server over HTTP for tools that already have a cache client."""
