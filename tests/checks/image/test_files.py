"""Files that should not be there: set-uid programs, secrets, leftovers, what was deleted and ships all the same."""

import pytest

from scanguard.checks.image import (
    deleted_large_file,
    deleted_secret_file,
    layer_over_budget,
    leftover_file,
    secret_file,
    setuid_file,
    wasted_space,
)
from scanguard.checks.image.parts import in_words, listed
from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.plugin import Confidence, Severity
from tests.checks.image.scans import DEBIAN, dpkg, problems, scan, sized
from tests.fakes import fake
from tests.images import File, directory, hardlink, removed, symlink

MB = 1_000_000
TEXT = b"some text\n"


def setuid(mode: int = 0o4755, uid: int = 0, gid: int = 0) -> File:
    return File(b"\x7fELF", mode, uid, gid)


def test_setuid_programs() -> None:
    looked = scan(DEBIAN, {"app/run": setuid(), "app/group": setuid(0o2755, gid=42), "app/mine": setuid(uid=1000)})
    assert problems(setuid_file.check, looked) == (
        ImageProblem(
            "'/app/run' is set-uid: it runs as user 0.", ImagePlace(1, "app/run", bits=0o4000), key="/app/run"
        ),
        ImageProblem(
            "'/app/group' is set-gid: it runs as group 42.",
            ImagePlace(1, "app/group", bits=0o2000),
            severity=Severity.LOW,
            key="/app/group",
        ),
        ImageProblem(
            "'/app/mine' is set-uid: it runs as user 1000.",
            ImagePlace(1, "app/mine", bits=0o4000),
            severity=Severity.LOW,
            key="/app/mine",
        ),
    )


def test_packaged_setuid_programs_are_low() -> None:
    for path in ("usr/bin/sudo", "usr/sbin/exim4"):
        (found,) = problems(setuid_file.check, scan(DEBIAN, {path: setuid()}))
        assert (found.severity, found.confidence) == (Severity.LOW, Confidence.HIGH)
    assert problems(setuid_file.check, scan(DEBIAN, {"usr/bin/sudo": setuid()}, base=None)) == ()
    (found,) = problems(setuid_file.check, scan(DEBIAN, {"usr/bin/odd": setuid()}, base=None))
    assert (found.severity, found.confidence) == (None, Confidence.MEDIUM)


@pytest.mark.parametrize(
    ("path", "command", "severity"),
    [
        ("usr/lib/mysql/auth_pam_tool", "apt-get install -y mariadb-server", Severity.LOW),
        ("usr/bin/tool", "apt-get install -y tool && chmod u+s /usr/bin/tool", None),
        ("usr/local/bin/tool", "apt-get install -y curl", None),
        ("app/tool", "apt-get install -y curl", None),
    ],
)
def test_what_a_package_brings_is_low(path: str, command: str, severity: Severity | None) -> None:
    history = ("RUN base", f"RUN /bin/sh -c {command} # buildkit")
    looked = scan(DEBIAN, dpkg("tool") | {path: setuid()}, history=history)
    assert [one.severity for one in problems(setuid_file.check, looked)] == [severity]
    alone = scan(DEBIAN, {path: setuid()}, history=history)
    assert [one.severity for one in problems(setuid_file.check, alone)] == [None]


def test_no_setuid_programs() -> None:
    base = DEBIAN | {"usr/bin/su": setuid(), "usr/bin/x": setuid(), "bin": symlink("usr/bin")}
    own = {
        "var/mail": directory(0o2775),
        "srv/data": File(TEXT, 0o4644),
        "usr/bin/su": setuid(),
        "bin/x": setuid(),
        "usr/bin/tool": File(TEXT, 0o755),
        "usr/bin/link": symlink("su"),
    }
    assert problems(setuid_file.check, scan(base, own)) == ()
    assert problems(setuid_file.check, scan(DEBIAN, {"usr/bin/y": setuid()}, removed("usr/bin/y"))) == ()


def test_bits_that_a_later_layer_sets_are_blamed_on_it() -> None:
    looked = scan(DEBIAN | {"usr/bin/tool": File(TEXT, 0o755)}, {"usr/bin/tool": File(TEXT, 0o4755)})
    (found,) = problems(setuid_file.check, looked)
    assert found.place == ImagePlace(1, "usr/bin/tool", bits=0o4000)


def test_a_hard_link_to_a_setuid_program() -> None:
    looked = scan(DEBIAN, {"opt/a": setuid(), "opt/b": hardlink("opt/a")._replace(mode=0o4755)})
    assert [one.key for one in problems(setuid_file.check, looked)] == ["/opt/a", "/opt/b"]


