"""`--since` and `--staged`: findings whose cause changed, and no others."""

from pathlib import Path

import pytest

from scanguard.app.check import check_request
from scanguard.app.request import Environment, Request
from scanguard.app.session import Session
from scanguard.model.errors import ConfigurationError
from scanguard.model.report import Report
from tests import repositories as git

STAGES = """ARG TAG=12
FROM debian:${TAG} AS base
RUN apt-get update && apt-get install -y gcc
# a note

FROM base AS final
RUN apt-get install -y sudo
USER root
"""
OTHER = "FROM node:20\nCOPY package.json ./\nRUN npm ci\nUSER root\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    return git.new(
        tmp_path / "repository", {"app/Dockerfile": STAGES, "web/Dockerfile": OTHER, "web/package.json": "{}\n"}
    )


def checked(root: Path, cwd: str = ".", **wishes: object) -> Report:
    session = Session(Environment(str(root / cwd), "2026-11-21"), plugins=False)
    return check_request(session, Request(**{"since": "HEAD", **wishes}))


def found(report: Report) -> list[str]:
    return [f"{one.uri}:{one.region.start_line} {one.rule.name}" for one in report.active]


def notes(report: Report) -> list[str]:
    return [one.message for one in report.notifications]


def test_nothing_changed(root: Path) -> None:
    report = checked(root)
    everything = check_request(Session(Environment(str(root), "2026-11-21"), plugins=False), Request())
    assert found(report) == []
    assert (
        notes(report)[-1] == f"{len(everything.findings)} findings are left out: the cause did not change since HEAD."
    )
    assert report.exit_code == 0


def test_a_changed_line_brings_its_own_findings(root: Path) -> None:
    git.write(root, {"app/Dockerfile": STAGES.replace("install -y sudo", "install -y sudo vim")})
    assert {line.split()[0] for line in found(checked(root))} == {"app/Dockerfile:7"}
    git.write(root, {"app/Dockerfile": STAGES.replace("# a note", "# another note")})
    assert found(checked(root)) == []
    git.write(root, {"app/Dockerfile": "# licence\n\n" + STAGES})
    assert found(checked(root)) == []
    git.write(root, {"app/Dockerfile": STAGES.replace("update &&", "update && \\\n  # the compiler\n\n ")})
    assert {line.split()[0] for line in found(checked(root))} >= {"app/Dockerfile:6"}
    git.commit(root, {})
    git.write(root, {"app/Dockerfile": (root / "app/Dockerfile").read_text().replace("# the", "# the good")})
    assert found(checked(root)) == []


def test_a_suppression_that_is_taken_away_is_a_cause(root: Path) -> None:
    suppressed = STAGES.replace("USER root", '# scanguard: ignore[root-user] reason="so"\nUSER root')
    git.commit(root, {"app/Dockerfile": suppressed})
    assert found(checked(root)) == []
    git.write(root, {"app/Dockerfile": STAGES})
    assert found(checked(root)) == ["app/Dockerfile:8 root-user"]


def test_a_line_taken_away_can_be_the_cause(root: Path) -> None:
    git.commit(root, {"app/Dockerfile": git.GOOD})
    git.write(root, {"app/Dockerfile": git.GOOD.replace("USER 1000\n", "")})
    assert found(checked(root)) == ["app/Dockerfile:1 root-user"]


def test_a_change_of_the_base_stage_reaches_what_is_built_on_it(root: Path) -> None:
    git.write(root, {"app/Dockerfile": STAGES.replace("install -y gcc", "install -y gcc make")})
    lines = {line.split()[0] for line in found(checked(root))}
    assert {"app/Dockerfile:3", "app/Dockerfile:7", "app/Dockerfile:8"} <= lines


def test_an_argument_reaches_the_lines_that_use_it(root: Path) -> None:
    git.write(root, {"app/Dockerfile": STAGES.replace("TAG=12", "TAG=11")})
    assert "app/Dockerfile:2 unpinned-image" in found(checked(root))
    assert not any(line.startswith("app/Dockerfile:7") for line in found(checked(root)))


