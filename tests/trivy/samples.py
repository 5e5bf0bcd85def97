"""Images that Trivy finds something in, and inventories as it would make them."""

from scanguard.image.inventory import InstalledPackage, Vulnerability
from scanguard.image.nodes import Configuration, HistoryEntry, Image
from scanguard.model.rule import Severity
from scanguard.plugin import ImageScan
from tests.fakes import fake
from tests.images import File, Recipe, entry

TOKEN, OTHER_TOKEN = fake("github", 1), fake("github", 2)
AWS_ID, AWS_SECRET = fake("aws-id", 1), fake("aws-secret", 1)
SECRETS = (TOKEN, OTHER_TOKEN, AWS_ID, AWS_SECRET)

_SITE = "opt/venv/lib/python3.12/site-packages"
REQUESTS = f"{_SITE}/requests-2.30.0.dist-info/METADATA"
FLASK = f"{_SITE}/flask-2.3.1.dist-info/METADATA"


def debian(version: str = "12.5") -> dict[str, bytes | File]:
    major = version.partition(".")[0]
    return {
        "etc/os-release": f'NAME="Debian GNU/Linux"\nVERSION_ID="{major}"\nID=debian\n'.encode(),
        "etc/debian_version": f"{version}\n".encode(),
        "var/lib/dpkg/status": "".join(
            _dpkg(*package)
            for package in (
                ("libc6", "2.36-9+deb12u1", "glibc"),
                ("libssl3", "3.0.11-1~deb12u2", "openssl"),
                ("openssl", "3.0.11-1~deb12u2", ""),
                ("zlib1g", "1:1.2.13.dfsg-1", "zlib"),
            )
        ).encode(),
    }


def _dpkg(name: str, version: str, source: str) -> str:
    lines = [
        f"Package: {name}",
        "Status: install ok installed",
        "Maintainer: Debian <debian@example.org>",
        "Architecture: amd64",
        *([f"Source: {source}"] if source else []),
        f"Version: {version}",
        "Description: a package",
    ]
    return "\n".join(lines) + "\n\n"


def alpine() -> dict[str, bytes | File]:
    package = "P:libssl3\nV:3.1.4-r4\nA:x86_64\no:openssl\nL:Apache-2.0\nF:lib\nR:libssl.so.3\n\n"
    return {
        "etc/os-release": b'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.19.1\n',
        "etc/alpine-release": b"3.19.1\n",
        "lib/apk/db/installed": package.encode(),
    }


def python(name: str, version: str, licence: str = "Apache-2.0") -> bytes:
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nLicense: {licence}\n\n".encode()


CONFIG = {"app/a.conf": f"token={TOKEN}\n".encode()}
LAYERS = (
    debian(),
    CONFIG,
    {
        "app/b.ini": f"token={OTHER_TOKEN}\naws_access_key_id = {AWS_ID}\naws_secret_access_key = {AWS_SECRET}\n".encode(),
        REQUESTS: python("requests", "2.30.0"),
        FLASK: python("flask", "2.3.1", "AGPL-3.0"),
    },
)
BASE = entry("/bin/sh -c #(nop) ADD file:1 in / ")
HISTORY = (
    BASE,
    entry('/bin/sh -c #(nop)  CMD ["bash"]', empty=True),
    entry("COPY a.conf /app/ # buildkit", comment="buildkit.dockerfile.v0"),
    entry("COPY app / # buildkit", comment="buildkit.dockerfile.v0"),
    entry('CMD ["app"]', empty=True, comment="buildkit.dockerfile.v0"),
)
"""The base image ends where Trivy thinks that it does."""
MIDDLE = (*HISTORY[:3], entry('CMD ["old"]', empty=True), *HISTORY[3:])
"""A CMD in the middle: Trivy takes the layer of a.conf for the base image's."""


def recipe(history: tuple[dict[str, object], ...] = HISTORY, name: str = "acme/app:1") -> Recipe:
    environment = [f"API_TOKEN={fake('github', 3)}"]
    return Recipe(layers=LAYERS, history=history, tags=(name,), config={"Env": environment})


def image(layers: int = 3, name: str = "acme/app") -> Image:
    history = tuple(HistoryEntry(f"RUN step {number}", False) for number in range(layers))
    diff_ids = tuple(layer(number) for number in range(layers))
    return Image(name, name, "sha256:" + "0" * 64, "", "docker", "linux/amd64", (), Configuration(), history, diff_ids)


def layer(number: int) -> str:
    return f"sha256:{number:064x}"


def package(
    name: str, version: str = "1.0", layer_number: int = 0, path: str = "", kind: str = "debian"
) -> InstalledPackage:
    purl = f"pkg:pypi/{name}@{version}" if path else f"pkg:deb/debian/{name}@{version}?arch=amd64&distro=debian-12.5"
    return InstalledPackage(name, version, kind, layer(layer_number), path, "", purl, (), not path)


def vulnerability(
    of: InstalledPackage, id: str = "CVE-2023-4911", severity: Severity = Severity.HIGH, fixed: str = "2.0"
) -> Vulnerability:
    return Vulnerability(
        id, of, severity, "a buffer overflow", "It overflows.", fixed, "fixed" if fixed else "affected"
    )


def scan_of(inventory, base_layers: int | None = None) -> ImageScan:
    return ImageScan(image(), inventory=inventory, base_layers=base_layers)
