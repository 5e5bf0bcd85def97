"""Whether what a Dockerfile builds depends on the platform that it is built for."""

import re

from scanguard.build.model import Build

# The arguments that BuildKit sets by itself, and the commands that tell a processor or a system:
# https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope
_PLATFORM = re.compile(
    r"\b(?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT)\b|\b(?:uname|arch|HOSTTYPE|MACHTYPE|OSTYPE|getconf|dpkg-architecture)\b"
    r"|--print-(?:foreign-)?arch|\bld-(?:linux|musl)|/lib64\b"
)


def by_platform(build: Build) -> bool:
    """Whether a file speaks of the platform anywhere: what it does conditionally may be otherwise on another one."""
    return _PLATFORM.search(build.dockerfile.source.text) is not None
