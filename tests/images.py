"""Images for tests, made in memory: docker archives and OCI layouts, byte for byte the same every time.

recipe = Recipe(layers=({"etc/passwd": b"root:x:0:0::/root:/bin/sh\n"}, {"app/run": File(b"x", mode=0o755)}, removed("app/run")))
path.write_bytes(docker_archive(recipe))            # as `docker save` of engines before 25 writes it
path.write_bytes(docker_save(recipe))               # as later ones do: an OCI layout with a manifest.json
write_layout(directory, layout(recipe))             # an OCI layout; `tar_of(layout(recipe))` is its archive
"""

import gzip
import hashlib
import io
import json
import struct
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

_INDEX = "application/vnd.oci.image.index.v1+json"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar"
_EPOCH = "2024-01-02T03:04:05Z"
_ZSTD_BLOCK = 1 << 17


class File(NamedTuple):
    """One path of a layer. `kind` is a type flag of `tarfile`; `link` is where a link leads."""

    content: bytes = b""
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    kind: bytes = tarfile.REGTYPE
    link: str = ""


Layer: TypeAlias = Mapping[str, bytes | File]


def directory(mode: int = 0o755, uid: int = 0, gid: int = 0) -> File:
    """A directory."""
    return File(mode=mode, uid=uid, gid=gid, kind=tarfile.DIRTYPE)


def symlink(target: str) -> File:
    """A symbolic link."""
    return File(mode=0o777, kind=tarfile.SYMTYPE, link=target)


def hardlink(target: str) -> File:
    """A hard link to a path of the same layer."""
    return File(kind=tarfile.LNKTYPE, link=target)


def removed(*paths: str) -> dict[str, bytes]:
    """Whiteouts: what a layer holds that removes these paths of lower layers."""
    return {f"{path[: path.rfind('/') + 1]}.wh.{path[path.rfind('/') + 1 :]}": b"" for path in paths}


def emptied(path: str) -> dict[str, bytes]:
    """An opaque mark: the directory loses all that lower layers put into it."""
    return {f"{path}/.wh..wh..opq": b""}


def entry(created_by: str, *, empty: bool = False, comment: str = "", author: str = "") -> dict[str, Any]:
    """One entry of a history."""
    extra = {"empty_layer": empty, "comment": comment, "author": author}
    return {"created": _EPOCH, "created_by": created_by} | {name: value for name, value in extra.items() if value}


class Recipe(NamedTuple):
    """An image to make.

    A layer is a mapping of paths to bytes or `File`s, or the bytes of a ready tar archive. `history` is that of the
    configuration; None makes one entry a layer. `config` has the names of the image specification (`User`, `Env`,
    `Labels`, …). `compression` is empty, `gzip` or `zstd`, one for all layers (docker archives hold plain ones).
    """

    layers: Sequence[Layer | bytes] = ()
    history: Sequence[Mapping[str, Any]] | None = None
    config: Mapping[str, Any] = MappingProxyType({})
    platform: str = "linux/amd64"
    tags: Sequence[str] = ("example/app:1",)
    compression: str = "gzip"


