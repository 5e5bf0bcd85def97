"""`scanguard merge`: shards make the whole, exit codes are made anew, bad files take nothing else along."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command

POLICY = """\
exceptions:
  - {rule: build-tools-installed, reason: accepted, expires: 2099-01-01, path: "services/3/**"}
  - {rule: floating-tag, reason: never used, expires: 2099-01-01}
  - {rule: unknown-user, reason: used twice, expires: 2099-01-01, path: "services/**"}
  - {rule: root-user, reason: over, expires: 2020-01-01}
"""
TEXTS = (
    "FROM debian:12 AS base\nRUN apt-get update && \\\n  apt-get install -y gcc \\\n  g++\nFROM base\nUSER app\n",
    "FROM debian:12\nENV PASSWORD=hunter2hunter2\nUSER root\n",
    "FROM scratch\nCOPY --from=$UNKNOWN /a /b\nUSER 1000\n",
    "FROM debian:12\n# scanguard: ignore[root-user] reason='old'\nUSER 0\nFOO\n",
)
OPTIONS: dict[str, tuple[str, ...]] = {
    "json": ("--format", "json"),
    "sarif": ("--format", "sarif"),
    "full": ("--format", "sarif", "--include-suppressed", "--category", "x"),
}


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of twelve Dockerfiles, two policies and a file that cannot be read."""
    root = tmp_path / "repository"
    (root / ".git").mkdir(parents=True)
    (root / "scanguard.yaml").write_text(POLICY, encoding="utf-8")
    for number in range(12):
        folder = root / "services" / f"{number} é[x]"
        folder.mkdir(parents=True)
        (folder / "Dockerfile").write_text(TEXTS[number % len(TEXTS)], encoding="utf-8")
    (root / "services" / "0 é[x]" / "scanguard.yaml").write_text("fail_on: low\nextends: ../../scanguard.yaml\n")
    (root / "binary.Dockerfile").write_bytes(b"\0\0")
    monkeypatch.chdir(root)
    return root


@pytest.mark.parametrize("total", range(1, 8))
@pytest.mark.parametrize("format", OPTIONS)
def test_the_parts_of_a_run_are_the_run(command: Command, services: Path, format: str, total: int):
    whole = command("check", *OPTIONS[format])
    parts = []
    for part in range(1, total + 1):
        ran = command("check", "--shard", f"{part}/{total}", *OPTIONS[format])
        path = services / f"{part}.out"
        path.write_text(ran.out, encoding="utf-8")
        parts.append(path)
    for order in (parts, parts[::-1], [*parts, parts[0]]):
        joined = command("merge", *order, *OPTIONS[format])
        assert (joined.code, joined.err) == (whole.code, whole.err)
        assert joined.out == whole.out


def shards(command: Command, root: Path, total: int, *options: str) -> list[Path]:
    paths = [root / f"part-{part}.json" for part in range(1, total + 1)]
    for part, path in enumerate(paths, 1):
        command("check", "--shard", f"{part}/{total}", "--output", f"json={path}", *options, "good", "bad")
    return paths


def test_what_the_parts_exit_with_does_not_matter(command: Command, repository: Path):
    parts = shards(command, repository, 2, "--exit-zero")
    assert command("merge", *parts).code == 1
    assert command("merge", *parts, "--fail-on", "critical").code == 0
    assert command("merge", *parts, "--exit-zero").code == 0
    assert command("merge", *parts, "--fail-on", "grave").code == 2


def test_a_missing_part_is_told_and_the_run_incomplete(command: Command, repository: Path):
    first, second = shards(command, repository, 2)
    ran = command("merge", first, "--format", "json")
    document = json.loads(ran.out)
    assert (ran.code, document["shards"]["present"]) == (3, [1])
    assert [one["message"] for one in document["notifications"]] == [
        "Part 2 of 2 of the run is missing: its files were not looked at."
    ]
    (repository / "half.json").write_text(ran.out, encoding="utf-8")
    again = command("merge", "half.json", second, "--format", "json")
    assert (again.code, again.out) == (1, command("check", "good", "bad", "--format", "json").out)


def test_a_bad_file_takes_nothing_else_along(command: Command, repository: Path):
    command("check", "bad", "--output", "json=good.json")
    (repository / "cut.json").write_text((repository / "good.json").read_text()[:900], encoding="utf-8")
    ran = command("merge", "good.json", "cut.json", "none.sarif")
    assert ran.code == 3
    lines = [line for line in ran.out.splitlines() if ": error: " in line]
    assert [line.partition(": error: ")[0].partition(":")[0] for line in lines] == ["cut.json", "none.sarif"]
    assert lines[1].endswith("The report does not exist; check the path.")
    assert "bad/Dockerfile:1:6: " in ran.out


def test_parts_of_different_runs_are_a_wrong_command_line(command: Command, repository: Path):
    two = shards(command, repository, 2)[0].rename(repository / "two.json")
    three = shards(command, repository, 3)[0]
    ran = command("merge", two, three)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == ("scanguard: parts of runs in 2 and of 3 cannot be joined; join the parts of each run first\n")


@pytest.mark.parametrize("words", [("merge",), ("merge", "x.json", "--format", "xml"), ("check", "--shard", "3/2")])
def test_a_wrong_command_line(command: Command, repository: Path, words: tuple[str, ...]):
    ran = command(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("scanguard: ")


def test_every_format_comes_out_of_a_joined_report(command: Command, repository: Path):
    parts = shards(command, repository, 2)
    for name in ("text", "github", "gitlab-codequality", "gitlab-container-scanning", "junit", "markdown", "sarif"):
        ran = command("merge", *parts, "--format", name)
        assert (ran.code, ran.err) == (1, "")
        assert len(ran.out) > 20


def test_time_comes_from_the_environment(command: Command, repository: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    ran = command("check", "good", "--format", "gitlab-container-scanning")
    assert json.loads(ran.out)["scan"]["start_time"] == "2023-11-14T22:13:20"
