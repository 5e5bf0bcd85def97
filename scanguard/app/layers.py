"""The layers of an image as a table: what each weighs, what of it nobody sees any more, and which line made it."""

import re
from collections.abc import Iterator

from scanguard.blame.align import align
from scanguard.blame.history import PADDED
from scanguard.blame.nodes import Blame, Certainty, Origin
from scanguard.blame.wording import is_bare
from scanguard.build.evaluate import evaluate
from scanguard.build.model import Build
from scanguard.build.secrets import secret_spans
from scanguard.checks.image.history import history
from scanguard.dockerfile.parser import parse
from scanguard.image.efficiency import efficiency
from scanguard.image.filesystem import merge
from scanguard.image.nodes import Image, ImageSource
from scanguard.model.location import Source, Span
from scanguard.model.record import NamedTuple
from scanguard.model.report import ScannedFile
from scanguard.plugin import ImageScan
from scanguard.reporters.redact import RedactedText

_LONGEST = 2000
_FIRST = "FROM scratch\n"
_HASHED = re.compile(r"(?:file|dir|multi):[0-9a-f]{64} in ")
_UNTOLD = "… "
_CONTINUED = re.compile(r"[\\`]\s*\n(?:\s*#.*\n)*")


class LayerRow(NamedTuple):
    """One layer. Sizes are in bytes: `size` that of its archive, `wasted` that of its files which upper layers hide.

    `instruction` is what the history says, secrets masked; empty where it says nothing. Of files that were copied the classic
    builder writes a hash: there it is what the Dockerfile says, if its line is known, else `…` is in their place. Of a layer
    that several instructions made it is their number.

    `origin` is None without a Dockerfile, `lines` has the first and the last line of each place that it names.
    """

    number: int
    diff_id: str
    size: int
    wasted: int
    entries: int
    instruction: str
    origin: Origin | None = None
    lines: tuple[tuple[int, int], ...] = ()


class LayerTable(NamedTuple):
    """All layers, bottom first. `efficiency` is the share of what ships that is needed, 0 to 1, as dive reckons it.

    `dockerfile` is the file's name, empty where there is none; `base` what its FROM line names. `note` says why nothing
    can be told of lines, or that the file has changed.
    """

    image: Image
    rows: tuple[LayerRow, ...]
    efficiency: float
    dockerfile: str = ""
    base: str = ""
    note: str = ""

    @property
    def size(self) -> int:
        """The bytes of all layers."""
        return sum(row.size for row in self.rows)

    @property
    def wasted(self) -> int:
        """The bytes that ship and that no container sees."""
        return sum(row.wasted for row in self.rows)


def layer_table(source: ImageSource, build: Build | None, *, guessed: bool = False) -> LayerTable:
    """The table of an image, with lines where `build` says which Dockerfile it is of.

    A `guessed` Dockerfile is forgotten where the image was not built from it. Raises TargetError where the image cannot be read.
    """
    image = source.image
    blame = align(image, build) if build is not None else None
    if build is None or blame is None or (guessed and blame.reason):
        return LayerTable(image, *_measured(source, None, None))
    uri = build.dockerfile.source.uri
    note = blame.reason or blame.difference
    return LayerTable(image, *_measured(source, build, blame), uri, blame.base, note)


def _measured(source: ImageSource, build: Build | None, blame: Blame | None) -> tuple[tuple[LayerRow, ...], float]:
    """The rows and the efficiency."""
    contents = source.contents()
    system = merge(contents)
    wasted = system.wasted(len(contents))
    told = {number: (text, bare) for number, text, bare in _instructions(source.image)}
    rows = []
    for number, layer in enumerate(contents):
        origin = blame.layer(number) if blame is not None else None
        lines = tuple(_lines(build, origin)) if build is not None and origin is not None else ()
        text, bare = told.get(number, ("", False))
        text = _with_lines(text, None if blame is None or blame.reason else origin, bare=bare)
        if _UNTOLD in text and build is not None and origin is not None and origin.certainty is Certainty.EXACT:
            text = _written(build, origin.spans[0])
        entries = len(layer.entries)
        rows.append(LayerRow(number + 1, layer.diff_id, layer.size, wasted[number], entries, text, origin, lines))
    return tuple(rows), efficiency(contents, system)


def _instructions(image: Image) -> Iterator[tuple[int, str, bool]]:
    """What the history says of each layer, by its number from 0, and whether that is a command without a word of a builder's.

    Where the lowest layers have no entry, the others still do. Of a step without words, such as those of `docker import`,
    it is the builder's comment.
    """
    pairs = zip(image.history, history(ImageScan(image)), strict=True)
    made = [(entry, past) for entry, past in pairs if not entry.empty and entry.comment != PADDED]
    missing = len(image.diff_ids) - len(made)
    for number, (entry, past) in enumerate(made if missing >= 0 else (), missing):
        text = f"{past.keyword} {past.text}" if past.text else entry.comment or past.keyword
        bare = is_bare(entry.created_by, entry.comment, entry.author)
        yield number, masked(_HASHED.sub(_UNTOLD, text.strip())), bare


def _with_lines(text: str, origin: Origin | None, *, bare: bool) -> str:
    """What the history says of a layer, put right by what is known of its lines: its last step alone did not make it.

    A bare command, such as that of a container which was committed, is a RUN only where a line proves it.
    """
    certainty, spans = (origin.certainty, origin.spans) if origin is not None else (None, ())
    if certainty is Certainty.SPAN and len(spans) > 1:
        return f"{len(spans)} instructions in one layer"
    if not bare or certainty is Certainty.EXACT:
        return text
    command = text.removeprefix("RUN ")
    return f"committed container: {command}" if certainty is Certainty.UNKNOWN else command


def masked(instruction: str) -> str:
    """An instruction on one line with its secrets masked; a long one is cut, and whole instructions are judged."""
    line = " ".join(instruction.replace("\0", "").split())[: 10 * _LONGEST].rstrip("\\")
    source = Source("history", f"{_FIRST}{line}\n")
    text = RedactedText(ScannedFile(source, secret_spans(evaluate(parse(source)))))
    return text.slice(len(_FIRST), len(_FIRST) + len(line))[:_LONGEST]


def _written(build: Build, span: Span) -> str:
    """An instruction of the Dockerfile on one line with its secrets masked; a long one is cut."""
    text = RedactedText(ScannedFile(build.dockerfile.source, secret_spans(build))).slice(*span)
    return " ".join(_CONTINUED.sub(" ", text).split())[:_LONGEST]


def _lines(build: Build, origin: Origin) -> Iterator[tuple[int, int]]:
    if origin.certainty is Certainty.UNKNOWN:
        return
    source = build.dockerfile.source
    for span in origin.spans:
        yield source.line_of(span.start), source.line_of(max(span.start, span.end - 1))
