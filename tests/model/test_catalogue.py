"""Rules by the words that people use for them."""

import pytest

from scanguard.model.catalogue import rule_named, unknown_rule
from scanguard.model.rule import Confidence, Rule, Severity

ROOT = Rule("SGD101", "root-user", "user", Severity.HIGH, "Root.", "Root.", equivalents=("DL3002", "CKV_DOCKER_8"))
TAG = Rule("SGD202", "floating-tag", "pinning", Severity.HIGH, "A tag.", "A tag.")


@pytest.mark.parametrize(
    ("word", "rule"),
    [
        ("root-user", ROOT),
        ("ROOT-USER", ROOT),
        ("SGD101", ROOT),
        ("sgd202", TAG),
        ("DL3002", None),
        ("root", None),
        ("", None),
    ],
)
def test_names_and_ids(word: str, rule: Rule | None) -> None:
    assert rule_named(word, (ROOT, TAG)) == rule


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("dl3002", "'dl3002' is another tool's name; here the rule is 'root-user' (SGD101)"),
        ("root-usr", "'root-usr' is not a rule; did you mean 'root-user'?"),
        ("SGD110", "'SGD110' is not a rule; did you mean 'SGD101'?"),
        ("pining", "'pining' is not a rule; did you mean 'pinning'?"),
        ("quite-other", "'quite-other' is not a rule; `scanguard rules` lists them"),
    ],
)
def test_unknown_rules(word: str, message: str) -> None:
    assert unknown_rule(word, (ROOT, TAG), also=("pinning",)) == message


def test_labels_are_the_words_people_write() -> None:
    assert [one.label for one in Severity] == ["note", "low", "medium", "high", "critical"]
    assert [one.label for one in Confidence] == ["low", "medium", "high"]