def tar_of(files: Mapping[str, bytes | File], *, format: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar archive of these paths, in this order."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=format) as archive:
        for path, file in files.items():
            one = File(file) if isinstance(file, bytes) else file
            info = tarfile.TarInfo(path)
            info.size, info.mode, info.uid, info.gid = len(one.content), one.mode, one.uid, one.gid
            info.type, info.linkname, info.mtime = one.kind, one.link, 1_700_000_000
            archive.addfile(info, io.BytesIO(one.content))
    return buffer.getvalue()


def layer_tars(recipe: Recipe) -> list[bytes]:
    """The uncompressed archives of the layers, bottom first."""
    return [layer if isinstance(layer, bytes) else tar_of(layer) for layer in recipe.layers]


def configuration(recipe: Recipe) -> dict[str, Any]:
    """The image's configuration, as JSON values."""
    system, architecture, *variant = recipe.platform.split("/")
    history = recipe.history
    if history is None:
        history = [entry(f"RUN /bin/sh -c step {number} # buildkit") for number in range(len(recipe.layers))]
    return {
        "architecture": architecture,
        "os": system,
        **({"variant": variant[0]} if variant else {}),
        "created": _EPOCH,
        "config": dict(recipe.config),
        "rootfs": {"type": "layers", "diff_ids": [digest(tar) for tar in layer_tars(recipe)]},
        "history": list(history),
    }


def digest(data: bytes) -> str:
    """The digest of some bytes, with its algorithm."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def encoded(value: object) -> bytes:
    """JSON as bytes."""
    return json.dumps(value).encode()


def image_id(recipe: Recipe) -> str:
    """The digest of the configuration."""
    return digest(encoded(configuration(recipe)))


def docker_archive(*recipes: Recipe) -> bytes:
    """What `docker save` of engines before 25 writes, one image a recipe: plain layers, `manifest.json`."""
    return tar_of(_docker_files(recipes))


def _docker_files(recipes: Iterable[Recipe]) -> dict[str, bytes | File]:
    files: dict[str, bytes | File] = {}
    manifest = []
    for recipe in recipes:
        config = encoded(configuration(recipe))
        name = f"{digest(config).removeprefix('sha256:')}.json"
        names = []
        for tar in layer_tars(recipe):
            names.append(f"{digest(tar).removeprefix('sha256:')}/layer.tar")
            files[names[-1]] = tar
        files[name] = config
        manifest.append({"Config": name, "RepoTags": list(recipe.tags) or None, "Layers": names})
    return files | {"manifest.json": encoded(manifest)}


def layout(*recipes: Recipe, nested: bool = False, attestations: bool = False) -> dict[str, bytes]:
    """The files of an OCI layout: one image a recipe. `nested` puts the manifests into an index below `index.json`."""
    files: dict[str, bytes] = {"oci-layout": b'{"imageLayoutVersion":"1.0.0"}'}
    listed = []
    for recipe in recipes:
        listed.append(_add_image(files, recipe, name=not nested))
        if attestations:
            listed.append(_add_attestation(files, listed[-1]["digest"]))
    if nested:
        listed = [_add(files, encoded(_index(listed)), _INDEX) | _named(recipes[0].tags)]
    files["index.json"] = encoded(_index(listed))
    return files


def docker_save(*recipes: Recipe) -> bytes:
    """What `docker save` of engine 25 and later writes: an OCI layout of plain layers with a `manifest.json` beside."""
    plain = [recipe._replace(compression="") for recipe in recipes]
    files: dict[str, bytes] = dict(layout(*plain))
    manifest = [
        {
            "Config": _blob(image_id(recipe)),
            "RepoTags": list(recipe.tags) or None,
            "Layers": [_blob(digest(tar)) for tar in layer_tars(recipe)],
        }
        for recipe in plain
    ]
    return tar_of(files | {"manifest.json": encoded(manifest)})


def write_layout(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write the files of a layout below a directory; returns the directory."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def compressed(data: bytes, compression: str) -> bytes:
    """The bytes as a layer's blob holds them."""
    if compression == "zstd":
        return zstd(data)
    return gzip.compress(data, 6, mtime=0) if compression else data


def zstd(data: bytes) -> bytes:
    """A zstd frame that stores its bytes as they are: https://datatracker.ietf.org/doc/html/rfc8878#section-3.1.1."""
    blocks = [data[at : at + _ZSTD_BLOCK] for at in range(0, len(data), _ZSTD_BLOCK)] or [b""]
    pieces = [struct.pack("<IBQ", 0xFD2FB528, 0xE0, len(data))]
    for number, block in enumerate(blocks, 1):
        pieces += [(len(block) << 3 | (number == len(blocks))).to_bytes(3, "little"), block]
    return b"".join(pieces)


def _add_image(files: dict[str, bytes], recipe: Recipe, *, name: bool) -> dict[str, Any]:
    """Put an image's blobs into a layout; returns the descriptor of its manifest."""
    kind = _LAYER + (f"+{recipe.compression}" if recipe.compression else "")
    layers = [_add(files, compressed(tar, recipe.compression), kind) for tar in layer_tars(recipe)]
    config = _add(files, encoded(configuration(recipe)), _CONFIG)
    manifest = {"schemaVersion": 2, "mediaType": _MANIFEST, "config": config, "layers": layers}
    system, architecture, *variant = recipe.platform.split("/")
    platform = {"os": system, "architecture": architecture, **({"variant": variant[0]} if variant else {})}
    return _add(files, encoded(manifest), _MANIFEST) | {"platform": platform} | _named(recipe.tags if name else ())


def _add_attestation(files: dict[str, bytes], subject: str) -> dict[str, Any]:
    """The manifest that BuildKit adds beside an image: no image, though it looks like one."""
    layer = _add(files, b'{"_type":"https://in-toto.io/Statement/v0.1"}', "application/vnd.in-toto+json")
    config = _add(files, encoded({"architecture": "unknown", "os": "unknown", "rootfs": {}}), _CONFIG)
    manifest = {"schemaVersion": 2, "mediaType": _MANIFEST, "config": config, "layers": [layer]}
    annotations = {"vnd.docker.reference.digest": subject, "vnd.docker.reference.type": "attestation-manifest"}
    platform = {"os": "unknown", "architecture": "unknown"}
    return _add(files, encoded(manifest), _MANIFEST) | {"platform": platform, "annotations": annotations}


def _add(files: dict[str, bytes], data: bytes, kind: str) -> dict[str, Any]:
    files[_blob(digest(data))] = data
    return {"mediaType": kind, "digest": digest(data), "size": len(data)}


def _blob(name: str) -> str:
    return f"blobs/{name.replace(':', '/')}"


def _index(manifests: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"schemaVersion": 2, "mediaType": _INDEX, "manifests": list(manifests)}


def _named(tags: Sequence[str]) -> dict[str, Any]:
    """The annotations by which containerd and docker name an image in a layout."""
    if not tags:
        return {}
    tag = tags[0].rpartition(":")[2]
    names = {"io.containerd.image.name": tags[0], "org.opencontainers.image.ref.name": tag}
    return {"annotations": names}
