"""Findings whose cause changed: since a commit, in the index, or in what is pushed."""

import os
from collections.abc import Iterable, Mapping
from functools import cache
from tempfile import TemporaryDirectory

from scanguard.app.baseline import load, with_baseline
from scanguard.app.beside import below, beside, extended, policy_of
from scanguard.app.request import Request
from scanguard.app.scan import Scan, scan_targets
from scanguard.app.session import Session
from scanguard.build.model import Build
from scanguard.dockerfile.decode import decode
from scanguard.engine.changed import Change, caused, changed_lines, evaluated, followed, meant, similar
from scanguard.model.errors import ConfigurationError
from scanguard.model.finding import Finding
from scanguard.model.record import NamedTuple
from scanguard.model.report import Notification, Report
from scanguard.policy.find import NAMES
from scanguard.sources.discover import Target
from scanguard.sources.git import Repository, Snapshot
from scanguard.sources.read import STANDARD_INPUT
from scanguard.sources.repository import repository_root, within
from scanguard.sources.tree import GitTree, Tree, WorkingTree, different, lay_out
from scanguard.sources.walk import is_dockerfile_name

NOTHING = Snapshot({})


class Comparison(NamedTuple):
    """Two trees, the directory in which the new one lies on disk, and how people call the old one.

    `policy` is the path in the trees of a policy that the command line names, empty for none.
    """

    old: Tree
    new: Tree
    root: str
    title: str
    policy: str = ""


def repository_of(cwd: str) -> Repository:
    """The git repository of the working directory. Raises ConfigurationError where it is in none."""
    root = repository_root(os.path.realpath(cwd))
    if root is None:
        raise ConfigurationError(
            "there is no git repository here, so what changed cannot be told; check everything instead"
        )
    return Repository(root)


def check_changed(session: Session, request: Request) -> Report:
    """The report of a request with `since` or `staged`: findings whose cause did not change are left out and counted.

    Raises ConfigurationError where git cannot tell what changed, and as `Session.check`.
    """
    if STANDARD_INPUT in request.paths:
        raise ConfigurationError("standard input has no history; name files, or leave out --since and --staged")
    with repository_of(session.environment.cwd) as repository:
        return _check_changed(session, request, repository)


def check_tree(session: Session, request: Request, repository: Repository, old: Tree, new: Tree, title: str) -> Report:
    """The same for files that are not those on disk: they are laid out in a private directory and checked there."""
    cwd = os.path.realpath(session.environment.cwd)
    from scanguard.app.images.options import ImageOptions

    named = _named(request.paths, cwd, repository.root)
    with TemporaryDirectory(prefix="scanguard-") as made:
        folder = os.path.join(os.path.realpath(made), "tree")
        lay_out(new, _needed(new, named), folder)
        inside = os.path.join(folder, os.path.relpath(cwd, repository.root))
        os.makedirs(inside, exist_ok=True)
        paths = tuple(os.path.relpath(os.path.join(repository.root, path), cwd) for path in named)
        images = (request.images or ImageOptions())._replace(of_policy=False)
        moved = request._replace(paths=paths, policy=_absolute(request.policy, cwd), images=images)
        there = session.elsewhere(os.path.normpath(inside))
        comparison = Comparison(old, new, folder, title, _given(request, cwd, repository.root))
        return _compared(there, moved, scan_targets(there, moved), comparison, cwd)


def _check_changed(session: Session, request: Request, repository: Repository) -> Report:
    old, title = _old(repository, request)
    if request.staged:
        return check_tree(session, request, repository, old, GitTree(repository, repository.index()), title)
    here = session.environment.cwd
    new = WorkingTree(repository.root, (*repository.working_names(), *_named(request.paths, here, repository.root)))
    comparison = Comparison(old, new, repository.root, title, _given(request, here, repository.root))
    return _compared(session, request, scan_targets(session, request), comparison, here)


def _old(repository: Repository, request: Request) -> tuple[Tree, str]:
    """What to compare with: where HEAD parts from `--since`, or HEAD itself; nothing before the first commit."""
    head = repository.head()
    if not request.since:
        return GitTree(repository, NOTHING if head is None else repository.tree(head)), "the last commit"
    if head is None:
        repository.commit(request.since)
        raise ConfigurationError("nothing is committed yet, so nothing is since anything; leave out --since")
    return GitTree(repository, repository.tree(repository.base(request.since, head))), request.since


def _compared(session: Session, request: Request, scan: Scan, comparison: Comparison, cwd: str) -> Report:
    """The report with only those findings whose cause is in the comparison; a baseline is asked first."""
    report = scan.report
    if request.baseline:
        root = repository_root(os.path.realpath(cwd)) or cwd
        report = with_baseline(scan, load(request.baseline, cwd), request, root)
    changes = _changes(session, request, scan, comparison)
    by_file: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_file.setdefault(finding.uri, []).append(finding)
    kept = tuple(
        finding
        for uri, findings in by_file.items()
        for finding in (caused(findings, changes.get(uri)) if uri in scan.ran else findings)
    )
    told = tuple(
        one for one in report.notifications if one.level != "note" or one.uri not in scan.ran or one.uri in changes
    )
    return report._replace(findings=kept, notifications=(*told, *_note(len(report.findings) - len(kept), comparison)))


