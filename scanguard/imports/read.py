"""One file of reports: what kind it is and what it says."""

from collections.abc import Iterator, Mapping

from scanguard.imports import foreign, own_json, own_sarif
from scanguard.imports.document import Node, parse
from scanguard.model.errors import TargetError
from scanguard.model.report import Report
from scanguard.model.rule import Rule

_MOST_RUNS = 20
"""GitHub and GitLab take no more in one file."""


def read_reports(data: bytes, uri: str, root: str, catalogue: Mapping[str, Rule]) -> tuple[Report, ...]:
    """The reports in a file: our JSON, or the runs of a SARIF log, ours and other tools'.

    `root` is the absolute path of the repository, to which absolute paths are made relative. Raises TargetError, with the
    place, where the file is neither or is not as its format says: nothing of it is taken then.
    """
    document = parse(data, uri)
    try:
        return tuple(_reports(document, root, catalogue))
    except RecursionError:
        raise TargetError("is nested too deeply for a report", uri) from None


def _reports(document: Node, root: str, catalogue: Mapping[str, Rule]) -> Iterator[Report]:
    if own_json.is_own(document):
        yield own_json.read(document, catalogue)
        return
    if not isinstance(document.value, dict) or "runs" not in document.value:
        raise TargetError("is neither a JSON report of ScanGuard nor SARIF", document.uri)
    version = document["version"].text()
    if version != "2.1.0":
        raise TargetError(f"is SARIF '{version[:20]}'; this program reads 2.1.0", document.uri)
    runs = list(document["runs"])
    if not runs:
        raise TargetError("has no run: the tool says nothing", document.uri)
    if len(runs) > _MOST_RUNS:
        raise TargetError(f"has {len(runs)} runs; at most {_MOST_RUNS} are read", document.uri)
    for run in runs:
        own = run["tool"]["driver"]["name"].text() == own_sarif.NAME
        yield own_sarif.read(run, catalogue) if own else foreign.read(run, root)
