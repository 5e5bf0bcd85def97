"""The pre-push hook: a bad push to a bare repository is stopped, a good one passes, quickly."""

import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scanguard.app.push import Push, read_pushes
from scanguard.model.errors import ConfigurationError
from tests import repositories as git
from tests.environments import ROOT

ZEROS = "0" * 40


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of a bare repository with a good and a bad Dockerfile on `main`, and the hook in place."""
    git.git(tmp_path, "init", "-q", "--bare", "-b", "main", "bare.git")
    git.git(tmp_path, "clone", "-q", "bare.git", "clone")
    root = tmp_path / "clone"
    git.commit(root, {"good/Dockerfile": git.GOOD, "old/Dockerfile": git.BAD})
    git.git(root, "push", "-q", "origin", "HEAD:main")
    hook = root / ".git" / "hooks" / "pre-push"
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from scanguard.cli import console; console()"
    hook.write_text(f'#!/bin/sh\nexec {sys.executable} -I -c "{program}" hook --no-plugins pre-push "$@"\n')
    hook.chmod(0o755)
    return root


def push(root: Path, *words: str) -> tuple[bool, str]:
    done = subprocess.run(
        ["git", "push", *words],
        cwd=root,
        env=git.ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.returncode == 0, done.stdout


def test_a_bad_push_is_stopped_and_a_good_one_passes(clone: Path) -> None:
    git.commit(clone, {"new/Dockerfile": git.BAD})
    passed, said = push(clone, "origin", "HEAD:main")
    assert not passed
    assert "new/Dockerfile:1:6: high[root-user]" in said
    assert "old/Dockerfile" not in said
    assert "`git push --no-verify`" in said
    assert git.git(clone.parent / "bare.git", "ls-tree", "-r", "--name-only", "main").split() == [
        "good/Dockerfile",
        "old/Dockerfile",
    ]
    git.commit(clone, {"new/Dockerfile": git.GOOD})
    assert push(clone, "origin", "HEAD:main")[0]
    assert "new/Dockerfile" in git.git(clone.parent / "bare.git", "ls-tree", "-r", "--name-only", "main")


def test_what_counts_is_the_commit_not_the_working_tree(clone: Path) -> None:
    git.commit(clone, {"new/Dockerfile": git.BAD})
    git.write(clone, {"new/Dockerfile": git.GOOD})
    assert not push(clone, "origin", "HEAD:main")[0]
    git.commit(clone, {})
    git.write(clone, {"new/Dockerfile": git.BAD})
    assert push(clone, "origin", "HEAD:main")[0]


def test_a_new_branch_is_compared_with_what_the_remote_has(clone: Path) -> None:
    git.git(clone, "switch", "-q", "-c", "topic")
    git.commit(clone, {"good/Dockerfile": git.GOOD + "RUN true\n"})
    assert push(clone, "origin", "topic")[0]
    git.git(clone, "switch", "-q", "-c", "worse")
    git.commit(clone, {"good/Dockerfile": git.GOOD.replace("USER 1000", "USER root")})
    passed, said = push(clone, "origin", "worse")
    assert (passed, "old/Dockerfile" in said, "root-user" in said) == (False, False, True)


def test_the_policy_is_the_pushed_one(clone: Path) -> None:
    git.commit(clone, {"new/Dockerfile": git.BAD, "scanguard.yaml": "fail_on: never\n"})
    git.write(clone, {"scanguard.yaml": "not a policy"})
    assert push(clone, "origin", "HEAD:main")[0]


def test_deletions_tags_and_rewound_branches(clone: Path) -> None:
    git.git(clone, "tag", "-a", "-m", "one", "v1")
    assert push(clone, "origin", "v1")[0]
    assert push(clone, "origin", "HEAD:other")[0]
    assert push(clone, "origin", "--delete", "other")[0]
    git.commit(clone, {"good/Dockerfile": git.GOOD + "RUN true\n"})
    assert push(clone, "origin", "HEAD:main")[0]
    git.git(clone, "reset", "-q", "--hard", "HEAD~1")
    assert push(clone, "--force", "origin", "HEAD:main")[0]


def test_a_push_that_cannot_be_checked_is_stopped(clone: Path) -> None:
    git.commit(clone, {"new/Dockerfile": git.GOOD, "scanguard.yaml": "fail_onn: high\n"})
    passed, said = push(clone, "origin", "HEAD:main")
    assert not passed
    assert "scanguard.yaml:1:1:" in said
    assert "the push is stopped: it cannot be checked" in said


FIFTY = {f"service-{number}/Dockerfile": git.BAD + f"RUN echo {number}\n" for number in range(50)}


@pytest.mark.parametrize("changed", [1, 50])
@pytest.mark.parametrize("branch", ["main", "new"])
def test_fifty_dockerfiles_take_a_second_and_few_processes(
    clone: Path, tmp_path: Path, changed: int, branch: str
) -> None:
    git.commit(
        clone, {**FIFTY, "scanguard.yaml": "fail_on: never\n", "package.json": "{}", "compose.yaml": "services: {}\n"}
    )
    assert push(clone, "origin", "HEAD:main")[0]
    git.commit(clone, {name: text + "USER root\n" for name, text in list(FIFTY.items())[:changed]})
    old, new = (git.git(clone, "rev-parse", name) for name in ("HEAD~1", "HEAD"))
    line = f"refs/heads/{branch} {new} refs/heads/{branch} {old if branch == 'main' else ZEROS}\n"
    # Not by `git push`, which puts git's own directory before all others of PATH.
    path = git.logging(tmp_path / "bin", tmp_path / "log")
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    hook, environment = clone / ".git" / "hooks" / "pre-push", {**git.ENVIRONMENT, "PATH": path}
    done = subprocess.run([hook, "origin", "../bare.git"], input=line, text=True, cwd=clone, env=environment)
    assert done.returncode == 0
    after, took = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - began
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    commands = [line.split()[0] for line in git.logged(tmp_path / "log")]
    assert 4 <= len(commands) <= 10, commands
    assert used < 1, f"{used:.2f} s of {took:.2f} s"
    assert took < 10


def test_what_git_says_is_read() -> None:
    line = f"refs/heads/a {'1' * 40} refs/heads/b {ZEROS}"
    assert read_pushes(f"{line}\n") == (Push("refs/heads/a", "1" * 40, "refs/heads/b", ZEROS),)
    assert read_pushes("") == ()
    for other in ("hello", f"a {'1' * 39} b {ZEROS}", f"a --exec b {ZEROS}", "\n"):
        with pytest.raises(ConfigurationError, match="this is not what git tells a pre-push hook"):
            read_pushes(other)
