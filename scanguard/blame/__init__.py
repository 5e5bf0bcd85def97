"""Which line of the Dockerfile made which part of an image."""
