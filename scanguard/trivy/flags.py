"""What every run of Trivy has in common: flags that shut out the environment, and a directory that nobody else reads."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from scanguard.model.errors import TargetError

COMMON = ("--quiet", "--config=", "--skip-version-check", "--disable-telemetry")
"""No configuration file is read, nobody is told about the run, and no other version is asked for."""


@contextmanager
def private_directory(parent: str = "") -> Iterator[str]:
    """A directory that only this user may enter, below `parent` or among the temporary files; it goes whatever happens.

    Raises TargetError where it cannot be made.
    """
    try:
        if parent:
            os.makedirs(parent, mode=0o700, exist_ok=True)
        made = tempfile.TemporaryDirectory(prefix="scanguard-", dir=parent or None, ignore_cleanup_errors=True)
    except OSError as error:
        where = f" in '{parent}'" if parent else ""
        raise TargetError(f"no temporary directory can be made{where}: {error.strerror or error}") from error
    with made as path:
        yield path
