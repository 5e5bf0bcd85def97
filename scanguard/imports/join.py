"""Reports as one: the order in which they come and how often one comes make no difference."""

from collections.abc import Iterable, Mapping

from scanguard.imports.also import said, told
from scanguard.model.errors import ConfigurationError
from scanguard.model.finding import Finding, order
from scanguard.model.fingerprint import fingerprint
from scanguard.model.report import Excerpt, Notification, ReadFile, Report, Shards, ordered
from scanguard.model.rule import Rule, Severity

_AND = " + "
EMPTY = Report("", (), (), (), (), None, "")
"""Joined with any report it changes nothing."""


def joined(reports: Iterable[Report]) -> Report:
    """All that the reports say, each thing once; no notification is dropped yet: see `finished`.

    The gate is the strictest of theirs. A finding that several reports have counts where one of them counts it, with the
    highest severity. Associative, commutative and idempotent. Raises ConfigurationError where parts of runs of different
    numbers of parts come together.
    """
    many = tuple(reports)
    rules = _rules(many)
    limits = [report.fail_on for report in many if report.fail_on is not None]
    return Report(
        max((report.version for report in many), key=_version, default=""),
        _findings([finding for report in many for finding in report.findings], rules),
        ordered(one for report in many for one in report.notifications),
        tuple(rules[rule_id] for rule_id in sorted(rules)),
        (),
        min(limits) if limits else None,
        _names(report.policy for report in many),
        shards=_shards([report.shards for report in many if report.shards is not None]),
        elsewhere=_files(file for report in many for file in report.read),
        excerpts=_excerpts(one for report in many for one in report.excerpts),
        omitted=tuple(sorted({one for report in many for one in report.omitted})),
        baseline=_names(report.baseline for report in many),
        images=tuple(sorted({image for report in many for image in report.images})),
    )


def finished(report: Report, version: str) -> Report:
    """A joined report as it is shown: what one part of a run settles is settled, and a part that is missing is told."""
    shards = report.shards
    if not report.policy:
        report = report._replace(policy="default", fail_on=Severity.MEDIUM)
    report = report._replace(version=report.version or version)
    if shards is None:
        return report
    kept = [one for one in report.notifications if one not in shards.settled]
    whole = len(shards.present) == shards.total
    return report._replace(
        notifications=ordered([*kept, *missing(shards)]), shards=None if whole else shards, omitted=_sum(report, whole)
    )


def _sum(report: Report, whole: bool) -> tuple[tuple[str, int], ...]:
    total = sum(number for _, number in report.omitted)
    return (("", total),) if whole and total else report.omitted


def missing(shards: Shards | None) -> tuple[Notification, ...]:
    """What to say of the parts of a run that are not there."""
    if shards is None:
        return ()
    return tuple(
        Notification("error", f"Part {part} of {shards.total} of the run is missing: its files were not looked at.")
        for part in range(1, shards.total + 1)
        if part not in shards.present
    )


def _rules(reports: Iterable[Report]) -> Mapping[str, Rule]:
    """One rule for each id: the one of which the most is known."""
    found: dict[str, Rule] = {}
    for report in reports:
        for rule in (*report.rules, *(finding.rule for finding in report.findings)):
            known = found.get(rule.id)
            if known is None or _knowledge(rule) > _knowledge(known):
                found[rule.id] = rule
    return found


def _knowledge(rule: Rule) -> tuple[object, ...]:
    return (len(rule.help), len(rule.summary), repr(rule))


def _findings(findings: Iterable[Finding], rules: Mapping[str, Rule]) -> tuple[Finding, ...]:
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        finding = finding._replace(rule=rules[finding.rule.id])
        identity = (finding.rule.id, finding.uri, finding.region, finding.image, fingerprint(finding))
        groups.setdefault(identity, []).append(finding)
    return tuple(sorted((_one(group) for group in groups.values()), key=_order))


def _order(finding: Finding) -> tuple[object, ...]:
    return (order(finding), fingerprint(finding))


def _one(group: list[Finding]) -> Finding:
    """Equal findings as one."""
    first = group[0]
    if len(group) == 1 or all(finding == first for finding in group):
        return first
    chosen = min(group, key=lambda one: repr(told(one._replace(severity=Severity.NOTE, suppressions=()), ())))
    active = any(finding.active for finding in group)
    suppressions = () if active else tuple(sorted({mark for finding in group for mark in finding.suppressions}))
    whole = chosen._replace(severity=max(finding.severity for finding in group), suppressions=suppressions)
    return told(whole, {label for finding in group for label in said(finding)})


def _shards(all_shards: list[Shards]) -> Shards | None:
    if not all_shards:
        return None
    totals = sorted({shards.total for shards in all_shards})
    if len(totals) > 1:
        words = " and of ".join(map(str, totals))
        raise ConfigurationError(f"parts of runs in {words} cannot be joined; join the parts of each run first")
    present = sorted({part for shards in all_shards for part in shards.present})
    return Shards(totals[0], tuple(present), ordered(one for shards in all_shards for one in shards.settled))


def _files(files: Iterable[ReadFile]) -> tuple[ReadFile, ...]:
    known: dict[str, str] = {}
    for file in files:
        known[file.uri] = max(file.sha256, known.get(file.uri, ""))
    return tuple(ReadFile(uri, known[uri]) for uri in sorted(known))


def _excerpts(excerpts: Iterable[Excerpt]) -> tuple[Excerpt, ...]:
    """One excerpt of each place; the fields that one lacks are another's."""
    found: dict[tuple[object, ...], Excerpt] = {}
    for one in excerpts:
        known = found.get((one.uri, one.region), one)
        found[one.uri, one.region] = Excerpt(
            one.uri,
            one.region,
            max(known.snippet, one.snippet),
            max(known.lines, one.lines),
            max(known.context, one.context),
            max(known.line_hash, one.line_hash),
        )
    return tuple(found[place] for place in sorted(found))


def _names(names: Iterable[str]) -> str:
    """Different names as one, and one name as it is."""
    return _AND.join(sorted({part for name in names for part in name.split(_AND) if part}))


def _version(text: str) -> tuple[tuple[int, ...], str]:
    numbers = [int(part) for part in text.split(".")[:3] if part.isascii() and part.isdigit() and len(part) < 9]
    return (tuple(numbers), text)
