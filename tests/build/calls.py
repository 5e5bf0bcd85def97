"""Invocations from text, for the tests of what scripts run."""

from collections.abc import Mapping

from scanguard.build.commands import Argument, Invocation
from scanguard.build.script.forms import invocations
from scanguard.dockerfile.parser import parse
from scanguard.model.location import Source

POSIX = ("/bin/sh", "-c")


def calls(instruction: str, variables: Mapping[str, str] = {}, shell: tuple[str, ...] = POSIX) -> list[Invocation]:
    """What one instruction runs, in /w."""
    return list(invocations(_parsed(instruction)[1], variables, "/w", shell))


def _parsed(instruction: str):
    source = Source("Dockerfile", f"FROM a\n{instruction}\n")
    return source, parse(source).stages[0].instructions[1]


def rendered(instruction: str, variables: Mapping[str, str]) -> list[str]:
    """What one instruction runs, every field of every command in one line.

    `?` begins what is not certain, `sudo>` is a wrapper, `A=b` an assignment in front. `~` begins what is not known;
    `⟨…⟩` after a word is the text at its place where that differs, `{…}` are its variables. Then come redirections,
    `text=`, `input=`, `inputs=`, `in` with the directory where it is not /w, and the text at the span of the whole.
    """
    source, parsed = _parsed(instruction)
    return [_line(call, source) for call in invocations(parsed, variables, "/w", POSIX)]


def _line(call: Invocation, source: Source) -> str:
    fields = [f"{wrapper}>" for wrapper in call.wrappers]
    fields += [f"{name}={_word(value, source)}" for name, value in call.environment]
    if call.program is not None:
        fields.append(_word(call.program, source))
        if call.program.text != call.name:
            fields.append(f"({call.name})")
    fields += [_word(argument, source) for argument in call.arguments]
    fields += [f"{operator}{_word(target, source)}" for operator, target in call.redirects]
    if call.text is not None:
        fields.append(f"text={_word(call.text, source)}")
    if call.input is not None:
        fields.append(f"input={call.input.name}")
    if call.inputs:
        fields.append(f"inputs={','.join(one.name for one in call.inputs)}")
    if call.directory != "/w":
        fields.append(f"in {call.directory}")
    return f"{'' if call.certain else '?'}{' '.join(fields)}  ‖ {source[call.span]}"


def _word(argument: Argument, source: Source) -> str:
    written = source[argument.span]
    text = repr(argument.text) if any(mark in argument.text for mark in " \n\t") or not argument.text else argument.text
    names = f"{{{','.join(argument.variables)}}}" if argument.variables else ""
    place = "" if written == argument.text else f"⟨{written}⟩"
    return f"{'' if argument.known else '~'}{text}{place}{names}"
