from collections.abc import Iterator

from scanguard.checks.image.parts import MEGABYTE, file_system, in_words, option, own_from, sureness
from scanguard.image.efficiency import efficiency
from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.plugin import ImageScan, Option, Options, Severity, image_check


@image_check(
    "SGI403",
    "wasted-space",
    Severity.LOW,
    needs=("layers",),
    cis=("4.3",),
    options=(
        Option("percent", 0, "How much of your own layers may be wasted, in percent; 0 sets no limit."),
        Option("mb", 0, "How much may be wasted in your own layers, in MB; 0 sets no limit."),
    ),
)
def check(scan: ImageScan, options: Options) -> Iterator[ImageProblem]:
    """More of the image's layers is wasted than the policy allows.

    ## What it does

    Adds up the files of your own layers that later layers delete or write over, and compares the sum with the limits that the
    policy sets (options `percent`, `mb`). Without a limit the rule says nothing. The finding stands at the layer that
    wastes most, and tells the efficiency as dive computes it.

    ## Why it is bad

    Nobody can see these bytes, and every pull carries them. A `chmod` or `chown` in a layer of its own doubles the files that it
    touches.

    ## Example

    ```dockerfile
    FROM debian:12-slim
    COPY data /srv/data
    RUN chown -R 10001 /srv/data
    ```

    Say it where the files come in:

    ```dockerfile
    FROM debian:12-slim
    COPY --chown=10001 data /srv/data
    ```

    ## How to fix

    Delete in the `RUN` that makes the files, use `COPY --chown` and `COPY --chmod`, or build in another stage.

    ## References

    - [dive](https://github.com/wagoodman/dive)
    - [COPY --chown --chmod](https://docs.docker.com/reference/dockerfile/#copy---chown---chmod)
    """
    percent, most = option(options, "percent"), option(options, "mb") * MEGABYTE
    if not percent and not most:
        return
    system, start = file_system(scan), own_from(scan)
    wasted = system.wasted(len(scan.contents))
    own, total = sum(wasted[start:]), sum(layer.size for layer in scan.contents[start:])
    share = 100 * own / total if total else 0.0
    if (percent and share > percent) or (most and own > most):
        worst = max(range(start, len(wasted)), key=lambda number: wasted[number])
        message = f"{in_words(own)} of {in_words(total)} in the image's own layers are wasted ({share:.0f} %)."
        facts = (
            ("wasted in this layer", in_words(wasted[worst])),
            ("efficiency", f"{100 * efficiency(scan.contents, system):.1f} %"),
        )
        yield ImageProblem(message, ImagePlace(worst), sureness(scan), facts=facts)
