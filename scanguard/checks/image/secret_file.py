from collections.abc import Iterator

from scanguard.checks.image.parts import own_files, sureness
from scanguard.checks.image.secret_paths import secret_file
from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.plugin import ImageScan, Severity, image_check


@image_check(
    "SGI202",
    "secret-file",
    Severity.CRITICAL,
    needs=("layers",),
    equivalents=("CIS-DI-0010", "DKL-LI-0003"),
    cis=("4.10",),
    nist=("4.1.4",),
    cwe=("538", "321"),
)
def check(scan: ImageScan) -> Iterator[ImageProblem]:
    """A file of the image is a secret by its name: a private key, credentials, an environment file.

    ## What it does

    Looks at the names of all files that a container sees and the base image does not bring: `.env`, `id_rsa`, `.npmrc`,
    `.aws/credentials`, keys of servers, key stores. Of `.env` and `.npmrc` the text is read: without a secret in it the
    one is of severity low, the other not reported. Silent are samples (`.env.example`), public keys and certificates, and the
    files of packages, of their tests and of their documentation.

    ## Why it is bad

    Everybody who can pull the image has the file. That the process needs it at run time is no reason to ship it: it is the same
    for every environment then, and changes only with a new image.

    ## Example

    ```dockerfile
    FROM node:22-slim
    COPY . /app
    ```

    Keep it out of the context, and mount it where it is needed:

    ```dockerfile
    FROM node:22-slim
    COPY src package.json /app/
    RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
    ```

    ## How to fix

    Name the file in `.dockerignore`, change the secret, and mount it at build time or at run time.

    ## References

    - [Build secrets](https://docs.docker.com/build/building/secrets/)
    - [.dockerignore](https://docs.docker.com/build/concepts/context/#dockerignore-files)
    """
    for path, placed in own_files(scan):
        kind = secret_file(placed.entry, scan.contents[placed.layer])
        if kind is not None:
            confidence = min(kind.confidence, sureness(scan))
            place = ImagePlace(placed.layer, path)
            is_one = "is" if kind.kind.startswith(("a ", "an ")) else "holds, by its name,"
            yield ImageProblem(f"'/{path}' {is_one} {kind.kind}.", place, confidence, kind.severity, key=f"/{path}")