SECRETS = {
    "root/.ssh/id_ed25519": "a private key",
    "home/test/.ssh/id_rsa": "a private key",
    "app/.env": "an environment file",
    "root/.npmrc": "package registry credentials",
    "root/.aws/credentials": "cloud credentials",
    "etc/ssl/private/server.key": "a private key",
    "root/.gnupg/private-keys-v1.d/ABC.key": "a private key",
    "var/lib/rabbitmq/.erlang.cookie": "credentials",
    "app/config/secrets.yml": "credentials",
}
NO_SECRETS = (
    "etc/ssl/certs/ca.pem",
    "usr/share/ca-certificates/mozilla/root.pem",
    "app/.env.example",
    "app/node_modules/x/.env",
    "app/node_modules/tls/test/key.pem",
    "usr/local/lib/python3.12/test/certdata/key.pem",
    "opt/venv/lib/python3.12/site-packages/certifi/cacert.pem",
    "opt/venv/lib/python3.12/site-packages/tornado/test/test.key",
    "usr/local/go/src/crypto/tls/testdata/example-key.pem",
    "usr/share/doc/x/examples/server.key",
    "usr/local/bundle/gems/x-1.0/spec/.env",
    "etc/apt/trusted.gpg.d/debian.key",
    "root/.ssh/known_hosts",
    "root/.ssh/authorized_keys",
    "app/tests/server.key",
    "etc/ssl/private/ssl-cert-snakeoil.key",
)


@pytest.mark.parametrize("path", SECRETS)
def test_secret_files(path: str) -> None:
    (found,) = problems(secret_file.check, scan(DEBIAN, {path: f"A_PASSWORD={fake('password')}".encode()}))
    is_one = "is" if SECRETS[path].startswith("a") else "holds, by its name,"
    assert (found.message, found.place, found.key) == (
        f"'/{path}' {is_one} {SECRETS[path]}.",
        ImagePlace(1, path),
        f"/{path}",
    )
    assert found.severity is not None and found.severity >= Severity.HIGH


@pytest.mark.parametrize("path", NO_SECRETS)
def test_no_secret_files(path: str) -> None:
    assert problems(secret_file.check, scan(DEBIAN, {path: TEXT})) == ()
    assert problems(deleted_secret_file.check, scan(DEBIAN, {path: TEXT}, removed(path))) == ()


def test_secret_files_elsewhere() -> None:
    own = {"app/.env": TEXT}
    assert problems(secret_file.check, scan(DEBIAN | own)) == ()
    assert problems(secret_file.check, scan(DEBIAN, own, removed("app/.env"))) == ()
    assert problems(secret_file.check, scan(DEBIAN, {"app/.env": b""})) == ()
    assert [one.confidence for one in problems(secret_file.check, scan(DEBIAN, own, base=None))] == [Confidence.MEDIUM]


def test_the_text_of_settings_decides_where_it_was_read() -> None:
    registry = b"registry=https://npm.example.com\n"
    plain = scan(DEBIAN, {"app/.env": b"PORT=8080\n", "root/.npmrc": registry}, removed("root/.npmrc"))
    assert [(one.key, one.severity) for one in problems(secret_file.check, plain)] == [("/app/.env", Severity.LOW)]
    assert problems(deleted_secret_file.check, plain) == ()
    held = f"//npm.example.com/:_authToken={fake('npm')}\nDB_PASSWORD={fake('password')}\n".encode()
    bad = scan(DEBIAN, {"app/.env": held, "root/.npmrc": held})
    assert [(one.key, one.severity, one.confidence) for one in problems(secret_file.check, bad)] == [
        ("/app/.env", Severity.HIGH, Confidence.HIGH),
        ("/root/.npmrc", Severity.HIGH, Confidence.HIGH),
    ]
    for name, text in (
        ("secrets.yml", f"production:\n  db_password: {fake('password')}\n"),
        ("secrets.json", f'{{"db_password": "{fake("password")}"}}'),
        ("secrets.toml", f'[db]\npassword = "{fake("password")}"\n'),
    ):
        (found,) = problems(secret_file.check, scan(DEBIAN, {f"app/{name}": text.encode()}))
        assert (found.severity, found.confidence) == (Severity.HIGH, Confidence.HIGH)
        empty = text.replace(fake("password"), "<%= ENV['DB_PASSWORD'] %>")
        (found,) = problems(secret_file.check, scan(DEBIAN, {f"app/{name}": empty.encode()}))
        assert (found.severity, found.confidence) == (Severity.LOW, Confidence.MEDIUM)
    unread = scan(DEBIAN, {"app/.env": TEXT, "root/.npmrc": registry}, wanted=frozenset())
    assert [(one.key, one.severity, one.confidence) for one in problems(secret_file.check, unread)] == [
        ("/app/.env", Severity.HIGH, Confidence.HIGH),
        ("/root/.npmrc", Severity.HIGH, Confidence.MEDIUM),
    ]


