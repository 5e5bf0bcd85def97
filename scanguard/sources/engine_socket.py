"""Questions to a docker engine on a local socket without docker's library, which takes longer to load than all the rest.

Whoever gets no answer here asks again through the library: it knows contexts, TLS and ssh, and says why there is none.
"""

import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from stat import S_ISSOCK
from string import ascii_letters, digits
from typing import TYPE_CHECKING, Any, Final

from scanguard.sources.docker_context import DEFAULT, current_context

if TYPE_CHECKING:
    from http.client import HTTPResponse

_SCHEME: Final = "unix://"
_PLAIN: Final = frozenset(ascii_letters + digits + "/:@._-")
_TIMEOUT: Final = 10
_LARGEST: Final = 16 << 20
_PIECE: Final = 1 << 18


def local_address(environment: Mapping[str, str]) -> str:
    """The address of the engine where it is surely a local socket, by the rules of `daemon.endpoints`; else empty."""
    host = environment.get("DOCKER_HOST", "")
    if host:
        return host if host.startswith(f"{_SCHEME}/") else ""  # the library takes no socket from the working directory
    if current_context(environment) != DEFAULT:
        return ""
    return next((f"{_SCHEME}{path}" for path in sockets(environment) if is_socket(path)), "")


def sockets(environment: Mapping[str, str]) -> Iterator[str]:
    """Where an engine may listen, the likeliest first: docker's places, rootless ones, the one that podman is told, podman's."""
    runtime = environment.get("XDG_RUNTIME_DIR", "")
    home = environment.get("HOME", "")
    yield "/var/run/docker.sock"
    if runtime:
        yield f"{runtime}/docker.sock"
    if home:
        yield f"{home}/.docker/run/docker.sock"
    named = environment.get("CONTAINER_HOST", "")  # podman's own variable; what goes over ssh needs DOCKER_HOST
    if named.startswith(f"{_SCHEME}/"):
        yield named.removeprefix(_SCHEME)
    if runtime:
        yield f"{runtime}/podman/podman.sock"
    yield "/run/podman/podman.sock"


def answer(address: str, path: str) -> Any:
    """What the engine answers to a GET, as JSON; None for anything but an answer with the status 200.

    Raises TimeoutError where it is silent: whoever asks again would wait as long again.
    `path` is that of the API without a version: https://docs.docker.com/reference/api/engine/.
    """
    if not address or not _PLAIN.issuperset(path):
        return None
    question = f"GET {path} HTTP/1.0\r\nHost: docker\r\nAccept: application/json\r\n\r\n"
    try:
        with socket.socket(socket.AF_UNIX) as engine:
            engine.settimeout(_TIMEOUT)
            engine.connect(address.removeprefix(_SCHEME))
            engine.sendall(question.encode())
            head, _, body = _all(engine).partition(b"\r\n\r\n")
        if head.split(maxsplit=2)[1:2] == [b"200"] and b"\r\ntransfer-encoding:" not in head.lower():
            return json.loads(body)
    except TimeoutError:
        raise
    except (OSError, ValueError, RecursionError):
        pass
    return None


@contextmanager
def opened(address: str, path: str, timeout: float) -> Iterator[Iterator[bytes] | None]:
    """The pieces of what the engine answers to a GET; None as for `answer`. `timeout` is in seconds, for each piece.

    The pieces raise OSError where the engine breaks off.
    """
    from http.client import HTTPConnection, HTTPException

    if not address or not _PLAIN.issuperset(path):
        yield None
        return
    connection = HTTPConnection("docker")
    connection.sock = socket.socket(socket.AF_UNIX)
    try:
        connection.sock.settimeout(timeout)
        pieces = None
        with suppress(OSError, HTTPException):
            connection.sock.connect(address.removeprefix(_SCHEME))
            connection.request("GET", path)
            response = connection.getresponse()
            plain = response.status == 200 and not response.getheader("Content-Encoding")
            pieces = _pieces(response) if plain else None
        yield pieces
    finally:
        connection.close()


def _pieces(response: "HTTPResponse") -> Iterator[bytes]:
    from http.client import HTTPException

    try:
        while piece := response.read(_PIECE):
            yield piece
        if response.length:  # what is still to come, which `read` does not miss
            raise OSError("Connection broken")
    except HTTPException as error:
        raise OSError("Connection broken") from error


def _all(engine: socket.socket) -> bytes:
    """All that comes until the engine closes the connection. Raises ValueError where that is absurdly much."""
    pieces = bytearray()
    while piece := engine.recv(1 << 16):
        pieces += piece
        if len(pieces) > _LARGEST:
            raise ValueError("too long an answer")
    return bytes(pieces)


def is_socket(path: str) -> bool:
    """Whether there is a socket at a path."""
    try:
        return S_ISSOCK(os.stat(path).st_mode)
    except OSError:
        return False
