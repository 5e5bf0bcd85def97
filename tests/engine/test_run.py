"""One Dockerfile through the checks; what fails is told, and takes nothing else along."""

from collections.abc import Iterator

from scanguard.build.evaluate import BuildOptions
from scanguard.build.model import Build
from scanguard.engine.rules import SYNTAX_ERROR
from scanguard.engine.run import check_dockerfile
from scanguard.engine.setting import Setting, describe
from scanguard.model.finding import Problem
from scanguard.model.location import Region, Source, Span
from scanguard.model.reference import ImageReference
from scanguard.model.report import ExitCode, Notification, Report
from scanguard.model.rule import Rule, Severity
from scanguard.plugin import Check, Options

TEXT = "FROM debian:12\nENV WORD=confidential\nUSER app\n"


def check(number: int, run: object) -> Check:
    rule = Rule(f"SGX00{number}", f"rule-{number}", "hygiene", Severity.HIGH, "One.", "One.")
    return Check(rule, run)  # type: ignore[arg-type]


def good(build: Build, _: Options) -> Iterator[Problem]:
    yield Problem("First.", build.stages[0].from_span, 0)
    yield Problem("Second.", build.stages[0].steps[2].span, 0)


def late(build: Build, _: Options) -> Iterator[Problem]:
    yield Problem("Before the fall.", build.stages[0].from_span, 0)
    raise ValueError(build.dockerfile.source.text)


def early(build: Build, _: Options) -> Iterator[Problem]:
    raise KeyError(build.dockerfile.source.text)


def forged(build: Build, _: Options) -> Iterator[Problem]:
    yield "no problem"  # type: ignore[misc]


def deep(build: Build, options: Options) -> Iterator[Problem]:
    yield from deep(build, options)


def optional(build: Build, options: Options) -> Iterator[Problem]:
    yield Problem(f"{options['words']} {options['number']}.", Span(0, 4))


def settings(*runs: object) -> list[Setting]:
    return [Setting(check(number, run), None, {}) for number, run in enumerate(runs)]


def test_findings_come_in_the_order_of_the_checks() -> None:
    outcome = check_dockerfile(Source("Dockerfile", TEXT), settings(good, good), BuildOptions())
    assert [(one.rule.id, one.message, one.region.start_line) for one in outcome.findings] == [
        ("SGX000", "First.", 1),
        ("SGX000", "Second.", 3),
        ("SGX001", "First.", 1),
        ("SGX001", "Second.", 3),
    ]
    assert outcome.notifications == ()
    assert outcome.file.source.text == TEXT


def test_a_check_that_fails_is_told_and_the_others_go_on() -> None:
    outcome = check_dockerfile(Source("a/Dockerfile", TEXT), settings(early, late, good), BuildOptions())
    assert [(one.rule.id, one.message) for one in outcome.findings] == [
        ("SGX001", "Before the fall."),
        ("SGX002", "First."),
        ("SGX002", "Second."),
    ]
    places = [f"{__name__}:{run.__code__.co_firstlineno + at}" for run, at in ((early, 1), (late, 2))]
    assert outcome.notifications == (
        Notification("error", f"Rule SGX000 (rule-0) failed: KeyError at {places[0]}.", "a/Dockerfile", None, "SGX000"),
        Notification(
            "error", f"Rule SGX001 (rule-1) failed: ValueError at {places[1]}.", "a/Dockerfile", None, "SGX001"
        ),
    )


def test_no_error_quotes_the_file() -> None:
    outcome = check_dockerfile(Source("Dockerfile", TEXT), settings(early, late, deep, forged), BuildOptions())
    assert len(outcome.notifications) == 4
    assert "confidential" not in repr([one.message for one in outcome.notifications])
    assert [one.level for one in outcome.notifications] == ["error"] * 4


def test_a_failed_check_makes_the_run_incomplete() -> None:
    outcome = check_dockerfile(Source("Dockerfile", TEXT), settings(good, early), BuildOptions())
    report = Report("1", outcome.findings, outcome.notifications, (), (outcome.file,), Severity.LOW)
    assert report.exit_code is ExitCode.INCOMPLETE
    assert len(report.active) == 2


