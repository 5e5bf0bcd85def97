"""The history of an image as instructions, whichever builder wrote it.

The formats: https://github.com/opencontainers/image-spec/blob/main/config.md says that there is none; each builder has its own.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from scanguard.blame.nodes import Certainty
from scanguard.blame.wording import KEYWORDS
from scanguard.build.evaluate import evaluate
from scanguard.build.model import Build
from scanguard.checks.image.parts import own_from
from scanguard.dockerfile.parser import parse
from scanguard.image.nodes import HistoryEntry
from scanguard.image.problems import ImagePlace
from scanguard.model.location import Source
from scanguard.model.record import NamedTuple
from scanguard.plugin import ImageScan

_BUILDKIT = " # buildkit"
_NO_OPERATION = "#(nop)"
_SHELL = re.compile(r"(?:^| )/(?:usr/)?bin/(?:ba|da|a|z)?sh(?: -[a-z]{1,8}| pipefail){1,6} ")
_ARGUMENTS = re.compile(r"\|\d{1,4} ")
_END = "END_OF_HISTORY"
_LONGEST = 100_000


class Past(NamedTuple):
    """One entry of the history: an instruction's keyword and what came after it.

    Of RUN `text` is the command, and `arguments` the build arguments as the builder wrote them before it. `layer` is None
    where the entry made none, or where the history does not tell; `own` says that it is not the base's. `entry` counts
    the entries from 0.
    """

    keyword: str
    text: str
    arguments: str
    layer: int | None
    own: bool
    entry: int

    @property
    def place(self) -> ImagePlace:
        """What the entry says of itself, for blame."""
        return ImagePlace(self.layer, entry=self.entry)


def history(scan: ImageScan) -> tuple[Past, ...]:
    """The entries, oldest first; none of them is anybody's own where the history does not fit the layers."""
    return tuple(_entries(scan, own_from(scan)))


def _entries(scan: ImageScan, own: int) -> Iterator[Past]:
    image, blame = scan.image, scan.blame
    fits = sum(not entry.empty for entry in image.history) == len(image.diff_ids)
    made = 0
    for at, entry in enumerate(image.history):
        layer = made if fits and not entry.empty else None
        made += not entry.empty
        keyword, text, arguments = _read(entry)
        # Layers cannot tell what a base sets after its last one from what the user sets before his first one; blame can.
        mine = fits and (made > own or own == 0)
        mine = mine or (blame is not None and blame.entry(at).certainty is Certainty.EXACT)
        yield Past(keyword, text, arguments, layer, mine, at)


def _read(entry: HistoryEntry) -> tuple[str, str, str]:
    text = entry.created_by[:_LONGEST].strip().removesuffix(_BUILDKIT)
    _, mark, after = text.partition(_NO_OPERATION)
    word, _, rest = (after if mark else text).strip().partition(" ")
    if word in KEYWORDS and word != "RUN":
        return word, rest.strip(), ""
    command = rest if word == "RUN" else text
    shell = _SHELL.search(command)
    if shell is None:
        return "RUN", command.strip(), ""
    arguments = command[: shell.start()] if _ARGUMENTS.match(command) else ""
    return "RUN", command[shell.end() :].strip(), arguments


@lru_cache(maxsize=64)
def evaluated(command: str) -> Build:
    """The symbolic build of one RUN, by which checks ask for its commands, packages and secrets."""
    command = command.replace("\0", "")
    if "\n" in command and _END not in command:
        return evaluate(parse(Source("history", f"FROM scratch\nRUN <<'{_END}'\n{command}\n{_END}\n")))
    line = " ".join(command.splitlines()).rstrip("\\")
    return evaluate(parse(Source("history", f"FROM scratch\nRUN {line}\n")))
