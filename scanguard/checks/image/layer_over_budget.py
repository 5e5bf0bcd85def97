from collections.abc import Iterator

from scanguard.checks.image.parts import MEGABYTE, in_words, option, own_from, sureness
from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.plugin import Confidence, ImageScan, Option, Options, Severity, image_check


@image_check(
    "SGI404",
    "layer-over-budget",
    Severity.MEDIUM,
    needs=("layers",),
    cis=("4.3",),
    options=(
        Option("layer-mb", 0, "The largest size of a layer of your own, uncompressed, in MB; 0 sets no limit."),
        Option("image-mb", 0, "The largest size of the whole image, uncompressed, in MB; 0 sets no limit."),
    ),
)
def check(scan: ImageScan, options: Options) -> Iterator[ImageProblem]:
    """A layer, or the whole image, is larger than the policy allows.

    ## What it does

    Compares the size of each layer that is not the base's, and that of the whole image, with the budgets of the policy (options
    `layer-mb`, `image-mb`). Sizes are those of the uncompressed layers. Without a budget the rule says nothing. A finding
    about the whole image stands at the largest of your own layers.

    ## Why it is bad

    A large image starts late where it has to be pulled first, and size comes in unseen: one line of a pull request can add a
    gigabyte.

    ## Example

    ```yaml
    rules:
      layer-over-budget:
        options: {layer-mb: 200, image-mb: 500}
    ```

    A line that brings more than a budget of 200 MB:

    ```dockerfile
    FROM python:3.12-slim
    RUN pip install --no-cache-dir torch
    ```

    ## How to fix

    Ship less: packages for the processor that the container has (`torch` without CUDA), a builder stage, no caches; or
    raise the budget in the policy, where everybody sees it.

    ## References

    - [Building best practices](https://docs.docker.com/build/building/best-practices/)
    """
    layer_most, image_most = option(options, "layer-mb") * MEGABYTE, option(options, "image-mb") * MEGABYTE
    start = own_from(scan)
    for number, layer in enumerate(scan.contents):
        if number >= start and layer_most and layer.size > layer_most:
            message = f"The layer has {in_words(layer.size)}; the budget is {in_words(layer_most)}."
            yield ImageProblem(message, ImagePlace(number), sureness(scan), key="layer")
    total = sum(layer.size for layer in scan.contents)
    if image_most and total > image_most:
        own = range(start, len(scan.contents)) or range(len(scan.contents))
        largest = max(own, key=lambda number: scan.contents[number].size)
        message = f"The image has {in_words(total)}; the budget is {in_words(image_most)}."
        facts = (("this layer", in_words(scan.contents[largest].size)),)
        yield ImageProblem(message, ImagePlace(largest), Confidence.HIGH, key="image", facts=facts)
