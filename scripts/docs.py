"""Write the pages of the rules from the rules themselves and their fixtures.

`python scripts/docs.py` writes docs/rules; `--check` changes nothing and fails where a page is not current.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scanguard.checks import builtin_checks  # noqa: E402
from scanguard.checks.image import CHECKS as IMAGE_CHECKS  # noqa: E402
from scanguard.engine.rules import RULES  # noqa: E402
from scanguard.model.rule import Rule  # noqa: E402
from scanguard.trivy.hook import checks as trivy_checks  # noqa: E402

PAGES = ROOT / "docs" / "rules"
FIXTURES = ROOT / "tests" / "checks" / "dockerfile"
STANDARDS = {"cis-docker": "CIS Docker Benchmark", "nist-800-190": "NIST SP 800-190", "cwe": "CWE"}


def rules() -> tuple[Rule, ...]:
    """All first-party rules, in the order of their ids."""
    found = [*RULES, *(check.rule for check in (*builtin_checks(), *IMAGE_CHECKS, *trivy_checks()))]
    return tuple(sorted(found, key=lambda rule: rule.id))


def page(rule: Rule) -> str:
    """One rule's page: its facts, its manual, its fixtures."""
    facts = [f"Severity: {rule.severity.label}", f"Category: {rule.category}", f"Since: {rule.since}"]
    facts.append("On by default" if rule.enabled else "Off by default, on in the strict policy")
    facts.extend(f"{STANDARDS[standard]}: {', '.join(numbers)}" for standard, numbers in rule.controls)
    if rule.equivalents:
        facts.append(f"Equivalents in other tools: {', '.join(rule.equivalents)}")
    facts.extend(f"Option `{option.name}` (default `{option.default!r}`): {option.help}" for option in rule.options)
    listed = "\n".join(f"- {fact}" for fact in facts)
    return f"# {rule.name} ({rule.id})\n\n{listed}\n\n{rule.help.strip()}\n{examples(rule)}"


def examples(rule: Rule) -> str:
    """The fixtures of a rule, which the tests run: what is reported and what is not; rules of images have none."""
    text = ""
    for kind, title in (("bad", "Reported"), ("good", "Not reported")):
        files = sorted((FIXTURES / rule.name).glob(f"{kind}-*.Dockerfile"))
        if not files:
            continue
        text += f"\n## {title}\n"
        for file in files:
            case = file.stem.removeprefix(f"{kind}-").replace("-", " ")
            text += f"\n{case}:\n\n```dockerfile\n{file.read_text(encoding='utf-8').strip()}\n```\n"
    return text


def index() -> str:
    """The table of all rules."""
    head = "# Rules\n\n| id | name | severity | category | says |\n|---|---|---|---|---|\n"
    rows = (
        f"| {rule.id} | [{rule.name}]({rule.name}.md) | {rule.severity.label} | {rule.category} | {rule.summary} |\n"
        for rule in rules()
    )
    return head + "".join(rows)


def pages() -> dict[Path, str]:
    """Every generated file and what it must hold."""
    found = {PAGES / f"{rule.name}.md": page(rule) for rule in rules()}
    found[PAGES / "README.md"] = index()
    return found


def main() -> int:
    """Write the pages, or compare them; returns 1 where a page is not current."""
    wanted = pages()
    stale = [path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    stale.extend(path for path in PAGES.glob("*.md") if path not in wanted)
    if "--check" in sys.argv[1:]:
        for path in stale:
            sys.stderr.write(f"{path.relative_to(ROOT)} is not current: run `python scripts/docs.py`\n")
        return 1 if stale else 0
    PAGES.mkdir(parents=True, exist_ok=True)
    for path in stale:
        if path in wanted:
            path.write_text(wanted[path], encoding="utf-8")
        else:
            path.unlink()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
