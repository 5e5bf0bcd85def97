"""Images out of every kind of source: the same image is the same everywhere, and every failure says what is wrong."""

import gzip
import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanguard.image import streams
from scanguard.image.contents import hashes
from scanguard.image.nodes import ImageSource
from scanguard.model.errors import TargetError
from scanguard.registry import Registry
from scanguard.sources import image_saved
from scanguard.sources.daemon import Endpoint, endpoints
from scanguard.sources.images import is_path
from tests.engines import Engine, Held, running_engine
from tests.images import (
    File,
    Recipe,
    digest,
    docker_archive,
    docker_save,
    image_id,
    layer_tars,
    layout,
    removed,
    symlink,
    tar_of,
    write_layout,
    zstd,
)

RECIPE = Recipe(
    layers=(
        {"etc/passwd": b"root:x:0:0\n", "big": b"x" * 300_000},
        removed("big"),
        {"app/run": File(b"#!", mode=0o755)},
    ),
    config={"User": "1000"},
    tags=("registry.example/team/app:1",),
)
FIRST = {0: frozenset({"big"})}


def load(target: str | Path, platform: str = "", *, pull: bool = False) -> ImageSource:
    return Registry(third_parties=False).load_image(str(target), platform, pull)


def failure(target: str | Path, platform: str = "", *, pull: bool = False) -> TargetError:
    with pytest.raises(TargetError) as raised:
        load(target, platform, pull=pull).contents()
    return raised.value


def as_file(make: Callable[[Recipe], bytes]) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / "image.tar"
        path.write_bytes(make(RECIPE))
        return path

    return write


def linked_archive(recipe: Recipe) -> bytes:
    """As old `docker save` writes a layer that comes twice: the second one is a link to the first."""
    tars = layer_tars(recipe)
    from tests.images import configuration, encoded

    manifest = [
        {"Config": "c.json", "RepoTags": list(recipe.tags), "Layers": ["one/layer.tar", "two/layer.tar", "3.tar"]}
    ]
    files = {"one/layer.tar": symlink("../zero/layer.tar"), "two/layer.tar": tars[1], "3.tar": tars[2]}
    files |= {"zero/layer.tar": tars[0], "c.json": encoded(configuration(recipe)), "manifest.json": encoded(manifest)}
    return tar_of(files)


