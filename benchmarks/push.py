"""A push of 50 Dockerfiles, checked by `scanguard hook pre-push`: wall time. Run `python benchmarks/push.py`.

Returns 1 where the slowest median is above the bar, 2 where a tool is not installed.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from generate import write
from measure import tool

FILES = 50
COUNT = 9
BAR = 1.0
_WHO = {f"GIT_{role}_{what}": "a@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
_ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", **_WHO}


def git(root: Path, *words: str) -> str:
    """What git prints. Fails where it does."""
    done = subprocess.run(["git", *words], cwd=root, env=_ENVIRONMENT, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def commit(root: Path) -> str:
    """The name of a new commit of all files."""
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "files")
    return git(root, "rev-parse", "HEAD")


def repository(root: Path, changed: int) -> tuple[str, str]:
    """Two commits below `root`: `FILES` Dockerfiles with a policy, and the same with a line more in some of them."""
    root.mkdir()
    git(root, "init", "--quiet")
    paths = write(root, FILES)
    (root / "scanguard.yaml").write_text("fail_on: never\n")
    old = commit(root)
    for path in paths[:changed]:
        path.write_text(path.read_text() + "USER root\n")
    return old, commit(root)


def seconds(ours: str, root: Path, old: str, new: str) -> float:
    """The wall time of one check. Fails where it cannot be done: an error would look quick."""
    line = f"refs/heads/main {new} refs/heads/main {old}\n"
    start = time.perf_counter()
    subprocess.run(
        [ours, "hook", "pre-push", "origin", "none"],
        cwd=root,
        env=_ENVIRONMENT,
        input=line,
        text=True,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - start


def main() -> int:
    """Print the median for a push that changes one of the Dockerfiles, and for one that changes all."""
    ours = tool("scanguard")
    if ours is None or tool("git") is None:
        print("install git, and ScanGuard: pip install -e .")
        return 2
    medians = []
    for changed in (1, FILES):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "repository"
            old, new = repository(root, changed)
            medians.append(statistics.median(seconds(ours, root, old, new) for _ in range(COUNT)))
        print(f"{changed:2} of {FILES} Dockerfiles changed: {medians[-1]:.2f} s; the bar is {BAR} s")
    return 1 if max(medians) > BAR else 0


if __name__ == "__main__":
    sys.exit(main())
