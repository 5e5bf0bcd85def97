"""The workflows and the action before the eyes of linters that nobody here wrote, and what these do not ask for."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.environments import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FILES = [ROOT / "action.yml", *WORKFLOWS]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def tool(name: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a linter; skips where it is not installed (`pip install -e '.[ci]'`)."""
    path = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed; it comes with the extra 'ci'")
    return subprocess.run([path, *words], cwd=ROOT, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_schema(path: Path) -> None:
    kind = "actions" if path.name == "action.yml" else "workflows"
    done = tool("check-jsonschema", "--builtin-schema", f"vendor.github-{kind}", path)
    assert done.returncode == 0, done.stdout


def test_zizmor() -> None:
    done = tool("zizmor", "--offline", "--strict-collection", "--no-progress", *FILES)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No findings to report" in done.stdout


def test_jactionlint() -> None:
    done = tool("jactionlint", *FILES)
    assert (done.returncode, done.stdout) == (0, "")


def test_actionlint() -> None:
    done = tool("actionlint", "-oneline", *WORKFLOWS)
    assert (done.returncode, done.stdout) == (0, "")


def test_shellcheck(tmp_path: Path) -> None:
    scripts = sorted([*(ROOT / "scripts").rglob("*.sh"), ROOT / ".ci" / "run"])
    plain = yaml.safe_load((ROOT / "templates" / "plain" / "scanguard.yml").read_text(encoding="utf-8"))
    for name in ("scanguard", "scanguard-gate"):
        text = "\n".join(["#!/bin/sh", "set -e", *plain[name]["before_script"], *plain[name]["script"]])
        (tmp_path / f"{name}.sh").write_text(text, encoding="utf-8")
    done = tool("shellcheck", "--severity=warning", *scripts, *tmp_path.iterdir())
    assert (done.returncode, done.stdout) == (0, "")


def test_linters_see_what_is_wrong(tmp_path: Path) -> None:
    bad = tmp_path / ".github" / "workflows" / "bad.yml"
    bad.parent.mkdir(parents=True)
    bad.write_text(
        "on: [pull_request_target]\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n"
        "      - run: echo ${{ github.event.pull_request.title }}\n",
        encoding="utf-8",
    )
    for words in (("zizmor", "--offline", "--strict-collection", "--no-progress"), ("jactionlint",), ("actionlint",)):
        assert tool(*words, bad).returncode != 0, words[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit_and_version(path: Path) -> None:
    pinned = r"uses: ([\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\./ # zizmor: ignore\[self-repository\])$"
    for line in path.read_text(encoding="utf-8").splitlines():
        if "uses:" in line:
            assert re.search(pinned, line), line


def test_one_commit_for_each_action() -> None:
    seen: dict[str, set[str]] = {}
    for path in [*FILES, *DOCUMENTS]:
        for name, commit in re.findall(r"uses: ([\w./-]+)@([0-9a-f]{40} # \S+)", path.read_text(encoding="utf-8")):
            seen.setdefault(name, set()).add(commit)
    assert {name: len(commits) for name, commits in seen.items()} == dict.fromkeys(seen, 1)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_least_permissions(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    events = workflow[True]  # YAML 1.1 reads `on` so
    assert workflow["permissions"] == {}
    assert "pull_request_target" not in events
    for name, job in workflow["jobs"].items():
        assert job["timeout-minutes"] <= 90, name
        writes = {scope for scope, level in job["permissions"].items() if level == "write"}
        if "pull_request" in events:
            assert writes <= {"security-events"}, name
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False, name
            assert "${{" not in step.get("run", ""), name


def test_what_is_published_is_what_was_built_and_attested() -> None:
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8"))["jobs"]
    assert jobs["attest"]["needs"] == "build"
    assert jobs["publish"]["needs"] == "attest"
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert [step["uses"].partition("@")[0] for step in jobs["publish"]["steps"]] == [
        "actions/download-artifact",
        "pypa/gh-action-pypi-publish",
    ]
    assert "run" not in str(jobs["publish"]["steps"])


def test_the_documented_inputs_and_outputs_are_those_of_the_action() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    text = (ROOT / "docs" / "github.md").read_text(encoding="utf-8")
    inputs = text.partition("## Inputs")[2].partition("## Outputs")
    assert re.findall(r"^\| `([a-z0-9-]+)` \|", inputs[0], re.MULTILINE) == sorted(
        action["inputs"], key=lambda name: inputs[0].index(f"| `{name}` |")
    )
    described = inputs[2].partition("\n## ")[0]
    assert set(re.findall(r"`([a-z-]+)`", described)) - {"if"} == set(action["outputs"])


@pytest.mark.parametrize("target", ["full", "scanguard"])
def test_the_strict_policy_finds_nothing_in_the_image_of_scanguard(target: str) -> None:
    words = (sys.executable, "-I", "-m", "scanguard", "check", "--policy", "strict", "--target", target, "Dockerfile")
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "clean: nothing found in 1 file; 1 suppressed\n")


def test_the_image_is_built_from_what_its_context_holds() -> None:
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    taken = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    names = {name.rstrip("/") for line in taken for name in line.split()}
    assert names == {line[1:] for line in allowed if line.startswith("!")}
    assert "*" in allowed
    for name in names:
        assert (ROOT / name).exists(), name
