"""Which blobs of an archive or a layout are an image: docker's `manifest.json`, OCI's `index.json` and what these name.

https://github.com/opencontainers/image-spec/blob/main/image-layout.md, image-index.md and manifest.md there;
https://github.com/moby/docker-image-spec/blob/main/spec.md#combined-image-json--filesystem-changeset-format.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol, TypeAlias

from scanguard.image import configuration
from scanguard.image.configuration import platform_of, read_image
from scanguard.image.documents import member, objects, parse_object, parse_value, text, texts
from scanguard.image.nodes import Image
from scanguard.image.platform import choose, fits, normal
from scanguard.model.errors import TargetError
from scanguard.model.record import NamedTuple
from scanguard.model.reference import ImageReference

DOCKER_MANIFEST = "manifest.json"
OCI_INDEX = "index.json"
LARGEST_MANIFEST = 4_000_000
_DEEPEST = 4
_MOST_MANIFESTS = 1000
_DIGEST = re.compile(r"(sha256|sha384|sha512):([0-9a-f]{64,128})")
_HEX = re.compile(r"(?:^|[/:])([0-9a-f]{64})(?:\.json)?$")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?|\[[0-9A-Fa-f:]{2,45}\])(?::[0-9]{1,5})?")
_NAMES = ("io.containerd.image.name", "org.opencontainers.image.ref.name")
_INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
_CONFIGS = ("application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json")
_DOCKER_TYPE = "application/vnd.docker.distribution.manifest.v2+json"

Descriptor: TypeAlias = Mapping[str, Any]


class Blobs(Protocol):
    """Files by name, out of a directory, an archive or a stream."""

    def __contains__(self, name: str, /) -> bool:
        """Whether there is a file of this name."""

    def read(self, name: str, limit: int) -> bytes:
        """The bytes of a file. Raises TargetError where it is not there or has more than `limit` bytes."""


class Asked(NamedTuple):
    """What an image was asked for by. `name` is what to call it where it has no tag; `platform` may be empty."""

    reference: str
    name: str
    platform: str = ""


class LayerBlob(NamedTuple):
    """A layer: the digest of its uncompressed archive, the file that holds it, and that file's digest where it is known."""

    diff_id: str
    file: str
    digest: str = ""


class Parts(NamedTuple):
    """An image, and where its layers are, bottom first."""

    image: Image
    layers: tuple[LayerBlob, ...]


def find_image(blobs: Blobs, asked: Asked) -> Parts:
    """The image in an archive or a layout. Raises TargetError where there is none, or none for the platform."""
    parts = _from_layout(blobs, asked) if OCI_INDEX in blobs else _from_archive(blobs, asked)
    if len(parts.layers) != len(parts.image.diff_ids):
        counts = f"{len(parts.layers)} layers, its configuration {len(parts.image.diff_ids)}"
        raise TargetError(f"is damaged: its manifest lists {counts}; make it again")
    if asked.platform and not fits(parts.image.platform, normal(asked.platform)):
        message = f"is built for {parts.image.platform or 'no platform that it names'}, not for {asked.platform}"
        raise TargetError(f"{message}; leave --platform out or give another image")
    return parts


def name_of(tags: tuple[str, ...], otherwise: str) -> str:
    """What reports call an image: the repository of its first tag as people say it."""
    return ImageReference.parse(tags[0]).familiar if tags else otherwise


def _from_archive(blobs: Blobs, asked: Asked) -> Parts:
    """A docker archive: a list of images, each with its configuration, its tags and the names of its layers."""
    if DOCKER_MANIFEST not in blobs:
        if "repositories" in blobs:
            raise TargetError("is an archive of a docker older than 1.10; save it again with a newer one")
        raise TargetError(
            f"is not an image: it holds neither {DOCKER_MANIFEST} nor {OCI_INDEX}; make one with `docker save`"
        )
    value = parse_value(blobs.read(DOCKER_MANIFEST, LARGEST_MANIFEST), f"a {DOCKER_MANIFEST}")
    listed = objects({"images": value}, "images")
    if not listed:
        raise TargetError(f"is not an image: its {DOCKER_MANIFEST} lists none; save it again")
    if len(listed) > 1:
        raise _several(len(listed), (tag for one in listed for tag in _valid(texts(one, "RepoTags"))))
    return _archived(blobs, listed[0], asked)


