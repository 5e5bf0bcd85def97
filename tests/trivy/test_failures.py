"""Each way in which Trivy fails has words of its own; none is taken for an empty result."""

import re

import pytest

from scanguard.process import Ended
from scanguard.trivy.failures import FAILURES, classified, explained

HEAD = "2026-11-21T07:38:00Z\tFATAL\tFatal error\t"
SCAN = "run error: image scan error: scan error: unable to initialize a scan service: unable to initialize artifact: "
DOWNLOAD = "run error: init error: DB error: failed to download vulnerability DB: OCI artifact error: "
REDIS = "failed to store layer: sha256:1 in cache: unable to store blob information in Redis cache (sha256:1): "
SAID = [
    ("no-database", "init error: DB error: database error: --skip-db-update cannot be specified on the first run"),
    ("no-repository", f"{DOWNLOAD}failed to fetch 'manifest': MANIFEST_UNKNOWN: manifest unknown"),
    ("no-repository", f"{DOWNLOAD}1 error occurred:\n\t* GET http://r/v2/: NAME_UNKNOWN: repository name not known"),
    ("no-access", f"{DOWNLOAD}1 error occurred:\n\t* GET http://r/v2/: DENIED: requested access is denied"),
    ("no-access", f"{DOWNLOAD}1 error occurred:\n\t* GET http://r/v2/: UNAUTHORIZED: authentication required"),
    ("download", f"{DOWNLOAD}1 error occurred:\n\t* GET http://r/v2/: no such thing"),
    ("registry-limit", f"{DOWNLOAD}GET https://ghcr.io/v2/: TOOMANYREQUESTS: retry-after: 1ms"),
    ("old-database", "DB error: --skip-db-update cannot be specified with the old DB schema. Local DB: 1, Expected: 2"),
    ("new-database", "DB error: the version of DB schema doesn't match. Local DB: 3, Expected: 2"),
    ("broken-database", "init error: failed to open db: invalid database"),
    ("broken-database", "init error: vulnerability DB: read /c/db/trivy.db: bad file descriptor"),
    ("no-java-database", "Java DB error: '--skip-java-db-update' cannot be specified on the first run"),
    ("truncated", f"{SCAN}unable to initialize archive image: unable to open x as a Docker image: unexpected EOF"),
    ("not-an-image", f"{SCAN}unable to open x as a Docker image: archive/tar: invalid tar header"),
    ("not-an-image", f"{SCAN}unable to open x as a Docker image: file manifest.json not found in tar"),
    ("missing-file", f"{SCAN}unable to open x as a Docker image: open x: no such file or directory"),
    (
        "missing-image",
        f'{SCAN}unable to find the specified image "x" in ["docker"]: 1 error: * docker error: No such image: x',
    ),
    (
        "daemon",
        f'{SCAN}unable to find the specified image "x" in ["docker"]: failed to connect to the docker API at unix:',
    ),
    ("name", f"{SCAN}failed to parse the image name: could not parse reference: X"),
    ("timeout", "run error: image scan error: scan error: context deadline exceeded"),
    ("cancelled", "run error: image scan error: scan error: context canceled"),
    ("disk", "run error: image scan error: unable to write results: write /tmp/x: no space left on device"),
    ("lock", "unable to initialize fs cache: cache may be in use by another process: timeout"),
    ("version", "unknown flag: --skip-vex-repo-update"),
    ("version", 'invalid argument "x" for "--scanners" flag'),
    ("token", "twirp error unauthenticated: invalid token"),
    ("server", "unable to fetch missing layers: twirp error internal: failed to do request: dial tcp"),
    ("redis", "unable to store blob information in Redis cache: dial tcp 127.0.0.1:6399"),
    ("redis-password", f"{REDIS}WRONGPASS invalid username-password pair or user is disabled."),
    ("redis-password", f"{REDIS}NOAUTH Authentication required."),
    ("redis-refusal", f"{REDIS}NOPERM User app has no permissions to run the 'set' command"),
    ("network", "Get https://example.org/v2/: dial tcp: lookup example.org: no such host"),
    ("denied", "open /var/x: permission denied"),
]


