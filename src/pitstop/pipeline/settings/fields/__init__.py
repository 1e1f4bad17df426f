"""The one table of what may be configured: it checks, and it makes the JSON Schema and the reference."""
