"""The shell inside RUN: text to commands, every word with its place."""
