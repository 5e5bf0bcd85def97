r"""Brackets in SARIF messages, where `[text](1)` is a link (SARIF 2.1.0, 3.11.6) and `\[` is a bracket."""

import re

_BRACKET = r"(\\*)([\[\]])"


def escape_brackets(text: str) -> str:
    r"""The text with `[`, `]` and the backslashes before them escaped."""
    return re.sub(_BRACKET, r"\1\1\\\2", text) if "[" in text or "]" in text else text


def unescape_brackets(text: str) -> str:
    """What `escape_brackets` was given."""
    return re.sub(_BRACKET, lambda match: match[1][: len(match[1]) // 2] + match[2], text)


def link(message: str, number: int) -> str:
    """A link to the related place of this number."""
    return f"[{escape_brackets(message.rstrip('.'))}]({number})"
