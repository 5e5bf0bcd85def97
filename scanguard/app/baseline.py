"""Baselines: a report with known findings marked, and the file that holds them, written and pruned."""

import os
from collections.abc import Callable

from scanguard.app.files import write_file
from scanguard.app.request import Request
from scanguard.app.scan import Scan, scan_targets
from scanguard.app.session import Session
from scanguard.engine.baseline import Marked, entries_of, mark
from scanguard.engine.rules import RULES, SYNTAX_ERROR
from scanguard.model.baseline import Baseline, Entry
from scanguard.model.errors import ConfigurationError, TargetError
from scanguard.model.location import Region
from scanguard.model.record import NamedTuple
from scanguard.model.report import Notification, Report
from scanguard.reporters.jsontext import dumps
from scanguard.sources.baseline_file import read_baseline, values
from scanguard.sources.repository import repository_root, uri_of

DEFAULT_FILE = "scanguard-baseline.json"
_SHOWN = 10
_ENGINE = frozenset(rule.name for rule in RULES) - {SYNTAX_ERROR.name}


class Update(NamedTuple):
    """What writing or pruning a baseline comes to: its entries then, and what comes and goes.

    `path` is the file, `there` whether it exists.
    """

    path: str
    entries: tuple[Entry, ...]
    added: tuple[Entry, ...]
    removed: tuple[Entry, ...]
    report: Report
    there: bool


def check_known(session: Session, request: Request) -> Report:
    """Check the targets and mark what the baseline knows. Raises as `Session.check`, and for a baseline that is none."""
    baseline = load(request.baseline, session.environment.cwd)
    return with_baseline(scan_targets(session, request), baseline, request, root_of(session.environment.cwd))


def with_baseline(scan: Scan, baseline: Baseline, request: Request, root: str) -> Report:
    """The report with known findings marked, and a note for each entry that no longer stands for anything."""
    marked = compare(scan, baseline, request, root)
    notes = _stale_notes(baseline, marked.stale)
    report = scan.report
    return report._replace(
        findings=marked.findings, notifications=(*report.notifications, *notes), baseline=baseline.uri
    )


def load(path: str, cwd: str) -> Baseline:
    """The baseline in a file. Raises ConfigurationError where it is none, or another repository's."""
    where = os.path.join(cwd, path)
    if not os.path.lexists(where):
        raise ConfigurationError("the baseline does not exist; write it with `scanguard baseline write`", path)
    baseline = read_baseline(where, name_of(path, cwd))
    root = root_of(cwd)
    files = {entry.uri for entry in baseline.entries if not entry.image}
    if files and not any(os.path.lexists(os.path.join(root, uri)) for uri in files):
        message = f"none of the {len(files)} files that the baseline speaks of is here"
        advice = "it is another repository's: name its own, or delete it and write it again"
        raise ConfigurationError(f"{message}; {advice}", baseline.uri)
    return baseline


def compare(scan: Scan, baseline: Baseline, request: Request, root: str) -> Marked:
    """What the baseline knows of a run, and which entries stand for nothing: looked for in vain, or their file is gone."""
    seen, gone = looked_at(scan, request), _gone(root)
    return mark(scan.report.findings, baseline.entries, lambda entry: seen(entry) or gone(entry))


def looked_at(scan: Scan, request: Request) -> Callable[[Entry], bool]:
    """Tells of an entry whether this run would have found it: its file was read, its rule ran, and nothing failed there.

    Where `--target` names a stage nothing is known of the others, and nothing of images that were not looked at or
    without Trivy.
    """
    report = scan.report
    enabled = {rule.name for rule in report.rules} | {SYNTAX_ERROR.name}
    if not request.inline:
        enabled -= _ENGINE
    failed = {notification.uri for notification in report.notifications if notification.level == "error"}
    images = {image.name for image in report.images}

    def answer(entry: Entry) -> bool:
        if failed & {"", entry.uri} or (request.target and entry.stage != request.target):
            return False
        if entry.image:
            scanned = request.images is None or request.images.scan
            ran = entry.rule in scan.ran[entry.uri] if entry.uri in scan.ran else scanned
            return ran and entry.image in images and entry.rule in enabled
        return entry.rule in enabled and entry.rule in scan.ran.get(entry.uri, ())

    return answer


