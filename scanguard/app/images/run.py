"""Images: loaded, scanned, blamed and checked, several at once; the way from a target to its findings."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from threading import Event, Lock
from typing import TYPE_CHECKING

from scanguard.app.images.loading import load_image
from scanguard.app.images.marks import Marked, acceptances, exploitation, mark_inline
from scanguard.app.images.options import ImageOptions, trivy_settings
from scanguard.app.images.results import CheckedImage, CheckedImages
from scanguard.app.images.targets import Wanted
from scanguard.app.request import Request
from scanguard.build.model import Build
from scanguard.engine.image import Home, exclude_base, problems, stamped
from scanguard.engine.setting import Setting, describe
from scanguard.image.contents import hashes
from scanguard.image.inventory import Inventory
from scanguard.image.nodes import Image, ImageSource
from scanguard.model.errors import ConfigurationError, TargetError
from scanguard.model.finding import Finding
from scanguard.model.report import Notification, ScannedFile, ScannedImage
from scanguard.plugin import ImageScan
from scanguard.policy.model import ImageTarget, Policy
from scanguard.sources.repository import repository_root
from scanguard.sources.stamps import settled_stamp
from scanguard.threads import Aside, Each, interruptible
from scanguard.trivy.ask import scan
from scanguard.trivy.exploitation import with_exploitation
from scanguard.trivy.prepare import Ready, prepare

if TYPE_CHECKING:
    from scanguard.app.session import Session
    from scanguard.blame.follow import BuilderImage
    from scanguard.blame.nodes import Blame

_AT_ONCE = 4


class ImageRun:
    """The images of one policy in one run."""

    def __init__(self, session: "Session", settings: Sequence[Setting], policy: Policy, request: Request) -> None:
        registry = session.registry
        self.session = session
        self.registry = registry
        self.options = request.images or ImageOptions()
        self.settings = [one for one in settings if self.options.scan or "inventory" not in one.check.needs]
        self.policy = policy
        self.request = request
        self.accepted = acceptances(policy, self.options.vex, session.environment.today)
        self.exploited = exploitation(policy)
        self.stop = Event()
        self._lock = Lock()
        self._open = ExitStack()
        self._builder_images: dict[str, BuilderImage] = {}
        self.needs = frozenset[str]().union(*(setting.check.needs for setting in self.settings))

    def check(self, wanted: Sequence[Wanted]) -> CheckedImages:
        """What all images gave, in the order asked for. What fails is a notification of level `error`."""
        with (
            interruptible(),
            self._open,
            Aside(self._trivy) as preparing,
            Each(lambda one: self._contained(one, preparing), wanted, _AT_ONCE) as images,
        ):
            try:
                checked, trivy = images.results(), preparing.result()
            except BaseException:
                self.stop.set()
                raise
        told = trivy.notifications if isinstance(trivy, Ready) else ()
        scanned = [(one.inventory, one.findings) for one in checked if one.inventory is not None]
        exceptions = self.accepted.told(scanned, every=len(scanned) == len(wanted))
        return CheckedImages(checked, (*told, *exceptions), tuple(self.accepted.settled(scanned)))

    def _trivy(self) -> "Ready | TargetError | None":
        """Trivy, ready to scan; why it is not; or None where no check needs it."""
        if "inventory" not in self.needs:
            return None
        settings = trivy_settings(self.options.trivy, self.policy).completed(os.environ)
        settings = settings._replace(secrets="secrets" in self.needs, licences="licences" in self.needs)
        beside, cwd = os.path.dirname(sys.executable), self.session.environment.cwd
        try:
            return prepare(
                settings,
                cwd=cwd,
                now=time.time(),
                say=self.options.say,
                stop=self.stop,
                beside=beside,
                repository=repository_root(cwd) or "",
            )
        except TargetError as error:
            return error

    def _contained(self, wanted: Wanted, trivy: "Aside[Ready | TargetError | None]") -> CheckedImage:
        """One image inside its error boundary."""
        home = _home(wanted)
        try:
            return self._one(wanted, trivy, home)
        except ConfigurationError:
            raise
        except TargetError as error:
            return CheckedImage((), (), (Notification("error", error.message, error.uri or home.uri, error.region),))
        except Exception as error:
            message = f"The image {wanted.target.image} could not be checked: {describe(error)}."
            return CheckedImage((), (), (Notification("error", message, home.uri),))

    def _one(self, wanted: Wanted, trivy: "Aside[Ready | TargetError | None]", home: Home) -> CheckedImage:
        target = wanted.target
        if wanted.error is not None:
            raise wanted.error
        options = self.options
        loaded = load_image(self.registry, target.image, target.platform, pull=options.pull, settings=options.trivy)
        with closing(loaded) as source:
            build, blame = self._blamed(source.image, wanted)
            base_layers = None if blame is None else blame.base_layers
            # Trivy is another process: we read and check the layers meanwhile.
            with Aside(lambda: self._inventory(source, trivy, base_layers, home)) as scanned:
                contents = source.contents() if "layers" in self.needs else ()
                looked = ImageScan(source.image, contents, None, build, blame, base_layers)
                own, told = problems(looked, self._possible(None), home)
                inventory, notifications = scanned.result()
            looked = looked._replace(inventory=inventory)
            scanners, failed = problems(looked, self._with_inventory(inventory), home)
            findings = stamped(looked, (*own, *scanners), home, lambda paths: hashes(source, paths))
        marked = self._marked(findings, looked)
        told = (*notifications, *told, *failed, *marked.refused)
        files = () if build is None else (_file(build),)
        image, ran = _summary(looked, target, home), self._ran(inventory)
        return CheckedImage((image,), marked.findings, told, files, inventory, ran, marked.unused)

    def _blamed(self, image: Image, wanted: Wanted) -> "tuple[Build | None, Blame | None]":
        """The evaluated Dockerfile of an image laid beside it; nothing where there is none, or another's was guessed."""
        if wanted.dockerfile is None:
            self._demand_stages(None)
            return None, None
        from scanguard.app.images.dockerfile import built
        from scanguard.blame.align import align

        build = built(self.session, wanted.dockerfile, wanted.target.target, self.policy, self.request)
        self._demand_stages(build)
        blame = align(image, build, self._builders())
        return (None, None) if wanted.guessed and blame.reason else (build, blame)

    def _demand_stages(self, build: Build | None) -> None:
        """Raise TargetError where `--builder` names a stage that the only Dockerfile does not have."""
        known = set() if build is None else {name for stage in build.stages for name in (stage.name, str(stage.index))}
        for stage in self.options.builders if len(self.options.targets) == 1 else ():
            if stage not in known:
                raise TargetError(f"--builder: there is no stage '{stage}' in the Dockerfile of the image")

    def _builders(self) -> "dict[str, BuilderImage]":
        """The images of builder stages, read once for all images; kept open until the run ends."""
        from scanguard.blame.follow import BuilderImage

        with self._lock:
            for stage, reference in self.options.builders.items():
                if stage not in self._builder_images:
                    source = self._open.enter_context(
                        closing(load_image(self.registry, reference, settings=self.options.trivy))
                    )
                    self._builder_images[stage] = BuilderImage(source.image, source.contents(), _hashes(source))
        return self._builder_images

    def _inventory(
        self, source: ImageSource, preparing: "Aside[Ready | TargetError | None]", base_layers: int | None, home: Home
    ) -> tuple[Inventory | None, tuple[Notification, ...]]:
        """What Trivy says of an image; where it says nothing, why not."""
        trivy = preparing.result()
        if trivy is None:
            return None, ()
        try:
            if isinstance(trivy, TargetError):
                raise trivy
            found = scan(source, trivy, base_layers=base_layers, stop=self.stop, stamp=settled_stamp)
            found = with_exploitation(found, *self.exploited)
            return found, tuple(_unsearched(found, source.image, home))
        except TargetError as error:
            message = f"The image {source.image.name} was not scanned for vulnerabilities: {error.message}."
            return None, (Notification("error", message, error.uri or home.uri, error.region),)

    def _with_inventory(self, inventory: Inventory | None) -> list[Setting]:
        """The checks of what Trivy said, where it said anything."""
        return [one for one in self.settings if inventory is not None and "inventory" in one.check.needs]

    def _possible(self, inventory: Inventory | None) -> list[Setting]:
        """The checks that have what they need."""
        return [one for one in self.settings if inventory is not None or "inventory" not in one.check.needs]

    def _ran(self, inventory: Inventory | None) -> frozenset[str]:
        """The names of the rules that could look at an image."""
        return frozenset(one.check.rule.name for one in self._possible(inventory))

    def _marked(self, findings: tuple[Finding, ...], scan: ImageScan) -> Marked:
        """The findings, those marked that somebody accepted, and the comments without use or refused by a lock."""
        findings = self.accepted.mark(findings, scan.inventory, scan.image)
        if self.options.exclude_base:
            findings = exclude_base(findings)
        if scan.build is None or not self.request.inline:
            return Marked(findings)
        today = self.session.environment.today
        ran, known = self._ran(scan.inventory), scan.inventory
        return mark_inline(findings, scan.build, self.session.rules, ran, today, self.policy, known)


