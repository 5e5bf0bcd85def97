"""Which blobs are the image: platforms, attestations, names; and every way in which a description can be wrong."""

from typing import Any

import pytest

from scanguard.image.configuration import read_image
from scanguard.image.manifests import Asked, Parts, find_image
from scanguard.image.nodes import Configuration, HistoryEntry
from scanguard.image.platform import choose, fits, here, normal
from scanguard.model.errors import TargetError
from tests.images import Recipe, configuration, digest, encoded, entry, image_id, layout

RECIPE = Recipe(layers=({"a": b"1"}, {"b": b"2"}), tags=("docker.io/library/app:1.2",))


class Files(dict[str, bytes]):
    """Blobs in a mapping."""

    def read(self, name: str, limit: int) -> bytes:
        data = self[name]
        if len(data) > limit:
            raise TargetError(f"{name} is too large")
        return data


def found(files: dict[str, bytes], platform: str = "") -> Parts:
    return find_image(Files(files), Asked("asked", "stem", platform))


def failure(files: dict[str, bytes], platform: str = "") -> str:
    with pytest.raises(TargetError) as raised:
        found(files, platform)
    return raised.value.message


def archived(*entries: dict[str, Any], config: bytes | None = None) -> dict[str, bytes]:
    data = encoded(configuration(RECIPE)) if config is None else config
    return {"manifest.json": encoded(list(entries)), "config.json": data}


ENTRY = {"Config": "config.json", "RepoTags": ["docker.io/library/app:1.2", "app:2"], "Layers": ["1.tar", "2.tar"]}


def test_docker_archive() -> None:
    parts = found(archived(ENTRY))
    image = parts.image
    assert (image.reference, image.name, image.tags) == ("asked", "app", ("app:1.2", "app:2"))
    assert (image.id, image.digest, image.format, image.platform) == (image_id(RECIPE), "", "docker", "linux/amd64")
    assert [(layer.diff_id, layer.file, layer.digest) for layer in parts.layers] == [
        (image.diff_ids[0], "1.tar", ""),
        (image.diff_ids[1], "2.tar", ""),
    ]
    for tags in (None, [], ["\x1b[31mapp:1"], ["../x:1"], ["\x1b.x/app:1"]):
        image = found(archived({**ENTRY, "RepoTags": tags})).image
        assert (image.name, image.tags) == ("stem", ())


def test_layout_names_and_format() -> None:
    image = found(layout(RECIPE)).image
    assert (image.name, image.tags, image.format, image.digest[:7]) == ("app", ("app:1.2",), "oci", "sha256:")
    assert found(layout(RECIPE._replace(tags=()))).image.name == "stem"


def test_platforms_of_an_index() -> None:
    arm = RECIPE._replace(platform="linux/arm64/v8", layers=({"arm": b"1"},))
    for nested in (False, True):
        files = layout(RECIPE, arm, nested=nested, attestations=True)
        assert found(files, "linux/amd64").image.platform == "linux/amd64"
        assert found(files, "arm64").image.platform == "linux/arm64/v8"
        assert found(files).image.platform == ("linux/arm64/v8" if here() == "linux/arm64" else "linux/amd64")
        assert failure(files, "linux/s390x") == (
            "holds no image for linux/s390x, only for linux/amd64, linux/arm64/v8; name one of them with --platform"
        )
    windows = [RECIPE._replace(platform="windows/amd64"), RECIPE._replace(platform="windows/arm64")]
    assert failure(layout(*windows)) == "holds images for windows/amd64, windows/arm64; name one with --platform"


def test_platform_that_only_the_configuration_tells() -> None:
    files = layout(RECIPE, RECIPE._replace(platform="linux/riscv64"))
    files["index.json"] = files["index.json"].replace(b'"platform"', b'"was"')
    assert found(files, "linux/riscv64").image.platform == "linux/riscv64"


def test_image_of_another_platform() -> None:
    message = "is built for linux/amd64, not for linux/arm64; leave --platform out or give another image"
    assert failure(archived(ENTRY), "linux/arm64") == message
    assert failure(layout(RECIPE), "linux/arm64") == message