def write(session: Session, request: Request, path: str) -> Update:
    """What a baseline of everything that is found now would hold, and how it differs from the file that is there.

    Nothing is written. Entries of what was not looked at are kept. Raises TargetError where the run is incomplete.
    """
    scan, marked = _compare(session, request, path)
    errors = [notification for notification in scan.report.notifications if notification.level == "error"]
    for error in errors:
        raise TargetError(f"{error.message} Mend this first: a baseline is of complete runs only.", error.uri)
    added = _added(scan, marked)
    there = os.path.lexists(os.path.join(session.environment.cwd, path))
    return Update(path, tuple(sorted((*_kept(marked), *added))), added, marked.stale, scan.report, there)


def prune(session: Session, request: Request, path: str) -> Update:
    """The baseline without the entries that no longer stand for anything. Nothing is written."""
    load(path, session.environment.cwd)
    scan, marked = _compare(session, request, path)
    return Update(path, _kept(marked), (), marked.stale, scan.report, True)


def save(update: Update, cwd: str) -> None:
    """Write the file, whole or not at all. Raises ConfigurationError where that cannot be done."""
    write_file(update.path, dumps(values(update.entries), depth=2), cwd)


def default_path(cwd: str) -> str:
    """Where the baseline of a repository lies unless somebody names another file."""
    return os.path.join(root_of(cwd), DEFAULT_FILE)


def root_of(cwd: str) -> str:
    """The repository's root, or the working directory outside repositories."""
    here = os.path.realpath(cwd)
    return repository_root(here) or here


def name_of(path: str, cwd: str) -> str:
    """What reports call a file of the command line."""
    here = os.path.realpath(cwd)
    return uri_of(os.path.realpath(os.path.join(here, path)), here, repository_root(here))


def _compare(session: Session, request: Request, path: str) -> tuple[Scan, Marked]:
    """A run without any baseline, and what the file, where there is one, knows of it."""
    cwd = session.environment.cwd
    there = os.path.lexists(os.path.join(cwd, path))
    baseline = load(path, cwd) if there else Baseline(path)
    scan = scan_targets(session, request)
    return scan, compare(scan, baseline, request, root_of(cwd))


def _added(scan: Scan, marked: Marked) -> tuple[Entry, ...]:
    """The entries of all findings that count, without those that are there already."""
    there = {entry.fingerprint for entry in (*marked.matched, *marked.unseen)}
    return tuple(entry for entry in entries_of(scan.report.findings) if entry.fingerprint not in there)


def _kept(marked: Marked) -> tuple[Entry, ...]:
    return tuple(sorted((*marked.matched, *marked.unseen)))


def _gone(root: str) -> Callable[[Entry], bool]:
    """Tells of an entry whether its file does not exist any more."""
    return lambda entry: not entry.image and not os.path.lexists(os.path.join(root, entry.uri))


def _stale_notes(baseline: Baseline, stale: tuple[Entry, ...]) -> tuple[Notification, ...]:
    """A note for each entry that is left over, up to a number of them, at its line in the file."""
    lines = dict(zip(baseline.entries, baseline.lines, strict=False))
    notes = []
    for entry in stale[:_SHOWN]:
        where = f"{entry.uri}, stage {entry.stage}" if entry.stage else entry.uri
        message = f"The baseline's finding {entry.rule} in {where} is gone; `scanguard baseline prune` removes it."
        line = lines.get(entry, 1)
        notes.append(Notification("note", message, baseline.uri, Region(line, 1, line, 1)))
    if len(stale) > _SHOWN:
        message = f"{len(stale) - _SHOWN} further findings of the baseline are gone."
        notes.append(Notification("note", message, baseline.uri))
    return tuple(notes)
