"""What an image refutes stays, says so, and is a note."""

from time import process_time

import pytest

from scanguard.engine.confirm import confirmed, is_settled
from scanguard.engine.refute import REFUTABLE, is_refuted, said
from scanguard.model.finding import REFUTES, Finding, Suppression
from scanguard.model.location import Region
from scanguard.model.rule import Confidence, Severity
from tests.engine.test_confirm import finding

BOTH = finding("build-tools-installed", 3, 3, key="gcc,make")._replace(message="Build tools ship in the image.")
ROOT = finding("root-user", 2, 2)._replace(message="The image runs as root.")


def refutation(
    rule: str, key: str, image: str = "app", first: int = 3, last: int = 4, origin: str = "exact"
) -> Finding:
    names = {"build-tools-installed": "build-tools-present"}
    one = finding(names.get(rule, f"image-{rule}"), first, last, image, key=key)
    return one._replace(severity=Severity.NOTE, origin=origin, facts=((REFUTES, rule),))


def present(image: str, key: str, severity: Severity = Severity.MEDIUM) -> Finding:
    return finding("build-tools-present", 3, 3, image, key=key)._replace(severity=severity, origin="exact")


def told(*findings: Finding) -> list[tuple[str, Severity, str, str]]:
    """Message and what refutes it, severity, whose it is and which images confirm it."""
    return [
        (
            ": ".join((one.message, *shown(one))),
            one.severity,
            one.image,
            dict(one.facts).get("confirmed by the image", ""),
        )
        for one in confirmed(findings)
    ]


def shown(one: Finding) -> list[str]:
    """What images refute of a finding."""
    return [value for name, value in one.facts if name == "refuted by the image"]


def test_what_is_refuted_as_a_whole_is_a_note() -> None:
    gcc, make = (refutation("build-tools-installed", name) for name in ("gcc", "make"))
    message = "Build tools ship in the image. Refuted by the image.: app does not have 'gcc': app does not have 'make'"
    assert told(BOTH, gcc, make) == [(message, Severity.NOTE, "", "")]
    # What came beside them, which nobody named, confirms nothing.
    assert told(BOTH, gcc, make, present("app", "cpp")) == [
        (message, Severity.NOTE, "", ""),
        ("It is so.", Severity.MEDIUM, "app", ""),
    ]


def test_a_part_is_refuted_and_the_rest_is_confirmed() -> None:
    message = "Build tools ship in the image. Refuted in part by the image.: app does not have 'gcc'"
    assert told(BOTH, refutation("build-tools-installed", "gcc"), present("app", "make")) == [
        (message, Severity.HIGH, "", "app")
    ]
    lower = BOTH._replace(severity=Severity.LOW)
    assert told(lower, refutation("build-tools-installed", "gcc"), present("app", "make")) == [
        (message, Severity.LOW, "", "app")
    ]


def test_one_image_refutes_what_another_confirms() -> None:
    one = BOTH._replace(key="gcc")
    gcc = refutation("build-tools-installed", "gcc")
    message = "Build tools ship in the image. Refuted by the image.: app does not have 'gcc'"
    expected = [(message, Severity.HIGH, "", "worker")]
    assert told(one, gcc, present("worker", "gcc")) == expected
    part = confirmed([one, gcc])
    assert told(*part, present("worker", "gcc", Severity.HIGH)) == expected
    assert told(*part, gcc) == told(*part) == [(message, Severity.NOTE, "", "")]
    assert told(*part, gcc._replace(image="worker"))[0][0] == f"{message}: worker does not have 'gcc'"


def test_an_image_that_another_platform_contradicts_refutes_nothing() -> None:
    one = BOTH._replace(key="gcc")
    gcc = refutation("build-tools-installed", "gcc")
    for present_too in (present("app", "cpp,gcc"), present("app", "gcc")):
        assert told(one, gcc, present_too) == [("Build tools ship in the image.", Severity.HIGH, "", "app")]
    root = finding("image-root-user", 2, 2, "app", key="root")._replace(origin="exact")
    user = refutation("root-user", "1000", first=2, last=2)
    assert told(ROOT, user, root) == [("The image runs as root.", Severity.HIGH, "", "app")]