@pytest.mark.parametrize(
    ("files", "where"),
    [
        ({"web/package.json": '{"name": "x"}\n'}, "web"),
        ({"web/.dockerignore": "node_modules\n"}, "web"),
        ({"web/Dockerfile.dockerignore": "node_modules\n"}, "web"),
        ({"docker-compose.yml": "services: {web: {build: ./web, user: root}}\n"}, "web"),
        ({"compose.yaml": "services:\n  a:\n    build:\n      context: .\n      dockerfile: app/Dockerfile\n"}, "app"),
    ],
)
def test_what_lies_beside_counts(root: Path, files: dict[str, str], where: str) -> None:
    git.write(root, files)
    report = checked(root)
    assert {line.partition("/")[0] for line in found(report)} == {where}
    assert len(found(report)) > 1


def test_what_is_beside_another_or_is_not_copied_does_not_count(root: Path) -> None:
    git.write(root, {"package.json": "{}\n", "web/requirements.txt": "x\n", "README.md": "x\n"})
    git.write(root, {"compose.yaml": "services: {db: {image: postgres}}\n", "bad/compose.yml": "services: [\n"})
    assert found(checked(root)) == []


def test_only_the_entry_of_the_dockerfile_counts(root: Path) -> None:
    compose = "services:\n  web:\n    build: ./web\n  app:\n    build: ./app\n    user: one\n"
    git.commit(root, {"compose.yaml": compose})
    git.write(root, {"compose.yaml": compose.replace("one", "two")})
    assert {line.partition("/")[0] for line in found(checked(root))} == {"app"}


def test_a_changed_policy_is_the_cause_of_everything(root: Path) -> None:
    git.commit(root, {"scanguard.yaml": "extends: ./policies/own.yaml\n", "policies/own.yaml": "fail_on: high\n"})
    assert found(checked(root)) == []
    git.write(root, {"policies/own.yaml": "fail_on: low\n"})
    assert {line.partition("/")[0] for line in found(checked(root))} == {"app", "web"}


def test_a_policy_of_the_command_line_counts_too(root: Path) -> None:
    git.commit(root, {"policies/a.yaml": "fail_on: high\n", "other/b.yaml": "fail_on: high\n"})
    git.write(root, {"policies/a.yaml": "fail_on: low\n"})
    for policy in ("policies/a.yaml", "./policies"):
        assert len(found(checked(root, policy=policy))) > 2
    assert found(checked(root, policy="other/b.yaml")) == []
    git.git(root, "add", "-A")
    assert len(found(checked(root, policy="./policies", since="", staged=True))) > 2


def test_files_that_are_new_and_renamed_ones(root: Path) -> None:
    git.git(root, "mv", "web/Dockerfile", "web/Containerfile")
    git.write(root, {"new/Dockerfile": git.BAD})
    assert {line.partition(":")[0] for line in found(checked(root))} == {"new/Dockerfile"}
    git.write(root, {"web/Containerfile": OTHER + "RUN apt-get update && apt-get install -y make\n"})
    assert {line.partition(":")[0] for line in found(checked(root))} == {"new/Dockerfile", "web/Containerfile"}


def test_a_copy_of_a_bad_instruction_is_one_finding(root: Path) -> None:
    bad = "RUN apt-get install -y sudo\n"
    git.write(root, {"app/Dockerfile": STAGES.replace(bad, f"{bad}RUN echo\n{bad}")})
    assert found(checked(root)) == ["app/Dockerfile:9 sudo-installed"]


def test_since_is_where_the_branch_parts(root: Path) -> None:
    git.git(root, "switch", "-q", "-c", "topic")
    git.commit(root, {"new/Dockerfile": git.BAD})
    git.git(root, "switch", "-q", "main")
    git.commit(root, {"app/Dockerfile": STAGES + "RUN apt-get install -y make\n"})
    git.git(root, "switch", "-q", "topic")
    assert {line.partition(":")[0] for line in found(checked(root, since="main"))} == {"new/Dockerfile"}
    git.git(root, "checkout", "-q", "--detach")
    assert {line.partition(":")[0] for line in found(checked(root, since="main"))} == {"new/Dockerfile"}


def test_the_index_is_checked_as_it_is_staged(root: Path) -> None:
    git.write(root, {"app/Dockerfile": STAGES + "RUN apt-get install -y make\n", "new/Dockerfile": git.GOOD})
    git.git(root, "add", "-A")
    git.write(root, {"app/Dockerfile": STAGES, "new/Dockerfile": git.BAD, "untracked/Dockerfile": git.BAD})
    report = checked(root, since="", staged=True)
    assert found(report) == ["app/Dockerfile:9 build-tools-installed"]
    assert notes(report)[-1].endswith("left out: the cause did not change since the last commit.")
    below = checked(root, "app", since="", staged=True, paths=("Dockerfile",))
    assert found(below) == found(report)


