"""Which names of commands are certainly those of the system: a Dockerfile may bring a `cat` of its own."""

import re
from collections.abc import Iterable, Iterator, Sequence

from scanguard.blame.success import RULING
from scanguard.build.commands import Invocation
from scanguard.build.model import BuildStep
from scanguard.build.paths import resolve
from scanguard.model.record import NamedTuple

SYSTEM = frozenset(("/bin", "/sbin", "/usr/bin", "/usr/sbin"))
_USUAL = SYSTEM | {"/usr/local/bin", "/usr/local/sbin", "$PATH", "${PATH}"}
# What dash, bash and ash have built in: no file takes its place.
_BUILTIN = frozenset(": [ cd chdir echo exit export false printf pwd read set shift test true umask unset".split())
_SHELLS = frozenset(
    f"{folder}{name}" for folder in ("", "/bin/", "/usr/bin/") for name in ("sh", "bash", "dash", "ash")
)
_SHELL_OPTION = re.compile(r"-[ceuxo]+|pipefail|errexit|nounset|xtrace")


class Trust(NamedTuple):
    """`replaced` are names of programs that something else may stand behind; `shell` whether a plain shell runs the steps.

    `linked` are the symbolic links that steps made, each with the path that it leads to.
    """

    replaced: frozenset[str] = frozenset()
    shell: bool = True
    linked: tuple[tuple[str, str], ...] = ()

    def without(self, names: frozenset[str]) -> "Trust":
        """The same where these programs are not trusted either."""
        return self._replace(replaced=self.replaced | names)

    def own(self, call: Invocation, step: BuildStep, *, shell: bool) -> bool:
        """Whether a command is that of the system which its name says."""
        if call.program is None or any(name in RULING for name, _ in call.environment):
            return False
        folder, slash, name = call.program.text.rpartition("/")
        if not slash and shell and name in _BUILTIN:
            return True
        return name not in self.replaced and (folder in SYSTEM if slash else _usual(step))


PLAIN = Trust()


def _usual(step: BuildStep) -> bool:
    path = step.variables.get("PATH")
    return path is None or _USUAL.issuperset(path.value.text.split(":"))


def ruled(step: BuildStep) -> bool:
    """Whether a variable of the Dockerfile other than PATH may change what commands do."""
    return any(name in RULING and name != "PATH" for name in step.variables)


def trust(steps: Iterable[BuildStep]) -> Trust:
    """What the steps of a stage, with those that it is built on, leave certain."""
    replaced: set[str] = set()
    linked: list[tuple[str, str]] = []
    shell = True
    for step in steps:
        if step.instruction.keyword == "SHELL":
            words = [word.text for word in step.instruction.words]
            shell = shell and _plain_shell(words)
        replaced.update(_basename(one.destination) for one in step.copies)
        for call in every(step.invocations):
            replaced.update(_brought(call))
            linked.extend(_links(call))
    return Trust(frozenset(replaced), shell, tuple(linked))


def _plain_shell(words: Sequence[str]) -> bool:
    return bool(words) and words[0] in _SHELLS and all(map(_SHELL_OPTION.fullmatch, words[1:]))


def every(calls: Iterable[Invocation]) -> Iterator[Invocation]:
    """The commands with all that stand in their substitutions and before them in a pipe."""
    for call in calls:
        yield call
        yield from every(call.inputs)
        if call.input is not None:
            yield from every((call.input,))


def _brought(call: Invocation) -> Iterator[str]:
    """The names of the files that a command may bring or take away, as far as its words tell."""
    yield from (_basename(target.text) for operator, target in call.redirects if ">" in operator)
    if call.name not in ("chmod", "chown", "chgrp", "echo", "printf", "test", "[", "ls", "which"):
        bare = call.name in ("cp", "mv", "ln", "install", "rm", "unlink", "tee", "touch")
        yield from (_basename(one.text) for one in call.arguments if bare or "/" in one.text)


def _basename(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _links(call: Invocation) -> Iterator[tuple[str, str]]:
    """What `ln -s` makes: the last word itself, or, where that is a directory, a name in it."""
    words = [one.text for one in call.arguments if not one.text.startswith("-")]
    if call.name != "ln" or not words:
        return
    last = resolve(call.directory, words[-1] if len(words) > 1 else ".")
    inside = len(words) != 2 or words[-1].endswith(("/", ".")) or last in _USUAL
    for word in (words[:-1] or words) if last is not None else ():
        for place in (None if inside else last, resolve(last, _basename(word) or ".")):
            target = None if place is None else resolve(place.rpartition("/")[0] or "/", word)
            if place is not None and target is not None:
                yield place, target
