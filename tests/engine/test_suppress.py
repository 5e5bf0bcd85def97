from time import process_time

from scanguard.dockerfile.parser import parse
from scanguard.dockerfile.pragma import pragmas
from scanguard.engine.rules import EXPIRED, MALFORMED, RULES, UNUSED
from scanguard.engine.suppress import suppress_by_policy, suppress_inline
from scanguard.model.finding import Finding, Suppression
from scanguard.model.location import Region, Source, Span
from scanguard.model.report import Notification
from scanguard.model.rule import CATEGORIES, Confidence, Rule, Severity
from scanguard.policy.model import PolicyException

ROOT = Rule("SGD101", "root-user", "user", Severity.HIGH, "s", "h", ("DL3002",))
PINS = Rule("SGD201", "unpinned-image", "pinning", Severity.MEDIUM, "s", "h")
CATALOGUE = (ROOT, PINS)
TODAY = "2026-11-21"


def finding(rule: Rule, source: Source, text: str, key: str = "") -> Finding:
    """A finding at the last place where the text stands in the source."""
    start = source.text.rindex(text)
    span = Span(start, start + len(text))
    return Finding(
        rule, rule.severity, Confidence.HIGH, "m", source.uri, source.region(span), "", (), (), span, text, key
    )


def marks(text: str, *places: tuple[Rule, str], ran=("root-user", "unpinned-image"), today=TODAY, require_reason=False):
    """The suppressions of the findings at these places, and what is wrong: rule, message, underlined text, key."""
    source = Source("Dockerfile", text)
    found = [finding(rule, source, place) for rule, place in places]
    inline = suppress_inline(
        found, pragmas(parse(source)), rules=CATALOGUE, ran=ran, today=today, require_reason=require_reason
    )
    assert [one._replace(suppressions=()) for one in inline.findings] == found
    problems = [(rule, problem.message, source[problem.span], problem.key) for rule, problem in inline.problems]
    return [one.suppressions for one in inline.findings], problems


def test_a_suppression_marks_the_findings_of_its_rule_in_its_instruction():
    text = 'FROM a\n# scanguard: ignore[root-user] reason="why" until=2026-11-21\nUSER root\nUSER 0\n'
    assert marks(text, (ROOT, "USER 0"), (ROOT, "root"), (PINS, "USER root")) == (
        [(), (Suppression("inline", "why", "2026-11-21"),), ()],
        [],
    )


def test_ids_in_any_case_are_names_too():
    text = "# scanguard: ignore[sgd101,SGD201]\nFROM a\n"
    assert marks(text, (ROOT, "FROM a"), (PINS, "a")) == ([(Suppression("inline", ""),)] * 2, [])


def test_ignore_file_marks_all_of_its_rule_wherever_it_stands():
    text = "# scanguard: ignore-file[root-user] reason=x\nFROM a\nUSER root\nUSER 0"
    mark = (Suppression("inline", "x"),)
    assert marks(text, (ROOT, "root"), (ROOT, "0"), (PINS, "a\n")) == ([mark, mark, ()], [])


def test_a_finding_at_the_very_end_belongs_to_the_file():
    source = Source("Dockerfile", "# scanguard: ignore-file[root-user]\nFROM a\n")
    end = finding(ROOT, source, "a\n")._replace(span=Span(len(source.text), len(source.text)))
    inline = suppress_inline([end], pragmas(parse(source)), rules=CATALOGUE, ran=["root-user"], today=TODAY)
    assert [one.active for one in inline.findings] == [False]


def test_the_suppression_above_goes_before_the_one_for_the_file_which_is_then_unused():
    text = "# scanguard: ignore-file[root-user] reason=far\nFROM a\n# scanguard: ignore[root-user] reason=near\nUSER root\n"
    assert marks(text, (ROOT, "USER root")) == (
        [(Suppression("inline", "near"),)],
        [(UNUSED, "'root-user' has nothing to suppress in this file.", "root-user", "root-user")],
    )


