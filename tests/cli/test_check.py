"""`scanguard check`: what it prints, what it writes, what it returns."""

import io
import json
import os
import sys
from pathlib import Path

import pytest

from scanguard.cli import main
from tests.cli.conftest import BAD, GOOD, Command


def names(text: str) -> list[str]:
    """The names of the findings of a JSON report."""
    return [finding["name"] for finding in json.loads(text)["findings"]]


def test_text(repository: Path, command: Command) -> None:
    ran = command("check", "bad/Dockerfile")
    assert (ran.code, ran.err) == (1, "")
    headers = [" ".join(line.split()[:3]) for line in ran.out.splitlines() if line.startswith("bad/")]
    assert headers == [
        "bad/Dockerfile:1:6: high[root-user] SGD101",
        "bad/Dockerfile:1:6: medium[unpinned-image] SGD201",
        "bad/Dockerfile:2:42: medium[build-tools-installed] SGD401",
    ]
    assert ran.out.splitlines()[-1] == "1 high, 2 medium in 1 file; fails on medium or worse"
    assert "\x1b" not in ran.out


def test_clean(repository: Path, command: Command) -> None:
    assert command("check", "good/Dockerfile") == (0, "clean: nothing found in 1 file\n", "")


def test_directories_are_searched(repository: Path, command: Command) -> None:
    ran = command("check")
    assert ran.code == 1
    assert ran.out.splitlines()[-1] == "1 high, 2 medium in 1 of 2 files; fails on medium or worse"
    assert command("check", ".") == command("check", "bad", "good") == ran


def test_json(repository: Path, command: Command) -> None:
    ran = command("check", "--format", "json", "bad")
    report = json.loads(ran.out)
    assert (ran.code, ran.err, report["exit_code"], report["complete"]) == (1, "", 1, True)
    assert sorted(names(ran.out)) == ["build-tools-installed", "root-user", "unpinned-image"]
    assert {finding["uri"] for finding in report["findings"]} == {"bad/Dockerfile"}


def test_sarif(repository: Path, command: Command) -> None:
    ran = command("check", "--format", "sarif", "bad")
    log = json.loads(ran.out)
    assert (ran.code, ran.err, log["version"]) == (1, "", "2.1.0")
    assert sorted(result["ruleId"] for result in log["runs"][0]["results"]) == ["SGD101", "SGD201", "SGD401"]
    assert log["runs"][0]["invocations"][0]["executionSuccessful"] is True


def test_several_outputs_at_once(repository: Path, command: Command) -> None:
    ran = command("check", "bad", "--output", "json=a.json", "--output", "sarif=b.sarif", "--output", "text=c.txt")
    assert ran.code == 1
    assert (repository / "a.json").read_text() == command("check", "bad", "--format", "json").out
    assert (repository / "b.sarif").read_text() == command("check", "bad", "--format", "sarif").out
    assert (repository / "c.txt").read_text() == ran.out
    assert sorted(path.name for path in repository.iterdir()) == [".git", "a.json", "b.sarif", "bad", "c.txt", "good"]


def test_an_output_takes_the_place_of_an_older_one(repository: Path, command: Command) -> None:
    (repository / "a.json").write_text("old" * 100_000)
    command("check", "good", "--output", "json=a.json")
    assert names((repository / "a.json").read_text()) == []


@pytest.mark.parametrize(
    ("words", "code", "found"),
    [
        ((), 1, ["build-tools-installed", "root-user", "unpinned-image"]),
        (("--exit-zero",), 0, ["build-tools-installed", "root-user", "unpinned-image"]),
        (("--fail-on", "critical"), 0, ["build-tools-installed", "root-user", "unpinned-image"]),
        (("--fail-on", "high"), 1, ["build-tools-installed", "root-user", "unpinned-image"]),
        (("--fail-on", "never"), 0, ["build-tools-installed", "root-user", "unpinned-image"]),
        (("--fail-on", "HIGH", "--ignore", "root-user"), 0, ["build-tools-installed", "unpinned-image"]),
        (("--select", "root-user"), 1, ["root-user"]),
        (("--select", "SGD101,unpinned-image"), 1, ["root-user", "unpinned-image"]),
        (("--select", "root-user", "--select", "unpinned-image"), 1, ["root-user", "unpinned-image"]),
        (("--select", "pinning"), 1, ["unpinned-image"]),
        (("--ignore", "root-user,SGD401", "--ignore", "unpinned-image"), 0, []),
        (("--select", "toolchain-base"), 0, []),
        (("--policy", "default"), 1, ["build-tools-installed", "root-user", "unpinned-image"]),
        (("--no-plugins",), 1, ["build-tools-installed", "root-user", "unpinned-image"]),
    ],
)
def test_options(repository: Path, command: Command, words: tuple[str, ...], code: int, found: list[str]) -> None:
    ran = command("check", "bad", "--format", "json", *words)
    assert (ran.code, ran.err) == (code, "")
    assert sorted(names(ran.out)) == found


