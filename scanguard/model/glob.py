"""Path globs as git understands them, turned into regular expressions that never take more than quadratic time.

`*` and `?` stop at `/`, `**` as a whole component does not, `[a-z]`, `[!a]` and `[[:alpha:]]` are classes, a backslash
takes the meaning from the next character. See https://git-scm.com/docs/gitignore, and git's `wildmatch.c` for the rest.
"""

import re
from functools import lru_cache
from typing import Final

_STAR: Final = "*"
_GLOBSTAR: Final = "**"
_DIRECTORIES: Final = "**/"
_CLASSES: Final = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": " \\t",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": " \\t\\n\\r\\f\\v",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}


@lru_cache(maxsize=32_768)
def compiled(pattern: str) -> "re.Pattern[str] | None":
    """The expression for a pattern, to be used with `fullmatch`; None where the pattern can match nothing."""
    source = translate(pattern)
    return None if source is None else re.compile(source, re.DOTALL)


def matches(pattern: str, path: str) -> bool:
    """Whether the whole of `path`, written with `/`, is matched."""
    expression = compiled(pattern)
    return expression is not None and expression.fullmatch(path) is not None


def translate(pattern: str) -> str | None:
    """The source of the expression, None where the pattern can match nothing (an open class, a last backslash).

    What stands between two wildcards is taken at the first place where it fits, and never tried elsewhere: for globs
    the first place is as good as any, and without the atomic groups `*a*a*a*b` would take exponential time.
    """
    tokens = _tokens(pattern)
    if tokens is None:
        return None
    blocks = _split(tokens, _DIRECTORIES)
    written = [_components(block) for block in blocks]
    between = "".join(f"(?>(?:.*?/)??{block})" for block in written[1:-1])
    last = f"(?:.*/)?{written[-1]}" if len(written) > 1 else ""
    return written[0] + between + last


def _components(tokens: list[str]) -> str:
    """Tokens without `**/`, as an expression."""
    chunks = ["".join(chunk) for chunk in _split(tokens, _STAR)]
    between = "".join(f"(?>[^/]*?{chunk})" for chunk in chunks[1:-1])
    last = f"[^/]*{chunks[-1]}" if len(chunks) > 1 else ""
    return chunks[0] + between + last


def _split(tokens: list[str], separator: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token == separator:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _tokens(pattern: str) -> list[str] | None:
    """Expressions for single characters, and the three wildcards; None where the pattern is broken."""
    tokens: list[str] = []
    at, size = 0, len(pattern)
    while at < size:
        char = pattern[at]
        at += 1
        if char == "*":
            part, at = _stars(pattern, at - 1)
        elif char == "?":
            part = "[^/]"
        elif char == "[":
            found = _class(pattern, at)
            if found is None:
                return None
            part, at = found
        elif char == "\\":
            if at == size:
                return None
            part, at = re.escape(pattern[at]), at + 1
        else:
            part = re.escape(char)
        tokens.append(part)
    return [".*" if part == _GLOBSTAR else part for part in tokens]


def _stars(pattern: str, start: int) -> tuple[str, int]:
    """One wildcard, and where it ends: `**` counts only as a whole component."""
    end = start
    while pattern[end : end + 1] == "*":
        end += 1
    bounded = start == 0 or pattern[start - 1] == "/"
    if end - start > 1 and bounded and end == len(pattern):
        return _GLOBSTAR, end
    if end - start > 1 and bounded and pattern[end] == "/":
        return _DIRECTORIES, end + 1
    return _STAR, end


def _class(pattern: str, at: int) -> tuple[str, int] | None:
    """The class that begins behind a `[`, and where it ends; None where it does not end."""
    negated = pattern[at : at + 1] in ("!", "^") and at < len(pattern)
    first = at = at + negated
    items: list[str] = []
    previous = ""
    while at < len(pattern) and (pattern[at] != "]" or at == first):
        found = _item(pattern, at, previous)
        if found is None:
            return None
        item, previous, at = found
        items.append(item)
    if at >= len(pattern):
        return None
    body = "".join(items)
    if negated:
        return f"[^/{body}]", at + 1
    return (f"(?!/)[{body}]" if body else "(?!)"), at + 1


def _item(pattern: str, at: int, previous: str) -> tuple[str, str, int] | None:
    """One member of a class: its expression, the character that a range may start from, and where it ends."""
    char = pattern[at]
    if char == "[" and pattern[at + 1 : at + 2] == ":":
        end = pattern.find("]", at + 2)
        if end < 0:
            return None
        if end > at + 2 and pattern[end - 1] == ":":
            known = _CLASSES.get(pattern[at + 2 : end - 1])
            return None if known is None else (known, "", end + 1)
    if char == "-" and previous and pattern[at + 1 : at + 2] not in ("", "]"):
        at += 1 + (pattern[at + 1] == "\\")
        if at >= len(pattern):
            return None
        end_char = pattern[at]
        item = f"{re.escape(previous)}-{re.escape(end_char)}" if previous <= end_char else ""
        return item, "", at + 1
    if char == "\\":
        at += 1
        if at >= len(pattern):
            return None
    return _member(pattern[at]), pattern[at], at + 1


def _member(char: str) -> str:
    return f"\\{char}" if char in "\\]^-[&|~" else char
