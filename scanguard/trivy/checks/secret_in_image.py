from collections.abc import Iterator, Sequence

from scanguard.image.inventory import FoundSecret
from scanguard.image.problems import ImageProblem
from scanguard.plugin import ImageScan, Severity, image_check
from scanguard.trivy.places import listed, order, place

# Debian's package ssl-cert makes it for tests when it is installed, as a dependency of PostgreSQL for one.
_SNAKEOIL = "etc/ssl/private/ssl-cert-snakeoil.key"


@image_check(
    "SGV201",
    "secret-in-image",
    Severity.CRITICAL,
    category="secrets",
    needs=("inventory", "secrets"),
    cis=("4.10",),
    nist=("4.1.4",),
    cwe=("798", "538"),
    equivalents=("CIS-DI-0010",),
)
def check(scan: ImageScan) -> Iterator[ImageProblem]:
    """A file in the image holds a secret.

    ## What it does

    Reports the secrets that Trivy finds by their form in the files of all layers: keys and tokens of clouds and services,
    private keys and more. One finding for each kind of secret in a file; the secret itself is never shown or kept. Files
    that a later layer deletes are still in the image, and are reported. The key of tests that Debian's package `ssl-cert` makes
    is of severity low. A file that another rule reports by its name is one finding with it.

    ## Why it is bad

    Everybody who can pull the image has the secret; a copy in a layer cannot be taken back by a later layer.

    ## Example

    ```dockerfile
    FROM python:3.12-slim
    COPY . /app
    ```

    with a `settings.ini` beside the Dockerfile that holds a token. Keep it out of the context and mount it where a
    command needs it:

    ```dockerfile
    FROM python:3.12-slim
    COPY src /app
    RUN --mount=type=secret,id=settings,target=/app/settings.ini python -m app.build
    ```

    ## How to fix

    Change the secret where it was issued: it counts as known. Keep its file out of the build with `.dockerignore`, use
    `RUN --mount=type=secret` at build time, and give it to the container when it starts.

    ## References

    - [Build secrets](https://docs.docker.com/build/building/secrets/)
    - [Trivy's rules](https://trivy.dev/latest/docs/scanner/secret/)
    """
    groups: dict[tuple[str, str, str], list[FoundSecret]] = {}
    for secret in scan.inventory.secrets if scan.inventory is not None else ():
        groups.setdefault((secret.path, secret.kind, secret.layer), []).append(secret)
    for group in sorted(
        groups.values(), key=lambda group: (*order(scan, group[0].layer), group[0].path, group[0].kind)
    ):
        yield _problem(scan, group)


def _problem(scan: ImageScan, group: Sequence[FoundSecret]) -> ImageProblem:
    first = group[0]
    what = first.title or first.kind
    lines = tuple(str(line) for line in sorted({one.line for one in group if one.line > 0}))
    on = f" (line{'s' if len(lines) > 1 else ''} {listed(lines)})" if lines else ""
    where = f"'/{first.path}'" if first.path else "The image's configuration"
    return ImageProblem(
        f"{where} holds a secret: {what}{on}.",
        place(scan, first.layer, first.path),
        severity=Severity.LOW if first.path == _SNAKEOIL else max(one.severity for one in group),
        key=f"{first.path}:{first.kind}",
        facts=(("kind", first.kind), *((("file", f"/{first.path}"),) if first.path else ())),
    )
