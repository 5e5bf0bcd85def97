"""The other commands, and the command line itself."""

import json
from pathlib import Path

import pytest

from scanguard import __version__
from scanguard.checks import builtin_checks
from tests.cli.conftest import Command

STAGES = (
    "FROM golang:1.23 AS build\nRUN go build -o /app\nFROM debian:12 AS base\nFROM base\n"
    "COPY --from=build /app /app\nRUN --mount=type=bind,from=build,target=/x true\nCOPY --from=nginx:1 /a /a\n"
    "FROM scratch AS unused\nFROM base\nCOPY --from=1 /b /b\nCOPY --from=build /app /app\n"
)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("chekc",), "argument COMMAND: invalid choice: 'chekc'"),
        ((), "the following arguments are required: COMMAND"),
        (("check", "--frobnicate"), "unrecognized arguments: --frobnicate"),
        (("check", "--form", "json"), "unrecognized arguments: --form"),
        (("check", "--policy"), "argument --policy: expected one argument"),
        (("check", "--color", "pink"), "argument --color: invalid choice: 'pink'"),
        (("check", "--format", "jsn"), "'jsn' is not a format; did you mean 'json'?"),
        (("check", "--format", "quite-other"), "'quite-other' is not a format; there are text, json, sarif"),
        (("check", "--output", "a.json"), "--output 'a.json': write FORMAT=FILE, as in sarif=scan.sarif"),
        (("check", "--output", "json="), "--output 'json=': write FORMAT=FILE, as in sarif=scan.sarif"),
        (("check", "--output", "srif=a"), "'srif' is not a format; did you mean 'sarif'?"),
        (("check", "--build-arg", "A"), "--build-arg A: write NAME=VALUE"),
        (("check", "--build-arg", "=A"), "--build-arg : write NAME=VALUE"),
        (("check", "--fail-on", "awful"), "--fail-on 'awful' is not a severity"),
        (("check", "--select", "root-usr"), "'root-usr' is not a rule; did you mean 'root-user'?"),
        (("check", "--ignore", "DL3002"), "'DL3002' is another tool's name; here the rule is 'root-user' (SGD101)"),
        (("explain", "root-usr"), "'root-usr' is not a rule; did you mean 'root-user'?"),
        (("explain",), "the following arguments are required: RULE"),
        (("graph", "--format", "png"), "argument --format: invalid choice: 'png'"),
        (("graph", "--target", "nothing", "good/Dockerfile"), "good/Dockerfile: there is no stage 'nothing'"),
        (("completion", "tcsh"), "argument SHELL: invalid choice: 'tcsh'"),
        (("rules", "extra"), "unrecognized arguments: extra"),
    ],
)
def test_a_wrong_command_line(repository: Path, command: Command, words: tuple[str, ...], message: str) -> None:
    ran = command(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert ran.err.startswith("scanguard: ")
    assert message.replace("argument SHELL", "argument") in ran.err.replace("argument shell", "argument")


def test_version(command: Command) -> None:
    assert command("--version") == (0, f"scanguard {__version__}\n", "")


@pytest.mark.parametrize("name", ["", "check", "rules", "explain", "graph", "layers", "plugins", "completion"])
def test_help_fits_a_screen(command: Command, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ran = command(*filter(None, [name]), "--help")
    lines = ran.out.splitlines()
    assert (ran.code, ran.err) == (0, "")
    assert len(lines) <= (72 if name == "check" else 40)
    assert [line for line in lines if len(line) > 80] == []
    assert lines[0].startswith(f"usage: scanguard {name}".rstrip())


class TestRules:
    def test_text(self, command: Command) -> None:
        ran = command("rules")
        assert (ran.code, ran.err) == (0, "")
        ids = [line.split()[0] for line in ran.out.splitlines()]
        assert ids[0] == "SGD001"
        assert len(set(ids)) == len(ids)
        assert {check.rule.id for check in builtin_checks()} <= set(ids)
        assert "SGD101  root-user" in ran.out
        line = next(line for line in ran.out.splitlines() if "debug-tools" in line)
        assert (
            line.split() == ["SGD403", "debug-tools", "low", "hygiene", "(strict", "only)"] or "(strict only)" in line
        )

    def test_json(self, command: Command) -> None:
        ran = command("rules", "--format", "json", "--no-plugins")
        listed = {rule["id"]: rule for rule in json.loads(ran.out)}
        rule = next(check.rule for check in builtin_checks() if check.rule.id == "SGD101")
        assert listed["SGD101"] == {
            "id": "SGD101",
            "name": "root-user",
            "category": "user",
            "severity": "high",
            "enabled": True,
            "summary": rule.summary,
            "equivalents": list(rule.equivalents),
            "controls": {standard: list(numbers) for standard, numbers in rule.controls},
            "options": {},
        }


class TestExplain:
    @pytest.mark.parametrize("word", ["root-user", "SGD101", "sgd101", "ROOT-USER"])
    def test_by_name_and_id(self, command: Command, word: str) -> None:
        ran = command("explain", word)
        assert (ran.code, ran.err) == (0, "")
        lines = ran.out.splitlines()
        assert lines[:3] == ["SGD101 root-user", "", "Severity: high   Category: user"]
        assert lines[-1] == 'To accept one: # scanguard: ignore[root-user] reason="…"'
        assert "## How to fix" in lines

    def test_every_rule_has_a_manual(self, command: Command) -> None:
        for line in command("rules").out.splitlines():
            ran = command("explain", line.split()[0])
            assert ran.out.startswith(f"{line.split()[0]} {line.split()[1]}\n")


class TestGraph:
    @pytest.fixture
    def path(self, repository: Path) -> Path:
        path = repository / "Dockerfile"
        path.write_text(STAGES)
        return path

    def test_text(self, path: Path, command: Command) -> None:
        assert command("graph") == (
            0,
            "build  [builder]  line 1: FROM golang:1.23\n"
            "base  [inherited]  line 3: FROM debian:12\n"
            "2  [not used]  line 4: FROM base\n"
            "  COPY --from=build\n"
            "  RUN --mount=build\n"
            "  COPY from image nginx:1\n"
            "unused  [not used]  line 8: FROM scratch\n"
            "4  [ships]  line 9: FROM base\n"
            "  COPY --from=base\n"
            "  COPY --from=build\n",
            "",
        )

    def test_mermaid(self, path: Path, command: Command) -> None:
        assert command("graph", "--format", "mermaid", "--target", "2", "Dockerfile") == (
            0,
            "flowchart TD\n"
            '  s0["build<br/>golang:1.23"]:::builder\n'
            '  s1["base<br/>debian:12"]:::lineage\n'
            '  s2["2"]:::shipped\n'
            '  s3["unused<br/>scratch"]:::unreached\n'
            '  s4["4"]:::unreached\n'
            "  s1 ==>|FROM| s2\n"
            "  s0 -.->|COPY --from| s2\n"
            "  s0 -.->|RUN --mount| s2\n"
            "  s1 ==>|FROM| s4\n"
            "  s1 -.->|COPY --from| s4\n"
            "  s0 -.->|COPY --from| s4\n"
            "  classDef shipped stroke-width:3px\n"
            "  classDef unreached stroke-dasharray:4\n",
            "",
        )

    def test_dot(self, path: Path, command: Command) -> None:
        path.write_text("FROM golang:1 AS build\nFROM scratch\nCOPY --from=build /a /a\nFROM build\n")
        assert command("graph", "--format=dot", "--target=1") == (
            0,
            "digraph stages {\n"
            "  node [shape=box]\n"
            '  s0 [label="build\\ngolang:1"]\n'
            '  s1 [label="1\\nscratch" penwidth=3]\n'
            '  s2 [label="2" style=dashed]\n'
            '  s0 -> s1 [label="COPY --from" style=dashed]\n'
            '  s0 -> s2 [label="FROM"]\n'
            "}\n",
            "",
        )

    def test_build_arguments(self, path: Path, command: Command) -> None:
        path.write_text("ARG BASE\nFROM ${BASE}\n")
        assert command("graph", "--build-arg", "BASE=debian:12").out == "0  [ships]  line 2: FROM debian:12\n"

    @pytest.mark.parametrize("style", ["text", "mermaid", "dot"])
    def test_text_of_the_file_cannot_break_out(self, path: Path, command: Command, style: str) -> None:
        path.write_text('FROM a"]\x1b[31m;click\u202e\\ AS "x\n')
        out = command("graph", "--format", style).out
        assert "\x1b" not in out
        assert "\u202e" not in out
        if style != "text":
            assert out.count('"') == 2

    def test_missing(self, repository: Path, command: Command) -> None:
        ran = command("graph", "missing")
        assert ran == (3, "", "scanguard: missing: does not exist; check the path\n")

    def test_without_stages(self, path: Path, command: Command) -> None:
        path.write_text("")
        assert command("graph") == (0, "", "")


def test_plugins(command: Command) -> None:
    ran = command("plugins", "--no-plugins")
    assert ran == (0, f"scanguard {__version__}  from built in  {len(builtin_checks())} checks\n", "")


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_completion(command: Command, shell: str) -> None:
    ran = command("completion", shell)
    assert (ran.code, ran.err) == (0, "")
    assert "--fail-on" in ran.out
    assert "scanguard" in ran.out.splitlines()[0] + ran.out.splitlines()[-1] + ran.out
