"""As much of a docker engine as Trivy asks: ping, inspect, history and save, over a unix socket.

https://docs.docker.com/reference/api/engine/
"""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.images import Recipe, configuration, docker_archive, image_id


@contextmanager
def engine(folder: Path, recipe: Recipe) -> Iterator[tuple[str, list[str]]]:
    """An engine that has one image, known by its id alone: its address, and what it was asked."""
    path = folder / "docker.sock"
    asked: list[str] = []

    class Handler(_Handler):
        image, requests = recipe, asked

    with socketserver.ThreadingUnixStreamServer(str(path), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"unix://{path}", asked
        server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    image: Recipe
    requests: list[str]
    protocol_version = "HTTP/1.1"

    def address_string(self) -> str:
        return "socket"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.answer(b"")

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        path = unquote(url.path)
        self.requests.append(f"{path}?{unquote(url.query)}".rstrip("?"))
        name, config = image_id(self.image), configuration(self.image)
        if path.endswith("/_ping"):
            self.answer(b"OK")
        elif path.endswith("/images/get") and parse_qs(url.query)["names"] == [name]:
            self.answer(docker_archive(self.image))
        elif path.endswith(f"/images/{name}/json"):
            layers = {"Type": "layers", "Layers": config["rootfs"]["diff_ids"]}
            system = {"Os": config["os"], "Architecture": config["architecture"], "Created": config["created"]}
            self.json(
                {"Id": name, "RepoTags": list(self.image.tags), "RootFS": layers, "Config": config["config"], **system}
            )
        elif path.endswith(f"/images/{name}/history"):
            entries = [
                {"CreatedBy": one["created_by"], "Size": 0 if one.get("empty_layer") else 9}
                for one in config["history"]
            ]
            self.json([{"Id": "", "Created": 0, "Tags": None, "Comment": "", **one} for one in reversed(entries)])
        else:
            self.json({"message": f"No such image: {path}"}, 404)

    def json(self, value: Any, status: int = 200) -> None:
        self.answer(json.dumps(value).encode(), status, "application/json")

    def answer(self, body: bytes, status: int = 200, kind: str = "application/x-tar") -> None:
        self.send_response(status)
        self.send_header("Api-Version", "1.47")
        self.send_header("Ostype", "linux")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
