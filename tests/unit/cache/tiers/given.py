"""A tier as a test is given it: an entry of `[cache] tiers` and the variables around it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pitstop.cache.tiers.tier import Address, Tier


class Given(NamedTuple):
    """An entry of `[cache] tiers`, and the variables around it."""

    address: Address
    environ: Mapping[str, str] = {}
    many: int = 1100
    """How many names are many to its server, which may be a slow one."""

    def open(self) -> Tier:
        module = importlib.import_module(f"pitstop.cache.tiers.{self.address.kind}")
        tier: Tier = module.open_tier(self.address, self.environ)
        return tier

    def option(self, **options: str) -> Given:
        """The same with other options."""
        return self._replace(address=self.address._replace(options={**self.address.options, **options}))
