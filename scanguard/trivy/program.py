"""Which Trivy is run, and whether it may be run.

Nothing is executed that the scanned repository could have put there: a name is looked for beside the running interpreter
and in the absolute directories of PATH outside the repository. Versions 0.69.4 to 0.69.6 were published by an intruder
(https://github.com/advisories/GHSA-69fq-xp46-6x23) and are refused.
"""

import os
import sys
from collections.abc import Mapping, Sequence

from scanguard.model.errors import ConfigurationError, TargetError
from scanguard.model.record import NamedTuple
from scanguard.threads import Stop

NAME = "trivy"
OLDEST = (0, 63, 0)
MALICIOUS = ((0, 69, 4), (0, 69, 6))
_ASK_SECONDS = 30
_BLOCK = 1 << 20
_GET = "install 'scanguard[trivy]', put trivy on PATH, or name it with --trivy"


class Program(NamedTuple):
    """A Trivy that may be run: its absolute path and its version, such as `0.76.0`."""

    path: str
    version: str


def find(named: str, environ: Mapping[str, str], cwd: str, beside: str = "", repository: str = "") -> str:
    """The absolute path of Trivy: the one that is named, the one beside the interpreter, the first one of PATH.

    A name without `/` is looked for in PATH. None is taken from `cwd`, nor from the scanned `repository`, unless its path
    is given. `beside` is the interpreter's directory. Raises ConfigurationError where a named one is no
    program, TargetError where there is none.
    """
    if named:
        whole = os.path.abspath(os.path.join(cwd, os.path.expanduser(named)))
        path = whole if os.path.dirname(named) else _listed(named, environ, (cwd, repository))
        if not _executable(path):
            raise ConfigurationError(f"'{named}' is not a program; {_GET}")
        return path
    own = os.path.join(beside or os.path.dirname(sys.executable), NAME)
    path = own if os.path.isabs(own) and _executable(own) else _listed(NAME, environ, (cwd, repository))
    if not path:
        there = _listed(NAME, environ, ())
        why = f"only {there} was found, in the scanned repository; name it with --trivy to run it" if there else _GET
        raise TargetError(f"Trivy was not found; {why}")
    return path


def _listed(name: str, environ: Mapping[str, str], barred: Sequence[str]) -> str:
    """The first program of this name in the absolute directories of PATH that are not barred; empty where there is none."""
    for directory in environ.get("PATH", "").split(os.pathsep):
        path = os.path.join(directory, name)
        if os.path.isabs(directory) and _executable(path) and not any(_within(path, one) for one in barred):
            return path
    return ""


def _executable(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)


def _within(path: str, directory: str) -> bool:
    """Whether a program, or the place that its name is in, lies in a directory; the root directory holds nothing."""
    base = os.path.join(os.path.realpath(directory), "")
    if not directory or base == "/":
        return False
    places = (os.path.realpath(path), os.path.join(os.path.realpath(os.path.dirname(path)), NAME))
    return any(place.startswith(base) for place in places)


def approve(path: str, sha256: str, cache: str, stop: Stop | None = None) -> Program:
    """The program at `path`, after its digest (before it is run for the first time) and its version were found right.

    The answer to the question for its version is kept in `cache` as long as the file stays what it is. Raises
    ConfigurationError for another digest and for a version that is refused, TargetError where it does not answer.
    """
    if sha256:
        found = _digest(path)
        if found != sha256.lower():
            message = f"{path} has the sha256 {found}, not {sha256.lower()} as demanded; it was not run"
            raise ConfigurationError(message)
    version = _version(path, cache, stop)
    refusal = refused(version)
    if refusal:
        raise ConfigurationError(f"{path} is Trivy {version}, which {refusal}")
    return Program(path, version)


def refused(version: str) -> str:
    """Why a version is not run, as the end of a sentence; empty where nothing is wrong with it."""
    numbers = _numbers(version)
    if MALICIOUS[0] <= numbers <= MALICIOUS[1]:
        return "was published by an intruder: remove it, and change every secret that it could read"
    if numbers < OLDEST:
        return f"is too old: at least {'.'.join(map(str, OLDEST))} is needed"
    return ""


def _numbers(version: str) -> tuple[int, int, int]:
    parts = version.partition("-")[0].partition("+")[0].split(".")
    major, minor, patch = (int(part) if part.isdecimal() else 0 for part in (*parts, "", "", "")[:3])
    return major, minor, patch


def _digest(path: str) -> str:
    from hashlib import sha256

    state = sha256()
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            state.update(block)
    return state.hexdigest()


def _version(path: str, cache: str, stop: Stop | None) -> str:
    """The version, asked from the program unless the answer of this very file is known."""
    status = os.stat(path)
    identity = f"{path}\n{status.st_dev} {status.st_ino} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}\n"
    note = os.path.join(cache, "scanguard", "version") if cache else ""
    known = _noted(note)
    if known.startswith(identity):
        return known[len(identity) :].strip()
    version = _asked(path, stop)
    if note:
        _keep(note, identity + version)
    return version


def _asked(path: str, stop: Stop | None) -> str:
    from scanguard.process import run

    try:
        # It ends at once: to collect garbage first takes a fifth of its time (https://pkg.go.dev/runtime#hdr-Environment_Variables).
        ended = run([path, "--version"], timeout=_ASK_SECONDS, extra={"GOGC": "off"}, stop=stop)
    except OSError as error:
        raise TargetError(f"{path} cannot be run: {error.strerror or error}") from error
    line = ended.output.decode("utf-8", "replace").partition("\n")[0]
    word, _, version = line.partition(":")
    version = version.strip().removeprefix("v")
    if ended.code != 0 or word.strip() != "Version" or not version[:1].isdecimal() or not version.isprintable():
        raise TargetError(f"{path} does not say which version of Trivy it is; {_GET}")
    return version[:40]


def _noted(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read(10_000)
    except (OSError, ValueError):
        return ""


def _keep(path: str, text: str) -> None:
    """Note an answer; where the cache cannot be written the question is asked again next time."""
    draft = f"{path}.{os.getpid()}.tmp"
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(draft, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(draft, path)
    except OSError:
        return