def test_exit_zero_says_so(repository: Path, command: Command) -> None:
    ran = command("check", "bad", "--exit-zero")
    assert ran.out.splitlines()[-1].endswith("fails on medium or worse (exit code 0 by --exit-zero)")
    ran = command("check", "bad", "missing", "--exit-zero")
    assert (ran.code, "missing" in ran.out) == (0, True)


def test_strict(repository: Path, command: Command) -> None:
    path = repository / "Dockerfile"
    path.write_text("# syntax=docker/dockerfile:1\n" + GOOD + "RUN apt-get install -y strace\n")
    assert command("check", "Dockerfile").code == 0
    strict = command("check", "Dockerfile", "--policy", "strict", "--format", "json")
    assert (strict.code, names(strict.out)) == (1, ["debug-tools"])


def test_target(repository: Path, command: Command) -> None:
    path = repository / "Dockerfile"
    path.write_text(GOOD.replace("\n", " AS first\n", 1) + "FROM scratch AS last\n")
    assert command("check", "--target", "first", "Dockerfile").code == 0
    assert names(command("check", "--target", "last", "--format", "json", "Dockerfile").out).count("root-user") == 1
    assert command("check", "--target=0", "Dockerfile").code == 0
    unknown = command("check", "--target", "middle", "Dockerfile")
    assert unknown.code == 3
    assert unknown.out == (
        "Dockerfile: error: There is no stage 'middle' to ship: nothing of it was checked.\n\n"
        "nothing found in 1 file; incomplete: 1 error above\n"
    )


def test_build_arguments(repository: Path, command: Command) -> None:
    path = repository / "Dockerfile"
    path.write_text(GOOD.replace("USER 1000", "ARG WHO=1000\nUSER $WHO"))
    assert command("check", "Dockerfile").code == 0
    ran = command("check", "--build-arg", "WHO=root", "Dockerfile", "--format", "json")
    assert (ran.code, names(ran.out)) == (1, ["root-user"])
    assert command("check", "--build-arg", "WHO=0", "--build-arg", "WHO=1001", "Dockerfile").code == 0
    assert "'app=1'" in command("check", "--build-arg", "WHO=app=1", "Dockerfile").out


def test_build_contexts(repository: Path, command: Command) -> None:
    path = repository / "Dockerfile"
    path.write_text(GOOD + "COPY --from=assets /a /a\n")
    assert names(command("check", "Dockerfile", "--format", "json").out) == ["floating-tag"]
    assert names(command("check", "Dockerfile", "--build-context", "assets", "--format", "json").out) == []


def test_inline_suppressions(repository: Path, command: Command) -> None:
    path = repository / "Dockerfile"
    path.write_text('# scanguard: ignore[unpinned-image] reason="a test"\nFROM debian:12\nUSER 1000\n')
    ran = command("check", "Dockerfile", "--format", "json")
    (finding,) = json.loads(ran.out)["findings"]
    assert (ran.code, finding["name"]) == (0, "unpinned-image")
    assert finding["suppressions"] == [{"kind": "inline", "justification": "a test", "expires": None, "owner": None}]
    assert command("check", "Dockerfile").out == "clean: nothing found in 1 file; 1 suppressed\n"
    assert command("check", "Dockerfile", "--no-inline").code == 1
    (result,) = json.loads(command("check", "Dockerfile", "--format", "sarif", "--include-suppressed").out)["runs"][0][
        "results"
    ]
    assert [one["kind"] for one in result["suppressions"]] == ["inSource"]
    assert json.loads(command("check", "Dockerfile", "--format", "sarif").out)["runs"][0]["results"] == []


def test_the_repository_s_own_policy(repository: Path, command: Command) -> None:
    (repository / "scanguard.yaml").write_text("extends: default\nfail_on: critical\n")
    assert command("check", "bad").code == 0
    assert command("check", "bad", "--fail-on", "low").code == 1
    assert command("check", "bad", "--policy", "default").code == 1


