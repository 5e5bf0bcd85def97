"""A docker archive for Trivy, made of an image that it cannot read as it is, or that it would read with a blind eye.

https://github.com/moby/docker-image-spec/blob/main/v1.2.md#combined-image-json--filesystem-changeset-format
"""

import io
import os
import tarfile
from collections.abc import Mapping
from hashlib import sha256
from typing import IO, Any

from scanguard.image.nodes import ByteStream, Image, ImageSource
from scanguard.model.errors import TargetError
from scanguard.trivy.base_guess import without_guess

_BLOCK = 1 << 20


def write_archive(source: ImageSource, path: str) -> None:
    """Write the image as a docker archive, its layers as they are, its history without a CMD that misleads Trivy.

    Of the configuration only what Trivy needs to read layers is in it: no environment, no labels. Raises TargetError
    where the image cannot be read or the archive not be written.
    """
    image = source.image
    names = [_name(diff_id) for diff_id in image.diff_ids]
    manifest = [{"Config": "config.json", "RepoTags": None, "Layers": names}]
    missing = set(image.diff_ids)
    try:
        with open(path, "wb") as file:
            _add(file, "manifest.json", manifest)
            _add(file, "config.json", _configuration(image))
            for diff_id, layer in source.layers():
                if _add_layer(file, _name(diff_id), layer) != diff_id:
                    raise TargetError(
                        "a layer of the image is not the one that its configuration names: write it again"
                    )
                missing.discard(diff_id)
            file.write(bytes(2 * tarfile.BLOCKSIZE))
    except OSError as error:
        message = (
            f"a copy of the image for Trivy cannot be written: {error.strerror or error}; free space, or set TMPDIR"
        )
        raise TargetError(message) from error
    if missing:
        raise TargetError(f"{len(missing)} of the image's layers are not in it")


def _name(diff_id: str) -> str:
    return f"{diff_id.replace(':', '-')}.tar"


def _configuration(image: Image) -> Mapping[str, Any]:
    system, _, architecture = image.platform.partition("/")
    history = [
        {"created_by": entry.created_by, **({"empty_layer": True} if entry.empty else {})}
        for entry in without_guess(image.history)
    ]
    return {
        "os": system or "linux",
        "architecture": architecture.partition("/")[0] or "amd64",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": list(image.diff_ids)},
        "history": history,
    }


def _add(file: IO[bytes], name: str, value: object) -> None:
    import json

    _add_layer(file, name, io.BytesIO(json.dumps(value).encode()))


def _add_layer(file: IO[bytes], name: str, content: ByteStream) -> str:
    """Add a member whose size is known only after it was written; its header is put in then. Returns its digest."""
    state = sha256()
    start = file.tell()
    file.write(bytes(tarfile.BLOCKSIZE))
    size = 0
    while block := content.read(_BLOCK):
        file.write(block)
        state.update(block)
        size += len(block)
    file.write(bytes(-size % tarfile.BLOCKSIZE))
    member = tarfile.TarInfo(name)
    member.size = size
    file.seek(start)
    file.write(member.tobuf(tarfile.GNU_FORMAT))
    file.seek(0, os.SEEK_END)
    return f"sha256:{state.hexdigest()}"
