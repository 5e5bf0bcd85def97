"""ScanGuard says what is wrong with what a Dockerfile will ship, on the line that causes it."""

__version__ = "0.1.0"
