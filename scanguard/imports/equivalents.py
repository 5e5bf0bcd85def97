"""Which of our rules another tool's rule means: the table of equivalents, read from the rules themselves."""

import re
from collections.abc import Iterable

from scanguard.model.rule import Rule

_KICS = {
    "67fd0c4a-68cf-46d7-8c41-bc9fba7e40ae": "DL3002",
    "fd54f200-402c-4333-a5a4-36ef6709af2f": "CKV_DOCKER_3",
    "f45ea400-6bbe-4501-9fc7-1c3d75c32067": "DL3007",
    "9efb0b2d-89c9-41a3-91ca-dcc0aec911fd": "DL3006",
    "8ada6e80-0ade-439e-b176-0b28f6bce35a": "DL3004",
}
"""KICS calls its queries by UUIDs: what better known names stand for the same
(https://docs.kics.io/latest/queries/dockerfile-queries/)."""
_TRIVY = re.compile(r"(?:AVD-)?(DS)-?0*(\d+)").fullmatch


class Equivalents:
    """The table of a catalogue. `rules` gives the ids of our rules that another tool's rule stands for."""

    def __init__(self, catalogue: Iterable[Rule]) -> None:
        self._table: dict[str, set[str]] = {}
        for rule in catalogue:
            for word in rule.equivalents:
                self._table.setdefault(_plain(word), set()).add(rule.id)

    def rules(self, code: str) -> frozenset[str]:
        """The rules' ids; a code that is the same everywhere (a CVE) stands for itself."""
        word = _KICS.get(code.lower(), code)
        return frozenset(self._table.get(_plain(word), ())) | {code}


def _plain(code: str) -> str:
    """One spelling of a code: Trivy has called one rule DS002, AVD-DS-0002 and DS-0002."""
    found = _TRIVY(code.upper())
    return f"DS-{int(found[2]):04}" if found else code.upper()
