"""Programs that run the command in their own arguments: which of their options take a value, what stands before it."""

from collections.abc import Sequence

from scanguard.build.commands import Argument
from scanguard.model.lazily import matcher
from scanguard.model.record import NamedTuple

ASSIGNMENT = matcher(r"([A-Za-z_][A-Za-z0-9_]*)=")


class Wrapper(NamedTuple):
    """`values` are options whose value is the next word, `operands` the words before the command.

    `assigns` says that `NAME=value` (and `-`, as in `env -`) may stand before the command, `subcommand` which first word
    makes it a wrapper at all, `directory` which options name the directory that the command runs in.
    """

    values: frozenset[str] = frozenset()
    operands: int = 0
    assigns: bool = False
    subcommand: str = ""
    directory: frozenset[str] = frozenset()


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_PLAIN = Wrapper()
_CONDA = Wrapper(_set("-n --name -p --prefix --cwd"), subcommand="run", directory=_set("--cwd"))

WRAPPERS: dict[str, Wrapper] = {
    "sudo": Wrapper(
        _set(
            "-u -g -h -p -C -r -t -T -U -D -R -c -a --user --group --host --prompt --close-from --role --type --chdir --chroot"
        ),
        assigns=True,
        directory=_set("-D --chdir"),
    ),
    "doas": Wrapper(_set("-u -C -a")),
    "env": Wrapper(_set("-u -C --unset --chdir"), assigns=True, directory=_set("-C --chdir")),
    "time": Wrapper(_set("-f -o --format --output")),
    "exec": Wrapper(_set("-a")),
    "nice": Wrapper(_set("-n --adjustment")),
    "ionice": Wrapper(_set("-c -n -p --class --classdata")),
    "chrt": Wrapper(operands=1),
    "nohup": _PLAIN,
    "setsid": _PLAIN,
    "timeout": Wrapper(_set("-s -k --signal --kill-after"), operands=1),
    "command": _PLAIN,
    "builtin": _PLAIN,
    "busybox": _PLAIN,
    "stdbuf": Wrapper(_set("-i -o -e --input --output --error")),
    "unbuffer": _PLAIN,
    "chroot": Wrapper(operands=1),
    "runuser": Wrapper(_set("-u --user -g --group -G --supp-group")),
    "gosu": Wrapper(operands=1),
    "su-exec": Wrapper(operands=1),
    "setpriv": Wrapper(_set("--reuid --regid --groups --inh-caps --ambient-caps --bounding-set --securebits")),
    "flock": Wrapper(_set("-w -E --timeout --wait"), operands=1),
    "fakeroot": Wrapper(_set("-l -s -i -b")),
    "eatmydata": _PLAIN,
    "setarch": Wrapper(operands=1),
    "linux32": _PLAIN,
    "linux64": _PLAIN,
    "tini": Wrapper(_set("-p -e")),
    "dumb-init": Wrapper(_set("-r --rewrite")),
    "xvfb-run": Wrapper(_set("-n -s -e -f -w -p --server-num --server-args --error-file --auth-file --wait")),
    "dbus-run-session": _PLAIN,
    "ssh-agent": Wrapper(_set("-a -t -O -P")),
    "conda": _CONDA,
    "mamba": _CONDA,
    "micromamba": _CONDA,
}
SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "rbash"})
_XARGS_VALUES = _set(
    "-a -d -E -I -L -n -P -s --arg-file --delimiter --replace --max-lines --max-args --max-procs --max-chars --process-slot-var"
)
_XARGS = Wrapper(_XARGS_VALUES)


class Unwrapped(NamedTuple):
    """Where the inner command begins, the assignments before it, and the options with a value."""

    command: int
    environment: tuple[int, ...]
    options: tuple[tuple[str, str], ...]


# `env $(cat .env) command`: https://manpages.debian.org/env.1
_ASSIGNMENTS_OF_FILES = ("$(cat ", "$(grep ", "$(sed ", "$(xargs ", "$(<", "`cat ", "`grep ", "`sed ")


