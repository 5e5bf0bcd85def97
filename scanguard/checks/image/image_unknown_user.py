from collections.abc import Iterator

from scanguard.checks.image.accounts import GROUP, PASSWD, accounts, origin
from scanguard.checks.image.parts import file_system, is_windows
from scanguard.checks.image.proof import proof
from scanguard.image.problems import ImagePlace, ImageProblem
from scanguard.model.finding import REFUTES
from scanguard.plugin import Confidence, ImageScan, Severity, image_check, user_number


@image_check(
    "SGI102",
    "image-unknown-user",
    Severity.MEDIUM,
    needs=("layers",),
    cis=("4.1",),
    nist=("4.1.2",),
)
def check(scan: ImageScan) -> Iterator[ImageProblem]:
    """The image's user is none of its accounts.

    ## What it does

    Compares the user and the group that the image's configuration names with `/etc/passwd` and `/etc/group` as a container sees
    them. Numbers need no account. An image in which an instruction of the Dockerfile made the account refutes
    `unknown-user`, which is a note then.

    ## Why it is bad

    The container does not start: `unable to find user app: no matching entries in passwd file`.

    ## Example

    ```dockerfile
    FROM debian:12-slim AS builder
    RUN useradd --uid 10001 app

    FROM gcr.io/distroless/static-debian12
    COPY --from=builder /srv/app /srv/app
    USER app
    ```

    The account was made in another stage; its number needs none:

    ```dockerfile
    FROM gcr.io/distroless/static-debian12
    COPY --from=builder /srv/app /srv/app
    USER 10001
    ```

    ## How to fix

    Create the account in the stage that ships, or name it by its number.

    ## References

    - [USER](https://docs.docker.com/reference/dockerfile/#user)
    """
    user = scan.image.config.user.strip()
    if is_windows(scan) or not scan.contents:
        return
    name, _, group = user.partition(":")
    for word, path, what in ((name, PASSWD, "account"), (group, GROUP, "group")):
        # Without any database containers know root all the same.
        if not word or user_number(word) is not None or word == "root":
            continue
        known = accounts(scan, path)
        if known is None and file_system(scan).find(path) is None:
            message = f"USER is '{user}', but the image has no /{path}."
        elif known is not None and all(account.name != word for account in known):
            message = f"USER is '{user}', but /{path} of the image has no {what} '{word}'."
        else:
            continue
        yield ImageProblem(message, ImagePlace(setting="USER"), key=word)
    yield from _refuted(scan, name)


def _refuted(scan: ImageScan, name: str) -> Iterator[ImageProblem]:
    """The account that the Dockerfile names and, as far as it tells, does not make: one of its instructions made it."""
    found = proof(scan)
    if found is None or not name or found.stage.user.name != name or name in found.stage.users:
        return
    account = next((one for one in accounts(scan, PASSWD) or () if one.name == name), None)
    layer = None if account is None else origin(scan, PASSWD, account)
    if layer in found.layers:
        message = f"The image has the account '{name}', though no instruction of the Dockerfile is known to make it."
        place, facts = ImagePlace(setting="USER"), ((REFUTES, "unknown-user"),)
        yield ImageProblem(message, place, Confidence.MEDIUM, Severity.NOTE, key=name, facts=facts)
