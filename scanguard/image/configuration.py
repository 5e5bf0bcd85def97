"""From the JSON of an image's configuration to its parts.

https://github.com/opencontainers/image-spec/blob/main/config.md; docker's own fields (Healthcheck, OnBuild, Shell):
https://github.com/moby/docker-image-spec/blob/main/spec.md.
"""

from collections.abc import Mapping
from typing import Any

from scanguard.image.documents import items, member, objects, parse_object, text, texts
from scanguard.image.nodes import Configuration, HistoryEntry, Image
from scanguard.model.errors import TargetError

LARGEST = 8_000_000
_MOST_LAYERS = 1000
_MOST_HISTORY = 10_000


def read_image(
    data: bytes, *, reference: str, name: str, kind: str, digest: str = "", tags: tuple[str, ...] = ()
) -> Image:
    """The image that a configuration describes; the arguments are the fields of `Image` that it does not hold.

    Raises TargetError where the bytes are no configuration of an image.
    """
    import hashlib

    document = parse_object(data, "a configuration")
    diff_ids = texts(member(document, "rootfs"), "diff_ids")
    history = objects(document, "history")
    if len(diff_ids) > _MOST_LAYERS or len(history) > _MOST_HISTORY:
        raise TargetError(f"is a hostile image: {len(diff_ids)} layers, {len(history)} entries of history")
    return Image(
        reference,
        name,
        f"sha256:{hashlib.sha256(data).hexdigest()}",
        digest,
        kind,
        platform_of(document),
        tags,
        read_configuration(member(document, "config"), kind),
        tuple(map(_entry, history)),
        diff_ids,
    )


def platform_of(document: Mapping[str, Any]) -> str:
    """`os/architecture` or `os/architecture/variant` of a configuration or a descriptor's platform; empty without both."""
    system, architecture, variant = (text(document, key) for key in ("os", "architecture", "variant"))
    if not system or not architecture:
        return ""
    return f"{system}/{architecture}/{variant}" if variant else f"{system}/{architecture}"


def read_configuration(config: Mapping[str, Any], kind: str) -> Configuration:
    """What a container starts with; `kind` is the image's format. Raises TargetError where a field is of another type."""
    labels = member(config, "Labels")
    return Configuration(
        text(config, "User"),
        tuple(_pair(variable) for variable in texts(config, "Env")),
        tuple(sorted((name, text(labels, name)) for name in labels)),
        tuple(sorted(_names(config, "Volumes"))),
        tuple(sorted(_names(config, "ExposedPorts"))),
        texts(config, "Entrypoint"),
        texts(config, "Cmd"),
        text(config, "WorkingDir"),
        texts(config, "Shell"),
        texts(config, "OnBuild"),
        _health(config, kind),
    )


def _entry(entry: Mapping[str, Any]) -> HistoryEntry:
    empty = entry.get("empty_layer") is True
    return HistoryEntry(text(entry, "created_by"), empty, text(entry, "comment"), text(entry, "author"))


def _health(config: Mapping[str, Any], kind: str) -> tuple[str, ...] | None:
    """The test of HEALTHCHECK. The OCI format has no place for one, though BuildKit puts it there all the same.

    buildah builds in that format unless told otherwise, whatever the image is saved as afterwards.
    """
    if config.get("Healthcheck") is None:
        return None if kind == "oci" or "io.buildah.version" in member(config, "Labels") else ()
    return texts(member(config, "Healthcheck"), "Test")


def _pair(variable: str) -> tuple[str, str]:
    name, _, value = variable.partition("=")
    return name, value


def _names(config: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """The keys of an object, which old builders wrote as a list."""
    if isinstance(config.get(key), list):
        return tuple(str(one) for one in items(config, key))
    return tuple(member(config, key))