def test_the_policy_chooses_the_severity_and_the_options() -> None:
    chosen = [
        Setting(check(1, optional), Severity.LOW, {"words": ("a", "b"), "number": 3}),
        Setting(check(2, optional), None, {"words": (), "number": 0}),
    ]
    outcome = check_dockerfile(Source("Dockerfile", TEXT), chosen, BuildOptions())
    assert [(one.message, one.severity) for one in outcome.findings] == [
        ("('a', 'b') 3.", Severity.LOW),
        ("() 0.", Severity.HIGH),
    ]


def test_an_unknown_target() -> None:
    outcome = check_dockerfile(Source("Dockerfile", TEXT), settings(good), BuildOptions("nothing"))
    assert (outcome.build, outcome.findings) == (None, ())
    assert outcome.notifications == (
        Notification("error", "There is no stage 'nothing' to ship: nothing of it was checked.", "Dockerfile"),
    )


def test_syntax_errors_are_findings_and_the_rest_is_checked() -> None:
    outcome = check_dockerfile(
        Source("Dockerfile", "FROM debian:12\nRUNN true\nUSER app\n"), settings(good), BuildOptions()
    )
    assert [(one.rule.name, one.severity, one.region.start_line) for one in outcome.findings] == [
        ("syntax-error", Severity.HIGH, 2),
        ("rule-0", Severity.HIGH, 1),
        ("rule-0", Severity.HIGH, 3),
    ]


def test_no_more_than_a_thousand_syntax_errors_are_shown() -> None:
    outcome = check_dockerfile(Source("Dockerfile", "FROM scratch\n" + "NO\n" * 1003), [], BuildOptions())
    assert [one.rule.name for one in outcome.findings] == ["syntax-error"] * 1000
    assert outcome.notifications == (Notification("warning", "3 further syntax errors are not shown.", "Dockerfile"),)


def test_the_policy_chooses_the_severity_of_syntax_errors() -> None:
    text = "FROM debian:12\nRUNN true\n"
    (finding,) = check_dockerfile(Source("Dockerfile", text), [], BuildOptions(), Severity.NOTE).findings
    assert (finding.rule, finding.severity) == (SYNTAX_ERROR, Severity.NOTE)
    assert finding.message.endswith(".")


def test_what_is_not_known_is_a_note() -> None:
    outcome = check_dockerfile(Source("Dockerfile", "FROM $BASE\n"), [], BuildOptions())
    assert outcome.notifications == (
        Notification(
            "note",
            "The image '$BASE' depends on a value that the Dockerfile does not set.",
            "Dockerfile",
            Region(1, 6, 1, 11),
        ),
    )


def test_secrets_are_marked_for_the_reporters() -> None:
    token = "ghp_" + "A1b2C3d4E5" * 3 + "F6g7H8"
    text = f"FROM debian:12\nENV GITHUB_TOKEN={token}\n"
    outcome = check_dockerfile(Source("Dockerfile", text), [], BuildOptions())
    assert [text[span.start : span.end] for span in outcome.file.secrets] == [token]


def test_an_error_without_a_traceback_has_only_a_kind() -> None:
    assert describe(ValueError("confidential")) == "ValueError"


def test_a_build_that_cannot_be_evaluated_is_told() -> None:
    def asked(reference: ImageReference) -> str | None:
        raise OSError(f"confidential {reference}")

    options = BuildOptions(base_user=asked)
    outcome = check_dockerfile(Source("Dockerfile", "FROM a.example.com/b:1\nRUNN x\n"), settings(good), options)
    line = asked.__code__.co_firstlineno + 1
    assert outcome.notifications == (
        Notification("error", f"The build could not be evaluated: OSError at {__name__}:{line}.", "Dockerfile"),
    )
    assert (outcome.build, [one.rule.name for one in outcome.findings]) == (None, ["syntax-error"])
