"""What a request comes to: everything that is found, or only what is new, or only what changed."""

from scanguard.app.request import Request
from scanguard.app.scan import scan_targets
from scanguard.app.session import Session
from scanguard.model.report import Report, ordered


def check_request(session: Session, request: Request) -> Report:
    """Check all targets of a request.

    Raises ConfigurationError where the policy or the command line is wrong; everything else that fails is in the report's
    notifications.
    """
    report = _wanted(session, request)
    return report._replace(notifications=ordered(report.notifications))


def _wanted(session: Session, request: Request) -> Report:
    """The findings that were asked for, notifications in any order."""
    if request.since or request.staged:
        from scanguard.app.changed import check_changed

        return check_changed(session, request)
    if request.baseline:
        from scanguard.app.baseline import check_known

        return check_known(session, request)
    return scan_targets(session, request).report
