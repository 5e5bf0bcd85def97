"""Images from a few words, and answers as a test can compare them."""

from scanguard.blame.align import align
from scanguard.blame.follow import BuilderImage
from scanguard.blame.nodes import Blame, Origin
from scanguard.build.evaluate import BuildOptions, evaluate
from scanguard.build.model import Build
from scanguard.dockerfile.parser import parse
from scanguard.image.nodes import Configuration, Entry, HistoryEntry, Image, Kind, LayerContents
from scanguard.model.location import Source

ROOT = HistoryEntry("/bin/sh -c #(nop) ADD file:" + "a" * 64 + " in / ", False)


def built(text: str, target: str = "") -> Build:
    return evaluate(parse(Source("Dockerfile", text)), BuildOptions(target))


def buildkit(*created: str) -> tuple[HistoryEntry, ...]:
    """Entries as BuildKit writes them; RUN, COPY, ADD and WORKDIR make layers."""
    return tuple(
        HistoryEntry(
            f"{one} # buildkit" if one.startswith(("RUN", "COPY", "ADD")) else one,
            not one.startswith(("RUN", "COPY", "ADD", "WORKDIR")),
            "buildkit.dockerfile.v0",
        )
        for one in created
    )


def classic(*created: str) -> tuple[HistoryEntry, ...]:
    """Entries without a comment; settings (`#(nop)  `, two blanks) make no layer."""
    return tuple(HistoryEntry(one, "#(nop)  " in one) for one in created)


def image(*history: HistoryEntry, layers: int | None = None, **config: object) -> Image:
    """An image of this history; it has as many layers as the history says unless `layers` says otherwise."""
    count = sum(not one.empty for one in history) if layers is None else layers
    diff_ids = tuple(f"sha256:{at:064x}" for at in range(count))
    return Image("i", "i", "", "", "docker", "linux/amd64", (), Configuration()._replace(**config), history, diff_ids)


def contents(*paths: str | Entry) -> LayerContents:
    """A layer of files, given by path or as entries."""
    entries = tuple(Entry(one, Kind.FILE, 1, 0o644, 0, 0) if isinstance(one, str) else one for one in paths)
    return LayerContents("sha256:0", 0, entries)


def entry(path: str, kind: Kind, link: str = "") -> Entry:
    return Entry(path, kind, 0, 0o644, 0, 0, link)


def lines(build: Build, origin: Origin) -> list[int]:
    """The lines of an answer's places."""
    return [build.dockerfile.source.line_of(span.start) for span in origin.spans]


def told(build: Build, origin: Origin) -> tuple[str, list[int]]:
    """How sure an answer is, and its lines."""
    return origin.certainty.value, lines(build, origin)


def layers(text: str, one: Image, builders: dict[str, BuilderImage] | None = None) -> list[tuple[str, list[int]]]:
    """The answers for all layers of an image."""
    build = built(text)
    blame: Blame = align(one, build, builders or {})
    return [told(build, blame.layer(at)) for at in range(len(one.diff_ids))]
