"""What the rules about secrets say beside the place: how grave, how sure, in which words, and one rule for each secret."""

import pytest

from scanguard.build.evaluate import evaluate
from scanguard.build.model import Build
from scanguard.checks import builtin_checks
from scanguard.dockerfile.parser import parse
from scanguard.model.finding import Problem
from scanguard.model.location import Source
from scanguard.model.rule import Confidence, Severity
from tests.fakes import SELF_IDENTIFYING, fake, fill

CHECKS = {check.rule.id: check for check in builtin_checks() if check.rule.category == "secrets"}


def built(text: str) -> Build:
    return evaluate(parse(Source("Dockerfile", fill(text))))


def found(text: str) -> list[tuple[str, Problem]]:
    build = built(text)
    return [(rule, problem) for rule, check in CHECKS.items() for problem in check.run(build, {})]


def graded(text: str) -> list[tuple[str, Severity]]:
    """Rule and severity, as the engine caps it."""
    grades = {rule: check.rule.severity for rule, check in CHECKS.items()}
    pairs = [(rule, problem.severity) for rule, problem in found(text)]
    return [(rule, grades[rule] if own is None else min(own, grades[rule])) for rule, own in pairs]


def said(text: str) -> list[str]:
    return [problem.message for _, problem in found(text)]


def test_there_are_six_rules() -> None:
    assert {rule: (check.rule.name, check.rule.severity) for rule, check in CHECKS.items()} == {
        "SGD301": ("secret-in-environment", Severity.HIGH),
        "SGD302": ("embedded-secret", Severity.CRITICAL),
        "SGD303": ("secret-argument-used", Severity.HIGH),
        "SGD304": ("secret-file-copied", Severity.CRITICAL),
        "SGD305": ("deleted-secret", Severity.CRITICAL),
        "SGD306": ("credential-command", Severity.HIGH),
    }


@pytest.mark.parametrize(
    ("instruction", "grade"),
    [
        ("ENV DB_PASSWORD=hunter2", ("SGD301", Severity.HIGH)),
        ("ENV GITHUB_TOKEN=@secret:github@", ("SGD302", Severity.CRITICAL)),
        ("ENV STRIPE=@secret:stripe-test@", ("SGD302", Severity.MEDIUM)),
        ("ENV A=amqp://guest:guest@queue", ("SGD302", Severity.HIGH)),
        ("RUN ./x --password=hunter2", ("SGD302", Severity.HIGH)),
        ("# @secret:github@", ("SGD302", Severity.LOW)),
        ("COPY id_rsa /root/.ssh/", ("SGD304", Severity.CRITICAL)),
        ("COPY .env /app/", ("SGD304", Severity.HIGH)),
        ("COPY id_rsa /k\nRUN rm /k", ("SGD305", Severity.CRITICAL)),
        ("RUN docker login -p hunter2", ("SGD306", Severity.HIGH)),
        ("ARG T_TOKEN\nRUN ./x $T_TOKEN", ("SGD303", Severity.HIGH)),
    ],
)
def test_severity(instruction: str, grade: tuple[str, Severity]) -> None:
    assert graded(f"FROM debian\n{instruction}\n") == [grade]
    builder = f"FROM debian AS build\n{instruction}\nFROM debian\nCOPY --from=build /out /out\n"
    assert graded(builder) == [(grade[0], Severity.LOW)]


def test_messages_say_where_but_never_what() -> None:
    assert said(
        """ARG ROOT_PASSWORD=hunter2
FROM debian AS build
ENV API_KEY=hunter2
RUN ./x @secret:npm@
FROM debian
LABEL a=@secret:github@
RUN ./x --token hunter2
RUN <<EOF
# @secret:openai@
EOF
COPY <<EOF /x
@secret:slack@
EOF
USER @secret:pypi@
CMD curl -u me:hunter2 http://localhost/
# @secret:vault@
"""
    ) == [
        "ARG 'ROOT_PASSWORD' holds a password.",
        "ENV 'API_KEY' holds an API key in stage 'build', which does not ship.",
        "A command of RUN holds an npm token (npm" + "_***) in stage 'build', which does not ship.",
        "LABEL 'a' holds a GitHub token (gh" + "p_***).",
        "'--token' in RUN holds a token.",
        "A heredoc of RUN holds an OpenAI API key (sk" + "-proj-***).",
        "A file that a heredoc makes of COPY holds a Slack token (xo" + "xb-***).",
        "USER holds a PyPI token (py" + "pi-***).",
        "'-u' in CMD holds a password.",
        "A comment holds a Vault token (hv" + "s.***).",
    ]


def test_an_argument_before_the_first_stage_is_as_grave_as_what_declares_it_again() -> None:
    text = "ARG ROOT_PASSWORD=hunter2\nFROM debian AS a\n{}FROM debian\n{}"
    again = "ARG ROOT_PASSWORD\n"
    assert graded(text.format("", "")) == [("SGD301", Severity.HIGH)]
    assert graded(text.format(again, "")) == [("SGD301", Severity.LOW)]
    assert graded(text.format(again, again)) == [("SGD301", Severity.HIGH)]


