from collections.abc import Iterator

from scanguard.build.secrets import Evidence, secrets
from scanguard.checks.secret_problems import graded, seen
from scanguard.plugin import Build, Problem, Severity, dockerfile_check


@dockerfile_check(
    "SGD301",
    "secret-in-environment",
    Severity.HIGH,
    category="secrets",
    equivalents=("DL3064", "DS-0031", "SecretsUsedInArgOrEnv", "CIS-DI-0010"),
    cis=("4.10",),
    nist=("4.1.4",),
    cwe=("798", "526"),
)
def check(build: Build) -> Iterator[Problem]:
    """A secret stands in ENV, in the default of an ARG, or in a LABEL.

    ## What it does

    Reports literal values under names of secrets (`DB_PASSWORD`, `API_TOKEN`, `AWS_SECRET_ACCESS_KEY`, `…_PRIVATE_KEY`). Silent
    are empty values, placeholders, references to variables, paths, switches, public keys and fingerprints, and names
    that end in `_FILE`, `_PATH`, `_URL`, `_NAME` and the like. In a stage that does not ship the severity is low. A value
    that gives itself away by its format is reported by `embedded-secret` instead.

    ## Why it is bad

    ENV and LABEL are part of the image's configuration, the default of an ARG of its history: `docker inspect` and
    `docker history` show them to everybody who can pull the image, and every process in the container inherits ENV.

    ## Example

    ```dockerfile
    FROM postgres:17
    ENV POSTGRES_PASSWORD=postgres
    ```

    Let the one who runs the container say it, or read it from a file:

    ```dockerfile
    FROM postgres:17
    ENV POSTGRES_PASSWORD_FILE=/run/secrets/postgres-password
    ```

    ## How to fix

    Take the value out, change the secret, and give it at run time (an orchestrator's secret, `docker run --env-file`) or, if
    the build needs it, with `RUN --mount=type=secret`.

    ## References

    - [Build secrets](https://docs.docker.com/build/building/secrets/)
    - [SecretsUsedInArgOrEnv](https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/)
    """
    for secret in secrets(build):
        if secret.evidence is Evidence.NAME and secret.where in ("env", "arg", "label"):
            problem = seen(build, secret)
            stage = _redeclared(build, secret.holder) if secret.stage is None else secret.stage
            yield problem._replace(severity=graded(build, stage, secret.severity))


def _redeclared(build: Build, name: str) -> int | None:
    """For an ARG before the first FROM: a stage that declares it again, one that ships before any other; or None."""
    found = None
    for stage in build.stages:
        for step in stage.steps:
            if step.instruction.keyword == "ARG" and any(pair.name.text == name for pair in step.instruction.pairs):
                if build.ships(stage.index):
                    return stage.index
                found = stage.index
    return found
