from collections.abc import Iterator

from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.plugin import ImageScan, Severity, image_check


@image_check(
    "SGV102",
    "end-of-life-system",
    Severity.HIGH,
    category="vulnerability",
    needs=("inventory",),
    nist=("4.1.1",),
    cwe=("1104",),
)
def check(scan: ImageScan) -> Iterator[ImageProblem]:
    """The image's operating system gets no security updates any more.

    ## What it does

    Reports an image whose distribution's release has reached its end of life, as Trivy knows it for the day of the scan.

    ## Why it is bad

    Vulnerabilities that are found from now on are not mended, and often not even listed: a short list of vulnerabilities
    says nothing there.

    ## Example

    ```dockerfile
    FROM debian:9
    RUN apt-get update && apt-get install -y nginx
    ```

    Use a release that is maintained:

    ```dockerfile
    FROM debian:13
    RUN apt-get update && apt-get install -y nginx
    ```

    ## How to fix

    Take a base image of a release that is maintained.

    ## References

    - [endoflife.date](https://endoflife.date/)
    """
    system = scan.inventory.system if scan.inventory is not None else None
    if system is None or not system.end_of_life:
        return
    name = f"{system.family} {system.name}".strip()
    where = ImagePlace(0 if scan.image.diff_ids else None, "etc/os-release")
    yield ImageProblem(f"{name} has reached its end of life.", where, key=name)
