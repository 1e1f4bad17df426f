"""What the go command and the linters of Go say."""
