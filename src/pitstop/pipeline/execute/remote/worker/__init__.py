"""The process that talks to a cluster for one run."""
