"""The words of the project: frozen values, events and errors."""
