"""What a whole order costs."""

import json
from collections.abc import Mapping
from pathlib import Path

from pricing import price

PRICES = Path(__file__).parents[4] / "generated" / "prices.json"


def total(order: Mapping[str, int]) -> int:
    """Return the cents that an order of names and counts costs, by the price list."""
    prices = json.loads(PRICES.read_text())
    return sum(price(prices[name], count) for name, count in order.items())
