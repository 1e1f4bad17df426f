"""One call of a tool for many packages, with a result for each."""
