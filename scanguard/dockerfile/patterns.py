r"""The wildcard patterns of `${name#pattern}`, `${name%pattern}` and `${name/pattern/replacement}`.

`*` is any text, `?` any character, `\*`, `\?` and `\\` are themselves; neither wildcard goes beyond the end of a line.
https://docs.docker.com/reference/dockerfile/#environment-replacement
"""

from enum import Enum

from scanguard.model.record import NamedTuple


class Wild(Enum):
    """A wildcard of a pattern."""

    ANY = "?"
    STAR = "*"


class Pattern(NamedTuple):
    """A pattern: the fixed stretches between its stars; n stars leave n + 1 stretches, some of them empty."""

    stretches: tuple[tuple[str | Wild, ...], ...]

    def reverse(self) -> "Pattern":
        """The pattern that matches the reverse of what this one matches."""
        return Pattern(tuple(stretch[::-1] for stretch in reversed(self.stretches)))


def read_pattern(text: str) -> Pattern:
    r"""The pattern; raises ValueError for a backslash before anything else than `*`, `?`, `\`, `/` or `}`."""
    stretches: list[tuple[str | Wild, ...]] = []
    stretch: list[str | Wild] = []
    at = 0
    while at < len(text):
        char = text[at]
        following = text[at + 1 : at + 2]
        if char == "*":
            stretches.append(tuple(stretch))
            stretch = []
        elif char == "\\" and (not following or following not in "*?\\/}"):
            raise ValueError(f"the pattern {text!r} escapes {following!r}")
        elif char == "\\":
            stretch.append(following)
            at += 1
        else:
            stretch.append(Wild.ANY if char == "?" else char)
        at += 1
    return Pattern((*stretches, tuple(stretch)))


def prefix(pattern: Pattern, value: str, *, longest: bool) -> int:
    """The length of the shortest or longest beginning of `value` that the pattern matches, or -1."""
    first, *others = pattern.stretches
    if not _matches(first, value, 0):
        return -1
    return _tail(others, _line(pattern, value, 0), len(first), longest=longest)


def strip_prefix(pattern: Pattern, value: str, *, longest: bool) -> str:
    """`value` without that beginning."""
    return value[max(0, prefix(pattern, value, longest=longest)) :]


def strip_suffix(pattern: Pattern, value: str, *, longest: bool) -> str:
    """`value` without the shortest or longest end that the pattern matches."""
    return strip_prefix(pattern.reverse(), value[::-1], longest=longest)[::-1]


def search(pattern: Pattern, value: str, start: int) -> tuple[int, int] | None:
    """The leftmost match from `start` on, as long as it can be."""
    first, *others = pattern.stretches
    at = start
    while at <= len(value):
        line = _line(pattern, value, at)
        begin = _find(first, line, at)
        if begin >= 0:
            end = _tail(others, line, begin + len(first), longest=True)
            if end >= 0:
                return begin, end
        at = len(line) + 1
    return None


def replace(pattern: Pattern, value: str, replacement: str, *, everywhere: bool) -> str:
    """`value` with the leftmost match, or all of them, replaced; an empty match right behind a match is none."""
    parts: list[str] = []
    done, at, last = 0, 0, -1
    while at <= len(value):
        found = search(pattern, value, at)
        if found is None:
            break
        begin, end = found
        if end > last:
            parts += (value[done:begin], replacement)
            done = last = end
        if not everywhere:
            break
        at = end if end > at else at + 1
    return "".join(parts) + value[done:]


def _line(pattern: Pattern, value: str, at: int) -> str:
    """`value` up to the end of the line at `at`: no match goes beyond, unless the pattern has a line end of its own."""
    if "\n" not in value or any("\n" in stretch for stretch in pattern.stretches):
        return value
    stop = value.find("\n", at)
    return value if stop < 0 else value[:stop]


def _tail(stretches: list[tuple[str | Wild, ...]], value: str, at: int, *, longest: bool) -> int:
    """Where a match ends whose first stretch ended at `at`: each further one is taken as early as possible."""
    for number, stretch in enumerate(stretches):
        find = _find_last if longest and number == len(stretches) - 1 else _find
        begin = find(stretch, value, at)
        if begin < 0:
            return -1
        at = begin + len(stretch)
    return at


def _matches(stretch: tuple[str | Wild, ...], value: str, at: int) -> bool:
    if at + len(stretch) > len(value):
        return False
    return all(
        want == got or (want is Wild.ANY and got != "\n") for want, got in zip(stretch, value[at:], strict=False)
    )


def _find(stretch: tuple[str | Wild, ...], value: str, at: int) -> int:
    if Wild.ANY not in stretch:
        return value.find("".join(map(str, stretch)), at)
    last = len(value) - len(stretch)
    return next((begin for begin in range(at, last + 1) if _matches(stretch, value, begin)), -1)


def _find_last(stretch: tuple[str | Wild, ...], value: str, at: int) -> int:
    if Wild.ANY not in stretch:
        return value.rfind("".join(map(str, stretch)), at)
    last = len(value) - len(stretch)
    return next((begin for begin in range(last, at - 1, -1) if _matches(stretch, value, begin)), -1)
