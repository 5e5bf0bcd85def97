"""What a policy accepts for a time: findings of rules, and vulnerabilities."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scanguard.model.catalogue import rule_named, unknown_rule
from scanguard.model.date import is_date
from scanguard.model.glob import translate
from scanguard.model.rule import Rule
from scanguard.policy.document import Document, Path
from scanguard.policy.model import PolicyException, VulnerabilityException


def exceptions(
    document: Document, entries: Sequence[Mapping[str, Any]], rules: Sequence[Rule]
) -> Iterator[PolicyException]:
    """The entries of `exceptions`. Raises ConfigurationError for unknown rules, days that do not exist, broken globs."""
    for index, entry in enumerate(entries):
        path: Path = ("exceptions", index)
        rule = rule_named(entry["rule"], rules)
        if rule is None:
            raise document.error(unknown_rule(entry["rule"], rules), (*path, "rule"))
        yield PolicyException(
            rule.name,
            _line(entry["reason"]),
            _day(document, entry, path),
            glob(document, entry["path"], (*path, "path")) if "path" in entry else "",
            entry.get("stage", ""),
            texts(entry.get("package", [])),
            document.uri,
            document.places[path].value,
            _line(entry.get("owner", "")),
        )


def vulnerability_exceptions(
    document: Document, entries: Sequence[Mapping[str, Any]]
) -> Iterator[VulnerabilityException]:
    """The entries of `vulnerabilities`. Raises ConfigurationError for days that do not exist and broken globs."""
    for index, entry in enumerate(entries):
        path: Path = ("vulnerabilities", index)
        yield VulnerabilityException(
            entry["id"],
            _line(entry["reason"]),
            _day(document, entry, path),
            texts(entry.get("package", [])),
            _image_glob(document, entry["path"], (*path, "path")) if "path" in entry else "",
            _line(entry.get("owner", "")),
            document.uri,
            document.places[path].value,
        )


def texts(value: str | Sequence[str]) -> tuple[str, ...]:
    """What may be written as one text or as a list of them."""
    return (value,) if isinstance(value, str) else tuple(value)


def glob(document: Document, pattern: str, path: Path) -> str:
    """A glob over files of the repository. Raises ConfigurationError where it is broken or cannot match."""
    if translate(pattern) is None:
        raise document.error(f"'{pattern}' is not a glob: a bracket or a backslash stands open", path)
    if pattern.startswith(("/", "./", "../")):
        raise document.error(f"'{pattern}' matches nothing: paths begin at the repository's root, without '/'", path)
    return pattern


def _image_glob(document: Document, pattern: str, path: Path) -> str:
    """A glob over paths in an image; a leading `/` is what people write and is taken off."""
    plain = pattern.removeprefix("/")
    if not plain or translate(plain) is None:
        raise document.error(f"'{pattern}' is not a glob: a bracket or a backslash stands open", path)
    return plain


def _day(document: Document, entry: Mapping[str, Any], path: Path) -> str:
    day: str = entry["expires"]
    if not is_date(day):
        raise document.error(f"'{day}' is not a day of the calendar", (*path, "expires"))
    return day


def _line(text: str) -> str:
    return " ".join(text.split())
