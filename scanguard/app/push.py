"""What a push would bring: the Dockerfiles that it changes, checked as they are in the pushed commits."""

import re
from collections.abc import Iterable, Iterator

from scanguard.app.changed import NOTHING, check_tree, repository_of
from scanguard.app.request import Request
from scanguard.app.session import Session
from scanguard.model.errors import ConfigurationError
from scanguard.model.record import NamedTuple
from scanguard.model.report import Report
from scanguard.sources.git import Repository
from scanguard.sources.tree import GitTree
from scanguard.sources.walk import is_dockerfile_name

_OBJECT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class Push(NamedTuple):
    """One line of what git tells a pre-push hook: what is pushed, and what the remote has; an object of zeros is none."""

    local_ref: str
    local: str
    remote_ref: str
    remote: str


def read_pushes(text: str) -> tuple[Push, ...]:
    """The lines that git writes to a pre-push hook. Raises ConfigurationError for other lines.

    https://git-scm.com/docs/githooks#_pre_push
    """
    pushes = []
    for line in text.splitlines():
        words = line.split(" ")
        if len(words) != 4 or not _OBJECT.fullmatch(words[1]) or not _OBJECT.fullmatch(words[3]):
            raise ConfigurationError("this is not what git tells a pre-push hook; call it from .git/hooks/pre-push")
        pushes.append(Push(*words))
    return tuple(pushes)


def check_pushes(
    session: Session, request: Request, pushes: Iterable[Push], remote: str
) -> Iterator[tuple[str, Report]]:
    """The name of each branch or tag whose push brings a Dockerfile, and the report on what it changes.

    What is pushed is compared with what the remote has of it. Raises as `check_tree`.
    """
    with repository_of(session.environment.cwd) as repository:
        there = session.elsewhere(repository.root)
        seen = set()
        for push in pushes:
            commit = repository.commit_of(push.local) if push.local.strip("0") else None
            if commit is None:
                continue
            base = _base(repository, push, commit, remote)
            if (commit, base) in seen or commit == base:
                continue
            seen.add((commit, base))
            old = GitTree(repository, NOTHING if base is None else repository.tree(base))
            new = GitTree(repository, repository.tree(commit))
            if any(is_dockerfile_name(path.rpartition("/")[2]) for path in new.paths):
                title = f"{remote or 'the remote'} was pushed to" if base else "nothing, for all of it is new"
                yield push.local_ref, check_tree(there, request, repository, old, new, title)


def _base(repository: Repository, push: Push, commit: str, remote: str) -> str | None:
    """The newest commit of the push that the remote has: of this branch, or, for a new branch, of any."""
    there = repository.commit_of(push.remote) if push.remote.strip("0") else None
    common = None if there is None else repository.common(there, commit)
    return common or repository.unpushed_base(commit, remote)
