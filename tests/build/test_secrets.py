"""The facts about secrets: found wherever they stand, never shown."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanguard.build.evaluate import evaluate
from scanguard.build.model import Build
from scanguard.build.secrets import Evidence, SecretSeen, secret_spans, secrets
from scanguard.checks import builtin_checks
from scanguard.dockerfile.parser import parse
from scanguard.model.finding import Problem
from scanguard.model.location import Source, Span
from scanguard.model.rule import Confidence, Severity
from tests.fakes import KINDS, SELF_IDENTIFYING, fake, fill

SECRET_CHECKS = [check for check in builtin_checks() if check.rule.category == "secrets"]


def built(text: str) -> Build:
    return evaluate(parse(Source("Dockerfile", fill(text))))


def facts(text: str) -> list[tuple[str, str, str, str]]:
    """(kind, where, holder, the text of the span) of each secret."""
    build = built(text)
    source = build.dockerfile.source
    return [(one.kind, one.where, one.holder, source[one.span]) for one in secrets(build)]


def problems(build: Build) -> list[Problem]:
    return [problem for check in builtin_checks() for problem in check.run(build, defaults(check))]


def defaults(check) -> dict:
    return {option.name: option.default for option in check.rule.options}


def covered(build: Build, secret: str) -> bool:
    """Whether every character of every place of the secret lies in a span that is masked."""
    text = build.dockerfile.source.text
    hidden = {offset for span in secret_spans(build) for offset in range(*span)}
    at = text.find(secret)
    while at >= 0:
        if not hidden.issuperset(range(at, at + len(secret))):
            return False
        at = text.find(secret, at + 1)
    return True


def core(kind: str, secret: str) -> str:
    """The part of a fake that is secret: some fakes bring a name or an address with them."""
    for lead in ("AccountKey=", "SharedAccessKey=", "https://hooks.slack.com/", "https://discord.com/api/webhooks/"):
        secret = secret.removeprefix(lead)
    return secret


def test_a_fact_is_whole() -> None:
    build = built("FROM debian\nENV A=1 DB_PASSWORD=hunter2\n")
    assert secrets(build) == (
        SecretSeen(
            "password",
            "***",
            Span(32, 39),
            "DB_PASSWORD",
            "env",
            0,
            1,
            Evidence.NAME,
            Severity.HIGH,
            Confidence.HIGH,
        ),
    )
    assert secret_spans(build) == (Span(32, 39),)


def test_a_provider_is_told_by_its_prefix_only() -> None:
    build = built("FROM debian\nLABEL a=@secret:github@\n")
    (seen,) = secrets(build)
    assert (seen.kind, seen.masked, seen.where, seen.holder) == ("GitHub token", "gh" + "p_***", "label", "a")
    assert seen.severity is Severity.CRITICAL


@pytest.mark.parametrize("kind", SELF_IDENTIFYING)
def test_every_format_is_known_anywhere(kind: str) -> None:
    value = fake(kind)
    for text in (f"FROM debian\nLABEL a='{value}'\n", f"FROM debian\nRUN ./x {value} | cat\n", f"FORM {value}\n"):
        (seen,) = secrets(evaluate(parse(Source("Dockerfile", text))))
        assert text[slice(*seen.span)] == core(kind, value)
        assert core(kind, value) not in repr(seen)


@pytest.mark.parametrize("kind", SELF_IDENTIFYING)
def test_what_is_cut_short_is_no_secret(kind: str) -> None:
    value = fake(kind)[:12] + "xxxxxxxxxxxx"
    assert facts(f"FROM debian\nLABEL a='{value}'\n") == []


def test_places() -> None:
    assert facts(
        """ARG ROOT_PASSWORD=toor
