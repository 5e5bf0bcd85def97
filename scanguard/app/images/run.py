"""Images: loaded, scanned, blamed and checked, several at once; the way from a target to its findings."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from threading import Event
from typing import TYPE_CHECKING

from scanguard.app.images.builders import BuilderImages
from scanguard.app.images.loading import load_image
from scanguard.app.images.marks import Marked, acceptances, mark_inline
from scanguard.app.images.options import ImageOptions
from scanguard.app.images.results import CheckedImage, CheckedImages
from scanguard.app.images.scanner import Scanner
from scanguard.app.images.targets import Wanted
from scanguard.app.request import Request
from scanguard.build.model import Build
from scanguard.engine.image import Found, Home, exclude_base, problems, stamped
from scanguard.engine.refute import is_refutation
from scanguard.engine.setting import Setting, describe
from scanguard.image.contents import hashes
from scanguard.image.inventory import Inventory
from scanguard.image.nodes import Image, ImageSource, LayerContents
from scanguard.model.errors import ConfigurationError, TargetError
from scanguard.model.finding import Finding
from scanguard.model.report import Notification, ScannedFile, ScannedImage
from scanguard.plugin import ImageScan
from scanguard.policy.model import ImageTarget, Policy
from scanguard.threads import Aside, Each, interruptible

if TYPE_CHECKING:
    from scanguard.app.session import Session
    from scanguard.blame.nodes import Blame

_AT_ONCE = 4


class ImageRun:
    """The images of one policy in one run."""

    def __init__(self, session: "Session", settings: Sequence[Setting], policy: Policy, request: Request) -> None:
        self.session = session
        self.options = request.images or ImageOptions()
        self.settings = [one for one in settings if self.options.scan or "inventory" not in one.check.needs]
        self.policy = policy
        self.request = request
        self.accepted = acceptances(policy, self.options.vex, session.environment.today)
        self.needs = frozenset[str]().union(*(setting.check.needs for setting in self.settings))
        self.stop = Event()
        self.scanner = Scanner(policy, self.options, self.needs, session.environment, self.stop)
        self.builders = BuilderImages(session.registry, self.options)

    def check(self, wanted: Sequence[Wanted]) -> CheckedImages:
        """What all images gave, in the order asked for. What fails is a notification of level `error`."""
        with (
            interruptible(),
            self.builders,
            self.scanner,
            Each(self._contained, wanted, _AT_ONCE) as images,
        ):
            try:
                checked, told = images.results(), self.scanner.told()
            except BaseException:
                self.stop.set()
                raise
        scanned = [(one.inventory, one.findings) for one in checked if one.inventory is not None]
        exceptions = self.accepted.told(scanned, every=len(scanned) == len(wanted))
        return CheckedImages(checked, (*told, *exceptions), tuple(self.accepted.settled(scanned)))

    def _contained(self, wanted: Wanted) -> CheckedImage:
        """One image inside its error boundary."""
        home = _home(wanted)
        try:
            return self._one(wanted, home)
        except ConfigurationError:
            raise
        except TargetError as error:
            return CheckedImage((), (), (_failed(error, wanted.target),))
        except Exception as error:
            message = f"The image {wanted.target.image} could not be checked: {describe(error)}."
            return CheckedImage((), (), (Notification("error", message, home.file),))

    def _one(self, wanted: Wanted, home: Home) -> CheckedImage:
        target = wanted.target
        if wanted.error is not None:
            raise wanted.error
        with closing(self._loaded(target)) as source:
            build, blame, forgotten = self._blamed(source.image, wanted)
            base_layers = None if blame is None else blame.base_layers
            # Trivy is another process: we read and check the layers meanwhile.
            with Aside(lambda: self.scanner.inventory(source, blame, home)) as scanned:
                looked = ImageScan(source.image, self._contents(source, target), None, build, blame, base_layers)
                own, told = problems(looked, self._possible(None), home)
                inventory, notifications = scanned.result()
            looked = looked._replace(inventory=inventory)
            scanners, failed = problems(looked, self._with_inventory(inventory), home)
            findings = stamped(looked, (*own, *scanners), home, lambda paths: hashes(source, paths))
        marked = self._marked(self._fair(findings, build), looked)
        told = (*notifications, *forgotten, *_untold(looked, (*own, *scanners), home), *told, *failed, *marked.refused)
        files = () if build is None else (_file(build),)
        image, ran = _summary(looked, target, home), self._ran(inventory)
        return CheckedImage((image,), marked.findings, told, files, inventory, ran, marked.unused)

    def _loaded(self, target: ImageTarget) -> ImageSource:
        options = self.options
        with options.during(f"Reading {target.image}"):
            return load_image(
                self.session.registry, target.image, target.platform, pull=options.pull, settings=options.trivy
            )

    def _contents(self, source: ImageSource, target: ImageTarget) -> tuple[LayerContents, ...]:
        """What the layers hold, where a check asks for it."""
        with self.options.during(f"Reading {target.image}"):
            return source.contents() if "layers" in self.needs else ()

    def _blamed(self, image: Image, wanted: Wanted) -> "tuple[Build | None, Blame | None, tuple[Notification, ...]]":
        """The evaluated Dockerfile of an image laid beside it; nothing where there is none, or, which is told, another's."""
        if wanted.dockerfile is None:
            self.builders.demand_stages(None)
            return None, None, ()
        from scanguard.app.images.dockerfile import built
        from scanguard.blame.align import align

        build = built(self.session, wanted.dockerfile, wanted.target.target, self.policy, self.request)
        self.builders.demand_stages(build)
        blame = align(image, build, self.builders.images())
        if not (wanted.guessed and blame.reason):
            return build, blame, ()
        return None, None, (_lineless(blame.reason, image, wanted.dockerfile.uri),)

    def _fair(self, findings: tuple[Finding, ...], build: Build | None) -> tuple[Finding, ...]:
        """The findings without what refutes the Dockerfile, where that is checked for another stage than the image's."""
        if build is None or not any(map(is_refutation, findings)):
            return findings
        from scanguard.app.images.dockerfile import is_checked

        if is_checked(self.session, build, self.policy, self.request):
            return findings
        return tuple(one for one in findings if not is_refutation(one))

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


