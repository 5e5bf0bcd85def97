"""What a step of the symbolic build can do to one path: for certain, perhaps, or not at all.

Only commands whose every word is understood say that they leave a path alone; all others may have done anything.
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from enum import IntEnum

from scanguard.blame.links import Means
from scanguard.blame.nodes import SET_ID
from scanguard.blame.success import Success, success
from scanguard.blame.trust import PLAIN, Trust, every, ruled
from scanguard.build.commands import Argument, Invocation
from scanguard.build.model import BuildStep, Value
from scanguard.build.paths import covers, resolve
from scanguard.build.variables import is_fixed
from scanguard.model.record import NamedTuple

# Commands that change no file but by a redirection: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/contents.html
_HARMLESS = frozenset(
    ": [ [[ basename cat cd cut date dirname echo exit export false grep head hostname id ls printf pwd read readlink set "
    "shift sleep tail test tr true umask uname unset wc which whoami".split()
)
_STREAMS = frozenset(("/dev/null", "/dev/stdout", "/dev/stderr", "/dev/tty"))
_GLOB = "*?[{"
_SYMBOLIC = re.compile(r"([ugoa]*)[+=]([rwxXst]*)")


class Effect(IntEnum):
    """NONE: it left the path alone. TOUCHED: it changed what was not asked about. MAYBE: it may have made it so. MADE: it did."""

    NONE = 0
    TOUCHED = 1
    MAYBE = 2
    MADE = 3


class _Touch(NamedTuple):
    """A place that a command writes to: `below` says with all under it.

    `contents` says that it can give a file there contents, `bits` which set-id bits, `sure` that it certainly did.
    `entry` says that a link at the place itself is not followed.
    """

    place: str
    below: bool = False
    contents: bool = True
    bits: int = 0
    sure: bool = False
    entry: bool = False


class _Run(NamedTuple):
    """A RUN, what of it certainly succeeded, and which programs are those that they seem to be."""

    step: BuildStep
    success: Success
    trust: Trust

    def sure(self, call: Invocation) -> bool:
        return call.certain and call.span.end in self.success.ends


class _Unknown(Exception):
    """A command may have done anything."""


def effect(step: BuildStep, path: str, means: Means, bits: int = 0, trust: Trust = PLAIN) -> Effect:
    """What a step did to the contents of a file at an absolute path; with `bits` to those of its set-id bits (0o6000)."""
    if step.instruction.keyword in ("COPY", "ADD"):
        return _copied(step, path, means, bits)
    if step.instruction.keyword == "WORKDIR":
        return Effect.NONE
    if step.instruction.keyword != "RUN" or not step.invocations or ruled(step):
        return Effect.MAYBE
    succeeded = success(step)
    if succeeded is None or (succeeded.shell and not trust.shell):
        return Effect.MAYBE
    run = _Run(step, succeeded, trust)
    try:
        touches = [one for call in every(step.invocations) for one in _touches(call, run)]
    except _Unknown:
        return Effect.MAYBE
    # What is not allowed may fail without an end of the build; what is mounted is in no layer.
    able = step.user.known and step.user.root and not step.mounts
    return max((_judged(one, path, means, bits, able=able) for one in touches), default=Effect.NONE)


def _copied(step: BuildStep, path: str, means: Means, bits: int) -> Effect:
    """A COPY may bring what lies at or below its destination; only of a heredoc is it known that it is one file."""
    place = resolve(step.directory, step.words[-1].text) if step.words else None
    if place is None or not all(is_fixed(word, step.variables) for word in step.words):
        return Effect.MAYBE
    if not _hit(means(place), path, below=True):
        return Effect.NONE
    written = {one.destination for one in step.copies if one.origin == "heredoc"}
    return Effect.MADE if not bits and path in written and means(path) == {path} else Effect.MAYBE


def _hit(places: frozenset[str], path: str, *, below: bool) -> bool:
    """Whether one of these places is the path, or a directory above it; nothing is known of no places."""
    return not places or any(place == path or (below and covers(place, path)) for place in places)


def _judged(touch: _Touch, path: str, means: Means, bits: int, *, able: bool) -> Effect:
    places = _leads(touch, means)
    if not _hit(places, path, below=touch.below):
        return Effect.NONE
    if not (touch.bits & bits if bits else touch.contents):
        return Effect.TOUCHED
    return Effect.MADE if able and touch.sure and len(places) == 1 else Effect.MAYBE


def _leads(touch: _Touch, means: Means) -> frozenset[str]:
    if not touch.entry or touch.place == "/":
        return means(touch.place)
    above, name = posixpath.split(touch.place)
    return frozenset(posixpath.join(one, name) for one in means(above))


def _touches(call: Invocation, run: _Run) -> Iterator[_Touch]:
    """The places that a command writes to; raises _Unknown where they are not all known."""
    if call.wrappers or not run.trust.own(call, run.step, shell=run.success.shell):
        raise _Unknown
    yield from _redirected(call, run)
    if call.name in _HARMLESS:
        return
    writer = _WRITERS.get(call.name)
    if writer is None:
        raise _Unknown
    yield from writer(call, run)


def _redirected(call: Invocation, run: _Run) -> Iterator[_Touch]:
    for operator, target in call.redirects:
        if ">" in operator and not (operator.endswith("&") and (target.text.isdigit() or target.text == "-")):
            if target.text in _STREAMS:
                continue
            place, whole = _place(call, target, run)
            fresh = operator in (">", ">|", "1>") and call.name in ("echo", "printf", "cat")
            yield _Touch(place, below=not whole, sure=fresh and whole and run.sure(call))


def _place(call: Invocation, argument: Argument, run: _Run) -> tuple[str, bool]:
    """Where an argument leads, and whether that is all of it: of a pattern it is the directory above."""
    text = argument.text
    first = min((at for at in map(text.find, _GLOB) if at >= 0), default=-1)
    known = argument.known or (first >= 0 and "$" not in text and "`" not in text)
    if not known or not _fixed(argument, run) or text.startswith("~") or ".." in text or "\n" in text:
        raise _Unknown
    if first >= 0:
        text = text[:first].rpartition("/")[0] or ("/" if text.startswith("/") else ".")
    place = resolve(call.directory, text)
    if place is None or not (run.success.settled or text.startswith("/")):
        raise _Unknown
    return place, first < 0


def _fixed(argument: Argument, run: _Run) -> bool:
    """Whether no `--build-arg` and no shell can have made another text of an argument."""
    return is_fixed(Value(argument.text, True, argument.variables), run.step.variables)


def _operands(call: Invocation) -> list[Argument]:
    return [one for one in call.arguments if not one.text.startswith("-")]


def _flags(call: Invocation, possible: str) -> str:
    """The letters of the flags, all of which are among the possible ones; raises _Unknown where they are not."""
    flags = [one.text for one in call.arguments if one.text.startswith("-")]
    letters = "".join(_LONG.get(one, one[1:]) for one in flags)
    if set(letters) - set(possible):
        raise _Unknown
    return letters


def _change(call: Invocation, run: _Run) -> Iterator[_Touch]:
    """`chmod`, `chown` and `chgrp` give a file no contents, and only the first one gives it bits."""
    recursive = "R" in _flags(call, "Rvfch")
    first, *targets = _operands(call) or (None,)
    if first is None:
        raise _Unknown
    bits, certain = _given(first.text) if call.name == "chmod" else (0, False)
    if call.name == "chmod" and not (first.known and _fixed(first, run)):
        bits, certain = SET_ID, False
    for target in targets:
        place, whole = _place(call, target, run)
        sure = certain and whole and run.sure(call)
        yield _Touch(place, recursive or not whole, contents=False, bits=bits, sure=sure)


def _given(mode: str) -> tuple[int, bool]:
    """The set-id bits that a mode may set, and whether it does.

    https://pubs.opengroup.org/onlinepubs/9799919799/utilities/chmod.html
    """
    if mode and not mode.strip("01234567"):
        return int(mode, 8) & SET_ID, True
    symbolic = _SYMBOLIC.fullmatch(mode)
    if symbolic is None:
        return (SET_ID if "s" in mode else 0), False
    who = symbolic[1] or "a"
    bits = 0o4000 * ("u" in who or "a" in who) + 0o2000 * ("g" in who or "a" in who)
    return (bits if "s" in symbolic[2] else 0), True


def _removed(call: Invocation, run: _Run) -> Iterator[_Touch]:
    """`rm` and `rmdir` give a file nothing."""
    for target in _operands(call):
        place, whole = _place(call, target, run)
        followed = not whole or target.text.endswith("/")
        yield _Touch(place, below=True, contents=False, entry=not followed)


def _written(call: Invocation, run: _Run) -> Iterator[_Touch]:
    """`touch` and `tee` may have given each of their words contents, if only empty ones, `mkdir` makes no file."""
    _flags(call, _WRITING[call.name])
    for target in _operands(call):
        place, whole = _place(call, target, run)
        yield _Touch(place, below=not whole, contents=call.name != "mkdir")


def _moved(call: Invocation, run: _Run) -> Iterator[_Touch]:
    """`cp`, `mv` and `ln -s` write at or below the last word; a moved file is gone where it was."""
    flags, words = _flags(call, "aRrpfvinsh"), _operands(call)
    if len(words) < 2 or (call.name == "ln" and "s" not in flags):
        raise _Unknown
    yield _Touch(_place(call, words[-1], run)[0], below=True, bits=SET_ID)
    for source in words[:-1] if call.name == "mv" else ():
        place, whole = _place(call, source, run)
        yield _Touch(place, below=True, contents=False, entry=whole)


_LONG = {
    "--recursive": "R",
    "--parents": "p",
    "--force": "f",
    "--verbose": "v",
    "--symbolic": "s",
    "--no-dereference": "h",
}
_WRITING = {"mkdir": "pv", "touch": "cam", "tee": "ai"}
_WRITERS: dict[str, Callable[[Invocation, _Run], Iterator[_Touch]]] = {
    **dict.fromkeys(("chmod", "chown", "chgrp"), _change),
    **dict.fromkeys(("rm", "rmdir", "unlink"), _removed),
    **dict.fromkeys(_WRITING, _written),
    **dict.fromkeys(("cp", "mv", "ln"), _moved),
}

NAMES = _HARMLESS | _WRITERS.keys()
"""The commands that are understood."""
