"""Commands whose arguments come from elsewhere: xargs and find -exec."""

from scanguard.build.commands import Argument, Invocation
from scanguard.build.script.command import Command
from scanguard.build.script.wrappers import unwrap_xargs
from scanguard.dockerfile.shell.nodes import ShellWord

_EXEC = frozenset({"-exec", "-execdir", "-ok", "-okdir"})
_MAX_ITEMS = 200
_ECHO_FLAGS = frozenset({"-n", "-e", "-en", "-ne", "-E"})
_LINES = frozenset({"%s\\n", "%s\n", "%s ", "%s\\0", "'%s'\\n"})


def xargs_commands(command: Command) -> list[Command]:
    """The commands that xargs runs: one where its input is not known, with `{}` for what comes from there."""
    unwrapped = unwrap_xargs(command.arguments)
    if unwrapped is None:
        return []
    options = dict(unwrapped.options)
    inner = command.inner(unwrapped.command, "xargs")
    items = _items(command) if "-a" not in options and "--arg-file" not in options else None
    inner.text, inner.script, inner.input = None, None, command.input
    mark = options.get("-I") or options.get("--replace") or ("{}" if "-i" in options or "-I" in options else "")
    if mark:
        return [_replaced(inner, mark, item) for item in items] if items else [_unknown(inner, mark)]
    if not items:
        return [_extended(inner, [Argument("{}", False, (), command.arguments[0].span)])]
    count = options.get("-n") or options.get("--max-args") or options.get("-L") or ""
    step = int(count) if count.isdecimal() and 0 < len(count) < 5 and int(count) else len(items)
    return [_extended(inner, items[at : at + step]) for at in range(0, len(items), step)]


def _items(command: Command) -> list[Argument] | None:
    """The words on standard input: of a here-string, or those that echo or printf prints; None where not known."""
    items = _printed(command.input) if command.text is None else _words([command.text])
    return items if items and len(items) <= _MAX_ITEMS else None


def _printed(producer: Invocation | None) -> list[Argument] | None:
    if producer is None or producer.redirects:
        return None
    arguments = list(producer.arguments)
    if producer.name == "echo":
        while arguments and arguments[0].text in _ECHO_FLAGS:
            arguments.pop(0)
        return _words(arguments)
    if producer.name == "printf" and arguments:
        form = arguments[0].text
        if form in _LINES:
            return _words(arguments[1:])
        if len(arguments) == 1 and "%" not in form:
            return _words([arguments[0]._replace(text=form.replace("\\n", "\n").replace("\\0", "\n"))])
    return None


def printed_text(producer: Invocation | None) -> Argument | None:
    """What an echo or a printf of a single text prints; None for all other commands."""
    if producer is None or producer.redirects or not producer.arguments:
        return None
    arguments = [one for one in producer.arguments if one.text not in _ECHO_FLAGS]
    if not arguments or (producer.name != "echo" and (producer.name != "printf" or len(arguments) > 1)):
        return None
    text = " ".join(argument.text for argument in arguments)
    if producer.name == "printf":
        if "%" in text:
            return None
        text = text.replace("\\n", "\n")
    names = tuple(dict.fromkeys(name for argument in arguments for name in argument.variables))
    return Argument(text, all(argument.known for argument in arguments), names, arguments[0].span)


def _words(arguments: list[Argument]) -> list[Argument]:
    return [
        argument._replace(text=text)
        for argument in arguments
        for text in (argument.text.split() if argument.known else [argument.text])
    ]


def _extended(command: Command, items: list[Argument]) -> Command:
    return command.with_arguments(
        [*command.arguments, *items], [*command.words, *([None] * len(items))], command.span, command.wrappers
    )


def _replaced(command: Command, mark: str, item: Argument) -> Command:
    arguments: list[Argument] = []
    words: list[ShellWord | None] = []
    for argument, word in zip(command.arguments, command.words, strict=True):
        if mark in argument.text:
            names = tuple(dict.fromkeys((*argument.variables, *item.variables)))
            text = argument.text.replace(mark, item.text)
            arguments.append(Argument(text, argument.known and item.known, names, argument.span))
            words.append(None)
        else:
            arguments.append(argument)
            words.append(word)
    return command.with_arguments(arguments, words, command.span, command.wrappers)


def _unknown(command: Command, mark: str) -> Command:
    arguments = [one._replace(known=False) if mark in one.text else one for one in command.arguments]
    words = [None if mark in one.text else word for one, word in zip(arguments, command.words, strict=True)]
    return command.with_arguments(arguments, words, command.span, command.wrappers)


def found_commands(command: Command) -> list[Command]:
    """The commands after `-exec` and its kin, with `{}` not known."""
    commands = []
    texts = [argument.text for argument in command.arguments]
    at = 1
    while at < len(texts):
        if texts[at] not in _EXEC:
            at += 1
            continue
        stop = at + 1
        while stop < len(texts) and texts[stop] != ";" and not (texts[stop] == "+" and texts[stop - 1] == "{}"):
            stop += 1
        if stop > at + 1:
            commands.append(_unknown(_slice(command, at + 1, stop), "{}"))
        at = stop + 1
    return commands


def _slice(command: Command, start: int, stop: int) -> Command:
    arguments, words = command.arguments[start:stop], command.words[start:stop]
    span = command.span._replace(start=arguments[0].span.start, end=arguments[-1].span.end)
    inner = command.with_arguments(arguments, words, span, (*command.wrappers, "find"))
    inner.redirects, inner.inputs = (), ()
    return inner
