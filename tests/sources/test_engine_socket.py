"""The quick way to an engine: it says what docker's library says, or nothing."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from scanguard.model.errors import TargetError
from scanguard.model.reference import ImageReference
from scanguard.sources import engine_socket
from scanguard.sources.daemon import Daemon
from scanguard.sources.engine_socket import answer, local_address, opened, sockets
from tests.engines import Engine, Held, running_engine

ARCHIVE = bytes(range(256)) * 5000
DESCRIBED = {"Id": "sha256:1", "Config": {"User": "app:app"}}


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="sg") as name:
        yield Path(name)


@pytest.fixture
def engine(folder: Path) -> Iterator[Engine]:
    with running_engine(folder) as running:
        running.images["team/app:1"] = Held(ARCHIVE, DESCRIBED, history=[{"CreatedBy": "RUN x"}])
        yield running


def test_answers(engine: Engine) -> None:
    assert answer(engine.address, "/images/team/app:1/json") == DESCRIBED
    assert answer(engine.address, "/images/team/app:1/history") == [{"CreatedBy": "RUN x"}]


def test_whatever_else_is_no_answer(engine: Engine, folder: Path) -> None:
    assert answer(engine.address, "/images/other:1/json") is None
    assert answer(engine.address, "/images/broken/engine:1/json") is None
    engine.asked.clear()
    assert answer(engine.address, "/images/a b/json") is None
    assert answer(engine.address, "/images/a\r\nx/json") is None
    assert answer("", "/images/team/app:1/json") is None
    assert answer(f"unix://{folder}/none.sock", "/images/team/app:1/json") is None
    assert engine.asked == []


def test_archives_come_in_pieces(engine: Engine) -> None:
    with opened(engine.address, "/images/team/app:1/get", 9) as pieces:
        assert pieces is not None
        found = list(pieces)
    assert b"".join(found) == ARCHIVE
    assert len(found) > 1


def test_archives_that_are_not_there(engine: Engine, folder: Path) -> None:
    for address, path in (
        (engine.address, "/images/other:1/get"),
        (engine.address, "/images/a b/get"),
        ("", "/images/team/app:1/get"),
        (f"unix://{folder}/none.sock", "/images/team/app:1/get"),
    ):
        with opened(address, path, 9) as pieces:
            assert pieces is None


def test_an_archive_that_breaks_off(engine: Engine) -> None:
    engine.images["team/app:1"] = engine.images["team/app:1"]._replace(cut=30_000)
    with opened(engine.address, "/images/team/app:1/get", 9) as pieces, pytest.raises(OSError, match="broken"):
        list(pieces or ())


def served(folder: Path, data: bytes) -> threading.Thread:
    """An engine that says these bytes, whatever it is asked, to the first who asks."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(folder / "s"))
    server.listen(1)

    def serve() -> None:
        with server, server.accept()[0] as connection:
            connection.recv(4096)
            connection.sendall(data)

    thread = threading.Thread(target=serve)
    thread.start()
    return thread


