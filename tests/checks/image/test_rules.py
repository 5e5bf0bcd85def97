"""The rules of images as a whole: none cries wolf, all have what a rule needs, and what Dockle knows is known here."""

import pytest

from scanguard.checks import dockerfile
from scanguard.checks.image import CHECKS
from scanguard.plugin import Check
from tests.checks.image.scans import DEBIAN, dpkg, problems, scan
from tests.fakes import fake
from tests.images import File, directory, removed, symlink

RULES = {check.rule.name: check for check in CHECKS}
# https://github.com/goodwithtech/dockle/blob/master/CHECKPOINT.md without CIS-DI-0005, which is about the client.
DOCKLE = frozenset(
    "CIS-DI-0001 CIS-DI-0006 CIS-DI-0007 CIS-DI-0008 CIS-DI-0009 CIS-DI-0010 DKL-DI-0001 DKL-DI-0002 DKL-DI-0003 DKL-DI-0004 "
    "DKL-DI-0005 DKL-DI-0006 DKL-LI-0001 DKL-LI-0002 DKL-LI-0003".split()
)
SETUID = File(b"\x7fELF", 0o4755)
PROGRAM = File(b"\x7fELF", 0o755)

# What python:3.12-slim holds that looks bad and is none, and an application as one should be built on it.
PYTHON_SLIM = (
    DEBIAN
    | dpkg("base-files", "gcc-12-base", "libgcc-s1", "perl-base", "libssl3", "netbase", "ca-certificates", "login")
    | {
        "bin": symlink("usr/bin"),
        "usr/bin/su": SETUID,
        "usr/bin/passwd": SETUID,
        "usr/bin/chage": File(b"\x7fELF", 0o2755, gid=42),
        "var/mail": directory(0o2775, gid=8),
        "etc/ssl/certs/ca-certificates.crt": b"x",
        "usr/share/ca-certificates/mozilla/A.crt": b"x",
        "var/lib/apt/lists/auxfiles": directory(),
        "var/cache/apt/archives/partial": directory(0o700),
        "var/cache/debconf/config.dat-old": b"x" * 100,
    },
    {"etc/ssl/certs/x.pem": symlink("/usr/share/ca-certificates/mozilla/A.crt"), "var/log/apt/history.log": b"x"},
    {
        "usr/local/bin/python3.12": PROGRAM,
        "usr/local/lib/python3.12/test/certdata/ssl_key.pem": b"x" * 100,
        "usr/local/lib/python3.12/site-packages/pip/_vendor/certifi/cacert.pem": b"x" * 100,
        "usr/local/lib/python3.12/ensurepip/_bundled/pip.whl": b"x",
        "usr/local/lib/python3.12/lib2to3/tests/data/x.py.orig": b"x",
    },
    {"usr/local/bin/python": symlink("python3.12"), "usr/local/bin/pip": symlink("pip3")},
)
APPLICATION = (
    {
        "etc/passwd": DEBIAN["etc/passwd"] + b"app:x:10001:10001::/home/app:/bin/sh\n",
        "etc/group": DEBIAN["etc/group"] + b"app:x:10001:\n",
        "etc/shadow": DEBIAN["etc/shadow"] + b"app:!:19700:0:99999:7:::\n",
        "home/app/.bashrc": b"# settings\n",
        "var/log/lastlog": b"x",
    },
    {
        "opt/venv/bin/python": symlink("/usr/local/bin/python3"),
        "opt/venv/bin/uvicorn": PROGRAM,
        "opt/venv/lib/python3.12/site-packages/certifi/cacert.pem": b"x" * 100,
        "opt/venv/lib/python3.12/site-packages/tornado/test/test.key": b"x" * 100,
        "opt/venv/lib/python3.12/site-packages/httpx/.env": b"x" * 100,
        "opt/venv/lib/python3.12/site-packages/a-1.0.dist-info/RECORD": b"x",
    },
    {
        "app/main.py": b"print()\n",
        "app/.env.example": b"TOKEN=changeme\n",
        "app/keys.py": b"x = 1\n",
        "tmp/build.log": b"x",
    },
    removed("tmp/build.log"),
)
ENVIRONMENT = [
    "PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin",
    "LANG=C.UTF-8",
    "GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305",
    "PYTHON_VERSION=3.12.11",
    "PYTHON_SHA256=" + "c30bb24b7f1e9a19b11b55a546434f74e739bb4c271a3e3a80ff4380d49f7adb",
    "DATABASE_PASSWORD_FILE=/run/secrets/db",
]
HISTORY = (
    "# debian.sh --arch 'amd64' out/ 'bookworm' '@1753056000'",
    "-ENV PATH=/usr/local/bin:/usr/bin:/bin",
    "RUN /bin/sh -c set -eux; apt-get update; apt-get install -y --no-install-recommends ca-certificates netbase tzdata ; "
    "apt-get dist-clean # buildkit",
    "-ENV GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305",
    "-ENV PYTHON_VERSION=3.12.11",
    "-ENV PYTHON_SHA256=c30bb24b7f1e9a19b11b55a546434f74e739bb4c271a3e3a80ff4380d49f7adb",
    'RUN /bin/sh -c set -eux; savedAptMark="$(apt-mark showmanual)"; apt-get update; apt-get install -y gcc make # buildkit',
    "RUN /bin/sh -c set -eux; for src in idle3 pip3 python3; do ln -svT $src /usr/local/bin/$src; done # buildkit",
    '-CMD ["python3"]',
    "-ARG GIT_SHA=0a1b2c3d",
    "RUN |1 GIT_SHA=0a1b2c3d /bin/sh -c useradd --create-home --uid 10001 app # buildkit",
    "COPY /opt/venv /opt/venv # buildkit",
    "COPY app /app # buildkit",
    "RUN |1 GIT_SHA=0a1b2c3d /bin/sh -c rm /tmp/build.log # buildkit",
    "-ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin",
    "-ENV DATABASE_PASSWORD_FILE=/run/secrets/db",
    "-USER 10001",
    "-EXPOSE map[8000/tcp:{}]",
    '-HEALTHCHECK &{["CMD" "true"] "0s" "0s" "0s" "0s" \'\\x00\'}',
    '-CMD ["uvicorn" "main:app"]',
)
DOCKERFILE = """\
FROM python:3.12-slim AS builder
RUN python -m venv /opt/venv

FROM python:3.12-slim
ARG GIT_SHA
RUN useradd --create-home --uid 10001 app
COPY --from=builder /opt/venv /opt/venv
COPY app /app
RUN rm /tmp/build.log
ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin
ENV DATABASE_PASSWORD_FILE=/run/secrets/db
USER 10001
EXPOSE 8000
HEALTHCHECK CMD ["true"]
CMD ["uvicorn", "main:app"]
"""


