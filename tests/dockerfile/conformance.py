"""BuildKit's own test vectors, which stand beside the repository in the project's workshop; elsewhere their tests are skipped."""

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2].parent / "shared" / "conformance"


def cases(name: str, kind: str | None = None) -> list[Any]:
    """Parameters, one for each case of a file (and a kind); or one that is skipped and says why."""
    path = FOLDER / name
    if not path.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason=f"there are no conformance vectors at {path}"))]
    found = json.loads(path.read_text(encoding="utf-8"))["cases"]
    chosen = [case for case in found if kind is None or case.get("kind") == kind]
    assert chosen, f"{name} has no cases of the kind {kind}"
    return [pytest.param(case, id=f"{number}") for number, case in enumerate(chosen)]