def test_a_refutation_is_of_its_rule_and_file() -> None:
    user = refutation("root-user", "1000", first=2, last=2)
    pinned = finding("unpinned-image", 2, 2)._replace(stage=ROOT.stage)
    below = ROOT._replace(region=Region(9, 1, 9, 5), stage="other")
    elsewhere = ROOT._replace(uri="other.Dockerfile")
    found = confirmed((pinned, below, elsewhere, user))
    assert [shown(one) for one in found] == [[], ["app runs as '1000'"], []]


@pytest.mark.parametrize(
    ("rule", "key", "shown"),
    [("root-user", "1000", "runs as '1000'"), ("unknown-user", "app", "has the account 'app'")],
)
def test_users(rule: str, key: str, shown: str) -> None:
    static = finding(rule, 2, 2)._replace(message="It runs.")
    for first, last in ((2, 2), (1, 1)):
        (one,) = confirmed([refutation(rule, key, first=first, last=last), static])
        facts = (("refuted by the image", f"app {shown}"), ("severity without the image", "high"))
        assert one == static._replace(message="It runs. Refuted by the image.", severity=Severity.NOTE, facts=facts)
        assert (is_refuted(one), is_refuted(static), said(one), said(static)) == (True, False, "It runs.", "It runs.")


def test_what_is_accepted_is_refuted_all_the_same() -> None:
    accepted = ROOT._replace(suppressions=(Suppression("inline", "false"),))
    (one,) = confirmed([accepted, refutation("root-user", "1000")])
    assert (one.message, shown(one), one.suppressions) == (
        "The image runs as root. Refuted by the image.",
        ["app runs as '1000'"],
        accepted.suppressions,
    )


def test_a_refutation_alone_is_shown_where_it_is_sure() -> None:
    sure = refutation("build-tools-installed", "gcc")
    elsewhere = (
        BOTH._replace(uri="other"),
        BOTH._replace(key="gcc-12"),
        finding("build-tools-installed", 9, 9, key="gcc"),
    )
    for other in elsewhere:
        assert confirmed([other, sure]) == (other, sure)
        assert confirmed([other, sure._replace(confidence=Confidence.MEDIUM)]) == (other,)
    accepted = sure._replace(suppressions=(Suppression("policy", "known"),))
    assert confirmed([BOTH, accepted]) == (BOTH, accepted)


def test_what_one_image_refutes_and_another_confirms_is_as_grave_as_without_images() -> None:
    user = refutation("root-user", "1000", first=2, last=2)
    root = finding("image-root-user", 2, 2, "worker", key="root")._replace(origin="exact")
    for grade in Severity:
        (once,) = confirmed([ROOT._replace(severity=grade), user, root])
        (first,) = confirmed([ROOT._replace(severity=grade), user])
        (later,) = confirmed([first, root])
        assert (once.severity, first.severity, later.severity) == (grade, Severity.NOTE, grade)
        assert (is_settled(once), is_settled(first), is_settled(later)) == (False, grade is not Severity.NOTE, False)


def test_many_packages_take_a_moment() -> None:
    names = [f"gcc-{number}" for number in range(2_000)]
    whole = BOTH._replace(key=",".join(names))
    start = process_time()
    (one,) = confirmed([whole, *(refutation("build-tools-installed", name) for name in names)])
    assert (len(shown(one)), one.severity) == (len(names), Severity.NOTE)
    assert process_time() - start < 10


def test_what_is_locked_is_refuted_and_stays_as_grave() -> None:
    one = refutation("root-user", "1000", first=2, last=2)
    message = "The image runs as root. Refuted by the image."
    for held, severity in (
        ({"root-user"}, Severity.HIGH),
        ({"unknown-user"}, Severity.NOTE),
        (REFUTABLE, Severity.HIGH),
    ):
        (found,) = confirmed([ROOT, one], held)
        assert (found.message, found.severity) == (message, severity)
        assert confirmed([found], REFUTABLE) == (found,)


def test_what_a_file_says_refutes_nothing() -> None:
    forged = ROOT._replace(message="USER is '0 Refuted by the image.")
    assert confirmed([forged]) == (forged,)
    assert (is_refuted(forged), said(forged)) == (False, forged.message)
