from collections.abc import Iterator

from scanguard.build.credential_uses import credential_uses
from scanguard.build.secret_commands import Credential
from scanguard.build.secret_layers import Removals
from scanguard.build.secrets import Evidence, secrets
from scanguard.checks.secret_problems import graded, in_builder, with_article
from scanguard.plugin import Build, Problem, Severity, dockerfile_check


@dockerfile_check(
    "SGD306",
    "credential-command",
    Severity.HIGH,
    category="secrets",
    equivalents=("DS-0031",),
    cis=("4.10",),
    nist=("4.1.4",),
    cwe=("522", "538"),
)
def check(build: Build) -> Iterator[Problem]:
    """A command of RUN takes a credential, or stores one, outside a secret mount.

    ## What it does

    Knows the commands that log in or write credentials: `docker login -p`, `npm config set …:_authToken`,
    `aws configure set`, `git clone https://$TOKEN@…`, `git config url…`, `pip config set`, `huggingface-cli login --token`,
    `gh auth login`, `az login -p`, `gcloud auth activate-service-account`, `composer config http-basic`,
    `poetry config pypi-token`, `twine -p`, and lines that are written to `.npmrc`, `.netrc`, `.pypirc` or
    `.git-credentials`. Reported is a credential that stands there or comes from ARG or ENV, and one from a secret mount
    that a file keeps in the layer. In a stage that does not ship the severity is low.

    ## Why it is bad

    The credential stays in the image twice: in the history, with the command, and in the file that the command writes.

    ## Example

    ```dockerfile
    FROM node:22-slim
    ARG NPM_TOKEN
    RUN npm config set //registry.npmjs.org/:_authToken=$NPM_TOKEN && npm ci
    ```

    Mount the file that the tool reads:

    ```dockerfile
    FROM node:22-slim
    RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
    ```

    ## How to fix

    Use `RUN --mount=type=secret` (or `type=ssh` for git), either with the file that the tool reads as `target`, or with `env=`
    for a variable that it knows. Revoke a credential that has been in a pushed image.

    ## References

    - [Build secrets](https://docs.docker.com/build/building/secrets/)
    - [Docker and private modules](https://docs.npmjs.com/docker-and-private-modules)
    """
    found = secrets(build)
    formats = [secret.span for secret in found if secret.evidence is not Evidence.COMMAND]
    told: set[tuple[int, int, str, str]] = set()
    removals = Removals(build)
    for one in credential_uses(build, removals):
        identity = (one.step.stage, one.step.position, one.command, ",".join(one.variables))
        elsewhere = one.literal is not None and any(
            span.start < one.literal.end and one.literal.start < span.end for span in formats
        )
        deleted = removals.later_end(one.step, one.stores) if one.stores else None
        if identity in told or elsewhere or deleted is not None:
            continue
        told.add(identity)
        yield _problem(build, one)


def _problem(build: Build, one: Credential) -> Problem:
    stage = one.step.stage
    place = in_builder(build, stage)
    if one.literal is not None:
        message = f"'{one.command}' gets {with_article(one.kind)} from the file itself{place}."
    elif one.variables:
        names = ", ".join(f"'{name}'" for name in dict.fromkeys(one.variables))
        message = f"'{one.command}' gets a credential from {names}{place}: it stays in the image's history."
    elif one.file:
        message = f"'{one.command}' stores the {one.kind} in a layer{place}."
    else:
        message = f"'{one.command}' keeps a mounted secret in '{one.stores}'{place}: the layer holds it."
    trace = build.trace(f"'{one.command}' runs here", one.span, stage)
    severity = graded(build, stage, Severity.HIGH)
    key = ":".join((one.command, *one.variables))
    return Problem(message, one.span, stage, severity=severity, trace=trace, key=key)
