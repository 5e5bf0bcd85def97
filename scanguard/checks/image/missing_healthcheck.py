from collections.abc import Iterator

from scanguard.checks.image.parts import duty
from scanguard.image.problems import ImageProblem
from scanguard.plugin import ImageScan, Severity, image_check


@image_check(
    "SGI303",
    "missing-healthcheck",
    Severity.LOW,
    equivalents=("CIS-DI-0006", "DS-0026", "CKV_DOCKER_2", "CKV2_DOCKER_2"),
    cis=("4.6",),
    enabled=False,
)
def check(scan: ImageScan) -> Iterator[ImageProblem]:
    """The image has no HEALTHCHECK.

    ## What it does

    Looks for a health check in the image's configuration, that of the base image too. `HEALTHCHECK NONE` is an answer. Images
    of the OCI format cannot carry one and are not reported. The rule is off by default: Kubernetes does not read
    HEALTHCHECK but has probes of its own.

    ## Why it is bad

    A process that hangs is still running: without a check the engine, Swarm and Compose take such a container for healthy.

    ## Example

    ```dockerfile
    FROM nginx:1.27
    COPY site /usr/share/nginx/html
    ```

    With a check:

    ```dockerfile
    FROM nginx:1.27
    COPY site /usr/share/nginx/html
    HEALTHCHECK CMD ["curl", "--fail", "http://localhost/"]
    ```

    ## How to fix

    Add `HEALTHCHECK` with a command that fails when the service does. With buildah, build with `--format docker`.

    ## References

    - [HEALTHCHECK](https://docs.docker.com/reference/dockerfile/#healthcheck)
    - [CIS Docker Benchmark 4.6](https://www.cisecurity.org/benchmark/docker)
    """
    if scan.image.format == "docker" and scan.image.config.health == ():
        yield ImageProblem("The image has no HEALTHCHECK.", duty(scan, "HEALTHCHECK", lacking=True))
