"""What a policy locks holds against the scanned repository, and what that tried in vain is told."""

import pytest

from scanguard.app.check import check_request
from scanguard.app.images.marks import mark_inline
from scanguard.app.request import Environment, Request
from scanguard.app.session import Session
from scanguard.build.evaluate import evaluate
from scanguard.dockerfile.parser import parse
from scanguard.engine.stamp import Stamp
from scanguard.model.errors import ConfigurationError
from scanguard.model.finding import Problem, Suppression
from scanguard.model.location import Region, Source, Span
from scanguard.model.report import Report
from scanguard.model.rule import Severity
from scanguard.policy.model import Lock, Policy

DOCKERFILE = "FROM debian:12\n# scanguard: ignore[root-user, unpinned-image]\nUSER root\n"


@pytest.fixture
def check(tmp_path):
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)

    def check(own: str = "", dockerfile: str = DOCKERFILE, **policies: str) -> Report:
        """Check a Dockerfile under `own`, the repository's policy, and the organisation's files outside of it."""
        (repository / "Dockerfile").write_text(dockerfile)
        if own:
            (repository / "scanguard.yaml").write_text(own)
        organisation = tmp_path / "organisation"
        organisation.mkdir(exist_ok=True)
        for name, text in policies.items():
            (organisation / f"{name}.yaml").write_text(text)
        session = Session(Environment(str(repository), "2026-01-01"), plugins=False)
        return check_request(session, Request(policy="../organisation/" if policies else ""))

    return check


def active(report: Report) -> list[tuple[str, Severity]]:
    return [(finding.rule.name, finding.severity) for finding in report.active]


def told(report: Report) -> list[str]:
    """What is told, with places; the organisation's folder lies in a temporary one, whose name is left out."""
    return [
        f"{one.level} {one.uri}:{one.region.start_line}:{one.region.start_column} "
        + one.message.replace(one.message.split("/organisation")[0].rpartition(" ")[2], "")
        for one in report.notifications
        if one.region is not None and "no effect" in one.message
    ]


def test_the_repositorys_policy_is_laid_over_one_with_locks(check):
    report = check(
        "enable: all\nfail_on: low\n",
        DOCKERFILE.replace(", unpinned-image", ""),
        a="fail_on: high\nlocked: root-user\n",
    )
    assert active(report) == [("unpinned-image", Severity.MEDIUM), ("root-user", Severity.HIGH)]
    assert report.fail_on is Severity.LOW
    assert report.policy == "../organisation/a.yaml + scanguard.yaml"


def test_what_loosens_a_locked_rule_has_no_effect_and_is_told(check):
    own = (
        "fail_on: never\nrequire_reason: false\nrequire_owner: false\n"
        "rules:\n  root-user: off\n  SGD201: {severity: low, enabled: false}\n"
        "exceptions: [{rule: root-user, reason: r, owner: o, expires: 2099-01-01}]\n"
    )
    lock = "require_reason: true\nrequire_owner: true\nlocked: [root-user]\n"
    lock += "rules: {unpinned-image: {severity: high, locked: true}}\n"
    report = check(own, a=lock)
    assert active(report)[:2] == [("unpinned-image", Severity.HIGH), ("root-user", Severity.HIGH)]
    assert report.fail_on is Severity.MEDIUM
    assert [line.partition(": ")[0] for line in told(report)] == [
        "warning Dockerfile:2:21 The suppression of root-user has no effect",
        "warning Dockerfile:2:32 The suppression of unpinned-image has no effect",
        "warning scanguard.yaml:1:10 Raising fail_on has no effect",
        "warning scanguard.yaml:2:17 'require_reason",
        "warning scanguard.yaml:3:16 'require_owner",
        "warning scanguard.yaml:5:14 Turning off root-user has no effect",
        "warning scanguard.yaml:6:22 Lowering unpinned-image to low has no effect",
        "warning scanguard.yaml:6:36 Turning off unpinned-image has no effect",
        "warning scanguard.yaml:7:14 The exception for root-user has no effect",
    ]
    assert all(line.endswith(" locks it.") or " locks " in line for line in told(report))


