"""What a run says as a whole, and the verdict that follows from it."""

from collections.abc import Iterable
from enum import IntEnum

from scanguard.model.errors import TargetError
from scanguard.model.finding import Finding
from scanguard.model.location import Region, Source, Span
from scanguard.model.record import NamedTuple
from scanguard.model.rule import Rule, Severity


class ExitCode(IntEnum):
    """See docs/exit-codes.md; INCOMPLETE wins over GATE_FAILED."""

    OK = 0
    GATE_FAILED = 1
    CONFIGURATION = 2
    INCOMPLETE = 3


class Notification(NamedTuple):
    """Something that people must know and that is not a finding.

    `level` is `error` (a target or a check gave no answer: the run is incomplete), `warning` or `note`.
    """

    level: str
    message: str
    uri: str = ""
    region: Region | None = None
    rule_id: str = ""


def failure(error: TargetError) -> Notification:
    """What keeps a target from being checked, for the report."""
    return Notification("error", error.message, error.uri, error.region)


_LEVELS = ("error", "warning", "note")


def ordered(notifications: Iterable[Notification]) -> tuple[Notification, ...]:
    """Each notification once: the gravest first, then by file, place, rule and message, wherever they come from."""
    return tuple(sorted(set(notifications), key=_rank))


def _rank(notification: Notification) -> tuple[object, ...]:
    region = notification.region or ()
    return (_LEVELS.index(notification.level), notification.uri, region, notification.rule_id, notification.message)


class ScannedFile(NamedTuple):
    """A file that was read: its text for code frames and snippets, and the spans in it that hold secrets.

    `sha256` is the hexadecimal digest of the bytes, empty where no report asked for it. `checked` is False for a Dockerfile
    that was read only to blame it for what is in an image.
    """

    source: Source
    secrets: tuple[Span, ...] = ()
    sha256: str = ""
    checked: bool = True


class ReadFile(NamedTuple):
    """A file that was read where a report was made that others are joined with; its text is not at hand."""

    uri: str
    sha256: str = ""


class Excerpt(NamedTuple):
    """What such a report shows of a place: its text, whole lines around it (`lines`, first and last), GitHub's line hash.

    Secrets are masked already. Empty texts are not shown.
    """

    uri: str
    region: Region
    snippet: str = ""
    lines: tuple[int, int] = (0, 0)
    context: str = ""
    line_hash: str = ""


class Shards(NamedTuple):
    """Which parts of a run that was split into `total` parts a report has: `present`, sorted, counting from 1.

    `settled` are notifications of which some part knows that they do not hold for the whole: an exception of the policy
    covers no finding here, and one there.
    """

    total: int
    present: tuple[int, ...]
    settled: tuple[Notification, ...] = ()


class ScannedImage(NamedTuple):
    """An image that was checked. `uri` is its Dockerfile, empty for none; `base` the image that it is built FROM.

    `inherited` are the active findings that the base brought, `unknown` those whose line nobody knows, `own` all others.
    """

    name: str
    reference: str
    id: str
    platform: str
    uri: str = ""
    base: str = ""
    inherited: int = 0
    own: int = 0
    unknown: int = 0


class Report(NamedTuple):
    """All that reporters may show. Findings are sorted by file, place and rule; suppressed ones are marked, not left out.

    `shards` is None for a whole run. A report that was joined from others has `elsewhere` in the place of `files`, and
    `excerpts` and `omitted`: how many results each SARIF file (by its shards) had left out. `baseline` is the file that
    says which findings were known before, empty where none was asked for.
    """

    version: str
    findings: tuple[Finding, ...]
    notifications: tuple[Notification, ...]
    rules: tuple[Rule, ...]
    files: tuple[ScannedFile, ...]
    fail_on: Severity | None
    policy: str = "default"
    exit_zero: bool = False
    shards: Shards | None = None
    elsewhere: tuple[ReadFile, ...] = ()
    excerpts: tuple[Excerpt, ...] = ()
    omitted: tuple[tuple[str, int], ...] = ()
    baseline: str = ""
    images: tuple[ScannedImage, ...] = ()

    @property
    def read(self) -> tuple[ReadFile, ...]:
        """The files that were read, sorted by uri."""
        return tuple(sorted((*(ReadFile(file.source.uri, file.sha256) for file in self.files), *self.elsewhere)))

    @property
    def file_count(self) -> int:
        """How many files were read."""
        return len(self.files) + len(self.elsewhere)

    @property
    def active(self) -> tuple[Finding, ...]:
        """Findings that are not suppressed."""
        return tuple(finding for finding in self.findings if finding.active)

    @property
    def complete(self) -> bool:
        """Whether every target and every check gave an answer."""
        return all(notification.level != "error" for notification in self.notifications)

    @property
    def gate_failed(self) -> bool:
        """Whether an active finding is at or above `fail_on`."""
        limit = self.fail_on
        return limit is not None and any(finding.severity >= limit for finding in self.active)

    @property
    def verdict(self) -> ExitCode:
        """The exit code by the rules of docs/exit-codes.md, `--exit-zero` disregarded."""
        if not self.complete:
            return ExitCode.INCOMPLETE
        return ExitCode.GATE_FAILED if self.gate_failed else ExitCode.OK

    @property
    def exit_code(self) -> ExitCode:
        """What the process returns."""
        return ExitCode.OK if self.exit_zero else self.verdict
