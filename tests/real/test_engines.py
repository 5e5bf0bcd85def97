"""Where images and answers can be instead of docker's engine and the disk: podman's engine, a Redis for a fleet."""

import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real import machines
from tests.real.scan import Ran, Scan, scan

IMAGE = Path(__file__).resolve().parents[2] / "examples" / "image"
DOCKERFILE = ("--dockerfile", str(IMAGE / "Dockerfile"))


@pytest.fixture(scope="module", autouse=True)
def _programs() -> None:
    reason = machines.lacking()
    if reason and os.environ.get("CI") != "true":
        pytest.skip(f"no engines for tests: {reason}")
    assert not reason


@pytest.fixture
def from_file(trivy: Scan) -> Ran:
    """What the image gives as a file."""
    return scan(IMAGE, "--image", "./app.tar", *DOCKERFILE, with_trivy=trivy)


def of(ran: Ran) -> list[tuple[str, int, str, str]]:
    return [(one["id"], one["start_line"], one["origin"], one["fingerprint"]) for one in ran.findings]


def test_an_image_of_podman(trivy: Scan, from_file: Ran, tmp_path_factory: pytest.TempPathFactory) -> None:
    with machines.podman(tmp_path_factory.mktemp("p"), IMAGE / "app.tar") as address:
        words = ("--image", "example/app:1", *DOCKERFILE)
        first = scan(IMAGE, *words, with_trivy=trivy, DOCKER_HOST=address)
        again = scan(IMAGE, *words, with_trivy=trivy, DOCKER_HOST=address)
    assert (first.code, first.errors) == (1, "")
    assert of(first) == of(from_file)
    assert again.output == first.output


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with machines.redis(tmp_path, port, secrets.token_hex(8)) as address:
        yield address


def test_a_redis_serves_a_fleet(trivy: Scan, from_file: Ran, redis: str, tmp_path: Path) -> None:
    for machine in ("one", "two"):
        cache = tmp_path / machine
        shutil.copytree(trivy.cache / "db", cache / "db")
        words = ("--image", "./app.tar", *DOCKERFILE, "--trivy-backend", redis)
        ran = scan(IMAGE, *words, with_trivy=trivy._replace(cache=cache), offline=False)
        assert (ran.code, ran.errors, of(ran)) == (1, "", of(from_file))
        assert not list(cache.rglob("fanal.db"))
        assert redis not in ran.output
