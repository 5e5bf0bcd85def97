"""What a run says of a standard: never a pass for what was not looked at."""

import json

import pytest

from scanguard.app.compliance import compliance
from scanguard.app.request import Environment, Request
from scanguard.app.session import Session
from scanguard.cli import main
from scanguard.model.errors import ConfigurationError
from scanguard.policy.controls import Standard
from scanguard.policy.load import load_layers
from scanguard.sources.read import read

DIGEST = "0123456789abcdef" * 4
STANDARD = """
standard: {key: house, title: House rules, version: 2}
controls:
  - {id: 1, title: Own user, coverage: covered, rules: [root-user, unknown-user]}
  - {id: 1.10, title: Fixed images, coverage: partly, rules: [unpinned-image], note: Look at them.}
  - {id: 2, title: Watched, coverage: manual, note: Ask.}
  - {id: 3, title: Images, coverage: covered, rules: [root-user, image-root-user]}
  - {id: 4, title: Nothing, coverage: covered}
"""
CLEAN = f"FROM debian@sha256:{DIGEST}\nUSER 65532\n"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "house.yaml").write_text(STANDARD)

    def run(dockerfile: str, *words: str, standard: str = "./house.yaml") -> tuple[int, str]:
        (tmp_path / "Dockerfile").write_text(dockerfile)
        code = main(["compliance", "--standard", standard, "--no-plugins", *words])
        return code, capsys.readouterr().out

    return run


def judged(text: str) -> dict[str, tuple[str, list[str]]]:
    return {one["id"]: (one["status"], one["reasons"]) for one in json.loads(text)["controls"]}


MANUAL = {"2": ("manual", ["Ask."])}
REST = {
    "3": ("not covered", ["image-root-user did not run: no image was checked."]),
    "4": ("not covered", ["No rule is about this."]),
}


def test_a_clean_run_passes_what_is_covered(run):
    code, out = run(CLEAN, "--format", "json")
    assert code == 0
    assert judged(out) == {
        "1": ("pass", ["2 rules found nothing."]),
        "1.10": ("manual", ["Nothing was found. Rules see a part of this only.", "Look at them."]),
        **MANUAL,
        **REST,
    }
    assert json.loads(out)["counts"] == {"fail": 0, "not covered": 2, "manual": 2, "pass": 1}
    assert json.loads(out)["controls"][0]["rules"] == [
        {"rule": "root-user", "kind": "file", "targets": 1, "why": ""},
        {"rule": "unknown-user", "kind": "file", "targets": 1, "why": ""},
    ]


def test_a_finding_fails_its_controls(run):
    code, out = run("FROM debian:12\nUSER root\n", "--format", "json")
    found = judged(out)
    assert code == 1
    assert {number: status for number, (status, _) in found.items()} == {
        "1": "fail",
        "1.10": "fail",
        "2": "manual",
        "3": "fail",
        "4": "not covered",
    }
    (finding,) = json.loads(out)["controls"][0]["findings"]
    assert (finding["rule"], finding["uri"], finding["line"]) == ("root-user", "Dockerfile", 2)


def test_a_rule_that_the_repository_turned_off_runs_all_the_same(run, tmp_path):
    (tmp_path / "scanguard.yaml").write_text("rules: {root-user: off}\n")
    assert judged(run("FROM debian:12\nUSER root\n", "--format", "json")[1])["1"][0] == "fail"


def test_what_is_accepted_is_for_people_to_judge(run):
    dockerfile = f'FROM debian@sha256:{DIGEST}\n# scanguard: ignore[root-user] reason="vendor"\nUSER root\n'
    code, out = run(dockerfile, "--format", "json")
    assert (code, judged(out)["1"]) == (0, ("manual", ["1 finding is accepted."]))
    assert json.loads(out)["controls"][0]["accepted"][0]["suppressions"][0]["justification"] == "vendor"


def test_what_cannot_be_known_is_no_pass(run):
    out = run(f"FROM registry.example/own@sha256:{DIGEST}\n", "--format", "json")[1]
    status, reasons = judged(out)["1"]
    assert status == "manual"
    assert reasons[0].startswith("Dockerfile: Who runs in the shipped image is not known")


def test_a_run_that_is_incomplete_passes_nothing(run):
    code, out = run(CLEAN, ".", "missing", "--format", "json")
    assert code == 3
    assert "pass" not in {status for status, _ in judged(out).values()}
    assert judged(out)["1"][1] == ["The run is incomplete: missing: does not exist; check the path"]
    assert json.loads(out)["incomplete"] == ["missing: does not exist; check the path"]


def test_a_run_over_nothing_passes_nothing(run, tmp_path):
    (tmp_path / "empty").mkdir()
    code, out = run(CLEAN, "empty", "--format", "json")
    assert code == 3
    assert "pass" not in {status for status, _ in judged(out).values()}


