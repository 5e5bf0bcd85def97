from collections.abc import Iterator

from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.plugin import Confidence, ImageScan, Severity, image_check


@image_check(
    "SGI501",
    "image-not-built-from-dockerfile",
    Severity.MEDIUM,
    cis=("4.2",),
    nist=("4.1.5",),
)
def check(scan: ImageScan) -> Iterator[ImageProblem]:
    """The image was not built from the Dockerfile that it is checked with.

    ## What it does

    Compares the image's history with the instructions of the Dockerfile. Where most of them are not there, the image comes from
    another file or another stage; where some differ, the Dockerfile was changed after the build, or the image (`docker commit`),
    which is told with severity low. Images whose history was squashed or left out tell nothing, and nothing is reported.

    ## Why it is bad

    What was reviewed is not what ships. Findings of the one say nothing of the other, and cannot be put on its lines.

    ## Example

    ```shell
    docker build --tag app:1.4.2 --file docker/worker.Dockerfile .
    scanguard check --image app:1.4.2 --dockerfile docker/web.Dockerfile
    ```

    Name the file, and the stage, that the image was built from:

    ```shell
    scanguard check --image app:1.4.2 --dockerfile docker/worker.Dockerfile --target worker
    ```

    ## How to fix

    Build the image again, or name the right Dockerfile (`--dockerfile`) and the right stage (`--target`).

    ## References

    - [Provenance attestations](https://docs.docker.com/build/metadata/attestations/slsa-provenance/)
    """
    blame = scan.blame
    if blame is None or not blame.difference:
        return
    if blame.reason:
        yield ImageProblem(blame.difference, ImagePlace(), Confidence.HIGH, key="other")
    else:
        yield ImageProblem(blame.difference, ImagePlace(), Confidence.MEDIUM, Severity.LOW, key="changed")
