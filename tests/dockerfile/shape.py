"""Instructions in the shape of BuildKit's syntax tree, to compare them."""

from typing import Any

from scanguard.dockerfile.nodes import Dockerfile, Instruction
from scanguard.dockerfile.parser import parse
from scanguard.model.location import Source


def read(text: str) -> Dockerfile:
    return parse(Source("Dockerfile", text))


def instructions(dockerfile: Dockerfile) -> list[Instruction]:
    """All of them, in the order of the file."""
    return [*dockerfile.preamble, *(one for stage in dockerfile.stages for one in stage.instructions)]


def flags(instruction: Instruction) -> list[str]:
    return [f"--{one.name}" + (f"={one.value.text}" if one.value else "") for one in instruction.flags]


def arguments(instruction: Instruction) -> list[str]:
    if instruction.keyword in ("ENV", "LABEL"):
        triples = [(one.name.text, one.value.text if one.value else "", one.legacy) for one in instruction.pairs]
        return [part for name, value, legacy in triples for part in (name, value, "" if legacy else "=")]
    if instruction.keyword == "ARG":
        return [one.name.text + (f"={one.value.text}" if one.value else "") for one in instruction.pairs]
    return [word.text for word in instruction.words]


def tree(instruction: Instruction) -> dict[str, Any]:
    trigger = instruction.trigger if instruction.keyword == "ONBUILD" else None
    return {
        "cmd": instruction.keyword.lower(),
        "flags": flags(instruction),
        "args": arguments(instruction),
        "children": [tree(trigger)] if trigger else [],
    }
