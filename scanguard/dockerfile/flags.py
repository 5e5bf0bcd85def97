"""Flags of instructions: `--name=value` between the keyword and the arguments.

https://docs.docker.com/reference/dockerfile/#run---mount and the sections like it
"""

import re
from enum import Enum
from functools import cache

from scanguard.dockerfile.lines import ASCII_SPACES, SPACES, Line
from scanguard.dockerfile.nodes import Flag, SyntaxProblem, Word
from scanguard.model.spelling import nearest


class Takes(Enum):
    """What a flag takes: true or false, one value, or a value each time it is given."""

    BOOLEAN = "boolean"
    VALUE = "value"
    VALUES = "values"


_VALUE, _BOOLEAN, _VALUES = Takes.VALUE, Takes.BOOLEAN, Takes.VALUES

FLAGS: dict[str, dict[str, Takes]] = {
    "FROM": {"platform": _VALUE},
    "RUN": {"mount": _VALUES, "network": _VALUE, "security": _VALUE, "device": _VALUES},
    "COPY": {
        "chown": _VALUE,
        "from": _VALUE,
        "chmod": _VALUE,
        "link": _BOOLEAN,
        "exclude": _VALUES,
        "parents": _BOOLEAN,
    },
    "ADD": {
        "chown": _VALUE,
        "chmod": _VALUE,
        "link": _BOOLEAN,
        "keep-git-dir": _BOOLEAN,
        "checksum": _VALUE,
        "unpack": _BOOLEAN,
        "exclude": _VALUES,
    },
    "HEALTHCHECK": {
        "interval": _VALUE,
        "timeout": _VALUE,
        "start-period": _VALUE,
        "start-interval": _VALUE,
        "retries": _VALUE,
    },
}
"""The flags of each instruction; the others have none."""


@cache
def _plain() -> re.Pattern[str]:
    """A flag without quotes and escapes: its name, and perhaps a value."""
    return re.compile(r"""(--[^\s'"\\`=]*+)(?:=[^\s'"\\`]*+)?(?=[\t\v\f\r ]|\Z)""")


def read_flags(line: Line, at: int, escape: str) -> tuple[tuple[Flag, ...], int]:
    """The flags that start at `at` of the line, and where they end.

    A value is as BuildKit takes it: quotes and escapes are resolved; its span covers them. `--` ends the flags.
    """
    text, flags, plain = line.text, [], _plain().match
    while text.startswith("--", at):
        simple = plain(text, at)
        if simple is not None and simple.end(1) - at > 2:
            (_, stop), end = simple.span(1), simple.end()
            given = line.word(stop + 1, end) if end > stop else None
            flags.append(Flag(text[at + 2 : stop], given, line.span(at, end)))
            at = _next(text, end)
            continue
        end, word, equals = _word(text, at, escape)
        if word == "--":
            at = end
            break
        name, mark, value = word.partition("=")
        given = Word(value, line.span(equals + 1, end)) if mark else None
        flags.append(Flag(name[2:], given, line.span(at, end)))
        at = _next(text, end)
    return tuple(flags), _next(text, at)


def _next(text: str, at: int) -> int:
    """BuildKit looks for the next flag byte by byte, so that only blanks in ASCII may stand before it."""
    while at < len(text) and text[at] in ASCII_SPACES:
        at += 1
    return at


def _word(text: str, at: int, escape: str) -> tuple[int, str, int]:
    """Where the word ends, the word without quotes and escapes, and where its first `=` stands."""
    parts: list[str] = []
    quote, equals = "", -1
    while at < len(text):
        char = text[at]
        if char == quote:
            quote = ""
        elif not quote and char in SPACES:
            break
        elif not quote and char in "'\"":
            quote = char
        else:
            if char == escape:
                at += 1
                char = text[at : at + 1]
            if char == "=" and equals < 0:
                equals = at
            parts.append(char)
        at += 1
    return min(at, len(text)), "".join(parts), equals


def check_flags(keyword: str, flags: tuple[Flag, ...], errors: list[SyntaxProblem]) -> None:
    """Put flags that the instruction does not have, repeats, and values that are missing or wrong to `errors`."""
    known = FLAGS.get(keyword, {})
    seen = set()
    for flag in flags:
        takes = known.get(flag.name)
        if takes is None:
            errors.append(_unknown(keyword, flag, known))
        elif flag.name in seen and takes is not Takes.VALUES:
            message = f"the flag --{flag.name} is given twice"
            errors.append(SyntaxProblem(message, flag.span, "keep one of them, BuildKit takes no second"))
        else:
            seen.add(flag.name)
            _check_value(flag, takes, errors)


def _unknown(keyword: str, flag: Flag, known: dict[str, Takes]) -> SyntaxProblem:
    guess = nearest(flag.name, known)
    hint = f"did you mean --{guess}?" if guess else ""
    if not hint:
        names = ", ".join(f"--{name}" for name in known)
        hint = (
            f"{keyword} takes {names}"
            if names
            else f"{keyword} takes no flags; write `--` before an argument like this"
        )
    return SyntaxProblem(f"{keyword} has no flag --{flag.name}", flag.span, hint)


def _check_value(flag: Flag, takes: Takes, errors: list[SyntaxProblem]) -> None:
    text = flag.value.text if flag.value is not None else None
    if takes is Takes.BOOLEAN:
        if text is not None and text.lower() not in ("true", "false"):
            message = f"the flag --{flag.name} has the value {text!r}"
            errors.append(SyntaxProblem(message, flag.span, f"write --{flag.name}, or true or false as its value"))
    elif text is None:
        errors.append(SyntaxProblem(f"the flag --{flag.name} has no value", flag.span, f"write --{flag.name}=<value>"))
