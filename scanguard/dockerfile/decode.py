"""Bytes into text, whatever they are."""

_BOM = b"\xef\xbb\xbf"


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a file and what is wrong with it, in the order of the file, each with its line and column.

    A byte order mark is removed. What is not UTF-8 becomes U+FFFD; NUL characters stay; the first of each has a message.
    Nothing is raised. https://docs.docker.com/reference/dockerfile/#format
    """
    if data.startswith(_BOM):
        data = data[len(_BOM) :]
    try:
        text, messages = data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        text = data.decode("utf-8", "replace")
        at = len(data[: error.start].decode("utf-8"))
        byte = data[error.start]
        messages = [(at, f"the byte 0x{byte:02X} is not UTF-8")]
    nul = text.find("\0")
    if nul >= 0:
        messages.append((nul, "there is a NUL character"))
    return text, tuple([f"{_place(text, at)}: {message}" for at, message in sorted(messages)])


def _place(text: str, at: int) -> str:
    return f"{text.count(chr(10), 0, at) + 1}:{at - text.rfind(chr(10), 0, at)}"