def test_an_expired_suppression_hides_nothing_and_is_told():
    text = "FROM a\n# scanguard: ignore[root-user,unpinned-image] until=2026-11-20\nUSER root\n"
    assert marks(text, (ROOT, "USER root")) == (
        [()],
        [
            (
                EXPIRED,
                "The suppression of root-user, unpinned-image ended on 2026-11-20.",
                "scanguard: ignore[root-user,unpinned-image] until=2026-11-20",
                "root-user, unpinned-image",
            )
        ],
    )


def test_unused_is_said_of_rules_that_ran_only():
    text = "FROM a\n# scanguard: ignore[root-user,unpinned-image]\nUSER b\n"
    assert marks(text, ran=["root-user"]) == (
        [],
        [(UNUSED, "'root-user' has nothing to suppress in this instruction.", "root-user", "root-user")],
    )


def test_unknown_rules_are_told_with_a_suggestion_and_the_others_still_work():
    text = "FROM a\n# scanguard: ignore[root-usr,DL3002,root-user,xyz]\nUSER root\n"
    listed = "`scanguard rules` lists them"
    assert marks(text, (ROOT, "USER root")) == (
        [(Suppression("inline", ""),)],
        [
            (MALFORMED, "'root-usr' is not a rule; did you mean 'root-user'?", "root-usr", "root-usr"),
            (MALFORMED, "'DL3002' is another tool's name; here the rule is 'root-user' (SGD101).", "DL3002", "DL3002"),
            (MALFORMED, f"'xyz' is not a rule; {listed}.", "xyz", "xyz"),
        ],
    )


OVERFLOW = Rule("CVE-2024-6119", "vulnerable-package", "vulnerability", Severity.HIGH, "s", "h")
LEAK = OVERFLOW._replace(id="GHSA-j8r2-6x86-q33q")


def test_a_vulnerability_is_suppressed_by_its_id_and_by_others_that_it_has():
    source = Source("Dockerfile", "# scanguard: ignore[cve-2024-6119, CVE-2023-32681, CVE-2024-6119]\nFROM a\n")
    found = [finding(rule, source, "FROM a") for rule in (OVERFLOW, LEAK, LEAK._replace(id="CVE-2020-0001"), ROOT)]
    inline = suppress_inline(
        found,
        pragmas(parse(source)),
        rules=CATALOGUE,
        ran=["vulnerable-package"],
        today=TODAY,
        aliases={LEAK.id: ("CVE-2023-32681",)},
    )
    assert [one.active for one in inline.findings] == [False, False, True, True]
    assert [(rule, problem.message, problem.key) for rule, problem in inline.problems] == [
        (UNUSED, "'CVE-2024-6119' has nothing to suppress in this instruction.", "CVE-2024-6119")
    ]


def test_vulnerabilities_are_not_known_to_be_gone_where_nobody_looked():
    assert marks("# scanguard: ignore[CVE-2024-6119]\nFROM a\n") == ([], [])


def test_many_ids_and_vulnerabilities_take_little_time():
    ids = [f"CVE-2024-{number}" for number in range(10_000, 13_000)]
    source = Source("Dockerfile", f"# scanguard: ignore[{','.join(ids)}]\nFROM a\n")
    found = [finding(OVERFLOW._replace(id=id), source, "FROM a") for id in ids] * 2
    parsed = pragmas(parse(source))
    start = process_time()
    inline = suppress_inline(found, parsed, rules=CATALOGUE, ran=["vulnerable-package"], today=TODAY)
    assert process_time() - start < 2.0
    assert (sum(not one.active for one in inline.findings), inline.problems) == (6000, ())


def test_malformed_ones_are_told_with_their_hint():
    text = "FROM a\n# scanguard: ignore[root-user] until=soon\nUSER root\n"
    expected = "'soon' is not a date; write it as YYYY-MM-DD."
    assert marks(text, (ROOT, "USER root")) == ([()], [(MALFORMED, expected, "until=soon", "")])


def test_a_policy_may_demand_reasons():
    text = "FROM a\n# scanguard: ignore[root-user]\nUSER root\n"
    expected = 'The suppression has no reason, and the policy requires one; add reason="…".'
    assert marks(text, (ROOT, "USER root"), require_reason=True) == (
        [()],
        [(MALFORMED, expected, "scanguard: ignore[root-user]", "")],
    )
    given = text.replace("]", "] reason=y")
    assert marks(given, (ROOT, "USER root"), require_reason=True) == ([(Suppression("inline", "y"),)], [])


