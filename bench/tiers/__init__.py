"""What restoring from each tier costs, beside what the plain client of its server moves."""
