"""Package managers: which packages a command installs, which it removes.

One table per manager says which words install, which remove, and which flags take a value; the rest is one loop.
"""

from scanguard.build.commands import Argument, Invocation
from scanguard.build.simulation import simulates
from scanguard.model.record import NamedTuple


class Manager(NamedTuple):
    """How a manager is spoken to. `values` are the flags whose value is the next word; `short` says single-letter flags cluster.

    `groups` are words after which the names are groups of packages (`groupinstall`).
    """

    name: str
    install: frozenset[str]
    remove: frozenset[str]
    values: frozenset[str]
    skip: frozenset[str] = frozenset()


class Operation(NamedTuple):
    """One package named on a command line. `kind` is `install` or `remove`."""

    kind: str
    manager: str
    name: str
    version: str
    group: str
    argument: Argument


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_APT_VALUES = _set("-t --target-release --default-release -o --option -c --config-file -q= -a --host-architecture")
_DNF_VALUES = _set(
    "-c --config --enablerepo --disablerepo --installroot --releasever --setopt -x --exclude --repo --repoid "
    "--forcearch --downloaddir --rpmverbosity -d -e --comment --disableplugin --enableplugin --nodocs="
)
_PIP_VALUES = _set(
    "-r --requirement -c --constraint -e --editable -i --index-url --extra-index-url -f --find-links -t --target "
    "--prefix --root --src --platform --python-version --implementation --abi --trusted-host --proxy --retries "
    "--timeout --cache-dir --no-binary --only-binary --progress-bar --log --cert --config-settings --global-option "
    "--install-option --build-option --report --python -p --index --default-index --index-strategy --torch-backend "
    "--upgrade-strategy --exists-action --root-user-action --group --extra --resolution --prerelease --link-mode"
)
_NPM_VALUES = _set(
    "--registry --prefix --cache --loglevel --tag --omit --include --fetch-retries --fetch-timeout -C --cwd --dir "
    "--userconfig --cache-folder --network-timeout --modules-folder --global-dir --store-dir -w --workspace --filter"
)
_CONDA_VALUES = _set("-n --name -p --prefix -c --channel --file -f --solver --subdir --platform")
_RPM_REMOVE = _set("remove erase autoremove groupremove rm")

MANAGERS: dict[str, Manager] = {
    "apt-get": Manager("apt", _set("install build-dep"), _set("remove purge autoremove autopurge"), _APT_VALUES),
    "apk": Manager(
        "apk",
        _set("add"),
        _set("del"),
        _set("-X --repository -p --root --keys-dir --repositories-file --arch --wait --cache-max-age --cache-dir"),
    ),
    "dnf": Manager("dnf", _set("install localinstall groupinstall reinstall swap"), _RPM_REMOVE, _DNF_VALUES),
    "zypper": Manager(
        "zypper",
        _set("install in"),
        _set("remove rm"),
        _set("-t --type -r --repo --from -R --root -D --reposd-dir -C --cache-dir -c --config --plus-repo -p"),
    ),
    "pacman": Manager("pacman", _set("-S"), _set("-R"), _set("--ignore --root --dbpath --config -b -r --overwrite")),
    "pip": Manager("pip", _set("install"), _set("uninstall"), _PIP_VALUES),
    "pipx": Manager(
        "pipx", _set("install inject"), _set("uninstall"), _set("--python --index-url -i --pip-args --suffix")
    ),
    "poetry": Manager(
        "poetry", _set("add"), _set("remove"), _set("-G --group -E --extras --source --python --platform")
    ),
    "conda": Manager("conda", _set("install create"), _set("remove uninstall"), _CONDA_VALUES),
    "npm": Manager("npm", _set("install i add"), _set("uninstall remove rm un"), _NPM_VALUES),
    "yarn": Manager("yarn", _set("add"), _set("remove"), _NPM_VALUES, _set("global")),
    "gem": Manager(
        "gem", _set("install"), _set("uninstall"), _set("-v --version -i --install-dir -n --bindir -s --source -P")
    ),
    "cargo": Manager(
        "cargo",
        _set("install"),
        _set("uninstall"),
        _set(
            "--version --vers --git --branch --tag --rev --path --registry --index --root --target --features -F -j --profile"
        ),
    ),
    "rustup": Manager(
        "rustup",
        _set("install add default"),
        _set("uninstall remove"),
        _set("--profile -c --component -t --target --toolchain"),
        _set("toolchain component target"),
    ),
    "go": Manager("go", _set("install get"), frozenset(), _set("-tags -ldflags -gcflags -mod -modfile -p -o")),
}
MANAGERS["apt"] = MANAGERS["aptitude"] = MANAGERS["apt-get"]
MANAGERS["microdnf"] = MANAGERS["dnf"]._replace(name="microdnf")
MANAGERS["yum"] = MANAGERS["dnf"]._replace(name="yum")
MANAGERS["dnf5"] = MANAGERS["tdnf"] = MANAGERS["dnf"]
MANAGERS["mamba"] = MANAGERS["micromamba"] = MANAGERS["conda"]._replace(name="mamba")
MANAGERS["pip3"] = MANAGERS["pip2"] = MANAGERS["pip"]
MANAGERS["pnpm"] = MANAGERS["npm"]._replace(name="pnpm")
MANAGERS["bun"] = MANAGERS["npm"]._replace(name="bun")
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
    kind = ""
    group = ""
    names: list[Argument] = []
    needs = False
    words = iter(arguments)
    for argument in words:
        text = argument.text
        if text.startswith("-") and text != "-":
            if manager.name == "apk" and kind and text.split("=")[0] in ("-t", "--virtual"):
                group = text.partition("=")[2] or next(words, argument).text
            elif simulates(manager.name, text, chosen=bool(kind)):
                return []
            elif text in manager.values:
                value = next(words, argument).text
                if simulates(manager.name, value, chosen=bool(kind)):
                    return []
        elif kind:
            names.append(argument)
        elif text in manager.install:
            kind = "install"
            needs = text == "build-dep"
        elif text in manager.remove:
            kind = "remove"
        elif manager.name in ("dnf", "yum", "microdnf") and text == "group":
            continue
        elif text not in manager.skip:
            return []
    if not kind:
        return []
    if needs:
        return [Operation(kind, manager.name, _ALWAYS_NEEDED, "", group, name) for name in names[:1]]
    return _operations(manager, kind, group, names)


def _operations(manager: Manager, kind: str, group: str, names: list[Argument]) -> list[Operation]:
    result = []
    for argument in names:
        name, version = split_version(manager.name, argument.text)
        if name and not _is_file(name):
            result.append(Operation(kind, manager.name, name, version, group, argument))
    return result


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
    return text.partition(":")[0] if manager == "apt" else text, ""


def _is_file(name: str) -> bool:
    """A path or a URL is no package of a registry."""
    return name in (".", "..") or "://" in name or name.startswith(("./", "/", "../", "git+"))
