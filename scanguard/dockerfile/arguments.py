"""What BuildKit's parser of each instruction refuses.

https://docs.docker.com/reference/dockerfile/
"""

import re
from collections.abc import Callable
from functools import cache

from scanguard.dockerfile.flags import check_flags
from scanguard.dockerfile.heredoc import read_operator
from scanguard.dockerfile.nodes import Flag, Instruction, SyntaxProblem
from scanguard.model.spelling import nearest

_EXAMPLES = {
    "ADD": "write ADD <source> <destination>",
    "ARG": "write ARG <name> or ARG <name>=<default>",
    "COPY": "write COPY <source> <destination>",
    "ENV": "write ENV <name>=<value>",
    "EXPOSE": "write EXPOSE <port>",
    "FROM": "write FROM <image> or FROM <image> AS <name>",
    "HEALTHCHECK": "write HEALTHCHECK CMD <command> or HEALTHCHECK NONE",
    "LABEL": "write LABEL <name>=<value>",
    "MAINTAINER": "write LABEL org.opencontainers.image.authors=<name>",
    "ONBUILD": "write ONBUILD <instruction>",
    "SHELL": 'write SHELL ["<program>", "<argument>"]',
    "STOPSIGNAL": "write STOPSIGNAL <signal>",
    "USER": "write USER <user> or USER <user>:<group>",
    "VOLUME": "write VOLUME <path>",
    "WORKDIR": "write WORKDIR <path>",
}
_UNCHECKED_FLAGS = ("ARG", "STOPSIGNAL", "HEALTHCHECK")
_LONGEST = 200
_UNITS = r"(?:ns|us|µs|μs|ms|s|m|h)"

Errors = list[SyntaxProblem]


def check_arguments(instruction: Instruction, outer: str, errors: Errors) -> None:
    """Put what is wrong with the flags and the arguments of an instruction to `errors`."""
    keyword = instruction.keyword
    if instruction.flags and keyword not in _UNCHECKED_FLAGS:
        check_flags(keyword, instruction.flags, errors)
    if outer and keyword in ("ONBUILD", "FROM", "MAINTAINER"):
        message = f"{outer} cannot defer {keyword}"
        errors.append(SyntaxProblem(message, instruction.keyword_span, "write an instruction that builds on an image"))
    elif not instruction.words and not instruction.trigger and keyword in _EXAMPLES:
        if instruction.body.text and not instruction.json:
            return
        _refuse(instruction, f"{keyword} has no argument", errors)
    elif keyword in _CHECKS:
        _CHECKS[keyword](instruction, errors)


def _refuse(instruction: Instruction, message: str, errors: Errors) -> None:
    errors.append(SyntaxProblem(message, instruction.keyword_span, _EXAMPLES[instruction.keyword]))


def _from(instruction: Instruction, errors: Errors) -> None:
    words = instruction.words
    named = len(words) == 3 and words[1].text.lower() == "as"
    if len(words) != 1 and not named:
        _refuse(instruction, f"FROM has {len(words)} words", errors)
    elif named and not _stage_name().fullmatch(words[2].text.lower()):
        hint = "begin with a letter, go on with letters, digits, `-`, `_` and `.`"
        errors.append(SyntaxProblem(f"the stage name is {words[2].text!r}", words[2].span, hint))


@cache
def _stage_name() -> re.Pattern[str]:
    return re.compile(r"[a-z][a-z0-9\-_.]*")


def _transfer(instruction: Instruction, errors: Errors) -> None:
    keyword, words = instruction.keyword, instruction.words
    if len(words) < 2:
        _refuse(instruction, f"{keyword} has the one argument {words[0].text!r}", errors)
    elif words[-1].text[:1] in "<0123456789" and "<<" in words[-1].text and read_operator(words[-1].text):
        message = f"{keyword} has the heredoc {words[-1].text} as its destination"
        errors.append(SyntaxProblem(message, words[-1].span, "write the destination behind the heredocs"))


def _names(instruction: Instruction, errors: Errors) -> None:
    for pair in instruction.pairs:
        if not pair.name.text:
            message = f"{instruction.keyword} has a value without a name"
            errors.append(SyntaxProblem(message, pair.span, _EXAMPLES[instruction.keyword]))


