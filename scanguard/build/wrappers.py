"""Programs that run another program: sudo, env, xargs, time, sh -c and their kin."""

from typing import NamedTuple

from scanguard.build.commands import Argument, Invocation

SHELLS = frozenset(("sh", "bash", "dash", "ash", "zsh", "ksh"))


class Wrapper(NamedTuple):
    """How a wrapper is called: flags whose value is the next word, and how many words of its own stand before the command."""

    values: frozenset[str]
    own: int = 0
    assignments: bool = False


def _wrapper(values: str = "", own: int = 0, *, assignments: bool = False) -> Wrapper:
    return Wrapper(frozenset(values.split()), own, assignments)


_PLAIN = _wrapper()
_WRAPPERS: dict[str, Wrapper] = {
    "sudo": _wrapper("-u --user -g --group -h --host -p --prompt -C -r -t -T -U -D", assignments=True),
    "doas": _wrapper("-u -C"),
    "env": _wrapper("-u --unset -C --chdir -S --split-string", assignments=True),
    "time": _wrapper("-f --format -o --output"),
    "exec": _wrapper("-a"),
    "nice": _wrapper("-n --adjustment"),
    "ionice": _wrapper("-c -n -p"),
    "nohup": _PLAIN,
    "setsid": _PLAIN,
    "timeout": _wrapper("-s --signal -k --kill-after", 1),
    "command": _PLAIN,
    "builtin": _PLAIN,
    "stdbuf": _wrapper("-i -o -e --input --output --error"),
    "xargs": _wrapper("-n -P -I -L -d -a -s -E --max-args --max-procs --replace --delimiter --arg-file"),
    "gosu": _wrapper("", 1),
    "su-exec": _wrapper("", 1),
    "chroot": _wrapper("", 1),
    "fakeroot": _PLAIN,
    "catchsegv": _PLAIN,
    "retry": _wrapper("-t -d -n --times --delay"),
    "dumb-init": _PLAIN,
    "tini": _wrapper("-p -e"),
    "linux32": _PLAIN,
    "xvfb-run": _wrapper("-n -s --server-num --server-args -e -f -l -p -w"),
}


def inner_script(name: str, words: tuple[Argument, ...], call: Invocation) -> Argument | None:
    """The text that a shell is given as its script: after `-c`, to `eval`, to `su -c`, or on standard input; else None."""
    if name == "eval":
        return _joined(words[1:]) if len(words) > 1 else None
    if name == "su":
        return _after(words, ("-c", "--command"))
    if name not in SHELLS:
        return None
    for at, argument in enumerate(words[1:], 1):
        text = argument.text
        if text.startswith("-") and not text.startswith("--") and text.endswith("c") and at + 1 < len(words):
            return words[at + 1]
        if not text.startswith(("-", "+")) and (at < 2 or words[at - 1].text not in ("-o", "+o", "-O")):
            return None
    return call.text


def _joined(words: tuple[Argument, ...]) -> Argument:
    if len(words) == 1:
        return words[0]
    variables = tuple(name for word in words for name in word.variables)
    return Argument(" ".join(word.text for word in words), all(word.known for word in words), variables, words[0].span)


def _after(words: tuple[Argument, ...], flags: tuple[str, ...]) -> Argument | None:
    for at, argument in enumerate(words[:-1]):
        if argument.text in flags:
            return words[at + 1]
    return None


def unwrapped(name: str, words: tuple[Argument, ...], input: Invocation | None) -> tuple[Argument, ...]:
    """The command line inside a wrapper's; empty where this is no wrapper or it runs nothing."""
    if name == "find":
        return _of_find(words)
    if name in ("conda", "mamba", "micromamba", "poetry", "uv", "pipenv") and len(words) > 2 and words[1].text == "run":
        return _skip(words[2:], _wrapper("-n --name -p --prefix --with --python -p --extra --group"))
    wrapper = _WRAPPERS.get(name)
    if wrapper is None or (name == "command" and len(words) > 1 and words[1].text in ("-v", "-V")):
        return ()
    rest = _skip(words[1:], wrapper)
    if name == "xargs" and rest:
        return (*rest, *_piped(input))
    return rest


def _skip(words: tuple[Argument, ...], wrapper: Wrapper) -> tuple[Argument, ...]:
    """Drop a wrapper's own flags, their values, its own words and `NAME=value` words."""
    at, own = 0, wrapper.own
    while at < len(words):
        text = words[at].text
        if text == "--":
            at += 1
            break
        if text.startswith("-") and len(text) > 1:
            at += 2 if text in wrapper.values else 1
        elif wrapper.assignments and "=" in text.partition("/")[0]:
            at += 1
        elif own:
            own -= 1
            at += 1
        else:
            break
    return words[at + own :] if own else words[at:]


def _piped(input: Invocation | None) -> tuple[Argument, ...]:
    """What xargs reads, where echo or printf prints it."""
    if input is None or input.name not in ("echo", "printf"):
        return ()
    return tuple(argument for argument in input.arguments if not argument.text.startswith(("-", "%")))


def _of_find(words: tuple[Argument, ...]) -> tuple[Argument, ...]:
    """The command after `-exec`, up to `;` or `+`."""
    for at, argument in enumerate(words):
        if argument.text in ("-exec", "-execdir", "-ok"):
            rest = words[at + 1 :]
            ends = [end for end, word in enumerate(rest) if word.text in (";", "+")]
            return rest[: ends[0]] if ends else rest
    return ()