def test_what_makes_a_locked_rule_stricter_counts(check):
    own = "rules: {unpinned-image: critical, root-user: on}\nfail_on: low\n"
    report = check(own, a="locked: [unpinned-image]\n")
    assert ("unpinned-image", Severity.CRITICAL) in active(report)
    assert [line for line in told(report) if "scanguard.yaml" in line] == []


def test_options_of_locked_rules_are_locked(check):
    own = "rules:\n  unpinned-frontend: {options: {allowed: [evil/frontend]}}\n"
    dockerfile = "# syntax=evil/frontend:1\nFROM debian:12\nUSER app\n"
    report = check(own, dockerfile, a="locked: unpinned-frontend\n")
    assert "unpinned-frontend" in [name for name, _ in active(report)]
    assert [line.partition(": ")[0] for line in told(report)] == [
        "warning scanguard.yaml:2:33 Changing 'allowed' of unpinned-frontend has no effect"
    ]


def test_without_a_lock_a_policy_of_the_command_line_replaces_the_repositorys(check):
    report = check("rules: {root-user: off}\n", a="fail_on: high\n")
    assert (report.policy, report.fail_on) == ("../organisation/a.yaml", Severity.HIGH)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("repository: ignore\nlocked: all\n", "../organisation/a.yaml"),
        ("repository: overlay\n", "../organisation/a.yaml + scanguard.yaml"),
    ],
)
def test_a_policy_says_itself_what_becomes_of_the_repositorys(check, said, name):
    assert check("fail_on: low\n", a=said).policy == name


def test_files_of_a_directory_are_laid_over_each_other_and_do_not_bind_each_other(check):
    report = check(a="locked: [root-user]\n", b="rules: {root-user: low}\n")
    assert ("root-user", Severity.LOW) in active(report)
    assert report.policy == "../organisation/b.yaml"


def test_a_directory_is_named_with_a_slash(tmp_path):
    (tmp_path / "org").mkdir()
    session = Session(Environment(str(tmp_path), "2026-01-01"), plugins=False)
    with pytest.raises(ConfigurationError) as caught:
        check_request(session, Request(policy="org"))
    assert str(caught.value) == "there is no policy 'org'; write 'org/' for the directory"


def test_exceptions_of_the_organisation_count(check):
    exception = "exceptions: [{rule: root-user, reason: vendor, owner: ops, expires: 2099-01-01}]\n"
    report = check(a=f"locked: root-user\n{exception}")
    marks = [one.suppressions for one in report.findings if one.rule.name == "root-user"]
    assert marks == [(Suppression("policy", "vendor", "2099-01-01", "ops"),)]


def test_an_expired_exception_counts_no_more_and_is_told(check):
    report = check(
        "exceptions: [{rule: unpinned-image, reason: r, expires: 2025-12-31}]\n", "FROM debian:12\nUSER 65532\n"
    )
    assert active(report) == [("unpinned-image", Severity.MEDIUM)]
    assert [(one.level, one.uri, one.message) for one in report.notifications] == [
        ("warning", "scanguard.yaml", "The exception for unpinned-image ended on 2025-12-31: its findings count again.")
    ]


def test_keys_can_be_locked(check):
    own = "target: other\nbuild_args: {A: 1}\nexceptions: [{rule: unpinned-image, reason: r, expires: 2099-01-01}]\n"
    dockerfile = "FROM debian:12 AS other\nUSER app\nFROM debian:12 AS last\nUSER root\n"
    report = check(own, dockerfile, a="locked: [target, build_args, exceptions]\n")
    assert "root-user" in [name for name, _ in active(report)]
    assert [line.partition(": ")[0] for line in told(report)] == [
        "warning scanguard.yaml:1:1 'target' has no effect",
        "warning scanguard.yaml:2:1 'build_args' has no effect",
        "warning scanguard.yaml:3:14 The exception for unpinned-image has no effect",
    ]


