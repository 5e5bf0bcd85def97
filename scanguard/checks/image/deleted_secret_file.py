from collections.abc import Iterator

from scanguard.checks.image.parts import file_system, in_words, own_from, sureness
from scanguard.checks.image.secret_paths import secret_file
from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.plugin import ImageScan, Severity, image_check


@image_check(
    "SGI203",
    "deleted-secret-file",
    Severity.CRITICAL,
    needs=("layers",),
    equivalents=("CIS-DI-0010",),
    cis=("4.10",),
    nist=("4.1.4",),
    cwe=("538", "321"),
)
def check(scan: ImageScan) -> Iterator[ImageProblem]:
    """A secret was deleted from the image, but a lower layer still ships it.

    ## What it does

    Looks at the files of every layer that a later layer deletes, and reports those that are secrets by their names: keys,
    credentials, environment files. Layers of the base image are left out.

    ## Why it is bad

    A layer that deletes a file only hides it. Whoever has the image has all its layers: `docker save` and `tar` bring the file
    back.

    ## Example

    ```dockerfile
    FROM alpine:3.20
    COPY id_ed25519 /root/.ssh/id_ed25519
    RUN git clone git@example.com:team/app.git /app && rm /root/.ssh/id_ed25519
    ```

    The secret never enters a layer:

    ```dockerfile
    FROM alpine:3.20
    RUN --mount=type=ssh git clone git@example.com:team/app.git /app
    ```

    ## How to fix

    Change the secret. Then mount it (`RUN --mount=type=secret`, `--mount=type=ssh`), or use it in a builder stage of
    which only the result is copied.

    ## References

    - [Build secrets](https://docs.docker.com/build/building/secrets/)
    - [Layers and whiteouts](https://github.com/opencontainers/image-spec/blob/main/layer.md)
    """
    start = own_from(scan)
    for one in file_system(scan).hidden:
        if not one.deleted or one.layer < start:
            continue
        kind = secret_file(one.entry, scan.contents[one.layer])
        if kind is not None:
            path, size = one.entry.path, in_words(one.entry.size)
            message = f"'/{path}' ({kind.kind}) is deleted, but a lower layer still ships its {size}."
            place = ImagePlace(one.layer, path)
            confidence = min(kind.confidence, sureness(scan))
            yield ImageProblem(message, place, confidence, kind.severity, key=f"/{path}")