@pytest.mark.parametrize(("name", "said"), SAID, ids=[f"{number}-{name}" for number, (name, _) in enumerate(SAID)])
def test_each_cause(name: str, said: str) -> None:
    ended = Ended(
        1, b"", f"2026-11-21T07:37:59Z\tERROR\tFalling back to embedded checks: i/o timeout\n{HEAD}{said}\n\n".encode()
    )
    found = classified(ended)
    assert found.name == name
    error = explained(ended, "/c")
    words = [part.replace("{cache}", "/c") for part in found.message.split("; ")]
    assert (error.failure, error.message.startswith(words[0]), error.uri) == (found, True, "")
    assert error.message.endswith(words[-1])
    assert "{" not in error.message


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("dial tcp 127.0.0.1:6499: connect: connection refused", ": connection refused"),
        ("dial tcp: lookup r.invalid: no such host", ": no machine has its name"),
        ("tls: failed to verify certificate: x509: signed by unknown authority", ": its certificate is not trusted"),
        ("read tcp: connection reset by peer", ": it broke off in the middle"),
        ("dial tcp 10.0.0.1:443: i/o timeout", ": it did not answer in time"),
        ("dial tcp 10.0.0.1:443: connect: network is unreachable", ": there is no way to it in the network"),
        ("GET http://r/v2/b: unexpected status code 503 Service Unavailable: down", ": it has trouble of its own"),
        ("something else", ""),
    ],
)
def test_why_there_was_no_answer(said: str, cause: str) -> None:
    for begin, what, advice in (
        (
            f"{DOWNLOAD}1 error occurred:\n\t* ",
            "Trivy's vulnerability database could not be downloaded",
            "name a mirror with --db-repository, or copy one into '/c/db'",
        ),
        (REDIS, "the Redis server of Trivy's cache gave no answer", "start it, or leave out --trivy-backend"),
    ):
        error = explained(Ended(1, b"", f"{HEAD}{begin}{said}\n".encode()), "/c")
        assert error.message == f"{what}{cause}; {advice}"


def test_every_kind_is_tried_above() -> None:
    assert {failure.name for failure in FAILURES} == {name for name, _ in SAID}


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.name)
def test_the_words_are_for_people(failure) -> None:
    assert re.compile(failure.pattern)
    assert not failure.message.endswith(".")
    assert ";" in failure.message or failure.name == "cancelled"


def test_a_panic() -> None:
    trace = b"panic: runtime error: slice bounds out of range\n\ngoroutine 1:\ngo.etcd.io/bbolt.(*DB).page(...)\n"
    assert classified(Ended(2, b"", trace)).name == "broken-database"


@pytest.mark.parametrize("code", [137, -9])
def test_killed(code: int) -> None:
    error = explained(Ended(code, b"", b""))
    said = "Trivy was killed, most likely because memory ran out; give it more memory"
    assert (error.failure.name, error.message) == ("killed", said)


def test_too_slow() -> None:
    assert explained(Ended(-15, b"", f"{HEAD}context canceled".encode(), True)).failure.name == "timeout"


@pytest.mark.parametrize(
    ("code", "errors", "message"),
    [
        (3, b"", "Trivy failed with exit code 3"),
        (
            1,
            f"{HEAD}something else: went wrong.\n".encode(),
            "Trivy failed with exit code 1: something else: went wrong",
        ),
        (1, b"\x1b[31mred\x1b[0m\n", "Trivy failed with exit code 1: \ufffd[31mred\ufffd[0m"),
        (1, b"odd https://me:hunter2@example.org/x", "Trivy failed with exit code 1: odd https://***@example.org/x"),
    ],
)
def test_what_nobody_knew(code: int, errors: bytes, message: str) -> None:
    error = explained(Ended(code, b"", errors))
    assert (error.failure.name, error.message) == ("unknown", message)


def test_much_is_bounded() -> None:
    assert len(explained(Ended(1, b"", b"x" * 10_000_000)).message) < 400
