"""Words of a command line, to one call, to the screen, to an exit code."""