def test_the_index_before_the_first_commit(tmp_path: Path) -> None:
    root = git.new(tmp_path / "empty")
    git.write(root, {"Dockerfile": git.BAD})
    git.git(root, "add", "-A")
    assert len(found(checked(root, since="", staged=True))) > 1
    with pytest.raises(ConfigurationError, match="there is no commit 'HEAD' here"):
        checked(root)


def test_a_baseline_is_asked_first(root: Path) -> None:
    from scanguard.app.baseline import save, write

    session = Session(Environment(str(root), "2026-11-21"), plugins=False)
    save(write(session, Request(), str(root / "known.json")), str(root))
    git.write(root, {"app/Dockerfile": STAGES + "RUN apt-get install -y make\n"})
    report = checked(root, baseline="known.json")
    assert found(report) == ["app/Dockerfile:9 build-tools-installed"]
    assert report.baseline == "known.json"


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ({"since": "--output=x"}, "'--output=x' is not a revision; write a branch, a tag or a commit"),
        ({"since": "HEAD:app"}, "'HEAD:app' is not a revision; write a branch, a tag or a commit"),
        ({"since": "nowhere"}, "there is no commit 'nowhere' here; check its spelling or `git fetch` it"),
        ({"paths": ("-",)}, "standard input has no history; name files, or leave out --since and --staged"),
        ({"paths": ("/etc/hostname",)}, "/etc/hostname: lies outside the repository, whose history says nothing of it"),
    ],
)
def test_what_git_cannot_tell(root: Path, wishes: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        checked(root, **wishes)
    assert str(caught.value) == message


def test_a_remote_branch_is_suggested(root: Path, tmp_path: Path) -> None:
    git.git(tmp_path, "clone", "-q", str(root), "clone")
    git.git(tmp_path / "clone", "checkout", "-q", "--detach")
    git.git(tmp_path / "clone", "branch", "-q", "-D", "main")
    with pytest.raises(ConfigurationError, match="did you mean 'origin/main'"):
        checked(tmp_path / "clone", since="main")


def test_a_shallow_clone_says_what_to_fetch(root: Path, tmp_path: Path) -> None:
    first = git.git(root, "rev-parse", "HEAD")
    git.commit(root, {"a": "1"})
    git.git(tmp_path, "clone", "-q", "--depth=1", f"file://{root}", "shallow")
    with pytest.raises(ConfigurationError, match=r"this clone is shallow and does not have .*`fetch-depth: 0`"):
        checked(tmp_path / "shallow", since=first)


def test_without_a_repository(tmp_path: Path, root: Path) -> None:
    git.write(tmp_path, {"plain/Dockerfile": git.BAD})
    with pytest.raises(ConfigurationError, match="there is no git repository here"):
        checked(tmp_path / "plain")
    (tmp_path / "plain" / ".git").mkdir()
    with pytest.raises(ConfigurationError, match="this is not a git repository that git can read"):
        checked(tmp_path / "plain")


def test_without_git(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", ".:/nonexistent")
    with pytest.raises(ConfigurationError, match="git is not installed"):
        checked(root)


def test_nothing_that_a_repository_configures_is_run(root: Path) -> None:
    mark = root.parent / "ran"
    hostile = f"touch {mark}; cat"
    for name in (
        "core.fsmonitor",
        "diff.external",
        "filter.x.clean",
        "filter.x.smudge",
        "filter.x.process",
        "diff.x.textconv",
    ):
        git.git(root, "config", name, hostile)
    git.git(root, "config", "diff.x.command", hostile)
    git.git(root, "config", "core.pager", hostile)
    git.write(
        root, {".gitattributes": "* filter=x diff=x\n", "app/Dockerfile": STAGES + "RUN apt-get install -y make\n"}
    )
    assert found(checked(root)) == ["app/Dockerfile:9 build-tools-installed"]
    checked(root, since="HEAD", staged=True)
    assert not mark.exists()


def test_a_packaged_policy_is_not_a_file_of_its_name(root: Path) -> None:
    git.write(root, {"strict": "fail_on: never\n", "Dockerfile": git.BAD})
    git.git(root, "add", "-A")
    report = checked(root, policy="strict", since="", staged=True)
    assert (report.policy, report.exit_code) == ("strict", 1)
