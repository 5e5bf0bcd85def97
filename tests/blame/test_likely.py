"""Which steps certainly left a file alone: those that go elsewhere, wherever links lead."""

import pytest

from scanguard.blame.likely import spares
from scanguard.blame.links import Links
from scanguard.image.nodes import Entry, Kind, LayerContents
from tests.blame.images import built

USUAL = Links(())


def linked(**links: str) -> Links:
    entries = tuple(Entry(path, Kind.SYMLINK, 0, 0o777, 0, 0, target) for path, target in links.items())
    return Links((LayerContents("sha256:0", 0, entries),))


def spared(lines: str, path: str, links: Links = USUAL) -> bool:
    """What is said of the last instruction of a stage."""
    shipped = built(f"FROM debian:12\n{lines}\n").shipped
    assert shipped is not None
    return spares(shipped.steps[-1], path, lambda place: links.means(place, 1))


@pytest.mark.parametrize(
    ("lines", "path", "expected"),
    [
        ("COPY a /app/", "/app/a", False),
        ("COPY a /app", "/app", False),
        ("COPY a /app/", "/srv/a", True),
        ("COPY a /app/", "/application", True),
        ("COPY a /", "/srv/a", False),
        ("COPY --from=busybox /bin /usr/bin", "/usr/bin/cat", False),
        ("COPY a /bin/cat", "/usr/bin/cat", False),
        ("COPY a /usr/bin", "/bin/cat", True),
        ("WORKDIR /srv\nCOPY a ./", "/srv/a", False),
        ("WORKDIR /srv\nCOPY a ./", "/app/a", True),
        ("COPY <<EOF /app/key\na\nEOF", "/app/key", False),
        ("COPY <<EOF /app/key\na\nEOF", "/app/lock", True),
        ("ARG AT=/app\nCOPY a $AT", "/srv/a", False),
        ("ENV AT=/app\nCOPY a $AT", "/srv/a", True),
        ("WORKDIR /srv", "/srv/a", True),
        ("ADD a /app/", "/srv/a", False),
        ("RUN true", "/srv/a", False),
    ],
)
def test_what_goes_elsewhere_leaves_a_file_alone(lines: str, path: str, expected: bool) -> None:
    assert spared(lines, path) is expected


def test_links_of_the_image_are_followed() -> None:
    assert spared("COPY a /app/", "/srv/a", linked(app="srv")) is False
    assert spared("COPY a /app/", "/app/a", linked(app="srv")) is True
    kinds = (Kind.SYMLINK, Kind.DIRECTORY)
    either = Links(tuple(LayerContents("", 0, (Entry("app", kind, 0, 0o755, 0, 0, "srv"),)) for kind in kinds))
    assert [spared("COPY a /app/", path, either) for path in ("/app/a", "/srv/a", "/etc/a")] == [False, False, True]


def test_a_place_that_nobody_knows_may_be_anywhere() -> None:
    round_about = linked(a="b", b="a")
    assert spared("COPY x /a/", "/srv/x", round_about) is False
