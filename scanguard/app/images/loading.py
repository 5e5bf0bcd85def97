"""Images by their names, with what an earlier run kept of them."""

import os

from scanguard.image.nodes import ImageSource
from scanguard.registry import Registry
from scanguard.sources.image_memory import remembered
from scanguard.trivy.settings import TrivySettings


def load_image(
    registry: Registry, reference: str, platform: str = "", *, pull: bool = False, settings: TrivySettings | None = None
) -> ImageSource:
    """The image that a reference or a path names, for whoever asks to close it again.

    What is read of it is kept in the cache directory of the settings (by default Trivy's). Raises TargetError where there
    is no such image.
    """
    kept = (settings or TrivySettings()).completed(os.environ).kept
    return remembered(registry.load_image(reference, platform, pull), kept)