def _note(left_out: int, comparison: Comparison) -> tuple[Notification, ...]:
    if not left_out:
        return ()
    what = "1 finding is" if left_out == 1 else f"{left_out} findings are"
    return (Notification("note", f"{what} left out: the cause did not change since {comparison.title}."),)


def _changes(session: Session, request: Request, scan: Scan, comparison: Comparison) -> dict[str, Change]:
    """What changed of each Dockerfile that was read and changed, or beside which something changed, by uri."""
    targets = [target for target in scan.targets if target.uri in scan.ran]
    paths = {target.uri: _path(target, comparison.root) for target in targets}
    texts = {file.source.uri: file.source for file in scan.report.files}

    @cache
    def build_of(uri: str) -> Build | None:
        return evaluated(texts[uri])

    cwd, root = session.environment.cwd, comparison.root
    policies = {
        target.uri: tuple(path for path in (comparison.policy, policy_of(target, cwd, root)) if path)
        for target in targets
    }
    moved = beside(paths, build_of, policies, comparison.old, comparison.new)
    edited = different(comparison.old, comparison.new, paths.values())
    origins = _origins({uri: path for uri, path in paths.items() if path in edited}, comparison)
    before = _before(
        session, request, [target for target in targets if target.uri in origins and target.uri not in moved], origins
    )
    found = {uri: Change(everything=True) for uri in moved}
    for uri, old in origins.items():
        if uri not in found:
            lines = meant(texts[uri], build_of(uri), changed_lines(old, texts[uri].text))
            found[uri] = Change(False, lines, *followed(texts[uri], build_of(uri), lines), before.get(uri, ()))
    return found


def _origins(edited: Mapping[str, str], comparison: Comparison) -> dict[str, str]:
    """What each edited file was before, by uri: empty for a new one; a file that was renamed is followed."""
    old, new = comparison.old, comparison.new
    created = {uri: path for uri, path in edited.items() if path not in old.paths}
    texts = {path: _text(data) for path, data in old.contents(set(edited.values()) - set(created.values())).items()}
    found = {uri: texts.get(path, "") for uri, path in edited.items()}
    gone = [path for path in old.paths - new.paths if is_dockerfile_name(path.rpartition("/")[2])] if created else []
    candidates = {path: _text(data) for path, data in old.contents(gone).items()}
    now = new.contents(created.values())
    for uri, path in sorted(created.items()):
        source = similar(_text(now.get(path, b"")), sorted(candidates.items()))
        if source is not None:
            found[uri] = candidates.pop(source)
    return found


def _before(
    session: Session, request: Request, targets: Iterable[Target], origins: Mapping[str, str]
) -> dict[str, tuple[Finding, ...]]:
    """The findings that these files had before, under the policy of today, by uri."""
    known = [target for target in targets if origins[target.uri]]
    if not known:
        return {}
    plain = request._replace(
        paths=tuple(target.path for target in known), since="", staged=False, baseline="", shard="", images=None
    )
    there = session.elsewhere(session.environment.cwd, lambda target: origins.get(target.uri, "").encode())
    found: dict[str, list[Finding]] = {}
    for finding in scan_targets(there, plain).report.findings:
        found.setdefault(finding.uri, []).append(finding)
    return {uri: tuple(findings) for uri, findings in found.items()}


def _needed(tree: Tree, named: tuple[str, ...]) -> set[str]:
    """The files without which a check would differ: Dockerfiles, what is ignored, policies and what these extend."""
    found = {
        path
        for path in tree.paths
        if path in named or is_dockerfile_name(name := path.rpartition("/")[2]) or name in (".gitignore", *NAMES)
    }
    return found | extended(tree, {path for path in found if path.rpartition("/")[2] in NAMES})


def _named(paths: Iterable[str], cwd: str, root: str) -> tuple[str, ...]:
    """The paths of the command line, from the root. Raises ConfigurationError where one lies elsewhere."""
    found = []
    for path in paths:
        real = os.path.realpath(os.path.join(cwd, path))
        if not within(real, root):
            raise ConfigurationError("lies outside the repository, whose history says nothing of it", path)
        found.append(os.path.relpath(real, root).replace(os.sep, "/"))
    return tuple(found)


def _path(target: Target, root: str) -> str:
    """The path of a target from the root of its tree. Raises ConfigurationError where it lies elsewhere."""
    if not within(target.path, root):
        raise ConfigurationError("lies outside the repository, whose history says nothing of it", target.uri)
    return os.path.relpath(target.path, root).replace(os.sep, "/")


def _given(request: Request, cwd: str, root: str) -> str:
    """The path from the root of the policy, or the directory of policies, that the command line names."""
    return below(os.path.join(cwd, request.policy), root) if _is_path(request.policy) else ""


def _absolute(policy: str, cwd: str) -> str:
    """A policy of the command line is the file on disk, wherever the check takes place; a name stays a name."""
    return os.path.join(cwd, policy) if _is_path(policy) else policy


def _is_path(policy: str) -> bool:
    return "/" in policy or os.sep in policy or policy.endswith((".yaml", ".yml"))


def _text(data: bytes) -> str:
    return decode(data)[0]