def _archived(blobs: Blobs, entry: Mapping[str, Any], asked: Asked) -> Parts:
    data = blobs.read(text(entry, "Config"), configuration.LARGEST)
    tags = _valid(texts(entry, "RepoTags"))
    found = _HEX.search(text(entry, "Config"))
    image = read_image(data, reference=asked.reference, name=name_of(tags, asked.name), kind="docker", tags=tags)
    if found and image.id != f"sha256:{found[1]}":
        raise TargetError("is damaged: its configuration has another digest than its name says; make it again")
    files = texts(entry, "Layers")
    return Parts(
        image, tuple(map(LayerBlob, image.diff_ids, files)) if len(files) == len(image.diff_ids) else _loose(files)
    )


def _loose(files: tuple[str, ...]) -> tuple[LayerBlob, ...]:
    return tuple(LayerBlob("", file) for file in files)


def _from_layout(blobs: Blobs, asked: Asked) -> Parts:
    """An OCI layout: an index of manifests, perhaps of further indexes, for several platforms."""
    index = parse_object(blobs.read(OCI_INDEX, LARGEST_MANIFEST), f"an {OCI_INDEX}")
    found: dict[str, Descriptor] = {}
    for descriptor in _manifests(blobs, index, {}, _DEEPEST):
        found.setdefault(text(descriptor, "digest"), descriptor)
        if len(found) > _MOST_MANIFESTS:
            raise TargetError(f"is a hostile image: more than {_MOST_MANIFESTS} manifests")
    if not found:
        raise TargetError("is not an image: its index names no manifest that is there; save it again")
    choices = [(_platform(blobs, descriptor, alone=len(found) == 1), descriptor) for descriptor in found.values()]
    if len(choices) > 1 and len({platform for platform, _ in choices}) == 1:
        raise _several(len(choices), (tag for _, descriptor in choices for tag in _tags(descriptor)))
    return _described(blobs, choose(choices, asked.platform if len(choices) > 1 else ""), asked)


def _manifests(blobs: Blobs, index: Mapping[str, Any], above: Mapping[str, Any], depth: int) -> Iterator[Descriptor]:
    """The descriptors of the images in an index that are there, names of the indexes above them kept."""
    if not depth:
        raise TargetError("is a hostile image: indexes within indexes; save it again")
    for descriptor in objects(index, "manifests"):
        notes = {**above, **member(descriptor, "annotations")}
        if _is_attestation(descriptor, notes) or _file(descriptor) not in blobs:
            continue
        if text(descriptor, "mediaType") in _INDEXES:
            nested = parse_object(_verified(blobs, descriptor, LARGEST_MANIFEST), "an index")
            yield from _manifests(blobs, nested, notes, depth - 1)
        else:
            yield {**descriptor, "annotations": notes}


def _is_attestation(descriptor: Descriptor, notes: Mapping[str, Any]) -> bool:
    """Whether a manifest is BuildKit's statement about another one: https://docs.docker.com/build/metadata/attestations/."""
    platform = member(descriptor, "platform")
    unknown = text(platform, "os") == "unknown" and text(platform, "architecture") == "unknown"
    return unknown or notes.get("vnd.docker.reference.type") == "attestation-manifest"


def _platform(blobs: Blobs, descriptor: Descriptor, *, alone: bool) -> str:
    """The platform of a manifest; where its descriptor does not say, that of its configuration."""
    told = platform_of(member(descriptor, "platform"))
    if told or alone:
        return told
    manifest = parse_object(_verified(blobs, descriptor, LARGEST_MANIFEST), "a manifest")
    config = _verified(blobs, member(manifest, "config"), configuration.LARGEST)
    return platform_of(parse_object(config, "a configuration"))


