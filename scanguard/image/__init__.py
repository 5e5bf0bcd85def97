"""Images as they are: configuration, history, layers and what these hold. Pure values and readers of open streams."""
