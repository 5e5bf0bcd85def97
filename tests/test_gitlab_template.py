"""The GitLab component and the file for those without components: inputs put in, schemas, and the scripts run by a shell."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from scanguard import __version__
from tests.environments import ROOT, run
from tests.images import Recipe, docker_archive

TEMPLATE = ROOT / "templates" / "scanguard.yml"
PLAIN = ROOT / "templates" / "plain" / "scanguard.yml"
SCHEMAS = ROOT.parent / "shared" / "schemas"
HEADER, BODY = TEMPLATE.read_text(encoding="utf-8").split("\n---\n")
INPUTS: dict[str, Any] = yaml.safe_load(HEADER)["spec"]["inputs"]
CLEAN = "FROM scratch\nUSER 1000\n"
BAD = "FROM debian\nUSER 1000\n"
NAMES = ["codequality.json", "container-scanning.json", "scanguard.sarif"]
HOSTILE = ["$(touch owned)", "`touch owned`", "'; touch owned; '", "a'b", "--output=sarif=owned", "* $HOME"]
SHELLS = [shell for shell in ("bash", "dash", "busybox") if shutil.which(shell)]


def component(**inputs: object) -> dict[str, Any]:
    """The component's jobs with these inputs, put in as GitLab does: into the text, before YAML is read."""
    values = {name: entry["default"] for name, entry in INPUTS.items()} | inputs
    for name, value in values.items():
        entry = INPUTS[name]
        assert re.search(entry.get("regex", ""), str(value)), f"{name}: {value}"
        assert value in entry.get("options", [value]), f"{name}: {value}"
    texts = {name: json.dumps(value) if isinstance(value, bool) else str(value) for name, value in values.items()}
    return yaml.safe_load(re.sub(r"\$\[\[ inputs\.([a-z_]+) \]\]", lambda found: texts[found[1]], BODY))


class Pipeline(NamedTuple):
    """The codes of the scan jobs and of the gate (None where it did not run), and what they printed."""

    scans: tuple[int, ...]
    gate: int | None
    log: str


