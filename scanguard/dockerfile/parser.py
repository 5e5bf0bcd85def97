"""The text of a Dockerfile into its instructions.

https://docs.docker.com/reference/dockerfile/
"""

from scanguard.dockerfile.directives import read_directives
from scanguard.dockerfile.heredoc import read_heredocs
from scanguard.dockerfile.instructions import Builder
from scanguard.dockerfile.lines import LONGEST_LINE, Line, Reader
from scanguard.dockerfile.nodes import Dockerfile, Instruction, StageNode, SyntaxProblem, Word
from scanguard.model.location import Source, Span

_WITH_HEREDOCS = ("RUN", "COPY", "ADD")


def parse(source: Source) -> Dockerfile:
    """The Dockerfile; any text gives one, in time linear in its length, and raises nothing.

    What BuildKit would refuse is in `errors`, in the order of the file; everything else is in the model all the same. Of a
    template there is one error: whatever else is wrong with it may be right once it is filled in.
    https://docs.docker.com/reference/dockerfile/
    """
    errors: list[SyntaxProblem] = []
    directives, escape, at = read_directives(source.text, errors)
    reader = Reader(source.text, at, escape)
    builder = Builder(escape, errors)
    instructions: list[Instruction] = []
    while (line := reader.read()) is not None:
        instructions.append(_instruction(line, builder, reader, errors))
    if reader.long is not None:
        message = f"the line has more than {LONGEST_LINE} bytes"
        errors.append(
            SyntaxProblem(message, reader.long, "go on in another line after a \\, or put the text into a file")
        )
    preamble, stages = _stages(instructions)
    _check_order(source, preamble, stages, errors)
    errors.sort(key=lambda error: error.span)
    refused = _refused(source, errors) if errors else ()
    return Dockerfile(source, directives, preamble, stages, tuple(reader.comments), refused, escape)


def _refused(source: Source, errors: list[SyntaxProblem]) -> tuple[SyntaxProblem, ...]:
    """The errors that count: one of a template, and none for what Buildah takes in its own kind of file, a Containerfile."""
    from scanguard.dockerfile.templates import template_error

    if source.uri.rpartition("/")[2].startswith("Containerfile"):
        from scanguard.dockerfile.mounts import is_of_buildah

        errors = [error for error in errors if not is_of_buildah(source.text, error.span)]
    error = template_error(source.text, errors)
    return tuple(errors) if error is None else (error,)


def _instruction(line: Line, builder: Builder, reader: Reader, errors: list[SyntaxProblem]) -> Instruction:
    instruction = builder.build(line)
    if "<<" not in line.text:
        return instruction
    inner = instruction.trigger if instruction.keyword == "ONBUILD" else instruction
    if inner is None or inner.keyword not in _WITH_HEREDOCS or inner.json:
        return instruction
    heredocs = read_heredocs(line, reader, errors)
    if not heredocs:
        return instruction
    trigger = instruction.trigger
    if trigger is not None:
        trigger = trigger._replace(heredocs=heredocs, span=Span(trigger.span.start, line.end))
    span = Span(instruction.span.start, line.end)
    return instruction._replace(heredocs=heredocs, span=span, trigger=trigger)


def _stages(instructions: list[Instruction]) -> tuple[tuple[Instruction, ...], tuple[StageNode, ...]]:
    starts = [at for at, instruction in enumerate(instructions) if instruction.keyword == "FROM"]
    if not starts:
        return tuple(instructions), ()
    ends = [*starts[1:], len(instructions)]
    groups = [instructions[start:end] for start, end in zip(starts, ends, strict=True)]
    return tuple(instructions[: starts[0]]), tuple([_stage(index, group) for index, group in enumerate(groups)])


def _stage(index: int, instructions: list[Instruction]) -> StageNode:
    first = instructions[0]
    words = first.words
    image = words[0] if words else Word("", Span(first.keyword_span.end, first.keyword_span.end))
    name = words[2] if len(words) > 2 and words[1].text.lower() == "as" else None
    return StageNode(index, name, image, first.flag("platform"), tuple(instructions))


def _check_order(
    source: Source, preamble: tuple[Instruction, ...], stages: tuple[StageNode, ...], errors: list[SyntaxProblem]
) -> None:
    for instruction in preamble:
        if instruction.keyword != "ARG":
            message = f"{instruction.keyword} stands before the first FROM"
            errors.append(SyntaxProblem(message, instruction.keyword_span, "only ARG may; begin with FROM <image>"))
    if not stages:
        what = "has no FROM" if preamble else "has no instructions"
        end = len(source.text)
        errors.append(SyntaxProblem(f"the file {what}", Span(end, end), "write FROM <image>"))