def test_a_standard_may_declare_its_rules(run, tmp_path):
    declared = (
        "declare: [{id: H1, name: old-base, severity: low, message: old, match: {image: {tag: '11'}}}]\n"
        "standard: {key: own, title: Own}\n"
        "controls: [{id: a, title: New, coverage: covered, rules: [H1]}]\n"
    )
    (tmp_path / "own.yaml").write_text(declared)
    assert judged(run("FROM debian:11\n", "--format", "json", standard="./own.yaml")[1])["a"][0] == "fail"
    assert judged(run("FROM debian:12\n", "--format", "json", standard="./own.yaml")[1])["a"][0] == "pass"
    other = run("FROM debian:11\n", "--format", "json", "--policy", "default", standard="./own.yaml")[1]
    assert judged(other)["a"] == ("not covered", ["old-base did not run: it is not part of this run."])


def test_text_says_it_all(run):
    code, out = run("FROM debian:12\nUSER root\n")
    assert code == 1
    assert out.splitlines()[:8] == [
        "House rules (2)",
        "Checked 1 Dockerfile and 0 images with ScanGuard 0.1.0, policy default.",
        "",
        "fail         1      Own user",
        "                    1 finding.",
        "                    Dockerfile:2: root-user: The shipped image runs as root: USER is 'root'.",
        "                    ran: root-user (1 file), unknown-user (1 file)",
        "fail         1.10   Fixed images",
    ]
    assert out.splitlines()[-2] == "3 fail, 1 not covered, 1 manual, 0 pass."


def test_markdown_obeys_nothing_that_files_say(run):
    out = run("FROM debian:12\nUSER |<b>@x`\n", "--format", "markdown", "--standard", "cis-docker")[1]
    row = next(line for line in out.splitlines() if line.startswith("| 4.1 "))
    assert row.count("|") - row.count("\\|") == 5
    assert "<b>" not in row
    assert "@x" not in row


HEAD = "standard: {key: a, title: b}\ncontrols:\n  - {id: 1.0, title: b, coverage: "


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fail_on: low", "'./p.yaml' maps no controls; write cis-docker, nist-800-190, or a policy with controls"),
        (
            "controls: [{id: a, title: b, coverage: manual}]",
            "p.yaml:1:1: 'standard' is missing: it says of which standard these are",
        ),
        ("standard: {key: a, title: b}", "p.yaml:1:1: 'controls' is missing: a standard has controls"),
        (
            f"{HEAD}manual, rules: [root-user]}}",
            "p.yaml:3:43: the control 1.0 is manual and names rules; is it partly covered?",
        ),
        (f"{HEAD}covered, rules: [root-usr]}}", "p.yaml:3:52: 'root-usr' is not a rule; did you mean 'root-user'?"),
        (
            f"{HEAD}covered}}\n  - {{id: '1.0', title: b, coverage: manual}}",
            "p.yaml:4:10: the control 1.0 is given twice",
        ),
    ],
)
def test_a_standard_that_is_wrong_is_refused(tmp_path, text, message):
    (tmp_path / "p.yaml").write_text(text)
    session = Session(Environment(str(tmp_path), "2026-01-01"), plugins=False)
    with pytest.raises(ConfigurationError) as caught:
        compliance(session, "./p.yaml", Request())
    assert str(caught.value) == message


def packaged(name: str) -> Standard:
    rules = Session(Environment(".", "2026-01-01"), plugins=False).rules
    (standard,) = [layer.standard for layer in load_layers(name, rules, cwd=".", read=read) if layer.standard]
    return standard


def test_the_packaged_standards_have_all_their_controls():
    assert [control.id for control in packaged("cis-docker").controls] == [f"4.{number}" for number in range(1, 13)]
    sections = {1: 5, 2: 3, 3: 5, 4: 5, 5: 5}
    numbers = [f"4.{part}.{number}" for part, most in sections.items() for number in range(1, most + 1)]
    assert [control.id for control in packaged("nist-800-190").controls] == numbers


@pytest.mark.parametrize("name", ["cis-docker", "nist-800-190"])
def test_the_packaged_standards_are_honest(name):
    """Manual controls have no rule, others have one, and a control that is not covered whole says what is left."""
    rules = Session(Environment(".", "2026-01-01"), plugins=False).rules
    standard = packaged(name)
    assert standard.key == name
    for control in standard.controls:
        referring = [rule.name for rule in rules if control.id in dict(rule.controls).get(name, ())]
        assert (control.coverage == "manual") == (not referring), control.id
        assert control.coverage == "covered" or control.note, control.id
        assert control.rules == tuple(referring)
