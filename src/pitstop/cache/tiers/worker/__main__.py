"""What `python -m pitstop.cache.tiers.worker` does: serve the run at the other end of standard input."""

from __future__ import annotations

from pitstop.cache.tiers.worker.serve import main

main()
