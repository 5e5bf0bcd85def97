"""One report as the runs of a log: the Dockerfiles in one, each image in one of its own.

GitHub keeps the alerts of a category until an upload of that category lacks them: an image's category is stable over its
tags, and files that were not checked get no run that would close their alerts. Neither GitHub nor GitLab takes more than
twenty runs (https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning).
"""

from scanguard.model.report import Report, ScannedImage

DOCKERFILES = "scanguard/dockerfile"
_IMAGES = "scanguard"
_MOST = 20


def runs(report: Report, category: str | None) -> list[tuple[Report, str]]:
    """The parts of a report with their categories; `category` is the user's, None for the default, empty for none."""
    by_name: dict[str, list[ScannedImage]] = {}
    for image in report.images:
        by_name.setdefault(image.name, []).append(image)
    own = DOCKERFILES if category is None else category
    above = (category or _IMAGES).rstrip("/")
    if not by_name:
        return [(report, own if _has_files(report) or not _sought(report) else f"{above}/images")]
    found = [(_of_files(report), own)] if _has_files(report) else []
    if len(found) + len(by_name) > _MOST:
        return [*found, (_of_images(report, list(report.images)), f"{above}/images")]
    found.extend((_of_images(report, images), f"{above}/image/{name}") for name, images in sorted(by_name.items()))
    if not _has_files(report):
        first, name = found[0]
        found[0] = (first._replace(notifications=report.notifications), name)
    return found


def _has_files(report: Report) -> bool:
    """Whether Dockerfiles were checked, not only read to blame them for what is in images."""
    blamed = {image.uri for image in report.images}
    return (
        any(file.checked for file in report.files)
        or any(not finding.image for finding in report.findings)
        or any(file.uri not in blamed for file in report.elsewhere)
    )


def _sought(report: Report) -> bool:
    """Whether images were to be checked."""
    return any(rule.subject == "image" for rule in report.rules)


def _of_files(report: Report) -> Report:
    return report._replace(
        findings=tuple(one for one in report.findings if not one.image),
        rules=tuple(rule for rule in report.rules if rule.subject != "image"),
        images=(),
    )


def _of_images(report: Report, images: list[ScannedImage]) -> Report:
    names = {image.name for image in images}
    findings = tuple(one for one in report.findings if one.image in names)
    uris = {image.uri for image in images} | {one.uri for one in findings}
    return report._replace(
        findings=findings,
        notifications=(),
        rules=tuple(rule for rule in report.rules if rule.subject == "image"),
        files=tuple(file for file in report.files if file.source.uri in uris),
        elsewhere=tuple(file for file in report.elsewhere if file.uri in uris),
        images=tuple(images),
    )