def _shell(instruction: Instruction, errors: Errors) -> None:
    if not instruction.json:
        message = f"SHELL has {instruction.words[0].text!r}, which is no JSON array"
        errors.append(SyntaxProblem(message, instruction.words[0].span, _EXAMPLES["SHELL"]))


def _volume(instruction: Instruction, errors: Errors) -> None:
    for word in instruction.words:
        if not word.text.strip():
            errors.append(SyntaxProblem("VOLUME has an empty path", word.span, _EXAMPLES["VOLUME"]))


def _run(instruction: Instruction, errors: Errors) -> None:
    if not instruction.flags:
        return
    from scanguard.dockerfile.mounts import check_mounts

    check_mounts(instruction, errors)
    for name, allowed in (("network", ("default", "none", "host")), ("security", ("insecure", "sandbox"))):
        value = instruction.flag(name)
        if value is not None and value.text not in allowed:
            guess = nearest(value.text, allowed)
            hint = f"did you mean {guess}?" if guess else f"write one of {', '.join(allowed)}"
            errors.append(SyntaxProblem(f"--{name} is {value.text!r}", value.span, hint))


# HEALTHCHECK ---------------------------------------------------------------------------------------------------------


def _health(instruction: Instruction, errors: Errors) -> None:
    kind, *rest = instruction.words
    name = kind.text.upper()
    if name == "NONE":
        if rest:
            message = f"HEALTHCHECK NONE has the argument {rest[0].text!r}"
            errors.append(SyntaxProblem(message, rest[0].span, "write HEALTHCHECK NONE alone"))
        return
    check_flags("HEALTHCHECK", instruction.flags, errors)
    if name != "CMD":
        message = f"HEALTHCHECK has {kind.text!r} instead of CMD or NONE"
        errors.append(SyntaxProblem(message, kind.span, _EXAMPLES["HEALTHCHECK"]))
    elif not rest:
        errors.append(SyntaxProblem("HEALTHCHECK CMD has no command", kind.span, _EXAMPLES["HEALTHCHECK"]))
    for flag in instruction.flags:
        if flag.value is not None and flag.value.text:
            _check_setting(flag, flag.value.text, errors)


def _check_setting(flag: Flag, value: str, errors: Errors) -> None:
    if flag.name == "retries":
        if not re.fullmatch(r"\+?[0-9]{1,10}", value) or int(value) >= 1 << 31:
            errors.append(SyntaxProblem(f"--retries is {value!r}", flag.span, "write a whole number from 0 on"))
    elif flag.name in ("interval", "timeout", "start-period", "start-interval"):
        length = duration(value)
        if length is None:
            hint = "write a number with a unit, such as 30s, 1m30s or 500ms"
            errors.append(SyntaxProblem(f"--{flag.name} is {value!r}", flag.span, hint))
        elif length and length < 1_000_000:
            errors.append(SyntaxProblem(f"--{flag.name} is {value!r}", flag.span, "write 0 or at least 1ms"))


_NANOSECONDS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}


def duration(text: str) -> float | None:
    """A duration in nanoseconds, or None where Go's `time.ParseDuration` refuses the text.

    https://pkg.go.dev/time#ParseDuration
    """
    sign = -1 if text.startswith("-") else 1
    rest = text[1:] if text[:1] in ("+", "-") else text
    if rest == "0":
        return 0.0
    if rest[-1:] in ("s", "m", "h") and rest[:-1].isdecimal() and rest.isascii() and len(rest) < 18:
        return sign * float(rest[:-1]) * _NANOSECONDS[rest[-1]]
    parts = re.findall(rf"([0-9]{{1,18}}\.?[0-9]{{0,18}}|\.[0-9]{{1,18}})({_UNITS})", rest[:_LONGEST])
    if not parts or "".join(number + unit for number, unit in parts) != rest:
        return None
    return sign * sum(float(number) * _NANOSECONDS[unit] for number, unit in parts)


_CHECKS: dict[str, Callable[[Instruction, Errors], None]] = {
    "ADD": _transfer,
    "ARG": _names,
    "COPY": _transfer,
    "ENV": _names,
    "FROM": _from,
    "HEALTHCHECK": _health,
    "LABEL": _names,
    "RUN": _run,
    "SHELL": _shell,
    "VOLUME": _volume,
}
