"""Real engines for real images. On CI they may not be skipped."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real import machines


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
