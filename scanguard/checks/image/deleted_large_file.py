from collections.abc import Iterator

from scanguard.checks.image.parts import MEGABYTE, file_system, in_words, option, own_from, sureness
from scanguard.image.filesystem import Hidden
from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.plugin import ImageScan, Option, Options, Severity, image_check


@image_check(
    "SGI402",
    "deleted-large-file",
    Severity.LOW,
    needs=("layers",),
    cis=("4.3",),
    options=(Option("mb", 10, "Deleted files of one layer are reported from this size on, all together, in MB."),),
)
def check(scan: ImageScan, options: Options) -> Iterator[ImageProblem]:
    """Files were deleted from the image, but a lower layer still ships their bytes.

    ## What it does

    Adds up, for each layer that is not the base's, the files that a later layer deletes, and reports sums from 10 MB on
    (option `mb`). The finding stands at the layer that holds them; the layer that deletes them is told beside.

    ## Why it is bad

    A layer that deletes a file only hides it. Every pull still carries it.

    ## Example

    ```dockerfile
    FROM debian:12-slim
    ADD https://example.com/model.tar.gz /tmp/
    RUN tar -xzf /tmp/model.tar.gz -C /srv && rm /tmp/model.tar.gz
    ```

    Fetch, use and delete in one layer:

    ```dockerfile
    FROM debian:12-slim
    RUN curl -fsSL https://example.com/model.tar.gz | tar -xz -C /srv
    ```

    ## How to fix

    Delete in the `RUN` that makes the files, mount what is only needed once (`RUN --mount=type=bind`), or build in another
    stage and copy the result.

    ## References

    - [Layers and whiteouts](https://github.com/opencontainers/image-spec/blob/main/layer.md)
    - [Multi-stage builds](https://docs.docker.com/build/building/multi-stage/)
    """
    least = max(1, option(options, "mb") * MEGABYTE)
    groups: dict[tuple[int, int], list[Hidden]] = {}
    for one in file_system(scan).hidden:
        if one.deleted and one.layer >= own_from(scan):
            groups.setdefault((one.layer, one.by), []).append(one)
    for (layer, _), found in sorted(groups.items()):
        size = sum(one.entry.size for one in found)
        if size >= least:
            largest = max(found, key=lambda one: one.entry.size).entry
            what = f"'/{largest.path}'" if len(found) == 1 else f"{len(found)} files, '/{largest.path}' the largest,"
            verb = "is" if len(found) == 1 else "are"
            message = f"{what} {verb} deleted, but a lower layer still ships {in_words(size)}."
            place = ImagePlace(layer, largest.path)
            yield ImageProblem(message, place, sureness(scan), key=f"/{largest.path}")
