"""One form for texts that builders and people write in several: blanks, quotes, paths, ports."""

import re
from collections.abc import Iterable

from scanguard.dockerfile.instructions import KEYWORDS as _KEYWORDS

KEYWORDS = frozenset(_KEYWORDS) - {"FROM"}
"""The instructions that a history can have."""
EXPOSED = re.compile(r"\d+(?:-\d+)?(?:/[a-z]+)?")
_SHELL = re.compile(r"(?:\|\d+ |/\S*sh |cmd |(?:\S*/)?(?:powershell|pwsh)(?:\.exe)? )", re.IGNORECASE)
_MARKS = str.maketrans(dict.fromkeys("\"'\\[],{}", " "))


def squeezed(text: str) -> str:
    """Every run of blanks made one; continuations leave runs of them behind."""
    return " ".join(text.split())


def plain(text: str) -> str:
    """Quotes, brackets, commas and backslashes taken out: `["a", "b"]`, `[a b]` and `a b` become the same."""
    return " ".join(text.translate(_MARKS).split())


def is_bare(created_by: str, comment: str, author: str) -> bool:
    """Whether an entry of a history is only a command, without a word of a builder's.

    `docker commit` writes that of its container so, tools that need no Dockerfile write their own, and the classic builder
    writes a RUN in exec form so: only the Dockerfile tells which it is.
    """
    text = created_by.strip()
    known = "#(nop)" in text or text.endswith("# buildkit") or _SHELL.match(text) or text.partition(" ")[0] in KEYWORDS
    return bool(text) and not known and author != "kaniko" and not comment.startswith(("buildkit.", "FROM "))


def copied_words(text: str) -> list[str]:
    """The paths of COPY and ADD without the flags in front."""
    words = path_words(text)
    flags = next((at for at, word in enumerate(words) if not word.startswith("--")), len(words))
    return words[flags:]


def path_words(text: str) -> list[str]:
    """The words of a text, each without what makes no difference to a path."""
    return [bare_path(word) for word in text.translate(_MARKS).split()]


def bare_path(path: str) -> str:
    """A path without what makes no difference: `./a/` is `a`, `.` stands for the working directory."""
    while path.startswith("./"):
        path = path[2:]
    stripped = path.removesuffix("/.").rstrip("/")
    return stripped or ("/" if path.startswith("/") else ".")


def port_list(ports: Iterable[str]) -> list[str]:
    """Ports in order, each with its protocol, ranges taken apart as the builders do (up to a thousand ports each)."""
    result: set[str] = set()
    for port in ports:
        numbers, _, protocol = port.partition("/")
        first, dash, last = numbers.partition("-")
        if dash and len(last) < 6 and int(last) - int(first) < 1000:
            result.update(f"{one}/{protocol or 'tcp'}" for one in range(int(first), int(last) + 1))
        else:
            result.add(f"{numbers}/{protocol or 'tcp'}")
    return sorted(result)


def likeness(one: Iterable[str], two: Iterable[str]) -> float:
    """How alike two sets of texts are: the best share of words that a text of each has in common, 0 to 1."""
    left, right = ([set(text.split()) for text in texts] for texts in (one, two))
    return max((len(a & b) / len(a | b) for a in left for b in right if a or b), default=0.0)
