"""What was read of an image is read from the cache the next time, and never for another image."""

import inspect
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from scanguard.image.nodes import ImageSource
from scanguard.model.errors import TargetError
from scanguard.registry import Registry
from scanguard.sources import image_memory, stamps
from scanguard.sources.image_memory import KeptImage, remembered
from tests.engines import Engine, Held, running_engine
from tests.images import Recipe, configuration, docker_archive, image_id, layout, removed, write_layout

LAYERS = ({"etc/passwd": b"root:x:0:0\n", "app/old": b"x" * 3000}, removed("app/old"), {"app/new": b"y"})
RECIPE = Recipe(layers=LAYERS, config={"User": "1000", "Env": ["MODE=quick"]}, tags=("team/app:1",))
MARK = "app/marked"


@pytest.fixture(autouse=True)
def settle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as settled at once: the tests change them slowly enough."""
    monkeypatch.setattr(image_memory, "SETTLED", 1)


def loaded(target: str | Path, cache: Path) -> ImageSource:
    return remembered(Registry(third_parties=False).load_image(str(target), "", False), str(cache))


def paths(source: ImageSource) -> list[str]:
    return [entry.path for layer in source.contents() for entry in layer.entries]


def kept(cache: Path) -> list[Path]:
    return sorted(cache.iterdir()) if cache.is_dir() else []


def mark(cache: Path) -> None:
    """Change what is kept, so that one can tell it from what is read."""
    (one,) = kept(cache)
    one.write_bytes(one.read_bytes().replace(b"app/new", MARK.encode()))


@pytest.fixture(params=["archive", "layout"])
def image(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "archive":
        path = tmp_path / "image.tar"
        path.write_bytes(docker_archive(RECIPE))
        return path
    write_layout(tmp_path / "image", layout(RECIPE))
    return tmp_path / "image"


def test_what_was_read_comes_from_the_cache(image: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = loaded(image, cache)
    contents = first.contents()
    assert contents == Registry(third_parties=False).load_image(str(image), "", False).contents()
    (one,) = kept(cache)
    assert (one.stat().st_mode & 0o777, cache.stat().st_mode & 0o777) == (0o600, 0o700)
    again = loaded(image, cache)
    assert (again.image, again.contents()) == (first.image, contents)
    mark(cache)
    assert MARK in paths(loaded(image, cache))
    assert list(dict(loaded(image, cache).layers())) == list(first.image.diff_ids)


def test_a_file_that_changed_is_read_again(image: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    loaded(image, cache).contents()
    mark(cache)
    changed = image if image.is_file() else next(path for path in image.rglob("*") if path.is_file())
    os.utime(changed, ns=(1, changed.stat().st_mtime_ns))  # what was read is the same: its times are not
    assert MARK not in paths(loaded(image, cache))
    assert len(kept(cache)) == 2


def test_another_image_in_the_place_of_one(tmp_path: Path) -> None:
    cache, path = tmp_path / "cache", tmp_path / "image.tar"
    path.write_bytes(docker_archive(RECIPE))
    before = loaded(path, cache)
    os.replace(path, tmp_path / "away")
    path.write_bytes(docker_archive(RECIPE._replace(layers=({"other": b""},))))
    with pytest.raises(TargetError):
        before.contents()
    assert paths(loaded(path, cache)) == ["other"]


def test_nothing_is_kept_of_a_file_that_just_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_memory, "SETTLED", 3600 * 10**9)
    path = tmp_path / "image.tar"
    path.write_bytes(docker_archive(RECIPE))
    loaded(path, tmp_path / "cache").contents()
    assert kept(tmp_path / "cache") == []


def test_nothing_is_kept_that_may_be_secret(tmp_path: Path) -> None:
    token = "ghp_" + "k9" * 18
    recipe = RECIPE._replace(layers=(*LAYERS, {"srv/.env": f"TOKEN={token}\n".encode()}))
    path = tmp_path / "image.tar"
    path.write_bytes(docker_archive(recipe))
    assert "srv/.env" in paths(loaded(path, tmp_path / "cache"))
    assert kept(tmp_path / "cache") == []


def test_no_word_of_the_configuration_is_kept(image: Path, tmp_path: Path) -> None:
    loaded(image, tmp_path / "cache").contents()
    (one,) = kept(tmp_path / "cache")
    assert b"quick" not in one.read_bytes()
    assert b"MODE" not in one.read_bytes()


@pytest.mark.parametrize("damage", [b"", b"[]\n", b"{", b"\xff\xfe", b'["a","b","c","d",[],"e"]\n'])
def test_a_damaged_answer_is_none(image: Path, tmp_path: Path, damage: bytes) -> None:
    cache = tmp_path / "cache"
    contents = loaded(image, cache).contents()
    (one,) = kept(cache)
    one.write_bytes(damage)
    assert loaded(image, cache).contents() == contents
    assert loaded(image, cache).contents() == contents
    assert one.read_bytes() != damage


def test_answers_are_few_and_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_memory, "_MOST", 2)
    cache = tmp_path / "cache"
    for number in range(4):
        path = tmp_path / f"{number}.tar"
        path.write_bytes(docker_archive(RECIPE))
        loaded(path, cache).contents()
        time.sleep(0.01)
    assert len(kept(cache)) == 2
    monkeypatch.setattr(image_memory, "_BIGGEST", 100)
    path.write_bytes(docker_archive(RECIPE._replace(config={})))
    assert "app/new" in paths(loaded(path, cache))
    assert len(kept(cache)) == 2


@pytest.mark.parametrize("kind", ["pipe", "endless", "large"])
def test_what_is_no_file_of_ours_is_no_answer(
    kind: str, image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    contents = loaded(image, cache).contents()
    mark(cache)
    (one,) = kept(cache)
    if kind == "large":
        monkeypatch.setattr(image_memory, "_BIGGEST", one.stat().st_size - 1)
    else:
        one.unlink()
        os.mkfifo(one) if kind == "pipe" else one.symlink_to("/dev/zero")
    assert loaded(image, cache).contents() == contents


def test_an_answer_that_cannot_be_touched_is_one(image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(image, tmp_path / "cache").contents()
    mark(tmp_path / "cache")

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "utime", refuse)
    assert MARK in paths(loaded(image, tmp_path / "cache"))


def test_answers_that_are_used_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_memory, "_MOST", 2)
    cache = tmp_path / "cache"
    images = [tmp_path / f"{number}.tar" for number in range(3)]
    for image in images:
        image.write_bytes(docker_archive(RECIPE))
    loaded(images[0], cache).contents()
    (first,) = kept(cache)
    for image in (images[1], images[0], images[2]):
        time.sleep(0.01)
        loaded(image, cache).contents()
    assert first in kept(cache)
    assert len(kept(cache)) == 2


def test_a_place_that_cannot_be_written_does_no_harm(image: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "app/new" in paths(loaded(image, tmp_path / "file" / "cache"))


def test_sources_that_nobody_knows_are_themselves(tmp_path: Path) -> None:
    path = tmp_path / "image.tar.gz"
    path.write_bytes(docker_archive(RECIPE))
    subprocess.run(["gzip", "-f", str(path)], check=True)
    packed = Registry(third_parties=False).load_image(f"{path}.gz", "", False)
    assert remembered(packed, str(tmp_path / "cache")) is packed
    plain = tmp_path / "image.tar"
    plain.write_bytes(docker_archive(RECIPE))
    source = Registry(third_parties=False).load_image(str(plain), "", False)
    assert remembered(source, "") is source
    assert isinstance(remembered(source, "cache"), KeptImage)


def test_stamps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert stamps.stamp(str(tmp_path / "none")) == ""
    one = tmp_path / "one"
    one.write_text("x")
    before = stamps.stamp(str(tmp_path))
    assert stamps.stamp(str(one)) == before
    assert stamps.stamp(str(one), 3600 * 10**9) == ""
    (tmp_path / "two").write_text("x")
    assert stamps.stamp(str(tmp_path)).startswith(before)
    monkeypatch.setattr(stamps, "_MOST", 1)
    assert stamps.stamp(str(tmp_path)) == ""


def test_folders_within_folders_have_no_stamp(tmp_path: Path) -> None:
    (tmp_path / "/".join("d" * 120)).mkdir(parents=True)
    (tmp_path / "file").write_text("")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 100)
    try:
        assert stamps.stamp(str(tmp_path)) == ""
    finally:
        sys.setrecursionlimit(limit)


# The daemon


def described(recipe: Recipe) -> dict[str, object]:
    """What `docker inspect` says of an image."""
    document = configuration(recipe)
    rootfs = {"Type": "layers", "Layers": document["rootfs"]["diff_ids"]}
    return {"Id": image_id(recipe), "RepoTags": ["team/app:1"], "Config": document["config"], "RootFS": rootfs}


def past(recipe: Recipe) -> list[dict[str, object]]:
    """What `docker history` says of an image."""
    entries = configuration(recipe)["history"]
    return [{"CreatedBy": one["created_by"], "Comment": one.get("comment", "")} for one in reversed(entries)]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    with TemporaryDirectory(prefix="sg") as folder, running_engine(Path(folder)) as running:
        monkeypatch.setenv("DOCKER_HOST", running.address)
        held = Held(docker_archive(RECIPE), described(RECIPE), history=past(RECIPE))
        running.images |= {"team/app:1": held, image_id(RECIPE): held}
        yield running


def test_an_image_of_the_daemon_is_saved_once(engine: Engine, tmp_path: Path) -> None:
    first = loaded("team/app:1", tmp_path)
    read = (first.image, first.contents())
    assert engine.asked == ["json team/app:1", f"get {image_id(RECIPE)}"]
    engine.asked.clear()
    again = loaded("team/app:1", tmp_path)
    assert (again.image, again.contents()) == read
    assert again.daemon == engine.address
    assert engine.asked == ["json team/app:1", f"history {image_id(RECIPE)}"]


@pytest.mark.parametrize(
    "changed",
    [
        {"history": []},
        {"history": [1] * len(past(RECIPE))},
        {"history": [{"CreatedBy": "RUN other"}, *past(RECIPE)[1:]]},
        {"described": {**described(RECIPE), "Config": {}}},
        {"described": {**described(RECIPE), "RootFS": {"Layers": []}}},
        {"described": {**described(RECIPE), "Config": []}},
    ],
)
def test_a_daemon_that_says_something_else_is_asked_for_the_image(
    engine: Engine, tmp_path: Path, changed: dict[str, object]
) -> None:
    read = loaded("team/app:1", tmp_path).image
    held = engine.images["team/app:1"]._replace(**changed)
    engine.images |= {"team/app:1": held, image_id(RECIPE): held}
    engine.asked.clear()
    assert loaded("team/app:1", tmp_path).image == read
    assert f"get {image_id(RECIPE)}" in engine.asked


def test_a_rebuilt_image_of_the_daemon_is_another(engine: Engine, tmp_path: Path) -> None:
    loaded("team/app:1", tmp_path).contents()
    other = RECIPE._replace(layers=({"other": b""},))
    held = Held(docker_archive(other), described(other), history=past(other))
    engine.images |= {"team/app:1": held, image_id(other): held}
    assert paths(loaded("team/app:1", tmp_path)) == ["other"]
