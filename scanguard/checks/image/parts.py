"""What the checks of images share: the merged file system, which layers are the user's, and words for sizes and paths."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from scanguard.blame.nodes import Certainty
from scanguard.image.filesystem import FileSystem, Placed, merge
from scanguard.image.nodes import Kind, LayerContents
from scanguard.image.problems import ImagePlace
from scanguard.model.errors import TargetError
from scanguard.plugin import Confidence, ImageScan

MEGABYTE = 1_000_000
_UNITS = (("GB", 1_000_000_000), ("MB", MEGABYTE), ("kB", 1_000))
# Parts of a path that hold what others made: their samples and test keys are no leftovers of this build.
_FOREIGN = frozenset(
    "site-packages dist-packages node_modules bower_components gems testdata fixtures examples example doc docs man".split()
)
_TESTS = frozenset(("test", "tests"))
_FOREIGN_PLACES = (
    "usr/share/",
    "usr/lib/",
    "usr/lib64/",
    "usr/libexec/",
    "usr/local/lib/",
    "usr/local/go/",
    "go/pkg/mod/",
    "root/go/pkg/mod/",
    "opt/conda/",
    "var/lib/dpkg/",
    "proc/",
    "sys/",
)


class _Same:
    """A key for the contents of one image: they hold mappings and have no hash of their own."""

    __slots__ = ("contents",)

    def __init__(self, contents: tuple[LayerContents, ...]) -> None:
        self.contents = contents

    def __hash__(self) -> int:
        return id(self.contents)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.contents is self.contents


@lru_cache(maxsize=4)
def _merged(same: _Same) -> FileSystem | TargetError:
    try:
        return merge(same.contents)
    except TargetError as error:
        return error


def file_system(scan: ImageScan) -> FileSystem:
    """What a container of the image sees. The answers for the last few images are remembered.

    Raises TargetError where `merge` does.
    """
    found = _merged(_Same(scan.contents))
    if isinstance(found, TargetError):
        raise found
    return found


def base_system(scan: ImageScan) -> FileSystem:
    """What a container of the base image would see, as far as `own_from` knows the base."""
    return merge(scan.contents[: own_from(scan)])


def own_from(scan: ImageScan) -> int:
    """The number of the first layer that is not the base's.

    Where nobody knows it, all but the lowest layer are taken for the user's, for that one is a distribution's nearly
    always; whoever builds on this answer lowers the confidence (`sureness`). An image of one layer has no base then.
    """
    if scan.base_layers is not None:
        return scan.base_layers
    return 1 if len(scan.image.diff_ids) > 1 else 0


def sureness(scan: ImageScan) -> Confidence:
    """How sure one can be that something in the layers from `own_from` on is the user's."""
    return Confidence.MEDIUM if scan.base_layers is None else Confidence.HIGH


def own_files(scan: ImageScan) -> Iterator[tuple[str, Placed]]:
    """The files that a container sees and that are not the base's, with their paths, in the order of layers and archives."""
    start, file = own_from(scan), Kind.FILE
    for path, placed in file_system(scan).files.items():
        if placed.layer >= start and placed.entry.kind is file:
            yield path, placed


def duty(scan: ImageScan, setting: str, *, lacking: bool) -> ImagePlace:
    """The place of a setting that every image should make by itself: where it is the base's, the lack is not the base's.

    `lacking` says that the image has none at all: then nobody made it, on no base either.
    """
    if scan.blame is None:
        return ImagePlace(setting=setting)
    origin = scan.blame.setting(setting)
    nobody = origin.certainty is Certainty.UNKNOWN and lacking
    return ImagePlace(setting=setting, missing=nobody or origin.certainty is Certainty.BASE)


def is_foreign(path: str) -> bool:
    """Whether a path belongs to a package, a toolchain or a sample, where files are named like leftovers and are none."""
    return _is_foreign_folder(path[: path.rfind("/") + 1])


@lru_cache(maxsize=16_384)
def _is_foreign_folder(folder: str) -> bool:
    """The same of all files in a directory, which ends with `/`: an image has many more files."""
    if folder.startswith(_FOREIGN_PLACES):
        return True
    parts = folder.split("/")[:-1]
    if not _FOREIGN.isdisjoint(parts):
        return True
    return not _TESTS.isdisjoint(parts[2:] if parts[:1] == ["home"] else parts)


def in_words(size: int) -> str:
    """A number of bytes with the unit that docker uses, of 1000: `512 B`, `1.7 kB`, `120 MB`."""
    for unit, bytes_of in _UNITS:
        if size >= bytes_of:
            shown = f"{size / bytes_of:.1f}" if size < 10 * bytes_of else f"{size / bytes_of:.0f}"
            return f"{shown.removesuffix('.0')} {unit}"
    return f"{size} B"


def listed(names: tuple[str, ...], most: int = 6) -> str:
    """Names in quotes, the first few of them and how many more there are."""
    shown = ", ".join(f"'{name}'" for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def option(options: Mapping[str, object], name: str) -> int:
    """The whole number that an option has, never less than 0."""
    value = options[name]
    return max(0, value) if isinstance(value, int) else 0


def is_windows(scan: ImageScan) -> bool:
    """Whether the image is one of Windows, where users and files are other things."""
    return scan.image.platform.startswith("windows")
