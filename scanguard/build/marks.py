"""What a package manager keeps of a package: whether somebody asked for it (manual), or it is there for others (auto).

`apt-get autoremove` takes away what is there for others that are gone: https://manpages.debian.org/apt-mark.8. dnf does
so beside each removal: https://dnf.readthedocs.io/en/latest/command_ref.html#mark-command
"""

from collections.abc import Iterator

from scanguard.build.commands import Argument, Invocation
from scanguard.build.packages_table import MANAGERS
from scanguard.build.simulation import is_yes, simulates, switched_on
from scanguard.model.record import NamedTuple

MANUAL, AUTO = "manual", "auto"
_VERBS = {"auto": AUTO, "markauto": AUTO, "manual": MANUAL, "unmarkauto": MANUAL}
_DNF_VERBS = {"remove": AUTO, "dependency": AUTO, "install": MANUAL, "user": MANUAL}
_SHOWN = {"showauto": AUTO, "showmanual": MANUAL}
_APT = frozenset(("apt-get", "apt", "aptitude"))
_DNF = frozenset(("dnf", "dnf5", "yum"))
_SWEEPS = frozenset(("autoremove", "autopurge"))
_DNF_SWEEPS = frozenset(("autoremove", "remove", "erase", "rm"))
_FLAGS = frozenset(("--auto-remove", "--autoremove"))
_AUTOMATIC_REMOVE = frozenset(("apt::get::automaticremove",))
_AUTOMATIC_BUILD_DEP = frozenset(("apt::get::build-dep-automatic",))
_VALUES = {"apt-mark": frozenset(("-f", "--file", "-o", "--option", "-c", "--config-file"))}
# Commands that print what they read, in some order.
_PASS_ON = frozenset(("cat", "sort", "uniq", "tee", ""))


class Marking(NamedTuple):
    """How packages of a family are marked, MANUAL or AUTO, and the words that name them."""

    kind: str
    family: str
    names: tuple[Argument, ...]


def marking(call: Invocation) -> Marking | None:
    """What a command marks; None for other commands."""
    words = tuple(_operands(call))
    if call.name == "apt-mark" and words and words[0].text in _VERBS and not _only_says(call):
        return Marking(_VERBS[words[0].text], "apt", words[1:])
    if call.name in _DNF and len(words) > 1 and words[0].text == "mark" and words[1].text in _DNF_VERBS:
        return Marking(_DNF_VERBS[words[1].text], "rpm", words[2:])
    return None


def shows(call: Invocation) -> str:
    """Which packages a command lists, the MANUAL or the AUTO ones; empty for other commands."""
    words = [word.text for word in _operands(call)] if call.name == "apt-mark" else []
    return _SHOWN.get(words[0], "") if words else ""


def handed_over(call: Invocation) -> tuple[Invocation, ...]:
    """The commands whose output names what a command marks: through `xargs`, or as `$(apt-mark showmanual)`."""
    within = frozenset(one.input.span for one in call.inputs if one.input is not None)
    last = tuple(one for one in call.inputs if one.span not in within)
    return last if call.input is None else (call.input, *last)


def origin(call: Invocation) -> Invocation:
    """The command whose lines another prints, itself where it makes them: `apt-mark` of `apt-mark showmanual | sort`."""
    while call.name in _PASS_ON and call.input is not None:
        call = call.input
    return call


def files_read(call: Invocation) -> tuple[str, ...]:
    """The files whose lines a command reads and hands on: what `<` names, and the operands of `cat`."""
    named = tuple(word.text for word in _operands(call)) if call.name in ("cat", "sort", "uniq") else ()
    return named + tuple(target.text for operator, target in call.redirects if operator == "<")


def file_written(call: Invocation) -> str:
    """The file into which a command prints; empty where there is none."""
    if call.name == "tee":
        return next((word.text for word in _operands(call)), "")
    return next((target.text for operator, target in call.redirects if operator in (">", ">|")), "")


def sweeps(call: Invocation) -> str:
    """The family, `apt` or `rpm`, of which a command takes away what is there for others that are gone; else empty."""
    if call.name in _APT and not _only_says(call):
        asked = any(_asks(word) for word in call.words)
        return "apt" if asked or (call.name == "aptitude" and {"remove", "purge"} & set(call.words)) else ""
    verb = next((word.text for word in _operands(call)), "") if call.name in _DNF else ""
    kept = "--noautoremove" in call.words or any(simulates("dnf", word, chosen=True) for word in call.words)
    return "rpm" if verb in _DNF_SWEEPS and not kept else ""


def undoes(call: Invocation) -> bool:
    """Whether a command takes back the last transaction: `yum history -y undo last`."""
    return call.name in _DNF and [word.text for word in _operands(call)][:3] == ["history", "undo", "last"]


def automatic(call: Invocation) -> bool:
    """Whether what `apt-get build-dep` brings is marked AUTO; it is MANUAL by default."""
    return any(switched_on(word, _AUTOMATIC_BUILD_DEP) for word in call.words)


def _asks(word: str) -> bool:
    name, given, value = word.partition("=")
    if name in _FLAGS:
        return not given or is_yes(value)
    return word in _SWEEPS or switched_on(word, _AUTOMATIC_REMOVE)


def _only_says(call: Invocation) -> bool:
    return any(simulates("apt", word, chosen=True) for word in call.words)


def _operands(call: Invocation) -> Iterator[Argument]:
    """The words that are no flags, nor the values of flags."""
    values = _VALUES.get(call.name) or (MANAGERS["dnf"].values if call.name in _DNF else frozenset())
    words = iter(call.arguments)
    for word in words:
        if word.text in values:
            next(words, None)
        elif not word.text.startswith("-"):
            yield word
