"""The verdict of a run: docs/exit-codes.md."""

import pytest

from scanguard.model.finding import Finding, Suppression
from scanguard.model.location import Region, Span
from scanguard.model.report import ExitCode, Notification, Report
from scanguard.model.rule import Confidence, Rule, Severity

RULE = Rule("SGD999", "example-rule", "hygiene", Severity.HIGH, "An example.", "An example.")
ACCEPTED = (Suppression("inline", "known"),)
ERROR, WARNING, NOTE = (Notification(level, "Something.") for level in ("error", "warning", "note"))


def finding(severity: Severity, suppressions: tuple[Suppression, ...] = ()) -> Finding:
    place = (Region(1, 1, 1, 5), "", (), (), Span(0, 4), "FROM a")
    return Finding(RULE, severity, Confidence.HIGH, "A fact.", "Dockerfile", *place, suppressions=suppressions)


def report(
    findings: tuple[Finding, ...] = (),
    notifications: tuple[Notification, ...] = (),
    fail_on: Severity | None = Severity.MEDIUM,
    exit_zero: bool = False,
) -> Report:
    return Report("1", findings, notifications, (RULE,), (), fail_on, exit_zero=exit_zero)


@pytest.mark.parametrize(
    ("findings", "notifications", "fail_on", "verdict"),
    [
        ((), (), Severity.MEDIUM, ExitCode.OK),
        ((finding(Severity.LOW),), (), Severity.MEDIUM, ExitCode.OK),
        ((finding(Severity.MEDIUM),), (), Severity.MEDIUM, ExitCode.GATE_FAILED),
        ((finding(Severity.CRITICAL),), (), Severity.MEDIUM, ExitCode.GATE_FAILED),
        ((finding(Severity.NOTE),), (), Severity.NOTE, ExitCode.GATE_FAILED),
        ((finding(Severity.CRITICAL),), (), None, ExitCode.OK),
        ((finding(Severity.CRITICAL, ACCEPTED),), (), Severity.NOTE, ExitCode.OK),
        ((finding(Severity.CRITICAL, ACCEPTED), finding(Severity.LOW)), (), Severity.LOW, ExitCode.GATE_FAILED),
        ((), (WARNING, NOTE), Severity.NOTE, ExitCode.OK),
        ((), (ERROR,), None, ExitCode.INCOMPLETE),
        ((finding(Severity.CRITICAL),), (NOTE, ERROR), Severity.LOW, ExitCode.INCOMPLETE),
    ],
)
def test_verdict(
    findings: tuple[Finding, ...],
    notifications: tuple[Notification, ...],
    fail_on: Severity | None,
    verdict: ExitCode,
) -> None:
    plain = report(findings, notifications, fail_on)
    assert (plain.verdict, plain.exit_code) == (verdict, verdict)
    forced = report(findings, notifications, fail_on, exit_zero=True)
    assert (forced.verdict, forced.exit_code) == (verdict, ExitCode.OK)


def test_exit_codes_are_those_of_the_documentation() -> None:
    assert {code.name: int(code) for code in ExitCode} == {
        "OK": 0,
        "GATE_FAILED": 1,
        "CONFIGURATION": 2,
        "INCOMPLETE": 3,
    }


def test_suppressed_findings_are_not_active() -> None:
    kept, accepted = finding(Severity.LOW), finding(Severity.HIGH, ACCEPTED)
    assert report((accepted, kept)).active == (kept,)
