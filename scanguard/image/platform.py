"""Platforms as `--platform` writes them, and the choice of one among several.

The rules are containerd's: https://github.com/containerd/platforms#normalization.
"""

import re
from collections.abc import Sequence
from typing import TypeVar

from scanguard.model.errors import TargetError

Choice = TypeVar("Choice")

_FORM = re.compile(r"[a-z0-9_.-]+(?:/[a-z0-9_.-]+){0,2}")
_ARCHITECTURES = {
    "x86_64": "amd64",
    "x86-64": "amd64",
    "aarch64": "arm64",
    "armhf": "arm",
    "armel": "arm",
    "i386": "386",
}
_SYSTEMS = frozenset(("linux", "windows", "darwin", "freebsd"))


def normal(platform: str) -> str:
    """The usual form: `arm64` is `linux/arm64`, `linux/x86_64` is `linux/amd64`, `linux/arm64/v8` is `linux/arm64`.

    Raises TargetError for what is no platform.
    """
    written = platform.strip().lower()
    if not _FORM.fullmatch(written):
        raise TargetError(f"--platform '{platform}' is not a platform; write one such as linux/amd64 or linux/arm64/v8")
    parts = written.split("/")
    if parts[0] not in _SYSTEMS:
        parts.insert(0, "linux")
    if len(parts) == 1 or len(parts) > 3:
        raise TargetError(f"--platform '{platform}' is not a platform; write one such as linux/amd64 or linux/arm64/v8")
    parts[1] = _ARCHITECTURES.get(parts[1], parts[1])
    if parts[1:] in (["arm64", "v8"], ["amd64", "v1"]):
        del parts[2]
    return "/".join(parts)


def fits(platform: str, asked: str) -> bool:
    """Whether an image for `platform` is one for `asked` (normal form); a variant counts where one is asked for."""
    if not platform:
        return False
    own = normal(platform)
    return own == asked or (asked.count("/") == 1 and own.startswith(f"{asked}/"))


def choose(choices: Sequence[tuple[str, Choice]], asked: str) -> Choice:
    """One of several images, each given with its platform; without `asked` that of this machine, if it is there.

    Raises TargetError, which lists the platforms, where none or more than one fits.
    """
    if not asked and len(choices) == 1:
        return choices[0][1]
    wanted = normal(asked) if asked else here()
    fitting = sorted((one for one in choices if fits(one[0], wanted)), key=lambda one: (one[0] != wanted, one[0]))
    if fitting and (len(fitting) == 1 or len({platform for platform, _ in fitting}) == len(fitting)):
        return fitting[0][1]
    listed = ", ".join(sorted({platform or "an unnamed platform" for platform, _ in choices}))
    if len(fitting) > 1:
        raise TargetError(f"holds {len(fitting)} images for {wanted}; save the one that you mean alone")
    if not asked:
        raise TargetError(f"holds images for {listed}; name one with --platform")
    raise TargetError(f"holds no image for {wanted}, only for {listed}; name one of them with --platform")


def here() -> str:
    """The platform of containers on this machine."""
    import platform

    machine = platform.machine().lower()
    return normal(f"linux/{machine}") if machine else "linux/amd64"