def script(work: Path, job: Mapping[str, Any], shell: str, environment: Mapping[str, str]) -> tuple[int, str]:
    """Run a job's script in one shell, as a runner does: a failing command ends it."""
    words = [shell, "sh"] if shell == "busybox" else [shell]
    text = "\n".join(["set -e", *job["before_script"], *job["script"]])
    known = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", **environment}
    known |= {name: str(value) for name, value in job.get("variables", {}).items()}
    done = subprocess.run([*words, "-c", text], cwd=work, env=known, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


def pipeline(
    work: Path,
    document: Mapping[str, Any],
    *,
    shell: str = "bash",
    environment: Mapping[str, str] | None = None,
    dockerfile: str | None = None,
) -> Pipeline:
    """Run the scan as often as it is parallel, then the gate where no scan failed."""
    if dockerfile is not None:
        (work / "Dockerfile").write_text(dockerfile, encoding="utf-8")
    scan, gate = (document[name] for name in document if name == "scanguard" or name == "scanguard-gate")
    given = {**{name: str(value) for name, value in document.get("variables", {}).items()}, **(environment or {})}
    kept = work.parent / "kept"
    ran, log = [], ""
    for index in range(1, scan["parallel"] + 1):
        node = {"CI_NODE_INDEX": str(index), "CI_NODE_TOTAL": str(scan["parallel"])}
        code, said = script(work, scan, shell, given | node)
        ran.append(code)
        log += said
        if (work / "scanguard-reports").is_dir():
            shutil.copytree(work / "scanguard-reports", kept, dirs_exist_ok=True)
    if any(ran):
        return Pipeline(tuple(ran), None, log)
    shutil.copytree(kept, work / "scanguard-reports", dirs_exist_ok=True)
    code, said = script(work, gate, shell, given)
    return Pipeline(tuple(ran), code, log + said)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


def report(work: Path, name: str) -> Any:
    return json.loads((work / "scanguard-reports" / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("shell", SHELLS)
def test_findings_fail_the_gate_alone(work: Path, shell: str) -> None:
    found = pipeline(work, component(), shell=shell, dockerfile=BAD)
    assert (found.scans, found.gate) == ((0,), 1)
    assert [one["check_name"] for one in report(work, "codequality.json")] == ["floating-tag"]
    for name in ("scanguard.sarif", "merged.sarif"):
        assert [one["ruleId"] for one in report(work, name)["runs"][0]["results"]] == ["SGD202"]
    assert report(work, "merged.json")["exit_code"] == 1


@pytest.mark.parametrize("shell", SHELLS)
def test_clean(work: Path, shell: str) -> None:
    found = pipeline(work, component(), shell=shell, dockerfile=CLEAN)
    assert (found.scans, found.gate) == ((0,), 0)
    assert report(work, "codequality.json") == []


def test_incomplete_is_ingested_and_fails_the_gate(work: Path) -> None:
    found = pipeline(work, component(paths="Dockerfile,nowhere"), dockerfile=BAD)
    assert (found.scans, found.gate) == ((0,), 3)
    assert len(report(work, "codequality.json")) == 2


def test_without_a_report_the_scan_fails(work: Path) -> None:
    (work / "scanguard-reports").mkdir()
    (work / "scanguard-reports" / "part-1.json").write_text("{}", encoding="utf-8")
    found = pipeline(work, component(policy="nowhere.yaml"), dockerfile=CLEAN)
    assert (found.scans, found.gate) == ((2,), None)
    assert "nowhere.yaml" in found.log
    assert "wrote no report" in found.log
    assert not (work / "scanguard-reports" / "part-1.json").exists()


def test_shards_are_merged(work: Path) -> None:
    for number in range(12):
        (work / f"{number}.Dockerfile").write_text(BAD if number % 3 else CLEAN, encoding="utf-8")
    found = pipeline(work, component(shards=3), dockerfile=BAD)
    assert (found.scans, found.gate) == ((0, 0, 0), 1)
    whole = run(sys.executable, "-I", "-m", "scanguard", "check", "--format", "json", cwd=work, check=False)
    assert report(work, "merged.json") == json.loads(whole.stdout)
    (work.parent / "kept" / "part-2.json").unlink()
    (work / "scanguard-reports" / "part-2.json").unlink()
    assert script(work, component(shards=3)["scanguard-gate"], "bash", {})[0] == 3


def test_inputs_reach_the_command(work: Path) -> None:
    recipe = Recipe(({"usr/bin/gcc": b"\x7fELF"},), config={"User": "root"}, tags=("shop:1",))
    (work / "shop.tar").write_bytes(docker_archive(recipe))
    (work / "scanguard.yaml").write_text("fail_on: critical\n", encoding="utf-8")
    document = component(paths="Dockerfile, other", formats="junit, markdown", fail_on="never", target="first")
    (work / "other").mkdir()
    (work / "other" / "Dockerfile").write_text(CLEAN.replace("scratch", "scratch AS first"), encoding="utf-8")
    text = "FROM scratch AS first\nUSER 1000\nFROM scratch AS second\nUSER root\n"
    assert pipeline(work, document, dockerfile=text).gate == 0
    assert (work / "scanguard-reports" / "scanguard.junit").is_file()
    assert (work / "scanguard-reports" / "scanguard.markdown").is_file()
    assert pipeline(work, component(paths="Dockerfile", policy="strict", target="second"), dockerfile=text).gate == 1
    found = pipeline(
        work, component(images="shop.tar", dockerfile="Dockerfile", args="--no-trivy", fail_on="high"), dockerfile=CLEAN
    )
    assert (found.scans, found.gate) == ((0,), 1)
    assert report(work, "container-scanning.json")["scan"]["type"] == "container_scanning"
    assert "shop" in found.log


def test_baseline(work: Path) -> None:
    (work / "Dockerfile").write_text(BAD, encoding="utf-8")
    run(sys.executable, "-I", "-m", "scanguard", "baseline", "write", "--baseline", "known.json", cwd=work)
    assert pipeline(work, component(baseline="known.json")).gate == 0


def test_changed_only(work: Path) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    (work / "Dockerfile").write_text(BAD, encoding="utf-8")
    run("git", "init", "-q", cwd=work)
    run("git", "add", "--all", cwd=work)
    run("git", *who, "commit", "-q", "-m", "old", cwd=work)
    before = run("git", "rev-parse", "HEAD", cwd=work).stdout.strip()
    document = component(changed_only=True, git_depth=0)
    request = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": before}
    assert pipeline(work, document, environment=request).gate == 0
    assert pipeline(work, document).gate == 1
    assert pipeline(work, component(), environment=request).gate == 1


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("shell", SHELLS)
def test_hostile_values_are_only_text(work: Path, shell: str, hostile: str) -> None:
    for name in ("paths", "images", "dockerfile", "target", "policy", "baseline", "formats"):
        found = pipeline(work, component(**{name: hostile}), shell=shell, dockerfile=CLEAN)
        assert found.gate in (0, 3) or found.scans == (2,), (name, found.log)
        assert "Traceback" not in found.log
        assert {path.name for path in work.iterdir()} <= {"Dockerfile", "scanguard-reports"}, name


@pytest.mark.parametrize("value", ['a"b', "a\\b", "a\nb"])
def test_values_that_would_leave_their_quotes_are_refused(value: str) -> None:
    for name, entry in INPUTS.items():
        if "type" not in entry and "options" not in entry:
            assert not re.fullmatch(entry["regex"].removeprefix("^").removesuffix("$"), value), name
    with pytest.raises(AssertionError):
        component(paths=value)


def test_every_input_is_used_and_has_a_default() -> None:
    assert set(re.findall(r"\$\[\[ inputs\.([a-z_]+) \]\]", BODY)) == set(INPUTS)
    assert "$[[" not in HEADER
    for name, entry in INPUTS.items():
        assert {"default", "description"} <= set(entry), name


def test_scripts_see_inputs_as_variables_only() -> None:
    scripts = [part for part in yaml.safe_load(BODY).values() if "script" in part]
    assert len(scripts) == 2
    assert "$[[" not in str([(job["script"], job["before_script"]) for job in scripts])


def test_every_input_is_documented() -> None:
    text = (ROOT / "docs" / "gitlab.md").read_text(encoding="utf-8").partition("## What GitLab shows")[0]
    assert re.findall(r"^\| `([a-z_]+)` \|", text, re.MULTILINE) == list(INPUTS)


def test_what_is_pinned_is_what_is_there() -> None:
    base = re.search(r"^FROM (\S+) AS python$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    plain = yaml.safe_load(PLAIN.read_text(encoding="utf-8"))["variables"]
    assert base
    assert INPUTS["job_image"]["default"] == plain["SCANGUARD_JOB_IMAGE"] == base[1]
    assert INPUTS["version"]["default"] == plain["SCANGUARD_VERSION"] == __version__


def test_the_plain_file_has_the_same_jobs() -> None:
    plain, jobs = yaml.safe_load(PLAIN.read_text(encoding="utf-8")), component()
    given = plain.pop("variables")
    meant = jobs["scanguard"].pop("variables") | jobs["scanguard-gate"].pop("variables")
    for name in ("scanguard", "scanguard-gate"):
        jobs[name]["image"]["name"] = "$SCANGUARD_JOB_IMAGE"
        plain[name].pop("variables", None)
    assert plain == jobs
    names = {name for name in meant if name.startswith("SCANGUARD_")}
    assert set(given) == names | {"SCANGUARD_JOB_IMAGE"}
    assert {name: given[name] for name in names} == {name: meant[name] for name in names}


@pytest.mark.parametrize(("dockerfile", "gate"), [(BAD, 1), (CLEAN, 0)])
def test_the_plain_file_works(work: Path, dockerfile: str, gate: int) -> None:
    found = pipeline(work, yaml.safe_load(PLAIN.read_text(encoding="utf-8")), dockerfile=dockerfile)
    assert (found.scans, found.gate) == ((0,), gate)


def test_scanguard_is_installed_where_it_is_not(work: Path, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    programs = tmp_path / "bin"
    programs.mkdir()
    python = programs / "python3"
    python.write_text(
        '#!/bin/sh\nmkdir -p "$4/bin"\n'
        f'printf \'#!/bin/sh\\nprintf "%%s\\\\n" "$@" > "{seen}"\\n\' > "$4/bin/python"\nchmod +x "$4/bin/python"\n',
        encoding="utf-8",
    )
    python.chmod(0o755)
    for images, wanted in (("", f"scanguard=={__version__}"), ("a", f"scanguard[trivy]=={__version__}")):
        job = {"before_script": component()["scanguard"]["before_script"], "script": ["echo installed"]}
        environment = {
            "PATH": f"{programs}:/usr/bin:/bin",
            "SCANGUARD_VERSION": __version__,
            "SCANGUARD_IMAGES": images,
        }
        done = script(work, job | {"variables": environment}, "bash", {})
        assert done == (0, "installed\n")
        words = seen.read_text(encoding="utf-8").splitlines()
        assert words[:4] == ["-I", "-m", "pip", "install"]
        assert words[-1] == wanted
        assert "--only-binary=:all:" in words


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the schemas do not lie beside the repository")
class TestSchemas:
    def errors(self, name: str, value: object) -> list[str]:
        import jsonschema_rs

        schema = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
        return list(map(str, jsonschema_rs.validator_for(schema).iter_errors(value)))

    @pytest.mark.parametrize("kind", ["sarif", "container_scanning", "codequality"])
    def test_jobs(self, kind: str) -> None:
        document = component(report=kind, shards=4, changed_only=True, allow_failure=True, images="a:1, b:2")
        assert self.errors("gitlab-ci.vendored.json", document) == []
        job = document["scanguard"]
        reports = document[job["extends"]]["artifacts"]["reports"]
        assert set(reports) == {kind, "codequality"}
        assert {Path(path).name for path in reports.values()} <= set(NAMES)

    def test_header_and_plain_file(self) -> None:
        assert self.errors("gitlab-ci.vendored.json", yaml.safe_load(HEADER)) == []
        assert self.errors("gitlab-ci.vendored.json", yaml.safe_load(PLAIN.read_text(encoding="utf-8"))) == []

    def test_a_wrong_job_is_seen(self) -> None:
        document = component()
        document["scanguard"]["artifacts"]["when"] = "sometimes"
        assert self.errors("gitlab-ci.vendored.json", document)

    @pytest.mark.parametrize("dockerfile", [BAD, CLEAN], ids=["findings", "clean"])
    def test_reports(self, work: Path, dockerfile: str) -> None:
        (work / "shop.tar").write_bytes(docker_archive(Recipe(({"usr/bin/gcc": b"\x7fELF"},), tags=("shop:1",))))
        pipeline(work, component(images="shop.tar", args="--no-trivy"), dockerfile=dockerfile)
        assert self.errors("gitlab-codequality.documented.json", report(work, "codequality.json")) == []
        scanning = report(work, "container-scanning.json")
        assert self.errors("gitlab-container-scanning-15.2.4.subset.json", scanning) == []
        for name in ("scanguard.sarif", "merged.sarif"):
            assert self.errors("oasis-errata01-sarif-schema-2.1.0.json", report(work, name)) == []
