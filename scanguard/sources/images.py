"""Images by what a person calls them: a path, or a reference in the docker daemon.

What is meant as a path its form tells; everything else is a reference, so that no file of a repository can take the place of
the image that was meant.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from scanguard.image.configuration import platform_of
from scanguard.image.manifests import Asked, name_of
from scanguard.image.nodes import Image, ImageSource
from scanguard.image.outline import outline
from scanguard.image.platform import fits, normal
from scanguard.image.streams import Blocks, Window
from scanguard.model.errors import TargetError
from scanguard.model.reference import ImageReference, is_path
from scanguard.plugin import hookimpl
from scanguard.sources.image_files import image_in_file
from scanguard.sources.image_saved import SavedImage
from scanguard.sources.image_stream import StreamImage

if TYPE_CHECKING:
    from scanguard.sources.daemon import Daemon

_IDENTIFIER = re.compile(r"(?:sha256:)?[0-9a-f]{12,64}")
_SHORT = 12


@hookimpl
def scanguard_load_image(target: str, platform: str, pull: bool) -> ImageSource | None:
    """The image that a path or a reference names. Raises TargetError where there is none."""
    if not target or target.startswith("-"):
        raise TargetError(f"'{target}' is no image; write a reference such as app:1, or a path such as ./app.tar")
    wanted = normal(platform) if platform else ""
    if is_path(target):
        return image_in_file(os.path.expanduser(target), wanted)
    return image_in_daemon(target, wanted, pull=pull)


def image_in_daemon(target: str, platform: str, *, pull: bool) -> SavedImage:
    """The image of this name or id in the docker daemon; with `pull` it is fetched where it is not there.

    Raises TargetError where the name is none, the daemon has no such image, or cannot be reached.
    """
    from scanguard.sources.daemon import Daemon  # sockets, of which an image in a file needs none

    reference = ImageReference.parse(target)
    wrong = reference.name_error or reference.digest_error
    if wrong and not _IDENTIFIER.fullmatch(target):
        raise TargetError(
            f"'{target}' is no image's name: {wrong}; write it such as registry/app:1, or a path such as ./app.tar"
        )
    daemon = Daemon()
    found = daemon.inspect(target)
    if pull and (found is None or not _fits(found, platform)):
        daemon.pull(reference, platform)
        found = daemon.inspect(target)
    if found is None:
        raise TargetError(_missing(target, daemon.address, pull=pull), target)
    identifier = str(found.get("Id") or target)

    def told(image: Image) -> Image:
        listed = tuple(str(tag) for tag in found.get("RepoTags") or ()) or image.tags
        tags = tuple(sorted(listed, key=lambda tag: tag != target))
        return image._replace(tags=tags, name=_name(target, reference, tags, found))

    asked = Asked(target, reference.familiar, platform)
    stream = StreamImage(
        lambda: _saved(daemon, identifier),
        asked,
        daemon=daemon.address,
        told=told,
        identity=f"{daemon.address}\n{identifier}\n{platform}" if found.get("Id") else "",
        outline=lambda shape: outline(shape, target, reference.familiar, found, daemon.history(identifier)),
    )
    return SavedImage(stream)


@contextmanager
def _saved(daemon: "Daemon", identifier: str) -> Iterator[Window | Blocks]:
    with daemon.saved(identifier) as pieces:
        yield Blocks(pieces)


def _fits(found: Mapping[str, Any], platform: str) -> bool:
    described = {key.lower(): value for key, value in found.items() if key in ("Os", "Architecture", "Variant")}
    return not platform or fits(platform_of(described), platform)


def _missing(target: str, address: str, *, pull: bool) -> str:
    message = f"there is no such image in the docker daemon at {address}"
    if os.path.exists(target):
        return f"{message}; write ./{target} if you mean the file"
    return f"{message}; check its name" if pull else f"{message}; build it, or fetch it with --pull"


def _name(target: str, reference: ImageReference, tags: tuple[str, ...], found: Mapping[str, Any]) -> str:
    """The repository that was asked for; for an id that of the image's first tag or digest, else the id, short."""
    digests = tuple(str(digest) for digest in found.get("RepoDigests") or ())
    known = {ImageReference.parse(one).familiar for one in (*tags, *digests)}
    if not _IDENTIFIER.fullmatch(target) or reference.familiar in known:
        return reference.familiar
    return name_of(tags or digests, target.removeprefix("sha256:")[:_SHORT])
