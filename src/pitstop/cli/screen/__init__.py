"""What a person or a program sees of a run: listeners to the stream of events."""
