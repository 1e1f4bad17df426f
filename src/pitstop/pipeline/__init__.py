"""The graph of tasks and its execution: from a repository to ended tasks."""