FROM debian
ENV DB_PASSWORD='two words'
LABEL org.api-key=f00dfeed
ONBUILD ARG NPM_TOKEN="f00dfeed"
RUN API_KEY=f00dfeed ./run --token f00dface
RUN <<EOF
export API_KEY=f00dfade
EOF
COPY <<EOF /etc/app.conf
password = hunter2
EOF
CMD ["./run", "--password=hunter3"]
"""
    ) == [
        ("password", "arg", "ROOT_PASSWORD", "toor"),
        ("password", "env", "DB_PASSWORD", "two words"),
        ("API key", "label", "org.api-key", "f00dfeed"),
        ("token", "arg", "NPM_TOKEN", "f00dfeed"),
        ("API key", "run-assignment", "API_KEY", "f00dfeed"),
        ("token", "run-argument", "--token", "f00dface"),
        ("API key", "run-assignment", "API_KEY", "f00dfade"),
        ("password", "copy-heredoc", "password", "hunter2"),
        ("password", "run-argument", "--password", "hunter3"),
    ]


def test_comments_tell_formats_only_and_hide_names_too() -> None:
    build = built(
        "FROM debian\n# ENV AWS_SECRET_KEY=xyz\n# @secret:github@\nRUN true \\\n  # @secret:npm@\n  && true\n"
        "# https://me:hunter2@example.net/\n"
    )
    text = build.dockerfile.source.text
    assert [(one.kind, one.where, one.severity) for one in secrets(build)] == [
        ("GitHub token", "comment", Severity.LOW),
        ("npm token", "comment", Severity.LOW),
    ]
    assert [text[slice(*span)] for span in secret_spans(build)] == ["xyz", fake("github"), fake("npm"), "hunter2"]


def test_a_hash_in_a_heredoc_is_no_comment() -> None:
    assert [one[:2] for one in facts("FROM debian\nRUN <<EOF\n# @secret:github@\nEOF\n")] == [
        ("GitHub token", "heredoc")
    ]


def test_what_cannot_be_read_is_masked() -> None:
    build = built("FROM debian\nENVIRON DB_PASSWORD=hunter2 --token f00dface\nENV\n")
    text = build.dockerfile.source.text
    assert [text[slice(*span)] for span in secret_spans(build)] == ["hunter2", "f00dface"]


def test_users_that_are_no_passwords_are_left_to_see() -> None:
    text = (
        "FROM debian\n# run -u 1000:1000 --user app login -p\n# ssh://git@example.net/ https://example.net/@login \n"
        "FROM ghcr.io/nginx/nginx-unprivileged:1.29@sha256:x\n# --extra-index-url=https://x --x-uri=https://x -u+%H:%M\n"
        "# -v /etc/passwd:/etc/passwd:ro\n"
    )
    assert secret_spans(built(text)) == ()


@pytest.mark.parametrize(
    "end", ["-u", "--user", "-u ", "login -p", "login  -p ", "://", "token", "--token ", "password='", "-----BEGIN "]
)
def test_a_text_may_end_anywhere(end: str) -> None:
    assert secret_spans(built(f"FROM debian\n# {end}")) == ()
    assert secret_spans(built(f"FROM debian\nRUN {end}")) == ()


def test_private_keys() -> None:
    key = fake("private-key")
    assert facts(f"FROM debian\nCOPY <<EOF /k\n{key}\nEOF\n") == [("private key", "copy-heredoc", "", key)]
    open_end = key.rpartition("\n")[0]
    (seen,) = facts(f"FROM debian\nCOPY <<EOF /k\n{open_end}\n\nEOF\n")
    assert seen[3].startswith(open_end)
    assert facts("FROM debian\nRUN grep -- '" + "-----BEGIN RSA PRIVATE" + " KEY-----' /etc/*\n") == []
    assert (
        facts(
            "FROM debian\nLABEL a='" + "-----BEGIN RSA PRIVATE" + " KEY-----\\n...\\n-----END RSA PRIVATE KEY-----'\n"
        )
        == []
    )
    assert facts("FROM debian\nLABEL a='-----BEGIN CERTIFICATE-----' b='PRIVATE KEY'\n") == []
    assert facts("FROM debian\nLABEL a='-----BEGIN ' b='PRIVATE KEY'\n") == []


def test_aws_pairs() -> None:
    text = "FROM debian\nENV AWS_ACCESS_KEY_ID=@secret:aws-id@ AWS_SECRET_ACCESS_KEY=@secret:aws-secret@\n"
    build = built(text)
    assert [(one.kind, one.severity) for one in secrets(build)] == [
        ("AWS access key id", Severity.CRITICAL),
        ("AWS secret access key", Severity.CRITICAL),
    ]


def test_a_weak_password_in_a_url_is_high() -> None:
    build = built("FROM debian\nENV A=amqp://guest:guest@queue:5672 B=amqp://me:hunter2@queue:5672\n")
    assert [one.severity for one in secrets(build)] == [Severity.HIGH, Severity.CRITICAL]


def test_uuids_are_less_sure() -> None:
    build = built("FROM debian\nENV API_TOKEN=8d3e1c2a-77aa-4b0e-9d55-0f1e2d3c4b5a\n")
    assert [one.confidence for one in secrets(build)] == [Confidence.MEDIUM]


def test_a_value_is_told_once() -> None:
    text = "FROM debian\nENV GITHUB_TOKEN=@secret:github@\nRUN curl -u x:@secret:gitlab@ https://x:@secret:npm@@h/\n"
    assert [one[0] for one in facts(text)] == ["GitHub token", "GitLab token", "npm token"]


def test_the_last_answer_is_remembered_for_its_own_build_only() -> None:
    first, second = built("FROM debian\nENV A_TOKEN=f00dfeed\n"), built("FROM debian\nENV B_TOKEN=f00dfeed\n")
    assert secrets(first) is secrets(first)
    assert [one.holder for one in secrets(second)] == ["B_TOKEN"]
    assert [one.holder for one in secrets(first)] == ["A_TOKEN"]


PLACES = (
    "ENV A=1 DB_PASSWORD={}",
    "ENV DB_PASSWORD {}",
    'ENV API_KEY="{}" B=2',
    "ARG TOKEN='{}'",
    "LABEL my.token={}",
    "RUN DB_PASSWORD={} ./run",
    "RUN ./run --password={} && true",
    "RUN ./run --password {} --more",
    'RUN export API_KEY="{}"; ./run',
    "RUN curl -u me:{} https://example.net/",
    'RUN ["./run", "--token={}"]',
    "RUN <<EOF\nexport TOKEN={}\nEOF",
    "COPY <<EOF /etc/app.conf\npassword = {}\nEOF",
    "RUN cat > /etc/app.conf <<EOF\nsecret_key: {}\nEOF",
    "RUN echo 'root:{}' | chpasswd",
    "RUN echo 'password={}' > /etc/app.conf",
    "RUN docker login -u me -p {}",
    "RUN npm config set //registry.internal/:_authToken={}",
    "RUN git clone https://me:{}@example.net/a.git",
    "ONBUILD ENV API_TOKEN={}",
    "# ENV API_TOKEN={}",
    "RUN true \\\n  # export API_TOKEN={}\n  && true",
    "ENTRYPOINT ./run --api-key={}",
    "HEALTHCHECK CMD curl -u me:{} http://localhost/",
    "BROKEN API_TOKEN={}",
    "BROKEN curl -u me:{}",
    "# curl --user=me:{} http://localhost/",
    "# docker login -u me -p {} registry.internal",
    "# git clone https://{}@example.net/a.git",
    "RUN git clone https://{}@example.net/a.git",
    "RUN git clone https://{}@example.net/a.git && docker login -p{}",
    "ONBUILD RUN curl -u me:{} http://localhost/",
    "ONBUILD RUN docker login -p {}",
)
BARE = (
    "LABEL a={}",
    "RUN ./run {}",
    "# {}",
    "USER {}",
    "COPY {} /x",
    "RUN <<EOF\n./run {}\nEOF",
    "NONSENSE {}",
    "RUN ./run '{}",
)
NOISE = (
    "RUN apt-get update",
    "# a comment",
    "WORKDIR /app",
    "COPY . .",
    "ENV PATH=/x:$PATH",
    "RUN true && \\\n  false",
    "",
)


@st.composite
def dockerfiles(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A Dockerfile and the secrets that stand in it."""
    lines, hidden = ["FROM debian:12 AS build"], []
    for _ in range(draw(st.integers(1, 6))):
        lines.extend(draw(st.lists(st.sampled_from(NOISE), max_size=2)))
        if draw(st.booleans()):
            value = fake("password", draw(st.integers(0, 9999)))
            lines.append(draw(st.sampled_from(PLACES)).replace("{}", value))
        else:
            kind = draw(st.sampled_from(SELF_IDENTIFYING))
            value = core(kind, given := fake(kind, draw(st.integers(0, 9999))))
            lines.append(draw(st.sampled_from(BARE + PLACES if given == value else BARE)).replace("{}", given))
        hidden.append(value)
        if draw(st.integers(0, 4)) == 0:
            lines.append("FROM debian:12")
    return draw(st.sampled_from(("\n", "\r\n"))).join(lines) + "\n", hidden


@settings(max_examples=400)
@given(dockerfiles())
def test_no_secret_is_ever_shown(sample: tuple[str, list[str]]) -> None:
    text, hidden = sample
    build = evaluate(parse(Source("Dockerfile", text)))
    shown = repr(secrets(build)) + str(secrets(build)) + repr([p for c in SECRET_CHECKS for p in c.run(build, {})])
    for secret in hidden:
        assert secret not in shown
        assert covered(build, secret.replace("\n", "\n")), secret


@settings(max_examples=300)
@given(st.text(max_size=300), st.sampled_from(KINDS))
def test_any_text_has_an_answer(text: str, kind: str) -> None:
    source = Source("Dockerfile", f"FROM debian\n{text}\n{fake(kind)}\nENV PASSWORD {text}\n")
    build = evaluate(parse(source))
    spans = secret_spans(build)
    assert list(spans) == sorted(spans)
    assert all(0 <= span.start < span.end <= len(source.text) for span in spans)
    assert all(one.end < two.start for one, two in pairwise(spans))