def test_what_is_inherited_has_a_trace() -> None:
    (_, problem), *rest = found("FROM debian AS base\nENV DB_PASSWORD=hunter2\nFROM base\n")
    assert rest == []
    assert [step.message for step in problem.trace] == [
        "ENV 'DB_PASSWORD' holds a password",
        "stage 1 is built FROM stage 'base'",
    ]


def test_a_copied_file_has_a_way_out_of_the_builder() -> None:
    (rule, problem), *rest = found("FROM debian AS a\nCOPY .env /app/\nFROM debian\nCOPY --from=a /app /srv\n")
    assert (rule, problem.severity, rest) == ("SGD304", Severity.HIGH, [])
    assert problem.message == (
        "COPY brings '.env', by its name an environment file, to builder stage 'a', and the shipped image gets it from there."
    )
    assert [step.message for step in problem.trace] == [
        "'.env' is copied into stage 'a'",
        "stage 1 copies '/app' from it",
    ]


def test_copies_in_a_circle_end() -> None:
    text = "FROM debian AS a\nCOPY .env /x/\nCOPY --from=a /x /x\nFROM debian AS b\nCOPY --from=a /x /x\nFROM debian\n"
    assert graded(text) == [("SGD304", Severity.LOW)]


def test_a_deleted_secret_names_both_places() -> None:
    build = built("FROM debian\nCOPY .netrc /root/\nRUN true && rm /root/.netrc\n")
    (problem,) = CHECKS["SGD305"].run(build, {})
    source = build.dockerfile.source
    assert source[problem.span] == ".netrc"
    assert [source[step.span] for step in problem.related] == ["/root/.netrc"]
    assert problem.message == (
        "'.netrc' is copied here and deleted in a later layer: it can still be taken out of this one."
    )


def test_what_a_whole_copy_brought_is_less_sure() -> None:
    ((rule, problem),) = found("FROM debian\nWORKDIR /app\nCOPY . .\nRUN rm .env\n")
    assert (rule, problem.confidence, problem.severity) == ("SGD305", Confidence.MEDIUM, Severity.HIGH)
    assert found("FROM debian\nRUN cp /x /app/.env.x\nCOPY . /app/\nRUN cp /y .env && rm .env\n") == []


def test_credentials_that_a_mount_brings_and_a_layer_keeps() -> None:
    assert said(
        """FROM debian
RUN --mount=type=secret,id=t cat /run/secrets/t > /root/.netrc
RUN --mount=type=secret,id=k,target=/k gcloud auth activate-service-account --key-file /k && rm -rf /root/.config/gcloud
RUN gcloud auth activate-service-account --key-file /app/sa.json
ARG A_TOKEN
RUN docker login -u me -p $A_TOKEN && docker login -u you -p $A_TOKEN
"""
    ) == [
        "'writing .netrc' keeps a mounted secret in '.netrc': the layer holds it.",
        "'gcloud auth activate-service-account' stores the service account key in a layer.",
        "'docker login' gets a credential from 'A_TOKEN': it stays in the image's history.",
    ]


def test_arguments_tell_all_uses() -> None:
    build = built("FROM debian\nARG A_TOKEN\nENV B=$A_TOKEN\nRUN ./x $B\nRUN ./y ${A_TOKEN}\nRUN ./z\n")
    (problem,) = CHECKS["SGD303"].run(build, {})
    source = build.dockerfile.source
    assert source[problem.span] == "A_TOKEN"
    assert [source[step.span] for step in problem.related] == ["B=$A_TOKEN", "$B", "${A_TOKEN}"]
    assert problem.message == (
        "Build argument 'A_TOKEN' is kept by ENV 'B': its value is part of the image's configuration."
    )


def test_a_build_argument_on_the_command_line_is_still_used() -> None:
    assert said("FROM debian\nARG A_TOKEN\nRUN <<EOF\n./x $A_TOKEN\nEOF\n") == [
        "Build argument 'A_TOKEN' is used by a RUN: its value stays in the image's history."
    ]


@pytest.mark.parametrize("kind", SELF_IDENTIFYING)
@pytest.mark.parametrize(
    "place",
    [
        "ENV TOKEN={}",
        "ARG API_KEY={}",
        "LABEL secret={}",
        "RUN ./x --token={}",
        "RUN docker login -u me -p '{}'",
        "RUN npm config set //r/:_authToken {}",
        "RUN echo '//r/:_authToken={}' > .npmrc && rm .npmrc",
        "RUN echo 'machine h login l password {}' > /root/.netrc",
    ],
)
def test_one_secret_is_one_finding(kind: str, place: str) -> None:
    if kind == "private-key":
        return
    text = "FROM debian\n" + place.format(fake(kind)) + "\n"
    problems = found(text)
    assert [rule for rule, _ in problems] == ["SGD302"], problems
    assert fake(kind) not in repr(problems)
