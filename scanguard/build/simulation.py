"""Flags with which a package manager installs and removes nothing: it simulates, only downloads, only prints, or answers no.

apt-get: https://manpages.debian.org/apt-get.8, apk: https://man.archlinux.org/man/apk.8, dnf:
https://dnf.readthedocs.io/en/latest/command_ref.html, zypper: https://manpages.opensuse.org/zypper.8,
pip: https://pip.pypa.io/en/stable/cli/pip_install/, conda: https://docs.conda.io/projects/conda/en/stable/commands/install.html
"""

_LONG = frozenset(
    "--simulate --just-print --dry-run --recon --no-act --print-uris --download-only --downloadonly --assumeno --explain".split()
)
# Letters of such flags, and those of flags without a value that may stand in one word with them: `-qqs`, `-yd`.
_LETTERS = {
    "apt": ("sd", "qyfmubVhv"),
    "apk": ("s", "qvfiUulhr"),
    "conda": ("d", "yqvhC"),
    "mamba": ("d", "yqvhC"),
    "cargo": ("n", "fqv"),
    "go": ("n", "axv"),
}
# -D before the subcommand of zypper is a directory.
_LETTERS_AFTER_SUBCOMMAND = _LETTERS | {"zypper": ("dD", "yfln")}
_SETTINGS = frozenset(("apt::get::simulate", "apt::get::download-only", "apt::get::print-uris"))
_YES = frozenset(("1", "true", "yes", "on", "with", "enable"))


def simulates(manager: str, word: str, *, chosen: bool) -> bool:
    """Whether a word keeps a manager from changing anything; `chosen` says that its subcommand stands before the word."""
    if word in _LONG or word.endswith("tsflags=test"):
        return True
    if manager == "apt" and switched_on(word, _SETTINGS):
        return True
    if manager == "rpm" and word == "--test":
        return True
    acts, others = (_LETTERS_AFTER_SUBCOMMAND if chosen else _LETTERS).get(manager, ("", ""))
    letters = word[1:] if word.startswith("-") else ""
    return not frozenset(letters).isdisjoint(acts) and frozenset(letters).issubset(acts + others)


def switched_on(word: str, settings: frozenset[str]) -> bool:
    """Whether a word of apt's command line, `-o` before it or in it, switches on one of these settings (lower case)."""
    name, _, value = word.lower().removeprefix("-o").removeprefix("=").partition("=")
    return name in settings and is_yes(value)


def is_yes(value: str) -> bool:
    """Whether apt takes a value for true: https://manpages.debian.org/apt.conf.5."""
    return value.lower() in _YES
