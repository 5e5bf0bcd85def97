"""The effective policy as a table; loaded only where it is shown."""

from collections.abc import Iterable, Iterator

from scanguard.app.effective import BUILT_IN, Effective, Entry
from scanguard.reporters.terminal import visible

_WIDEST = 40


def table(found: Effective) -> str:
    """Three columns, the second no wider than it must be; what was tried in vain below."""
    rows = list(_rows(found.entries))
    first = max(len(row[0]) for row in rows)
    second = min(_WIDEST, max(len(row[1]) for row in rows))
    lines = [f"policy: {found.name}", ""]
    lines += [f"{key:<{first}}  {value:<{second}}  {origin}" for key, value, origin in rows]
    if found.refused:
        lines += ["", "without effect:", *(f"  {one}" for one in found.refused)]
    return "".join(visible(line.rstrip(), unicode=True) + "\n" for line in lines)


def _rows(entries: Iterable[Entry]) -> Iterator[tuple[str, str, str]]:
    """Key, value and origin; a rule that is on stands in one row with its severity, one that is off alone."""
    enabled: Entry | None = None
    for entry in entries:
        if entry.key.endswith(".enabled"):
            enabled = entry
        elif enabled is not None and entry.key.endswith(".severity"):
            yield _rule(enabled, entry)
        elif enabled is None or enabled.value:
            yield entry.key, _shown(entry.value), _held(entry.origin, entry.lock)


def _rule(enabled: Entry, severity: Entry) -> tuple[str, str, str]:
    key = enabled.key.removesuffix(".enabled")
    if not enabled.value:
        return key, "off", _held(enabled.origin, enabled.lock)
    said = [one for one in dict.fromkeys((enabled.origin, severity.origin)) if one != BUILT_IN]
    return key, _shown(severity.value), _held(" and ".join(said) or BUILT_IN, enabled.lock)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _held(origin: str, lock: str) -> str:
    return f"{origin}, locked by {lock}" if lock else origin
