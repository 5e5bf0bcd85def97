"""Where bytes came in, and where they went."""

import time

from scanguard.blame.align import align
from scanguard.blame.origin import Trails
from scanguard.image.nodes import Kind, LayerContents
from tests.blame.images import ROOT, buildkit, built, contents, entry, image, told

Held = dict[tuple[int, str], str]


def first(path: str, layer: int, layers: list[LayerContents], held: Held) -> int:
    """The first layer, where files hold these texts."""
    hashes = {place: (1, text) for place, text in held.items()}
    return Trails(layers, lambda at, name: hashes.get((at, name))).first_layer(path, layer)


def removing(path: str, layer: int, layers: list[LayerContents]) -> int | None:
    """The layer that removes a path, which no bytes decide."""
    return Trails(layers, lambda *_: None).removing_layer(path, layer)


def test_a_chmod_copies_the_bytes() -> None:
    layers = [contents(), contents("a/key"), contents("b"), contents("a/key")]
    assert first("a/key", 3, layers, {(1, "a/key"): "k", (3, "a/key"): "k"}) == 1


def test_other_bytes_are_another_origin() -> None:
    layers = [contents("key"), contents("key"), contents("key")]
    assert first("key", 2, layers, {(0, "key"): "old", (1, "key"): "k", (2, "key"): "k"}) == 1


def test_bytes_that_came_back_came_first_below() -> None:
    layers = [contents("key"), contents(entry("key", Kind.WHITEOUT)), contents("key")]
    assert first("key", 2, layers, {(0, "key"): "k", (2, "key"): "k"}) == 0


def test_hard_links() -> None:
    layers = [contents("a"), contents("a", entry("b", Kind.HARDLINK, "a")), contents(entry("c", Kind.HARDLINK, "/b"))]
    held = {(0, "a"): "k", (1, "a"): "k"}
    assert (first("b", 1, layers, held), first("c", 2, layers, held), first("a", 1, layers, held)) == (0, 0, 0)
    back = [contents("b"), contents("a", entry("b", Kind.HARDLINK, "./a"))]
    assert first("a", 1, back, {(0, "b"): "k", (1, "a"): "k"}) == 0


def test_what_cannot_be_read_stays_where_it_is() -> None:
    layers = [contents("key"), contents("key")]
    assert first("key", 1, layers, {(0, "key"): "k"}) == 1
    assert first("gone", 1, layers, {}) == 1


def test_removal() -> None:
    layers = [contents("a/b/key"), contents(), contents(entry("a/b/key", Kind.WHITEOUT)), contents()]
    assert removing("a/b/key", 0, layers) == 2
    assert removing("a/b/other", 0, layers) is None
    assert removing("a/b/key", 2, layers) is None


def test_removal_with_a_directory() -> None:
    gone = [contents("a/b/key"), contents(entry("a", Kind.WHITEOUT))]
    cleared = [contents("a/b/key"), contents(entry("a/b", Kind.OPAQUE), "a/b/new")]
    everything = [contents("key"), contents(entry("", Kind.OPAQUE))]
    assert [removing("a/b/key", 0, one) for one in (gone, cleared)] == [1, 1]
    assert removing("key", 0, everything) == 1
    assert removing("ab", 0, [contents("ab"), contents(entry("a", Kind.WHITEOUT))]) is None


def test_what_was_written_again_is_there() -> None:
    layers = [contents("key"), contents(entry("key", Kind.WHITEOUT)), contents("key")]
    assert removing("key", 0, layers) is None
    cleared = [contents("a/key"), contents(entry("a", Kind.OPAQUE), "a/key")]
    assert removing("a/key", 0, cleared) is None


def test_the_whole_trace() -> None:
    build = built("FROM base:1\nCOPY key /key\nRUN chmod 600 /key\nRUN rm /key\n")
    history = buildkit("COPY key /key", "RUN /bin/sh -c chmod 600 /key", "RUN /bin/sh -c rm /key")
    blame = align(image(ROOT, *history), build)
    layers = [contents(), contents("key"), contents("key"), contents(entry("key", Kind.WHITEOUT))]
    origin = Trails(layers, lambda *_: (1, "k")).trace(blame, "key", 2)
    assert (told(build, origin), origin.layer) == (("exact", [2]), 1)
    assert [(step.message, build.dockerfile.source.line_of(step.span.start)) for step in origin.related] == [
        ("Written again here, with the same contents.", 3),
        ("Removed here, but not from the layers below.", 4),
    ]
    assert Trails(layers[:3], lambda *_: (1, "k")).trace(blame, "key", 1).related == ()


def test_many_files_of_a_large_image_take_little_time() -> None:
    layers = [contents(*(f"lib/{layer}/{at}" for at in range(10_000))) for layer in range(5)]
    started = time.process_time()
    trails = Trails(layers, lambda _, __: (1, "k"))
    found = [trails.first_layer(f"lib/3/{at}", 3) for at in range(1000)]
    gone = [trails.removing_layer(f"lib/3/{at}", 3) for at in range(1000)]
    assert time.process_time() - started < 1.5
    assert (set(found), set(gone)) == ({3}, {None})
