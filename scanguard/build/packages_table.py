"""How package managers are spoken to: the words with which each installs and removes, and its flags that take a value."""

from scanguard.model.record import NamedTuple


class Manager(NamedTuple):
    """How a manager is spoken to: its words that `install` and `remove` (flags where it has no subcommands).

    `values` are the flags whose value is the next word, `skip` the words that may stand before the subcommand.
    """

    name: str
    install: frozenset[str]
    remove: frozenset[str]
    values: frozenset[str]
    skip: frozenset[str] = frozenset()


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
    "dnf": Manager(
        "dnf", _set("install localinstall groupinstall reinstall swap"), _RPM_REMOVE, _DNF_VALUES, _set("group")
    ),
    "zypper": Manager(
        "zypper",
        _set("install in"),
        _set("remove rm"),
        _set("-t --type -r --repo --from -R --root -D --reposd-dir -C --cache-dir -c --config --plus-repo -p"),
    ),
    "pacman": Manager("pacman", _set("-S"), _set("-R"), _set("--ignore --root --dbpath --config -b -r --overwrite")),
    "dpkg": Manager("dpkg", frozenset(), _set("-r -P --remove --purge"), frozenset()),
    "rpm": Manager("rpm", frozenset(), _set("-e -ev -ve -evh --erase"), _set("--root --dbpath")),
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
