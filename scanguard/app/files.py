"""Files that ScanGuard writes: whole or not at all."""

import os

from scanguard.model.errors import ConfigurationError


def write_file(path: str, text: str, cwd: str) -> None:
    """Write a report whole or not at all: into a new file beside the old one, which then takes its place.

    A link to a file, or to none, is replaced, never followed: the scanned repository may have put it there.
    Raises ConfigurationError where the path cannot be written.
    """
    target = os.path.join(cwd, path)
    draft = f"{target}.{os.getpid()}.tmp"
    try:
        if os.path.exists(target) and not os.path.isfile(target):
            _write_special(target, text)
            return
        with open(draft, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.replace(draft, target)
    except OSError as error:
        if os.path.lexists(draft):
            os.unlink(draft)
        raise ConfigurationError(f"cannot be written: {error.strerror or error}", path) from error


def _write_special(target: str, text: str) -> None:
    """A device such as /dev/stdout is written to as it is; a directory is an error."""
    with open(target, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
