"""A baseline's file: JSON, one known finding a line, so that a review shows what comes and goes."""

import re
from collections.abc import Iterator

from scanguard.model.baseline import Baseline, Entry
from scanguard.model.errors import ConfigurationError, TargetError
from scanguard.model.location import Region
from scanguard.sources.read import read

VERSION = 1
SIZE_LIMIT = 50_000_000
_FINGERPRINT = re.compile(r"[0-9a-f]{32}")
_AGAIN = "write it again with `scanguard baseline write`"
_LONGEST = 10_000


def read_baseline(path: str, uri: str) -> Baseline:
    """The baseline in the file `path`, which reports call `uri`.

    Raises ConfigurationError, with a place, where there is no such file, where it is truncated, no JSON or no baseline,
    and where another version of ScanGuard wrote it.
    """
    try:
        text = read(path, SIZE_LIMIT, uri).decode("utf-8-sig")
    except TargetError as error:
        raise ConfigurationError(f"the baseline {error.message}", uri) from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"the baseline is not UTF-8; {_AGAIN}", uri) from None
    entries = tuple(_entries(_document(text, uri), uri))
    return Baseline(uri, entries, _lines(text, entries))


def values(entries: tuple[Entry, ...]) -> dict[str, object]:
    """The entries as the values of JSON; `read_baseline` understands them."""
    return {"scanguard_baseline": VERSION, "findings": [_value(entry) for entry in entries]}


def _value(entry: Entry) -> dict[str, str]:
    """The fields of an entry, without empty ones."""
    named: dict[str, str] = {name: value for name, value in entry._asdict().items() if value}
    return named


def _document(text: str, uri: str) -> dict[str, object]:
    """The outermost object, its version checked."""
    from json import JSONDecodeError, loads

    try:
        document = loads(text)
    except JSONDecodeError as error:
        place = Region(error.lineno, error.colno, error.lineno, error.colno)
        ended = not text.rstrip().endswith(("}", "]"))
        what = "ends in the middle" if ended else f"is not JSON: {error.msg}"
        raise ConfigurationError(f"the baseline {what}; take it from version control or {_AGAIN}", uri, place) from None
    except (RecursionError, ValueError):
        raise ConfigurationError(f"the baseline is not JSON of this kind; {_AGAIN}", uri) from None
    if not isinstance(document, dict) or "scanguard_baseline" not in document:
        raise ConfigurationError(f"this is not a baseline of ScanGuard; name another file or {_AGAIN}", uri)
    version = document["scanguard_baseline"]
    if version != VERSION or isinstance(version, bool):
        shown = version if isinstance(version, int) else "?"
        message = f"the baseline has version {shown}, this ScanGuard reads version {VERSION}"
        raise ConfigurationError(f"{message}; use the ScanGuard that wrote it or {_AGAIN}", uri)
    return document


def _entries(document: dict[str, object], uri: str) -> Iterator[Entry]:
    found = document.get("findings")
    if not isinstance(found, list):
        raise ConfigurationError(f"the baseline has no list 'findings'; {_AGAIN}", uri)
    for number, item in enumerate(found, 1):
        yield _entry(item, f"entry {number} of 'findings'", uri)


def _entry(item: object, name: str, uri: str) -> Entry:
    if not isinstance(item, dict):
        raise ConfigurationError(f"{name} is no object; {_AGAIN}", uri)
    fields = []
    for field in Entry._fields:
        value = item.get(field, "" if field in ("stage", "image") else None)
        if not isinstance(value, str) or len(value) > _LONGEST:
            raise ConfigurationError(f"{name} has no text '{field}'; {_AGAIN}", uri)
        fields.append(value)
    entry = Entry(*fields)
    if not _FINGERPRINT.fullmatch(entry.fingerprint):
        raise ConfigurationError(f"{name} has a 'fingerprint' that is not 32 hexadecimal digits; {_AGAIN}", uri)
    return entry


def _lines(text: str, entries: tuple[Entry, ...]) -> tuple[int, ...]:
    """The line on which each entry's fingerprint stands, 1 where it cannot be told."""
    places = {
        match[0]: number
        for number, line in enumerate(text.split("\n"), 1)
        for match in [_FINGERPRINT.search(line, max(0, line.rfind('"fingerprint"')))]
        if match
    }
    return tuple(places.get(entry.fingerprint, 1) for entry in entries)
