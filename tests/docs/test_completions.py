"""The completions that `scanguard completion bash` prints complete."""

import subprocess

import pytest

from tests.environments import ROOT

SCRIPT = ROOT / "scanguard" / "cli" / "completions" / "scanguard.bash"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("scanguard", "che"), ["check"]),
        (("scanguard", "check", "--fail"), ["--fail-on"]),
        (("scanguard", "graph", "--format", "mer"), ["mermaid"]),
        (("scanguard", "check", "--nothing"), []),
    ],
    ids=lambda value: "-".join(value),
)
def test_bash(words: tuple[str, ...], expected: list[str]) -> None:
    program = (
        'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _shtab_scanguard; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    command = ["bash", "--noprofile", "--norc", "-c", program, str(SCRIPT), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.stderr == ""
    assert done.stdout.split() == expected
