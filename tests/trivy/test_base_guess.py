"""What Trivy takes for the base image, and the copy in which it looks everywhere."""

import io
import json
import tarfile
from pathlib import Path

import pytest

from scanguard.image.nodes import HistoryEntry
from scanguard.model.errors import TargetError
from scanguard.sources.image_files import image_in_file
from scanguard.trivy.archive import write_archive
from scanguard.trivy.base_guess import guessed_base, hides_own, treatment, without_guess
from tests.images import docker_archive, layer_tars, layout, write_layout
from tests.trivy.samples import MIDDLE, SECRETS, image, recipe

ADD = HistoryEntry("/bin/sh -c #(nop) ADD file:1 in / ", False)
RUN = HistoryEntry("RUN /bin/sh -c make # buildkit", False)
ENV = HistoryEntry("ENV A=1", True)
CMD, CLASSIC = HistoryEntry('CMD ["x"]', True), HistoryEntry('/bin/sh -c #(nop)  CMD ["x"]', True)
BUILDAH = HistoryEntry('/bin/sh -c #(nop) CMD ["x"]', True)


@pytest.mark.parametrize(
    ("history", "layers"),
    [
        ((), 0),
        ((CMD,), 0),
        ((ADD,), 0),
        ((ADD, CMD), 0),
        ((ADD, CMD, ENV, CLASSIC), 0),
        ((ADD, CMD, RUN), 1),
        ((ADD, CLASSIC, RUN, CMD), 1),
        ((ADD, BUILDAH, RUN), 0),
        ((ADD, CMD, RUN, CMD, RUN, ENV), 2),
        ((ADD, ENV, RUN, CMD, ENV, RUN, RUN), 2),
        ((ADD, HistoryEntry("CMD as a layer", False), RUN), 0),
        ((CMD, ADD), 0),
    ],
)
def test_the_guess(history: tuple[HistoryEntry, ...], layers: int) -> None:
    assert guessed_base(history) == layers
    assert guessed_base(without_guess(history)) == 0
    assert [entry.empty for entry in without_guess(history)] == [entry.empty for entry in history]


@pytest.mark.parametrize(("base_layers", "hides"), [(None, False), (0, True), (1, True), (2, False), (3, False)])
def test_what_is_hidden(base_layers: int | None, hides: bool) -> None:
    assert hides_own(image()._replace(history=(ADD, CMD, RUN, CMD, RUN)), base_layers) is hides
    assert not hides_own(image()._replace(history=(ADD, RUN, RUN)), base_layers)


def test_treatments_differ_where_the_layers_of_the_guess_do() -> None:
    assert treatment(image(), 0) == "all"
    assert len({treatment(image(), guessed) for guessed in range(4)}) == 4
    assert treatment(image(3), 2) == treatment(image(4, "other"), 2)


@pytest.mark.parametrize("form", ["archive", "layout"])
def test_a_copy(form: str, tmp_path: Path) -> None:
    made = recipe(MIDDLE)
    path = tmp_path / "image"
    if form == "archive":
        path.write_bytes(docker_archive(made))
    else:
        write_layout(path, layout(made))
    source = image_in_file(str(path), "")
    write_archive(source, str(tmp_path / "copy.tar"))
    again = image_in_file(str(tmp_path / "copy.tar"), "")
    assert again.image.diff_ids == source.image.diff_ids
    assert again.contents() == source.contents()
    assert [entry.created_by for entry in again.image.history] == [
        "/bin/sh -c #(nop) ADD file:1 in / ",
        '/bin/sh -c #(nop)  cmd ["bash"]',
        "COPY a.conf /app/ # buildkit",
        'cmd ["old"]',
        "COPY app / # buildkit",
        'cmd ["app"]',
    ]
    with tarfile.open(tmp_path / "copy.tar") as archive:
        config = archive.extractfile("config.json")
        assert config is not None
        written = config.read()
    assert json.loads(written)["config"] == {}
    assert not any(secret.encode() in written for secret in SECRETS)


def test_equal_layers_are_written_once(tmp_path: Path) -> None:
    made = recipe()._replace(layers=(recipe().layers[1],) * 3, history=None)
    (tmp_path / "image.tar").write_bytes(docker_archive(made))
    write_archive(image_in_file(str(tmp_path / "image.tar"), ""), str(tmp_path / "copy.tar"))
    with tarfile.open(tmp_path / "copy.tar") as archive:
        assert len(archive.getnames()) == 3
    assert image_in_file(str(tmp_path / "copy.tar"), "").contents()[2].size == len(layer_tars(made)[0])


class Broken:
    """An image whose layers are not those of its configuration."""

    path = daemon = ""

    def __init__(self, *layers: tuple[str, bytes]) -> None:
        self.image = image(1)
        self._layers = layers

    def contents(self):
        return ()

    def layers(self):
        return iter([(name, io.BytesIO(data)) for name, data in self._layers])

    def close(self) -> None:
        return None


def test_other_layers_are_an_error(tmp_path: Path) -> None:
    path = str(tmp_path / "copy.tar")
    with pytest.raises(TargetError, match="1 of the image's layers are not in it"):
        write_archive(Broken(), path)
    with pytest.raises(TargetError, match="not the one that its configuration names"):
        write_archive(Broken((image(1).diff_ids[0], b"other")), path)
    with pytest.raises(TargetError, match="a copy of the image for Trivy cannot be written: No such file"):
        write_archive(Broken(), str(tmp_path / "none" / "copy.tar"))
