"""Messages that quote files."""

_LIMIT = 400


def displayable(message: str) -> str:
    """A message safe for a terminal: no control or bidirectional characters, no text that runs on."""
    safe = "".join(char if char.isprintable() else "\ufffd" for char in message)
    return safe if len(safe) <= _LIMIT else f"{safe[: _LIMIT - 1]}…"
