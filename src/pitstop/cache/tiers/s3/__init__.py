"""A bucket of S3, or of a server that speaks its protocol, as a tier."""

from pitstop.cache.tiers.s3.tier import OPTIONS, open_tier

__all__ = ["OPTIONS", "open_tier"]
