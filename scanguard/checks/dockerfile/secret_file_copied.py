from collections.abc import Iterator

from scanguard.build.secret_layers import Onward, Removals, SecretFile, secret_files
from scanguard.plugin import Build, Problem, Severity, Step, dockerfile_check


@dockerfile_check(
    "SGD304",
    "secret-file-copied",
    Severity.CRITICAL,
    category="secrets",
    equivalents=("DS-0031", "CIS-DI-0010"),
    cis=("4.10",),
    nist=("4.1.4",),
    cwe=("522", "538"),
)
def check(build: Build) -> Iterator[Problem]:
    """A file that holds secrets is copied into the image.

    ## What it does

    Knows such files by their names, in the context or at the destination: `.env`, private keys (`id_rsa`, `server.key`,
    `*.p12`), `.npmrc`, `.pypirc`, `.netrc`, `.git-credentials`, `.aws/credentials`, service account keys, `kubeconfig`,
    `.docker/config.json`, `.htpasswd` and others. Samples (`.env.example`), public keys, certificates and package signing
    keys are silent. A stage that does not ship makes it low, unless `COPY --from` brings the file on. If a later RUN
    deletes it, `deleted-secret` says so instead.

    ## Why it is bad

    Everybody who can pull the image has the file; a copy in a layer cannot be taken back by a later layer.

    ## Example

    ```dockerfile
    FROM node:22-slim
    WORKDIR /app
    COPY .npmrc package.json ./
    RUN npm install
    ```

    Mount it for the one command that needs it:

    ```dockerfile
    FROM node:22-slim
    WORKDIR /app
    COPY package.json ./
    RUN --mount=type=secret,id=npmrc,target=/app/.npmrc npm install
    ```

    ## How to fix

    Use `RUN --mount=type=secret` (`type=ssh` for keys of SSH) at build time, and secrets of the orchestrator at run time. Add the
    file to `.dockerignore`.

    ## References

    - [Build secrets](https://docs.docker.com/build/building/secrets/)
    - [Storing secrets in .env files](https://docs.docker.com/compose/how-tos/environment-variables/best-practices/)
    """
    copied = [found for found in secret_files(build) if found.how == "copied"]
    if not copied:
        return
    removals, onward = Removals(build), Onward(build)
    for found in copied:
        if removals.later(found.step, found.path) is None:
            yield _problem(build, found, onward)


def _problem(build: Build, found: SecretFile, onward: Onward) -> Problem:
    stage = build.stages[found.step.stage]
    file = found.source or found.path
    message = f"{found.step.instruction.keyword} brings '{file}', by its name {found.kind.kind}"
    severity = found.kind.severity
    trace = build.trace(f"'{file}' is copied into {stage.title}", found.span, stage.index)
    if not build.ships(stage.index):
        way = onward.way(stage.index, found.path)
        if way:
            message += f", to {stage.aside}, and the shipped image gets it from there"
            trace = (Step(f"'{file}' is copied into {stage.title}", found.span), *way)
        else:
            message += f", into {stage.aside}"
            severity = Severity.LOW
    return Problem(f"{message}.", found.span, stage.index, found.kind.confidence, severity, trace=trace, key=file)
