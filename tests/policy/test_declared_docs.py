"""Every example of docs/declared-rules.md does what the page says."""

import re
from pathlib import Path

import pytest

from scanguard.app.examples import Tried, try_examples
from scanguard.app.request import Environment
from scanguard.app.session import Session

TEXT = (Path(__file__).parents[2] / "docs" / "declared-rules.md").read_text(encoding="utf-8")
SECTIONS = {
    part.partition("\n")[0]: re.findall("```(yaml|dockerfile)\n(.*?)```", part, re.DOTALL)
    for part in re.split("^## ", TEXT, flags=re.MULTILINE)
}
EXAMPLES = {title: blocks for title, blocks in SECTIONS.items() if blocks}
OWN = re.compile("^  - id: (ACME[0-9]+)$", re.MULTILINE)


def tried(tmp_path: Path, blocks: list[tuple[str, str]]) -> Tried:
    """The declared rules alone, on the first Dockerfile as bad and the others as good examples."""
    (policy,) = [text for kind, text in blocks if kind == "yaml"]
    session = Session(Environment(str(tmp_path), "2026-01-01"), plugins=False)
    off = "".join(f"  {rule.name}: off\n" for rule in session.rules)
    (tmp_path / "policy.yaml").write_text(f"fail_on: note\nrules:\n{off}{policy}")
    for number, text in enumerate(text for kind, text in blocks if kind == "dockerfile"):
        (tmp_path / f"{'good' if number else 'bad'}-{number}.Dockerfile").write_text(text)
    return try_examples(session, "./policy.yaml", ["."])


@pytest.mark.parametrize("title", EXAMPLES)
def test_the_examples_are_as_the_page_says(tmp_path, title):
    blocks = EXAMPLES[title]
    result = tried(tmp_path, blocks)
    assert [f"{one.uri}:{one.region}: {one.message}" for one in result.differences] == []
    assert (result.examples, result.errors) == (len(blocks) - 1, ())


@pytest.mark.parametrize("title", EXAMPLES)
def test_every_rule_of_the_page_is_expected_somewhere(title):
    (policy,) = [text for kind, text in EXAMPLES[title] if kind == "yaml"]
    bad = next(text for kind, text in EXAMPLES[title] if kind == "dockerfile")
    assert {name for name in OWN.findall(policy) if f"# expect: {name}\n" not in bad} == set()


def test_the_page_has_the_examples_that_people_ask_for():
    assert set(EXAMPLES) >= {
        "Allowed registries",
        "Required labels",
        "Forbidden packages",
        "Forbidden commands",
        "Required users",
        "Pinned package indexes",
    }
