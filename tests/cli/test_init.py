"""`scanguard init`: shows, asks, writes whole files, and leaves alone what is there."""

import json
import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from tests import repositories as git
from tests.cli.conftest import Command
from tests.environments import ROOT

SCHEMAS = ROOT.parent / "shared" / "schemas"
COMPOSE = "services:\n  web:\n    build:\n      context: web\n      target: runtime\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    root = git.new(tmp_path / "repository", {"web/Dockerfile": git.BAD, "compose.yaml": COMPOSE})
    (root / ".github").mkdir()
    monkeypatch.chdir(root)
    return root


def written(root: Path) -> set[str]:
    names = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and ".git/" not in f"{path}/"}
    hook = root / ".git" / "hooks" / "pre-push"
    return (names - {"web/Dockerfile", "compose.yaml"}) | ({"pre-push"} if hook.exists() else set())


def test_files_are_shown_and_nothing_is_written_without_a_yes(root: Path, command: Command) -> None:
    dry = command("init", "--dry-run")
    assert (dry.code, written(root)) == (0, set())
    assert "scanguard.yaml: new\n\n    # The policy of this repository" in dry.out
    assert ".git/hooks/pre-push: new\n" in dry.out
    assert "    #   - path: web/Dockerfile\n    #     ships: [runtime]\n" in dry.out
    asked = command("init")
    assert (asked.code, written(root)) == (2, set())
    assert asked.err == "scanguard: nobody can be asked here; say --yes to write the files, --dry-run to look only\n"


def test_what_is_written_works_and_is_written_once(root: Path, command: Command) -> None:
    assert command("init", "--yes").code == 0
    assert written(root) == {"scanguard.yaml", ".github/workflows/scanguard.yml", "pre-push"}
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    again = command("init", "--yes")
    assert again.out.count("is as it should be") == 3
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
    assert command("check", "--policy", "scanguard.yaml").code == 1
    assert os.access(root / ".git" / "hooks" / "pre-push", os.X_OK)
    git.git(root.parent, "init", "-q", "--bare", "bare.git")
    assert "the push of refs/heads/main is stopped" in git.git(root, "push", "../bare.git", "main", code=1)


def test_files_that_differ_are_left_alone(root: Path, command: Command) -> None:
    git.write(root, {"scanguard.yml": "fail_on: high\n", ".git/hooks/pre-push": "#!/bin/sh\ntrue\n"})
    ran = command("init", "--yes")
    assert "scanguard.yml: differs and is left alone\n" in ran.out
    assert ".git/hooks/pre-push: differs and is left alone; --force replaces it\n" in ran.out
    assert "    -fail_on: high\n" in ran.out
    assert (root / "scanguard.yml").read_text() == "fail_on: high\n"
    assert not (root / "scanguard.yaml").exists()
    assert (root / ".git/hooks/pre-push").read_text() == "#!/bin/sh\ntrue\n"
    assert command("init", "--yes", "--force").code == 0
    assert "hook pre-push" in (root / ".git/hooks/pre-push").read_text()
    assert (root / "scanguard.yml").read_text() == "fail_on: high\n"


@pytest.mark.parametrize(("answer", "names"), [(b"y\n", {"scanguard.yaml"}), (b"\n", set()), (b"no\n", set())])
def test_people_are_asked(root: Path, answer: bytes, names: set[str]) -> None:
    ours, theirs = pty.openpty()
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from scanguard.cli import console; console()"
    words = [sys.executable, "-I", "-c", program, "init", "--no-hook", "--ci", "none"]
    with subprocess.Popen(words, cwd=root, stdin=theirs, stdout=theirs) as process:
        os.close(theirs)
        os.write(ours, answer)
        shown = b""
        with suppress(OSError):
            while data := os.read(ours, 65536):
                shown += data
    os.close(ours)
    assert process.returncode == 0
    assert b"Write this file? [y/N]" in shown
    assert written(root) == names


def test_a_hook_whose_python_is_gone_says_so(root: Path, command: Command) -> None:
    assert command("init", "--yes").code == 0
    hook = root / ".git" / "hooks" / "pre-push"
    hook.write_text(hook.read_text().replace(f"python={sys.executable}", "python=/nonexistent/python"))
    git.git(root.parent, "init", "-q", "--bare", "bare.git")
    said = git.git(root, "push", "../bare.git", "main", code=1)
    assert "scanguard: /nonexistent/python is gone; run `scanguard init --force` again" in said


def test_links_are_never_written_through(root: Path, command: Command) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    (root / ".github" / "workflows").symlink_to(outside)
    ran = command("init", "--yes", "--force")
    assert (ran.code, list(outside.iterdir()), written(root)) == (2, [], set())
    assert "leads out of the repository" in ran.err
    (root / ".github" / "workflows").unlink()
    (root / "scanguard.yaml").symlink_to(outside / "x")
    assert command("init", "--yes", "--force").code == 2
    assert list(outside.iterdir()) == []


def test_hooks_that_other_repositories_share_are_left_alone(root: Path, command: Command) -> None:
    shared = root.parent / "hooks"
    git.git(root, "config", "core.hooksPath", str(shared))
    ran = command("init", "--yes")
    assert (ran.code, shared.exists()) == (0, False)
    assert f"takes this repository's hooks from {shared}" in ran.out
    git.git(root, "config", "core.hooksPath", ".husky")
    assert command("init", "--yes").code == 0
    assert (root / ".husky" / "pre-push").exists()


def test_gitlab(root: Path, command: Command) -> None:
    assert command("init", "--yes", "--no-hook", "--ci", "gitlab").code == 0
    assert written(root) == {"scanguard.yaml", ".gitlab/scanguard.yml", ".gitlab-ci.yml"}
    assert yaml.safe_load((root / ".gitlab-ci.yml").read_text()) == {"include": [{"local": ".gitlab/scanguard.yml"}]}
    (root / ".gitlab-ci.yml").write_text("test:\n  script: true\n")
    ran = command("init", "--yes", "--no-hook")
    assert "Add this to .gitlab-ci.yml:\n\ninclude:\n  - local: .gitlab/scanguard.yml\n" in ran.out
    assert (root / ".gitlab-ci.yml").read_text() == "test:\n  script: true\n"


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the schemas are not at hand")
@pytest.mark.parametrize(
    ("ci", "file", "schema"),
    [
        ("github", ".github/workflows/scanguard.yml", "schemastore-github-workflow.json"),
        ("gitlab", ".gitlab/scanguard.yml", "gitlab-ci.vendored.json"),
    ],
)
def test_ci_files_fit_their_schemas(root: Path, command: Command, ci: str, file: str, schema: str) -> None:
    (root / "scanguard-baseline.json").write_text("{}")
    assert command("init", "--yes", "--ci", ci).code == 0
    text = (root / file).read_text()
    validator = jsonschema_rs.validator_for(json.loads((SCHEMAS / schema).read_text()))
    document = {"on" if key is True else key: value for key, value in yaml.safe_load(text).items()}
    validator.validate(document)
    assert "--baseline scanguard-baseline.json" in text


def test_outside_a_repository(tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = command("init", "--yes")
    assert ran.code == 0
    assert "No Dockerfile is here yet" in ran.out
    assert [path.name for path in tmp_path.iterdir()] == ["scanguard.yaml"]
