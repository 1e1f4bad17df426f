"""What Python and its tools say: tracebacks, test runners, linters, type checkers, installers."""
