"""What git lists: the files of a tree or of the index; links, and what would lie outside of the root, are left out."""

import os
from collections.abc import Iterator

_FILE_MODES = frozenset({"100644", "100755", "100664"})


def tree_entries(output: bytes) -> Iterator[tuple[str, str]]:
    """The path and the object of each file in what `git ls-tree -r -z` prints."""
    for record in output.split(b"\0"):
        head, _, name = record.partition(b"\t")
        mode, _, rest = head.decode("ascii", "replace").partition(" ")
        if mode in _FILE_MODES and _safe(name):
            yield os.fsdecode(name), rest.split(" ")[-1]


def index_entries(output: bytes) -> Iterator[tuple[str, str]]:
    """The same of what `git ls-files -z --stage` prints; files in conflict are left out."""
    for record in output.split(b"\0"):
        head, _, name = record.partition(b"\t")
        parts = head.decode("ascii", "replace").split(" ")
        if len(parts) == 3 and parts[0] in _FILE_MODES and parts[2] == "0" and _safe(name):
            yield os.fsdecode(name), parts[1]


def _safe(name: bytes) -> bool:
    """Whether a path stays in the tree wherever it is written to: a crafted tree can say `../x`."""
    parts = name.split(b"/")
    return b"\\" not in name and not any(part in (b"", b".", b"..") or part.lower() == b".git" for part in parts)
