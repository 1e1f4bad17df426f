"""Every run remembered: the log of a run, its projection into a database, and what is asked of both."""
