"""What others wrote and a repository needs, made before its own code and kept as a whole."""
