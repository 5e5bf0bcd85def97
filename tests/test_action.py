"""The composite action, its steps run by hand in the environment that GitHub would give them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.environments import ROOT, run

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
SCHEMA = ROOT.parent / "shared" / "schemas" / "schemastore-github-action.json"
CLEAN = "FROM scratch\nUSER 1000\n"
BAD = "FROM debian\nUSER 1000\n"


@pytest.fixture
def runner(tmp_path: Path) -> Path:
    """A runner whose private environment is there already: installing is what tests/packaging looks at."""
    python = tmp_path / "temp" / "scanguard" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    (tmp_path / "work").mkdir()
    return tmp_path


def check(runner: Path, dockerfile: str, **inputs: str) -> tuple[int, dict[str, str], str]:
    """Run the step `check`; returns its exit code, its outputs and what it printed."""
    work = runner / "work"
    (work / "Dockerfile").write_text(dockerfile, encoding="utf-8")
    step = next(step for step in ACTION["runs"]["steps"] if step.get("id") == "check")
    values = {name: str(entry.get("default", "")) for name, entry in ACTION["inputs"].items()} | {
        name.replace("_", "-"): value for name, value in inputs.items()
    }
    environment = {
        "PATH": os.environ["PATH"],
        "RUNNER_TEMP": str(runner / "temp"),
        "GITHUB_OUTPUT": str(runner / "output"),
    }
    for name, value in step["env"].items():
        environment[name] = re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda found: values[found[1]], value)
    (runner / "output").write_text("", encoding="utf-8")
    script = runner / "step.sh"
    script.write_text(step["run"], encoding="utf-8")
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
    done = subprocess.run(words, cwd=work, env=environment, capture_output=True, text=True, timeout=120)
    return done.returncode, outputs((runner / "output").read_text(encoding="utf-8")), done.stdout + done.stderr


def outputs(text: str) -> dict[str, str]:
    """The file of outputs, as GitHub reads it."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, mark, value = line.partition("<<")
        if mark:
            body = []
            for inner in lines:
                if inner == value:
                    break
                body.append(inner)
            found[name] = "\n".join(body)
        else:
            name, _, value = line.partition("=")
            found[name] = value
    return found


def test_finding_fails_after_outputs_are_written(runner: Path) -> None:
    code, said, printed = check(runner, BAD)
    assert code == 1
    assert said == {"sarif-file": "scanguard.sarif", "exit-code": "1"}
    assert "Dockerfile:1:6: high[floating-tag]" in printed
    report = json.loads((runner / "work" / "scanguard.sarif").read_text(encoding="utf-8"))
    assert [result["ruleId"] for result in report["runs"][0]["results"]] == ["SGD202"]


def test_clean(runner: Path) -> None:
    assert check(runner, CLEAN)[:2] == (0, {"sarif-file": "scanguard.sarif", "exit-code": "0"})


def test_arguments_one_a_line(runner: Path) -> None:
    code, _, printed = check(runner, BAD, args="--ignore\nfloating-tag,unpinned-image\n\n--target=nowhere $(x)\n")
    assert code == 3
    assert "There is no stage 'nowhere $(x)' to ship" in printed
    assert check(runner, BAD, args="--ignore\nfloating-tag,unpinned-image\n")[0] == 0


def test_policy_that_is_missing(runner: Path) -> None:
    code, said, printed = check(runner, CLEAN, policy="nowhere.yaml")
    assert (code, said["exit-code"]) == (2, "2")
    assert "nowhere.yaml" in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize(
    "hostile",
    ["$(touch owned)", "`touch owned`", '"; touch owned; "', "a'b", "--output=sarif=owned", "::set-output name=x::y"],
)
def test_hostile_inputs_are_only_text(runner: Path, hostile: str) -> None:
    code, said, _ = check(runner, CLEAN, paths=hostile, category=hostile)
    assert code == 3
    assert said == {"sarif-file": "scanguard.sarif", "exit-code": "3"}
    assert not (runner / "work" / "owned").exists()


def test_hostile_file_name_cannot_forge_an_output(runner: Path) -> None:
    _, said, _ = check(runner, CLEAN, sarif_file="a\nexit-code=0\nb")
    assert said["exit-code"] == "0" if (runner / "work" / "a\nexit-code=0\nb").exists() else "2"
    assert set(said) == {"sarif-file", "exit-code"}


def test_install_runs_nothing_of_the_workspace(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    for module in ("venv", "pip", "ensurepip", "sitecustomize", "subprocess"):
        (work / f"{module}.py").write_text("open('owned', 'w').close()\n", encoding="utf-8")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "dist", cwd=ROOT)
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "RUNNER_TEMP": str(tmp_path / "temp"),
        "SCANGUARD_HOME": str(next((tmp_path / "dist").iterdir())),
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
    }
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", ACTION["runs"]["steps"][0]["run"]]
    done = subprocess.run(words, cwd=work, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert not (work / "owned").exists()
    python = tmp_path / "temp" / "scanguard" / "bin" / "python"
    assert run(python, "-I", "-c", "import scanguard; print(scanguard.__file__)").stdout.startswith(str(tmp_path))


def test_inputs_reach_scripts_through_the_environment_only() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step["run"]
        assert "uses" not in step


@pytest.mark.skipif(not SCHEMA.is_file(), reason="the schema of actions does not lie beside the repository")
def test_schema() -> None:
    import jsonschema_rs

    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert list(map(str, jsonschema_rs.validator_for(schema).iter_errors(ACTION))) == []
