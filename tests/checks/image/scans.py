"""Images to check, made by the tests' own builder and read by the readers of images."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from scanguard.blame.align import align
from scanguard.image.configuration import read_image
from scanguard.image.contents import WANTED, read_contents
from scanguard.image.nodes import Kind, LayerContents
from scanguard.image.problems import ImageProblem
from scanguard.plugin import Check, ImageScan
from tests.build.builds import build
from tests.images import Layer, Recipe, configuration, encoded, entry, layer_tars

DEBIAN = {
    "etc/os-release": b"ID=debian\n",
    "etc/passwd": b"root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n",
    "etc/shadow": b"root:*:19700:0:99999:7:::\ndaemon:*:19700:0:99999:7:::\n",
    "etc/group": b"root:x:0:\ndaemon:x:1:\nshadow:x:42:\n",
}


def dpkg(*names: str, extra: str = "") -> dict[str, bytes]:
    """dpkg's database with these packages installed."""
    blocks = (f"Package: {name}\nStatus: install ok installed\nVersion: 1.0\n" for name in names)
    return {"var/lib/dpkg/status": ("\n".join(blocks) + ("\n" + extra if extra else "")).encode()}


def apk(*names: str) -> dict[str, bytes]:
    """apk's database with these packages installed."""
    return {"lib/apk/db/installed": "\n".join(f"P:{name}\nV:1.0-r0\nF:usr\n" for name in names).encode()}


def scan(
    *layers: Layer,
    base: int | None = 1,
    history: tuple[str, ...] = (),
    dockerfile: str = "",
    tags: tuple[str, ...] = ("example/app:1",),
    kind: str = "docker",
    platform: str = "linux/amd64",
    wanted: frozenset[str] = WANTED,
    **config: Any,
) -> ImageScan:
    """An image as checks see it.

    `history` has a line for each layer; one that begins with `-` made none. With a `dockerfile` blame is what its alignment
    with the history says, and the base's layers too.
    """
    recipe = Recipe(layers, _entries(history) if history else None, config, platform, tags)
    image = read_image(
        encoded(configuration(recipe)), reference=tags[0] if tags else "", name="example/app", kind=kind, tags=tags
    )
    tars = dict(zip(image.diff_ids, layer_tars(recipe), strict=True))
    contents = read_contents(image.diff_ids, ((name, BytesIO(tar)) for name, tar in tars.items()), wanted)
    if not dockerfile:
        return ImageScan(image, contents, None, None, None, base)
    built = build(dockerfile)
    blame = align(image, built)
    return ImageScan(image, contents, None, built, blame, blame.base_layers)


def _entries(history: tuple[str, ...]) -> list[dict[str, Any]]:
    """BuildKit leaves its name in the comment of all that it writes; the lowest entry is somebody else's."""
    comment = "buildkit.dockerfile.v0" if any("# buildkit" in line for line in history) else ""
    return [
        entry(line.removeprefix("-"), empty=line.startswith("-"), comment=comment if at else "")
        for at, line in enumerate(history)
    ]


def sized(looked: ImageScan, sizes: Mapping[str, int]) -> ImageScan:
    """The same image with larger files: nobody writes a gigabyte to test a sum."""
    contents = []
    for layer in looked.contents:
        entries = tuple(
            one._replace(size=sizes.get(one.path, one.size) if one.kind is Kind.FILE else 0) for one in layer.entries
        )
        grown = sum(one.size for one in entries) - sum(one.size for one in layer.entries)
        contents.append(LayerContents(layer.diff_id, layer.size + grown, entries, layer.texts))
    return looked._replace(contents=tuple(contents))


def problems(
    check: Check, looked: ImageScan, **options: bool | int | str | tuple[str, ...]
) -> tuple[ImageProblem, ...]:
    """What a check says of an image; options are the rule's own unless given, `_` in their names is `-`."""
    values = {option.name: option.default for option in check.rule.options}
    given = {name.replace("_", "-"): value for name, value in options.items()}
    assert given.keys() <= values.keys()
    return tuple(check.run(looked, values | given))
