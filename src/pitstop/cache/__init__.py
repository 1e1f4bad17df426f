"""The content-addressed store: bytes by digest, results by action."""
