"""One run of Trivy on one image: its packages, vulnerabilities, secrets and licences.

Nothing in the repository, the environment or the working directory can steer the run: Trivy gets an empty directory, an
environment without its own variables, explicit flags, and empty names for the files that it would look for. It never
pulls. Its report, which quotes secrets in clear, lives in a directory of this user alone and is gone when this returns.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from functools import partial
from typing import Final

from scanguard.image.contents import verify
from scanguard.image.inventory import Inventory
from scanguard.image.nodes import Image, ImageSource
from scanguard.model.errors import TargetError
from scanguard.process import give_way, run
from scanguard.threads import Aside, Stop
from scanguard.trivy.archive import write_archive
from scanguard.trivy.base_guess import treatment
from scanguard.trivy.cache import Cache, scan_cache
from scanguard.trivy.failures import Failure, TrivyError, explained
from scanguard.trivy.flags import COMMON
from scanguard.trivy.parse import Parsed, read_report
from scanguard.trivy.prepare import Ready
from scanguard.trivy.private import watched
from scanguard.trivy.settings import TrivySettings

_GRACE: Final = 15.0
"""Seconds, at most, that Trivy has beyond its own time limit to end by itself."""
_TRIES = 3
_GROWTH: Final = "200"
"""Percent by which Trivy's heap may grow before it is collected; twice Go's own saves a seventh of its work for 16 MB."""
_SCAN: Final = (
    "--ignorefile=",
    "--secret-config=",
    "--ignore-policy=",
    "--skip-check-update",
    "--skip-db-update",
    "--skip-vex-repo-update",
    "--offline-scan",
    "--format=json",
    "--list-all-pkgs",
    "--severity=UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL",
    "--pkg-types=os,library",
    "--exit-code=0",
)
_UNREADABLE: Final = ("other-image", "not-an-image", "missing-file", "missing-image", "daemon", "name")
"""Failures after which a copy helps: archives of OCI layouts, daemons that only ScanGuard can reach (over ssh or TLS)."""
_OTHER: Final = Failure("other-image", "", "Trivy read another image than ScanGuard")


def scanned(
    source: ImageSource, trivy: Ready, guessed: int, everywhere: bool, private: str, stop: Stop | None
) -> Inventory:
    """Scan the image as it is, or a copy where that must be or where Trivy cannot read it.

    `guessed` is how many layers Trivy takes for the base image's, `everywhere` says that secrets are to be looked for in
    these too, `private` is an empty directory of this user alone. Raises as `scanguard.trivy.ask.scan` does.
    """
    if everywhere:
        return _scan_copy(source, trivy, private, stop)
    # Trivy believes a file's digests of layers, and remembers by them; a daemon has verified its own.
    checked = Aside(partial(_verified, source)) if source.path and not source.daemon else None
    with checked or nullcontext():
        if checked is not None and (trivy.settings.server or trivy.settings.cache_backend != "fs"):
            checked.result()  # what a fleet shares must never be wrong, not even for a while
        try:
            found = _scan(
                source.image, _place(source, private), treatment(source.image, guessed), trivy, private, stop, checked
            )
        except TrivyError as error:
            if error.failure.name not in _UNREADABLE:
                raise
            return _scan_copy(source, trivy, private, stop)
    return found._replace(unsearched_layers=guessed)


def _verified(source: ImageSource) -> None:
    """Read all layers in the time that Trivy leaves idle. Raises TargetError where one is not what the image says."""
    give_way()
    verify(source)


def _scan_copy(source: ImageSource, trivy: Ready, private: str, stop: Stop | None) -> Inventory:
    """Scan a copy of the image that Trivy can read and in which it looks for secrets everywhere."""
    write_archive(source, os.path.join(private, "copy"))
    return _scan(source.image, ("--input", "copy"), treatment(source.image, 0), trivy, private, stop)


def _place(source: ImageSource, private: str) -> tuple[str, ...]:
    """The words that name the image. A path gets a name of ours, since Trivy gives `:` and `@` in it a meaning."""
    if not source.path:
        return ("--image-src", "docker", *(("--docker-host", source.daemon) if source.daemon else ()), source.image.id)
    os.symlink(os.path.abspath(source.path), os.path.join(private, "image"))
    if os.path.isdir(source.path) and source.image.digest:
        return "--input", f"image@{source.image.digest}"
    return "--input", "image"


def _scan(
    image: Image,
    place: tuple[str, ...],
    treated: str,
    trivy: Ready,
    private: str,
    stop: Stop | None,
    checked: Aside[None] | None = None,
) -> Inventory:
    """Run Trivy in the private directory and read its report, which must be of this very image.

    `checked` ends with an error where the image's layers are not what it says; what Trivy kept of them is thrown away then.
    """
    settings = trivy.settings
    report = os.path.join(private, "report.json")
    work = os.path.join(private, "work")
    os.makedirs(work, mode=0o700, exist_ok=True)
    with scan_cache(settings, image.name) as cache:
        words = [trivy.program.path, "image", *COMMON, *_SCAN, *_wanted(settings), "--cache-dir", cache.path]
        words += [f"--timeout={settings.timeout}s", "--module-dir", work, "--output", report]
        words += ["--skip-files", f"../{treated}", *place]
        extra = {"GOGC": _GROWTH, "TMPDIR": work, **_secret_settings(settings, cache.backend)}
        beside = partial(watched, paths=(private, os.path.join(cache.path, "fanal")))
        for attempt in range(_TRIES):
            ended = run(words, timeout=_patience(settings), extra=extra, cwd=private, stop=stop, beside=beside)
            _settle(checked, cache)
            if ended.code == 0 and not ended.timed_out:
                return _checked(read_report(report), image)
            error = explained(ended, settings.cache)
            if error.failure.name != "lock" or attempt == _TRIES - 1:
                break
        raise error


def _patience(settings: TrivySettings) -> float:
    """After how many seconds a Trivy is ended that does not keep to its time limit."""
    return settings.timeout + min(2 + settings.timeout / 10, _GRACE)


def _settle(checked: Aside[None] | None, cache: Cache) -> None:
    """Wait for what is being verified. Raises TargetError where it is wrong, after forgetting what was kept of it."""
    if checked is None:
        return
    try:
        checked.result()
    except TargetError:
        shutil.rmtree(os.path.join(cache.path, "fanal"), ignore_errors=True)
        raise


def _checked(parsed: Parsed, image: Image) -> Inventory:
    if parsed.diff_ids != image.diff_ids:
        raise TrivyError(
            _OTHER, "Trivy read another image than ScanGuard, most likely one built anew meanwhile; check it again"
        )
    return parsed.inventory


def _wanted(settings: TrivySettings) -> Iterator[str]:
    scanners = ("vuln", *(("secret",) if settings.secrets else ()), *(("license",) if settings.licences else ()))
    yield f"--scanners={','.join(scanners)}"
    if settings.offline:
        yield "--skip-java-db-update"
    elif settings.java_db_repository:
        yield f"--java-db-repository={','.join(settings.java_db_repository)}"
    if settings.server:
        yield f"--server={settings.server}"


def _secret_settings(settings: TrivySettings, backend: str) -> dict[str, str]:
    """What must not be on a command line, which every user of the machine can read."""
    token = {"TRIVY_TOKEN": settings.token} if settings.server and settings.token else {}
    return {"TRIVY_CACHE_BACKEND": backend, **token}
