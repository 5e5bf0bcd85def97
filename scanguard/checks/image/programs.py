"""Compilers and build systems that lie in an image without a package of the system: archives, installers, copies."""

from collections.abc import Iterator

from scanguard.image.filesystem import FileSystem, Placed
from scanguard.image.nodes import Kind

_PROGRAMS = {
    **dict.fromkeys(
        ("gcc", "g++", "clang", "clang++", "gfortran", "tcc", "make", "gmake", "cmake", "ninja", "nvcc"), ""
    ),
    **dict.fromkeys(("rustc", "cargo", "javac", "ghc", "kotlinc", "scalac", "mvn", "gradle", "bazel", "zig"), ""),
    "gofmt": "go",
}
_SYSTEM = ("bin", "sbin", "usr/bin", "usr/sbin")
_CROSS = ("-linux-gnu-gcc", "-linux-musl-gcc", "-alpine-linux-musl-gcc")


def programs(system: FileSystem, *, packaged: bool) -> Iterator[tuple[str, str, Placed]]:
    """Each program's name, its path and what is there.

    `packaged` says that a database of packages was read: then the directories of the system are left to it.
    """
    for path, placed in system.files.items():
        directory, _, file = path.rpartition("/")
        name = _PROGRAMS.get(file)
        if name is None and not file.endswith(_CROSS):
            continue
        if placed.entry.kind not in (Kind.FILE, Kind.HARDLINK) or not placed.entry.mode & 0o111:
            continue
        if directory.rpartition("/")[2] in ("bin", "sbin") and not (packaged and directory in _SYSTEM):
            yield name or file, path, placed


def is_program(name: str) -> bool:
    """Whether `programs` tells of a program of this name."""
    return name in _PROGRAMS
