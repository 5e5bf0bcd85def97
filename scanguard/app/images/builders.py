"""The images of builder stages (`--builder`): each read once for all images of a run, and open until it ends."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from threading import Lock
from typing import TYPE_CHECKING

from scanguard.app.images.loading import load_image
from scanguard.app.images.options import ImageOptions
from scanguard.build.model import Build
from scanguard.image.contents import hashes
from scanguard.image.nodes import ImageSource
from scanguard.model.errors import TargetError
from scanguard.registry import Registry

if TYPE_CHECKING:
    from scanguard.blame.follow import BuilderImage


class BuilderImages:
    """As a context it closes the images that it opened."""

    def __init__(self, registry: Registry, options: ImageOptions) -> None:
        self._registry, self._options = registry, options
        self._lock = Lock()
        self._open = ExitStack()
        self._images: dict[str, BuilderImage] = {}

    def __enter__(self) -> "BuilderImages":
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def demand_stages(self, build: Build | None) -> None:
        """Raise TargetError where `--builder` names a stage that the only Dockerfile does not have."""
        known = set() if build is None else {name for stage in build.stages for name in (stage.name, str(stage.index))}
        for stage in self._options.builders if len(self._options.targets) == 1 else ():
            if stage not in known:
                raise TargetError(f"--builder: there is no stage '{stage}' in the Dockerfile of the image")

    def images(self) -> "Mapping[str, BuilderImage]":
        """The images by the stage's name. Raises TargetError where one cannot be read."""
        from scanguard.blame.follow import BuilderImage

        settings = self._options.trivy
        with self._lock:
            for stage, reference in self._options.builders.items():
                if stage not in self._images:
                    opened = closing(load_image(self._registry, reference, settings=settings))
                    source = self._open.enter_context(opened)
                    self._images[stage] = BuilderImage(source.image, source.contents(), _hashes(source))
        return self._images


def _hashes(source: ImageSource) -> Callable[[int, str], tuple[int, str] | None]:
    """Size and SHA-256 of single files of an image; each question reads the image."""
    return lambda layer, path: hashes(source, {layer: frozenset((path,))}).get((layer, path))