def test_problems_come_in_the_order_of_the_file():
    text = "# scanguard: ignore-file[root-user]\nFROM a\n# scanguard: ignore[x]\nUSER b\n# scanguard:\nUSER c\n"
    assert [rule.id for rule, *_ in marks(text)[1]] == ["SGD013", "SGD012", "SGD012"]


def test_many_suppressions_and_findings_take_little_time():
    source = Source("Dockerfile", "FROM a\nRUN a \\\n" + "# scanguard: ignore[root-user]\n" * 5000 + "b\n")
    found = [finding(ROOT, source, "b")] * 5000
    parsed = pragmas(parse(source))
    start = process_time()
    inline = suppress_inline(found, parsed, rules=CATALOGUE, ran=["root-user"], today=TODAY)
    assert process_time() - start < 2.0
    assert (sum(not one.active for one in inline.findings), len(inline.problems)) == (5000, 4999)


SOURCE = Source("a/Dockerfile", "FROM a\nUSER root\n")
HERE = Region(3, 5, 4, 1)


def excepted(**more) -> PolicyException:
    return PolicyException("root-user", "why", "2026-11-21", uri="scanguard.yaml", region=HERE)._replace(**more)


def by_policy(*exceptions, scanned=("a/Dockerfile",), ran=("root-user",)):
    found = (finding(ROOT, SOURCE, "USER root"), finding(PINS, SOURCE, "FROM a"))
    marked, notifications = suppress_by_policy(found, exceptions, ran=dict.fromkeys(scanned, ran), today=TODAY)
    assert tuple(one._replace(suppressions=()) for one in marked) == found
    return [one.suppressions for one in marked], notifications


def test_an_exception_of_the_policy_marks_what_it_covers():
    mark = Suppression("policy", "why", "2026-11-21")
    assert by_policy(excepted()) == ([(mark,), ()], ())
    assert by_policy(excepted(), excepted(path="a/*", reason="too")) == (
        [(mark, Suppression("policy", "too", "2026-11-21")), ()],
        (),
    )


def test_an_expired_exception_covers_nothing_and_is_told():
    message = "The exception for root-user ended on 2026-11-20: its findings count again."
    notification = Notification("warning", message, "scanguard.yaml", HERE)
    assert by_policy(excepted(expires="2026-11-20")) == ([(), ()], (notification,))


def test_an_expired_exception_is_only_noted_where_what_it_covers_is_accepted_otherwise():
    over = excepted(expires="2026-11-20", reason="over")
    message = "The exception for root-user ended on 2026-11-20; no finding needs it."
    note = Notification("note", message, "scanguard.yaml", HERE)
    marks = (Suppression("policy", "vendor", "2026-11-21"),)
    assert by_policy(over, excepted(reason="vendor")) == ([marks, ()], (note,))
    assert by_policy(excepted(expires="2026-11-20", stage="other")) == ([(), ()], (note,))


def test_an_exception_without_use_is_told_where_its_rule_ran_on_its_files():
    notification = Notification("note", "The exception for root-user covers no finding.", "scanguard.yaml", HERE)
    assert by_policy(excepted(stage="other")) == ([(), ()], (notification,))
    assert by_policy(excepted(stage="other"), ran=("unpinned-image",)) == ([(), ()], ())
    assert by_policy(excepted(path="b/**")) == ([(), ()], ())


def test_the_rules_have_manuals_like_all_others():
    assert [(rule.id, rule.name, rule.severity.label) for rule in RULES] == [
        ("SGD001", "syntax-error", "high"),
        ("SGD011", "expired-suppression", "medium"),
        ("SGD012", "malformed-suppression", "medium"),
        ("SGD013", "unused-suppression", "low"),
    ]
    for rule in RULES:
        assert rule.category in CATEGORIES
        assert rule.help.startswith(rule.summary + "\n\n## What it does\n")
        headings = [line for line in rule.help.splitlines() if line.startswith("## ")]
        assert headings == [
            "## What it does",
            "## Why it is bad",
            "## Example",
            "## How to fix",
            "## References",
        ]
