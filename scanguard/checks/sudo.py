"""What the two checks about sudo share.

The form of its rules: https://www.sudo.ws/docs/man/sudoers.man/
"""

import re
from collections.abc import Iterator

from scanguard.build.model import Build, Written
from scanguard.model.record import NamedTuple

_RULE = re.compile(r"(?:\(([^()\n]{0,200})\)\s{0,9})?(?:(?!NOPASSWD)[A-Z_]{2,20}:\s{0,9}){0,9}NOPASSWD\s{0,9}:([^\n]*)")
_TAGS = re.compile(r"\s*(?:[A-Z_]{2,20}:\s{0,9}){0,9}")
_LONGEST = 100


class Grant(NamedTuple):
    """What may be run as root without a password, and where that is written. No `commands` means everything."""

    written: Written
    commands: tuple[str, ...]


def passwordless(build: Build) -> Iterator[Grant]:
    """The files of the shipped stages that let somebody run something as root without a password."""
    if build.shipped is None:
        return
    for stage in build.shipped.lineage:
        for written in stage.written:
            content = written.content or ""
            if written.path.startswith("/etc/sudoers") and "NOPASSWD" in content:
                commands = _commands(content.replace("\\n", "\n"))
                if commands is not None:
                    yield Grant(written, commands)


def _commands(content: str) -> tuple[str, ...] | None:
    """The commands by their programs, none of them for everything; None where all rules are for users that are not root."""
    rules = [rule.groups() for rule in _RULE.finditer(content)]
    if not rules:
        return ()
    ours = [commands for users, commands in rules if users is None or _are_root(users)]
    if not ours:
        return None
    words = [_TAGS.sub("", one, count=1).split() for commands in ours for one in commands.strip("\"'").split(",")]
    programs = tuple(dict.fromkeys(word[0].strip("\"'")[:_LONGEST] for word in words if word))
    return programs if programs and all(one.startswith("/") for one in programs) else ()


def _are_root(users: str) -> bool:
    """Whether a list of users to run as, with the groups after `:`, has root; what a variable holds may be root."""
    named = [one.strip() for one in users.partition(":")[0].split(",")]
    return any(one in ("ALL", "root", "#0") or "$" in one for one in named)
