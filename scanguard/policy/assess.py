"""From a run to what it says of each control. A rule that did not run, and a run that is incomplete, are never a pass."""

from collections.abc import Mapping

from scanguard.model.compliance import ComplianceReport, ControlResult, RuleEvidence
from scanguard.model.finding import Finding
from scanguard.model.record import NamedTuple
from scanguard.model.report import Notification, Report
from scanguard.policy.controls import Control, Standard

_DOUBTED = frozenset(("user", "pinning", "build-tools", "supply-chain"))
"""Categories whose rules say nothing where the build cannot be known; `Build.unknowns` says where that is."""


class Run(NamedTuple):
    """What was run: the report, for each file the names of the rules that ran on it, and of each rule what it looks at.

    `subjects` maps names of rules to `dockerfile` or `image`.
    """

    report: Report
    ran: Mapping[str, frozenset[str]]
    subjects: Mapping[str, str]


def assess(standard: Standard, run: Run) -> ComplianceReport:
    """What a run says of a standard."""
    report = run.report
    errors = [one for one in report.notifications if one.level == "error"]
    return ComplianceReport(
        standard.key,
        standard.title,
        standard.version,
        standard.url,
        report.version,
        report.policy,
        tuple(file.source.uri for file in report.files),
        tuple(image.name for image in report.images),
        tuple(_result(control, run, errors) for control in standard.controls),
        tuple(map(_told, errors)),
    )


def _told(error: Notification) -> str:
    return f"{error.uri}: {error.message}" if error.uri else error.message


def _result(control: Control, run: Run, errors: list[Notification]) -> ControlResult:
    mine = [finding for finding in run.report.findings if finding.rule.name in control.rules]
    active = tuple(finding for finding in mine if finding.active)
    accepted = tuple(finding for finding in mine if not finding.active)
    rules = tuple(_evidence(name, run) for name in control.rules)
    status, reasons = _judged(control, run, errors, rules, active, accepted)
    return ControlResult(control.id, control.title, status, control.coverage, reasons, rules, active, accepted)


def _evidence(name: str, run: Run) -> RuleEvidence:
    """On how many targets a rule ran."""
    subject = run.subjects.get(name)
    if subject is None:
        return RuleEvidence(name, "file", 0, "it is not part of this run")
    if subject == "image":
        enabled = any(rule.name == name for rule in run.report.rules)
        count = len(run.report.images) if enabled else 0
        return RuleEvidence(name, "image", count, "" if count else "no image was checked")
    count = sum(name in run.ran.get(file.source.uri, frozenset()) for file in run.report.files)
    return RuleEvidence(name, "file", count, "" if count else "no Dockerfile was checked")


def _judged(
    control: Control,
    run: Run,
    errors: list[Notification],
    rules: tuple[RuleEvidence, ...],
    active: tuple[Finding, ...],
    accepted: tuple[Finding, ...],
) -> tuple[str, tuple[str, ...]]:
    """The status, and why."""
    if control.coverage == "manual":
        return "manual", (control.note or "No rule can see this.",)
    if active:
        return "fail", (f"{_counted(len(active), 'finding')}.",)
    idle = [one for one in rules if not one.targets]
    if not rules:
        return "not covered", ("No rule is about this.",)
    if idle:
        return "not covered", tuple(f"{one.rule} did not run: {one.why}." for one in idle)
    broken = [one for one in errors if not one.rule_id or one.rule_id in _ids(control, run)]
    if broken:
        return "not covered", tuple(f"The run is incomplete: {_told(one)}" for one in broken)
    doubts = [_told(one) for one in _doubts(control, run)]
    if accepted or doubts:
        kept = (
            (f"{_counted(len(accepted), 'finding')} {'is' if len(accepted) == 1 else 'are'} accepted.",)
            if accepted
            else ()
        )
        return "manual", (*kept, *doubts)
    if control.coverage == "partly":
        return "manual", ("Nothing was found. Rules see a part of this only.", *filter(None, (control.note,)))
    return "pass", (f"{_counted(len(rules), 'rule')} found nothing.",)


def _doubts(control: Control, run: Run) -> list[Notification]:
    """What kept the build of a file from being known, where that could hide a finding of this control."""
    categories = {rule.category for rule in run.report.rules if rule.name in control.rules}
    files = {file.source.uri for file in run.report.files}
    if not categories & _DOUBTED:
        return []
    return [one for one in run.report.notifications if one.level != "error" and one.uri in files and not one.rule_id]


def _ids(control: Control, run: Run) -> frozenset[str]:
    return frozenset(rule.id for rule in run.report.rules if rule.name in control.rules)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