def _failed(error: TargetError, target: ImageTarget) -> Notification:
    """Why an image was not checked: at the file that is wrong, else at the policy that names the image, else by its name."""
    if not target.uri or error.uri not in ("", target.image):
        return Notification("error", error.message, error.uri or target.image, error.region)
    message = f"The image {target.image} could not be checked: {error.message}"
    return Notification("error", message, target.uri, target.region)


def _file(build: Build) -> ScannedFile:
    """The Dockerfile of an image, which is not checked itself."""
    from scanguard.build.secrets import secret_spans

    return ScannedFile(build.dockerfile.source, secret_spans(build), checked=False)


def _home(wanted: Wanted) -> Home:
    """Where findings without a line go: the Dockerfile, the policy's entry, or the place where a Dockerfile would be."""
    target = wanted.target
    if wanted.dockerfile is not None and not wanted.guessed:
        return Home(wanted.dockerfile.uri)
    if target.uri and target.region is not None:
        return Home(target.uri, target.region)
    return Home("Dockerfile", exists=False)


def _untold(scan: ImageScan, found: Sequence[Found], home: Home) -> Iterator[Notification]:
    """Why no line of the Dockerfile is known for what the image has, unless a finding says so."""
    reason = scan.blame.reason if scan.blame is not None else ""
    if reason and all(problem.message != reason for _, problem in found):
        yield _lineless(reason, scan.image, home.file)


def _lineless(reason: str, image: Image, file: str) -> Notification:
    return Notification("note", f"{reason} No finding of {image.name} can be put on a line of the Dockerfile.", file)


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
