"""Reports of several machines and tools as one."""

import os
from collections.abc import Sequence

from scanguard import __version__
from scanguard.app.request import Environment
from scanguard.app.session import Session
from scanguard.engine.confirm import confirmed
from scanguard.engine.refute import REFUTABLE
from scanguard.imports.equivalents import Equivalents
from scanguard.imports.join import EMPTY, finished, joined
from scanguard.imports.once import once
from scanguard.imports.read import read_reports
from scanguard.model.errors import TargetError
from scanguard.model.report import Notification, Report
from scanguard.model.rule import Severity
from scanguard.sources.read import read
from scanguard.sources.repository import printable, repository_root

LIMIT = 100_000_000
"""Bytes of one file: a SARIF file that GitHub takes is smaller."""


def merge(
    paths: Sequence[str],
    session: Session,
    *,
    fail_on: Severity | None = None,
    gate: bool = False,
    exit_zero: bool = False,
) -> Report:
    """What all the files say, as one report; the order of the files makes no difference.

    A file that cannot be taken is a notification of level `error` and the others are joined all the same. `gate` says
    that `fail_on` is to be used in the place of what the reports say. Raises ConfigurationError where the parts of
    different runs come together.
    """
    environment = session.environment
    root = repository_root(os.path.realpath(environment.cwd)) or os.path.realpath(environment.cwd)
    catalogue = {rule.id: rule for rule in session.rules}
    reports = [EMPTY._replace(notifications=tuple(session.registry.notifications))]
    for path in sorted(set(paths)):
        try:
            reports.extend(read_reports(_bytes(path, environment), printable(path), root, catalogue))
        except TargetError as error:
            told = Notification("error", f"{_sentence(error.message)}", printable(path), error.region)
            reports.append(EMPTY._replace(notifications=(told,)))
    every = finished(joined(reports), __version__)
    # What is locked is not known here: no severity is lowered that was not in the run itself.
    whole = once(every._replace(findings=confirmed(every.findings, REFUTABLE)), Equivalents(session.rules))
    return whole._replace(fail_on=fail_on if gate else whole.fail_on, exit_zero=exit_zero)


def _bytes(path: str, environment: Environment) -> bytes:
    return read(path if path == "-" else os.path.join(environment.cwd, path), LIMIT, printable(path))


def _sentence(message: str) -> str:
    return (
        f"The report {message.rstrip('.')}." if not message.startswith("'") else f"In the report {message.rstrip('.')}."
    )


def without_losses(report: Report) -> Report:
    """The report for formats other than SARIF: results that SARIF files had left out are told of."""
    lost = sum(number for _, number in report.omitted)
    if not lost:
        return report
    told = Notification(
        "warning", f"{lost} results had been left out of the SARIF files; join the JSON reports instead."
    )
    return report._replace(notifications=(*report.notifications, told))
