"""Package managers: which packages a command installs, which it removes."""

from scanguard.build.commands import Argument, Invocation
from scanguard.build.packages_table import MANAGERS, Manager
from scanguard.build.simulation import simulates
from scanguard.model.record import NamedTuple


class Operation(NamedTuple):
    """One package named on a command line. `kind` is `install` or `remove`, or `needs` for what `apt-get build-dep` brings."""

    kind: str
    manager: str
    name: str
    version: str
    group: str
    argument: Argument


_SEPARATORS = {
    "apt": "=/",
    "apk": "=<>~@",
    "dnf": "",
    "pip": "=<>!~[;@ ",
    "pipx": "=<>!~[;@ ",
    "uv": "=<>!~[;@ ",
    "poetry": "=<>!~[;@^",
    "conda": "=<>!~[",
    "mamba": "=<>!~[",
    "cargo": "@",
    "go": "@",
    "zypper": "=<>",
    "gem": ":",
}
# Flags of apk without a value, which may stand in one word with -t: https://man.archlinux.org/man/apk.8
_APK_LETTERS = frozenset("qvfiUulhr")
# What rpm appends to a name for one architecture of it: `gcc.x86_64`.
_ARCHITECTURES = (".x86_64", ".aarch64", ".i686", ".noarch", ".ppc64le", ".s390x")
_OF_RPM = frozenset({"dnf", "yum", "microdnf", "zypper", "rpm"})
_NODE = frozenset({"npm", "yarn", "pnpm", "bun"})
# What `apt-get build-dep name` brings whatever the name is, which itself it does not install: https://manpages.debian.org/apt-get.8
_ALWAYS_NEEDED = "build-essential"
# What pacman -S does not install with: https://man.archlinux.org/man/pacman.8#SYNC_OPTIONS_(APPLY_TO_-S)
_PACMAN_ASKS = frozenset("cgilpsw")
_PACMAN_ONLY = frozenset(("--search", "--info", "--print", "--downloadonly", "-p", "-w"))


def operations(call: Invocation) -> list[Operation]:
    """The packages that a command installs or removes, in the order in which they are named; [] for other commands."""
    found = _manager(call)
    if found is None:
        return []
    manager, arguments = found
    if manager.name == "pacman":
        return _pacman(manager, arguments)
    if not manager.install:
        return _by_flag(manager, arguments)
    return _subcommand(manager, arguments)


def _manager(call: Invocation) -> tuple[Manager, tuple[Argument, ...]] | None:
    """The manager that a command speaks to, and the words after its name; knows `python -m pip` and `uv pip`."""
    name, arguments = call.name, call.arguments
    if name == "uv" and arguments:
        if arguments[0].text == "pip":
            return MANAGERS["pip"]._replace(name="uv"), arguments[1:]
        if arguments[0].text == "tool":
            return MANAGERS["pipx"]._replace(name="uv"), arguments[1:]
        return MANAGERS["poetry"]._replace(name="uv"), arguments
    if name.startswith("python") and len(arguments) > 1 and arguments[0].text == "-m":
        module = MANAGERS.get(arguments[1].text)
        return (module, arguments[2:]) if module else None
    if name.startswith("pip") and name[3:].replace(".", "").isdecimal():
        return MANAGERS["pip"], arguments
    manager = MANAGERS.get(name)
    return (manager, arguments) if manager else None


def _subcommand(manager: Manager, arguments: tuple[Argument, ...]) -> list[Operation]:
    """Managers of the form `manager [flags] subcommand [flags] names`."""
    verb, group = "", ""
    names: list[Argument] = []
    words = iter(arguments)
    for argument in words:
        text = argument.text
        if text.startswith("-") and text != "-":
            virtual = _virtual(text) if manager.name == "apk" and verb else None
            if virtual is not None:
                group = virtual or next(words, argument).text
                continue
            if text in manager.values and not simulates(manager.name, text, chosen=bool(verb)):
                text = next(words, argument).text
            if simulates(manager.name, text, chosen=bool(verb)):
                return []
        elif verb:
            names.append(argument)
        elif text in manager.install or text in manager.remove:
            verb = text
        elif text not in manager.skip:
            return []
    return _of_verb(manager, verb, group, names)


