"""A defect that several tools found is shown once: ours wins and names who else says so."""

from collections.abc import Iterable

from scanguard.imports.also import said, told
from scanguard.imports.equivalents import Equivalents
from scanguard.imports.same_image import Images
from scanguard.model.finding import Finding, order
from scanguard.model.report import Report

_BY_SUBJECT = ("vulnerability", "secrets")
_WHOLE_FILE = ("Trivy:DS",)
"""Rules of Trivy put what is wrong with a whole file on its first line."""


def once(report: Report, table: Equivalents) -> Report:
    """The report without findings of other tools that another finding of it stands for.

    A finding of ours stands for another tool's where the table says that its rule means the same and both are in the same
    file and instruction; in an image where both name the same vulnerability and package, or the same kind of secret in one
    file. Among other tools the first by name stands for the rest that begin on the same line and name the same package.
    Nothing is lost: who else says so is a fact of the finding that is shown.
    """
    own = [finding for finding in report.findings if not is_foreign(finding)]
    by_place: dict[tuple[str, str], list[int]] = {}
    for at, finding in enumerate(own):
        for where in (finding.uri, finding.image):
            by_place.setdefault((where, finding.rule.id), []).append(at)
    who: dict[int, set[str]] = {}
    left: dict[tuple[object, ...], list[Finding]] = {}
    images = Images(report.images, own)
    for finding in map(images.placed, filter(is_foreign, report.findings)):
        rules = table.rules(code_of(finding))
        if finding.image and finding.rule.category in _BY_SUBJECT:
            matches = list(images.same(finding, code_of(finding)))
        else:
            matches = [at for rule in rules for at in _matches(finding, rule, by_place, own)]
        for at in matches:
            who.setdefault(at, set()).update(_labels(finding))
        if not matches:
            meaning = tuple(sorted(rules)) if len(rules) == 1 else tuple(sorted(rules - {code_of(finding)}))
            place = (finding.uri, finding.image, finding.region.start_line, _whole_file(finding), finding.key)
            left.setdefault((place, meaning), []).append(finding)
    ours = [told(finding, said(finding) | who[at]) if at in who else finding for at, finding in enumerate(own)]
    kept = [one for group in left.values() for one in _grouped(group)]
    return report._replace(findings=tuple(sorted((*ours, *kept), key=order)))


def is_foreign(finding: Finding) -> bool:
    """Whether it is another tool's: its rule is called `tool:rule`."""
    return ":" in finding.rule.id


def code_of(finding: Finding) -> str:
    """What the other tool calls its rule."""
    return finding.rule.id.partition(":")[2]


def _matches(
    finding: Finding, rule: str, by_place: dict[tuple[str, str], list[int]], own: list[Finding]
) -> Iterable[int]:
    """Our findings of this rule that another tool's finding repeats."""
    if finding.image and (finding.image, rule) in by_place:
        return by_place[finding.image, rule]
    places = by_place.get((finding.uri, rule), [])
    if _whole_file(finding):
        return places
    first, last = finding.region.start_line, finding.region.end_line
    return [at for at in places if not own[at].image and _overlap(own[at], first, last)]


def _whole_file(finding: Finding) -> bool:
    return finding.rule.id.startswith(_WHOLE_FILE) and finding.region[:3] == (1, 1, 1)


def _overlap(finding: Finding, first: int, last: int) -> bool:
    """Whether the lines of the finding's instruction and these have one in common."""
    start, end = finding.region.start_line, finding.region.end_line
    if finding.lines[0]:
        start, end = min(start, finding.lines[0]), max(end, finding.lines[1])
    return start <= last and first <= end


def _grouped(group: list[Finding]) -> list[Finding]:
    """Findings of other tools on one line that mean the same: one of each tool's rule, or one for all of them."""
    labels = {label for finding in group for label in _labels(finding)}
    if len(labels) == 1:
        return _distinct(group)
    chosen = min(group, key=lambda one: (one.rule.id, one.message, one.ordinal))
    region = max(finding.region for finding in group)
    active = any(finding.active for finding in group)
    whole = chosen._replace(
        region=chosen.region._replace(end_line=region.end_line, end_column=region.end_column),
        severity=max(finding.severity for finding in group),
        suppressions=() if active else chosen.suppressions,
    )
    return [told(whole, labels - {_label(chosen)})]


def _distinct(group: list[Finding]) -> list[Finding]:
    """Each finding once: one of an image stands elsewhere before and after the image's Dockerfile is known."""
    found: dict[tuple[object, ...], Finding] = {}
    for at, one in enumerate(sorted(group, key=lambda one: not one.active)):
        found.setdefault((one.rule.id, one.message, one.ordinal) if one.image else (at,), one)
    return list(found.values())


def _label(finding: Finding) -> str:
    return finding.rule.id.replace(":", " ", 1)


def _labels(finding: Finding) -> set[str]:
    """Who says what this finding says: its own tool, and those that it stands for already."""
    return {_label(finding), *said(finding)}
