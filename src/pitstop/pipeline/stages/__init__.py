"""Pipelines: stages over the graph of tasks, with matrices, conditions and approvals."""
