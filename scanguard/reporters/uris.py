"""Paths of files as URIs."""

import re

_PLAIN = re.compile(r"[A-Za-z0-9._~@+=,-][A-Za-z0-9._~/@+=,-]*").fullmatch


def encode(path: str) -> str:
    """A path relative to the repository as a relative URI reference: `app/a b` becomes `app/a%20b`.

    A colon is encoded too, since in the first segment it would end a scheme:
    https://www.rfc-editor.org/rfc/rfc3986#section-4.2. An absolute path becomes a `file:` URI.
    """
    if _PLAIN(path):
        return path
    from urllib.parse import quote_from_bytes

    encoded = quote_from_bytes(path.encode("utf-8", "surrogatepass"), safe="/~@+=,")
    return f"file://{encoded}" if encoded.startswith("/") else encoded
