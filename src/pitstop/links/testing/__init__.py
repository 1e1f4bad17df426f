"""What test runners write, read as test cases. Pure."""
