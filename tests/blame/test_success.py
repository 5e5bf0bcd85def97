"""What a script certainly did, against what shells do with it."""

import random
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given

from scanguard.blame.success import success
from tests.blame.images import built
from tests.blame.test_truth import many, seeds

SHELLS = [shell for shell in ("dash", "bash") if shutil.which(shell)]
WORDS = (
    "true", "false", ":", "exit 0", "exit 1", "exit", "set -e", "set -eu", "set +e", "set -e -o pipefail", "set -n",
    "test -f /none", "cd /none", "cd /", "read x < /dev/null", "X=1", "export A=b", "cat /none 2>/dev/null", "set -- a",
)  # fmt: skip


def command(pick: random.Random, marks: list[int]) -> str:
    if pick.random() < 0.4:
        marks.append(len(marks))
        return f"echo x > $D/{marks[-1]}"
    return pick.choice(WORDS)


def node(pick: random.Random, marks: list[int], depth: int) -> str:
    """A random command, or several in one of the forms of the shell."""
    kind = pick.random()
    if depth > 2 or kind < 0.4:
        return command(pick, marks)
    first = node(pick, marks, depth + 1)
    if kind < 0.75:
        return f"{first} {pick.choice(('&&', '&&', '||', '|'))} {node(pick, marks, depth + 1)}"
    if kind < 0.8:
        return f"{first} || {pick.choice(('exit 1', 'exit 0', '{ true; exit 2; }', '( exit 3 )'))}"
    other = node(pick, marks, depth + 1)
    form = pick.choice((
        "( {0}; {1} )", "{{ {0}; {1}; }}", "if {0}; then {1}; fi", "! {{ {0}; {1}; }}", "for i in 1; do {0}; {1}; done",
        "while {0}; do {1}; break; done", "f() {{ {0}; {1}; }}; f", "case a in a) {0}; {1};; esac", "{{ {0}; }} & wait; {1}",
    ))  # fmt: skip
    return form.format(first, other)


def random_script(pick: random.Random) -> str:
    marks: list[int] = []
    nodes = [node(pick, marks, 0) for _ in range(pick.randint(1, 4))]
    return pick.choice(("", "set -e; ", "set -eux; ", "set -ex && ")) + "; ".join(nodes)


def proven(text: str) -> list[str]:
    """The commands, as they stand in the script, that have certainly succeeded."""
    build = built(f"FROM debian:12\nRUN {text}\n")
    step = build.stages[0].steps[-1]
    done = success(step)
    source = build.dockerfile.source
    return [] if done is None else [source[call.span] for call in step.invocations if call.span.end in done.ends]


@pytest.mark.parametrize("shell", SHELLS)
@many
@given(seeds)
def test_what_is_proven_is_done_where_the_script_succeeds(
    shell: str, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    text = random_script(random.Random(seed))
    told = proven(text)
    if not told:
        return
    folder = tmp_path_factory.mktemp("marks")
    environment = {"PATH": "/usr/bin:/bin", "D": str(folder)}
    run = subprocess.run([shell, "-c", text], env=environment, cwd="/", capture_output=True, timeout=20, check=False)
    if run.returncode == 0:
        marks = {one.rpartition("/")[2] for one in told if one.startswith("echo")}
        assert marks <= {one.name for one in Path(folder).iterdir()}
        assert "false" not in told
        assert "test -f /none" not in told


def test_much_is_proven_all_the_same() -> None:
    found = [len(proven(random_script(random.Random(seed)))) for seed in range(300)]
    assert sum(found) > 150