def test_an_archive_that_ends_before_its_length(folder: Path) -> None:
    thread = served(folder, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
    with opened(f"unix://{folder}/s", "/images/a/get", 9) as pieces, pytest.raises(OSError, match="broken"):
        list(pieces or ())
    thread.join()


def test_an_archive_that_is_packed_is_the_library_s(folder: Path) -> None:
    thread = served(folder, b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nhalf")
    with opened(f"unix://{folder}/s", "/images/a/get", 9) as pieces:
        assert pieces is None
    thread.join()


def test_an_engine_that_is_silent_is_asked_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_socket, "_TIMEOUT", 0.05)
    monkeypatch.setenv("DOCKER_HOST", f"unix://{folder}/s")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "s"))
        server.listen(9)
        for ask in (
            lambda: Daemon().inspect("app:1"),
            lambda: Daemon().history("app:1"),
            lambda: Daemon().user(ImageReference.parse("app:1")),
        ):
            with pytest.raises(TargetError, match="in time|TimeoutError"):
                ask()
            server.accept()[0].close()
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("said", [{"Id": "x", "RepoTags": 5}, {"Id": "x", "RepoDigests": "y"}])
def test_an_answer_that_describes_no_image(engine: Engine, monkeypatch: pytest.MonkeyPatch, said: object) -> None:
    monkeypatch.setenv("DOCKER_HOST", engine.address)
    engine.images["app:1"] = Held(b"", said)
    with pytest.raises(TargetError, match="answered something else than an image"):
        Daemon().inspect("app:1")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"SSH-2.0-x\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * 100_000,
    ],
)
def test_strange_engines(folder: Path, data: bytes) -> None:
    thread = served(folder, data)
    assert answer(f"unix://{folder}/s", "/images/a/json") is None
    thread.join()


def test_addresses(folder: Path) -> None:
    assert local_address({"DOCKER_HOST": "unix:///run/x.sock"}) == "unix:///run/x.sock"
    assert local_address({"DOCKER_HOST": "unix://x.sock"}) == ""
    assert local_address({"DOCKER_HOST": "tcp://10.0.0.1:2376"}) == ""
    assert local_address({"DOCKER_HOST": "ssh://host"}) == ""
    assert local_address({"DOCKER_CONTEXT": "lab", "HOME": str(folder)}) == ""


def test_contexts_are_left_to_the_library(folder: Path) -> None:
    (folder / "podman").mkdir()
    with running_engine(folder):
        (folder / "engine.sock").rename(folder / "docker.sock")
        here = {"XDG_RUNTIME_DIR": str(folder), "DOCKER_CONFIG": str(folder)}
        found = local_address(here)
        assert found in ("unix:///var/run/docker.sock", f"unix://{folder}/docker.sock")
        for text, expected in (
            ({"currentContext": "default"}, found),
            ({"auths": {}}, found),
            ({"currentContext": "lab"}, ""),
            ([], ""),
        ):
            (folder / "config.json").write_text(json.dumps(text))
            assert local_address(here) == expected
        (folder / "config.json").write_text("{")
        assert local_address(here) == ""


def test_sockets() -> None:
    assert list(sockets({"HOME": "/home/a", "XDG_RUNTIME_DIR": "/run/user/1"})) == [
        "/var/run/docker.sock",
        "/run/user/1/docker.sock",
        "/home/a/.docker/run/docker.sock",
        "/run/user/1/podman/podman.sock",
        "/run/podman/podman.sock",
    ]


@pytest.mark.parametrize(
    ("named", "listed"),
    [
        ("unix:///run/p.sock", ["/run/p.sock"]),
        ("unix://p.sock", []),
        ("ssh://core@localhost:2222/p.sock", []),
        ("", []),
    ],
)
def test_the_socket_that_podman_is_told_comes_before_its_usual_one(named: str, listed: list[str]) -> None:
    assert list(sockets({"CONTAINER_HOST": named})) == ["/var/run/docker.sock", *listed, "/run/podman/podman.sock"]


def test_the_library_is_not_loaded_for_a_question(engine: Engine) -> None:
    program = (
        "import sys; from scanguard.model.reference import ImageReference as R; from scanguard.sources.daemon import Daemon;"
        "d = Daemon(); print(d.inspect('team/app:1')['Id'], d.history('team/app:1')[0]['CreatedBy'],"
        "d.user(R.parse('team/app:1')), d.address)\n"
        "with d.saved('team/app:1') as pieces: print(sum(map(len, pieces)), 'docker' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env={"DOCKER_HOST": engine.address}, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["sha256:1", "RUN", "x", "app", engine.address, str(len(ARCHIVE)), "False"]
    assert engine.asked == ["json team/app:1", "history team/app:1", "json team/app:1", "get team/app:1"]
