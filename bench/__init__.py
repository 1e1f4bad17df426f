"""How fast pitstop is, beside its peers, on one machine: `python -m bench`."""
