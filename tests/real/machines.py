"""A docker engine, podman, buildah, a registry and a Redis of the tests' own: private sockets and directories, nothing of
the machine's.

Debian's packages `docker.io`, `podman`, `buildah`, `docker-registry`, `redis-server` and `busybox-static` are all that is
needed; images are built without a network.
"""

import io
import os
import shutil
import signal
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

DOCKER = "/usr/bin/docker"
DAEMON = shutil.which("dockerd", path="/usr/sbin:/usr/bin")
BUILDAH = shutil.which("buildah")
REGISTRY = shutil.which("docker-registry")
PODMAN = shutil.which("podman")
REDIS = shutil.which("redis-server")
BUSYBOX = Path("/bin/busybox")
APPLETS = "sh cat chmod chown cp echo env grep id ln ls mkdir mv printf rm sed sleep touch true".split()
OS_RELEASE = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n'
PASSWD = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"
STATUS = """Package: zlib1g
Status: install ok installed
Architecture: amd64
Source: zlib
Version: 1:1.2.13.dfsg-1
Description: compression library

Package: libc6
Status: install ok installed
Architecture: amd64
Source: glibc
Version: 2.36-9+deb12u3
Description: C library

"""


def lacking() -> str:
    """What this machine lacks for these tests, empty where it lacks nothing."""
    if os.name != "posix" or os.geteuid() != 0:
        return "a docker engine of one's own needs root"
    programs = {
        "docker.io": DAEMON,
        "buildah": BUILDAH,
        "docker-registry": REGISTRY,
        "podman": PODMAN,
        "redis-server": REDIS,
    }
    missing = [package for package, path in programs.items() if path is None]
    if not BUSYBOX.is_file():
        missing.append("busybox-static")
    return f"not installed: {', '.join(missing)}" if missing else ""


def root_file_system() -> bytes:
    """A tar archive of a very small Debian: a shell, its accounts, two packages, its name."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        for folder in ("bin", "etc", "root", "tmp", "var", "var/lib", "var/lib/dpkg"):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(entry)
        files = {
            "bin/busybox": (BUSYBOX.read_bytes(), 0o755),
            "etc/passwd": (PASSWD.encode(), 0o644),
            "etc/group": (b"root:x:0:\nnogroup:x:65534:\n", 0o644),
            "etc/os-release": (OS_RELEASE.encode(), 0o644),
            "etc/debian_version": (b"12.1\n", 0o644),
            "var/lib/dpkg/status": (STATUS.encode(), 0o644),
        }
        for name, (content, mode) in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), mode
            tar.addfile(entry, io.BytesIO(content))
        for applet in APPLETS:
            entry = tarfile.TarInfo(f"bin/{applet}")
            entry.type, entry.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(entry)
    return data.getvalue()


def call(*words: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    """Run a program; what it said is in the error where it fails."""
    done = subprocess.run(list(words), capture_output=True, timeout=300, check=False, **options)  # type: ignore[call-overload]
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.decode(errors='replace')[-2000:]}")
    return done


class Engine:
    """A docker engine that listens on a socket of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.host = f"unix://{directory}/docker.sock"

    def docker(self, *words: str, buildkit: bool = False) -> subprocess.CompletedProcess[bytes]:
        """Call Debian's client, which can still ask for the classic builder."""
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.directory), "DOCKER_BUILDKIT": "01"[buildkit]}
        return call(DOCKER, "-H", self.host, *words, env=environment)

    def build(self, context: Path, tag: str, *words: str, buildkit: bool) -> None:
        """Build an image of a directory that holds a Dockerfile; no network."""
        self.docker("build", "-q", "--network", "none", "-t", tag, *words, str(context), buildkit=buildkit)

    def save(self, tag: str, path: Path) -> Path:
        """Write an image to a docker archive."""
        self.docker("save", "-o", str(path), tag)
        return path


