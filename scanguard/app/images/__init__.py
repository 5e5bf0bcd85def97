"""Images: which ones, what is asked of them, and the way from each to its findings."""
