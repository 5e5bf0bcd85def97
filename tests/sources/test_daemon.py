"""`--daemon` against an engine that speaks the API over loopback; the docker library itself does the talking."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from scanguard.cli import main
from scanguard.model.errors import TargetError
from scanguard.model.reference import ImageReference
from scanguard.sources.daemon import Daemon
from tests.fakes import fake

USERS = {"example/worker:1": "app:app", "example/tool:2": ""}


class Engine(BaseHTTPRequestHandler):
    """The two requests that are needed: the version, and the configuration of an image."""

    def do_GET(self) -> None:
        name = self.path.partition("/images/")[2].removesuffix("/json").replace("%2F", "/").replace("%3A", ":")
        if self.path.endswith("/version"):
            self.answer(200, {"ApiVersion": "1.44"})
        elif name in USERS:
            self.answer(200, {"Config": {"User": USERS[name]}})
        else:
            self.answer(404, {"message": f"No such image: {name}"})

    def answer(self, status: int, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server = HTTPServer(("127.0.0.1", 0), Engine)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{server.server_port}")
    yield
    server.shutdown()
    server.server_close()


def found(capsys: pytest.CaptureFixture[str], path: Path, image: str, *words: str) -> tuple[int, list[str], list[str]]:
    path.write_text(f"FROM {image}\n", encoding="utf-8")
    code = main(["check", "--select", "root-user", "--format", "json", *words, str(path)])
    report = json.loads(capsys.readouterr().out)
    return code, [one["message"] for one in report["findings"]], [one["message"] for one in report["notifications"]]


@pytest.mark.usefixtures("engine")
def test_daemon_knows_who_runs(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    assert found(capsys, path, "example/worker:1", "--daemon") == (0, [], [])
    assert found(capsys, path, "example/tool:2", "--daemon") == (
        1,
        ["The shipped image runs as root: there is no USER, and 'example/tool:2' runs as root."],
        [],
    )
    likely = (
        "The shipped image most likely runs as root: there is no USER, and who runs in 'example/other:3' is not known."
    )
    assert found(capsys, path, "example/other:3", "--daemon") == (1, [likely], [])


def test_daemon_that_is_down(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    code, messages, told = found(capsys, tmp_path / "Dockerfile", "example/worker:1", "--daemon")
    assert (code, messages) == (3, [])
    assert told == [
        "the docker daemon at tcp://127.0.0.1:1 gave no answer: connection refused; start it, or set DOCKER_HOST "
        "(without --daemon it is not asked)"
    ]


@pytest.mark.parametrize("address", ["rubbish", "tcp://", "tcp://x:99999999", "fd://", "ftp://x:1"])
def test_an_address_that_is_none(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", address)
    for ask in (lambda: Daemon().inspect("app:1"), lambda: Daemon().user(ImageReference.parse("app:1"))):
        with pytest.raises(TargetError) as caught:
            ask()
        assert caught.value.message == (
            f"DOCKER_HOST is '{address}', which is no address of a docker daemon; "
            "write one such as unix:///var/run/docker.sock, tcp://HOST:2376 or ssh://USER@HOST"
        )


@pytest.mark.parametrize("host", ["tcp://me:{}@127.0.0.1:1", "http://me:{}@127.0.0.1:1"])
def test_a_password_in_the_address_is_not_shown(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", host.format(fake("password")))
    with pytest.raises(TargetError) as caught:
        Daemon().inspect("app:1")
    assert fake("password") not in caught.value.message
    assert host.format("***") in caught.value.message


def test_certificates_that_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    monkeypatch.setenv("DOCKER_CERT_PATH", str(tmp_path))
    with pytest.raises(TargetError, match="its certificates cannot be used; look at DOCKER_TLS_VERIFY"):
        Daemon().inspect("app:1")


def test_daemon_is_not_asked_unless_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    assert found(capsys, tmp_path / "Dockerfile", "example/worker:1")[0] == 1