@contextmanager
def engine(directory: Path) -> Iterator[Engine]:
    """A running docker engine with the image `small:1`, a base without a network; gone when this ends."""
    made = Engine(directory)
    places = ("--data-root", f"{directory}/data", "--exec-root", f"{directory}/exec", "-p", f"{directory}/pid")
    words = [
        str(DAEMON),
        "-H",
        made.host,
        *places,
        "--storage-driver",
        "overlay2",
        "--bridge",
        "none",
        "--iptables=false",
    ]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait(made, process)
        context = directory / "base"
        context.mkdir()
        (context / "rootfs.tar").write_bytes(root_file_system())
        (context / "Dockerfile").write_text('FROM scratch\nADD rootfs.tar /\nCMD ["/bin/sh"]\n')
        made.build(context, "small:1", buildkit=False)
        yield made
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _wait(made: Engine, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        if process.poll() is not None:
            break
        try:
            made.docker("version")
        except RuntimeError:
            time.sleep(0.1)
        else:
            return
    log = (made.directory / "log").read_text(errors="replace")[-2000:]
    raise RuntimeError(f"the docker engine did not start:\n{log}")


def buildah(directory: Path, context: Path, base: Path, tag: str, *words: str) -> Path:
    """Build an image with buildah, whose base is a docker archive called `small:1`; the path of its docker archive."""
    store = ("--root", f"{directory}/store", "--runroot", f"{directory}/run", "--storage-driver", "overlay")
    if not (directory / "store").exists():
        call(str(BUILDAH), *store, "pull", "-q", f"docker-archive:{base}")
    isolation = ("--isolation", "chroot", "--network", "host", "--pull=never")
    call(str(BUILDAH), *store, "build", "-q", *isolation, *words, "-t", tag, str(context))
    path = directory / f"{tag}.tar"
    call(str(BUILDAH), *store, "push", "-q", f"localhost/{tag}", f"docker-archive:{path}:{tag}:1")
    return path


@contextmanager
def registry(directory: Path, port: int) -> Iterator[str]:
    """A registry on the loopback address; its `host:port`."""
    config = directory / "registry.yml"
    config.write_text(
        f"version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {directory}/registry\n"
        f"http:\n  addr: 127.0.0.1:{port}\n"
    )
    with (directory / "registry.log").open("wb") as log:
        process = subprocess.Popen([str(REGISTRY), "serve", str(config)], stdout=log, stderr=log)
    try:
        yield f"localhost:{port}"
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def podman(directory: Path, archive: Path) -> Iterator[str]:
    """A podman that answers on a socket as docker does, with the image of an archive; the address of the socket."""
    store = ("--root", f"{directory}/store", "--runroot", f"{directory}/run", "--storage-driver", "vfs")
    call(str(PODMAN), *store, "load", "-q", "-i", str(archive))
    path = directory / "podman.sock"
    with _running(
        [str(PODMAN), *store, "system", "service", "--time=0", f"unix://{path}"], directory / "log", path.exists
    ):
        yield f"unix://{path}"


@contextmanager
def redis(directory: Path, port: int, password: str) -> Iterator[str]:
    """A Redis on the loopback address that keeps nothing on disk; its address."""
    log = directory / "redis.log"
    words = [
        "--bind",
        "127.0.0.1",
        "--port",
        str(port),
        "--save",
        "",
        "--requirepass",
        password,
        "--dir",
        str(directory),
    ]
    with _running([str(REDIS), *words], log, lambda: b"Ready to accept connections" in log.read_bytes()):
        yield f"redis://:{password}@127.0.0.1:{port}"


@contextmanager
def _running(words: list[str], log: Path, ready: Callable[[], bool]) -> Iterator[None]:
    """A program that runs until the block is left, which begins when the program is ready."""
    with log.open("wb") as file:
        process = subprocess.Popen(words, stdout=file, stderr=file)
    try:
        for _ in range(200):
            if ready():
                break
            if process.poll() is not None:
                raise RuntimeError(f"{words[0]} did not start:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(20)
