"""One file checked for several shipped stages."""

from scanguard.build.evaluate import BuildOptions
from scanguard.checks import builtin_checks
from scanguard.engine.merge import merged
from scanguard.engine.run import Outcome, check_dockerfile
from scanguard.engine.setting import Setting
from scanguard.model.location import Source
from scanguard.model.rule import Severity

CHECKS = [
    Setting(check, None, {option.name: option.default for option in check.rule.options})
    for check in builtin_checks()
    if check.rule.name in ("root-user", "build-tools-installed", "floating-tag")
]
TEXT = (
    "FROM debian AS api\nRUN apt-get install -y gcc\nUSER app\n"
    "FROM debian AS worker\nARG TAG\nCOPY --from=x:$TAG /a /a\n"
)


def outcomes(*targets: str) -> list[Outcome]:
    return [check_dockerfile(Source("Dockerfile", TEXT), CHECKS, BuildOptions(target)) for target in targets]


def brief(outcome: Outcome) -> list[tuple[str, str, Severity]]:
    return [(one.rule.name, one.stage, one.severity) for one in outcome.findings]


def test_one_outcome_is_itself() -> None:
    (only,) = outcomes("api")
    assert merged([only]) is only


def test_each_finding_once() -> None:
    api, worker = outcomes("api", "worker")
    both = merged([api, worker])
    assert set(brief(api)) | set(brief(worker)) >= set(brief(both))
    places = [(one.rule.id, one.span, one.key) for one in both.findings]
    assert len(set(places)) == len(places)
    assert {one[:2] for one in places} == {(one.rule.id, one.span) for one in (*api.findings, *worker.findings)}


def test_the_higher_severity_is_kept_whatever_the_order() -> None:
    api, worker = outcomes("api", "worker")
    image = ("floating-tag", "api")
    grades = [{one[:2]: one[2] for one in brief(outcome)}[image] for outcome in (api, worker)]
    assert grades[0] > grades[1]
    for order in ([api, worker], [worker, api]):
        assert {one[:2]: one[2] for one in brief(merged(order))}[image] is grades[0]


def test_each_notification_once_and_the_first_file_stays() -> None:
    api, worker = outcomes("api", "worker")
    both = merged([api, worker])
    assert both.notifications == api.notifications == worker.notifications
    assert len(both.notifications) == 1
    assert (both.file, both.build, both.stamp) == (api.file, api.build, api.stamp)
