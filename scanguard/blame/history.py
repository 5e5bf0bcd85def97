"""What each entry of an image's history says, whichever builder wrote it.

The OCI specification leaves `created_by` free; the formats are those of the classic builder, BuildKit, buildah and kaniko:
https://github.com/opencontainers/image-spec/blob/main/config.md#properties
"""

import re
from collections.abc import Iterator

from scanguard.blame.wording import EXPOSED, KEYWORDS, copied_words, path_words, plain, port_list, squeezed
from scanguard.image.nodes import HistoryEntry, Image
from scanguard.model.record import NamedTuple

LAYERED = frozenset({"RUN", "COPY", "ADD"})
DEFAULT_SHELLS = ("/bin/sh -c", "cmd /S /C")
PADDED = "buildkit.exporter.image.v0"
_NOP = "#(nop)"
_HASHED = re.compile(r"[0-9a-f]{64} in(?: (.*))?$", re.DOTALL)
_ASSIGNMENT = re.compile(r"[^\s=]+=\S*")
_COUNT = re.compile(r"\|(\d{1,6}) ")
_TEST = re.compile(r"&\{\[(.*)\] \"", re.DOTALL)
_SHELL = re.compile(r"(?:^|#\(nop\) {1,2})SHELL \[(.*)\]$", re.DOTALL)
_LONGEST = 1 << 16
_BLANKS = 50


class Line(NamedTuple):
    """One entry of the history, read.

    `keyword` is the instruction, empty where the entry names none; what builders write without one is a RUN.
    `readings` are the texts that it may stand for, the likeliest first: to compare with those of an instruction.
    `empty` says that it made no layer. `merging` says that its layer holds what the empty entries before it did. `hand` is
    the builder as far as it shows: one build writes all its entries in one hand.
    """

    keyword: str
    readings: tuple[str, ...]
    empty: bool
    merging: bool = False
    hand: str = ""

    @property
    def layered(self) -> bool:
        """Whether its instruction is one that changes files."""
        return self.keyword in LAYERED


class History(NamedTuple):
    """The lines of a history, and how they meet the layers.

    `shells` are those that commands may have run in. `lines` are without those that BuildKit adds only to make numbers
    match. `made` are the positions in `lines` of what made layers, in order. `offset` is how many layers at the bottom have
    no entry, None where there are more entries than layers. `kaniko` says that kaniko wrote it, which has entries for
    layers only; `hashed` that its latest entry of a COPY has a digest for the sources; `listed` that its latest entry of an
    ARG lists all arguments that have a value so far. `buildkit` says that this wrote the end of it, `buildah` that this may
    have written some.
    """

    shells: tuple[str, ...]
    lines: tuple[Line, ...]
    made: tuple[int, ...]
    offset: int | None
    kaniko: bool
    hashed: bool
    listed: bool
    buildkit: bool
    buildah: bool


def read_history(image: Image, shells: tuple[str, ...]) -> History:
    """Read the history of an image. `shells` are the texts of the shells that its Dockerfile names, such as `/bin/bash -c`.

    BuildKit adds entries on top where the base image has layers without history, so that their numbers match again but
    not their order; these entries are left out, and the layers count from the top.
    """
    known = tuple(dict.fromkeys((*shells, *_named_shells(image), *DEFAULT_SHELLS)))
    buildah = any(name == "io.buildah.version" for name, _ in image.config.labels)
    entries = [entry for entry in image.history if entry.comment != PADDED]
    reader = _Reader(known, buildah=buildah)
    lines = tuple(reader.line(entry) for entry in entries)
    made = tuple(at for at, line in enumerate(lines) if not line.empty)
    missing = len(image.diff_ids) - len(made)
    kaniko = any(entry.author == "kaniko" for entry in entries)
    copies = [line for line in lines if line.keyword in ("COPY", "ADD")]
    hashed = bool(copies) and copies[-1].readings[0].split(" ")[1:2] == ["#"]
    # A RUN without a word of a builder's may be a container that was committed.
    hand = next((line.hand for line in reversed(lines) if line.hand or line.keyword != "RUN"), "")
    merging = any(line.merging for line in lines)
    return History(
        known,
        lines,
        made,
        missing if missing >= 0 else None,
        kaniko,
        hashed,
        reader.listed,
        hand == "buildkit",
        merging,
    )


def _named_shells(image: Image) -> Iterator[str]:
    """The shells that entries of SHELL name; an edited Dockerfile may name them no more."""
    for entry in image.history:
        found = _SHELL.search(entry.created_by[:_LONGEST])
        if found:
            yield plain(found[1])


