from collections.abc import Iterator

from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.plugin import ImageReference, ImageScan, Severity, image_check


@image_check(
    "SGI304",
    "latest-tag",
    Severity.LOW,
    equivalents=("DKL-DI-0006",),
    cis=("4.2",),
    nist=("4.1.5",),
    enabled=False,
)
def check(scan: ImageScan) -> Iterator[ImageProblem]:
    """The image has no tag but `latest`.

    ## What it does

    Looks at the tags of the image. An image without any tag, or with another one beside `latest`, is not reported. The
    rule is off by default, for images that are built on a developer's machine are all called so.

    ## Why it is bad

    `latest` says nothing about what is in it: two hosts that pull it on two days run two programs, and there is no name to go
    back to.

    ## Example

    ```shell
    docker build --tag registry.example.com/team/app .
    ```

    Give the build a name of its own:

    ```shell
    docker build --tag registry.example.com/team/app:1.4.2 .
    ```

    ## How to fix

    Tag the image with a version or the commit, and deploy it by its digest.

    ## References

    - [docker image tag](https://docs.docker.com/reference/cli/docker/image/tag/)
    - [DKL-DI-0006](https://github.com/goodwithtech/dockle/blob/master/CHECKPOINT.md)
    """
    tags = [ImageReference.parse(tag).tag or "latest" for tag in scan.image.tags if "@" not in tag]
    if tags and set(tags) == {"latest"}:
        yield ImageProblem("The only tag of the image is 'latest'.", ImagePlace(), key="latest")
