"""The cache service of GitHub Actions, which jobs of a repository share."""
