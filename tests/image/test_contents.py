"""What layers hold: everything that went in comes out, and marks of removal are told apart from files."""

import hashlib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanguard.image import contents
from scanguard.image.contents import Room, hashes, read_contents, read_layer
from scanguard.image.nodes import ByteStream, Entry, Image, ImageSource, Kind, LayerContents
from scanguard.image.streams import Blocks
from scanguard.model.errors import TargetError
from scanguard.sources.image_files import image_in_file
from tests.image.test_tar import FILES, PATHS
from tests.images import (
    File,
    Layer,
    Recipe,
    digest,
    directory,
    docker_archive,
    docker_save,
    emptied,
    hardlink,
    layout,
    removed,
    symlink,
    tar_of,
)


def stream(data: bytes) -> Blocks:
    return Blocks(iter([data]))


def layer(files: Layer) -> LayerContents:
    data = tar_of(files)
    found = read_layer(digest(data), stream(data))
    assert found.size == len(data)
    return found


def test_kinds() -> None:
    found = layer(
        {
            "./": directory(),
            "./etc/": directory(0o750, 1, 2),
            "/etc/passwd": File(b"root:x:0:0\n", 0o600, 1000, 50),
            "etc/sh": symlink("../bin/sh"),
            "etc/hard": hardlink("./etc/passwd"),
            "dev/null": File(kind=b"3"),
            "dev/sda": File(kind=b"4"),
            "run/pipe": File(kind=b"6"),
            **removed("gone", "etc/old"),
            **emptied("var/cache"),
            ".wh..wh.plnk/12.34": b"",
            ".wh..wh.aufs": b"",
        }
    )
    assert found.entries == (
        Entry("etc", Kind.DIRECTORY, 0, 0o750, 1, 2),
        Entry("etc/passwd", Kind.FILE, 11, 0o600, 1000, 50),
        Entry("etc/sh", Kind.SYMLINK, 0, 0o777, 0, 0, "../bin/sh"),
        Entry("etc/hard", Kind.HARDLINK, 0, 0o644, 0, 0, "etc/passwd"),
        Entry("dev/null", Kind.DEVICE, 0, 0o644, 0, 0),
        Entry("dev/sda", Kind.DEVICE, 0, 0o644, 0, 0),
        Entry("run/pipe", Kind.FIFO, 0, 0o644, 0, 0),
        Entry("gone", Kind.WHITEOUT, 0, 0, 0, 0),
        Entry("etc/old", Kind.WHITEOUT, 0, 0, 0, 0),
        Entry("var/cache", Kind.OPAQUE, 0, 0, 0, 0),
    )
    assert dict(found.texts) == {"etc/passwd": b"root:x:0:0\n"}


def test_texts_of_wanted_files_only(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "etc/group": b"g",
        "srv/etc/group": b"no",
        "var/lib/dpkg/status.d/base": b"Package: base\n",
        "var/lib/dpkg/status.d/more/deep": b"no",
        "etc/os-release": symlink("../usr/lib/os-release"),
        "usr/lib/os-release": b"ID=debian\n",
        "var/lib/dpkg/status": b"x" * 2000,
    }
    texts = dict(layer(files).texts)
    assert set(texts) == {"etc/group", "var/lib/dpkg/status.d/base", "usr/lib/os-release", "var/lib/dpkg/status"}
    monkeypatch.setattr(contents, "_LARGEST_TEXT", 1000)
    assert set(layer(files).texts) == {"etc/group", "var/lib/dpkg/status.d/base", "usr/lib/os-release"}
    data = tar_of(files)
    assert set(read_layer("", stream(data), room=Room(texts=5)).texts) == {"etc/group"}


def test_texts_of_settings_are_kept_wherever_they_are() -> None:
    files = {"app/.env": b"PORT=1\n", "root/.npmrc": b"a=b\n", "app/env": b"no", "big/.env": b"x" * 64_001}
    assert dict(layer(files).texts) == {"app/.env": b"PORT=1\n", "root/.npmrc": b"a=b\n"}
    data = tar_of(files | {"etc/group": b"g"})
    assert dict(read_layer("", stream(data), room=Room(texts=32_000_000)).texts) == {"etc/group": b"g"}
    assert dict(read_layer("", stream(data), frozenset()).texts) == {}


LAYERS = st.lists(
    st.dictionaries(PATHS.filter(lambda path: ".wh." not in path), FILES, max_size=5), min_size=1, max_size=4
)


