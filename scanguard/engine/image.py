"""One image through the checks: each problem gets the line of the Dockerfile that blame names."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from scanguard.blame.nodes import Certainty, Origin
from scanguard.blame.origin import Trails
from scanguard.engine.setting import Setting, describe
from scanguard.image.nodes import Kind, LayerContents
from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.model.errors import TargetError
from scanguard.model.finding import LEFT_OUT, NO_LINE, OR_THIS, SAME_LAYER, Finding, Place
from scanguard.model.location import Region, Source, Span
from scanguard.model.record import NamedTuple
from scanguard.model.report import Notification
from scanguard.model.rule import Confidence, Rule, Severity
from scanguard.plugin import ImageScan

FIRST_LINE = Region(1, 1, 1, 1)
Hashes = Callable[[Mapping[int, frozenset[str]]], Mapping[tuple[int, str], tuple[int, str]]]
"""Size and SHA-256 of files, by layer and path, for paths by layer: `scanguard.image.contents.hashes` of one source."""

Found = tuple[Setting, ImageProblem]
_DOUBTFUL = frozenset({Certainty.CANDIDATES, Certainty.SPAN})


class Home(NamedTuple):
    """Where findings go that no line of a Dockerfile can be blamed for: a file's uri and a place in it.

    Code-scanning UIs demand a file of each finding: one that does not exist (`exists` is False) is named only there.
    """

    uri: str
    region: Region = FIRST_LINE
    exists: bool = True

    @property
    def file(self) -> str:
        """The file's uri, empty where there is none."""
        return self.uri if self.exists else ""


def problems(
    scan: ImageScan, settings: Iterable[Setting], home: Home
) -> tuple[tuple[Found, ...], tuple[Notification, ...]]:
    """What the checks say of one image, and which of them failed. Never raises."""
    notifications: list[Notification] = []
    found = tuple(one for setting in settings for one in _run(setting, scan, home, notifications))
    return found, tuple(notifications)


def stamped(scan: ImageScan, found: Sequence[Found], home: Home, hashes: Hashes | None = None) -> tuple[Finding, ...]:
    """The problems as findings, each on the line of the Dockerfile that blame names.

    With `hashes`, a file that several layers hold is traced to the first one that held the same bytes. Raises TargetError
    where `hashes` does.
    """
    wanted = _held_twice(scan.contents, [problem.place for _, problem in found])
    stamp = ImageStamp(scan, home, hashes(wanted) if wanted and hashes is not None else {})
    return tuple(stamp.finding(setting.check.rule, setting.severity, problem) for setting, problem in found)


def _run(setting: Setting, scan: ImageScan, home: Home, notifications: list[Notification]) -> Iterator[Found]:
    """One check inside its error boundary: what it said before it failed is kept."""
    rule = setting.check.rule
    try:
        for problem in setting.check.run(scan, setting.options):
            if not isinstance(problem, ImageProblem) or not isinstance(problem.place, ImagePlace):
                raise TypeError(type(problem).__name__)
            yield setting, problem
    except TargetError as error:  # the image's fault, told once however many checks meet it
        notifications.append(Notification("error", f"The image {scan.image.name} {error.message}.", home.file))
    except (Exception, SystemExit) as error:
        message = f"Rule {rule.id} ({rule.name}) failed on the image {scan.image.name}: {describe(error)}."
        notifications.append(Notification("error", message, home.file, None, rule.id))


def _held_twice(contents: Sequence[LayerContents], places: Iterable[ImagePlace]) -> dict[int, frozenset[str]]:
    """The files of these places that a lower layer has too, by layer: who changed only their owner is not to blame."""
    last: dict[str, int] = {}
    for place in places:
        if place.path and place.layer is not None and not place.bits:
            last[place.path] = max(place.layer, last.get(place.path, 0))
    if not last:
        return {}
    holders: dict[str, list[int]] = {}
    for number, layer in enumerate(contents):
        for entry in layer.entries:
            if number <= last.get(entry.path, -1) and entry.kind in (Kind.FILE, Kind.HARDLINK):
                holders.setdefault(entry.path, []).append(number)
    wanted: dict[int, set[str]] = {}
    for path, numbers in holders.items():
        for number in numbers if len(numbers) > 1 else ():
            wanted.setdefault(number, set()).add(path)
    return {number: frozenset(paths) for number, paths in wanted.items()}