KINDS: dict[str, Callable[[Path], Path]] = {
    "docker archive": as_file(docker_archive),
    "docker archive with links": as_file(linked_archive),
    "docker archive, gzip": as_file(lambda recipe: gzip.compress(docker_archive(recipe))),
    "docker archive with links, gzip": as_file(lambda recipe: gzip.compress(linked_archive(recipe))),
    "docker archive, zstd": as_file(lambda recipe: zstd(docker_archive(recipe))),
    "docker save": as_file(docker_save),
    "docker save, gzip": as_file(lambda recipe: gzip.compress(docker_save(recipe))),
    "OCI archive": as_file(lambda recipe: tar_of(layout(recipe, attestations=True))),
    "OCI archive, zstd layers": as_file(lambda recipe: tar_of(layout(recipe._replace(compression="zstd")))),
    "OCI archive, gzip": as_file(lambda recipe: gzip.compress(tar_of(layout(recipe)))),
    "OCI layout": lambda folder: write_layout(folder / "image", layout(RECIPE, nested=True)),
    "OCI layout, plain layers": lambda folder: write_layout(folder / "image", layout(RECIPE._replace(compression=""))),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_gives_the_same(kind: str, tmp_path: Path) -> None:
    path = KINDS[kind](tmp_path)
    source = load(path)
    image = source.image
    assert (image.reference, image.name, image.id) == (str(path), "registry.example/team/app", image_id(RECIPE))
    assert (image.platform, image.tags, image.config.user) == ("linux/amd64", RECIPE.tags, "1000")
    assert image.format == ("oci" if kind.startswith("OCI") else "docker")
    assert (source.path, source.daemon) == (str(path), "")
    expected = layer_tars(RECIPE)
    assert [(layer.diff_id, layer.size) for layer in source.contents()] == [(digest(tar), len(tar)) for tar in expected]
    assert [entry.path for layer in source.contents() for entry in layer.entries] == [
        "etc/passwd",
        "big",
        "big",
        "app/run",
    ]
    assert dict(source.contents()[0].texts) == {"etc/passwd": b"root:x:0:0\n"}
    assert {diff_id: stream.read() for diff_id, stream in source.layers()} == {digest(tar): tar for tar in expected}
    assert hashes(source, FIRST) == {(0, "big"): (300_000, digest(b"x" * 300_000).removeprefix("sha256:"))}
    source.close()


def test_layers_that_come_twice(tmp_path: Path) -> None:
    recipe = RECIPE._replace(layers=(RECIPE.layers[0], {"a": b""}, RECIPE.layers[0]))
    for number, data in enumerate((docker_archive(recipe), gzip.compress(docker_save(recipe)))):
        path = tmp_path / f"{number}.tar"
        path.write_bytes(data)
        source = load(path)
        assert [len(layer.entries) for layer in source.contents()] == [2, 1, 2]
        assert len(list(source.layers())) == 2


@pytest.mark.parametrize("kind", ["layout", "whole"])
def test_bombs_in_many_layers(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_SUSPICIOUS_SIZE", 10_000_000)
    recipe = Recipe([{str(number): bytes(6_000_000)} for number in range(2)])
    path = tmp_path / "image.oci"
    archive = tar_of(layout(recipe))
    path.write_bytes(archive if kind == "layout" else gzip.compress(archive))
    raised = failure(path)
    assert raised.message.startswith("is a hostile image: its layers of ")
    path.write_bytes(tar_of(layout(recipe._replace(layers=recipe.layers[:1]))))
    assert [layer.size for layer in load(path).contents()] == [6_010_880]


def test_one_file_in_the_place_of_many_layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_SUSPICIOUS_SIZE", 10_000_000)
    layer = gzip.compress(tar_of({"a": os.urandom(100_000) + bytes(5_900_000)}))
    config = {"os": "linux", "architecture": "amd64", "rootfs": {"diff_ids": [digest(b"%d" % n) for n in range(9)]}}
    manifest = [{"Config": "c", "RepoTags": None, "Layers": ["l"] * 9}]
    path = tmp_path / "image.tar"
    files = {"l": layer, "c": json.dumps(config).encode(), "manifest.json": json.dumps(manifest).encode()}
    path.write_bytes(tar_of(files))
    assert failure(path).message.startswith(
        f"is a hostile image: its layers of {len(layer)} bytes unpack to more than "
    )


def test_archives_without_a_tag_are_called_as_their_file(tmp_path: Path) -> None:
    recipe = RECIPE._replace(tags=())
    for name, data in (
        ("web.v2.tar", docker_archive(recipe)),
        ("web.v2.tar.gz", gzip.compress(docker_archive(recipe))),
    ):
        (tmp_path / name).write_bytes(data)
        assert load(tmp_path / name).image.name == "web.v2"
    write_layout(tmp_path / "shop", layout(recipe))
    assert load(f"{tmp_path}/shop/").image.name == "shop"


def broken(folder: Path, name: str, data: bytes) -> str:
    path = folder / f"{name}.tar"
    path.write_bytes(data)
    error = failure(path)
    assert error.uri == str(path)
    return error.message


TRUNCATED = "is truncated: the archive ends in the middle; make it again"
NO_TAR = "is not a tar archive, or a damaged one: a header's checksum is wrong; make it again"
NO_IMAGE = "is not an image: it holds neither manifest.json nor index.json; make one with `docker save`"


def test_broken_archives(tmp_path: Path) -> None:
    data = docker_archive(RECIPE)
    assert broken(tmp_path, "truncated", data[: len(data) // 2]) == TRUNCATED
    assert broken(tmp_path, "packed", gzip.compress(data)[:700]) == TRUNCATED
    assert broken(tmp_path, "garbage", b"no tar at all" * 100) == NO_TAR
    assert broken(tmp_path, "packed-garbage", gzip.compress(b"no tar at all" * 100)) == NO_TAR
    assert broken(tmp_path, "other", tar_of({"readme": b"x"})) == NO_IMAGE
    assert broken(tmp_path, "packed-other", gzip.compress(tar_of({"readme": b"x" * 5000}))) == NO_IMAGE
    assert broken(tmp_path, "empty", b"") == NO_IMAGE
    missing = docker_archive(RECIPE).replace(b"/layer.tar\0", b"/other.tar\0")
    assert "checksum" in broken(tmp_path, "renamed", missing)


def test_layers_that_are_damaged(tmp_path: Path) -> None:
    for packed in (False, True):
        files = layout(RECIPE)
        name, blob = next((name, data) for name, data in files.items() if data.startswith(b"\x1f\x8b"))
        other = gzip.compress(tar_of({"other": b""}), mtime=0)
        for damaged in (other, blob[:60]):
            data = tar_of({**files, name: damaged})
            path = tmp_path / "damaged.tar"
            path.write_bytes(gzip.compress(data) if packed else data)
            error = failure(path)
            expected = f"is damaged: the bytes of the blob {digest(blob)} have another digest; make it again"
            assert error.message == expected
            assert error.uri == str(path)
        del files[name]
        data = tar_of(files)
        path.write_bytes(gzip.compress(data) if packed else data)
        assert "lacks" in failure(path).message


def test_a_plain_file_that_is_no_layer_matters_only_where_it_is_named(tmp_path: Path) -> None:
    data = docker_archive(RECIPE)
    extra = tar_of({"notes.txt": b"no layer, no document " * 100})[: 512 + 2560]
    path = tmp_path / "extra.tar.gz"
    path.write_bytes(gzip.compress(extra + data))
    assert load(path).image.id == image_id(RECIPE)


def test_paths_that_give_nothing(tmp_path: Path) -> None:
    assert failure(tmp_path / "missing.tar").message == "does not exist; check the path"
    assert failure(tmp_path).message == (
        "is a directory without an image: it holds no oci-layout; name an archive or an OCI layout"
    )
    os.mkfifo(tmp_path / "pipe.tar")
    assert failure(tmp_path / "pipe.tar").message == "is no regular file; name an archive or an OCI layout"
    assert failure("./\0.tar").message == "is not a path; check its spelling"
    secret = tmp_path / "closed.tar"
    secret.write_bytes(docker_archive(RECIPE))
    secret.chmod(0)
    if os.geteuid():
        assert "permission denied" in failure(secret).message


def test_layouts_stay_in_their_directory(tmp_path: Path) -> None:
    files = layout(RECIPE)
    folder = write_layout(tmp_path / "image", files)
    blob = next(name for name, data in files.items() if data.startswith(b"\x1f\x8b"))
    (folder / "kept").write_bytes(files[blob])
    (folder / blob).unlink()
    (folder / blob).symlink_to(folder / "kept")
    assert len(load(f"{folder}/").contents()) == 3
    outside = tmp_path / "outside"
    outside.write_bytes(files[blob])
    (folder / blob).unlink()
    (folder / blob).symlink_to(outside)
    assert failure(f"{folder}/").message == f"has a link to outside in the place of {blob}; copy the layout as a whole"
    (folder / blob).unlink()
    assert failure(f"{folder}/").message == f"lacks {blob}: it does not exist; make the image again"


@pytest.mark.parametrize("target", ["", "-", "--privileged", "-x.tar"])
def test_names_that_look_like_options(target: str) -> None:
    assert (
        failure(target).message
        == f"'{target}' is no image; write a reference such as app:1, or a path such as ./app.tar"
    )


def test_what_is_a_path() -> None:
    paths = (
        "./app",
        "../app",
        "/srv/app",
        "~/app.tar",
        "app.tar",
        "build/app.TAR.GZ",
        "layout/",
        ".",
        "a.tgz",
        "x.oci",
    )
    names = ("app", "app:1", "team/app", "localhost:5000/app@sha256:" + "0" * 64, "sha256:" + "1" * 64, "my.tarball")
    assert [is_path(one) for one in (*paths, *names)] == [True] * len(paths) + [False] * len(names)


WHOLE = [docker_archive(RECIPE), docker_save(RECIPE), tar_of(layout(RECIPE)), gzip.compress(docker_archive(RECIPE))]


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(WHOLE), st.data())
def test_damage_is_never_a_traceback(tmp_path: Path, whole: bytes, data: st.DataObject) -> None:
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged.tar"
    path.write_bytes(damaged[: data.draw(st.integers(0, len(whole)))] if data.draw(st.booleans()) else damaged)
    try:
        source = load(path)
        source.contents()
        hashes(source, FIRST)
    except TargetError as error:
        assert error.uri == str(path)


# The daemon


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    with TemporaryDirectory(prefix="sg") as folder, running_engine(Path(folder)) as running:
        monkeypatch.setenv("DOCKER_HOST", running.address)
        described = {
            "Id": image_id(RECIPE),
            "Os": "linux",
            "Architecture": "amd64",
            "RepoTags": ["team/app:1", "old:2"],
        }
        held = Held(docker_archive(RECIPE._replace(tags=())), described)
        running.images |= {"team/app:1": held, "old:2": held, image_id(RECIPE): held, image_id(RECIPE)[7:19]: held}
        yield running


def test_an_image_of_the_daemon(engine: Engine) -> None:
    source = load("team/app:1")
    assert (source.path, source.daemon) == ("", engine.address)
    image = source.image
    assert (image.reference, image.name, image.id, image.tags) == (
        "team/app:1",
        "team/app",
        image_id(RECIPE),
        ("team/app:1", "old:2"),
    )
    assert [layer.diff_id for layer in source.contents()] == [digest(tar) for tar in layer_tars(RECIPE)]
    assert engine.asked == ["json team/app:1", f"get {image_id(RECIPE)}"]
    assert hashes(source, FIRST) == {(0, "big"): (300_000, digest(b"x" * 300_000).removeprefix("sha256:"))}


def test_an_image_of_the_daemon_is_saved_once_for_all(engine: Engine) -> None:
    source = load("team/app:1")
    contents = source.contents()
    path = Path(source.path)
    assert path.read_bytes() == engine.images["team/app:1"].archive
    assert subprocess.run(["cat", str(path)], capture_output=True, check=True).stdout == path.read_bytes()
    assert not Path(os.readlink(path)).exists()
    assert hashes(source, FIRST)
    assert source.contents() == contents
    assert engine.asked == ["json team/app:1", f"get {image_id(RECIPE)}"]
    source.close()
    assert not path.exists()


@pytest.mark.parametrize("lacks", ["space", "proc"])
def test_an_image_of_the_daemon_that_cannot_be_saved(
    engine: Engine, lacks: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if lacks == "space":
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    else:
        monkeypatch.setattr(image_saved, "_OPEN_FILES", str(tmp_path / "none"))
    source = load("team/app:1")
    assert [layer.diff_id for layer in source.contents()] == [digest(tar) for tar in layer_tars(RECIPE)]
    assert (source.path, source.image.tags) == ("", ("team/app:1", "old:2"))
    assert hashes(source, FIRST) == {(0, "big"): (300_000, digest(b"x" * 300_000).removeprefix("sha256:"))}
    source.close()


def test_no_file_stays_open_where_an_image_cannot_be_saved(engine: Engine) -> None:
    engine.images[image_id(RECIPE)] = engine.images["old:2"]._replace(cut=900)
    failure("old:2")
    names = (os.path.realpath(entry) for entry in Path("/proc/self/fd").iterdir())
    assert [name for name in names if "scanguard-" in name] == []


@pytest.mark.parametrize(("target", "name"), [("old:2", "old"), (image_id(RECIPE), "team/app")])
def test_names_in_the_daemon(engine: Engine, target: str, name: str) -> None:
    assert load(target).image.name == name
    assert load(image_id(RECIPE)[7:19]).image.name == "team/app"


def test_what_newer_engines_save(engine: Engine) -> None:
    described = {"Id": image_id(RECIPE), "RepoTags": []}
    engine.images["sha:1"] = engine.images[image_id(RECIPE)] = Held(docker_save(RECIPE), described)
    image = load("sha:1").image
    assert (image.name, image.format, image.id) == ("sha", "docker", image_id(RECIPE))


def test_images_that_the_daemon_lacks(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = f"there is no such image in the docker daemon at {engine.address}"
    error = failure("team/other:1")
    assert (error.message, error.uri) == (f"{there}; build it, or fetch it with --pull", "team/other:1")
    assert not any(asked.startswith("pull") for asked in engine.asked)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop").write_bytes(docker_archive(RECIPE))
    assert failure("shop").message == f"{there}; write ./shop if you mean the file"


def test_pull(engine: Engine) -> None:
    engine.remote["team/new:3"] = engine.images["old:2"]
    assert load("team/new:3", "linux/amd64", pull=True).image.name == "team/new"
    assert [asked for asked in engine.asked if asked.startswith("pull")] == ["pull team/new:3 linux/amd64"]
    load("team/app:1", pull=True)
    assert [asked for asked in engine.asked if asked.startswith("pull")] == ["pull team/new:3 linux/amd64"]
    error = failure("team/none", pull=True)
    assert (error.message, error.uri) == (
        "could not be pulled: manifest for team/none:latest not found",
        "team/none",
    )


def test_another_platform_than_the_daemon_has(engine: Engine) -> None:
    message = "is built for linux/amd64, not for linux/arm64; leave --platform out or give another image"
    assert failure("team/app:1", "linux/arm64").message == message


def test_a_daemon_that_fails(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    said = f"the docker daemon at {engine.address} answered: the disk \ufffd[31mis full"
    assert failure("broken/engine:1").message == said
    held = engine.images["old:2"]
    for cut in (900, len(held.archive) // 2):
        engine.images[image_id(RECIPE)] = held._replace(cut=cut)
        error = failure("old:2")
        broke = f"the docker daemon at {engine.address} gave no answer: it broke off in the middle; try again"
        assert error.message == broke
        assert error.uri == "old:2"
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/at/all.sock")
    assert failure("old:2").message == (
        "the docker daemon at unix:///nowhere/at/all.sock gave no answer: there is no socket; start it, or set DOCKER_HOST"
    )


@pytest.mark.parametrize("target", ["UPPER/x:y:z", "app:", "a b", "app@sha256:12", "app:-x"])
def test_bad_names(target: str) -> None:
    error = failure(target)
    assert error.message.startswith(f"'{target}' is no image's name: ")
    assert error.message.endswith("; write it such as registry/app:1, or a path such as ./app.tar")


# Where the daemon is


def write_context(folder: Path, text: str) -> Path:
    """What docker keeps of a context `lab`; returns the directory of its certificates."""
    name = digest(b"lab").removeprefix("sha256:")
    meta = folder / "contexts" / "meta" / name
    meta.mkdir(parents=True, exist_ok=True)
    (meta / "meta.json").write_text(text, encoding="utf-8")
    return folder / "contexts" / "tls" / name / "docker"


def described(**endpoint: object) -> str:
    return json.dumps({"Name": "lab", "Metadata": {}, "Endpoints": {"docker": endpoint}})


@pytest.mark.parametrize("chosen", [{}, {"DOCKER_CONTEXT": "lab"}])
@pytest.mark.parametrize("home", ["DOCKER_CONFIG", "HOME"])
def test_the_daemon_of_the_environment(tmp_path: Path, chosen: dict[str, str], home: str) -> None:
    folder = tmp_path if home == "DOCKER_CONFIG" else tmp_path / ".docker"
    folder.mkdir(exist_ok=True)
    if not chosen:
        (folder / "config.json").write_text(json.dumps({"currentContext": "lab"}), encoding="utf-8")
    environment = {**chosen, home: str(tmp_path)}
    mine = {**environment, "DOCKER_HOST": "unix:///run/mine.sock"}
    assert [one.address for one in endpoints(mine)] == ["unix:///run/mine.sock"]
    with pytest.raises(TargetError) as raised:
        list(endpoints(environment))
    assert raised.value.message == (
        f"docker's context 'lab' does not exist in '{folder}/contexts'; choose another with `docker context use`"
    )
    write_context(folder, described(Host="unix:///run/lab.sock"))
    assert list(endpoints(environment)) == [Endpoint("unix:///run/lab.sock")]
    assert list(endpoints(mine)) == [Endpoint("unix:///run/mine.sock")]


@pytest.mark.parametrize("text", ["{", "[]", "{}", described(), described(Host=""), described(Host=3), "[" * 100_000])
def test_a_context_that_cannot_be_read(tmp_path: Path, text: str) -> None:
    write_context(tmp_path, text)
    with pytest.raises(TargetError) as raised:
        list(endpoints({"DOCKER_CONFIG": str(tmp_path), "DOCKER_CONTEXT": "lab"}))
    assert raised.value.message == "docker's context 'lab' cannot be read; look at `docker context inspect`"


def test_a_configuration_that_cannot_be_read_chooses_no_context(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{", encoding="utf-8")
    assert list(endpoints({"DOCKER_CONFIG": str(tmp_path)})) == list(endpoints({"HOME": str(tmp_path / "none")}))


@pytest.mark.parametrize("skips", [False, True])
def test_the_certificates_of_a_context(tmp_path: Path, skips: bool) -> None:
    environment = {"DOCKER_CONFIG": str(tmp_path), "DOCKER_CONTEXT": "lab"}
    folder = write_context(tmp_path, described(Host="tcp://10.0.0.1:2376", SkipTLSVerify=skips))
    folder.mkdir(parents=True)
    for name in ("ca.pem", "cert.pem"):
        (folder / name).write_text("", encoding="utf-8")
    with pytest.raises(TargetError) as raised:
        list(endpoints(environment))
    assert raised.value.message == "the certificates of docker's context 'lab' are not complete; make it again"
    (folder / "key.pem").write_text("", encoding="utf-8")
    (found,) = endpoints(environment)
    assert (found.address, found.tls.verify) == ("tcp://10.0.0.1:2376", not skips)
    assert (found.tls.ca_cert, found.tls.cert) == (
        str(folder / "ca.pem"),
        (str(folder / "cert.pem"), str(folder / "key.pem")),
    )


def test_podman_comes_last(monkeypatch: pytest.MonkeyPatch) -> None:
    with TemporaryDirectory(prefix="sg") as name:
        folder = Path(name)
        (folder / "podman").mkdir()
        monkeypatch.setenv("DOCKER_CONFIG", str(folder))
        environment = {"XDG_RUNTIME_DIR": str(folder), "HOME": str(folder)}
        with running_engine(folder) as running:
            (folder / "engine.sock").rename(folder / "podman" / "podman.sock")
            found = [one.address for one in endpoints(environment)]
            assert found[-1] in (f"unix://{folder}/podman/podman.sock", "unix:///run/podman/podman.sock")
            assert f"unix://{folder}/podman/podman.sock" in found
            running.images["app:1"] = Held(docker_archive(RECIPE), {"Id": "app:1", "RepoTags": ["localhost/app:1"]})
            monkeypatch.delenv("DOCKER_HOST", raising=False)
            monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
            monkeypatch.setenv("HOME", str(folder))
            if found == [f"unix://{folder}/podman/podman.sock"]:
                assert load("app:1").daemon == found[0]


# Plugins


class Plugin:
    """A third party's way to images."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def scanguard_load_image(self, target: str, platform: str, pull: bool) -> object:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer if target == "vault:app" else None


def with_plugin(answer: object) -> Registry:
    from scanguard.plugin import hookimpl

    registry = Registry(third_parties=False)
    made = type("Made", (Plugin,), {"scanguard_load_image": hookimpl(Plugin.scanguard_load_image)})
    registry.manager.register(made(answer), "vault")
    return registry


def test_plugins_are_asked_first(tmp_path: Path) -> None:
    path = KINDS["docker archive"](tmp_path)
    source = load(path)
    registry = with_plugin(source)
    assert registry.load_image("vault:app", "", False) is source
    assert registry.load_image(str(path), "", False).image.id == image_id(RECIPE)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (RuntimeError("secret text"), "plugin 'vault' failed: RuntimeError"),
        (TargetError("the vault is shut; open it"), "the vault is shut; open it"),
        ("text", "plugin 'vault' answered with str, not with an image"),
    ],
)
def test_plugins_that_fail(answer: object, message: str) -> None:
    with pytest.raises(TargetError) as raised:
        with_plugin(answer).load_image("vault:app", "", False)
    assert raised.value.message.startswith(message)
    assert "secret" not in raised.value.message
