import subprocess
import sys
from pathlib import Path

import pytest

from scanguard.model.errors import ConfigurationError
from scanguard.model.finding import Finding
from scanguard.model.location import Region, Span
from scanguard.model.rule import Confidence, Severity
from scanguard.policy.model import DEFAULT, Policy, PolicyException, RuleSetting, Setting, ShippedStages
from scanguard.policy.select import select
from tests.policy.rules import BUILD_TOOLS, DEBUG_TOOLS, ROOT_USER, RULES

OPTIONS = {"allow": ("git",), "most": 3, "loud": True, "manager": "apt"}


def enabled(policy: Policy) -> list[str]:
    return [rule.name for rule in RULES if policy.setting(rule).enabled]


def finding(uri="a/Dockerfile", stage="final", key="") -> Finding:
    region = Region(1, 1, 1, 2)
    return Finding(
        ROOT_USER, Severity.HIGH, Confidence.HIGH, "m", uri, region, stage, (), (), Span(0, 1), "USER root", key
    )


def test_without_a_word_from_the_policy_the_rule_decides():
    assert DEFAULT.setting(ROOT_USER) == Setting(True, Severity.HIGH, {})
    assert DEFAULT.setting(BUILD_TOOLS) == Setting(True, Severity.MEDIUM, OPTIONS)
    assert DEFAULT.setting(DEBUG_TOOLS) == Setting(False, Severity.LOW, {})


def test_a_policy_sets_what_it_speaks_of_and_leaves_the_rest():
    policy = Policy(
        rules={
            "root-user": RuleSetting(enabled=False),
            "build-tools": RuleSetting(severity=Severity.CRITICAL, options={"most": 0}),
            "debug-tools": RuleSetting(enabled=True),
        }
    )
    assert policy.setting(ROOT_USER) == Setting(False, Severity.HIGH, {})
    assert policy.setting(BUILD_TOOLS) == Setting(True, Severity.CRITICAL, {**OPTIONS, "most": 0})
    assert policy.setting(DEBUG_TOOLS) == Setting(True, Severity.LOW, {})


def test_categories_are_enabled_and_a_rules_own_entry_goes_before():
    assert enabled(Policy(enable=("hygiene",))) == ["root-user", "build-tools", "debug-tools"]
    assert enabled(Policy(enable=("all",))) == ["root-user", "build-tools", "debug-tools"]
    assert enabled(Policy(enable=("user",))) == ["root-user", "build-tools"]
    off = {"debug-tools": RuleSetting(enabled=False)}
    assert enabled(Policy(enable=("all",), rules=off)) == ["root-user", "build-tools"]


def test_the_first_target_that_matches_says_what_ships():
    policy = Policy(targets=(ShippedStages("a/**", ("one", "two")), ShippedStages("**", ("three",))), target="four")
    assert policy.ships("a/b/Dockerfile") == ("one", "two")
    assert policy.ships("b/Dockerfile") == ("three",)
    assert Policy(target="four").ships("Dockerfile") == ("four",)
    assert DEFAULT.ships("Dockerfile") == ()


def test_an_exception_covers_what_all_its_conditions_cover():
    bare = PolicyException("root-user", "why", "2027-01-01")
    assert bare.covers(finding())
    assert not bare._replace(rule="build-tools").covers(finding())
    assert bare._replace(path="a/*", stage="FINAL").covers(finding())
    assert not bare._replace(path="*").covers(finding())
    assert not bare._replace(stage="other").covers(finding())


def test_an_exception_for_packages_covers_findings_that_name_no_other():
    gcc = PolicyException("root-user", "why", "2027-01-01", packages=("gcc", "make"))
    assert [gcc.covers(finding(key=key)) for key in ("gcc", "gcc,make", "gcc,rustc", "")] == [True, True, False, False]


def test_select_leaves_exactly_the_selected_rules():
    assert enabled(select(DEFAULT, RULES, ["root-user"])) == ["root-user"]
    assert enabled(select(DEFAULT, RULES, ["sgd501", "SGD401"])) == ["build-tools", "debug-tools"]
    assert enabled(select(DEFAULT, RULES, ["hygiene"])) == ["debug-tools"]
    off = Policy(rules={"root-user": RuleSetting(enabled=False, severity=Severity.LOW)})
    assert select(off, RULES, ["user"]).setting(ROOT_USER) == Setting(True, Severity.LOW, {})


def test_ignore_takes_rules_away_even_selected_ones():
    assert enabled(select(DEFAULT, RULES, (), ["SGD101"])) == ["build-tools"]
    assert enabled(select(DEFAULT, RULES, ["user", "hygiene"], ["hygiene"])) == ["root-user"]
    assert select(DEFAULT, RULES) is DEFAULT


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("root-usr", "--select: 'root-usr' is not a rule; did you mean 'root-user'?"),
        ("SGD110", "--select: 'SGD110' is not a rule; did you mean 'SGD101'?"),
        ("hygene", "--select: 'hygene' is not a rule; did you mean 'hygiene'?"),
        ("ds-0002", "--select: 'ds-0002' is another tool's name; here the rule is 'root-user' (SGD101)"),
        ("nonsense", "--select: 'nonsense' is not a rule; `scanguard rules` lists them"),
    ],
)
def test_unknown_words_are_refused_with_a_suggestion(word, message):
    with pytest.raises(ConfigurationError) as caught:
        select(DEFAULT, RULES, [word])
    assert str(caught.value) == message
    with pytest.raises(ConfigurationError, match=r"^--ignore: "):
        select(DEFAULT, RULES, [], [word])


def test_the_light_path_loads_nothing_heavy():
    code = (
        "import sys\n"
        "import scanguard.policy.model, scanguard.policy.find, scanguard.policy.select, scanguard.policy.load\n"
        "import scanguard.sources.discover, scanguard.sources.read, scanguard.dockerfile.pragma\n"
        "import scanguard.engine.suppress\n"
        "from scanguard.sources.discover import discover\n"
        "discover([sys.argv[1]], '.'); scanguard.policy.find.find_policy('.', '.')\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-IS", "-c", "import sys; sys.path.insert(0, '.')\n" + code, __file__],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    heavy = "yaml json jsonschema pathlib subprocess dataclasses logging argparse tempfile shutil glob fnmatch datetime"
    assert set(done.stdout.split()) & set(heavy.split()) == set()
