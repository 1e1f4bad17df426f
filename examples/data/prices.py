"""Write generated/prices.json from data/prices.toml, so that every language reads the same prices."""

import json
import sys
import tomllib
from pathlib import Path

root = Path(__file__).parents[1]
prices = tomllib.loads((root / "data" / "prices.toml").read_text())
wrong = [name for name, cents in prices.items() if not isinstance(cents, int) or cents < 0]
if wrong:
    sys.exit(f"data/prices.toml: not a price in cents: {', '.join(wrong)}")
target = root / "generated" / "prices.json"
target.parent.mkdir(exist_ok=True)
target.write_text(json.dumps(prices, indent=2, sort_keys=True) + "\n")
print(f"{target.relative_to(root)}: {len(prices)} prices")
