"""How well the admission policy of `[cache] tiers` chooses, on traces."""
