"""Which packages of the compilers need which others: a package goes where one that it needs is removed.

`apt-get -s remove gcc-12` says so for those of Debian: https://packages.debian.org/stable/build-essential
"""

from collections.abc import Collection
from fnmatch import fnmatchcase

METAPACKAGES: dict[str, tuple[str, ...]] = {"build-essential": ("gcc", "g++", "make")}
"""Packages that hold nothing but bring others: to remove one leaves those."""
HELD: tuple[str, ...] = ("gcc", "make")
"""What stays of `build-essential` after a `build-dep`: debhelper, with which one builds, needs dpkg-dev, which keeps these."""
_COMPILERS = ("gcc", "cpp", "binutils")
_NEEDS: dict[str, tuple[str, ...]] = {
    "build-essential": ("g++", "make", "dpkg-dev", *_COMPILERS),
    "dpkg-dev": ("make", "binutils"),
    "gcc": ("cpp", "binutils"),
    "g++": _COMPILERS,
    "gcc-c++": _COMPILERS,
    "gfortran": _COMPILERS,
    "gcc-gfortran": _COMPILERS,
}
# Packages that need one of the same name with the default version behind it: `gcc` needs `gcc-12`.
_VERSIONED = frozenset(("gcc", "g++", "cpp", "gfortran", "clang"))
_RELATED = frozenset(_NEEDS) | _VERSIONED
_MARKS = frozenset("*?[")


def needed(name: str) -> tuple[str, ...]:
    """What a package cannot be without, by name and through others."""
    return _NEEDS.get(name, ())


def matches(name: str, wanted: str) -> bool:
    """Whether a package is meant by a name or a pattern of names."""
    return name == wanted or (not _MARKS.isdisjoint(wanted) and fnmatchcase(name, wanted))


def candidates(names: Collection[str], wanted: str) -> list[str]:
    """Those of the names of packages that `matches` and `goes_with` have to look at; quick where many names are removed."""
    if _MARKS.isdisjoint(wanted):
        return [name for name in {wanted, *_RELATED} if name in names]
    prefix = wanted[: min(at for at, letter in enumerate(wanted) if letter in _MARKS)]
    return [name for name in names if name.startswith(prefix) or name in _RELATED]


def goes_with(name: str, wanted: str, *, versions: bool) -> bool:
    """Whether a package goes where another is removed that it needs; `versions` says that `gcc-12` is what `gcc` needs."""
    own = (name, *needed(name))
    return any(matches(one, wanted) or (versions and _is_version(one, wanted)) for one in own)


def _is_version(name: str, wanted: str) -> bool:
    version = wanted.removeprefix(f"{name}-").rstrip("*")
    return name in _VERSIONED and wanted.startswith(f"{name}-") and (not version or version.isdecimal())