class _Reader:
    """Reads entry after entry; buildah's ARG entries name all arguments that have a value so far: the earlier ones count.

    `listed` says whether the latest of ARG is such a one.
    """

    def __init__(self, shells: tuple[str, ...], *, buildah: bool) -> None:
        self.shells = shells
        self.buildah = buildah
        self.arguments: frozenset[str] = frozenset()
        self.listed = False

    def line(self, entry: HistoryEntry) -> Line:
        keyword, body = self._split(entry.created_by[:_LONGEST].strip().removesuffix("# buildkit").strip())
        merging = self.buildah or entry.comment.startswith(("FROM ", "merge sha256:", "create new from sha256:"))
        hand = _hand(entry)
        if hand == "kaniko" and keyword != "RUN":
            readings: tuple[str, ...] = (f"{keyword} {' '.join(path_words(body))}",)
        elif keyword == "ARG":
            # Two blanks are the classic builder's, one is buildah's.
            readings = self._argument(body, listed=f"{_NOP} ARG" in entry.created_by[:_LONGEST])
        else:
            readings = self._readings(keyword, body)
        return Line(keyword, readings, entry.empty, merging, hand)

    def _split(self, text: str) -> tuple[str, str]:
        """The keyword and what follows it."""
        shell, nop, rest = text.partition(_NOP)
        if nop and squeezed(shell) in self.shells:
            keyword, body = _first_word(rest.strip())
            return (keyword.upper(), body) if keyword.upper() in KEYWORDS else ("", rest)
        keyword, body = _first_word(text)
        if keyword in KEYWORDS:
            return keyword, body
        return ("RUN" if text else ""), text

    def _readings(self, keyword: str, body: str) -> tuple[str, ...]:
        if keyword == "RUN":
            return self._run(squeezed(body))
        if keyword in ("COPY", "ADD"):
            hashed = _HASHED.search(body)
            if hashed:
                return (f"{keyword} # {' '.join(copied_words(hashed[1] or ''))}".strip(),)
            return (f"{keyword} {' '.join(copied_words(body))}",)
        if keyword == "EXPOSE" and "$" not in body:
            return (f"EXPOSE {' '.join(port_list(EXPOSED.findall(body)))}",)
        test = _TEST.match(body) if keyword == "HEALTHCHECK" else None
        return (f"{keyword} {plain(test[1] if test else body)}".strip(),) if keyword else ()

    def _run(self, body: str) -> tuple[str, ...]:
        """The command with its shell.

        Values of ARG in front of it may hold blanks: the first shell ends them, and where there is none, any blank may.
        """
        count = _COUNT.match(body)
        if count is None:
            return (f"RUN {body}",)
        start = min((at for at in (body.find(f" {shell} ") for shell in self.shells) if at >= 0), default=-1)
        if start >= 0:
            return (f"RUN {body[start + 1 :]}",)
        words = body[count.end() :].split(" ")
        values = [at for at, word in enumerate(words) if _ASSIGNMENT.fullmatch(word)]
        number = int(count[1])
        if not 0 < number <= len(values):
            return ()
        first = values[number - 1] + 1
        return tuple(f"RUN {' '.join(words[at:])}" for at in range(first, min(first + _BLANKS, len(words))))

    def _argument(self, body: str, *, listed: bool) -> tuple[str, ...]:
        """The name that was declared.

        Where a list names nothing new, one of its names was declared again, or one without a value, which leaves no name.
        """
        self.listed = listed and "=" not in body
        words = body.split()
        if not self.listed:
            self.arguments = frozenset()
            return tuple(f"ARG {one.partition('=')[0]}" for one in words[:1])
        before, self.arguments = self.arguments, frozenset(words)
        fresh = sorted(self.arguments - before if before < self.arguments else self.arguments)[:_BLANKS]
        nameless = ("ARG",) if self.arguments <= before else ()
        return (*(f"ARG {one}" for one in fresh), *nameless)


def _hand(entry: HistoryEntry) -> str:
    if entry.author == "kaniko":
        return "kaniko"
    buildkit = entry.comment.startswith("buildkit.") or entry.created_by.endswith("# buildkit")
    return "buildkit" if buildkit else ""


def _first_word(text: str) -> tuple[str, str]:
    word, *rest = text.split(None, 1)[:2] or ("",)
    return word, "".join(rest)
