"""What the command line says of images."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from scanguard.model.record import NamedTuple
from scanguard.policy.model import ImageTarget
from scanguard.trivy.settings import TrivySettings


def silent(_: str) -> None:
    """Say nothing."""


class ImageOptions(NamedTuple):
    """The images to check and how.

    The `dockerfile` of each of the `targets` is a path as it was typed, empty where none was given. `pull` allows to fetch
    images, `exclude_base` marks what their bases brought, `scan` is False where Trivy is not to be run. `of_policy` is
    False where only the `targets` are wanted, not the images that a policy names. `builders` has images
    of stages by the stage's name: files that were copied from them are blamed exactly. `vex` are paths of OpenVEX
    documents. `say` gets a line for people before something takes long.
    """

    targets: tuple[ImageTarget, ...] = ()
    pull: bool = False
    exclude_base: bool = False
    scan: bool = True
    of_policy: bool = True
    trivy: TrivySettings = TrivySettings()
    builders: Mapping[str, str] = MappingProxyType({})
    vex: tuple[str, ...] = ()
    say: Callable[[str], None] = silent
