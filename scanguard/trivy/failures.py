"""What it means when Trivy ends without an answer.

Trivy has one exit code for nearly everything; the reason is a chain of clauses on standard error. Each failure becomes an
error that says the cause in words and what to do. None of them becomes an empty result.
"""

import re
from typing import Final

from scanguard.model.display import displayable
from scanguard.model.errors import TargetError
from scanguard.model.record import NamedTuple
from scanguard.process import Ended

_MOST = 200_000
_CREDENTIALS = re.compile(r"(\w+://)[^\s/@]+@")


class Failure(NamedTuple):
    """A kind of failure: a name, what standard error says of it, what is wrong and what to do.

    The message may name the `{cache}`. `again` says that the same command may succeed a moment later, `caused` that the
    message is to say which of the `CAUSES` keeps the other side from answering.
    """

    name: str
    pattern: str
    message: str
    again: bool = False
    caused: bool = False


CAUSES: Final = (
    ("connection refused", "connection refused"),
    ("no such host", "no machine has its name"),
    ("x509|certificate", "its certificate is not trusted"),
    ("connection reset|unexpected EOF", "it broke off in the middle"),
    ("i/o timeout|TLS handshake timeout|deadline exceeded", "it did not answer in time"),
    (r"network is unreachable|no route to host", "there is no way to it in the network"),
    (r"status(?: code)? 5\d\d", "it has trouble of its own"),
)
"""Why somebody gave no answer: what standard error says, and how to say it."""

FAILURES: Final = (
    Failure(
        "lock", "cache may be in use by another process", "Trivy's cache is in use by another process; try again", True
    ),
    Failure(
        "disk",
        "no space left on device",
        "there is no space left for Trivy's cache or its temporary files; free some, or set TMPDIR and the cache directory",
    ),
    Failure(
        "no-database",
        "skip-db-update cannot be specified on the first run",
        "Trivy has no vulnerability database; run once without --offline, or put one into '{cache}/db'",
    ),
    Failure(
        "no-java-database",
        "skip-java-db-update.*cannot be specified on the first run|Java DB",
        "Trivy lacks its database of Java archives, which this image needs; run once where it can be downloaded (it is "
        "'{cache}/java-db')",
    ),
    Failure(
        "old-database",
        "cannot be specified with the old DB schema",
        "Trivy's vulnerability database is of an older form than this Trivy reads; run once without --offline",
    ),
    Failure(
        "new-database",
        "version of DB schema doesn't match",
        "Trivy's vulnerability database is of a newer form than this Trivy reads; update Trivy",
    ),
    Failure(
        "broken-database",
        r"failed to open db|invalid database|bad file descriptor|go\.etcd\.io/bbolt|(?s:^panic: .*bbolt)",
        "Trivy's vulnerability database is damaged; remove '{cache}/db', and run once without --offline",
    ),
    Failure(
        "registry-limit",
        "TOOMANYREQUESTS|429 Too Many Requests",
        "the registry of Trivy's vulnerability database gets too many requests; name a mirror with --db-repository",
        True,
    ),
    Failure(
        "no-repository",
        r"failed to download (?s:.)*(NAME_UNKNOWN|MANIFEST_UNKNOWN|unexpected status code 404)",
        "Trivy's vulnerability database could not be downloaded: the registry has no such repository or tag; look at "
        "--db-repository",
    ),
    Failure(
        "no-access",
        r"failed to download (?s:.)*(UNAUTHORIZED|DENIED|unexpected status code 40[13])",
        "Trivy's vulnerability database could not be downloaded: the registry gives no access; look at --db-repository, or "
        "log in with docker login",
    ),
    Failure(
        "download",
        "failed to download (artifact|vulnerability DB)|(DB|db) (download )?error|OCI artifact error",
        "Trivy's vulnerability database could not be downloaded; name a mirror with --db-repository, or copy one into "
        "'{cache}/db'",
        True,
        caused=True,
    ),
    Failure(
        "token",
        "unauthenticated",
        "the Trivy server refuses the token; set SCANGUARD_TRIVY_TOKEN to the server's",
    ),
    Failure(
        "redis-password",
        "WRONGPASS|NOAUTH|invalid password|without any password configured",
        "the Redis server of Trivy's cache refuses the password; name the right one in the address, such as "
        "redis://:PASSWORD@HOST:6379",
    ),
    Failure(
        "redis-refusal",
        r"Redis cache \(\S+\): (NOPERM|READONLY|MISCONF|OOM|LOADING)\b",
        "the Redis server of Trivy's cache cannot be written; look at its state, its memory and the rights of its user",
    ),
    Failure(
        "redis",
        "Redis|redis:",
        "the Redis server of Trivy's cache gave no answer; start it, or leave out --trivy-backend",
        caused=True,
    ),
    Failure(
        "server",
        "twirp error|unable to fetch missing layers",
        "the Trivy server gave no answer; start it, or leave out --trivy-server",
        caused=True,
    ),
    Failure(
        "daemon",
        "failed to connect to the docker API|Cannot connect to the Docker daemon",
        "the docker daemon gave no answer to Trivy; start it, or set DOCKER_HOST",
    ),
    Failure(
        "timeout",
        "context deadline exceeded",
        "Trivy did not finish in time; give it more seconds with --trivy-timeout",
        True,
    ),
    Failure("cancelled", "context canceled", "Trivy was ended before it was done"),
    Failure(
        "missing-file",
        "no such file or directory",
        "there is no such file for Trivy to read; give the path of a docker archive or of an OCI layout",
    ),
    Failure(
        "denied",
        "permission denied|operation not permitted",
        "Trivy may not read the image or write its cache; look at the permissions",
    ),
    Failure(
        "truncated",
        "unexpected EOF",
        "the archive of the image ends in the middle; write it again, for instance with docker save",
    ),
    Failure(
        "not-an-image",
        "invalid tar header|manifest.json not found|as a Docker image|as an OCI Image|invalid OCI image ref|gzip: invalid",
        "this is no image that Trivy can read; it takes docker archives and OCI layouts",
    ),
    Failure(
        "name",
        "could not parse reference|failed to parse the image name",
        "this is not the name of an image; it is written [registry/]name[:tag]",
    ),
    Failure(
        "missing-image",
        "No such image|unable to find the specified image|MANIFEST_UNKNOWN|manifest unknown",
        "the docker daemon does not have this image; pull or build it first",
    ),
    Failure(
        "network",
        "connection refused|no such host|i/o timeout|connection reset|TLS handshake",
        "Trivy could not reach the network; try again, or copy its databases into '{cache}'",
        True,
        caused=True,
    ),
    Failure(
        "version",
        "unknown flag|invalid argument|unknown command",
        "this Trivy does not know an option that ScanGuard needs; update Trivy",
    ),
)
"""In the order in which they are tried: the cause before what follows from it."""