def unwrap(name: str, arguments: Sequence[Argument]) -> Unwrapped | None:
    """What a wrapper wraps; None where the program is none or runs no command this time."""
    wrapper = WRAPPERS.get(name)
    if wrapper is None or len(arguments) < 2:
        return None
    first = arguments[1].text
    if name == "command" and first[:1] == "-" and ("v" in first or "V" in first):
        return None
    if name == "busybox" and first[:1] == "-":
        return None
    if name == "runuser" and not any(argument.text in ("-u", "--user") for argument in arguments):
        return None
    start = 1
    if wrapper.subcommand:
        if first != wrapper.subcommand:
            return None
        start = 2
    return _unwrapped(wrapper, arguments, start)


def unwrap_xargs(arguments: Sequence[Argument]) -> Unwrapped | None:
    """The command of xargs; None where there is none (it is echo then)."""
    return _unwrapped(_XARGS, arguments, 1)


def _unwrapped(wrapper: Wrapper, arguments: Sequence[Argument], start: int) -> Unwrapped | None:
    index, options = read_options(wrapper.values, arguments, start)
    if wrapper.assigns and index < len(arguments) and arguments[index].text == "-":
        index += 1
    index += wrapper.operands
    environment = []
    while wrapper.assigns and index < len(arguments):
        text = arguments[index].text
        if ASSIGNMENT(text):
            environment.append(index)
        elif not text.startswith(_ASSIGNMENTS_OF_FILES) or index + 1 == len(arguments):
            break
        index += 1
    return Unwrapped(index, tuple(environment), tuple(options)) if index < len(arguments) else None


def read_options(
    values: frozenset[str], arguments: Sequence[Argument], index: int
) -> tuple[int, list[tuple[str, str]]]:
    """The index of the first operand, and the options on the way to it with their values."""
    options: list[tuple[str, str]] = []
    while index < len(arguments):
        text = arguments[index].text
        if text == "--":
            return index + 1, options
        if text[:1] != "-" or text == "-":
            break
        option, value = _option(values, text)
        index += 1
        if value is None and option in values:
            value = arguments[index].text if index < len(arguments) else ""
            index += 1
        options.append((option, value or ""))
    return index, options


def _option(values: frozenset[str], text: str) -> tuple[str, str | None]:
    """An option and the value that is glued to it. In a cluster, the first letter that takes a value takes the rest."""
    if text.startswith("--"):
        option, equals, value = text.partition("=")
        return option, value if equals else None
    for at in range(1, len(text)):
        letter = f"-{text[at]}"
        if letter in values:
            return letter, text[at + 1 :] or None
    return text, None


class ShellCall(NamedTuple):
    """How a shell is called: the index of its script, or None where it reads one from its input."""

    script: int | None
    operands: int


def shell_call(arguments: Sequence[Argument]) -> ShellCall | None:
    """How a shell gets its script; None where that is a file."""
    index, has_command, from_input = 1, False, False
    while index < len(arguments):
        text = arguments[index].text
        if text[:1] not in ("-", "+") or len(text) < 2:
            break
        index += 1
        if text == "--":
            break
        if text.startswith("--"):
            index += text in ("--rcfile", "--init-file")
            continue
        has_command = has_command or (text[0] == "-" and "c" in text)
        from_input = from_input or "s" in text
        index += text.count("o") + text.count("O")
    if has_command:
        return ShellCall(index, index + 2) if index < len(arguments) else None
    if from_input or index >= len(arguments) or arguments[index].text == "-":
        return ShellCall(None, index)
    return None


def switched_user(arguments: Sequence[Argument]) -> int | None:
    """The index of the script of `su … -c script`; None where there is none."""
    for index in range(1, len(arguments)):
        text = arguments[index].text
        if text == "--command" or (text[:1] == "-" and text[:2] != "--" and text.endswith("c")):
            return index + 1 if index + 1 < len(arguments) else None
    return None
