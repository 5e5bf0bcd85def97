"""Every rule against its fixtures: tests/checks/dockerfile/<rule>/{bad,good}-<case>.Dockerfile.

A comment `# expect: SGD101` stands above the instruction on whose lines the finding must be; `good-` files expect nothing.
The rules of images have their cases in tests/checks/image.
"""

import re
from pathlib import Path

import pytest

from scanguard.build.evaluate import BuildOptions
from scanguard.checks import builtin_checks
from scanguard.checks.image import CHECKS as IMAGE_CHECKS
from scanguard.engine.run import check_dockerfile
from scanguard.engine.setting import Setting
from scanguard.model.location import Source
from tests.fakes import fill

FIXTURES = Path(__file__).parent / "dockerfile"
CHECKS = {check.rule.name: check for check in builtin_checks()}
IMAGE_RULES = {check.rule.name: check for check in IMAGE_CHECKS}
CASES = sorted(FIXTURES.glob("*/*.Dockerfile"))
EXPECT = re.compile(r"^\s*#\s*expect:\s*(.+)$")
OPTION = re.compile(r"^#\s*build:\s*(target|arg|context)\s+(\S+)$", re.MULTILINE)


def expected(text: str) -> list[tuple[str, int]]:
    """Pairs of rule id and the line of the instruction below each expectation, or of the line after `@`."""
    lines = text.splitlines()
    found = []
    for number, line in enumerate(lines):
        match = EXPECT.match(line)
        if match:
            below = number + 1
            while lines[below].lstrip().startswith("#") or not lines[below].strip():
                below += 1
            for rule in match.group(1).split(","):
                name, _, at = rule.strip().partition("@")
                found.append((name, int(at) if at else below + 1))
    return sorted(found)


def options(text: str) -> BuildOptions:
    found = OPTION.findall(text)
    args = dict(value.split("=", 1) for kind, value in found if kind == "arg")
    contexts = frozenset(value for kind, value in found if kind == "context")
    return BuildOptions(next((value for kind, value in found if kind == "target"), ""), args, contexts)


def instruction_line(outcome, offset: int) -> int:
    """The line on which the instruction begins that holds this offset."""
    source = outcome.file.source
    every = [*outcome.dockerfile.preamble, *(one for stage in outcome.dockerfile.stages for one in stage.instructions)]
    spans = [one.span for one in every if one.span.start <= offset <= one.span.end]
    return source.line_of(spans[-1].start) if spans else source.line_of(offset)


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_fixture(path: Path) -> None:
    text = fill(path.read_text(encoding="utf-8"))
    check = CHECKS[path.parent.name]
    defaults = {option.name: option.default for option in check.rule.options}
    outcome = check_dockerfile(Source("Dockerfile", text), [Setting(check, None, defaults)], options(text))
    assert [n for n in outcome.notifications if n.level == "error"] == []
    found = [f for f in outcome.findings if f.rule.id == check.rule.id]
    got = sorted((f.rule.id, instruction_line(outcome, f.span.start)) for f in found)
    want = expected(text)
    assert got == want, "\n".join(f.message for f in found)
    assert bool(want) == path.name.startswith("bad-")


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_every_rule_has_good_and_bad_fixtures(name: str) -> None:
    stems = [path.name for path in (FIXTURES / name).glob("*.Dockerfile")]
    assert any(stem.startswith("bad-") for stem in stems), f"{name} has no bad fixture"
    assert any(stem.startswith("good-") for stem in stems), f"{name} has no good fixture"


@pytest.mark.parametrize("name", sorted(CHECKS | IMAGE_RULES))
def test_every_rule_has_a_manual(name: str) -> None:
    rule = (CHECKS | IMAGE_RULES)[name].rule
    assert rule.summary.endswith(".")
    for section in ("What it does", "Why it is bad", "Example", "How to fix", "References"):
        assert f"\n## {section}\n" in rule.help, f"{name} lacks '{section}'"
    assert Path(__file__).parents[2].joinpath("docs/rules", f"{name}.md").is_file()


def test_ids_and_names_are_unique() -> None:
    rules = [check.rule for check in (*builtin_checks(), *IMAGE_CHECKS)]
    assert len({rule.id for rule in rules}) == len(rules)
    assert len({rule.name for rule in rules}) == len(rules)
    assert [rule.id for rule in rules] == sorted(rule.id for rule in rules)