def test_manifests_that_are_not_there_are_passed_over() -> None:
    files = layout(RECIPE, RECIPE._replace(platform="linux/arm64", layers=({"arm": b"1"},)))
    arm = found(files, "linux/arm64").image.digest
    del files[f"blobs/{arm.replace(':', '/')}"]
    assert found(files).image.platform == "linux/amd64"


def test_several_images() -> None:
    assert failure(archived(ENTRY, {**ENTRY, "RepoTags": ["b:1"]})) == (
        "holds 2 images (app:1.2, app:2, b:1); save the one that you mean alone"
    )
    assert failure(archived()) == "is not an image: its manifest.json lists none; save it again"
    assert failure(layout(RECIPE, RECIPE._replace(layers=({"c": b"3"},), tags=("other:1",)))) == (
        "holds 2 images (app:1.2, other:1); save the one that you mean alone"
    )


def test_not_an_image() -> None:
    assert failure({}) == (
        "is not an image: it holds neither manifest.json nor index.json; make one with `docker save`"
    )
    assert failure({"repositories": b"{}"}) == (
        "is an archive of a docker older than 1.10; save it again with a newer one"
    )
    assert failure({"index.json": b'{"manifests":[]}'}) == (
        "is not an image: its index names no manifest that is there; save it again"
    )
    chart = layout(RECIPE)
    chart = relabelled(chart, b"application/vnd.oci.image.config.v1+json", b"application/vnd.cncf.helm.config.v1+json")
    assert failure(chart) == (
        "is not a container image: its manifest has application/vnd.cncf.helm.config.v1+json; give an image"
    )
    encrypted = relabelled(layout(RECIPE), b"tar+gzip", b"tar+gzip+encrypted")
    assert failure(encrypted) == "has encrypted layers, which cannot be read; decrypt the image first"


def relabelled(files: dict[str, bytes], old: bytes, new: bytes) -> dict[str, bytes]:
    """A layout whose manifest says something else, its digest right again."""
    name = found(files).image.digest
    manifest = files.pop(f"blobs/{name.replace(':', '/')}").replace(old, new)
    files[f"blobs/{digest(manifest).replace(':', '/')}"] = manifest
    files["index.json"] = files["index.json"].replace(name.encode(), digest(manifest).encode())
    return files


def test_digests_are_verified() -> None:
    files = layout(RECIPE)
    blob = f"blobs/{image_id(RECIPE).replace(':', '/')}"
    files[blob] += b" "
    assert failure(files) == (
        f"is damaged: the bytes of the blob {image_id(RECIPE)} have another digest; make it again"
    )
    name = "0" * 64 + ".json"
    wrong = {**archived({**ENTRY, "Config": name}), name: encoded(configuration(RECIPE))}
    assert failure(wrong) == "is damaged: its configuration has another digest than its name says; make it again"


@pytest.mark.parametrize("name", ["sha256:../../etc/passwd", "sha256:abc", "md5:" + "0" * 64, ""])
def test_digests_are_digests(name: str) -> None:
    files = {"index.json": encoded({"manifests": [{"digest": name}]})}
    assert failure(files) == "is damaged: its manifest names a blob without a valid digest; make it again"


def test_counts_must_agree() -> None:
    assert failure(archived({**ENTRY, "Layers": ["1.tar"]})) == (
        "is damaged: its manifest lists 1 layers, its configuration 2; make it again"
    )


def test_indexes_without_end() -> None:
    files: dict[str, bytes] = {}
    index = encoded({"manifests": []})
    for _ in range(6):
        files[f"blobs/{digest(index).replace(':', '/')}"] = index
        kind = "application/vnd.oci.image.index.v1+json"
        index = encoded({"manifests": [{"digest": digest(index), "mediaType": kind}]})
    assert failure({**files, "index.json": index}) == "is a hostile image: indexes within indexes; save it again"