def test_deleted_secret_files() -> None:
    looked = scan(DEBIAN, {"root/.ssh/id_ed25519": b"x" * 1700}, removed("root/.ssh"))
    assert problems(deleted_secret_file.check, looked) == (
        ImageProblem(
            "'/root/.ssh/id_ed25519' (a private key) is deleted, but a lower layer still ships its 1.7 kB.",
            ImagePlace(1, "root/.ssh/id_ed25519"),
            Confidence.HIGH,
            Severity.CRITICAL,
            "/root/.ssh/id_ed25519",
        ),
    )


def test_secrets_that_are_not_deleted() -> None:
    key = {"root/.ssh/id_rsa": TEXT}
    assert problems(deleted_secret_file.check, scan(DEBIAN, key)) == ()
    assert problems(deleted_secret_file.check, scan(DEBIAN, key, {"root/.ssh/id_rsa": b"other text\n"})) == ()
    assert problems(deleted_secret_file.check, scan(DEBIAN | key, removed("root/.ssh/id_rsa"))) == ()


def test_leftovers() -> None:
    own = {
        "app/.git/HEAD": b"ref: refs/heads/main\n",
        "app/.git/objects/ab/cd": b"x" * 2000,
        "app/.idea/workspace.xml": TEXT,
        "app/Dockerfile": TEXT,
        "app/.dockerignore": TEXT,
        "root/.bash_history": TEXT,
        "app/.main.py.swp": TEXT,
    }
    assert problems(leftover_file.check, scan(DEBIAN, own)) == (
        ImageProblem("'/app/.git' is a Git repository of 2 kB.", ImagePlace(1, "app/.git/HEAD"), key="/app/.git"),
        ImageProblem(
            "'/app/.idea' is settings of an editor of 10 B.",
            ImagePlace(1, "app/.idea/workspace.xml"),
            severity=Severity.NOTE,
            key="/app/.idea",
        ),
        ImageProblem(
            "'/app/Dockerfile', '/app/.dockerignore' are each a file of the build.",
            ImagePlace(1, "app/Dockerfile"),
            severity=Severity.NOTE,
            key="/app/Dockerfile,/app/.dockerignore",
        ),
        ImageProblem(
            "'/root/.bash_history' is the history of a shell or a program.",
            ImagePlace(1, "root/.bash_history"),
            severity=Severity.LOW,
            key="/root/.bash_history",
        ),
        ImageProblem(
            "'/app/.main.py.swp' is a file of an editor or a desktop.",
            ImagePlace(1, "app/.main.py.swp"),
            severity=Severity.NOTE,
            key="/app/.main.py.swp",
        ),
    )


CACHES = {
    "var/lib/apt/lists/deb.debian.org_main": ("var/lib/apt/lists", "apt's package lists"),
    "var/cache/apt/pkgcache.bin": ("var/cache/apt", "apt's cache"),
    "var/cache/apk/APKINDEX.1.tar.gz": ("var/cache/apk", "apk's cache"),
    "var/cache/dnf/x/y.rpm": ("var/cache/dnf", "dnf's cache"),
    "root/.cache/pip/http/a": ("root/.cache/pip", "pip's cache"),
    "home/app/.npm/_cacache/content": ("home/app/.npm/_cacache", "npm's cache"),
    "usr/local/share/.cache/yarn/v6/a": ("usr/local/share/.cache/yarn", "Yarn's cache"),
}


@pytest.mark.parametrize("path", CACHES)
def test_caches(path: str) -> None:
    root, what = CACHES[path]
    looked = sized(scan(DEBIAN, {path: TEXT}), {path: 20 * MB})
    assert problems(leftover_file.check, looked) == (
        ImageProblem(f"'/{root}' holds 20 MB of {what}.", ImagePlace(1, path), severity=Severity.LOW, key=f"/{root}"),
    )
    assert problems(leftover_file.check, looked, cache_mb=21) == ()
    assert problems(leftover_file.check, scan(DEBIAN, {path: TEXT})) == ()


