"""Time and memory of reading an image's layers, and of checking them: archives of 300 MB and 2 GB, plain and packed.

Each reading is a process of its own. Returns 1 where a bar is missed.
"""

import gzip
import hashlib
import io
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

RUNS = 3
MEGABYTE = 1_000_000
USUAL, LARGER = 3000, 14_000
PROGRAM = """
import resource, sys, time
from scanguard.sources.images import scanguard_load_image
start = time.perf_counter()
contents = scanguard_load_image(sys.argv[1], "", False).contents()
took = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(took, peak / 1024, sum(len(layer.entries) for layer in contents))
"""
CHECK = """
import contextlib, io, resource, sys, time
from scanguard.cli import main
start = time.perf_counter()
with contextlib.redirect_stdout(io.StringIO()):
    status = main(["check", "--no-trivy", "--exit-zero", "--image", sys.argv[1]])
took = time.perf_counter() - start
assert status == 0, status
print(took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


class Case(NamedTuple):
    """An archive and its bars: seconds to read it, and MB of memory of the whole process, read or checked."""

    name: str
    megabytes: int
    files: int
    packed: bool
    seconds: float
    memory: float


CASES = (
    Case("docker archive, 300 MB", 300, 18_000, False, 0.9, 60),
    Case("OCI archive, gzip, 300 MB", 300, 18_000, True, 4.0, 60),
    Case("docker archive, 2 GB", 2000, 200_000, False, 4.0, 150),
    Case("OCI archive, gzip, 2 GB", 2000, 60_000, True, 25.0, 150),
)


class Counted:
    """A file that knows the digest and the number of the bytes that went through it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.size = 0
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Write on."""
        self.digest.update(data)
        self.size += len(data)
        return self.file.write(data)


def main() -> int:
    """Measure all cases; returns 1 where a bar is missed."""
    missed = False
    print("| image | entries | read | memory | checked | memory |\n|---|--:|--:|--:|--:|--:|")
    for case in CASES:
        with tempfile.TemporaryDirectory(prefix="scanguard-images-") as folder:
            path = Path(folder) / "image.tar"
            write(path, Path(folder), case)
            took, peak, entries = medians(PROGRAM, path)
            whole, most = medians(CHECK, path)
        missed |= took > case.seconds or max(peak, most) > case.memory
        print(
            f"| {case.name} | {entries:,.0f} | {took:.2f} s | {peak:.0f} MB | {whole:.2f} s | {most:.0f} MB |",
            flush=True,
        )
    return int(missed)


def medians(program: str, path: Path) -> tuple[float, ...]:
    """What a program prints for an image, the median of all runs of each number."""
    return tuple(map(statistics.median, zip(*(reading(program, path) for _ in range(RUNS)), strict=True)))


def reading(program: str, path: Path) -> tuple[float, ...]:
    """What one process prints: seconds, peak memory in MB, and where it reads only, the number of entries.

    It has a cache of its own: an image that was read before would not be read.
    """
    words = [sys.executable, "-c", program, str(path)]
    root = Path(__file__).resolve().parents[1]
    with tempfile.TemporaryDirectory() as cache:
        env = {**os.environ, "XDG_CACHE_HOME": cache}
        done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=root, env=env)
    return tuple(map(float, done.stdout.split()))


def write(path: Path, folder: Path, case: Case) -> None:
    """Write an archive of four layers of the same size."""
    layers = [layer(folder, number, case) for number in range(4)]
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{diff_id}" for _, diff_id, _ in layers]},
            "history": [{"created_by": f"RUN step {number}"} for number in range(4)],
        }
    ).encode()
    with tarfile.open(path, "w") as archive:
        for file, _, digest in layers:
            archive.add(file, f"blobs/sha256/{digest}")
            file.unlink()
        name = add(archive, config)
        if not case.packed:
            names = [f"blobs/sha256/{digest}" for _, _, digest in layers]
            value = [{"Config": f"blobs/sha256/{name}", "RepoTags": ["example/app:1"], "Layers": names}]
            add(archive, json.dumps(value).encode(), "manifest.json")
            return
        described: list[dict[str, Any]] = [{"digest": f"sha256:{digest}"} for _, _, digest in layers]
        manifest = add(archive, json.dumps({"config": {"digest": f"sha256:{name}"}, "layers": described}).encode())
        add(archive, json.dumps({"manifests": [{"digest": f"sha256:{manifest}"}]}).encode(), "index.json")


def add(archive: tarfile.TarFile, data: bytes, name: str = "") -> str:
    """Add a blob under its digest, or a file under a name; returns the digest."""
    digest = hashlib.sha256(data).hexdigest()
    info = tarfile.TarInfo(name or f"blobs/sha256/{digest}")
    info.size = len(data)
    archive.addfile(info, io.BytesIO(data))
    return digest


def layer(folder: Path, number: int, case: Case) -> tuple[Path, str, str]:
    """One layer: its file, the digest of its archive, and that of the file."""
    path = folder / f"layer{number}"
    with open(path, "wb") as raw:
        outer = Counted(raw)
        target: Any = outer
        packed: Any = gzip.GzipFile("", "wb", 1, target, mtime=0) if case.packed else outer
        inner = Counted(packed)
        with tarfile.open(fileobj=inner, mode="w|") as archive:  # type: ignore[call-overload]
            for info, data in files(number, case):
                archive.addfile(info, io.BytesIO(data))
        if case.packed:
            packed.close()
    return path, inner.digest.hexdigest(), outer.digest.hexdigest()


def files(number: int, case: Case) -> Iterator[tuple[tarfile.TarInfo, bytes]]:
    """Many small sources and some large libraries, half of whose bytes are easy to pack; the same every time.

    The lower layers are a distribution's, where a scanner seeks no secrets; the last one is the application with what it
    depends on, whose files are as large as those that pip installs.
    """
    folder, usual = ("srv/app", LARGER) if number == 3 else ("usr/lib/python3/dist-packages", USUAL)
    chance = random.Random(number)
    count = case.files // 4
    room = case.megabytes * MEGABYTE // 4
    blocks = {"py": sources(chance), "so": chance.randbytes(1 << 16) + bytes(1 << 16)}
    for index in range(count):
        large = index > 0 and index % 500 == 0
        kind = "so" if large else "py"
        info = tarfile.TarInfo(f"{folder}/package{index % 97}/module{number}_{index}.{kind}")
        info.size = min(room, chance.randint(0, 2 * usual))
        if large:
            after = count - 1 - index
            info.size = max(0, room - usual * after) // (after // 500 + 1)
        room -= info.size
        yield info, (blocks[kind] * (info.size // len(blocks[kind]) + 1))[: info.size]


def sources(chance: random.Random) -> bytes:
    """128 kB of lines that look like a program's, with the words of programs: a scanner has to look closer at them."""
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz_", k=chance.randint(2, 12))) for _ in range(900)]
    words += "key token value client secret password user config session request token_type private access".split() * 3
    lines = (
        f"    {word} = {chance.choice(words)}({chance.choice(words)}, {chance.randrange(999)})\n" for word in words * 6
    )
    return "".join(lines).encode()[: 1 << 17]


if __name__ == "__main__":
    if shutil.disk_usage(tempfile.gettempdir()).free < 5_000 * MEGABYTE or os.name != "posix":
        sys.exit("5 GB of free space are needed in the directory for temporary files")
    sys.exit(main())
