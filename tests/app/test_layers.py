"""What the table says of a layer where the history and the Dockerfile together tell more than each alone."""

from pathlib import Path

import pytest

from scanguard.app.layers import layer_table
from scanguard.image.nodes import ImageSource
from scanguard.registry import Registry
from tests.blame.images import built
from tests.images import Recipe, docker_archive, entry


@pytest.fixture
def committed(tmp_path: Path) -> ImageSource:
    """An image with two bare commands on its base: the classic builder writes a RUN in exec form so, a commit its container."""
    history = (entry("/bin/sh -c #(nop) ADD file:" + "ab" * 32 + " in / "), entry("make all"), entry("python3 -i"))
    archive = tmp_path / "app.tar"
    archive.write_bytes(docker_archive(Recipe(layers=({"a": b""}, {"b": b""}, {"c": b""}), history=history)))
    return Registry(third_parties=False).load_image(str(archive), "", False)


def test_a_bare_command_is_a_run_where_a_line_proves_it(committed: ImageSource) -> None:
    table = layer_table(committed, built('FROM debian:12\nRUN ["make", "all"]\n'))
    assert [row.instruction for row in table.rows] == ["ADD … /", "RUN make all", "committed container: python3 -i"]
    assert [row.lines for row in table.rows] == [((1, 1),), ((2, 2),), ()]


def test_a_bare_command_stays_one_where_nothing_is_known(committed: ImageSource) -> None:
    alone = layer_table(committed, None)
    other = layer_table(committed, built('FROM alpine\nRUN apk add curl\nCOPY x y\nRUN a\nENTRYPOINT ["/x"]\n'))
    for table in (alone, other):
        assert [row.instruction for row in table.rows] == ["ADD … /", "make all", "python3 -i"]
    assert (alone.note, "not built from" in other.note) == ("", True)


def test_what_fills_a_history_up_is_no_layer(tmp_path: Path) -> None:
    history = (entry("COPY a /a # buildkit"), entry("", comment="buildkit.exporter.image.v0"))
    (tmp_path / "app.tar").write_bytes(docker_archive(Recipe(layers=({"a": b""}, {"b": b""}), history=history)))
    image = Registry(third_parties=False).load_image(str(tmp_path / "app.tar"), "", False)
    assert [row.instruction for row in layer_table(image, None).rows] == ["", "COPY a /a"]