def _unsearched(inventory: Inventory, image: Image, home: Home) -> Iterator[Notification]:
    """That secrets of some layers are unknown, where they are."""
    if inventory.unsearched_layers:
        share = f"{inventory.unsearched_layers} of the {len(image.diff_ids)} layers of {image.name}, counted from the bottom,"
        message = f"{share} look like a base image's: Trivy sought no secrets there. With the image's Dockerfile this is known."
        yield Notification("note", message, home.uri)


def _file(build: Build) -> ScannedFile:
    """The Dockerfile of an image, which is not checked itself."""
    from scanguard.build.secrets import secret_spans

    return ScannedFile(build.dockerfile.source, secret_spans(build), checked=False)


def _hashes(source: ImageSource) -> Callable[[int, str], tuple[int, str] | None]:
    """Size and SHA-256 of single files of an image; each question reads the image."""
    return lambda layer, path: hashes(source, {layer: frozenset((path,))}).get((layer, path))


def _home(wanted: Wanted) -> Home:
    """Where findings without a line go: the Dockerfile, the policy's entry, or the place where a Dockerfile would be."""
    target = wanted.target
    if wanted.dockerfile is not None and not wanted.guessed:
        return Home(wanted.dockerfile.uri)
    if target.uri and target.region is not None:
        return Home(target.uri, target.region)
    return Home("Dockerfile")


def _summary(scan: ImageScan, target: ImageTarget, home: Home) -> ScannedImage:
    """The image for the report, without the numbers of its findings."""
    image, blame = scan.image, scan.blame
    uri = home.uri if scan.build is None else scan.build.dockerfile.source.uri
    return ScannedImage(
        image.name,
        image.reference or target.image,
        image.id,
        image.platform,
        uri,
        "" if blame is None or blame.reason else blame.base,
    )
