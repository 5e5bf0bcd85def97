"""Where the repository's policy lies."""

import os

NAMES = ("scanguard.yaml", "scanguard.yml")


def find_policy(directory: str, cwd: str) -> str | None:
    """The path of the policy for files in `directory`, or None.

    It is the nearest `scanguard.yaml` (or `.yml`) from the directory up to the repository's root, the directory that
    holds `.git`; nothing above the root counts. Outside a repository only the directory itself and the working
    directory are looked at, so that nobody else's file in `/tmp` or `/` steers a run.
    """
    start = os.path.realpath(os.path.join(cwd, directory))
    nearest = None
    here = start
    while True:
        nearest = nearest or _policy_in(here)
        if os.path.lexists(os.path.join(here, ".git")):
            return nearest
        above = os.path.dirname(here)
        if above == here:
            return _policy_in(start) or _policy_in(os.path.realpath(cwd))
        here = above


def _policy_in(directory: str) -> str | None:
    for name in NAMES:
        path = os.path.join(directory, name)
        if os.path.lexists(path):
            return path
    return None