class TestStandardInput:
    def feed(self, monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))

    def test_is_a_dash(self, repository: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        self.feed(monkeypatch, BAD.encode())
        ran = command("check", "-")
        assert ran.code == 1
        assert "stdin:1:6: medium[unpinned-image]" in ran.out

    def test_with_options_and_files(self, repository: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        self.feed(monkeypatch, BAD.encode())
        ran = command("check", "-", "good", "--format", "json")
        report = json.loads(ran.out)
        assert ({finding["uri"] for finding in report["findings"]}, report["summary"]["files"]) == ({"stdin"}, 2)

    def test_can_be_empty(self, repository: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        self.feed(monkeypatch, b"")
        ran = command("check", "-", "--format", "json")
        assert json.loads(ran.out)["summary"]["files"] == 1

    def test_can_be_binary(self, repository: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        self.feed(monkeypatch, b"\x7fELF\0\0\0")
        assert command("check", "-") == (
            3,
            "stdin: error: is not a text file; name another\n\nnothing was checked; incomplete: 1 error above\n",
            "",
        )


class TestColor:
    def colored(self, command: Command, *words: str) -> bool:
        return "\x1b[" in command("check", "bad", *words).out

    def test_only_when_it_is_asked_for(self, repository: Path, command: Command) -> None:
        assert self.colored(command) is False
        assert self.colored(command, "--color", "always") is True
        assert self.colored(command, "--color", "never") is False

    @pytest.mark.parametrize(
        ("environment", "words", "colored"),
        [
            ({"FORCE_COLOR": "1"}, (), True),
            ({"CLICOLOR_FORCE": "1"}, (), True),
            ({"CLICOLOR_FORCE": "0"}, (), False),
            ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, (), False),
            ({"FORCE_COLOR": "1", "NO_COLOR": ""}, (), True),
            ({"NO_COLOR": "1"}, ("--color", "always"), True),
            ({"FORCE_COLOR": "1"}, ("--color", "never"), False),
        ],
    )
    def test_environment(
        self,
        repository: Path,
        command: Command,
        monkeypatch: pytest.MonkeyPatch,
        environment: dict[str, str],
        words: tuple[str, ...],
        colored: bool,
    ) -> None:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        assert self.colored(command, *words) is colored

    def test_files_are_never_colored(self, repository: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FORCE_COLOR", "1")
        command("check", "bad", "--output", "text=a.txt")
        assert "\x1b" not in (repository / "a.txt").read_text()


def test_width(repository: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "Dockerfile").write_text(f"FROM debian:12\nRUN {'x' * 300} && apt-get install -y gcc\n")
    lengths = []
    for columns in ("60", "100", "none"):
        monkeypatch.setenv("COLUMNS", columns)
        frame = [line for line in command("check", "Dockerfile").out.splitlines() if "│" in line or "|" in line]
        lengths.append(max(map(len, frame)))
    assert lengths[0] <= 60 < lengths[1] <= 100 < lengths[2] <= 120


@pytest.mark.parametrize("format", ["text", "json", "sarif"])
def test_the_quick_way_and_the_long_way_say_the_same(repository: Path, command: Command, format: str) -> None:
    quick = command("check", "bad", "good", "missing")
    long = command("check", "bad", "good", "missing", "--color", "auto", "--format", "text")
    assert quick == long
    assert quick.code == 3
    other = command("check", "bad", "--format", format)
    assert command("check", f"--format={format}", "--", "bad") == other


@pytest.mark.parametrize("format", ["json", "sarif"])
def test_reports_do_not_depend_on_the_place_nor_on_the_spelling(
    repository: Path, command: Command, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    (repository / "link").symlink_to(repository / "bad")
    reports = set()
    for place, path in [
        (".", "bad/Dockerfile"),
        (".", "./bad/../bad/./Dockerfile"),
        (".", "bad"),
        (".", "bad/"),
        (".", f"{repository}/bad/Dockerfile"),
        ("bad", "Dockerfile"),
        ("bad", "."),
        ("bad", "../bad/Dockerfile"),
        ("good", "../bad"),
        (".", "link/Dockerfile"),
        ("..", "repository/bad/Dockerfile"),
        ("/", f"{repository}/bad"),
    ]:
        monkeypatch.chdir(repository / place)
        ran = command("check", "--format", format, path)
        assert ran.code == 1
        reports.add(ran.out)
    assert len(reports) == 1
    assert str(repository) not in reports.pop()


def test_each_file_once_in_order(repository: Path, command: Command) -> None:
    ran = command("check", "good", "bad", "bad/Dockerfile", ".", "--format", "json")
    assert ran.out == command("check", ".", "--format", "json").out


def test_a_name_that_begins_with_a_dash(repository: Path, command: Command) -> None:
    (repository / "-f").write_text(GOOD)
    assert command("check", "--", "-f").code == 0
    assert command("check", "./-f").code == 0


def test_main_takes_the_words_of_the_process(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["scanguard", "check", "good"])
    assert main() == 0
    assert capsys.readouterr().out == "clean: nothing found in 1 file\n"


def test_many_files_are_as_few(repository: Path, command: Command) -> None:
    """Some hundreds of files go through worker processes: the report is the same, in the same order."""
    folder = repository / "many"
    for number in range(400):
        (folder / f"{number:03}").mkdir(parents=True)
        (folder / f"{number:03}" / "Dockerfile").write_text(BAD if number % 2 else GOOD)
    whole = json.loads(command("check", "many", "--format", "json").out)
    found = [(finding["uri"], finding["name"]) for finding in whole["findings"]]
    assert found == sorted(found, key=lambda one: one[0])
    assert whole["summary"]["files"] == 400
    one = json.loads(command("check", "many/001", "--format", "json").out)["findings"]
    assert [finding for finding in whole["findings"] if finding["uri"] == "many/001/Dockerfile"] == one
    assert len(found) == 200 * len(one)


def test_a_report_can_go_to_a_device(repository: Path, command: Command) -> None:
    assert command("check", "good", "--output", f"json={os.devnull}").code == 0