def test_locks_of_a_policy_that_is_extended_hold_too(check, tmp_path):
    """A repository's own lock holds against comments in its Dockerfiles, and not against itself."""
    report = check("locked: root-user\nexceptions: [{rule: unpinned-image, reason: r, expires: 2099-01-01}]\n")
    assert [name for name, _ in active(report)][-1] == "root-user"
    assert [line.partition(": ")[0] for line in told(report)] == [
        "warning Dockerfile:2:21 The suppression of root-user has no effect"
    ]


def test_trivys_database_and_vulnerabilities_follow_the_locks(check, tmp_path):
    own = (
        "trivy: {max_database_age: 90, ignorefile: .trivyignore}\n"
        "vulnerabilities: [{id: CVE-2024-1, reason: r, expires: 2099-01-01}]\n"
    )
    report = check(own, a="locked: [vulnerabilities]\ntrivy: {max_database_age: 3}\n")
    assert [line.partition(": ")[0] for line in told(report) if "scanguard.yaml" in line] == [
        "warning scanguard.yaml:1:27 Raising max_database_age has no effect",
        "warning scanguard.yaml:1:31 'ignorefile' has no effect",
        "warning scanguard.yaml:2:19 The exception for CVE-2024-1 has no effect",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("locked: [root-usr]", "1:10: 'root-usr' is not a rule; did you mean 'root-user'? (a lock names a rule,"),
        ("locked: targts", "1:9: 'targts' is not a rule; did you mean 'targets'?"),
        ("locked: [DS-0002]", "1:10: 'DS-0002' is another tool's name; here the rule is 'root-user' (SGD101)"),
        ("locked: root-user\nrules: {SGD101: off}", "1:9: root-user is off here: a lock on it holds nothing"),
        ("locked: 3", "1:9: this must be a rule, a category, all, a key of the policy, or a list of these"),
    ],
)  # fmt: skip
def test_a_lock_that_cannot_hold_is_refused(check, text, message):
    with pytest.raises(ConfigurationError) as caught:
        check(a=text)
    assert f"a.yaml:{message}" in str(caught.value)


def test_comments_suppress_no_finding_of_an_image_that_is_locked():
    source = Source("Dockerfile", "FROM debian:12\n# scanguard: ignore[image-root-user, setuid-file]\nUSER root\n")
    build = evaluate(parse(source))
    rules = Session(Environment(".", "2026-01-01"), plugins=False).rules
    names = {rule.name: rule for rule in rules}
    stamp = Stamp(build.dockerfile, build, ())
    place = Span(source.text.index("USER"), len(source.text))
    findings = [stamp.finding(names[name], None, Problem("m.", place)) for name in ("image-root-user", "setuid-file")]
    policy = Policy(locks=(Lock("image-root-user", "org.yaml", Region(1, 1, 1, 2)),))
    marked, _, refused = mark_inline(findings, build, rules, {"image-root-user", "setuid-file"}, "2026-01-01", policy)
    assert [(one.rule.name, one.active) for one in marked] == [("image-root-user", True), ("setuid-file", False)]
    assert [(one.uri, one.region, one.message) for one in refused] == [
        ("Dockerfile", Region(2, 21, 2, 36), "The suppression of image-root-user has no effect: org.yaml:1:1 locks it.")
    ]


def test_a_locked_rule_is_on(check):
    dockerfile = "FROM debian:12\nRUN apt-get update && apt-get install -y vim\nUSER app\n"
    assert "debug-tools" not in [name for name, _ in active(check("", dockerfile, a="fail_on: low\n"))]
    assert "debug-tools" in [name for name, _ in active(check("", dockerfile, a="locked: debug-tools\n"))]
