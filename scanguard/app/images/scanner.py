"""Trivy for the images of one run: made ready aside, once, while the images are read; then asked for each of them."""

import os
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from scanguard.app.images.marks import exploitation
from scanguard.app.images.options import ImageOptions, trivy_settings
from scanguard.app.request import Environment
from scanguard.engine.image import Home
from scanguard.image.inventory import Inventory
from scanguard.image.nodes import Image, ImageSource
from scanguard.model.errors import TargetError
from scanguard.model.report import Notification
from scanguard.policy.model import Policy
from scanguard.sources.repository import repository_root
from scanguard.sources.stamps import settled_stamp
from scanguard.threads import Aside, Stop
from scanguard.trivy.ask import scan
from scanguard.trivy.exploitation import with_exploitation
from scanguard.trivy.prepare import Ready, prepare

if TYPE_CHECKING:
    from scanguard.blame.nodes import Blame


class Scanner:
    """What Trivy says of images. As a context it makes Trivy ready, where one of the `needs` of the checks wants it."""

    def __init__(
        self, policy: Policy, options: ImageOptions, needs: frozenset[str], environment: Environment, stop: Stop
    ) -> None:
        self._policy, self._options, self._needs, self._stop = policy, options, needs, stop
        self._cwd = environment.cwd
        self._exploited = exploitation(policy)

    def __enter__(self) -> "Scanner":
        self._preparing = Aside(self._prepare)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._preparing.__exit__(kind)

    def told(self) -> tuple[Notification, ...]:
        """What is to be said of Trivy and its database, whatever was scanned. Raises what preparing them raised."""
        trivy = self._preparing.result()
        return trivy.notifications if isinstance(trivy, Ready) else ()

    def inventory(
        self, source: ImageSource, blame: "Blame | None", home: Home
    ) -> tuple[Inventory | None, tuple[Notification, ...]]:
        """What Trivy says of an image; where it says nothing, why not."""
        base_layers = None if blame is None else blame.base_layers
        trivy = self._preparing.result()
        if trivy is None:
            return None, ()
        try:
            if isinstance(trivy, TargetError):
                raise trivy
            found = scan(source, trivy, base_layers=base_layers, stop=self._stop, stamp=settled_stamp)
            found = with_exploitation(found, *self._exploited)
            return found, tuple(_unsearched(found, source.image, blame, home))
        except TargetError as error:
            message = f"The image {source.image.name} was not scanned for vulnerabilities: {error.message}."
            return None, (Notification("error", message, error.uri or home.file, error.region),)

    def _prepare(self) -> Ready | TargetError | None:
        """Trivy, ready to scan; why it is not; or None where no check needs it."""
        if "inventory" not in self._needs:
            return None
        settings = trivy_settings(self._options.trivy, self._policy).completed(os.environ)
        settings = settings._replace(secrets="secrets" in self._needs, licences="licences" in self._needs)
        try:
            return prepare(
                settings,
                cwd=self._cwd,
                now=time.time(),
                say=self._options.say,
                during=self._options.during,
                stop=self._stop,
                beside=os.path.dirname(sys.executable),
                repository=repository_root(self._cwd) or "",
            )
        except TargetError as error:
            return error


def _unsearched(inventory: Inventory, image: Image, blame: "Blame | None", home: Home) -> Iterator[Notification]:
    """That secrets of some layers are unknown, where they are."""
    count = inventory.unsearched_layers
    if not count:
        return
    if blame is not None and blame.base_layers is not None:
        base = blame.base or "the base image"
        message = (
            f"Trivy seeks no secrets in base images: check {base} by itself for those that {image.name} has from it."
        )
    else:
        layers = f"{count} of the {len(image.diff_ids)} layers of {image.name}, counted from the bottom,"
        looks = "looks" if count == 1 else "look"
        message = f"{layers} {looks} like a base image's: Trivy sought no secrets there. With the image's Dockerfile this is known."
    yield Notification("note", message, home.file)
