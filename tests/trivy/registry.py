"""A registry on the loopback that has one vulnerability database, as OCI registries have Trivy's.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md
"""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.images import digest, tar_of
from tests.trivydb import database, metadata

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_LAYER = "application/vnd.aquasec.trivy.db.layer.v1.tar+gzip"


@contextmanager
def registry(updated: str, broken: int = 0) -> Iterator[tuple[str, list[str]]]:
    """A registry that answers the first `broken` questions for the manifest with an error: its address, what it was asked."""
    files: dict[str, bytes | str] = {"trivy.db": database(), "metadata.json": metadata(updated)}
    layer = gzip.compress(
        tar_of({name: data if isinstance(data, bytes) else data.encode() for name, data in files.items()})
    )
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": {"mediaType": "application/vnd.aquasec.trivy.config.v1+json", "digest": digest(b"{}"), "size": 2},
            "layers": [
                {
                    "mediaType": _LAYER,
                    "digest": digest(layer),
                    "size": len(layer),
                    "annotations": {"org.opencontainers.image.title": "db.tar.gz"},
                }
            ],
        }
    ).encode()
    asked: list[str] = []
    held = {digest(data): data for data in (b"{}", layer, manifest)}

    class Handler(_Handler):
        requests, failures, blobs, tagged = asked, broken, held, manifest

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"127.0.0.1:{server.server_port}", asked
        server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    requests: list[str]
    failures: int
    blobs: dict[str, bytes]
    tagged: bytes
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self.requests.append(self.path)
        last = self.path.rpartition("/")[2]
        if self.path == "/v2/":
            self.answer(b"{}", "application/json")
        elif not self.path.startswith("/v2/right/"):
            self.answer(b'{"errors": [{"code": "NAME_UNKNOWN"}]}', "application/json", 404)
        elif "/manifests/" in self.path:
            if len([one for one in self.requests if "/right/manifests/" in one]) <= self.failures:
                self.answer(b'{"errors": [{"code": "TOOMANYREQUESTS"}]}', "application/json", 429)
            else:
                self.answer(self.tagged, _MANIFEST)
        else:
            self.answer(self.blobs[last], "application/octet-stream")

    def answer(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Docker-Content-Digest", digest(body))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)
