"""What docs/policies.md shows works."""

import re
from pathlib import Path

from scanguard.checks import builtin_checks
from scanguard.dockerfile.parser import parse
from scanguard.dockerfile.pragma import pragmas
from scanguard.engine.rules import RULES as RULES_OF_THE_ENGINE
from scanguard.model.catalogue import rule_named
from scanguard.model.location import Source
from scanguard.policy.load import load_layers
from tests.policy.policies import load_policy

TEXT = (Path(__file__).parents[2] / "docs" / "policies.md").read_text(encoding="utf-8")
RULES = (*(check.rule for check in builtin_checks()), *RULES_OF_THE_ENGINE)


def block(language: str) -> str:
    """The first block of a language; examples of locks have their own test."""
    return blocks(language)[0]


def blocks(language: str) -> list[str]:
    return re.findall(f"```{language}\n(.*?)```", TEXT, re.DOTALL)


def test_the_policy_loads():
    policy = load_policy("./p.yaml", RULES, cwd="/", read=lambda path, limit: block("yaml").encode())
    assert [exception.packages for exception in policy.exceptions] == [("gcc", "g++")]
    assert policy.ships("services/api/Dockerfile") == ("api", "worker")
    assert policy.build_args == {"PYTHON_VERSION": "3.12"}


def test_the_policy_with_locks_loads():
    policy = load_policy("./p.yaml", RULES, cwd="/", read=lambda path, limit: blocks("yaml")[1].encode())
    named = [lock.name for lock in policy.locks]
    assert (named[0], named[-2:]) == ("root-user", ["target", "unpinned-image"])
    assert len(blocks("yaml")) == 2


def test_the_suppressions_are_well_formed_and_name_rules():
    found = pragmas(parse(Source("Dockerfile", block("dockerfile"))))
    assert [(pragma.scope.value, pragma.reason, pragma.until, pragma.problem) for pragma in found] == [
        ("ignore-file", "the mirror serves fixed tags", "", None),
        ("ignore", "vendor image", "2027-03-31", None),
    ]
    assert None not in [rule_named(word.text, RULES) for pragma in found for word in pragma.rules]


def test_the_standard_of_the_compliance_page_loads():
    page = (Path(__file__).parents[2] / "docs" / "compliance.md").read_text(encoding="utf-8")
    (text,) = re.findall("```yaml\n(.*?)```", page, re.DOTALL)
    (layer,) = load_layers("./p.yaml", RULES, cwd="/", read=lambda path, limit: text.encode())
    assert layer.standard is not None
    assert [(control.id, control.coverage) for control in layer.standard.controls] == [
        ("H-1", "covered"),
        ("H-2", "partly"),
        ("H-3", "manual"),
    ]
