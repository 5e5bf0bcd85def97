"""Any report that can be: hypothesis strategies for the tests of reporters."""

from hypothesis import strategies as st

from scanguard.model.finding import Finding, Place, Suppression
from scanguard.model.location import Source, Span
from scanguard.model.report import Notification, Report, ScannedFile
from scanguard.model.rule import CATEGORIES, Confidence, Rule, Severity

NASTY = st.sampled_from(
    ["##[x]", "::error::", "[a](1)", "{0}", "\\[", "\x1b[31m", "\u202e", "\ud800", "日", "\r\n", "\n", "\t", "%"]
)
TEXT = st.lists(NASTY | st.text(max_size=8), max_size=8).map("".join)
WORDS = TEXT.map(lambda text: text + "x.")
NAMES = st.from_regex(r"[a-z]{1,8}(-[a-z]{1,8}){0,2}", fullmatch=True)
NUMBERS = st.lists(st.from_regex(r"[1-9][0-9]?(\.[1-9][0-9]?)?", fullmatch=True), max_size=7, unique=True).map(tuple)
CONTROLS = st.fixed_dictionaries({"cwe": NUMBERS, "cis-docker": NUMBERS, "nist-800-190": NUMBERS})
RULES = st.lists(
    st.builds(
        Rule,
        id=st.from_regex(r"SGD[1-9][0-9]{2}", fullmatch=True),
        name=NAMES,
        category=st.sampled_from(CATEGORIES),
        severity=st.sampled_from(Severity),
        summary=WORDS,
        help=TEXT,
        controls=CONTROLS.map(lambda mapping: tuple(mapping.items())),
        options=st.just(()),
    ),
    min_size=1,
    max_size=4,
    unique_by=(lambda rule: rule.id, lambda rule: rule.name),
)
PATHS = st.text(st.characters(exclude_characters="\x00\\", exclude_categories=["Cs"]), min_size=1, max_size=12).map(
    lambda text: "/".join(part for part in text.split("/") if part not in ("", ".", "..")) or "Dockerfile"
)


@st.composite
def spans(draw: st.DrawFn, text: str) -> Span:
    start = draw(st.integers(0, len(text)))
    return Span(start, draw(st.integers(start, len(text))))


@st.composite
def files(draw: st.DrawFn) -> ScannedFile:
    text = draw(TEXT)
    secrets = draw(st.lists(spans(text), max_size=3).map(tuple))
    return ScannedFile(Source(draw(PATHS), text), secrets, draw(st.sampled_from(["", "0f" * 32])))


@st.composite
def findings(draw: st.DrawFn, files: list[ScannedFile], rules: list[Rule]) -> Finding:
    source = draw(st.sampled_from(files)).source

    def place() -> Place:
        return Place(draw(WORDS), source.region(draw(spans(source.text))))

    span = draw(spans(source.text))
    return Finding(
        rule=draw(st.sampled_from(rules)),
        severity=draw(st.sampled_from(Severity)),
        confidence=draw(st.sampled_from(Confidence)),
        message=draw(WORDS),
        uri=source.uri,
        region=source.region(span),
        stage=draw(TEXT),
        related=tuple(place() for _ in range(draw(st.integers(0, 3)))),
        trace=tuple(place() for _ in range(draw(st.integers(0, 3)))),
        span=span,
        instruction=draw(TEXT),
        suppressions=draw(
            st.sampled_from([(), (), (Suppression("inline", "why"),), (Suppression("baseline", "", "2027-01-01"),)])
        ),
    )


@st.composite
def reports(draw: st.DrawFn) -> Report:
    scanned = draw(st.lists(files(), min_size=1, max_size=3, unique_by=lambda file: file.source.uri))
    rules = draw(RULES)
    notifications = st.builds(
        Notification,
        level=st.sampled_from(["error", "warning", "note"]),
        message=WORDS,
        uri=st.just("") | PATHS,
        region=st.none(),
        rule_id=st.sampled_from(["", "SGD999", rules[0].id]),
    )
    return Report(
        version=draw(st.sampled_from(["0.1.0", "1.2.3.dev4", "2.0.0-rc.1"])),
        findings=tuple(draw(st.lists(findings(scanned, rules), max_size=5))),
        notifications=tuple(draw(st.lists(notifications, max_size=3))),
        rules=tuple(rules),
        files=tuple(scanned),
        fail_on=draw(st.none() | st.sampled_from(Severity)),
        exit_zero=draw(st.booleans()),
    )
