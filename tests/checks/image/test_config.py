"""What the configuration of an image says: secrets, volumes, ports, health, tags."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanguard.checks.image import (
    CHECKS,
    exposed_port,
    latest_tag,
    missing_healthcheck,
    secret_in_image_config,
    sensitive_volume,
)
from scanguard.image.nodes import HistoryEntry
from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.plugin import Severity
from tests.checks.image.scans import DEBIAN, problems, scan
from tests.fakes import SELF_IDENTIFYING, fake

GITHUB = fake("github")
PASSWORD = fake("password")


def test_secrets_in_variables_and_labels() -> None:
    looked = scan(
        DEBIAN,
        Env=[f"DB_PASSWORD={PASSWORD}", f"INNOCENT={GITHUB}", f"URL=postgres://app:{PASSWORD}@db/app", "PATH=/bin"],
        Labels={"build.token": GITHUB, "title": "app"},
    )
    found = [
        ("ENV 'DB_PASSWORD' of the image holds a password.", "ENV", "DB_PASSWORD", Severity.HIGH),
        ("ENV 'INNOCENT' of the image holds a GitHub token (ghp_***).", "ENV", "INNOCENT", Severity.CRITICAL),
        ("ENV 'URL' of the image holds a password in a URL.", "ENV", "URL", Severity.CRITICAL),
        ("LABEL 'build.token' of the image holds a GitHub token (ghp_***).", "LABEL", "build.token", Severity.CRITICAL),
    ]
    assert problems(secret_in_image_config.check, looked) == tuple(
        ImageProblem(message, ImagePlace(setting=setting, key=name), severity=severity, key=name)
        for message, setting, name, severity in found
    )


@pytest.mark.parametrize(
    "variable",
    [
        "GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305",
        "KMS_KEY_ALIAS=alias/app",
        "PASSWORD_FILE=/run/secrets/password",
        "POSTGRES_PASSWORD_FILE=/run/secrets/db",
        "API_TOKEN=",
        "DB_PASSWORD=changeme",
        "MAX_TOKENS=4096",
        "TOKENIZERS_PARALLELISM=false",
        "SECRET_NAME=prod/db",
        "AWS_ACCESS_KEY_ID=${AWS_ACCESS_KEY_ID}",
        "PYTHON_SHA256=" + "a1" * 32,
        "NGINX_GPGKEY=573BFD6B3D8FBC641079A6ABABF5BD827BD9BF62",
    ],
)
def test_no_secrets(variable: str) -> None:
    history = (f"-ENV {variable}", "RUN /bin/sh -c true # buildkit", f"-ENV {variable}")
    assert problems(secret_in_image_config.check, scan(DEBIAN, history=history, Env=[variable], base=0)) == ()


def test_what_the_base_sets_under_such_a_name_is_the_bases() -> None:
    text = "FROM registry.example.com/base:1\nRUN make\n"
    history = (f"-ENV ADMIN_PASSWORD={PASSWORD}", "RUN base", "RUN /bin/sh -c make # buildkit")
    env = [f"ADMIN_PASSWORD={PASSWORD}"]
    looked = scan(DEBIAN, {"x": b""}, history=history, Env=env, dockerfile=text)
    assert looked.base_layers == 1
    assert problems(secret_in_image_config.check, looked) == ()
    own = text + f"ENV ADMIN_PASSWORD={PASSWORD}\n"
    looked = scan(DEBIAN, {"x": b""}, history=(*history[1:], f"-ENV {env[0]}"), Env=env, dockerfile=own)
    assert [one.place for one in problems(secret_in_image_config.check, looked)] == [
        ImagePlace(setting="ENV", key="ADMIN_PASSWORD")
    ]


@pytest.mark.parametrize(
    "line",
    [
        "|2 NPM_TOKEN={} SHA=abc /bin/sh -c npm ci",
        "RUN |2 SHA=abc NPM_TOKEN={} /bin/sh -c npm ci # buildkit",
        "RUN |1 NPM_TOKEN={} /bin/bash -o pipefail -c npm ci # buildkit",
    ],
)
def test_build_arguments(line: str) -> None:
    looked = scan(DEBIAN, {"a": b""}, {"b": b""}, history=("RUN base", line.format(PASSWORD), line.format(PASSWORD)))
    assert problems(secret_in_image_config.check, looked) == (
        ImageProblem(
            "The build argument 'NPM_TOKEN' in the image's history holds a token.",
            ImagePlace(1, entry=1),
            severity=Severity.HIGH,
            key="NPM_TOKEN",
        ),
    )


ARGUED = f"|1 TOKEN={GITHUB} /bin/sh -c "
CLASSIC = (
    "/bin/sh -c #(nop) ADD file:1 in / ",
    "-/bin/sh -c #(nop)  ARG TOKEN",
    f'-{ARGUED}echo "$TOKEN"',
    "-/bin/sh -c #(nop)  ENV A=1",
    f"-{ARGUED}true",
    f"-{ARGUED}echo end",
)
BUILDKIT = (
    CLASSIC[0],
    "-ARG TOKEN",
    f'RUN {ARGUED}echo "$TOKEN" # buildkit',
    "-ENV A=1",
    f"RUN {ARGUED}true # buildkit",
    f"RUN {ARGUED}echo end # buildkit",
)


@pytest.mark.parametrize("history", [CLASSIC, BUILDKIT])
def test_the_value_of_a_build_argument_belongs_to_its_arg(history: tuple[str, ...]) -> None:
    dockerfile = 'FROM debian:12\nARG TOKEN\nRUN echo "$TOKEN"\nENV A=1\nRUN true\nRUN echo end\n'
    layers = (DEBIAN, *({name: b""} for name in "abc" if history is BUILDKIT))
    looked = scan(*layers, history=history, dockerfile=dockerfile, Env=["A=1"])
    (found,) = problems(secret_in_image_config.check, looked)
    assert found == ImageProblem(
        "The build argument 'TOKEN' in the image's history holds a GitHub token (ghp_***).",
        ImagePlace(entry=1),
        severity=Severity.CRITICAL,
        key="TOKEN",
    )
    assert looked.blame is not None
    origin = looked.blame.entry(1)
    assert (origin.certainty.value, dockerfile.count("\n", 0, origin.spans[0].start)) == ("exact", 1)


def test_build_arguments_without_entries_and_declared_twice() -> None:
    dockerfile = "FROM debian:12\nARG TOKEN\nCOPY a /a\nRUN one\nARG TOKEN\nRUN two\n"
    steps = ("COPY a /a # buildkit", f"RUN {ARGUED}one # buildkit", f"RUN {ARGUED}two # buildkit")
    layers = (DEBIAN, {"a": b""}, {"b": b""}, {"c": b""})
    twice = (CLASSIC[0], "-ARG TOKEN", *steps[:2], "-ARG TOKEN", steps[2])
    for history, place in (
        (twice, ImagePlace(entry=1)),
        ((CLASSIC[0], *steps), ImagePlace(setting="ARG", key="TOKEN")),
    ):
        (found,) = problems(secret_in_image_config.check, scan(*layers, history=history, dockerfile=dockerfile))
        assert (found.key, found.place) == ("TOKEN", place)


def test_a_step_without_a_layer_has_a_line_of_its_own() -> None:
    command = f"curl -H 'Authorization: token {GITHUB}' https://example.com"
    dockerfile = f"FROM debian:12\nRUN {command}\nENV KEY={PASSWORD[:4]}\nRUN true\n"
    history = (CLASSIC[0], f"-/bin/sh -c {command}", f"-/bin/sh -c #(nop)  ENV KEY={PASSWORD[:4]}", "-/bin/sh -c true")
    looked = scan(DEBIAN, history=history, dockerfile=dockerfile)
    (found,) = problems(secret_in_image_config.check, looked)
    assert found.place == ImagePlace(entry=1)
    assert looked.blame is not None
    lines = [
        (one.certainty.value, *(dockerfile.count("\n", 0, span.start) for span in one.spans))
        for one in map(looked.blame.entry, range(5))
    ]
    assert lines == [("base", 0), ("exact", 1), ("exact", 2), ("exact", 3), ("unknown",)]


def test_the_name_of_a_pair_that_is_not_the_first() -> None:
    history = ("RUN base", f"-ENV A=1 KEY={GITHUB}", "-ENV KEY=")
    (found,) = problems(secret_in_image_config.check, scan(DEBIAN, history=history, base=0, Env=["A=1", "KEY="]))
    assert (found.message, found.key) == ("ENV 'KEY' in the image's history holds a GitHub token (ghp_***).", "KEY")


def test_variables_that_a_later_step_took_away() -> None:
    history = ("RUN base", "RUN make", f"-ENV API_TOKEN={PASSWORD}", "-ENV API_TOKEN=", f"-ARG DEPLOY={GITHUB}")
    looked = scan(DEBIAN, {"a": b""}, history=history, Env=["API_TOKEN="])
    assert problems(secret_in_image_config.check, looked) == (
        ImageProblem(
            "ENV 'API_TOKEN' in the image's history holds a token.",
            ImagePlace(entry=2),
            severity=Severity.HIGH,
            key="API_TOKEN",
        ),
        ImageProblem(
            "The build argument 'DEPLOY' in the image's history holds a GitHub token (ghp_***).",
            ImagePlace(entry=4),
            severity=Severity.CRITICAL,
            key="DEPLOY",
        ),
    )


def test_commands() -> None:
    command = f"/bin/sh -c curl -u admin:{PASSWORD} https://example.com/x"
    looked = scan(DEBIAN, {"a": b""}, history=("RUN base", f"RUN {command} # buildkit"))
    (found,) = problems(secret_in_image_config.check, looked)
    assert found.message.startswith("RUN") and found.message.endswith("in the image's history holds a password.")
    assert found.place == ImagePlace(1, entry=1)
    token = scan(DEBIAN, {"a": b""}, history=("RUN base", f"/bin/sh -c git clone https://{GITHUB}@github.com/x/y"))
    assert [(one.message, one.place) for one in problems(secret_in_image_config.check, token)] == [
        ("RUN in the image's history holds a GitHub token (ghp_***).", ImagePlace(1, entry=1))
    ]


def test_a_value_is_told_once() -> None:
    env = [f"TOKEN={GITHUB}"]
    history = ("RUN base", f"-ENV {env[0]}", f"RUN |1 TOKEN={GITHUB} /bin/sh -c x # buildkit", f"-LABEL a={GITHUB}")
    assert len(problems(secret_in_image_config.check, scan(DEBIAN, {"a": b""}, history=history, Env=env))) == 1


@settings(max_examples=60)
@given(st.sampled_from(SELF_IDENTIFYING), st.integers(0, 99), st.sampled_from(("env", "label", "arg", "run")))
def test_no_secret_leaves(kind: str, seed: int, where: str) -> None:
    """Whatever holds it: some rule says so, and nothing that any rule says quotes it."""
    secret = fake(kind, seed).replace("\n", " ")
    config = {"Env": [f"A={secret}"]} if where == "env" else {"Labels": {"a": secret}} if where == "label" else {}
    line = (
        f"RUN |1 A={secret} /bin/sh -c x"
        if where == "arg"
        else f"RUN /bin/sh -c x {secret}"
        if where == "run"
        else "RUN x"
    )
    looked = scan(DEBIAN, {"a": b""}, history=("RUN base", line), **config)
    said = [one for check in CHECKS for one in problems(check, looked)]
    assert [one for one in said if one.key and "holds" in one.message] != []
    assert secret not in repr(said)
    assert secret[-12:] not in repr(said)


@pytest.mark.parametrize(
    "volume",
    [
        "/proc",
        "/proc/sys",
        "/sys",
        "/sys/",
        "dev",
        "//dev/sda",
        "/etc",
        "/",
        "/var/run/docker.sock",
        "/usr",
        "/a/../etc",
        "/boot/x",
    ],
)
def test_sensitive_volumes(volume: str) -> None:
    (found,) = problems(sensitive_volume.check, scan(DEBIAN, Volumes={volume: {}}))
    assert found.place == ImagePlace(setting="VOLUME", key=volume)
    assert found.message == f"The image makes a volume of '{found.key}'."


@pytest.mark.parametrize(
    "volume",
    "/var/lib/app /data /etc/nginx /dev/shm /dev/shm/x /devices /usr/src/app /var/lib/postgresql".split(),
)
def test_volumes_of_data(volume: str) -> None:
    assert problems(sensitive_volume.check, scan(DEBIAN, Volumes={volume: {}})) == ()
    assert problems(sensitive_volume.check, scan(DEBIAN, Volumes={"/etc": {}}, platform="windows/amd64")) == ()


def test_ports() -> None:
    looked = scan(
        DEBIAN,
        ExposedPorts={
            "22/tcp": {},
            "8080/tcp": {},
            "9229/tcp": {},
            "22/udp": {},
            "514/udp": {},
            "5005/tcp": {},
            "2375": {},
        },
    )
    assert problems(exposed_port.check, looked) == (
        ImageProblem("The image exposes port 22/tcp (SSH).", ImagePlace(setting="EXPOSE", key="22/tcp"), key="22/tcp"),
        ImageProblem(
            "The image exposes port 2375 (the Docker API without TLS).",
            ImagePlace(setting="EXPOSE", key="2375"),
            key="2375",
        ),
        ImageProblem(
            "The image exposes port 9229/tcp (the Node.js debugger).",
            ImagePlace(setting="EXPOSE", key="9229/tcp"),
            key="9229/tcp",
        ),
    )
    allowed = problems(exposed_port.check, looked, allow=("22", "2375/tcp", "9229"))
    assert allowed == ()
    denied = problems(exposed_port.check, looked, allow=("22", "2375", "9229"), deny=("8080", "514/udp"))
    assert [one.message for one in denied] == [
        "The image exposes port 514/udp, which the policy denies.",
        "The image exposes port 8080/tcp, which the policy denies.",
    ]


def test_health() -> None:
    assert not missing_healthcheck.check.rule.enabled
    assert problems(missing_healthcheck.check, scan(DEBIAN)) == (
        ImageProblem("The image has no HEALTHCHECK.", ImagePlace(setting="HEALTHCHECK")),
    )
    for healthy in (
        scan(DEBIAN, kind="oci"),
        scan(DEBIAN, Healthcheck={"Test": ["CMD", "true"]}),
        scan(DEBIAN, Healthcheck={"Test": ["NONE"]}),
    ):
        assert problems(missing_healthcheck.check, healthy) == ()


def test_tags() -> None:
    assert not latest_tag.check.rule.enabled
    for tags in (("app:latest",), ("a.example:5000/app:latest", "app"), ("app",)):
        assert problems(latest_tag.check, scan(DEBIAN, tags=tags)) == (
            ImageProblem("The only tag of the image is 'latest'.", ImagePlace(), key="latest"),
        )
    for tags in ((), ("app:1",), ("app:latest", "app:1"), ("a.example:5000/app:1",)):
        assert problems(latest_tag.check, scan(DEBIAN, tags=tags)) == ()


def test_hostile_histories() -> None:
    looked = scan(DEBIAN, {"a": b""})
    for line in (
        "",
        "|",
        "|1",
        "#(nop)",
        "RUN",
        "ENV",
        "\0\n\\",
        "RUN <<X",
        '["',
        "RUN /bin/sh -c " + "a\\\n" * 50,
        "é" * 99_999,
    ):
        hostile = looked._replace(
            image=looked.image._replace(history=(HistoryEntry(line, False), HistoryEntry(line, False)))
        )
        assert [one for check in CHECKS for one in problems(check, hostile)] == [
            one for check in CHECKS for one in problems(check, looked)
        ]
