"""What a run says as a whole, and the verdict that follows from it."""

from enum import IntEnum

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


class ScannedFile(NamedTuple):
    """A file that was read: its text for code frames and snippets, and the spans in it that hold secrets.

    `sha256` is the hexadecimal digest of the bytes, empty where no report asked for it.
    """

    source: Source
    secrets: tuple[Span, ...] = ()
    sha256: str = ""


class Report(NamedTuple):
    """All that reporters may show. Findings are sorted by file, place and rule; suppressed ones are marked, not left out."""

    version: str
    findings: tuple[Finding, ...]
    notifications: tuple[Notification, ...]
    rules: tuple[Rule, ...]
    files: tuple[ScannedFile, ...]
    fail_on: Severity | None
    policy: str = "default"
    exit_zero: bool = False

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
