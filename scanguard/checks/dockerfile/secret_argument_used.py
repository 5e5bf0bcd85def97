from collections.abc import Iterator

from scanguard.build.credential_uses import credential_uses
from scanguard.build.secret_layers import Removals
from scanguard.build.secret_taint import ArgumentUse, SecretArgument, secret_arguments
from scanguard.build.secrets import secrets
from scanguard.checks.secret_problems import graded
from scanguard.plugin import Build, Problem, Severity, Step, dockerfile_check


@dockerfile_check(
    "SGD303",
    "secret-argument-used",
    Severity.HIGH,
    category="secrets",
    equivalents=("SecretsUsedInArgOrEnv", "secret-in-build-arg"),
    cis=("4.10",),
    nist=("4.1.4",),
    cwe=("538", "522"),
)
def check(build: Build) -> Iterator[Problem]:
    """A secret is given to the build as an argument, and stays in the image's history.

    ## What it does

    Reports an `ARG` with the name of a secret whose value a `RUN` uses, directly or through `ENV X=$ARG`, or that an ENV keeps. A
    value that stands in the file as the default is `secret-in-environment`'s, a command that stores the credential
    `credential-command`'s. In a stage that does not ship the severity is low: the value is in the build's cache and provenance.

    ## Why it is bad

    `docker history --no-trunc` shows the build arguments of every RUN, and ENV is part of the image's configuration.

    ## Example

    ```dockerfile
    FROM node:22-slim
    ARG NPM_TOKEN
    RUN ./fetch-assets --token "$NPM_TOKEN"
    ```

    Mount it instead:

    ```dockerfile
    FROM node:22-slim
    RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN ./fetch-assets --token "$NPM_TOKEN"
    ```

    ## How to fix

    Take the ARG out and use `RUN --mount=type=secret,id=…,env=…`; build with `--secret id=…`.

    ## References

    - [Build secrets](https://docs.docker.com/build/building/secrets/)
    - [ARG](https://docs.docker.com/reference/dockerfile/#arg)
    """
    told = {secret.span for secret in secrets(build) if secret.where == "arg"}
    arguments = list(secret_arguments(build))
    if not arguments:
        return
    removals = Removals(build)
    # Of a file that is deleted again `deleted-secret` tells, which says nothing of the history.
    uses = (
        one for one in credential_uses(build, removals) if not (one.stores and removals.later_end(one.step, one.stores))
    )
    commands = {(one.step.stage, one.step.position, name) for one in uses for name in one.variables}
    preset = {secret.holder for secret in secrets(build) if secret.where == "arg" and secret.stage is None}
    for argument in arguments:
        if argument.name in preset or any(argument.span.start <= span.start < argument.span.end for span in told):
            continue
        left = [use for use in argument.uses if (use.step.stage, use.step.position, use.alias) not in commands]
        if left:
            yield _problem(build, argument, left)


def _problem(build: Build, argument: SecretArgument, uses: list[ArgumentUse]) -> Problem:
    """One problem an ARG, at the ARG; the gravest use decides."""
    first = next((use for use in uses if build.ships(use.step.stage)), uses[0])
    stage = build.stages[first.step.stage]
    place = "" if build.ships(stage.index) else f" of {stage.aside}"
    if first.keeps:
        what = f"is kept by ENV '{first.keeps}'{place}: its value is part of the image's configuration"
    else:
        what = f"is used by a RUN{place}: its value stays in the image's history"
    message = f"Build argument '{argument.name}' {what}."
    related = tuple(
        Step(f"ENV '{use.keeps}' keeps it" if use.keeps else "a RUN uses it", use.span) for use in uses[:10]
    )
    trace = build.trace(f"'{argument.name}' is used in {stage.title}", first.span, stage.index)
    severity = graded(build, stage.index, Severity.HIGH)
    return Problem(
        message, argument.span, argument.step.stage, severity=severity, related=related, trace=trace, key=argument.name
    )