WRONG = {
    b"no json": "has a configuration that is no valid JSON; make the image again",
    b"[" * 100_000: "has a configuration that is no valid JSON; make the image again",
    b"[]": "has a configuration that is no JSON object; make the image again",
    b'{"rootfs":[]}': "cannot be read: 'rootfs' in its description is no object; make the image again",
    b'{"rootfs":{"diff_ids":[1]}}': "cannot be read: 'diff_ids' in its description is no list of texts; make the image again",
    b'{"history":{}}': "cannot be read: 'history' in its description is no list; make the image again",
    b'{"history":["x"]}': "cannot be read: 'history' in its description is no list of objects; make the image again",
    b'{"config":{"User":0}}': "cannot be read: 'User' in its description is no text; make the image again",
    encoded({"rootfs": {"diff_ids": ["x"] * 2000}}): "is a hostile image: 2000 layers, 0 entries of history",
}


@pytest.mark.parametrize(("data", "message"), WRONG.items(), ids=lambda value: str(value)[:40])
def test_wrong_configurations(data: bytes, message: str) -> None:
    assert failure(archived(ENTRY, config=data)) == message


def test_configuration() -> None:
    config = {
        "User": "app:app",
        "Env": ["PATH=/bin:/usr/bin", "EMPTY=", "BARE"],
        "Labels": {"b": "2", "a": "1"},
        "Volumes": {"/data": {}},
        "ExposedPorts": {"8080/tcp": {}, "53/udp": {}},
        "Entrypoint": ["/init"],
        "Cmd": "run",
        "WorkingDir": "/srv",
        "Shell": ["/bin/bash", "-c"],
        "OnBuild": ["RUN true"],
        "Healthcheck": {"Test": ["CMD", "true"]},
    }
    history = (entry("FROM", empty=True, comment="c", author="a"), entry("RUN x"))
    recipe = RECIPE._replace(config=config, history=history, platform="linux/arm/v7")
    image = read_image(encoded(configuration(recipe)), reference="r", name="n", kind="docker")
    assert image.config == Configuration(
        "app:app",
        (("PATH", "/bin:/usr/bin"), ("EMPTY", ""), ("BARE", "")),
        (("a", "1"), ("b", "2")),
        ("/data",),
        ("53/udp", "8080/tcp"),
        ("/init",),
        ("run",),
        "/srv",
        ("/bin/bash", "-c"),
        ("RUN true",),
        ("CMD", "true"),
    )
    assert image.history == (HistoryEntry("FROM", True, "c", "a"), HistoryEntry("RUN x", False))
    assert image.platform == "linux/arm/v7"


@pytest.mark.parametrize(
    ("kind", "config", "health"),
    [
        ("docker", {}, ()),
        ("oci", {}, None),
        ("oci", {"Healthcheck": {"Test": ["NONE"]}}, ("NONE",)),
        ("docker", {"Healthcheck": None}, ()),
        ("docker", {"Labels": {"io.buildah.version": "1.28.2"}}, None),
    ],
)
def test_health(kind: str, config: dict[str, Any], health: tuple[str, ...] | None) -> None:
    data = encoded(configuration(RECIPE._replace(config=config)))
    assert read_image(data, reference="", name="", kind=kind).config.health == health


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("linux/amd64", "linux/amd64"),
        ("arm64", "linux/arm64"),
        ("Linux/x86_64", "linux/amd64"),
        ("linux/arm64/v8", "linux/arm64"),
        ("linux/arm/v7", "linux/arm/v7"),
        ("arm/v6", "linux/arm/v6"),
    ],
)
def test_normal_platforms(written: str, form: str) -> None:
    assert normal(written) == form


@pytest.mark.parametrize("written", ["", "linux", "linux/", "a/b/c/d", "linux/amd64; rm", "-x y"])
def test_no_platforms(written: str) -> None:
    with pytest.raises(TargetError, match="is not a platform; write one such as linux/amd64"):
        normal(written)


def test_choice_among_variants() -> None:
    assert fits("linux/arm/v7", "linux/arm") and not fits("linux/arm", "linux/arm/v7") and not fits("", "linux/arm")
    choices = [("linux/arm/v6", 6), ("linux/arm/v7", 7), ("linux/arm", 0)]
    assert [choose(choices, asked) for asked in ("linux/arm/v7", "linux/arm")] == [7, 0]
    with pytest.raises(TargetError, match="holds 2 images for linux/arm; save the one"):
        choose([("linux/arm", 1), ("linux/arm", 2)], "linux/arm")
