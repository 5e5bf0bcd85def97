"""The JSON form of an instruction: an array of strings. Anything that is no JSON is the shell form.

https://docs.docker.com/reference/dockerfile/#shell-and-exec-form, https://www.rfc-editor.org/rfc/rfc8259
"""

import re
from functools import cache

from scanguard.model.record import NamedTuple

_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_BLANKS = " \t\n\r"
_DEEPEST = 10_000


class Item(NamedTuple):
    """One string of the array: its value and its place, quotes included."""

    value: str
    start: int
    end: int


class Array(NamedTuple):
    """A JSON array. `stray` is the offset of the first element that is no string, or -1."""

    items: tuple[Item, ...]
    stray: int = -1


@cache
def _token() -> re.Pattern[str]:
    return re.compile(
        r"""[ \t\n\r]*(?:(?P<string>"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*+")"""
        r"|(?P<mark>[\[\]{},:])|(?P<other>true|false|null|-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?))"
    )


def read_array(text: str, start: int = 0) -> Array | None:
    """The JSON array that is all of `text` from `start` on, or None where that is no JSON array."""
    if text[start : start + 1] != "[":
        return None
    plain = _plain_array(text, start)
    if plain is not None:
        return plain
    items: list[Item] = []
    at, stray = start + 1, -1
    match = _token().match
    while True:
        token = match(text, at)
        if token is None:
            return None
        if token["string"]:
            items.append(Item(decode_string(token["string"]), token.start("string"), token.end()))
            at = token.end()
        elif token["mark"] == "]" and at == start + 1:
            return _ended(text, token.end(), Array((), -1))
        else:
            if stray < 0:
                stray = token.end() - len(token[0].lstrip(_BLANKS))
            at = skip_value(text, at)
        token = match(text, at) if at >= 0 else None
        if token is None or token["mark"] not in (",", "]"):
            return None
        at = token.end()
        if token["mark"] == "]":
            return _ended(text, at, Array(tuple(items), stray))


def _plain_array(text: str, start: int) -> Array | None:
    """An array of strings without escapes, which is what most are, read without the pattern; None for all else."""
    pieces = text[start:].split('"')
    if len(pieces) % 2 == 0 or "\\" in text or not text.isprintable():
        return None
    outside = [piece.strip(_BLANKS) for piece in pieces[::2]]
    if len(outside) < 2 or outside[0] != "[" or outside[-1] != "]" or any(mark != "," for mark in outside[1:-1]):
        return None
    items: list[Item] = []
    at = start + len(pieces[0])
    for value, blanks in zip(pieces[1::2], pieces[2::2], strict=True):
        end = at + len(value) + 2
        items.append(Item(value, at, end))
        at = end + len(blanks)
    return Array(tuple(items))


def _ended(text: str, at: int, array: Array) -> Array | None:
    return None if text[at:].strip(_BLANKS) else array


def decode_string(quoted: str) -> str:
    """The value of a JSON string literal, quotes included; a lone surrogate becomes U+FFFD, as in Go."""
    if "\\" not in quoted:
        return quoted[1:-1]
    parts: list[str] = []
    at, end = 1, len(quoted) - 1
    while at < end:
        stop = quoted.find("\\", at, end)
        if stop < 0:
            parts.append(quoted[at:end])
            break
        parts.append(quoted[at:stop])
        if quoted[stop + 1] == "u":
            char, at = _unicode(quoted, stop)
        else:
            char, at = _ESCAPES[quoted[stop + 1]], stop + 2
        parts.append(char)
    return "".join(parts)


def _unicode(quoted: str, at: int) -> tuple[str, int]:
    code = int(quoted[at + 2 : at + 6], 16)
    at += 6
    if not 0xD800 <= code < 0xE000:
        return chr(code), at
    if code < 0xDC00 and quoted.startswith("\\u", at):
        low = int(quoted[at + 2 : at + 6], 16)
        if 0xDC00 <= low < 0xE000:
            return chr(0x10000 + ((code - 0xD800) << 10) + low - 0xDC00), at + 6
    return "\ufffd", at


def skip_value(text: str, at: int) -> int:
    """The end of the JSON value that starts at `at` (blanks before it are passed), or -1 where there is none."""
    match = _token().match
    open_marks: list[str] = []
    expect = "value"
    while True:
        token = match(text, at)
        if token is None:
            return -1
        at = token.end()
        expect = _step(token, expect, open_marks)
        if not expect or len(open_marks) > _DEEPEST:
            return -1
        if expect == "after" and not open_marks:
            return at


def _step(token: re.Match[str], expect: str, open_marks: list[str]) -> str:
    """What may come after this token, or an empty text where the token is out of place."""
    mark = token["mark"]
    if expect == "colon":
        return "value" if mark == ":" else ""
    if expect == "after":
        if mark == ",":
            return "key" if open_marks[-1] == "{" else "value"
        return _close(mark, open_marks)
    if token["string"]:
        return "colon" if expect in ("key", "first key") else "after"
    if expect in ("first key", "first value") and mark in ("}", "]"):
        return _close(mark, open_marks)
    if expect in ("key", "first key"):
        return ""
    if token["other"]:
        return "after"
    if mark in ("{", "["):
        open_marks.append(mark)
        return "first key" if mark == "{" else "first value"
    return ""


def _close(mark: str | None, open_marks: list[str]) -> str:
    if mark is None or open_marks.pop() + mark not in ("{}", "[]"):
        return ""
    return "after"


def string_member(text: str, name: str) -> Item | None:
    """The string that the JSON object, which is all of `text`, has under this name, or None; the last one counts."""
    end = skip_value(text, 0)
    if end < 0 or text[end:].strip(_BLANKS):
        return None
    match, found, depth, key = _token().match, None, 0, False
    at = 0
    while (token := match(text, at)) is not None:
        at = token.end()
        mark = token["mark"]
        depth += (mark in ("{", "[")) - (mark in ("}", "]"))
        if depth != 1:
            continue
        following = match(text, at) if token["string"] else None
        if following is not None and following["mark"] == ":":
            key = decode_string(token["string"]) == name
        elif token["string"] and key:
            found = Item(decode_string(token["string"]), token.start("string"), at)
    return found
