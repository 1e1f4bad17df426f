"""What else differs between two runs than their logs: commits, files, lock files, tools, machines, tasks, tests."""