class ImageStamp:
    """Stamps the problems of one image."""

    def __init__(
        self, scan: ImageScan, home: Home, hashes: Mapping[tuple[int, str], tuple[int, str]] = MappingProxyType({})
    ) -> None:
        self.scan = scan
        self.home = home
        self.hashes = hashes
        self.source: Source | None = scan.build.dockerfile.source if scan.build is not None else None
        self._seen: dict[tuple[str, str], int] = {}
        self._trails: Trails | None = None

    def finding(self, rule: Rule, severity: Severity | None, problem: ImageProblem) -> Finding:
        """The problem as a finding on the line to change.

        A rule that was made for this one problem keeps its own severity, unless the policy gives one to the check's rule.
        """
        made = problem.rule or rule
        grade = made.severity if severity is None or severity is rule.severity else severity
        if problem.severity is not None:
            grade = min(grade, problem.severity)
        origin = self._origin(problem.place)
        region, stage = self._region(origin)
        ordinal = self._seen.get((made.id, problem.key), 0)
        self._seen[made.id, problem.key] = ordinal + 1
        return Finding(
            made,
            grade,
            min(problem.confidence, Confidence.MEDIUM) if self._doubtful(origin, problem) else problem.confidence,
            " ".join(filter(None, (problem.message, self._sentence(origin)))),
            self.source.uri if self.source is not None else self.home.uri,
            region,
            stage,
            tuple(self._related(origin, problem)),
            (),
            origin.spans[0] if origin.spans and self.source is not None else Span(0, 0),
            "",
            problem.key,
            ordinal,
            (),
            self.scan.image.name,
            origin.certainty.value if self.scan.blame is not None else "",
            problem.facts,
        )

    def _doubtful(self, origin: Origin, problem: ImageProblem) -> bool:
        """Whether the line that the finding gets may be a wrong one; what is said of the image as a whole needs none."""
        unknown = (
            origin.certainty is Certainty.UNKNOWN and self.scan.blame is not None and problem.place != ImagePlace()
        )
        return unknown or origin.certainty in _DOUBTFUL

    def _origin(self, place: ImagePlace) -> Origin:
        """What blame says of a place; of a file that several layers hold, of the first one with the same bytes."""
        blame = self.scan.blame
        if blame is None:
            return Origin(Certainty.UNKNOWN)
        if place.missing and not blame.reason:
            return self._lack()
        if place.setting:
            return blame.setting(place.setting, place.key)
        if place.entry is not None:
            return blame.entry(place.entry)
        if place.layer is None:
            return Origin(Certainty.UNKNOWN)
        if not place.path:
            return blame.layer(place.layer)
        if not 0 <= place.layer < len(self.scan.contents):
            return blame.path(place.layer, place.path)
        if self._trails is None:
            self._trails = Trails(self.scan.contents, lambda *file: self.hashes.get(file))
        return self._trails.trace(blame, place.path, place.layer, place.bits)

    def _lack(self) -> Origin:
        """What the stage that ships should say and does not: its line is the one after which everything of it comes."""
        shipped = self.scan.build.shipped if self.scan.build is not None else None
        if shipped is None:
            return Origin(Certainty.UNKNOWN)
        return Origin(Certainty.EXACT, (shipped.lineage[0].from_span,), stage=shipped.index)

    def _region(self, origin: Origin) -> tuple[Region, str]:
        """The place in the Dockerfile (where nothing is known, the image's name after the last FROM) and its stage."""
        build = self.scan.build
        if build is None or self.source is None:
            return self.home.region, ""
        if origin.spans:
            stage = build.stages[origin.stage].name if origin.stage is not None else ""
            return self.source.region(origin.spans[0]), stage
        if build.shipped is None:
            return FIRST_LINE, ""
        return self.source.region(build.shipped.lineage[0].from_span), build.shipped.name

    def _sentence(self, origin: Origin) -> str:
        """What a reader must know of the line: that it is the base's, or that it is not certain, and why."""
        blame = self.scan.blame
        if blame is None:
            return f"Image: {self.scan.image.name}."
        if origin.certainty is Certainty.BASE:
            return f"Inherited from {blame.base}." if blame.base else "Inherited from the base image."
        if origin.certainty is Certainty.CANDIDATES and len(origin.spans) == 1:
            return f"This instruction is the likely cause. {origin.reason}".rstrip()
        if origin.certainty is Certainty.CANDIDATES:
            return "It is one of several instructions that can have brought it."
        if origin.certainty is Certainty.SPAN:
            return "The builder made one layer of several instructions."
        if origin.certainty is Certainty.UNKNOWN:
            return NO_LINE if blame.reason else origin.reason
        return origin.reason if origin.heuristic else ""

    def _related(self, origin: Origin, problem: ImageProblem) -> Iterator[Place]:
        """The other instructions that may be the cause, and those that explain."""
        if self.source is None:
            return
        word = OR_THIS if origin.certainty is Certainty.CANDIDATES else SAME_LAYER
        for span in origin.spans[1:]:
            yield Place(word, self.source.region(span))
        for step in origin.related:
            yield Place(step.message, self.source.region(step.span))
        for message, place in problem.related:
            other = self._origin(place)
            if other.spans:
                yield Place(message, self.source.region(other.spans[0]))


def exclude_base(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, those that the base image brought marked: they are counted and do not fail the gate."""
    return tuple(
        one._replace(suppressions=(*one.suppressions, LEFT_OUT)) if one.origin == Certainty.BASE.value else one
        for one in findings
    )
