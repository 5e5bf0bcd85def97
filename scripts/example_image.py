"""Write examples/image/app.tar: a docker archive as BuildKit makes it of the Dockerfile beside it, with next to nothing in it.

It has what scanners read (the system's name, the databases of packages) and no program. `--check` fails where it is not
current.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.images import Recipe, directory, docker_archive, entry  # noqa: E402

TARGET = ROOT / "examples" / "image" / "app.tar"
SITE = "opt/venv/lib/python3.11/site-packages"
BUILDKIT = "buildkit.dockerfile.v0"
BASE = (("libc6", "2.36-9+deb12u1", "glibc"), ("zlib1g", "1:1.2.13.dfsg-1", "zlib"))
ADDED = (("libssl3", "3.0.11-1~deb12u2", "openssl"), ("openssl", "3.0.11-1~deb12u2", "openssl"))
RELEASE = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n'
APT = "apt-get update  && apt-get install -y --no-install-recommends openssl python3  && rm -rf /var/lib/apt/lists/*"


def packages(*listed: tuple[str, str, str]) -> bytes:
    """The database of dpkg with these packages: name, version, source."""
    form = "Package: {}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {}\nSource: {}\nDescription: of Debian\n\n"
    return "".join(form.format(*one) for one in listed).encode()


def distribution(name: str, version: str) -> bytes:
    """The metadata of an installed Python package."""
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\n".encode()


RECIPE = Recipe(
    layers=(
        {
            "etc/os-release": RELEASE.encode(),
            "etc/debian_version": b"12.1\n",
            "etc/passwd": b"root:x:0:0:root:/root:/bin/bash\n",
            "var/lib/dpkg/status": packages(*BASE),
        },
        {"var/lib/dpkg/status": packages(*BASE, *ADDED)},
        {"app": directory()},
        {
            f"{SITE}/requests-2.30.0.dist-info/METADATA": distribution("requests", "2.30.0"),
            f"{SITE}/flask-2.3.1.dist-info/METADATA": distribution("flask", "2.3.1"),
        },
        {"app/serve.py": b"print('hello')\n"},
    ),
    history=(
        entry("# debian.sh --arch 'amd64' out/ 'bookworm' '@1700438400'", comment="debuerreotype 0.15"),
        entry(f"RUN /bin/sh -c {APT} # buildkit", comment=BUILDKIT),
        entry("WORKDIR /app", comment=BUILDKIT),
        entry("COPY /opt/venv /opt/venv # buildkit", comment=BUILDKIT),
        entry("COPY serve.py ./ # buildkit", comment=BUILDKIT),
        entry('CMD ["/opt/venv/bin/python" "serve.py"]', empty=True, comment=BUILDKIT),
    ),
    config={"Cmd": ["/opt/venv/bin/python", "serve.py"], "WorkingDir": "/app", "Env": ["PATH=/usr/bin:/bin"]},
    tags=("example/app:1",),
)


def main() -> int:
    """Write or compare the archive; returns 1 where it is not current."""
    data = docker_archive(RECIPE)
    if TARGET.is_file() and TARGET.read_bytes() == data:
        return 0
    if "--check" in sys.argv[1:]:
        sys.stderr.write("examples/image/app.tar is not current: run `python scripts/example_image.py`\n")
        return 1
    TARGET.write_bytes(data)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
