"""SARIF of other tools: what they found, under their own names, with nothing taken on trust."""

import posixpath
import re
from collections.abc import Iterator

from scanguard.build.secret_values import find_values
from scanguard.imports.document import Node, path_of
from scanguard.imports.image_result import Subject, image_of_result, image_of_run, subject
from scanguard.imports.own_json import NOWHERE
from scanguard.imports.scores import LEVELS, severity_of_score
from scanguard.model.finding import Finding, Suppression
from scanguard.model.location import Region
from scanguard.model.report import Notification, Report
from scanguard.model.rule import Confidence, Rule, Severity

_WORD = re.compile(r"[^A-Za-z0-9._-]+")
_CODE = re.compile(r"[^A-Za-z0-9._/-]+")
_MESSAGE, _NAME, _SUMMARY = 1_000, 40, 300
_MASK = "***"
_REFUSED = ("underReview", "rejected")


class Place:
    """How paths of a run are told: `root` is the directory of the repository, `uri` names the file that is read."""

    def __init__(self, run: Node, root: str, uri: str) -> None:
        self.root = root
        self.uri = uri
        bases = run["originalUriBaseIds"].value
        self.bases = bases if isinstance(bases, dict) else {}

    def of(self, node: Node, *, in_image: bool = False) -> tuple[str, str]:
        """The path of an artifact location in the repository, and what else there is to say.

        A path that is absolute or leads out is text, and the finding stands in the file that was read. One in an image
        is told from the image's root.
        """
        given = path_of(node["uri"].text())
        given = given.lstrip("/") if in_image else given
        base = self.bases.get(node["uriBaseId"].text())
        start = path_of(str(base.get("uri", ""))) if isinstance(base, dict) else ""
        if start.startswith(self.root + "/") and not given.startswith("/"):
            given = posixpath.join(start, given)
        path = posixpath.normpath(given.replace("\\", "/")) if given else ""
        if path.startswith(self.root + "/"):
            path = path[len(self.root) + 1 :]
        if (
            not path
            or path in (".", "..")
            or path.startswith(("/", "../"))
            or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", path)
        ):
            return self.uri, f" (in '{_shown(given, _SUMMARY)}')" if given else ""
        return path, ""


def read(run: Node, root: str) -> Report:
    """One run of another tool. Raises TargetError, with the place, for what is no SARIF.

    A rule is called `tool:rule`, and its severity is, in this order, the run's `security-severity`, the result's level,
    the rule's level. A run that says it failed is a notification of level `error`.
    """
    driver = run["tool"]["driver"]
    tool = _WORD.sub("-", driver["name"].text(None))[:_NAME].strip("-") or "tool"
    nodes = [*driver["rules"], *(rule for extension in run["tool"]["extensions"] for rule in extension["rules"])]
    described = {node["id"].text(None): node for node in nodes}
    place = Place(run, root, printable_name(run.uri))
    image = _shown(image_of_run(run), _SUMMARY)
    findings = _numbered(one for node in run["results"] for one in _finding(node, tool, described, place, image))
    failed = any(one["executionSuccessful"].value is False for one in run["invocations"])
    told = (Notification("error", f"{tool} says that its run failed.", place.uri),) if failed else ()
    return Report("", findings, told, (), (), None, "")


def _numbered(findings: Iterator[Finding]) -> tuple[Finding, ...]:
    """The findings, those told apart that are equal but for their place: fingerprints hold no lines."""
    seen: dict[tuple[str, str, str], int] = {}
    numbered = []
    for finding in findings:
        identity = (finding.rule.id, finding.uri, finding.message)
        seen[identity] = seen.get(identity, -1) + 1
        numbered.append(finding._replace(ordinal=seen[identity]))
    return tuple(numbered)


def printable_name(uri: str) -> str:
    """What to call the file that is read: relative, whatever it was called by."""
    return posixpath.basename(uri) if uri.startswith("/") or ".." in uri.split("/") else uri


def _finding(node: Node, tool: str, described: dict[str, Node], place: Place, image: str) -> Iterator[Finding]:
    """The finding of a result; nothing where the result says that all is well."""
    if node["kind"].text("fail") not in ("fail", "open", "review"):
        return
    code = node["ruleId"].text() or node["rule"]["id"].text()
    about = described.get(code) or Node(None, node.uri, f"{node.place}.rule")
    what = subject(code, about, node)
    rule = _rule(tool, what, about, node)
    image = image or _shown(image_of_result(node), _SUMMARY)
    physical = node["locations"].first["physicalLocation"]
    uri, text = place.of(physical["artifactLocation"], in_image=bool(image))
    message = _shown(node["message"]["text"].text() or rule.summary or code, _MESSAGE)
    yield Finding(
        rule,
        rule.severity,
        Confidence.HIGH,
        message + text,
        uri,
        _region(physical["region"]) if not text else Region(1, 1, 1, 1),
        "",
        (),
        (),
        NOWHERE,
        message,
        _shown(what.key, _SUMMARY) if image else "",
        suppressions=tuple(_suppressions(node["suppressions"])),
        image=image,
    )


def _rule(tool: str, what: Subject, about: Node, result: Node) -> Rule:
    """The other tool's rule, as severe as it says of this result."""
    short = _CODE.sub("-", what.code)[:120].strip("-") or "unnamed"
    summary = _shown(about["shortDescription"]["text"].text() or about["name"].text() or short, _SUMMARY)
    name = f"{tool}-{_WORD.sub('-', short)}".lower()
    return Rule(f"{tool}:{short}", name, what.category, _severity(about, result), summary, "")


def _severity(about: Node, result: Node) -> Severity:
    for bag in (result["properties"], about["properties"]):
        score = bag["security-severity"].value
        severity = severity_of_score(str(score)) if isinstance(score, (str, int, float)) else None
        if severity is not None:
            return severity
    level = result["level"].text() or about["defaultConfiguration"]["level"].text()
    return LEVELS.get(level, Severity.MEDIUM)


def _region(node: Node) -> Region:
    """The region, made to fit where it lacks columns or an end; the first line where there is none."""
    first = max(1, node["startLine"].number(1))
    last = max(first, node["endLine"].number(first))
    column = max(1, node["startColumn"].number(1))
    end = max(1, node["endColumn"].number(column))
    return Region(first, column, last, end if last > first else max(column, end))


def _suppressions(nodes: Node) -> Iterator[Suppression]:
    found = list(nodes)
    if any(node["status"].text() in _REFUSED for node in found):
        return
    for node in found:
        kind = "inline" if node["kind"].text() == "inSource" else "policy"
        yield Suppression(kind, _shown(node["justification"].text(), _SUMMARY))


def _shown(text: str, limit: int) -> str:
    """A text of a stranger on one line, clipped, with every secret in it masked."""
    text = " ".join(text[: 16 * limit].split())
    for found in reversed(find_values(text)):
        text = text[: found.start] + _MASK + text[found.end :]
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
