"""The published schema and the loader accept the same documents."""

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scanguard.model.errors import ConfigurationError
from scanguard.model.rule import CATEGORIES, Severity
from scanguard.policy.model import Policy
from scanguard.policy.schema import policy_schema, validate_with_schema
from tests.policy.policies import load_policy
from tests.policy.rules import RULES

SEVERITIES = [severity.label for severity in Severity]
WRONG = st.sampled_from([None, 3, 1.5, True, "", "x", "tomorrow", [], ["x"], [1], {}, {"x": 1}, {"x": None}])


def perhaps(right):
    """Mostly what is right, sometimes anything."""
    return st.integers(0, 9).flatmap(lambda die: WRONG if die == 0 else right)


def mapping(required=(), **keys):
    """A mapping with some of the keys, mostly the required ones, sometimes another."""
    optional = {name: perhaps(value) for name, value in keys.items() if name not in required}
    known = st.fixed_dictionaries({name: perhaps(keys[name]) for name in required}, optional=optional)
    extra = st.integers(0, 14).map(lambda die: {"x": 1} if die == 0 else {})
    missing = st.integers(0, 14).map(lambda die: die == 0)
    return st.tuples(known, extra, missing).map(
        lambda made: {name: value for name, value in {**made[0], **made[1]}.items() if not made[2] or name != "path"}
    )


TEXT = st.sampled_from(["a", "b c", "ä", "on", "1.0", "a" * 1000])
CATEGORY = st.sampled_from([*CATEGORIES, "all"])
OPTIONS = mapping(
    allow=st.lists(TEXT, max_size=3), most=st.integers(-9, 9), loud=st.booleans(), manager=TEXT | st.floats(0, 9)
)
SETTING = st.one_of(
    st.booleans(),
    st.sampled_from(["on", "off", *SEVERITIES]),
    mapping(enabled=st.booleans(), severity=st.sampled_from(SEVERITIES)),
)
EXCEPTION = mapping(
    required=("rule", "reason", "expires"),
    rule=st.sampled_from(["root-user", "SGD401"]),
    reason=TEXT,
    expires=st.sampled_from(["2027-03-31", "2028-02-29"]),
    path=st.sampled_from(["**/Dockerfile", "a"]),
    stage=TEXT,
    package=TEXT | st.lists(TEXT, min_size=1, max_size=2),
)
IMAGE = mapping(
    required=("image",),
    image=st.sampled_from(["a", "r.example/a:1", "./a.tar", "../a.tar"]),
    dockerfile=st.sampled_from(["Dockerfile", "a/b/Dockerfile"]),
    target=TEXT,
    platform=st.sampled_from(["linux/amd64", "linux/arm/v7"]),
)
TRIVY = mapping(
    path=st.sampled_from(["./trivy", "/opt/trivy"]),
    db_repository=st.sampled_from(["r.example/db:2", ["r.example/db:2", "m.example/db"]]),
    max_database_age=st.integers(0, 9),
    timeout=st.integers(1, 9),
    server=st.sampled_from(["http://a:4954", "https://b"]),
    ignorefile=TEXT,
    vex=TEXT | st.lists(TEXT, min_size=1, max_size=2),
)
VULNERABILITY = mapping(
    required=("id", "reason", "expires"),
    id=st.sampled_from(["CVE-2024-1", "GHSA-xxxx"]),
    reason=TEXT,
    owner=TEXT,
    expires=st.sampled_from(["2027-03-31"]),
    path=st.sampled_from(["/usr/lib/**", "a"]),
    package=TEXT | st.lists(TEXT, min_size=1, max_size=2),
)
DOCUMENT = mapping(
    extends=st.sampled_from(["strict", "default"]),
    fail_on=st.sampled_from([*SEVERITIES, "never"]),
    enable=CATEGORY | st.lists(CATEGORY, max_size=3),
    rules=st.fixed_dictionaries(
        {},
        optional={
            "root-user": perhaps(SETTING),
            "SGD501": perhaps(SETTING),
            "build-tools": perhaps(SETTING) | st.fixed_dictionaries({"options": OPTIONS}),
        },
    ),
    require_reason=st.booleans(),
    exceptions=st.lists(perhaps(EXCEPTION), max_size=2),
    target=TEXT,
    targets=st.lists(
        perhaps(mapping(required=("path", "ships"), path=TEXT, ships=st.lists(TEXT, min_size=1, max_size=2))),
        max_size=2,
    ),
    build_args=st.dictionaries(st.sampled_from(["A", "_b1"]), perhaps(TEXT | st.booleans() | st.floats(0, 9))),
    build_contexts=st.lists(TEXT, max_size=2),
    require_owner=st.just(False),
    images=st.lists(perhaps(IMAGE), max_size=2),
    trivy=TRIVY,
    vulnerabilities=st.lists(perhaps(VULNERABILITY), max_size=2),
)
MEANT = (
    "is not a rule",
    "is not an option of",
    "' must be a whole number",
    "' must be true or false",
    "' must be a list of texts",
    "' must be a text",
    "there is no policy '",
    "' must be a path from the repository's root",
)


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(policy_schema())


def test_the_schema_knows_our_categories_and_severities():
    definitions = policy_schema()["$defs"]
    assert definitions["category"]["enum"] == ["all", *CATEGORIES]
    assert definitions["severity"]["enum"] == SEVERITIES


def test_what_the_schema_says_is_told():
    assert validate_with_schema({"fail_on": "low"}) == []
    assert validate_with_schema({"target": 3}) == ["3 is not of type 'string'"]


@settings(max_examples=300)
@given(perhaps(DOCUMENT))
def test_the_loader_accepts_what_the_schema_accepts(value):
    text = yaml.safe_dump(value, allow_unicode=True)
    refused = validate_with_schema(value)
    error, policy = loaded(text)
    if error is not None:
        assert (error.uri, error.region is None) == ("p.yaml", False)
        assert refused or any(words in error.message for words in MEANT), (error.message, text)
    else:
        assert refused == []
        assert [policy.setting(rule).severity in Severity for rule in RULES] == [True] * 3


def loaded(text: str) -> tuple[ConfigurationError | None, Policy]:
    try:
        return None, load_policy("./p.yaml", RULES, cwd="/", read=lambda path, limit: text.encode())
    except ConfigurationError as error:
        return error, Policy()


@pytest.mark.parametrize("value", [None, 1, [], "x"])
def test_a_policy_is_a_mapping(value):
    assert len(validate_with_schema(value)) == 1