@pytest.mark.parametrize("known", ["dockerfile", "base", "nothing"])
def test_a_good_image_gives_no_alarm(known: str) -> None:
    looked = scan(
        *PYTHON_SLIM,
        *APPLICATION,
        base=None if known == "nothing" else 4,
        history=HISTORY,
        dockerfile=DOCKERFILE if known == "dockerfile" else "",
        Env=ENVIRONMENT,
        User="10001",
        ExposedPorts={"8000/tcp": {}},
        Cmd=["uvicorn", "main:app"],
        Labels={"org.opencontainers.image.revision": "0a1b2c3d"},
        Healthcheck={"Test": ["CMD", "true"]},
    )
    assert looked.base_layers == (None if known == "nothing" else 4)
    limits = {"wasted-space": {"percent": 20}, "layer-over-budget": {"layer_mb": 100, "image_mb": 200}}
    assert {name: problems(check, looked, **limits.get(name, {})) for name, check in RULES.items()} == dict.fromkeys(
        RULES, ()
    )


def test_a_bad_image_gives_every_alarm() -> None:
    token = fake("github")
    shadow = DEBIAN["etc/shadow"] + b"app::19700:0:99999:7:::\n"
    passwd = DEBIAN["etc/passwd"] + b"app:x:0:0::/:/bin/sh\n"
    looked = scan(
        DEBIAN | dpkg("base-files"),
        DEBIAN | {"etc/shadow": shadow, "etc/passwd": passwd, "root/.ssh/id_rsa": b"x" * 99},
        dpkg("base-files", "gcc"),
        {"app/run": SETUID, "app/.env": b"A=1\n", "app/big": b"x" * 3_000_000, "app/.git/HEAD": b"ref: x\n"},
        removed("root/.ssh/id_rsa", "app/big"),
        history=(
            "RUN base",
            f"RUN |1 TOKEN={token} /bin/sh -c useradd app # buildkit",
            "RUN /bin/sh -c apt-get update && apt-get dist-upgrade # buildkit",
            "ADD app /app # buildkit",
            "RUN /bin/sh -c apt-get update # buildkit",
        ),
        dockerfile="FROM debian:12\nCOPY a /a\nRUN make\n",
        tags=("app:latest",),
        User="root:crew",
        Volumes={"/proc": {}},
        ExposedPorts={"22/tcp": {}},
    )._replace(base_layers=1)
    limits = {"wasted-space": {"percent": 1}, "layer-over-budget": {"layer_mb": 1}, "deleted-large-file": {"mb": 1}}
    found = {name: problems(check, looked, **limits.get(name, {})) for name, check in RULES.items()}
    assert [name for name, some in found.items() if not some] == []
    assert token not in repr(found)
    for name, some in found.items():
        for one in some:
            assert one.message.endswith("."), name
            assert "\n" not in one.message
            assert one.severity is None or one.severity <= RULES[name].rule.severity
            assert one.place.layer is None or 0 <= one.place.layer < 5
            assert not one.place.path.startswith("/")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.rule.name)
def test_every_rule_has_what_a_rule_needs(check: Check) -> None:
    rule = check.rule
    assert check.subject == "image"
    assert check.needs <= {"layers"}
    assert rule.category == "image"
    assert rule.summary.endswith(".")
    assert rule.controls
    sections = [line for line in rule.help.splitlines() if line.startswith("## ")]
    assert sections == ["## What it does", "## Why it is bad", "## Example", "## How to fix", "## References"]


def test_ids_are_in_order_and_names_are_those_of_modules() -> None:
    assert [check.rule.id for check in CHECKS] == sorted({check.rule.id for check in CHECKS})
    modules = {check.run.__module__.rpartition(".")[2].replace("_", "-") for check in CHECKS if check.rule.options}
    assert modules == {check.rule.name for check in CHECKS if check.rule.options}


def test_what_dockle_knows_is_known() -> None:
    codes = {code for check in (*CHECKS, *dockerfile.CHECKS) for code in check.rule.equivalents}
    assert DOCKLE - codes == set()
    images = {code for check in CHECKS for code in check.rule.equivalents}
    assert DOCKLE - images == {"DKL-DI-0001"}