@settings(max_examples=40)
@given(LAYERS, st.randoms(use_true_random=False))
def test_layers_come_back_in_any_order(layers: list[dict[str, File]], chance: "object") -> None:
    tars = [tar_of(files) for files in layers]
    ids = tuple(map(digest, tars))
    shuffled = list(dict(zip(ids, tars, strict=True)).items())
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    found = read_contents(ids, ((one, stream(tar)) for one, tar in shuffled))
    for number, files in enumerate(layers):
        expected = [
            Entry(path, Kind.FILE, len(file.content), file.mode, file.uid, file.gid) for path, file in files.items()
        ]
        assert (found[number].diff_id, list(found[number].entries)) == (ids[number], expected)


def test_a_layer_that_lacks() -> None:
    with pytest.raises(TargetError) as raised:
        read_contents(("sha256:1", "sha256:2"), [("sha256:1", stream(tar_of({})))])
    assert raised.value.message == "lacks its layer sha256:2; make it again"


@pytest.mark.parametrize("room", [Room(entries=3), Room(names=7)])
def test_too_many_entries(room: Room) -> None:
    tars = [tar_of({"aa": b"", "bb": b""}), tar_of({"cc": b"", "dd": b""})]
    left = room.after(read_layer("1", stream(tars[0]), room=room))
    with pytest.raises(TargetError) as raised:
        read_layer("2", stream(tars[1]), room=left)
    assert raised.value.message == "has more than 1,000,000 files, or absurd names; give a smaller image"


RECIPE = Recipe(
    layers=(
        {"srv/key": b"secret", "srv/link": hardlink("srv/key"), "other": b"x" * 3_000_000},
        {"srv/key": File(b"secret", mode=0o600)},
        {"srv/key": b"another", "srv/dir": directory(), "srv/sym": symlink("key")},
        {"srv/key": b"secret", "srv/link": hardlink("srv/key"), "other": b"x" * 3_000_000},
    )
)
SECRET = (6, hashlib.sha256(b"secret").hexdigest())
HASHES = {
    (0, "srv/key"): SECRET,
    (0, "other"): (3_000_000, hashlib.sha256(b"x" * 3_000_000).hexdigest()),
    (1, "srv/key"): SECRET,
    (2, "srv/key"): (7, hashlib.sha256(b"another").hexdigest()),
    (3, "srv/link"): SECRET,
}


@pytest.mark.parametrize("make", [docker_archive, docker_save, lambda recipe: tar_of(layout(recipe))])
def test_hashes(make: object, tmp_path: object) -> None:
    path = tmp_path / "image.tar"  # type: ignore[operator]
    path.write_bytes(make(RECIPE))  # type: ignore[operator]
    source = image_in_file(str(path), "")
    wanted = {
        0: frozenset({"srv/key", "other", "missing"}),
        1: frozenset({"srv/key"}),
        2: frozenset({"srv/key", "srv/dir", "srv/sym"}),
        3: frozenset({"srv/link"}),
    }
    assert hashes(source, wanted) == HASHES
    assert hashes(source, {}) == {}


class Simple:
    """The least that a third party's source can be."""

    path = daemon = ""

    def __init__(self, image: Image, tar: bytes) -> None:
        self.image = image
        self.tar = tar

    def contents(self) -> tuple[LayerContents, ...]:
        return read_contents(self.image.diff_ids, self.layers())

    def layers(self) -> Iterator[tuple[str, ByteStream]]:
        import io

        yield self.image.diff_ids[0], io.BytesIO(self.tar)

    def close(self) -> None:
        pass


def test_sources_of_third_parties(tmp_path: object) -> None:
    recipe = Recipe(layers=({"a": b"text"},))
    path = tmp_path / "image.tar"  # type: ignore[operator]
    path.write_bytes(docker_archive(recipe))
    image = image_in_file(str(path), "").image
    source: ImageSource = Simple(image, tar_of({"a": b"text"}))
    assert source.contents()[0].entries == (Entry("a", Kind.FILE, 4, 0o644, 0, 0),)
    assert hashes(source, {0: frozenset({"a"})}) == {(0, "a"): (4, hashlib.sha256(b"text").hexdigest())}
    damaged = Simple(image, b"\1" * 600)
    with pytest.raises(TargetError) as raised:
        hashes(damaged, {0: frozenset({"a"})})
    assert raised.value.uri == str(path)


def test_plugins_find_all_words_for_images_in_one_place() -> None:
    import scanguard.plugin as surface

    assert [name for name in surface.__all__ if not hasattr(surface, name)] == []
    assert surface.read_contents is read_contents
    assert surface.ImageSource is ImageSource
    with pytest.raises(AttributeError, match="has no attribute 'Imagined'"):
        _ = surface.Imagined  # type: ignore[attr-defined]
