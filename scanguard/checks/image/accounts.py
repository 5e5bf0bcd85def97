"""The databases of users and groups in an image: https://man7.org/linux/man-pages/man5/passwd.5.html and its kin."""

from collections.abc import Iterator

from scanguard.checks.image.parts import file_system
from scanguard.image.filesystem import text_of
from scanguard.model.record import NamedTuple
from scanguard.plugin import ImageScan

PASSWD, GROUP, SHADOW = "etc/passwd", "etc/group", "etc/shadow"
_MOST = 10_000
_NO_LOGIN = ("nologin", "false", "sync", "halt", "shutdown")


class Account(NamedTuple):
    """A line of a database. `number` is the uid or gid, `password` the second field, `shell` the last one of a user."""

    name: str
    password: str
    number: int | None
    shell: str = ""

    @property
    def can_log_in(self) -> bool:
        """Whether the shell is one; an empty field means /bin/sh."""
        return self.shell.rpartition("/")[2] not in _NO_LOGIN


def accounts(scan: ImageScan, path: str) -> tuple[Account, ...] | None:
    """What a container reads from a database; None where it has none, or where nobody read it."""
    found = text_of(scan.contents, file_system(scan), path)
    return None if found is None else tuple(read(found[0]))


def read(text: str) -> Iterator[Account]:
    """The accounts of a database; comments, lines of NIS and lines of another form are passed over."""
    for line in text.splitlines()[:_MOST]:
        fields = line.strip().split(":")
        if len(fields) < 3 or not fields[0] or fields[0][0] in "+-#":
            continue
        number = int(fields[2]) if fields[2].isascii() and fields[2].isdecimal() and len(fields[2]) < 11 else None
        yield Account(fields[0], fields[1], number, fields[6] if len(fields) == 7 else "")


def origin(scan: ImageScan, path: str, wanted: Account) -> int | None:
    """The layer that brought a line into a database: the lowest one from which on every version of the file has it."""
    found = None
    for number in range(len(scan.contents) - 1, -1, -1):
        data = scan.contents[number].texts.get(path)
        if data is not None:
            if wanted not in read(data.decode("utf-8", "replace")):
                break
            found = number
    return found