def _described(blobs: Blobs, descriptor: Descriptor, asked: Asked) -> Parts:
    manifest = parse_object(_verified(blobs, descriptor, LARGEST_MANIFEST), "a manifest")
    config = member(manifest, "config")
    if not config or text(config, "mediaType") not in (*_CONFIGS, ""):
        kind = text(config, "mediaType") or "no configuration"
        raise TargetError(f"is not a container image: its manifest has {kind}; give an image")
    data = _verified(blobs, config, configuration.LARGEST)
    tags, docker = _tags(descriptor), text(manifest, "mediaType") == _DOCKER_TYPE
    if DOCKER_MANIFEST in blobs:
        tags, docker = tags or _repo_tags(blobs, text(config, "digest")), True
    image = read_image(
        data,
        reference=asked.reference,
        name=name_of(tags, asked.name),
        kind="docker" if docker else "oci",
        digest=text(descriptor, "digest"),
        tags=tags,
    )
    layers = objects(manifest, "layers")
    if any(text(layer, "mediaType").endswith("+encrypted") for layer in layers):
        raise TargetError("has encrypted layers, which cannot be read; decrypt the image first")
    ids = image.diff_ids if len(layers) == len(image.diff_ids) else ("",) * len(layers)
    blobs_of = (LayerBlob(ids[at], _file(layer), text(layer, "digest")) for at, layer in enumerate(layers))
    return Parts(image, tuple(blobs_of))


def _repo_tags(blobs: Blobs, config: str) -> tuple[str, ...]:
    """The tags that docker's own list in a layout has for a configuration."""
    value = parse_value(blobs.read(DOCKER_MANIFEST, LARGEST_MANIFEST), f"a {DOCKER_MANIFEST}")
    hexadecimal = config.rpartition(":")[2]
    for entry in objects({"images": value}, "images"):
        if hexadecimal in text(entry, "Config"):
            return _valid(texts(entry, "RepoTags"))
    return ()


def _tags(descriptor: Descriptor) -> tuple[str, ...]:
    """The image's names in the annotations; a bare tag without a repository is none."""
    notes = member(descriptor, "annotations")
    for key in _NAMES:
        name = notes.get(key)
        if isinstance(name, str) and (":" in name or "/" in name) and _valid((name,)):
            return _valid((name,))
    return ()


def _valid(tags: Iterable[str]) -> tuple[str, ...]:
    """The tags that are names of images: what else an archive calls itself is in no report."""
    return tuple(_familiar(tag) for tag in tags if _is_name(ImageReference.parse(tag)))


def _is_name(reference: ImageReference) -> bool:
    return not reference.name_error and (not reference.registry or _HOST.fullmatch(reference.registry) is not None)


def _familiar(name: str) -> str:
    """A tag as people write it: `docker.io/library/` left out."""
    reference = ImageReference.parse(name)
    return f"{reference.familiar}:{reference.tag}" if reference.tag else reference.familiar


def _file(descriptor: Descriptor) -> str:
    """The file of a blob. Raises TargetError where the digest is none: it becomes a part of a path."""
    found = _DIGEST.fullmatch(text(descriptor, "digest"))
    if found is None:
        raise TargetError("is damaged: its manifest names a blob without a valid digest; make it again")
    return f"blobs/{found[1]}/{found[2]}"


def _verified(blobs: Blobs, descriptor: Descriptor, limit: int) -> bytes:
    """The bytes of a small blob, its digest verified."""
    import hashlib

    data = blobs.read(_file(descriptor), limit)
    algorithm, _, expected = text(descriptor, "digest").partition(":")
    if hashlib.new(algorithm, data).hexdigest() != expected:
        raise TargetError(
            f"is damaged: the bytes of the blob {algorithm}:{expected} have another digest; make it again"
        )
    return data


def _several(count: int, tags: Iterator[str]) -> TargetError:
    listed = ", ".join(dict.fromkeys(tags))
    named = f" ({listed})" if listed else ""
    return TargetError(f"holds {count} images{named}; save the one that you mean alone")
