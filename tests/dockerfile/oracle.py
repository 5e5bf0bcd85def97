"""BuildKit's own parser (v0.12.5, through the package `dockerfile`), in the same shape as ours.

Known deltas, because it is older than what we follow, or because it shows less:

* `# check=` is no directive to it, so what follows it is none either.
* Blanks between `<<` and the name are no part of a heredoc's operator to it.
* It takes `["a"] more` for JSON form, and drops the rest.
* In flags, it takes the backslash for the escape character whatever `# escape=` says.
* It knows an instruction's structure only: unknown flags, arity and unknown instructions are not errors to it.
* Unknown instructions lose their arguments; a string ends at its first NUL; `json` of ONBUILD is that of the trigger; a
  heredoc has no `expand`, and that of an ONBUILD is not shown (its lines are).
* It reads flags byte by byte: in a flag, each byte of a character beyond ASCII becomes a character of its own, and the bytes 0x85
  and 0xA0 are blanks (in the first word of HEALTHCHECK too); where that cuts a character, its answer is no text.
* To it, an instruction begins at a line of nothing but the escape character before it; to us, at its keyword.
* Text that is not UTF-8 cannot be handed to it, and it hands text beyond ASCII back only where it is whole.
* It has no limit of its own on nesting; ours gives up on a heredoc line with more than 40 nested `${`.
"""

import re
from typing import Any, NamedTuple

import dockerfile as buildkit

from scanguard.dockerfile.instructions import KEYWORDS
from scanguard.dockerfile.json_form import read_array
from scanguard.dockerfile.lines import SPACES
from scanguard.dockerfile.nodes import Dockerfile, Instruction
from tests.dockerfile.shape import arguments, flags, instructions

KNOWN = frozenset(KEYWORDS) - {"ONBUILD"}


class Seen(NamedTuple):
    """One instruction as both parsers tell it."""

    keyword: str
    trigger: str
    flags: tuple[str, ...]
    words: tuple[str, ...]
    json: bool
    lines: tuple[int, int]
    heredocs: tuple[tuple[str, int, str], ...]


def theirs(text: str) -> tuple[Seen, ...] | None:
    """What BuildKit reads, or None where it refuses the text."""
    try:
        commands = buildkit.parse_string(text)
    except (buildkit.GoParseError, buildkit.GoIOError):
        return None
    lines = ["", *(line.strip(SPACES) for line in text.split("\n")), ""]
    return tuple(_their(command, lines) for command in commands)


def _their(command: Any, lines: list[str]) -> Seen:
    start = command.start_line
    while (
        command.cmd and start < command.end_line and (lines[start] in ("", "\\", "`") or lines[start].startswith("#"))
    ):
        start += 1
    keyword = (command.cmd or "").upper()
    heredocs = tuple((one.name, one.file_descriptor, one.content) for one in command.heredocs)
    inner = (command.sub_cmd or keyword).upper()
    return Seen(
        keyword,
        (command.sub_cmd or "").upper(),
        tuple(command.flags),
        tuple(command.value) if inner in KNOWN else (),
        command.json,
        (start, command.end_line),
        heredocs,
    )


def ours(dockerfile: Dockerfile) -> tuple[Seen, ...]:
    return tuple(_our(dockerfile, one) for one in instructions(dockerfile))


def _our(dockerfile: Dockerfile, one: Instruction) -> Seen:
    region = dockerfile.source.region(one.span)
    trigger = one.trigger if one.keyword == "ONBUILD" else None
    inner = trigger or one
    words = arguments(inner)
    if inner.keyword in ("ENV", "LABEL"):
        words = [word for pair in inner.pairs for word in (pair.name.text, pair.value.text if pair.value else "")]
    return Seen(
        one.keyword,
        trigger.keyword if trigger else "",
        tuple(flags(one)),
        tuple(word.partition("\0")[0] for word in words) if inner.keyword in KNOWN else (),
        inner.json,
        (region.start_line, region.end_line),
        tuple((heredoc.name, heredoc.descriptor, heredoc.content) for heredoc in (() if trigger else one.heredocs)),
    )


def differ_by_age(dockerfile: Dockerfile) -> bool:
    """Whether one of the deltas that change the structure shows in this text."""
    found = instructions(dockerfile)
    found += [one.trigger for one in found if one.trigger]
    bodies = [one.body.text for one in found]
    bodies += [
        one.words[1].text.lstrip(SPACES)
        for one in found
        if one.keyword == "HEALTHCHECK" and len(one.words) > 1 and not one.json
    ]
    return (
        any(re.search(r"<<[\t\r ]", body) for body in bodies)
        or any(body.startswith("[") and "]" in body and read_array(body) is None for body in bodies)
        or any(one.flags and not dockerfile.source[one.span].isascii() for one in found)
        or (dockerfile.escape == "`" and any(one.flags for one in found))
    )