def _virtual(flag: str) -> str | None:
    """The name that apk gives to packages together, empty where it is the next word; None for other flags. `-Ut` is `-U -t`."""
    if flag.startswith("--"):
        name, _, value = flag.partition("=")
        return value if name == "--virtual" else None
    letters, found, value = flag[1:].partition("t")
    return value.removeprefix("=") if found and _APK_LETTERS.issuperset(letters) else None


def _of_verb(manager: Manager, verb: str, group: str, names: list[Argument]) -> list[Operation]:
    if verb == "build-dep":
        return [Operation("needs", manager.name, _ALWAYS_NEEDED, "", group, name) for name in names[:1]]
    if verb == "swap":
        return _operations(manager, "remove", group, names[:1]) + _operations(manager, "install", group, names[1:])
    return _operations(manager, "install" if verb in manager.install else "remove", group, names) if verb else []


def _operations(manager: Manager, kind: str, group: str, names: list[Argument]) -> list[Operation]:
    result = []
    for argument in names:
        name, version = split_version(manager.name, argument.text)
        if name and not _is_file(name):
            does = _suffixed(argument.text, kind) if manager.name == "apt" else kind
            result.append(Operation(does, manager.name, name, version, group, argument))
    return result


def _suffixed(text: str, kind: str) -> str:
    """What apt does with a name: `install gcc-` removes, `remove gcc+` installs."""
    if text.endswith("-"):
        return "remove"
    return "install" if text.endswith("+") and not text.endswith("++") else kind


def _by_flag(manager: Manager, arguments: tuple[Argument, ...]) -> list[Operation]:
    """What `dpkg --purge` and `rpm -e` remove; what these install are files."""
    names: list[Argument] = []
    removes = False
    words = iter(arguments)
    for argument in words:
        text = argument.text
        if simulates(manager.name, text, chosen=removes):
            return []
        if text in manager.values:
            next(words, None)
        elif text in manager.remove:
            removes = True
        elif not text.startswith("-"):
            names.append(argument)
    return _operations(manager, "remove", "", names) if removes else []


def _pacman(manager: Manager, arguments: tuple[Argument, ...]) -> list[Operation]:
    """Pacman's operations are flags, in a cluster: `-Syu name`, `-Rns name`; `-Ss`, `-Si`, `-Sw` and so on install nothing."""
    kind = ""
    names: list[Argument] = []
    words = iter(arguments)
    for argument in words:
        text = argument.text
        if text in manager.values:
            next(words, None)
        elif text in _PACMAN_ONLY or (text.startswith("-R") and "p" in text):
            return []
        elif text.startswith(("-R", "--remove")):
            kind = "remove"
        elif text == "--sync" or (text.startswith("-S") and not _PACMAN_ASKS.intersection(text)):
            kind = "install"
        elif not text.startswith("-"):
            names.append(argument)
    return _operations(manager, kind, "", names) if kind else []


def split_version(manager: str, text: str) -> tuple[str, str]:
    """Part a name from the version that is asked for: `gcc=4:12` to (`gcc`, `4:12`); (text, "") where none is."""
    if manager in _NODE:
        at = text.rfind("@")
        return (text[:at], text[at + 1 :]) if at > 0 else (text, "")
    for position, character in enumerate(text):
        if position and character in _SEPARATORS.get(manager, ""):
            version = text[position:].rpartition("]")[2]
            return text[:position], version.lstrip("=<>!~@/: ")
    if manager == "apt" and text.endswith(("+", "-")) and not text.endswith("++"):
        return text[:-1], ""
    if manager in _OF_RPM and text.endswith(_ARCHITECTURES):
        return text.rpartition(".")[0], ""
    return text.partition(":")[0] if manager in ("apt", "dpkg") else text, ""


def _is_file(name: str) -> bool:
    """A path or a URL is no package of a registry."""
    return name in (".", "..") or "://" in name or name.startswith(("./", "/", "../", "git+"))
