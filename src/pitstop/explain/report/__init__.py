"""Findings for people and programs: text, lines, Markdown, JSON, SARIF, and a prompt for an assistant."""
