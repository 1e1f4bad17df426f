"""The engine: a schedule that knows no process, and a loop that knows nothing else."""
