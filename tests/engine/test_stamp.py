"""From problems to findings: severities, places, and what fingerprints are made from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanguard.build.evaluate import BuildOptions, evaluate
from scanguard.checks import builtin_checks
from scanguard.dockerfile.parser import parse
from scanguard.engine.run import check_dockerfile
from scanguard.engine.setting import Setting
from scanguard.engine.stamp import Stamp
from scanguard.model.finding import Finding, Place, Problem, Step
from scanguard.model.fingerprint import fingerprint
from scanguard.model.location import Region, Source, Span
from scanguard.model.rule import Confidence, Rule, Severity

RULE = Rule("SGD999", "example-rule", "hygiene", Severity.HIGH, "An example.", "An example.")
TEXT = "ARG A=1\n# a comment\n\nFROM debian:12 AS base\nRUN echo   one \\\n    two\nUSER app\nUSER app\n"


def stamp(text: str = TEXT, secrets: tuple[Span, ...] = ()) -> Stamp:
    dockerfile = parse(Source("app/Dockerfile", text))
    return Stamp(dockerfile, evaluate(dockerfile), secrets)


def at(part: str, text: str = TEXT) -> Span:
    start = text.index(part)
    return Span(start, start + len(part))


def test_everything_of_a_finding() -> None:
    trace, related = Step("first", at("A=1")), Step("see", at("app"))
    problem = Problem("A fact.", at("one"), 0, Confidence.LOW, None, related=(related,), trace=(trace,), key="k")
    assert stamp().finding(RULE, None, problem) == Finding(
        RULE,
        Severity.HIGH,
        Confidence.LOW,
        "A fact.",
        "app/Dockerfile",
        Region(5, 12, 5, 15),
        "base",
        (Place("see", Region(7, 6, 7, 9)),),
        (Place("first", Region(1, 5, 1, 8)),),
        at("one"),
        "RUN echo one two",
        "k",
        0,
        lines=(5, 6),
    )


@pytest.mark.parametrize(
    ("policy", "own", "severity"),
    [
        (None, None, Severity.HIGH),
        (Severity.LOW, None, Severity.LOW),
        (Severity.CRITICAL, None, Severity.CRITICAL),
        (None, Severity.LOW, Severity.LOW),
        (None, Severity.CRITICAL, Severity.HIGH),
        (Severity.CRITICAL, Severity.MEDIUM, Severity.MEDIUM),
        (Severity.NOTE, Severity.LOW, Severity.NOTE),
    ],
)
def test_a_problem_can_only_lower_the_severity(
    policy: Severity | None, own: Severity | None, severity: Severity
) -> None:
    assert stamp().finding(RULE, policy, Problem("A fact.", at("one"), severity=own)).severity is severity


@pytest.mark.parametrize(
    ("part", "instruction"),
    [
        ("ARG", "ARG A=1"),
        ("A=1", "ARG A=1"),
        ("# a comment", "# a comment"),
        ("FROM", "FROM debian:12 AS base"),
        ("two", "RUN echo one two"),
    ],
)
def test_the_instruction_that_holds_a_span(part: str, instruction: str) -> None:
    assert stamp().finding(RULE, None, Problem("A fact.", at(part))).instruction == instruction


def test_a_span_between_instructions_belongs_to_its_line() -> None:
    blank = TEXT.index("\n\nFROM") + 1
    assert stamp().finding(RULE, None, Problem("A fact.", Span(blank, blank))).instruction == ""
    assert stamp("").finding(RULE, None, Problem("A fact.", Span(0, 0))).instruction == ""


@pytest.mark.parametrize(("stage", "name"), [(None, ""), (0, "base"), (1, ""), (-1, "")])
def test_stages_have_names(stage: int | None, name: str) -> None:
    assert stamp().finding(RULE, None, Problem("A fact.", at("one"), stage)).stage == name


def test_without_a_build_there_are_no_stages() -> None:
    bare = Stamp(parse(Source("Dockerfile", TEXT)), None, ())
    assert bare.finding(RULE, None, Problem("A fact.", at("one"), 0)).stage == ""


def test_equal_instructions_are_counted() -> None:
    text = "FROM a\nUSER app\nUSER app\nUSER  app\nUSER other\n"
    here = stamp(text)
    starts = [offset for offset in range(len(text)) if text.startswith("USER", offset)]
    findings = [here.finding(RULE, None, Problem("A fact.", Span(start, start + 4))) for start in starts]
    assert [(one.instruction, one.ordinal) for one in findings] == [
        ("USER app", 0),
        ("USER app", 1),
        ("USER app", 2),
        ("USER other", 0),
    ]
    assert len({fingerprint(one) for one in findings}) == 4


def test_of_a_long_instruction_the_beginning_counts() -> None:
    texts = [f"FROM a\nRUN {'x' * 5000}{end}\nUSER app\n" for end in ("y", "z", "")]
    found = [stamp(text).finding(RULE, None, Problem("A fact.", at("RUN", text))) for text in texts]
    assert [one.instruction for one in found] == ["RUN " + "x" * 4092] * 3
    assert len({fingerprint(one) for one in found}) == 1


def test_keys_and_rules_are_counted_apart() -> None:
    here = stamp()
    other = RULE._replace(id="SGD998", name="other-rule")
    ordinals = [
        here.finding(rule, None, Problem("A fact.", at("one"), stage, key=key)).ordinal
        for rule, stage, key in [(RULE, 0, "a"), (RULE, 0, "b"), (other, 0, "a"), (RULE, None, "a"), (RULE, 0, "a")]
    ]
    assert ordinals == [0, 0, 0, 0, 1]


class TestFingerprint:
    """Which parts of a finding make it the same finding."""

    FINDING = stamp().finding(RULE, None, Problem("A fact.", at("one"), 0, key="k"))

    @pytest.mark.parametrize(
        "change",
        [
            {"rule": RULE._replace(id="SGD998")},
            {"uri": "other/Dockerfile"},
            {"stage": "other"},
            {"instruction": "RUN echo other"},
            {"key": "other"},
            {"ordinal": 1},
        ],
    )
    def test_is_made_from(self, change: dict[str, object]) -> None:
        assert fingerprint(self.FINDING._replace(**change)) != fingerprint(self.FINDING)

    @pytest.mark.parametrize(
        "change",
        [
            {"rule": RULE._replace(name="renamed", severity=Severity.LOW)},
            {"severity": Severity.LOW},
            {"confidence": Confidence.LOW},
            {"message": "Another wording."},
            {"region": Region(9, 9, 9, 9)},
            {"span": Span(1, 2)},
            {"trace": (Place("x", Region(1, 1, 1, 1)),)},
        ],
    )
    def test_is_not_made_from(self, change: dict[str, object]) -> None:
        assert fingerprint(self.FINDING._replace(**change)) == fingerprint(self.FINDING)

    def test_does_not_run_parts_together(self) -> None:
        one = self.FINDING._replace(stage="a", instruction="bc")
        assert fingerprint(one) != fingerprint(one._replace(stage="ab", instruction="c"))


class TestMasks:
    TEXT = "FROM a\nENV A=first B=second C=third\n"

    def masked(self, part: str, *secrets: str) -> str:
        return stamp(self.TEXT, tuple(at(one, self.TEXT) for one in secrets)).masked(at(part, self.TEXT))

    def test_inside(self) -> None:
        assert self.masked("A=first B=second", "first", "second") == "A=*** B=***"

    def test_outside(self) -> None:
        assert self.masked("B=second", "first", "third") == "B=second"

    def test_over_the_edges(self) -> None:
        assert self.masked("st B=sec", "first", "second") == "*** B=***"

    def test_the_whole(self) -> None:
        assert self.masked("first", "first") == "***"
        assert self.masked("irs", "first") == "***"

    def test_in_fingerprints(self) -> None:
        """The same line with another secret is the same finding: no hash of a secret can be guessed at."""
        found = []
        for value in ("first", "other-value"):
            text = f"FROM a\nENV A={value}\n"
            here = stamp(text, (at(value, text),))
            found.append(here.finding(RULE, None, Problem("A fact.", at("A", text))))
        assert [one.instruction for one in found] == ["ENV A=***", "ENV A=***"]
        assert fingerprint(found[0]) == fingerprint(found[1])


SETTINGS = tuple(
    Setting(check, None, {option.name: option.default for option in check.rule.options}) for check in builtin_checks()
)
BODY = [
    "ARG BASE=python:3",
    "FROM $BASE AS base",
    "RUN apt-get update && \\\n    apt-get install -y gcc",
    "RUN <<EOF\napt-get install -y make\nEOF",
    "FROM base",
    "COPY --from=golang:1 /usr/local/go /usr/local/go",
    "COPY --from=golang:1 /usr/local/go /usr/local/go",
    "USER root",
]


def fingerprints(text: str) -> list[str]:
    findings = check_dockerfile(Source("Dockerfile", text), SETTINGS, BuildOptions()).findings
    return sorted(fingerprint(one) for one in findings)


BEFORE = fingerprints("\n".join(BODY) + "\n")


@given(
    st.lists(st.lists(st.sampled_from(["", "# a comment", "  # another", "\t"]), max_size=3), min_size=9, max_size=9)
)
def test_lines_above_change_no_fingerprint(blocks: list[list[str]]) -> None:
    lines = []
    for block, instruction in zip(blocks, [*BODY, ""], strict=True):
        lines += [*block, instruction]
    assert fingerprints("\n".join(lines)) == BEFORE


def test_there_are_fingerprints_and_no_two_are_equal() -> None:
    assert len(BEFORE) >= 6
    assert len(set(BEFORE)) == len(BEFORE)
