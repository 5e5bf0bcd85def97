from collections.abc import Iterator
from itertools import islice

from scanguard.checks.image.secrets_in_config import ConfigSecret, config_secrets
from scanguard.checks.secret_problems import with_article
from scanguard.image.problems import ImageProblem
from scanguard.plugin import ImageScan, Severity, image_check

# More than that nobody reads, and each is compared with those before it.
_MOST = 200


@image_check(
    "SGI201",
    "secret-in-image-config",
    Severity.CRITICAL,
    equivalents=("CIS-DI-0010", "DS-0031"),
    cis=("4.10",),
    nist=("4.1.4",),
    cwe=("798", "526"),
)
def check(scan: ImageScan) -> Iterator[ImageProblem]:
    """The image's configuration or history holds a secret.

    ## What it does

    Looks at every variable, label and step of the history. A secret is known by its format (a provider's token, a private
    key, a URL with a password) or by the name that it stands under (`DB_PASSWORD`, a build argument `API_TOKEN`). Silent
    are empty values, placeholders, references, paths, fingerprints of keys, names like `GPG_KEY` and `PASSWORD_FILE`, and
    what the base image sets under such a name. Values that are known only by their name are of severity high.

    ## Why it is bad

    `docker inspect` and `docker history` show it to everybody who can pull the image. Build arguments are kept in the history
    with their values, which no Dockerfile shows.

    ## Example

    ```dockerfile
    FROM node:22-slim
    ARG NPM_TOKEN
    RUN npm config set //registry.example.com/:_authToken "$NPM_TOKEN" && npm ci
    ```

    Mount the secret for the one command that needs it:

    ```dockerfile
    FROM node:22-slim
    RUN --mount=type=secret,id=npm,env=NPM_TOKEN npm ci
    ```

    ## How to fix

    Change the secret, for it is known. Then give it with `RUN --mount=type=secret` if the build needs it, or at run time.

    ## References

    - [Build secrets](https://docs.docker.com/build/building/secrets/)
    - [docker image history](https://docs.docker.com/reference/cli/docker/image/history/)
    """
    for secret in islice(config_secrets(scan), _MOST):
        mask = f" ({secret.shown}***)" if secret.shown else ""
        message = f"{_holder(secret)} holds {with_article(secret.kind)}{mask}."
        key = secret.name or secret.kind
        yield ImageProblem(message, secret.place, secret.confidence, secret.severity, key=key)


def _holder(secret: ConfigSecret) -> str:
    name = f" '{secret.name}'" if secret.name else ""
    if not secret.past:
        return f"{secret.setting}{name} of the image"
    if secret.setting == "ARG":
        return f"The build argument{name} in the image's history"
    return f"{secret.setting}{name} in the image's history"