KILLED: Final = Failure("killed", "", "Trivy was killed, most likely because memory ran out; give it more memory")
TIMED_OUT: Final = Failure(
    "timeout", "", "Trivy did not finish in time; give it more seconds with --trivy-timeout", True
)
UNKNOWN: Final = Failure("unknown", "", "")


class TrivyError(TargetError):
    """Trivy gave no answer; `failure` says of which kind that is."""

    def __init__(self, failure: Failure, message: str) -> None:
        super().__init__(message)
        self.failure = failure


def unwritable(path: str, error: OSError) -> TargetError:
    """The error for a place in Trivy's cache that cannot be written."""
    advice = "name a directory of your own with --trivy-cache"
    return TargetError(f"Trivy's cache '{path}' cannot be written ({error.strerror or error}); {advice}")


def explained(ended: Ended, cache: str = "") -> TrivyError:
    """The error for a run that ended with a code other than 0 or was ended; `cache` is the directory with the databases."""
    failure = classified(ended)
    if failure is UNKNOWN:
        said = _last_clause(_text(ended.errors))
        return TrivyError(failure, f"Trivy failed with exit code {ended.code}" + (f": {said}" if said else ""))
    what, mark, advice = failure.message.partition("; ")
    cause = _cause(_fatal(_text(ended.errors))) if failure.caused else ""
    told = f"{what}: {cause}" if cause else what
    return TrivyError(failure, told + mark + advice.replace("{cache}", displayable(cache) or "the cache directory"))


def _cause(text: str) -> str:
    """Why there was no answer; empty where nobody foresaw it."""
    return next((words for pattern, words in CAUSES if re.search(pattern, text)), "")


def classified(ended: Ended) -> Failure:
    """Of which kind a failed run is, by what it wrote to standard error."""
    if ended.timed_out:
        return TIMED_OUT
    text = _fatal(_text(ended.errors))
    for failure in FAILURES:
        if re.search(failure.pattern, text, re.MULTILINE):
            return failure
    return KILLED if ended.code in (-9, 137) else UNKNOWN


def _text(errors: bytes) -> str:
    return errors[-_MOST:].decode("utf-8", "replace")


def _fatal(text: str) -> str:
    """The part that says why: from the line of level FATAL, or from a panic, else everything."""
    at = text.find("FATAL")
    return text if at < 0 else text[at:]


def _last_clause(text: str) -> str:
    """The innermost cause of a chain of errors, bounded, without credentials of addresses."""
    line = next((line for line in _fatal(text).splitlines() if line.strip()), "")
    said = line.rpartition("\t")[2].strip()
    return displayable(_CREDENTIALS.sub(r"\1***@", said[-300:])).rstrip(".")
