"""What the two checks about sudo share."""

from collections.abc import Iterator

from scanguard.build.model import Build, Written


def passwordless(build: Build) -> Iterator[Written]:
    """The files of the shipped stages that give root without a password."""
    if build.shipped is None:
        return
    for stage in build.shipped.lineage:
        for written in stage.written:
            if written.path.startswith("/etc/sudoers") and "NOPASSWD" in (written.content or ""):
                yield written
