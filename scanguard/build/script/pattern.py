"""The shell's patterns in `${x#…}`, `${x%…}` and `${x/…}`: matched with one bit per state, in linear time.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_14
"""

import re

from scanguard.model.record import NamedTuple

ANY_STRING = object()
ANY_CHARACTER = object()
_LONGEST = 4096
_CLASSES = {
    "alpha": str.isalpha,
    "digit": str.isdigit,
    "alnum": str.isalnum,
    "space": str.isspace,
    "upper": str.isupper,
    "lower": str.islower,
}


class CharacterSet(NamedTuple):
    """`[a-z]` or `[!a-z]`."""

    body: str
    negated: bool

    def has(self, character: str) -> bool:
        """Whether the set matches a character."""
        return self._listed(character) != self.negated

    def _listed(self, character: str) -> bool:
        body = self.body
        for name, test in _CLASSES.items():
            if f"[:{name}:]" in body:
                if test(character):
                    return True
                body = body.replace(f"[:{name}:]", "")
        at = 0
        while at < len(body):
            if body[at + 1 : at + 2] == "-" and at + 2 < len(body):
                if body[at] <= character <= body[at + 2]:
                    return True
                at += 3
                continue
            if body[at] == character:
                return True
            at += 1
        return False


Token = object


def tokens(opaque: str) -> list[Token]:
    """The tokens of a glob as the parser gives it: `*`s and `?`s, or one bracket expression."""
    if opaque.startswith("["):
        negated = opaque[1] in "!^"
        body = opaque[2 if negated else 1 : -1]
        return [CharacterSet(re.sub(r"\\(.)", r"\1", body) if "\\" in body else body, negated)]
    return [ANY_STRING if mark == "*" else ANY_CHARACTER for mark in opaque]


def lengths(pattern: list[Token], text: str) -> list[int]:
    """The lengths of all beginnings of `text` that the pattern matches, ascending."""
    stars = 0
    singles: list[Token] = []
    for token in pattern:
        if token is ANY_STRING:
            stars |= 1 << len(singles)
        else:
            singles.append(token)
    final = 1 << len(singles)
    states, found = 1, []
    masks: dict[str, int] = {}
    for length in range(len(text) + 1):
        if states & final:
            found.append(length)
        if length == len(text) or not states:
            break
        character = text[length]
        if character not in masks:
            masks[character] = sum(1 << at for at, token in enumerate(singles) if _matches(token, character))
        states = ((states & masks[character]) << 1) | (states & stars)
    return found


def _matches(token: Token, character: str) -> bool:
    if isinstance(token, CharacterSet):
        return token.has(character)
    return token is ANY_CHARACTER or token == character


def remove(operator: str, text: str, pattern: list[Token]) -> str | None:
    """`${x#p}`, `##`, `%` and `%%`; None where it would take too long."""
    if len(text) > _LONGEST or len(pattern) > 256:
        return None
    if operator[0] == "#":
        found = lengths(pattern, text)
        return text[found[-1 if operator == "##" else 0] :] if found else text
    found = lengths(pattern[::-1], text[::-1])
    return text[: len(text) - found[-1 if operator == "%%" else 0]] if found else text


def replace(operator: str, text: str, pattern: list[Token], replacement: str) -> str | None:
    """`${x/p/r}`, `//`, `/#` and `/%`; None where it would take too long."""
    if len(text) > 256 or len(pattern) > 64:
        return None
    if operator == "/%":
        found = lengths(pattern[::-1], text[::-1])
        return text[: len(text) - found[-1]] + replacement if found else text
    result, at = [], 0
    while at <= len(text):
        found = lengths(pattern, text[at:])
        taken = found[-1] if found else 0
        if taken:
            result.append(replacement)
            at += taken
            if operator != "//":
                break
        else:
            if operator == "/#":
                break
            result.append(text[at : at + 1])
            at += 1
    return "".join(result) + text[at:]
