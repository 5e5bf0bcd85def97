"""What the documents say is so: links lead somewhere, commands parse, names exist."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

from scanguard.checks import builtin_checks
from scanguard.cli.arguments import build_parser
from scanguard.model.report import ExitCode
from tests.environments import ROOT

WRITTEN = sorted(
    path for pattern in ("*.md", "docs/**/*.md", "benchmarks/*.md", "plugins/*/*.md") for path in ROOT.glob(pattern)
)
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)")
BLOCK = re.compile(r"```(?:sh|yaml)\n(.*?)```", re.DOTALL)
CALL = re.compile(
    r"(?:^|\s|/)(scanguard (?:check|rules|explain|graph|plugins|completion|merge|baseline|hook|init)\b[^#`\n&|]*)"
)


def names(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", WRITTEN, ids=names)
def test_links_lead_to_files(path: Path) -> None:
    targets = LINK.findall(path.read_text(encoding="utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []


@pytest.mark.parametrize("path", [path for path in WRITTEN if "rules" not in path.parts], ids=names)
def test_command_lines_parse(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for block in BLOCK.findall(text):
        for call in CALL.findall(block):
            build_parser().parse_args(shlex.split(call)[1:])


def test_set_up_is_two_commands() -> None:
    first, second = (block.strip() for block in BLOCK.findall(README)[:2])
    start = "python3 -m venv .venv && .venv/bin/pip install -q "
    assert first == f"{start}. && .venv/bin/scanguard check examples/Dockerfile"
    assert second == f"{start}-e '.[test]' && .venv/bin/python -m pytest"
    assert "\n  python -m pytest -n auto " in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_exit_codes_are_all_listed() -> None:
    text = (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    assert [int(code) for code in re.findall(r"^\| (\d) \|", text, re.MULTILINE)] == sorted(ExitCode)


def test_the_four_policies_name_all_their_rules() -> None:
    rows = re.findall(r"^\| [a-z -]+ \| (`.*?) \| fails \|$", README, re.MULTILINE)
    listed = {name for row in rows for name in re.findall(r"`([a-z-]+)`", row)}
    four = ("user", "pinning", "secrets", "build-tools")
    assert len(rows) == 4
    assert listed == {check.rule.name for check in builtin_checks() if check.rule.category in four}


def test_the_action_is_shown_with_its_own_inputs() -> None:
    shown = next(block for block in BLOCK.findall(README) if "uses: scanguard" in block)
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    step = next(step for step in yaml.safe_load(shown)["steps"] if step["uses"].startswith("scanguard/"))
    assert set(step["with"]) <= set(action["inputs"])


def test_decisions_are_numbered_without_a_gap() -> None:
    files = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [int(file.name[:4]) for file in files] == list(range(1, len(files) + 1))
    for number, file in enumerate(files, 1):
        assert file.read_text(encoding="utf-8").startswith(f"# {number}. ")