@pytest.mark.parametrize(
    "path",
    [
        "app/.git",
        "app/.git/objects/ab",
        "app/.gitignore",
        "usr/local/go/src/crypto/internal/boring/Dockerfile",
        "app/node_modules/x/Dockerfile",
        "app/node_modules/x/.idea/a.xml",
        "usr/share/vim/x.orig",
        "app/dockerfile_parser.py",
        "var/lib/apt/lists/lock",
        "var/cache/debconf/config.dat",
        "app/Dockerfile.template.j2",
    ],
)
def test_no_leftovers(path: str) -> None:
    assert problems(leftover_file.check, scan(DEBIAN, {path: TEXT})) == ()
    assert problems(leftover_file.check, scan(DEBIAN | {path: TEXT}, {"x": b""})) == ()


def test_deleted_large_files() -> None:
    looked = scan(
        DEBIAN,
        {"tmp/a": b"a", "tmp/b": b"b", "srv/c": b"c"},
        removed("tmp/a", "tmp/b"),
        removed("srv/c"),
    )
    looked = sized(looked, {"tmp/a": 8 * MB, "tmp/b": 4 * MB, "srv/c": 20 * MB})
    assert problems(deleted_large_file.check, looked) == (
        ImageProblem(
            "2 files, '/tmp/a' the largest, are deleted, but a lower layer still ships 12 MB.",
            ImagePlace(1, "tmp/a"),
            key="/tmp/a",
        ),
        ImageProblem(
            "'/srv/c' is deleted, but a lower layer still ships 20 MB.",
            ImagePlace(1, "srv/c"),
            key="/srv/c",
        ),
    )
    assert [one.key for one in problems(deleted_large_file.check, looked, mb=15)] == ["/srv/c"]
    assert problems(deleted_large_file.check, looked._replace(base_layers=2)) == ()


def test_files_written_over_are_not_deleted() -> None:
    looked = sized(scan(DEBIAN, {"a": b"a"}, {"a": b"b"}), {"a": 20 * MB})
    assert problems(deleted_large_file.check, looked) == ()


def test_wasted_space() -> None:
    looked = scan(DEBIAN | {"b": b"b"}, {"a": b"a", "c": b"c"}, {"a": File(b"a", uid=1000)}, removed("b"))
    looked = sized(looked, {"a": 30 * MB, "c": 40 * MB, "b": 50 * MB})
    assert problems(wasted_space.check, looked) == ()
    expected = (
        ImageProblem(
            "30 MB of 100 MB in the image's own layers are wasted (30 %).",
            ImagePlace(1),
            facts=(("wasted in this layer", "30 MB"), ("efficiency", "46.7 %")),
        ),
    )
    assert problems(wasted_space.check, looked, percent=29) == expected
    assert problems(wasted_space.check, looked, mb=29) == expected
    assert problems(wasted_space.check, looked, percent=31, mb=31) == ()
    assert problems(wasted_space.check, scan(DEBIAN), percent=1) == ()


def test_budgets() -> None:
    looked = sized(scan(DEBIAN | {"b": b"b"}, {"a": b"a"}, {"c": b"c"}), {"a": 30 * MB, "c": 20 * MB, "b": 50 * MB})
    assert problems(layer_over_budget.check, looked) == ()
    assert problems(layer_over_budget.check, looked, layer_mb=25, image_mb=90) == (
        ImageProblem("The layer has 30 MB; the budget is 25 MB.", ImagePlace(1), key="layer"),
        ImageProblem(
            "The image has 100 MB; the budget is 90 MB.", ImagePlace(1), key="image", facts=(("this layer", "30 MB"),)
        ),
    )
    assert problems(layer_over_budget.check, looked, layer_mb=31, image_mb=101) == ()
    only_base = looked._replace(base_layers=3)
    assert [one.place for one in problems(layer_over_budget.check, only_base, image_mb=90)] == [ImagePlace(0)]
    assert problems(layer_over_budget.check, looked._replace(contents=()), image_mb=1) == ()


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (1740, "1.7 kB"),
        (12_345, "12 kB"),
        (9_960_000, "10 MB"),
        (2 * 10**9, "2 GB"),
    ],
)
def test_sizes_in_words(size: int, words: str) -> None:
    assert in_words(size) == words


def test_lists_in_words() -> None:
    assert listed(("a", "b"), 2) == "'a', 'b'"
    assert listed(("a", "b", "c"), 2) == "'a', 'b' and 1 more"
