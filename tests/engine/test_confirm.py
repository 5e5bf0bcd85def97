"""A defect that file and image show is one finding."""

from scanguard.engine.confirm import SAME, confirmed
from scanguard.model.finding import Finding, Suppression
from scanguard.model.location import Region, Span
from scanguard.model.rule import Confidence, Rule, Severity


def finding(name: str, first: int, last: int, image: str = "", uri: str = "Dockerfile") -> Finding:
    rule = Rule("SGX001", name, "user", Severity.HIGH, "A defect.", "A defect.")
    where = Region(first, 1, last, 9)
    return Finding(
        rule, Severity.HIGH, Confidence.HIGH, "It is so.", uri, where, "", (), (), Span(0, 0), "", image=image
    )


STATIC = finding("root-user", 4, 4)
IMAGE = finding("image-root-user", 2, 5, "app")


def test_the_images_say_goes_into_the_files_finding() -> None:
    other = IMAGE._replace(image="app-dev")
    expected = STATIC._replace(facts=(("confirmed by the image", "app, app-dev"),))
    assert confirmed([IMAGE, STATIC, other]) == (expected,)


def test_other_lines_files_and_rules_stay_apart() -> None:
    for lone in (
        finding("image-root-user", 5, 6, "app"),
        finding("image-root-user", 4, 4, "app", "other.Dockerfile"),
        finding("exposed-port", 4, 4, "app"),
    ):
        assert confirmed([STATIC, lone]) == (STATIC, lone)


def test_what_is_accepted_confirms_nothing() -> None:
    accepted = (Suppression("policy", "known"),)
    for one, other in (
        (STATIC._replace(suppressions=accepted), IMAGE),
        (STATIC, IMAGE._replace(suppressions=accepted)),
    ):
        assert confirmed([one, other]) == (one, other)


def test_the_table_names_rules_that_exist() -> None:
    from scanguard.app.request import Environment
    from scanguard.app.session import Session

    rules = {rule.name: rule.subject for rule in Session(Environment("/", "2026-11-21"), plugins=False).rules}
    assert {rules[name] for name in SAME} == {"image"}
    assert {rules[name] for names in SAME.values() for name in names} == {"dockerfile"}
