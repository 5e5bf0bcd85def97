"""A docker engine that only knows images: it speaks the API over a unix socket, as far as ScanGuard asks."""

import json
import socketserver
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit


class Held(NamedTuple):
    """An image of the engine: what `docker save` gives, what `docker inspect` says besides, and how much is really sent.

    `history` is what `docker history` says.
    """

    archive: bytes
    described: Mapping[str, Any]
    cut: int = 0
    history: Sequence[Mapping[str, Any]] = ()


class Engine:
    """The engine: `images` by name or id, `remote` by name what a registry would have, `asked` the requests so far."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.images: dict[str, Held] = {}
        self.remote: dict[str, Held] = {}
        self.asked: list[str] = []


@contextmanager
def running_engine(folder: Path) -> Iterator[Engine]:
    """An engine on a socket in a folder whose path is short."""
    path = folder / "engine.sock"
    engine = Engine(f"unix://{path}")

    class Handler(_Handler):
        held = engine

    with socketserver.ThreadingUnixStreamServer(str(path), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield engine
        server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    held: Engine
    protocol_version = "HTTP/1.1"

    def address_string(self) -> str:
        return "socket"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        if path.endswith("/version"):
            self.answer(200, {"ApiVersion": "1.44"})
            return
        name, _, what = path.partition("/images/")[2].rpartition("/")
        self.held.asked.append(f"{what} {name}")
        found = self.held.images.get(name)
        if name == "broken/engine:1":
            self.answer(500, {"message": "the disk \x1b[31mis full"})
        elif found is None:
            self.answer(404, {"message": f"No such image: {name}"})
        elif what == "json":
            self.answer(200, dict(found.described))
        elif what == "history":
            self.answer(200, list(found.history))
        else:
            self.save(found)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
        name = f"{asked['fromImage']}:{asked['tag']}"
        self.held.asked.append(f"pull {name} {asked.get('platform', '')}".strip())
        if name in self.held.remote:
            found = self.held.images[name] = self.held.remote[name]
            self.held.images[str(found.described["Id"])] = found
            self.answer(200, {"status": "done"})
        else:
            self.answer(200, {"error": f"manifest for {name} not found", "errorDetail": {}})

    def answer(self, status: int, value: object) -> None:
        body = json.dumps(value).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def save(self, held: Held) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-tar")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        data = held.archive[: held.cut] if held.cut else held.archive
        for at in range(0, len(data), 10_000):
            piece = data[at : at + 10_000]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        if held.cut:
            self.close_connection = True
            return
        self.wfile.write(b"0\r\n\r\n")
